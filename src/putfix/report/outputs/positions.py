"""From places in a text to lines and columns, as other programs count them."""

from __future__ import annotations

import functools
import re
from bisect import bisect_right
from typing import NamedTuple

_END = re.compile(r"\r\n|\r|\n")


class Position(NamedTuple):
    """A line and a column, both from 1."""

    line: int
    column: int


class Positions:
    """The lines of a text, as Python counts them."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._starts = [0, *(match.end() for match in _END.finditer(text))]

    def of(self, offset: int) -> Position:
        """Where the character with so many before it is, in characters."""
        line = bisect_right(self._starts, offset)
        return Position(line, offset - self._starts[line - 1] + 1)

    def in_utf_16(self, offset: int) -> Position:
        """The same, in code units of UTF-16; the end of the text is always on its last line that has characters."""
        line = bisect_right(self._starts, offset)
        if line > 1 and self._starts[line - 1] == offset == len(self.text):
            line -= 1
        start = self._starts[line - 1]
        return Position(line, _units(self.text[start:offset]) + 1)

    @functools.cached_property
    def lines(self) -> list[str]:
        """All lines, without their ends."""
        return _END.split(self.text)

    def line(self, number: int) -> str:
        """The text of a line, without its end; empty where there is no such line."""
        return self.lines[number - 1] if 0 < number <= len(self.lines) else ""


def _units(text: str) -> int:
    return len(text) + sum(character > "\uffff" for character in text)
