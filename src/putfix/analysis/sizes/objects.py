"""How large the objects of the file's own classes are: as large, at least, as what their attributes hold."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from putfix import knowledge
from putfix.analysis.names.attributes import Attributes
from putfix.analysis.names.definitions import Definitions
from putfix.analysis.names.scopes import Scopes, decorator_callee
from putfix.analysis.names.variables import Scope
from putfix.analysis.sizes.estimates import REFERENCE, Estimate

if TYPE_CHECKING:
    from putfix.analysis.sizes.evaluation import Sizes

OWN = "<file>"
"""The package of the types that the file itself defines."""

_PICKLING = frozenset({"__reduce__", "__reduce_ex__", "__getstate__", "__getnewargs__", "__slots__", "__new__"})
"""What lets a class say by itself what of its objects is serialized (Python library reference, pickle)."""


class Objects:
    """The classes of one module; ``sizes`` evaluates what their attributes hold."""

    def __init__(self, scopes: Scopes, attributes: Attributes, definitions: Definitions, sizes: Sizes) -> None:
        self._scopes = scopes
        self._attributes = attributes
        self._definitions = definitions
        self._sizes = sizes

    def made_by(self, node: ast.Call, scope: Scope) -> Estimate | None:
        """The object that a call of a class of this file makes; None where it calls something else."""
        owner = self._class_of(node.func, scope)
        if owner is None:
            return None
        inner = self._scopes.of[owner]
        kind = self._kind(owner, inner)
        if owner.keywords or _PICKLING & inner.variables.keys():
            return Estimate(kind, node, mixed=True)
        fields = self._fields(owner, node, scope)
        if fields is None:
            return Estimate(kind, node, mixed=True)
        least = sum(field.at_least or 0 for field in fields if field is not None)
        largest = max((field for field in fields if field is not None), key=_weight, default=None)
        found = Estimate(kind, largest.node if largest is not None else node, least or None)
        unknown = any(field is None or field.mixed or field.kind == REFERENCE for field in fields)
        return replace(found, typed=any(field is not None and field.typed for field in fields), mixed=unknown)

    def _class_of(self, node: ast.expr, scope: Scope) -> ast.ClassDef | None:
        variable = scope.variable(node.id) if isinstance(node, ast.Name) else None
        only = variable.only_binding if variable is not None else None
        return only.node if only is not None and isinstance(only.node, ast.ClassDef) else None

    def _kind(self, owner: ast.ClassDef, inner: Scope) -> str:
        """The listed type that the class extends without changing what is known of it, or a type of its own."""
        for base in owner.bases:
            name = self._scopes.qualified(base, inner.parent or inner)
            row = knowledge.methods(name) if name is not None else None
            listed = (*row.reads, *row.views, *row.changes, *row.shrinks) if row is not None else ()
            if (
                name is not None
                and row is not None
                and len(owner.bases) == 1
                and not inner.variables.keys() & {*listed}
            ):
                return name
        return f"{OWN}.{owner.name}"

    def _fields(self, owner: ast.ClassDef, node: ast.Call, scope: Scope) -> list[Estimate | None] | None:
        """What the attributes of the new object hold."""
        inner = self._scopes.of[owner]
        if "__init__" not in inner.variables:
            return self._fields_of_dataclass(owner, node, scope)
        target = self._definitions.constructed(owner, node, scope)
        if target is None:
            return None
        found: list[Estimate | None] = []
        with self._sizes.given_to(target):
            for attribute in self._attributes.of_class(inner).values():
                made = [self._sizes.estimate(value, method) for value, method in attribute.values]
                known = [each for each in made if each is not None and each.kind != "builtins.NoneType"]
                certain = len(known) == len(made) and known and not attribute.unclear
                found.append(max(known, key=_weight) if certain else None)
        return found

    def _fields_of_dataclass(self, owner: ast.ClassDef, node: ast.Call, scope: Scope) -> list[Estimate | None] | None:
        inner = self._scopes.of[owner]
        made_by = {
            self._scopes.qualified(decorator_callee(each), inner.parent or inner) for each in owner.decorator_list
        }
        if made_by != {"dataclasses.dataclass"}:
            return None if owner.bases or owner.decorator_list or node.args or node.keywords else []
        given = [*node.args, *(keyword.value for keyword in node.keywords)]
        return [self._sizes.estimate(value, scope) for value in given]


def _weight(estimate: Estimate) -> tuple[bool, int]:
    return (estimate.typed, estimate.at_least or 0)
