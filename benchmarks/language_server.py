"""How soon the language server answers when a file of 1,000 lines changes: against analysing that file in one process.

    python benchmarks/language_server.py [--rounds N] [--lines N]
    python benchmarks/language_server.py --files PATH ... [--rounds N]

An editor opens a file, types a digit into a number in the last function, which has nothing to do with what is sent, and
waits: once until it is told what is found, once until it has the actions for a call, once for what a place says, and
twice until it has the edit of an action that it chose: at once after it was offered, and half a second later, when the
server may have made it. It also types while the server makes an edit, and asks for the actions then. Each of these
happens in every round, after another digit, so that what else the machine does falls on all alike. Where an analysis
takes longer than 0.1 s, the time until something is told has in it that the server waits for the user to rest. Beside
each stands the same work in this process, with the same knowledge of the project (``examine_source``; ``fix_source``
for the edit, which is verified). It prints a Markdown table with the least and the median time on the clock, and the
processor time on average (user and system, of all threads of the server; Linux; of an edit that was made ahead, since
it was offered), for two files: one with one call of Ray's, and one of which every function sends an array again and
again. What counts on a busy machine is the ratio of the processor times: what is more than 1 is the server's own part.

With ``--files`` it is real files: those given, and below directories those of 850 to 1,150 lines with a remote call.
The editor opens one after the other and types a digit into the number that is nearest to the middle. Of each file the
least time counts until what is found is told, and beside it the least of the same work in this process; the table has
how these are distributed over the files.
"""

from __future__ import annotations

import argparse
import ast
import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator
from pathlib import Path
from typing import TypeVar

from lsprotocol import types
from pygls.lsp.client import LanguageClient
from startup import _HEAD, _SENDING

from putfix.files.project import ProjectFiles
from putfix.fix import examine_source, fix_source
from putfix.formats.documents import LINE
from putfix.garbage import free, rare_collection
from putfix.server.examiner import PAUSE

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

    def __init__(self) -> None:
        super().__init__("benchmark", "1")
        self._uri = ""
        self._lines: list[str] = []
        self._version = 0
        self._told: asyncio.Queue[int | None] = asyncio.Queue()
        self.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)(lambda said: self._told.put_nowait(said.version))
        self._number = types.Position(0, 0)
        """Where digits are typed."""

    async def begin(self) -> None:
        """Start the server."""
        await self.start_io(sys.executable, "-m", "putfix.server")
        await self.initialize_async(types.InitializeParams(_CAPABILITIES))
        self.initialized(types.InitializedParams())

    async def open(self, path: Path, text: str, number: types.Position) -> None:
        """Open a file, in place of another one; digits are typed at the place of a ``number``."""
        if self._uri:
            identifier = types.TextDocumentIdentifier(self._uri)
            self.text_document_did_close(types.DidCloseTextDocumentParams(identifier))
        self._uri, self._lines, self._number = path.as_uri(), LINE.findall(text), number
        self._version += 1
        document = types.TextDocumentItem(self._uri, "python", self._version, text)
        self.text_document_did_open(types.DidOpenTextDocumentParams(document))
        await self.told()

    @property
    def text(self) -> str:
        """The file as it is on the screen."""
        return "".join(self._lines)

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
        """One more digit in the number."""
        self._version += 1
        line, column = self._number.line, self._number.character
        before = self._lines[line]
        self._lines[line] = f"{before[:column]}1{before[column:]}"
        change = types.TextDocumentContentChangePartial(types.Range(self._number, self._number), "1")
        identifier = types.VersionedTextDocumentIdentifier(self._version, self._uri)
        self.text_document_did_change(types.DidChangeTextDocumentParams(identifier, [change]))

    async def told(self) -> None:
        """Wait until it is told what is found now."""
        while await self._told.get() != self._version:
            pass

    async def hover(self) -> None:
        """Ask what a call says."""
        found = await self.text_document_hover_async(
            types.HoverParams(types.TextDocumentIdentifier(self._uri), self._call)
        )
        assert found is not None

    async def actions(self) -> types.CodeAction:
        """Ask for the actions at a call; the first."""
        context = types.CodeActionContext([], [types.CodeActionKind.QuickFix])
        place = types.Range(self._call, self._call)
        asked = types.CodeActionParams(types.TextDocumentIdentifier(self._uri), place, context)
        found = await self.text_document_code_action_async(asked)
        assert found
        assert isinstance(found[0], types.CodeAction)
        return found[0]

    async def edit(self, action: types.CodeAction) -> None:
        """Choose an action."""
        assert (await self.code_action_resolve_async(action)).edit is not None

    @property
    def _call(self) -> types.Position:
        """Where the first call sends its table."""
        return _place(self.text, "column_sum.remote(") or types.Position(0, 0)


