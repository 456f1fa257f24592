"""From the byte offsets of :mod:`ast` to the lines and characters of a source."""

from __future__ import annotations

import ast
import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import replace

from putfix.model import Cells, Span

_LINE_ENDS = re.compile(r"\r\n|\r|\n")


def split_lines(source: str) -> list[str]:
    """The lines of a source as Python's tokenizer counts them, without their ends."""
    return _LINE_ENDS.split(source) if "\r" in source else source.split("\n")


Placed = ast.expr | ast.stmt | ast.arg | ast.keyword | ast.excepthandler
"""The nodes that have a place."""


def span(node: Placed, lines: list[str]) -> Span:
    """Where ``node`` stands, in characters."""
    end_line, end_offset = node.end_lineno or node.lineno, node.end_col_offset or node.col_offset
    return Span(*point(node.lineno, node.col_offset, lines), *point(end_line, end_offset, lines))


def point(line: int, offset: int, lines: list[str]) -> tuple[int, int]:
    """A line and the character at a byte offset in it."""
    return line, _characters(lines[line - 1], offset)


def statements_of(cells: Cells, statements: Iterable[ast.stmt]) -> list[list[ast.stmt]]:
    """The statements of each cell; those before the first cell come first."""
    found: list[list[ast.stmt]] = [[] for _ in range(len(cells.firsts) + 1)]
    for statement in statements:
        found[bisect_right(cells.firsts, statement.lineno)].append(statement)
    return found


def is_fixed(node: ast.expr, cells: Cells | None) -> bool:
    """Whether ``node`` stands in lines that are not edited."""
    lines = range(node.lineno, (node.end_lineno or node.lineno) + 1)
    return cells is not None and any(line in cells.fixed for line in lines)


def statement_span(node: ast.stmt, lines: list[str]) -> Span:
    """Where a statement stands, its decorators included."""
    whole = span(node, lines)
    decorators = getattr(node, "decorator_list", [])
    return replace(whole, line=min([whole.line, *(decorator.lineno for decorator in decorators)]))


def text_of(node: ast.expr, lines: list[str]) -> str:
    """The source of an expression, with its line ends as line feeds."""
    place = span(node, lines)
    if place.line == place.end_line:
        return lines[place.line - 1][place.column : place.end_column]
    between = lines[place.line : place.end_line - 1]
    return "\n".join([lines[place.line - 1][place.column :], *between, lines[place.end_line - 1][: place.end_column]])


def _characters(line: str, offset: int) -> int:
    return offset if line.isascii() else len(line.encode()[:offset].decode(errors="replace"))
