"""What statements add to a container after it is made: ``rows.append(x)``, ``table[key] = x``, in loops."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import prod
from typing import TYPE_CHECKING

from putfix import knowledge
from putfix.analysis.names.nodes import walk
from putfix.analysis.names.scopes import Scopes
from putfix.analysis.names.variables import FunctionNode, Scope, Variable
from putfix.analysis.sizes.constants import NUMBER_BYTES
from putfix.analysis.sizes.estimates import GROWING, Estimate, may_change

if TYPE_CHECKING:
    from putfix.analysis.sizes.evaluation import Sizes

_ADDING_ONE = frozenset({"append", "add", "insert", "setdefault"})
_ADDING_ALL = frozenset({"extend", "update"})
_COMPOUND = (ast.If, ast.While, ast.Try, ast.Match)
Place = tuple[ast.stmt, ...]


@dataclass(frozen=True)
class Addition:
    """One statement that adds ``value``, or with ``spread`` all that it holds.

    ``around`` are the loops and conditions that it stands in.
    """

    node: ast.expr
    value: ast.expr
    spread: bool
    around: Place
    key: ast.expr | None = None


class Growth:
    """The additions in one module; ``sizes`` evaluates what is added."""

    def __init__(self, scopes: Scopes, sizes: Sizes) -> None:
        self._scopes = scopes
        self._sizes = sizes
        self._read: dict[Scope, tuple[dict[str, list[Addition]], dict[ast.AST, Place]]] = {}

    def grown(self, made: Estimate | None, variable: Variable) -> Estimate | None:
        """What is known of a container that was ``made`` and bound to ``variable``, when all additions are done."""
        if made is None:
            return made
        additions, places = self._of_scope(variable.scope)
        found = additions.get(variable.name, [])
        if made.kind not in GROWING or not found:
            return self._filled(made, variable)
        makers = [binding.node for binding in variable.bindings if binding.kind != "augment"]
        start = places.get(makers[0]) if len(makers) == 1 else None
        for addition in found:
            made = self._added(made, addition, start, variable.scope)
        return made

    def _filled(self, made: Estimate, variable: Variable) -> Estimate:
        """What is known of an object after methods that make it large: ``forest.fit(X, y)``."""
        row = knowledge.methods(made.kind)
        if row is None or not row.fills:
            return made
        for node in self._scopes.calls(variable.scope):
            function = node.func
            if isinstance(function, ast.Attribute) and function.attr in row.fills:
                if isinstance(function.value, ast.Name) and function.value.id == variable.name:
                    return replace(made, node=node, typed=True)
        return made

    def _added(self, made: Estimate, addition: Addition, start: Place | None, scope: Scope) -> Estimate:
        value = self._sizes.estimate(addition.value, scope)
        times = self._times(addition, start, scope)
        least = made.at_least or 0
        gained = (
            max((value.at_least if value is not None else None) or 0, 0 if addition.spread else NUMBER_BYTES) * times
        )
        node = addition.node if gained > least else made.node
        mixed = may_change(value)
        typed = made.typed or (value is not None and value.typed)
        if value is not None and value.typed and not made.typed:
            node = value.node
        grown = replace(made, node=node, at_least=least + gained, at_most=None, typed=typed, shape=None, parts=None)
        return replace(grown, mixed=made.mixed or mixed)

    def _times(self, addition: Addition, start: Place | None, scope: Scope) -> int:
        """How often an addition runs at least, and makes the container larger; 0 where it may not run at all."""
        if start is None or addition.around[: len(start)] != start:
            return 0
        loops = addition.around[len(start) :]
        counts: list[int] = []
        for loop in loops:
            count = self._count(loop, scope)
            if count is None:
                return 0
            counts.append(count)
        if addition.key is None:
            return prod(counts)
        named = {node.id for node in walk(addition.key) if isinstance(node, ast.Name)}
        targets = [
            {n.id for n in walk(loop.target) if isinstance(n, ast.Name)} for loop in loops if isinstance(loop, ast.For)
        ]
        return prod(count for count, target in zip(counts, targets, strict=True) if target & named)

    def _count(self, loop: ast.stmt, scope: Scope) -> int | None:
        """How many turns a loop certainly has."""
        if not isinstance(loop, ast.For) or any(
            isinstance(node, ast.Break | ast.Continue | ast.Return) for node in walk(loop)
        ):
            return None
        return self._sizes.likely_length(loop.iter, scope)

    def _of_scope(self, scope: Scope) -> tuple[dict[str, list[Addition]], dict[ast.AST, Place]]:
        """The additions in the body of a scope by the name of the container, and where its statements stand."""
        if scope not in self._read:
            additions: dict[str, list[Addition]] = {}
            places: dict[ast.AST, Place] = {}
            body = scope.node.body if isinstance(scope.node, ast.Module | FunctionNode) else []
            for statement, around in _statements(body, ()):
                places[statement] = around
                for name, addition in _additions(statement, around):
                    additions.setdefault(name, []).append(addition)
            self._read[scope] = additions, places
        return self._read[scope]


def _statements(body: list[ast.stmt], around: Place) -> Iterator[tuple[ast.stmt, Place]]:
    """The statements of a body, each with the loops and conditions around it."""
    for statement in body:
        yield statement, around
        if isinstance(statement, FunctionNode | ast.ClassDef):
            continue
        inner = around if isinstance(statement, ast.With | ast.AsyncWith) else (*around, statement)
        for name in ("body", "orelse", "finalbody"):
            yield from _statements(getattr(statement, name, []), inner)
        for part in [*getattr(statement, "handlers", []), *getattr(statement, "cases", [])]:
            yield from _statements(part.body, inner)


def _additions(statement: ast.stmt, around: Place) -> Iterator[tuple[str, Addition]]:
    """What a statement itself adds, and to which variable."""
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        call, function = statement.value, statement.value.func
        if (
            isinstance(function, ast.Attribute)
            and isinstance(function.value, ast.Name)
            and call.args
            and not call.keywords
        ):
            if function.attr in _ADDING_ONE:
                key = call.args[0] if function.attr == "setdefault" else None
                yield function.value.id, Addition(call, call.args[-1], False, around, key)
            elif function.attr in _ADDING_ALL and len(call.args) == 1:
                key = ast.Constant(None) if function.attr == "update" else None
                yield function.value.id, Addition(call, call.args[0], True, around, key)
    elif isinstance(statement, ast.AugAssign) and isinstance(statement.target, ast.Name):
        yield statement.target.id, Addition(statement.value, statement.value, True, around)
    elif isinstance(statement, ast.Assign):
        for target in statement.targets:
            if isinstance(target, ast.Subscript) and isinstance(target.value, ast.Name):
                yield target.value.id, Addition(statement.value, statement.value, False, around, target.slice)
