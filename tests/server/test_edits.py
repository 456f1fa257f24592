"""The edits of actions: applied by an editor, they give what ``putfix --apply`` gives for that hoist, byte for byte."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from conftest import FIXTURES, Case, cases
from language_client import edited
from lsprotocol import types

from putfix import checking
from putfix.files.project import ProjectFiles
from putfix.model import Result
from putfix.report.editor import NEEDS_ANOTHER
from putfix.server import actions
from putfix.server.buffers import Buffers, Program
from putfix.server.examiner import Snapshot, Wanted
from putfix.settings import Settings
from putfix.trace.lookup import Lookup

ENCODINGS = ("utf-8", "utf-16", "utf-32")
REWRITTEN = cases("rewritten")
ASSUMED = {"size-unknown", "may-be-a-reference", "may-be-changed", "starred"}
UNSAFE = [case for case in cases("left") if case.obstacles and ASSUMED.issuperset(case.obstacles)]


def opened(path: Path, text: str, settings: Settings, encoding: str) -> Snapshot:
    """A file in an editor."""
    buffers = Buffers(encoding)
    buffers.open(types.TextDocumentItem(path.as_uri(), "python", 1, text))
    program = buffers.program(path.as_uri())
    assert program is not None
    return Snapshot(program, settings, ProjectFiles(buffers.held()), {}, buffers.revision)


def with_edits(program: Program, result: Result, encoding: str) -> str:
    """The file, after the editor has applied the edits of an action."""
    edit = actions.workspace_edit(program, result, versioned=False)
    [edits] = (edit.changes or {program.uri: []}).values()
    return edited(program.source, edits, encoding)


@pytest.mark.parametrize("number", range(len(REWRITTEN)), ids=[case.name for case in REWRITTEN])
def test_the_hoists_of_a_case(number: int, tmp_path: Path) -> None:
    case, encoding = REWRITTEN[number], ENCODINGS[number % 3]
    source, expected = (text.replace("\n", "\r\n") if number % 2 else text for text in (case.source, case.expected))
    if number % 5 == 0:  # as some editors leave a file
        source, expected = source.rstrip(), expected.rstrip()
    snapshot = opened(tmp_path / "job.py", source, Settings(), encoding)
    fixed = snapshot.made(Wanted())
    assert with_edits(snapshot.program, fixed, encoding) == expected
    if len(fixed.hoists) > 1:
        check_alone(snapshot, encoding)


@pytest.mark.parametrize("case", UNSAFE, ids=[case.name for case in UNSAFE])
def test_the_unsafe_hoists_of_a_case(case: Case, tmp_path: Path) -> None:
    snapshot = opened(tmp_path / "job.py", case.source, Settings(unsafe_fixes=True), "utf-16")
    fixed = snapshot.made(Wanted())
    assert with_edits(snapshot.program, fixed, "utf-16") == fixed.new_source
    if len(fixed.hoists) > 1:
        check_alone(snapshot, "utf-16")


def check_alone(snapshot: Snapshot, encoding: str) -> None:
    """The first of the hoists, and the last, without the others: as on a terminal where one says no to these."""
    program = snapshot.program
    program.path.write_bytes(program.source.encode())
    command = checking.check_file(program.path, snapshot.settings)
    for finding in {finding.line: finding for finding in (command.fixes[0], command.fixes[-1])}.values():
        alone = checking.checked_again(command, [finding], Lookup(), checking.Work(), ProjectFiles())
        made = snapshot.made(Wanted(finding))
        assert with_edits(program, made, encoding).encode() == alone.new
        assert alone.new != command.new
        [offer, *_] = actions.about([finding], None)
        refusal = actions.Choice.of(offer.action(program)).refusal(made, finding)
        assert refusal == (NEEDS_ANOTHER if alone.new == command.old else None)


@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["plain", "byte order mark"])
def test_a_file_in_the_percent_format(mark: str, tmp_path: Path) -> None:
    source = mark + (FIXTURES / "rewritten" / "comprehensions.py").read_text().partition("# ---")[0]
    text = f"{source}# %% a cell\n" + source.removeprefix(mark)
    path = tmp_path / "job.py"
    path.write_text(text)
    snapshot = opened(path, text, Settings(), "utf-16")
    command = checking.check_file(path, Settings())
    assert command.changed
    assert with_edits(snapshot.program, snapshot.made(Wanted()), "utf-16").encode() == command.new


def test_a_comment_for_one_finding_leaves_the_others() -> None:
    [case] = [case for case in REWRITTEN if case.name == "several_arguments"]
    snapshot = opened(Path("job.py").absolute(), case.source, Settings(), "utf-16")
    first, *others = [finding for finding in snapshot.found().findings if finding.hoist is not None]
    ignoring = with_edits(snapshot.program, snapshot.made(Wanted(first, ignored=True)), "utf-16")
    added = [line for line in ignoring.splitlines() if line not in case.source.splitlines()]
    assert [line.rpartition("  # ")[2] for line in added] == ["putfix: ignore[hoist]"]
    assert others


def test_an_action_may_be_chosen_too_late() -> None:
    [case] = [case for case in REWRITTEN if case.name == "for_loop"]
    snapshot = opened(Path("job.py").absolute(), case.source, Settings(), "utf-16")
    [finding] = snapshot.found().findings
    [offer, _] = actions.about([finding], None)
    choice = actions.Choice.of(offer.action(snapshot.program))
    assert choice.finding(snapshot.found()) == finding
    other = dataclasses.replace(snapshot, settings=Settings(min_size=10**12))
    assert choice.finding(other.found()) is None
    with pytest.raises(ValueError, match="by now"):
        actions.Choice.of(types.CodeAction("of another server", data={"uri": 1}))
