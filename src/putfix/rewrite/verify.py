"""Checking a rewrite by undoing it: the inserted puts out, the values back, and the program must be the old one."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from dataclasses import replace

from putfix.model import Hoist
from putfix.rewrite.comparing import are_alike
from putfix.rewrite.edit import reference_to_value, rewrite

_MARK = "_putfix_reference_"


def difference(source: str, new_source: str, hoists: Sequence[Hoist], *, compiles: bool = True) -> str | None:
    """What is wrong with ``new_source`` as ``source`` with ``hoists`` applied; None where nothing is.

    Total: a new source that does not parse is a difference too. A program of cells that are compiled one by one
    need not be fit for being compiled as a whole.
    """
    try:
        if compiles:
            compile(new_source, "<rewritten>", "exec", dont_inherit=True)
        marked, text = _marked(source, new_source, hoists)
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return f"it does not parse: {error}"
    undo = _Undo(marked)
    restored = undo.visit(tree)
    puts = len({_put(hoist) for hoist in hoists if hoist.put})
    if undo.removed != puts:
        return f"it has {undo.removed} puts instead of {puts}"
    if not are_alike(restored, ast.parse(source)):
        return "undoing the edit does not give the original program"
    return None


def _put(hoist: Hoist) -> tuple[object, ...]:
    """What the put of a hoist is, and where: several hoists may have the same one, which is written once."""
    return hoist.name, reference_to_value(hoist), hoist.statement, hoist.constructed


def _marked(source: str, new_source: str, hoists: Sequence[Hoist]) -> tuple[list[Hoist], str]:
    """The hoists and the new source, with a mark in place of each reference that the program had already.

    Such a name stands in other places too, and only with a mark can it be told which ones were edited.
    """
    marked = [hoist if hoist.put else replace(hoist, name=f"{_MARK}{i}") for i, hoist in enumerate(hoists)]
    if marked == list(hoists):
        return marked, new_source
    text = plain = rewrite(source, marked)
    for mark, hoist in zip(marked, hoists, strict=True):
        plain = re.sub(rf"\b{mark.name}\b", hoist.name, plain)
    return (marked, text) if plain == new_source else (list(hoists), new_source)


class _Undo(ast.NodeTransformer):
    """Takes the puts and the added imports out, and reads the values again."""

    def __init__(self, hoists: Sequence[Hoist]) -> None:
        self._values = {hoist.name: hoist.argument for hoist in hoists}
        puts = [(hoist.name, reference_to_value(hoist)) for hoist in hoists if hoist.put]
        self._puts = {(name, ast.dump(ast.parse(text).body[0])) for name, text in puts}
        self._imports = {ast.dump(ast.parse(hoist.imports).body[0]) for hoist in hoists if hoist.imports}
        self.removed = 0

    def visit_Module(self, node: ast.Module) -> ast.Module:
        for statement in node.body:
            if self._imports and ast.dump(statement) in self._imports:
                node.body.remove(statement)
                break
        self.generic_visit(node)
        return node

    def visit_Assign(self, node: ast.Assign) -> ast.AST | None:
        name = _written(node.targets[0])
        if name in self._values and (name, ast.dump(ast.Expr(node.value))) in self._puts:
            self.removed += 1
            return None
        return self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return self._restored(node)

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        return self._restored(node)

    def _restored(self, node: ast.expr) -> ast.AST:
        value = self._values.get(_written(node))
        return self.generic_visit(node) if value is None else ast.parse(f"({value})", mode="eval").body


def _written(node: ast.expr) -> str:
    """How a name, or an attribute of one, is written; empty for anything else."""
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return f"{node.value.id}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""
