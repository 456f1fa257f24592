"""Which objects only the body that makes them can reach, until it hands them on."""

from __future__ import annotations

import ast
from collections.abc import Callable

from putfix import knowledge
from putfix.analysis.names.scopes import Scopes
from putfix.analysis.names.variables import Binding, Scope, Variable
from putfix.analysis.sizes.estimates import UNCHANGEABLE
from putfix.analysis.sizes.evaluation import Sizes


class Isolation:
    """The question for the expressions of one module. ``returns_fresh`` says whether a call of a function of the file
    returns a new object that nothing else has."""

    def __init__(self, scopes: Scopes, sizes: Sizes, returns_fresh: Callable[[ast.Call, Scope], bool]) -> None:
        self._scopes = scopes
        self._sizes = sizes
        self._returns_fresh = returns_fresh

    def of_variable(self, variable: Variable) -> bool:
        """Whether everything that binds the variable makes such an object."""
        return all(
            binding.kind == "augment" or self.holds(binding.value, variable.scope) or self._is_waited(binding, variable)
            for binding in variable.bindings
        )

    def _is_waited(self, binding: Binding, variable: Variable) -> bool:
        """``done, jobs = ray.wait(jobs)``: two new lists."""
        node = binding.node
        if binding.kind != "part" or not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Call):
            return False
        return self._sizes.callee(node.value, variable.scope) == "ray.wait"

    def holds(self, node: ast.expr | None, scope: Scope) -> bool:
        """Whether ``node`` makes a new object, and neither it nor what it holds is in reach of other code."""
        if node is None:
            return False
        if isinstance(node, ast.Constant | ast.JoinedStr):
            return True
        if isinstance(node, ast.Call):
            return self._is_made(node, scope)
        parts: list[ast.expr | None]
        if isinstance(node, ast.List | ast.Tuple | ast.Set):
            parts = [*node.elts]
        elif isinstance(node, ast.Dict):
            parts = [*node.keys, *node.values]
        elif isinstance(node, ast.ListComp | ast.SetComp):
            parts, scope = [node.elt], self._scopes.of[node]
        elif isinstance(node, ast.DictComp):
            parts, scope = [node.key, node.value], self._scopes.of[node]
        elif isinstance(node, ast.BinOp):
            parts = [] if self._sizes.kind(node, scope) == "numpy.ndarray" else [node.left, node.right]
        else:
            return False
        return all(part is not None and self._of_part(part, scope) for part in parts)

    def _is_made(self, node: ast.Call, scope: Scope) -> bool:
        name = self._sizes.callee(node, scope)
        if name is None:
            return self._returns_fresh(node, scope)
        if knowledge.producer(name) is None:
            return False
        kind, _, method = name.rpartition(".")
        methods = knowledge.methods(kind)
        if methods is not None and method in methods.views:
            return False
        row = knowledge.reads(name)
        fresh = row is None or row.result == "fresh"
        given = [*node.args, *(keyword.value for keyword in node.keywords)]
        return fresh or all(self._of_part(argument, scope) for argument in given)

    def _of_part(self, node: ast.expr, scope: Scope) -> bool:
        """The same, or an object that cannot be changed: a number, a text, a reference."""
        kind = self._sizes.kind(node, scope)
        return kind in UNCHANGEABLE or self.holds(node, scope)
