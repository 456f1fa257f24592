"""Source text in colours, cut into pieces that are one kind of thing each. Pygments tells which."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from pygments.lexers.python import PythonLexer
from pygments.lexers.special import TextLexer
from pygments.token import Comment, Keyword, Name, Number, Operator, String

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
_LONGEST = 2000
"""How many characters of a line are shown."""
_OTHERS = frozenset({".md", ".markdown", ".rst"})


class Piece(NamedTuple):
    """Text of one kind, an empty one where it has no colour, and whether it is marked."""

    kind: str
    text: str
    marked: bool = False


Line = Sequence[Piece]


def lines_of(text: str) -> list[str]:
    """The lines of a source, as Python counts them, without their ends."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")


def coloured(lines: Sequence[str], path: Path) -> list[Line]:
    """The lines of a file, or of a cell of one, in pieces. All characters stay."""
    lexer = (TextLexer if path.suffix.lower() in _OTHERS else PythonLexer)(stripnl=False, ensurenl=False)
    found: list[Line] = []
    current: list[Piece] = []
    for token, text in lexer.get_tokens("\n".join(lines)):
        kind = _kind(token)
        first, *rest = text.split("\n")
        if first:
            current.append(Piece(kind, first))
        for part in rest:
            found.append(current)
            current = [Piece(kind, part)] if part else []
    return [*found, current]


def _kind(token: object) -> str:
    return next((kind for each, kind in _KINDS.items() if token in each), "")


def marked(line: Line, spans: Iterable[tuple[int, int]]) -> Line:
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
    left = _LONGEST
    for piece in line:
        if left <= 0:
            return [*found, Piece("c", " ...")]
        found.append(piece._replace(text=visible(piece.text[:left])))
        left -= len(piece.text)
    return found
