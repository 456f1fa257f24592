"""Whether a value may be an object reference, as far as the file shows: in one of the ways that give it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from putfix.analysis.names.attributes import Attributes
from putfix.analysis.names.callers import Callers
from putfix.analysis.names.definitions import Definitions
from putfix.analysis.names.nodes import walk
from putfix.analysis.names.scopes import Scopes, own_returns
from putfix.analysis.names.variables import Binding, Scope, Variable
from putfix.analysis.sizes.estimates import REFERENCE
from putfix.analysis.sizes.evaluation import Sizes

_NAME = "ObjectRef"


class Alternatives:
    """The question for the expressions of one module."""

    def __init__(
        self, scopes: Scopes, attributes: Attributes, definitions: Definitions, callers: Callers, sizes: Sizes
    ) -> None:
        self._scopes = scopes
        self._attributes = attributes
        self._definitions = definitions
        self._callers = callers
        self._sizes = sizes
        self._tests: dict[Scope, dict[Variable, ast.Call]] = {}

    def reference_among(self, node: ast.expr, scope: Scope) -> ast.AST | None:
        """What makes, or names, the reference that ``node`` may be; None where the file shows none."""
        seen: set[object] = set()
        pending: list[tuple[ast.expr, Scope]] = [(node, scope)]
        while pending:
            each, inner = pending.pop()
            estimate = self._sizes.estimate(each, inner)
            if estimate is not None and estimate.kind == REFERENCE:
                return estimate.node
            variable = inner.variable(each.id) if isinstance(each, ast.Name) else None
            place: object = variable or each
            if place in seen:
                continue
            seen.add(place)
            if variable is not None:
                named = self.named_for(variable)
                if named is not None:
                    return named
                pending += self._given_to(variable)
            else:
                pending += self._ways_of(each, inner)
        return None

    def _ways_of(self, node: ast.expr, scope: Scope) -> Iterator[tuple[ast.expr, Scope]]:
        """The expressions one of which gives ``node``."""
        if isinstance(node, ast.IfExp):
            yield from ((each, scope) for each in (node.body, node.orelse))
        elif isinstance(node, ast.BoolOp):
            yield from ((each, scope) for each in node.values)
        elif isinstance(node, ast.NamedExpr):
            yield node.value, scope
        elif isinstance(node, ast.Attribute):
            held = self._attributes.find(node.value, node.attr, scope)
            yield from held.values if held is not None else ()
        elif isinstance(node, ast.Call):
            target = self._definitions.target(node, scope)
            if target is not None and target.fresh is None:
                returned = (statement.value for statement in own_returns(target.definition))
                yield from ((value, target.scope) for value in returned if value is not None)

    def _given_to(self, variable: Variable) -> Iterator[tuple[ast.expr, Scope]]:
        """What the bindings of a variable, and the calls in the file, give to it."""
        for binding in variable.bindings:
            value = binding.value or binding.part
            if value is not None:
                yield value, variable.scope
            elif binding.kind == "parameter":
                yield from self._callers.given_by_some(variable)

    def named_for(self, variable: Variable) -> ast.AST | None:
        """An annotation, or a test of its type, that says that the variable may be a reference."""
        annotations = (_annotation(binding) for binding in variable.bindings)
        found = next((each for each in annotations if each is not None and _names_a_reference(each)), None)
        return found if found is not None else self._tested(variable)

    def _tested(self, variable: Variable) -> ast.Call | None:
        """``isinstance(variable, ray.ObjectRef)``."""
        if variable.scope not in self._tests:
            self._tests[variable.scope] = self._tests_in(variable.scope)
        return self._tests[variable.scope].get(variable)

    def _tests_in(self, scope: Scope) -> dict[Variable, ast.Call]:
        """The first such test in a scope, and in those inside of it, of each variable."""
        found: dict[Variable, ast.Call] = {}
        for inner in self._scopes.inside(scope):
            for call in self._scopes.calls(inner):
                if self._scopes.qualified(call.func, inner) == "builtins.isinstance" and len(call.args) == 2:
                    tested, kind = call.args
                    variable = inner.variable(tested.id) if isinstance(tested, ast.Name) else None
                    if variable is not None and _names_a_reference(kind):
                        found.setdefault(variable, call)
        return found


def _annotation(binding: Binding) -> ast.expr | None:
    return binding.node.annotation if isinstance(binding.node, ast.arg | ast.AnnAssign) else None


def _names_a_reference(node: ast.expr) -> bool:
    """Whether ``ObjectRef`` is one of the names in it, which may be written as a string."""
    for each in walk(node):
        if getattr(each, "id", getattr(each, "attr", "")) == _NAME:
            return True
        if isinstance(each, ast.Constant) and isinstance(each.value, str) and _NAME in each.value:
            return True
    return False
