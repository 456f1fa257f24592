"""What runs when something is iterated over: nothing for a container, the body for a generator."""

from __future__ import annotations

import ast

from putfix import knowledge
from putfix.analysis.flow.effects import CallEffects
from putfix.analysis.names.scopes import Scopes
from putfix.analysis.names.variables import Binding, Scope, Variable
from putfix.analysis.sizes.evaluation import Sizes

_DEPTH = 8
"""How many names and calls are followed from an expression to what it stands for."""


class Containers:
    """Tells containers from generators in one module."""

    def __init__(self, scopes: Scopes, sizes: Sizes, effects: CallEffects) -> None:
        self._scopes = scopes
        self._sizes = sizes
        self._effects = effects
        self._pending: set[Variable] = set()
        """The variables that are being looked at: each is a container if all else that binds it gives one."""

    def is_container(self, node: ast.expr, scope: Scope, depth: int = _DEPTH) -> bool:
        """Whether iterating over ``node`` runs no unknown code.

        Parameters and attributes are taken for containers; the result of an unknown call may be a generator.
        """
        if not depth:
            return False
        if isinstance(node, ast.Call):
            if knowledge.is_iterable_again(self._sizes.kind(node, scope)):
                return True
            returned = self._effects.returned_by(node, scope)
            if returned is not None:
                return all(self.is_container(value, inner, depth - 1) for value, inner in returned)
            given = node.args if self._effects.hands_on(node, scope) else []
            arguments = all(self.is_container(argument, scope, depth - 1) for argument in given)
            return self._effects.is_listed(node, scope) and arguments
        if isinstance(node, ast.Name):
            variable = scope.variable(node.id)
            return variable is None or variable in self._pending or self._is_always_container(variable, depth)
        if isinstance(node, ast.Subscript):
            return self._holds_containers(node.value, scope, depth - 1)
        if isinstance(node, ast.IfExp | ast.BoolOp):
            parts = [node.body, node.orelse] if isinstance(node, ast.IfExp) else node.values
            return all(self.is_container(part, scope, depth - 1) for part in parts)
        return not isinstance(node, ast.GeneratorExp | ast.Await)

    def _is_always_container(self, variable: Variable, depth: int) -> bool:
        self._pending.add(variable)
        found = all(self._binds_container(binding, variable.scope, depth) for binding in variable.bindings)
        self._pending.discard(variable)
        return found

    def _binds_container(self, binding: Binding, scope: Scope, depth: int) -> bool:
        if binding.value is not None:
            return self.is_container(binding.value, scope, depth - 1)
        if isinstance(binding.node, ast.For | ast.comprehension):
            return self._holds_containers(binding.node.iter, scope, depth - 1)
        return binding.kind != "part" or isinstance(binding.node, ast.Assign)

    def _holds_containers(self, node: ast.expr, scope: Scope, depth: int) -> bool:
        """Whether none of what ``node`` holds is a generator, as far as the file shows how it was made."""
        if not depth:
            return False
        if isinstance(node, ast.List | ast.Tuple | ast.Set):
            return all(self.is_container(element, scope, depth - 1) for element in node.elts)
        if isinstance(node, ast.ListComp | ast.SetComp | ast.GeneratorExp):
            return self.is_container(node.elt, self._scopes.scope_of(node), depth - 1)
        if isinstance(node, ast.Name):
            variable = scope.variable(node.id)
            values = [(b.value, variable.scope) for b in variable.bindings if b.value is not None] if variable else []
            return all(self._holds_containers(value, inner, depth - 1) for value, inner in values)
        return True
