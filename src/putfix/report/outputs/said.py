"""What is said of a file, one thing after the other, for formats that have no more than a place and a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from putfix.codes import HOIST
from putfix.model import Finding, Remark
from putfix.problems import Problem
from putfix.report.findings import INVALID, code_of, idle, said_of
from putfix.report.outputs.positions import Position, Positions
from putfix.report.outputs.records import FileRecord, Shown
from putfix.report.words import one_line

Level = Literal["error", "warning", "note"]
ERROR = "error"
"""What stands for a code where something is wrong with a file."""


class Said(NamedTuple):
    """A sentence on one line, with the place in the file that it is about, which of a notebook is one of its JSON. Both
    positions are None where there is no such place, and ``last`` is where there is only its beginning."""

    level: Level
    code: str
    sentence: str
    first: Position | None
    last: Position | None = None
    shown: Shown | None = None
    """The finding that it is about, if it is about one."""


def level_of(code: str) -> Level:
    """How much a code weighs: a warning is what somebody should do something about."""
    return "warning" if code in (HOIST, INVALID) else "note"


def sentence(about: Finding | Remark | Problem, text: str) -> str:
    """A sentence on one line; one about a cell of a notebook begins with that."""
    line = f", line {about.line}" if about.line else ""
    return one_line(f"Cell {about.cell}{line}: {text}" if about.cell else text)


def said_in(record: FileRecord, *, everything: bool) -> Iterator[Said]:
    """What is said of a file: what is wrong with it, of comments to putfix, of hoists, and with ``everything`` of what
    is left alone."""
    positions = Positions(record.text.source if record.text is not None else "")
    for problem in record.problems:
        first = Position(problem.line, problem.column + 1) if problem.line and not problem.cell else None
        yield Said("error", ERROR, sentence(problem, problem.message), first)
    for remark, offset in record.placed_remarks:
        code = code_of(remark)
        first = positions.of(offset) if offset is not None else None
        yield Said(level_of(code), code, sentence(remark, idle(remark)), first)
    for shown in record.shown:
        finding, spot = shown
        if everything or shown.is_hoisted:
            first, last = (positions.of(spot.start), positions.of(spot.end)) if spot is not None else (None, None)
            text = sentence(finding, said_of(finding))
            yield Said(level_of(finding.code), finding.code, text, first, last, shown)
