"""Checking a rewrite by undoing it: the inserted puts out, the values back, and the program must be the old one."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from putfix.model import Hoist


def difference(source: str, new_source: str, hoists: Sequence[Hoist]) -> str | None:
    """What is wrong with ``new_source`` as ``source`` with ``hoists`` applied; None where nothing is.

    Total: a new source that does not parse is a difference too.
    """
    try:
        tree = ast.parse(new_source)
        compile(tree, "<rewritten>", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return f"it does not parse: {error}"
    undo = _Undo(hoists)
    restored = undo.visit(tree)
    if undo.removed != len(hoists):
        return f"it has {undo.removed} puts instead of {len(hoists)}"
    if ast.dump(restored) != ast.dump(ast.parse(source)):
        return "undoing the edit does not give the original program"
    return None


class _Undo(ast.NodeTransformer):
    """Takes the puts and the added imports out, and reads the values again."""

    def __init__(self, hoists: Sequence[Hoist]) -> None:
        self._values = {hoist.name: hoist.value for hoist in hoists}
        self._puts = {(hoist.name, ast.dump(ast.parse(f"{hoist.put}({hoist.value})").body[0])) for hoist in hoists}
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
        target = node.targets[0]
        if isinstance(target, ast.Name) and (target.id, ast.dump(ast.Expr(node.value))) in self._puts:
            self.removed += 1
            return None
        return self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> ast.expr:
        value = self._values.get(node.id)
        return node if value is None else ast.parse(value, mode="eval").body
