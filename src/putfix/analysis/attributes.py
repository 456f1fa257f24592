"""What the methods of a class assign to the attributes of ``self``."""

from __future__ import annotations

import ast
from collections import Counter
from dataclasses import dataclass, field

from putfix.analysis.scopes import FunctionNode, Scope, Scopes


@dataclass(eq=False)
class Attribute:
    """All assignments to one attribute in one class.

    ``values`` are the expressions, each with the scope it is to be read in; ``unclear`` when something else
    binds it too: unpacking, ``+=``, a loop, ``del``, a function inside a method.
    """

    values: list[tuple[ast.expr, Scope]] = field(default_factory=list)
    unclear: bool = False
    always_bound: bool = False
    """Whether a statement of ``__init__`` itself binds it."""


class Attributes:
    """The attributes of every class of a module."""

    def __init__(self, scopes: Scopes) -> None:
        self._of: dict[Scope, dict[str, Attribute]] = {}
        for scope in list(scopes.of.values()):
            if isinstance(scope.node, FunctionNode) and scope.enclosing_class is not None:
                self._read(scope, self._of.setdefault(scope.enclosing_class, {}))
        # What binds an attribute of the name elsewhere, in another class or from outside, may bind this one.
        bound = Counter(
            node.attr
            for node in ast.walk(scopes.module.node)
            if isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load)
        )
        for attributes in self._of.values():
            for name, attribute in attributes.items():
                attribute.unclear |= bound[name] > len(attribute.values)

    def find(self, base: ast.expr, name: str, scope: Scope) -> Attribute | None:
        """What ``base.name`` means in ``scope``, where ``base`` is the ``self`` of a method; None otherwise.

        None as well where the class body binds the name: a method, a property, a default of all objects.
        """
        variable = scope.variable(base.id) if isinstance(base, ast.Name) else None
        owner = variable.scope.enclosing_class if variable is not None else None
        if variable is None or owner is None or self_name(variable.scope) != variable.name or name in owner.variables:
            return None
        return self._of[owner].get(name)

    def _read(self, method: Scope, attributes: dict[str, Attribute]) -> None:
        name = self_name(method)
        values = _assigned_values(method.node)
        for node in ast.walk(method.node):
            if not isinstance(node, ast.Attribute) or isinstance(node.ctx, ast.Load):
                continue
            if isinstance(node.value, ast.Name) and node.value.id == name:
                attribute = attributes.setdefault(node.attr, Attribute())
                if node in values:
                    attribute.values.append((values[node], method))
                    attribute.always_bound |= any(node in getattr(s, "targets", ()) for s in _init_body(method))
                else:
                    attribute.unclear = True


def self_name(method: Scope) -> str | None:
    """The name of the first parameter of a method."""
    if not isinstance(method.node, FunctionNode):
        return None
    positional = [*method.node.args.posonlyargs, *method.node.args.args]
    return positional[0].arg if positional else None


def _init_body(method: Scope) -> list[ast.stmt]:
    node = method.node
    return node.body if isinstance(node, ast.FunctionDef) and node.name == "__init__" else []


def _assigned_values(function: ast.AST) -> dict[ast.expr, ast.expr]:
    """The targets that one expression is assigned to as a whole, in this function and not inside others."""
    values: dict[ast.expr, ast.expr] = {}
    pending = list(ast.iter_child_nodes(function))
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Assign):
            values.update(dict.fromkeys(node.targets, node.value))
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            values[node.target] = node.value
        elif isinstance(node, FunctionNode | ast.Lambda | ast.ClassDef):
            continue
        pending.extend(ast.iter_child_nodes(node))
    return values
