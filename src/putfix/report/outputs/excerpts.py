"""Lines of source with marks below them, as compilers show them; safe to print on a terminal."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from putfix.report.outputs.positions import Positions
from putfix.report.screen import visible

_TAB = " " * 4
_WIDEST = 120
"""How many columns of a line are shown."""
_AROUND = 40
"""How many of those are before a mark, where a line is longer."""
_CUT = "..."


class Mark(NamedTuple):
    """Columns of a line, both from 0, under which a sign stands, and what is said of them."""

    line: int
    start: int
    end: int
    sign: str
    label: str


def under_all(positions: Positions, line: int, sign: str, label: str) -> Mark:
    """A mark under all of a line but for its indentation."""
    text = positions.line(line)
    return Mark(line, len(text) - len(text.lstrip()), len(text.rstrip()), sign, label)


def under(positions: Positions, line: int, text: str, sign: str, label: str) -> Mark:
    """A mark under ``text`` where the line has it, otherwise under all of the line."""
    start = positions.line(line).find(text) if text else -1
    return Mark(line, start, start + len(text), sign, label) if start >= 0 else under_all(positions, line, sign, label)


def gutter(number: int | None, width: int, bar: str = "|") -> str:
    """What stands before a line."""
    return f"{number if number is not None else '':>{width}} {bar}"


def excerpt(positions: Positions, marks: Sequence[Mark], width: int) -> Iterator[str]:
    """The lines that have ``marks``, with these; ``width`` is that of the numbers of lines."""
    last = 0
    for line in sorted({mark.line for mark in marks}):
        if last and line > last + 1:
            yield _CUT
        last = line
        here = sorted((mark for mark in marks if mark.line == line), key=lambda mark: mark.start)
        text = positions.line(line)
        begin = _begin(text, here[0].start)
        yield f"{gutter(line, width)} {_window(text, begin)}".rstrip()
        for mark in here:
            left = max(mark.start - begin, 0) + (len(_CUT) if begin else 0)
            blank = " " * (_columns(text[begin : mark.start]) + (len(_CUT) if begin else 0)) if left else ""
            length = max(_columns(text[mark.start : mark.end]), 1)
            signs = mark.sign * min(length, _WIDEST - min(len(blank), _WIDEST - 1))
            yield f"{gutter(None, width)} {blank}{signs} {mark.label}".rstrip()


def _begin(text: str, column: int) -> int:
    """The first character that is shown of a line, of which what is at the column is to be seen."""
    return max(column - _AROUND, 0) if len(text) > _WIDEST else 0


def _window(text: str, begin: int) -> str:
    """What is shown of a line from a character on."""
    end = begin + _WIDEST
    return f"{_CUT if begin else ''}{shown(text[begin:end])}{_CUT if end < len(text) else ''}"


def shown(text: str) -> str:
    """``text`` as a terminal shows it, with tabs of the same width everywhere."""
    return visible(text.replace("\t", _TAB))


def _columns(text: str) -> int:
    """How many columns of a terminal that takes."""
    return sum(map(_width, shown(text)))


def _width(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
