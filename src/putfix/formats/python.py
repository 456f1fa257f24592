"""Python files. One in the percent format has cells: a line ``# %%`` begins each (Jupytext, VS Code, Spyder)."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator

from putfix.formats.documents import LINE, Lines
from putfix.model import Cells

_MARK = re.compile(r"# ?%%")


def read(text: str) -> Lines:
    """The document of a Python file. Raises :class:`SyntaxError` as :func:`ast.parse` does."""
    lines = LINE.findall(text)
    said = enumerate(lines if "%%" in text else [], start=1)
    marks = [number for number, line in said if _MARK.match(line)]
    if marks:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            inside = set(_lines_inside(ast.parse(text)))
        marks = [number for number in marks if number not in inside]
    prefixes: list[str | None] = [""] * len(lines)
    for mark in marks:
        prefixes[mark - 1] = None  # a comment belongs to what follows: this one does not
    return Lines(text, tuple(prefixes), Cells(tuple(marks)) if marks else None, compiles=True)


def _lines_inside(tree: ast.Module) -> Iterator[int]:
    """The lines of statements that go over several, without the first."""
    for statement in tree.body:
        yield from range(statement.lineno + 1, (statement.end_lineno or statement.lineno) + 1)
