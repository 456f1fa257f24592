"""For people: each finding with the lines that matter, what is in the way, or the fix, and what can be done."""

from __future__ import annotations

import difflib
import functools
from collections.abc import Iterator, Mapping
from pathlib import Path

from putfix.edits import applied
from putfix.model import Evidence, Finding, Remark, Strength
from putfix.report.explanations import Explanation
from putfix.report.findings import code_of, idle, known_of, often, said_of
from putfix.report.outputs.excerpts import Mark, excerpt, gutter, shown, under, under_all
from putfix.report.outputs.positions import Positions
from putfix.report.outputs.records import FileRecord, Run, Shown, Totals
from putfix.report.words import in_cell, one_line, size

_WIDTH = 4
"""That of the numbers of lines."""


class Full:
    """See :class:`putfix.report.outputs.records.Output`."""

    def __init__(self, run: Run) -> None:
        self._run = run

    def begin(self) -> bytes:
        """Nothing."""
        return b""

    def file(self, record: FileRecord) -> bytes:
        """What is said of a file, with an empty line below each finding."""
        blocks = [*self._remarks(record), *self._findings(record)]
        return "".join(f"{block}\n\n" for block in blocks).encode(self._run.encoding, "backslashreplace")

    def end(self, totals: Totals) -> bytes:
        """Nothing."""
        return b""

    @functools.cached_property
    def _explanations(self) -> Mapping[str, Explanation]:
        return self._run.explanations()

    def _remarks(self, record: FileRecord) -> Iterator[str]:
        cells = _Cells(record)
        for remark in record.remarks:
            positions, column = cells[remark.cell], remark.column
            mark = Mark(remark.line, column, column + len(remark.text), "^", "")
            code = code_of(remark)
            lines = [*self._head(record.path, remark, code, idle(remark)), *excerpt(positions, [mark], _WIDTH)]
            yield "\n".join([*lines, _note("help", f"putfix --explain {code} says more")])

    def _findings(self, record: FileRecord) -> Iterator[str]:
        cells = _Cells(record)
        for each in record.shown:
            if each.is_hoisted or self._run.everything:
                yield "\n".join(self._block(record, each, cells))

    def _block(self, record: FileRecord, shown: Shown, cells: _Cells) -> Iterator[str]:
        finding = shown.finding
        yield from self._head(
            record.path, finding, finding.code, said_of(finding) if finding.hoist is not None else known_of(finding)
        )
        marks = _marks(finding, cells)
        yield from excerpt(cells[finding.cell], marks.pop(finding.cell), _WIDTH)
        for cell, others in sorted(marks.items()):
            yield f"{gutter(None, _WIDTH, ':::')} {self._run.palette.place(in_cell(record.path, cell))}"
            yield from excerpt(cells[cell], others, _WIDTH)
        yield gutter(None, _WIDTH)
        yield from _changes(record, shown)
        yield from self._notes(shown)

    def _head(self, path: Path, about: Finding | Remark, code: str, sentence: str) -> list[str]:
        place = f"{self._run.palette.place(in_cell(path, about.cell))}:{about.line}:{about.column + 1}"
        return [
            f"{self._run.palette.code(code)}: {one_line(sentence)}",
            f"{gutter(None, _WIDTH, '-->')} {place}",
            gutter(None, _WIDTH),
        ]

    def _notes(self, shown: Shown) -> Iterator[str]:
        """What is in the way and has no line of its own in the excerpt, what would be better, and help."""
        finding = shown.finding
        for each in finding.obstacles:
            if not _has_mark(each.line, each.cell, each.place, finding):
                yield _note("because", each.sentence)
        for advice in finding.advice:
            yield _note(advice.code, advice.sentence)
        if shown.is_hoisted or finding.hoist is None:
            yield _note("help", self._help(finding))

    def _help(self, finding: Finding) -> str:
        if finding.hoist is not None:
            return f"putfix --apply{' --unsafe-fixes' if finding.assumptions else ''} makes this change"
        first = " ".join(self._explanations[finding.code].advice.split()).partition(". ")[0].rstrip(".")
        unsafe = "; --unsafe-fixes hoists it" if finding.may_be_assumed else ""
        return f"{first}; putfix --explain {finding.code} says more{unsafe}"


class _Cells(dict[int, Positions]):
    """The lines of the cells of a file."""

    def __init__(self, record: FileRecord) -> None:
        super().__init__()
        self._texts = dict(record.text.cells) if record.text is not None else {}

    def __missing__(self, cell: int) -> Positions:
        self[cell] = Positions(self._texts.get(cell, ""))
        return self[cell]


def _marks(finding: Finding, cells: _Cells) -> dict[int, list[Mark]]:
    """The marks by the cells that they are in: what is sent, what says how large it is, what is in the way."""
    span = finding.call_sites[0].argument
    end = span.end_column if span.end_line == span.line else len(cells[finding.cell].line(span.line))
    found = {finding.cell: [Mark(span.line, span.column, end, "^", f"sent {often(finding)}")]}
    known = finding.evidence
    if known.line and not known.place:
        mark = under(cells[known.cell], known.line, known.text, "-", _label(known))
        found.setdefault(known.cell, []).append(mark)
    for each in finding.obstacles:
        if _has_mark(each.line, each.cell, each.place, finding):
            mark = under_all(cells[each.cell], each.line, "~", one_line(each.sentence))
            found.setdefault(each.cell, []).append(mark)
    return found


def _has_mark(line: int, cell: int, place: str, finding: Finding) -> bool:
    """Whether what is in the way is on a line of this file that is not that of the call."""
    return bool(line) and not place and (cell, line) != (finding.cell, finding.line)


def _label(evidence: Evidence) -> str:
    if evidence.strength is Strength.STATED:
        return "said to be large"
    return f"about {size(evidence.at_least)}" if evidence.at_least is not None else "normally large"


def _changes(record: FileRecord, each: Shown) -> Iterator[str]:
    """The lines that the hoist takes away and adds."""
    if each.spot is None or record.text is None or not each.is_hoisted:
        return
    source = record.text.source
    pairs = [(cell.source, cell.new_source) for cell in each.spot.cells]
    for old, new in pairs or [(source, applied(source, each.edits))]:
        for kind, number, text in _differences(Positions(old).lines, Positions(new).lines):
            yield f"{gutter(number, _WIDTH, kind)} {shown(text)}"


def _differences(before: list[str], after: list[str]) -> Iterator[tuple[str, int | None, str]]:
    """The lines that are gone, with their numbers, and those that are new."""
    start = _alike(before, after)
    end = _alike(before[start:][::-1], after[start:][::-1])
    old, new = before[start : len(before) - end], after[start : len(after) - end]
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for tag, first, last, new_first, new_last in matcher.get_opcodes():
        if tag != "equal":
            yield from (("-", start + n + 1, old[n]) for n in range(first, last))
            yield from (("+", None, new[n]) for n in range(new_first, new_last))


def _alike(one: list[str], other: list[str]) -> int:
    """How many lines are the same at the beginning of both."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((number for number, (line, its) in pairs if line != its), min(len(one), len(other)))


def _note(word: str, sentence: str) -> str:
    return f"{gutter(None, _WIDTH, '=')} {word}: {one_line(sentence)}"
