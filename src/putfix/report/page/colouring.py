"""Source text in colours, cut into pieces that are one kind of thing each. Pygments tells which."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from pygments.lexers.python import PythonLexer
from pygments.lexers.special import TextLexer
from pygments.token import Comment, Keyword, Name, Number, Operator, String

from putfix.model import Text
from putfix.report.screen import visible

_KINDS = {
    Keyword: "k",
    Operator.Word: "k",
    String: "s",
    Number: "n",
    Comment: "c",
    Name.Decorator: "d",
    Name.Function: "f",
    Name.Class: "f",
}
"""The kinds that have a colour, as the style sheet calls them."""
LONGEST = 2000
"""How many characters of a line are shown."""
_OTHERS = frozenset({".md", ".markdown", ".rst"})


class Piece(NamedTuple):
    """Text of one kind, an empty one where it has no colour, and whether it is marked."""

    kind: str
    text: str
    marked: bool = False


Line = Sequence[Piece]
Columns = tuple[int, int]
"""From the first column of something to the one after its last."""


def lines_of(text: str) -> list[str]:
    """The lines of a source, as Python counts them, without their ends."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")


class Colouring:
    """The lines of one file in pieces, and those of the cells of a notebook, coloured when they are first asked for."""

    def __init__(self, path: Path, text: Text | None) -> None:
        self._lexer = (TextLexer if path.suffix.lower() in _OTHERS else PythonLexer)(stripnl=False, ensurenl=False)
        self.texts = {cell: lines_of(source) for cell, source in text.cells} if text is not None else {}
        """The lines as text, by the numbers of their cells; that is 0 outside of notebooks."""
        self._lines: dict[int, list[Line]] = {}

    def lines(self, cell: int) -> list[Line]:
        """The lines of a cell that has texts."""
        if cell not in self._lines:
            self._lines[cell] = self.of(self.texts[cell])
        return self._lines[cell]

    def of(self, lines: Sequence[str]) -> list[Line]:
        """Other lines in such pieces. All characters stay."""
        found: list[Line] = []
        current: list[Piece] = []
        for token, text in self._lexer.get_tokens("\n".join(lines)):
            kind = _kind(token)
            first, *rest = text.split("\n")
            if first:
                current.append(Piece(kind, first))
            for part in rest:
                found.append(current)
                current = [Piece(kind, part)] if part else []
        return [*found, current]


@functools.cache
def _kind(token: object) -> str:
    return next((kind for each, kind in _KINDS.items() if token in each), "")


def marked(line: Line, spans: Iterable[Columns]) -> Line:
    """The pieces of a line, cut so that what is in one of the ``spans`` of columns is marked."""
    inside = sorted(spans)
    if not inside:
        return line
    cuts = sorted({edge for span in inside for edge in span})
    found: list[Piece] = []
    column = 0
    for piece in line:
        end = column + len(piece.text)
        edges = [column, *(cut for cut in cuts if column < cut < end), end]
        for begin, stop in pairwise(edges):
            text = piece.text[begin - column : stop - column]
            found.append(Piece(piece.kind, text, any(first <= begin < last for first, last in inside)))
        column = end
    return found


def shown(line: Line) -> Line:
    """The pieces as they are shown: what is not printable as :mod:`putfix.report.screen` writes it, and of a very long
    line the beginning."""
    found: list[Piece] = []
    left = LONGEST
    for piece in line:
        found.append(piece._replace(text=visible(piece.text[:left])))
        left -= len(piece.text)
        if left < 0:
            return [*found, Piece("c", " ...")]
    return found
