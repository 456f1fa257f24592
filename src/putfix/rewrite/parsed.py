"""A program with its tree and its lines: made once, for all who read it."""

from __future__ import annotations

import ast
import functools
import re

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")


class Parsed:
    """The text of a program, and what is made of it when it is first asked for."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._is_taken = False

    @functools.cached_property
    def tree(self) -> ast.Module:
        """The tree, for those who leave its fields as they are. Raises what :func:`ast.parse` does."""
        return ast.parse(self.text)

    @functools.cached_property
    def lines(self) -> list[str]:
        """The lines with their ends, as Python's tokenizer divides the text."""
        return lines_of(self.text)

    def taken(self) -> ast.Module:
        """A tree for an analysis, which keeps in its nodes what it found out, and clears that in the end: the first one
        gets that of all, and each later one a tree of its own."""
        if self._is_taken:
            return ast.parse(self.text)
        self._is_taken = True
        return self.tree


def lines_of(text: str) -> list[str]:
    """See :attr:`Parsed.lines`."""
    return _LINE.findall(text)
