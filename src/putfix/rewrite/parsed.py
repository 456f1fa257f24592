"""A program with its tree: parsed once, for all who read it."""

from __future__ import annotations

import ast
import functools


class Parsed:
    """The text of a program, and its tree, which is made when it is first asked for."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._is_taken = False

    @functools.cached_property
    def tree(self) -> ast.Module:
        """The tree, for those who leave its fields as they are. Raises what :func:`ast.parse` does."""
        return ast.parse(self.text)

    def taken(self) -> ast.Module:
        """A tree for an analysis, which keeps in its nodes what it found out, and clears that in the end: the first one
        gets that of all, and each later one a tree of its own."""
        if self._is_taken:
            return ast.parse(self.text)
        self._is_taken = True
        return self.tree
