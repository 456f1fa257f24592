"""Edits that are made before an action is chosen: they are used, dropped after a change, and nobody waits for them."""

from __future__ import annotations

import asyncio
import dataclasses
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from language_client import LONGEST, Editor, at, run, whole
from lsprotocol import types
from pygls.exceptions import JsonRpcException
from test_edits import opened
from test_sessions import FIXED, HOIST, LINKED, SAFE, UNSAFE, codes, insertion

from putfix.analysis import analyse
from putfix.model import Finding, Result, Source
from putfix.report import editor as words
from putfix.server.examiner import PAUSE, Examiner, OutdatedError, Snapshot, Wanted
from putfix.server.serving import DELAY, make
from putfix.settings import Settings

LONG_ENOUGH = PAUSE + 0.4
"""The seconds after which the edits of a short file are there."""


@pytest.fixture
def analyses(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that are analysed from now on."""
    found: list[str] = []

    def noted(source: Source, *rest: Any, **options: Any) -> list[Finding]:
        found.append(source.text)
        return analyse(source, *rest, **options)

    monkeypatch.setattr("putfix.examining.analyse", noted)
    return found


def test_what_was_prepared_is_there_when_it_is_chosen(tmp_path: Path, analyses: list[str]) -> None:
    snapshot = opened(tmp_path / "job.py", LINKED, Settings(), "utf-16")

    async def scenario() -> None:
        examiner = Examiner(lambda _program: True)
        found = await examiner.found(snapshot)
        assert analyses == [LINKED]
        first, second = found.findings
        likely = [Wanted(first), Wanted(second, ignored=True), Wanted()]
        await examiner.prepare((snapshot, wanted) for wanted in likely)
        made = list(analyses)
        results = [await examiner.made(snapshot, wanted) for wanted in likely]
        assert analyses == made
        alone, ignoring, everything = results
        assert len(alone.hoists) == 1
        assert ignoring.comments == 1
        assert len(everything.hoists) == 2
        # Each program once: this one, also without the hoist that is not wanted, and what becomes of it.
        assert analyses == [LINKED, LINKED, alone.new_source, everything.new_source]
        examiner.close()

    run(scenario())


@dataclass(frozen=True)
class Slow(Snapshot):
    """A program whose findings take some ``seconds``, and whose edit is made in two stages, the first of which lasts
    until ``go`` is set."""

    seconds: float = 0

    log: list[str] = field(default_factory=list, compare=False)
    begun: threading.Event = field(default_factory=threading.Event, compare=False)
    go: threading.Event = field(default_factory=threading.Event, compare=False)

    def found(self) -> Result:
        self.log.append("found")
        until = time.thread_time() + self.seconds
        while time.thread_time() < until:
            pass
        return Result("", "", "")

    def stages(self, wanted: Wanted) -> list[Callable[[], Result]]:
        return [self.first, self.second]

    def first(self) -> Result:
        self.log.append("first stage")
        self.begun.set()
        assert self.go.wait(LONGEST)
        return Result("", "", "")

    def second(self) -> Result:
        self.log.append("second stage")
        return Result("", "", "")


async def begun(examiner: Examiner, slow: Slow) -> asyncio.Task[None]:
    """An edit whose first stage goes on."""
    await examiner.found(slow)
    preparing = examiner.prepare([(slow, Wanted())])
    assert await asyncio.to_thread(slow.begun.wait, LONGEST)
    return preparing


def slow_at(path: Path) -> Slow:
    return Slow(**vars(opened(path, SAFE, Settings(), "utf-16")))


def test_findings_alone_can_be_prepared(tmp_path: Path) -> None:
    slow = slow_at(tmp_path / "job.py")

    async def scenario() -> None:
        examiner = Examiner(lambda _program: True)
        await examiner.prepare([(slow, None)])
        await examiner.found(slow)  # which is there
        assert slow.log == ["found"]
        examiner.close()

    run(scenario())


@pytest.mark.parametrize(("seconds", "rest"), [(0, 0), (0.11, DELAY)])
def test_only_where_it_takes_long_the_server_waits_for_rest(
    seconds: float, rest: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = dataclasses.replace(slow_at(tmp_path / "job.py"), seconds=seconds)
    rests: list[float] = []

    async def noted(_uri: str, after: float) -> None:
        rests.append(after)

    async def scenario() -> None:
        server = make()
        server.examiner = Examiner(lambda _program: True)
        server.buffers.open(types.TextDocumentItem(slow.program.uri, "python", 1, SAFE))
        await server.examiner.found(slow)
        monkeypatch.setattr(server, "_check", noted)
        server.check(slow.program.uri, resting=True)
        await asyncio.sleep(0)
        server.close(slow.program.uri)
        server.examiner.close()

    run(scenario())
    assert rests == [rest]


@pytest.mark.parametrize(("text", "prepared"), [(SAFE, []), (UNSAFE, [(True, None)])])
def test_what_is_found_with_unsafe_fixes_is_prepared_where_it_will_be_offered(
    text: str, prepared: list[tuple[bool, None]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    uri = (tmp_path / "job.py").as_uri()
    told: list[Result] = []
    asked: list[tuple[bool, Wanted | None]] = []

    async def scenario() -> None:
        server = make()
        monkeypatch.setattr(server, "_publish", lambda _program, result: told.append(result))
        monkeypatch.setattr(
            server.examiner,
            "prepare",
            lambda likely: asked.extend((snapshot.settings.unsafe_fixes, wanted) for snapshot, wanted in likely),
        )
        server.buffers.open(types.TextDocumentItem(uri, "python", 1, text))
        server.check(uri)
        await asyncio.gather(*server._checks.values())
        server.close(uri)
        server.examiner.close()

    run(scenario())
    assert len(told) == 1
    assert asked == prepared


def test_an_answer_waits_for_one_stage_at_most(tmp_path: Path) -> None:
    slow, other = slow_at(tmp_path / "job.py"), slow_at(tmp_path / "other.py")

    async def scenario() -> None:
        examiner = Examiner(lambda _program: True)
        preparing = await begun(examiner, slow)
        asked = asyncio.ensure_future(examiner.found(other))
        await asyncio.sleep(0)
        other.log.append("asked")
        slow.go.set()
        await asked
        assert slow.log == ["found", "first stage"]
        assert other.log == ["asked", "found"]
        await preparing
        await examiner.made(slow, Wanted())  # which is there
        assert slow.log == ["found", "first stage", "second stage"]
        examiner.close()

    run(scenario())


def test_what_is_chosen_meanwhile_is_made_once(tmp_path: Path) -> None:
    slow = slow_at(tmp_path / "job.py")

    async def scenario() -> None:
        examiner = Examiner(lambda _program: True)
        preparing = await begun(examiner, slow)
        chosen = asyncio.ensure_future(examiner.made(slow, Wanted()))
        await asyncio.sleep(0)
        slow.go.set()
        await asyncio.gather(chosen, preparing)
        assert slow.log == ["found", "first stage", "second stage"]
        examiner.close()

    run(scenario())


def test_after_a_change_nothing_more_is_prepared(tmp_path: Path) -> None:
    slow = slow_at(tmp_path / "job.py")

    async def scenario() -> None:
        examiner = Examiner(lambda _program: True)
        preparing = await begun(examiner, slow)
        examiner.rest()
        slow.go.set()
        with pytest.raises(asyncio.CancelledError):
            await preparing
        await examiner.found(slow_at(tmp_path / "other.py"))  # which comes after all that has begun
        assert slow.log == ["found", "first stage"]
        examiner.close()

    run(scenario())


def test_nothing_is_prepared_where_that_takes_long(tmp_path: Path) -> None:
    slow = dataclasses.replace(slow_at(tmp_path / "job.py"), seconds=0.25)

    async def scenario() -> None:
        examiner = Examiner(lambda _program: True)
        await examiner.found(slow)
        await examiner.prepare([(slow, Wanted())])
        assert slow.log == ["found"]
        examiner.close()

    run(scenario())


def test_an_editor_that_takes_its_time(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with Editor.session(tmp_path) as editor:
            uri = editor.open(tmp_path / "job.py", SAFE)
            await editor.told(uri)
            old = await editor.actions(uri, whole(SAFE))
            await asyncio.sleep(LONG_ENOUGH)
            assert await editor.chosen(old[HOIST]) == {uri: FIXED}
            # What was made for that text is not given for another one, though the call is where it was.
            editor.type(uri, insertion(at(SAFE, ")]))"), "0"))
            with pytest.raises(JsonRpcException) as refused:
                await editor.chosen(old[HOIST])
            assert refused.value.code == types.LSPErrorCodes.ContentModified
            new = await editor.actions(uri, whole(SAFE))
            await asyncio.sleep(LONG_ENOUGH)
            assert await editor.chosen(new[HOIST]) == {uri: FIXED.replace("range(10)", "range(100)")}
        assert (editor.code, editor.errors) == (0, b"")

    run(scenario())


def test_an_edit_that_cannot_be_made_is_told_to_who_chooses_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with Editor.session(tmp_path) as editor:
            uri = editor.open(tmp_path / "linked.py", LINKED)
            said = await editor.told(uri)
            assert codes(said) == ["hoist", "hoist"]
            offered = await editor.actions(uri, said[1].range)
            await asyncio.sleep(LONG_ENOUGH)
            with pytest.raises(JsonRpcException) as refused:
                await editor.chosen(offered["Hoist x into x_ref"])
            assert (refused.value.code, str(refused.value)) == (types.LSPErrorCodes.RequestFailed, words.NEEDS_ANOTHER)
            assert editor.messages == []
        assert (editor.code, editor.errors) == (0, b"")

    run(scenario())


def test_what_is_known_of_the_open_text_outlives_a_late_question_about_another(
    tmp_path: Path, analyses: list[str]
) -> None:
    before, now = (opened(tmp_path / "job.py", text, Settings(), "utf-16") for text in (SAFE, LINKED))

    async def scenario() -> None:
        examiner = Examiner(lambda program: program is now.program)
        await examiner.found(now)
        with pytest.raises(OutdatedError):
            await examiner.found(before)
        await examiner.prepare([(before, Wanted())])
        await examiner.found(dataclasses.replace(now))  # as asked again
        assert analyses == [LINKED]
        examiner.close()

    run(scenario())