def _place(text: str, words: str, *, last: bool = False) -> types.Position | None:
    """The place behind some words, the first or the last time that they are there."""
    found = text.rfind(words) if last else text.find(words)
    before = text[: found + len(words)]
    return types.Position(before.count("\n"), len(before.rpartition("\n")[2])) if found >= 0 else None


_Times = dict[str, list[tuple[float, float]]]
"""The seconds of what was done, on the clock and of the processor, by its name."""


async def _measured(path: Path, text: str, rounds: int) -> _Times:
    """What each answer takes, and the same work without a server."""
    editor = _Editor()
    await editor.begin()
    times: _Times = {}
    try:
        number = _place(text, "round(total, ", last=True)
        assert number is not None
        await editor.open(path, text, number)
        for number_of_round in range(rounds + 1):
            for name, seconds in (await _round(editor, path)).items():
                if number_of_round:  # the first one finds nothing loaded
                    times.setdefault(name, []).append(seconds)
    finally:
        await editor.close()
    return times


async def _round(editor: _Editor, path: Path) -> dict[str, tuple[float, float]]:
    await asyncio.sleep(_MOMENT)  # what the last round has left to do is no part of this one
    text = editor.text
    project = ProjectFiles({str(path): text.encode()})
    found = {
        "examine": _seconds(lambda: examine_source(text, str(path), project=project)),
        "fix": _seconds(lambda: fix_source(text, str(path), project=project)),
    }

    async def timed(name: str, answer: Awaitable[_Answer], spent_before: float | None = None) -> _Answer:
        spent = editor.spent if spent_before is None else spent_before
        begin = time.perf_counter()
        got = await answer
        found[name] = time.perf_counter() - begin, editor.spent - spent
        return got

    async def offered() -> types.CodeAction:
        editor.type()
        await editor.told()
        return await editor.actions()

    editor.type()
    await timed("findings", editor.told())
    editor.type()
    await timed("actions", editor.actions())
    await editor.told()
    await timed("actions, once the findings are told", editor.actions())
    await timed("hover, once the findings are told", editor.hover())
    await timed("the edit of an action", editor.edit(await offered()))
    action, spent = await offered(), editor.spent
    await asyncio.sleep(_MOMENT)
    await timed("the edit of an action, a moment after it was offered", editor.edit(action), spent_before=spent)
    await offered()
    await asyncio.sleep(_INSIDE)
    editor.type()
    await timed("actions, while the edit of others is made", editor.actions())
    await editor.told()
    return found


_MOMENT = 0.5
"""The seconds in which somebody chooses an action."""
_INSIDE = PAUSE + 0.02
"""The seconds after an offer when its edit is being made."""


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


