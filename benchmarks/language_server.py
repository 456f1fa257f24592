"""How soon the language server answers when a file of 1,000 lines changes: against analysing that file in one process.

    python benchmarks/language_server.py [--rounds N] [--lines N]

An editor opens a file, types a letter in a comment, and waits: once until it is told what is found, once until it has
the actions for a call, once for what a place says, and once until it has the edit of an action that it chose. Each of
these happens in every round, after another letter, so that what else the machine does falls on all alike. The time
that the server waits for the user to rest is taken off where it waits. Beside each stands the same work in this
process, with the same knowledge of the project (``examine_source``; ``fix_source`` for the edit, which is verified).
It prints a Markdown table with the least and the median time on the clock, and the processor time on average (user and
system, of all threads of the server; Linux), for two files: one with one call of Ray's, and one of which every function
sends an array again and again. What counts on a busy machine is the ratio of the processor times: what is more than 1
is the server's own part.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

from lsprotocol import types
from pygls.lsp.client import LanguageClient
from startup import _HEAD, _SENDING

from putfix.files.project import ProjectFiles
from putfix.fix import examine_source, fix_source
from putfix.garbage import rare_collection
from putfix.server.serving import DELAY

_Answer = TypeVar("_Answer")

_CAPABILITIES = types.ClientCapabilities(
    text_document=types.TextDocumentClientCapabilities(
        code_action=types.CodeActionClientCapabilities(
            data_support=True, resolve_support=types.ClientCodeActionResolveOptions(["edit"])
        )
    )
)


class _Editor(LanguageClient):
    """An editor with one file open."""

    def __init__(self, path: Path, text: str) -> None:
        super().__init__("benchmark", "1")
        self._uri = path.as_uri()
        self._text = text
        self._version = 1
        self._told: asyncio.Queue[int | None] = asyncio.Queue()
        self.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)(lambda said: self._told.put_nowait(said.version))
        line = next(number for number, line in enumerate(text.splitlines()) if "column_sum.remote(table" in line)
        column = text.splitlines()[line].index("(table") + 1
        self._place = types.Position(line, column)

    async def open(self) -> None:
        """Start the server, and open the file."""
        await self.start_io(sys.executable, "-m", "putfix.server")
        await self.initialize_async(types.InitializeParams(_CAPABILITIES))
        self.initialized(types.InitializedParams())
        document = types.TextDocumentItem(self._uri, "python", self._version, self._text)
        self.text_document_did_open(types.DidOpenTextDocumentParams(document))
        await self._told.get()

    @property
    def spent(self) -> float:
        """The seconds of processor time that the server has taken."""
        assert self._server is not None
        tasks = Path(f"/proc/{self._server.pid}/task").glob("*/schedstat")
        return sum(int(each.read_text().split()[0]) for each in tasks) / 1e9

    async def close(self) -> None:
        """End the session."""
        await self.shutdown_async(None)
        self.exit(None)
        assert self._server is not None
        await self._server.wait()

    def type(self) -> None:
        """One more letter in a comment at the end of the file."""
        self._version += 1
        end = types.Position(self._text.count("\n"), self._version - 2)
        change = types.TextDocumentContentChangePartial(types.Range(end, end), "#")
        identifier = types.VersionedTextDocumentIdentifier(self._version, self._uri)
        self.text_document_did_change(types.DidChangeTextDocumentParams(identifier, [change]))

    async def told(self) -> None:
        """Wait until it is told what is found now."""
        while await self._told.get() != self._version:
            pass

    async def hover(self) -> None:
        """Ask what a place says."""
        found = await self.text_document_hover_async(
            types.HoverParams(types.TextDocumentIdentifier(self._uri), self._place)
        )
        assert found is not None

    async def actions(self) -> types.CodeAction:
        """Ask for the actions at a call; the first."""
        context = types.CodeActionContext([], [types.CodeActionKind.QuickFix])
        place = types.Range(self._place, self._place)
        asked = types.CodeActionParams(types.TextDocumentIdentifier(self._uri), place, context)
        found = await self.text_document_code_action_async(asked)
        assert found
        assert isinstance(found[0], types.CodeAction)
        return found[0]

    async def edit(self, action: types.CodeAction) -> None:
        """Choose an action."""
        assert (await self.code_action_resolve_async(action)).edit is not None


_Times = dict[str, list[tuple[float, float]]]
"""The seconds of what was done, on the clock and of the processor, by its name."""


async def _measured(path: Path, text: str, rounds: int) -> _Times:
    """What each answer takes, and the same work without a server."""
    editor = _Editor(path, text)
    await editor.open()
    times: _Times = {}
    try:
        for number in range(rounds + 1):
            for name, seconds in (await _round(editor, path, text)).items():
                if number:  # the first one finds nothing loaded
                    times.setdefault(name, []).append(seconds)
    finally:
        await editor.close()
    return times


async def _round(editor: _Editor, path: Path, text: str) -> dict[str, tuple[float, float]]:
    project = ProjectFiles({str(path): text.encode()})
    found = {
        "examine": _seconds(lambda: examine_source(text, str(path), project=project)),
        "fix": _seconds(lambda: fix_source(text, str(path), project=project)),
    }

    async def timed(name: str, answer: Awaitable[_Answer], waiting: float = 0) -> _Answer:
        begin, spent = time.perf_counter(), editor.spent
        got = await answer
        found[name] = time.perf_counter() - begin - waiting, editor.spent - spent
        return got

    editor.type()
    await timed("findings", editor.told(), DELAY)
    editor.type()
    action = await timed("actions", editor.actions())
    await editor.told()
    await timed("actions, once the findings are told", editor.actions())
    await timed("hover, once the findings are told", editor.hover())
    await timed("the edit of an action", editor.edit(action))
    return found


def _seconds(work: Callable[[], object]) -> tuple[float, float]:
    begin, spent = time.perf_counter(), time.process_time()
    with rare_collection():
        work()
    return time.perf_counter() - begin, time.process_time() - spent


def _program(lines: int, *, sending: bool) -> str:
    """A program of so many lines."""
    plain = _SENDING.replace("column_sum.remote(table, column)", "table[:, column].sum()").replace(
        "ray.get(sums)", "sums"
    )
    text, number = _HEAD + _SENDING.format(number=0), 1
    while text.count("\n") < lines:
        text += (_SENDING if sending else plain).format(number=number)
        number += 1
    return text


_ROWS = {
    "findings": "examine",
    "actions": "examine",
    "actions, once the findings are told": "examine",
    "hover, once the findings are told": "examine",
    "the edit of an action": "fix",
}
"""The rows of the table, with the work that each is compared with."""


def main() -> int:
    """Measure, and print the tables."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rounds", type=int, default=20)
    options.add_argument("--lines", type=int, default=1000)
    given = options.parse_args()
    print("| answer | least ms | median ms | processor ms | of the work alone | ratio |")
    print("|-|-:|-:|-:|-:|-:|")
    with tempfile.TemporaryDirectory() as folder:
        for name, sending in (("one call", False), ("every function sends", True)):
            text = _program(given.lines, sending=sending)
            times = asyncio.run(_measured(Path(folder, "job.py"), text, given.rounds))
            for row, work in _ROWS.items():
                clock = [1000 * each for each, _ in times[row]]
                spent, alone = (1000 * statistics.mean(each for _, each in times[what]) for what in (row, work))
                print(
                    f"| {name}: {row} | {min(clock):.0f} | {statistics.median(clock):.0f} "
                    f"| {spent:.0f} | {alone:.0f} | {spent / alone:.2f} |"
                )
    return 0


if __name__ == "__main__":
    sys.exit(main())
