"""What a remote call does with its arguments that makes a reference differ from a value."""

from __future__ import annotations

import ast

from putfix import knowledge
from putfix.analysis import obstacles
from putfix.analysis.attributes import self_name
from putfix.analysis.calls import RemoteCall
from putfix.analysis.scopes import FunctionNode, Scope, Scopes, parameters
from putfix.model import Obstacle

_MAKES_ACTORS_SPECIAL = ("lifetime", "get_if_exists")


def obstacle_of(call: RemoteCall, argument: ast.expr, scopes: Scopes) -> Obstacle | None:
    """Why ``argument`` of ``call`` must stay a value, if so."""
    for option in call.callee.options:
        known = call.callee.kind in ("task", "method")
        off = isinstance(option.value, ast.Constant) and option.value.value in (None, False, "non_detached")
        if (option.arg is None and not known) or (option.arg in _MAKES_ACTORS_SPECIAL and not off):
            return obstacles.actor_options(call.node)
    definition = call.callee.definition
    if definition is not None:
        writer = _Writers(scopes).of_call(call, argument, definition)
        if writer is not None:
            return obstacles.writes_through(definition.name, writer)
    return None


def _parameter(call: RemoteCall, argument: ast.expr, definition: FunctionNode) -> str | None:
    """The parameter that receives ``argument``; None where that is not plain."""
    names = [parameter.arg for parameter in parameters(definition.args)]
    for keyword in call.node.keywords:
        if keyword.value is argument:
            return keyword.arg if keyword.arg in names else None
    if call.callee.kind in ("actor", "method"):
        names = names[1:]
    before = call.node.args[: call.node.args.index(argument)]
    if any(isinstance(other, ast.Starred) for other in before) or len(before) >= len(names):
        return None
    return names[len(before)]


_RAW_MEMORY = ("ctypes", "__array_interface__", "__array_struct__")


class _Writers:
    """Looks for what makes read-only memory writable, through the functions of one module."""

    def __init__(self, scopes: Scopes) -> None:
        self._scopes = scopes
        self._seen: set[tuple[ast.AST, frozenset[str]]] = set()

    def of_call(self, call: RemoteCall, argument: ast.expr, definition: FunctionNode) -> ast.expr | None:
        """The expression that may write to ``argument``: in the callee, and in all methods of an actor, which
        may have kept it."""
        parameter = _parameter(call, argument, definition)
        names = {parameter} if parameter else {p.arg for p in parameters(definition.args)}
        found = self._in_function(definition, names)
        owner = self._scopes.of[definition].enclosing_class
        if found is not None or owner is None:
            return found
        methods = [node for node in ast.walk(owner.node) if isinstance(node, FunctionNode)]
        selves = [(method, self_name(self._scopes.of[method])) for method in methods]
        kept = (self._in_function(method, {name}) for method, name in selves if name is not None)
        return next((writer for writer in kept if writer is not None), None)

    def _in_function(self, definition: FunctionNode, names: set[str]) -> ast.expr | None:
        """The expression in a body that writes to the memory of ``names``, or of what is made from them."""
        if (definition, frozenset(names)) in self._seen:
            return None
        self._seen.add((definition, frozenset(names)))
        scope = self._scopes.of[definition]
        derived = _derived_names(definition, names)
        for node in ast.walk(definition):
            if isinstance(node, ast.Attribute) and node.attr in _RAW_MEMORY and _mentions(node.value, derived):
                return node
            if isinstance(node, ast.Call) and _mentions(node, derived) and self._writes(node, scope):
                return node
        return None

    def _writes(self, node: ast.Call, scope: Scope) -> bool:
        name = self._scopes.qualified(node.func, scope)
        if any((keyword.arg or "").startswith("overwrite_") for keyword in node.keywords):
            return True
        if name is not None:
            return knowledge.writes_through(name) or (name.startswith("scipy.linalg.") and len(node.args) > 1)
        variable = scope.variable(node.func.id) if isinstance(node.func, ast.Name) else None
        helpers = [b.node for b in variable.bindings if isinstance(b.node, FunctionNode)] if variable else []
        return any(self._in_function(h, {p.arg for p in parameters(h.args)}) is not None for h in helpers)


def _derived_names(definition: FunctionNode, names: set[str]) -> set[str]:
    """``names``, and those that get something made from them."""
    names = names | {n.name for n in ast.walk(definition) if isinstance(n, ast.MatchAs | ast.MatchStar) and n.name}
    assigned: list[tuple[list[ast.expr], ast.expr]] = []
    for node in ast.walk(definition):
        if isinstance(node, ast.Assign):
            assigned.append((node.targets, node.value))
        elif isinstance(node, ast.AnnAssign | ast.AugAssign | ast.NamedExpr) and node.value is not None:
            assigned.append(([node.target], node.value))
        elif isinstance(node, ast.For | ast.comprehension):
            assigned.append(([node.target], node.iter))
    while True:
        more = {
            inner.id
            for targets, value in assigned
            if _mentions(value, names)
            for target in targets
            for inner in ast.walk(target)
            if isinstance(inner, ast.Name)
        }
        if more <= names:
            return names
        names |= more


def _mentions(node: ast.AST, names: set[str]) -> bool:
    return any(isinstance(inner, ast.Name) and inner.id in names for inner in ast.walk(node))
