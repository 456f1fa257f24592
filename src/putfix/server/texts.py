"""Texts as editors count in them: lines end with LF, CRLF or CR and nowhere else, and columns are units of an encoding.

The library's own documents are not used for that: they divide lines at form feeds and other separators, too, and then
edit another line than the editor does (seen in pygls 2.1).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from itertools import accumulate

from lsprotocol.types import (
    Position,
    PositionEncodingKind,
    Range,
    TextDocumentContentChangeEvent,
    TextDocumentContentChangePartial,
)

from putfix.formats.documents import LINE
from putfix.model import Span

_UNITS: dict[str, Callable[[str], int]] = {
    PositionEncodingKind.Utf8: lambda text: len(text.encode("utf-8", "surrogatepass")),
    PositionEncodingKind.Utf16: lambda text: len(text.encode("utf-16-le", "surrogatepass")) // 2,
    PositionEncodingKind.Utf32: len,
}
"""How many units of each encoding a text has."""


class Text:
    """A text, and where its characters are for an editor that counts columns in units of ``encoding``."""

    def __init__(self, text: str, encoding: str) -> None:
        self.text = text
        self._encoding = encoding
        self._units = _UNITS[encoding]
        self._lines: list[str] = LINE.findall(text)
        if not text or text.endswith(("\r", "\n")):
            self._lines.append("")
        self._starts = [0, *accumulate(map(len, self._lines))][:-1]

    def position(self, offset: int) -> Position:
        """Where the character at an offset is."""
        line = bisect_right(self._starts, offset) - 1
        return self._position(line, offset - self._starts[line])

    def range(self, start: int, end: int) -> Range:
        """Where the characters from one offset to another are."""
        return Range(self.position(start), self.position(end))

    def range_of(self, span: Span) -> Range:
        """Where a span is."""
        return Range(
            self._position(span.line - 1, span.column),
            self._position(span.end_line - 1, span.end_column),
        )

    def range_from(self, line: int, column: int = 0) -> Range:
        """The rest of a line, counted from 1, without its end, from the first character at or after a column that is no
        space."""
        text = self._content(min(line, len(self._lines)) - 1)
        begin = len(text) - len(text[column:].lstrip())
        return Range(self._position(line - 1, begin), self._position(line - 1, len(text)))

    def offset(self, position: Position) -> int:
        """The offset of the character at a position; behind the end of a line, that of its end."""
        if position.line >= len(self._lines):
            return len(self.text)
        return self._starts[position.line] + self._column(position)

    def place(self, position: Position) -> tuple[int, int]:
        """The line, from 1, and the column, from 0, in characters, of a position."""
        line = min(position.line, len(self._lines) - 1)
        return line + 1, self._column(Position(line, position.character))

    def changed(self, change: TextDocumentContentChangeEvent) -> Text:
        """The text with a change."""
        if not isinstance(change, TextDocumentContentChangePartial):
            return Text(change.text, self._encoding)
        start, end = self.offset(change.range.start), self.offset(change.range.end)
        return Text(f"{self.text[:start]}{change.text}{self.text[end:]}", self._encoding)

    def _position(self, line: int, column: int) -> Position:
        line = min(line, len(self._lines) - 1)
        return Position(line, self._units(self._lines[line][:column]))

    def _column(self, position: Position) -> int:
        content = self._content(position.line)
        if content.isascii():
            return min(position.character, len(content))
        ends = accumulate(map(self._units, content))
        return next((index for index, end in enumerate(ends) if end > position.character), len(content))

    def _content(self, line: int) -> str:
        return self._lines[line].rstrip("\r\n")