async def _over_files(paths: Iterable[Path], rounds: int) -> dict[str, list[float]]:
    """The least seconds for each file until the findings are told after a change, and of the same work alone."""
    editor = _Editor()
    await editor.begin()
    project = ProjectFiles()
    times: dict[str, list[float]] = {"findings": [], "the work alone": []}
    try:
        for path in paths:
            text = path.read_text("utf-8")
            number = _middle_number(text)
            if number is None:
                continue
            await editor.open(path, text, number)
            told, alone = [], []
            for _ in range(rounds + 1):
                editor.type()
                begin = time.perf_counter()
                await editor.told()
                told.append(time.perf_counter() - begin)
                text = editor.text
                project.hold({str(path): text.encode()})
                alone.append(_seconds(lambda: examine_source(text, str(path), project=project))[0])  # noqa: B023
                free(project)
            times["findings"].append(min(told[1:]))
            times["the work alone"].append(min(alone[1:]))
    finally:
        await editor.close()
    return times


def _real_files(given: Iterable[Path]) -> Iterator[Path]:
    """The files that are measured."""
    for path in given:
        for each in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            try:
                text = each.read_text("utf-8")
            except (OSError, UnicodeDecodeError):
                continue
            if not path.is_dir() or (850 <= text.count("\n") <= 1150 and ".remote(" in text):
                yield each.resolve()


def _middle_number(text: str) -> types.Position | None:
    """The place behind a digit of the number that is nearest to the middle of a program; None where it has none, or
    cannot be parsed."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return None
    middle = text.count("\n") / 2
    lines = text.split("\n")
    numbers = [
        types.Position(node.lineno - 1, node.end_col_offset or 0)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and lines[node.lineno - 1].isascii()
        and lines[node.lineno - 1][node.col_offset : node.end_col_offset] == str(node.value)
        and type(node.value) is int
        and node.value  # no digit may follow a zero
    ]
    return min(numbers, key=lambda place: abs(place.line - middle), default=None)


_ROWS = {
    "findings": "examine",
    "actions": "examine",
    "actions, once the findings are told": "examine",
    "hover, once the findings are told": "examine",
    "the edit of an action": "fix",
    "the edit of an action, a moment after it was offered": "fix",
    "actions, while the edit of others is made": "examine",
}
"""The rows of the table, with the work that each is compared with."""


def main() -> int:
    """Measure, and print the tables."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rounds", type=int)
    options.add_argument("--lines", type=int, default=1000)
    options.add_argument("--files", type=Path, nargs="+", metavar="PATH")
    given = options.parse_args()
    if given.files:
        _print_files(asyncio.run(_over_files(_real_files(given.files), given.rounds or 3)))
        return 0
    print("| answer | least ms | median ms | processor ms | of the work alone | ratio |")
    print("|-|-:|-:|-:|-:|-:|")
    with tempfile.TemporaryDirectory() as folder:
        for name, sending in (("one call", False), ("every function sends", True)):
            text = _program(given.lines, sending=sending)
            times = asyncio.run(_measured(Path(folder, "job.py"), text, given.rounds or 20))
            for row, work in _ROWS.items():
                clock = [1000 * each for each, _ in times[row]]
                spent, alone = (1000 * statistics.mean(each for _, each in times[what]) for what in (row, work))
                print(
                    f"| {name}: {row} | {min(clock):.0f} | {statistics.median(clock):.0f} "
                    f"| {spent:.0f} | {alone:.0f} | {spent / alone:.2f} |"
                )
    return 0


def _print_files(times: dict[str, list[float]]) -> None:
    print("| of each file | files | least ms | median ms | 90th percentile ms | most ms | over 50 ms |")
    print("|-|-:|-:|-:|-:|-:|-:|")
    for name, seconds in times.items():
        clock = sorted(1000 * each for each in seconds)
        late = sum(each > 50 for each in clock)
        percentile = clock[min(len(clock) * 9 // 10, len(clock) - 1)]
        print(
            f"| {name} | {len(clock)} | {clock[0]:.0f} | {statistics.median(clock):.0f} "
            f"| {percentile:.0f} | {clock[-1]:.0f} | {late} |"
        )


if __name__ == "__main__":
    sys.exit(main())
