"""Checking a rewrite by undoing it: the inserted puts out, the values back, and the program must be the old one."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from dataclasses import replace

from putfix.model import Hoist
from putfix.rewrite.comparing import are_alike
from putfix.rewrite.edit import reference_to_value, rewrite
from putfix.rewrite.parsed import Parsed

_MARK = "_putfix_reference_"


def difference(source: Parsed, new_source: Parsed, hoists: Sequence[Hoist], *, compiles: bool = True) -> str | None:
    """What is wrong with ``new_source`` as ``source``, which parses, with ``hoists`` applied; None where nothing is.

    Total: a new source that does not parse is a difference too. A program of cells that are compiled one by one
    need not be fit for being compiled as a whole.
    """
    try:
        if compiles:
            compile(new_source.text, "<rewritten>", "exec", dont_inherit=True)
        marked, text = _marked(source, new_source, hoists)
        tree = text.tree
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return f"it does not parse: {error}"
    undo = _Undo(marked, text, source)
    rest = undo.without_import(tree)
    if rest is None:
        return "it lacks the import for its puts"
    is_undone = are_alike(rest, source.tree, undo)
    found = undo.removed if is_undone else sum(map(undo.is_put, ast.walk(tree)))
    puts = len({_put(hoist) for hoist in hoists if hoist.put})
    if found != puts:
        return f"it has {found} puts instead of {puts}"
    return None if is_undone else "undoing the edit does not give the original program"


def _put(hoist: Hoist) -> tuple[object, ...]:
    """What the put of a hoist is, and where: several hoists may have the same one, which is written once."""
    return hoist.name, reference_to_value(hoist), hoist.statement, hoist.constructed


def _marked(source: Parsed, new_source: Parsed, hoists: Sequence[Hoist]) -> tuple[list[Hoist], Parsed]:
    """The hoists and the new source, with a mark in place of each reference that the program had already.

    Such a name stands in other places too, and only with a mark can it be told which ones were edited.
    """
    marked = [hoist if hoist.put else replace(hoist, name=f"{_MARK}{i}") for i, hoist in enumerate(hoists)]
    if marked == list(hoists):
        return marked, new_source
    text = plain = rewrite(source, marked)
    for mark, hoist in zip(marked, hoists, strict=True):
        plain = re.sub(rf"\b{mark.name}\b", hoist.name, plain)
    return (marked, Parsed(text)) if plain == new_source.text else (list(hoists), new_source)


class _Undo:
    """Takes the puts and the added imports out, and reads the values again: an :class:`Undo`."""

    def __init__(self, hoists: Sequence[Hoist], edited: Parsed, source: Parsed) -> None:
        self._edited = edited
        self._source = source
        self._values = {hoist.name: hoist.argument for hoist in hoists}
        self._is_said = any(name.rpartition(".")[2] in source.text for name in self._values)
        """Whether the program may have had one of the names before, which its own statements then read and bind."""
        puts = [(hoist.name, reference_to_value(hoist)) for hoist in hoists if hoist.put]
        self._puts = {(name, ast.dump(ast.parse(text).body[0])) for name, text in puts}
        self._imports = {ast.dump(ast.parse(hoist.imports).body[0]) for hoist in hoists if hoist.imports}
        self.removed = 0
        """How many puts were taken out."""

    def without_import(self, tree: ast.Module) -> ast.Module | None:
        """A program without the import that was added, if one had to be; None where there is none."""
        if not self._imports:
            return tree
        added = next((each for each in tree.body if ast.dump(each) in self._imports), None)
        rest = [each for each in tree.body if each is not added]
        return ast.Module(rest, tree.type_ignores) if added is not None else None

    def kept(self, nodes: list[object]) -> list[object]:
        """The nodes without puts."""
        rest = [node for node in nodes if not self.is_put(node)]
        self.removed += len(nodes) - len(rest)
        return rest

    def is_untouched(self, node: object, before: object) -> bool:
        """Whether two statements stand on the same lines, at the same place of these: then they are the same, and
        have no name of a hoist."""
        if self._is_said or not isinstance(node, ast.stmt) or not isinstance(before, ast.stmt):
            return False
        columns = node.col_offset == before.col_offset and node.end_col_offset == before.end_col_offset
        return columns and _lines(node, self._edited) == _lines(before, self._source)

    def is_put(self, node: object) -> bool:
        """Whether a node is one of the puts."""
        if not isinstance(node, ast.Assign):
            return False
        name = _written(node.targets[0])
        return name in self._values and (name, ast.dump(ast.Expr(node.value))) in self._puts

    def replaced(self, node: object) -> ast.AST | None:
        """The value that a reference is in place of."""
        value = self._values.get(_written(node))
        return ast.parse(f"({value})", mode="eval").body if value is not None else None


def _lines(statement: ast.stmt, program: Parsed) -> list[str]:
    """The lines that a statement is on, with its decorators."""
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    first = min([statement.lineno, *(each.lineno for each in decorators)])
    return program.lines[first - 1 : statement.end_lineno]


def _written(node: object) -> str:
    """How a name, or an attribute of one, is written; empty for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return f"{node.value.id}.{node.attr}"
    return ""
