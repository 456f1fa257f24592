"""What a remote call does with its arguments that makes a reference differ from a value."""

from __future__ import annotations

import ast

from putfix import knowledge
from putfix.analysis import obstacles
from putfix.analysis.calls import RemoteCall
from putfix.analysis.scopes import FunctionNode, Scopes, parameters
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
        writer = _writer(definition, _parameter(call, argument, definition), scopes)
        if writer is not None:
            return obstacles.writes_through(definition.name, writer)
    return None


def _parameter(call: RemoteCall, argument: ast.expr, definition: FunctionNode) -> str | None:
    """The parameter that receives ``argument``; None where that is not plain."""
    for keyword in call.node.keywords:
        if keyword.value is argument:
            return keyword.arg
    names = [parameter.arg for parameter in parameters(definition.args)]
    if call.callee.kind in ("actor", "method"):
        names = names[1:]
    before = call.node.args[: call.node.args.index(argument)]
    if any(isinstance(other, ast.Starred) for other in before) or len(before) >= len(names):
        return None
    return names[len(before)]


_RAW_MEMORY = ("ctypes", "__array_interface__", "__array_struct__")


def _writer(definition: FunctionNode, parameter: str | None, scopes: Scopes) -> ast.expr | None:
    """The expression in the body that makes read-only memory of the parameter writable, if any."""
    scope = scopes.of[definition]
    derived = _derived_names(definition, parameter)
    for node in ast.walk(definition):
        if isinstance(node, ast.Attribute) and node.attr in _RAW_MEMORY and _mentions(node.value, derived):
            return node
        if not isinstance(node, ast.Call) or not _mentions(node, derived):
            continue
        name = scopes.qualified(node.func, scope)
        overwrites = any((keyword.arg or "").startswith("overwrite_") for keyword in node.keywords)
        if overwrites or (name is not None and knowledge.writes_through(name)):
            return node
    return None


def _derived_names(definition: FunctionNode, parameter: str | None) -> set[str]:
    """The parameter (any, where it is not known which), and the names that get something made from it."""
    names = {parameter} if parameter else {p.arg for p in parameters(definition.args)}
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
