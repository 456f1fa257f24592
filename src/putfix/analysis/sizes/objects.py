"""How large the objects of the file's own classes are: as large, at least, as what their attributes hold."""

from __future__ import annotations

import ast
import functools
from typing import TYPE_CHECKING

from putfix import knowledge
from putfix.analysis.names.attributes import Attributes
from putfix.analysis.names.definitions import Definitions
from putfix.analysis.names.scopes import Scopes, decorator_callee
from putfix.analysis.names.variables import FunctionNode, Scope, Variable
from putfix.analysis.sizes.estimates import OWN, REFERENCE, UNCHANGEABLE, Estimate

if TYPE_CHECKING:
    from putfix.analysis.sizes.evaluation import Sizes

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
        if owner.keywords or not self._is_steady(inner):
            return Estimate(kind, node, mixed=True)
        fields = self._fields(owner, node, scope)
        return self._holding(kind, node, fields) if fields is not None else Estimate(kind, node, mixed=True)

    def are_steady(self, name: str) -> bool:
        """Whether the classes of that name, of which the file has one at least, stay what they are."""
        classes = [node for node in self._scopes.of if isinstance(node, ast.ClassDef) and node.name == name]
        found = [self._scopes.of[node] for node in classes]
        return bool(found) and all(map(self._is_steady, found))

    def _is_steady(self, inner: Scope) -> bool:
        """Whether a class that is pickled with its objects stays what it is: its methods read only constants, and
        nothing in the file binds its attributes."""
        read = self._scopes.reached_variables(inner)
        return not (_PICKLING & inner.variables.keys() or self._binds_of_classes) and all(map(self.is_constant, read))

    def is_constant(self, variable: Variable) -> bool:
        """Whether a variable is bound once, to a number or a text."""
        only = variable.only_binding
        if only is None or only.value is None or variable.rebound_inside:
            return False
        return self._sizes.kind(only.value, variable.scope) in UNCHANGEABLE

    @functools.cached_property
    def _binds_of_classes(self) -> bool:
        """Whether the file binds an attribute of any class, from outside its body."""
        stores = [
            n.value for n in self._scopes.nodes if isinstance(n, ast.Attribute) and not isinstance(n.ctx, ast.Load)
        ]
        classes = {"cls", *(node.name for node in self._scopes.of if isinstance(node, ast.ClassDef))}
        return any(getattr(node, "id", getattr(node, "attr", "")) in {*classes, "__class__"} for node in stores)

    def _holding(self, kind: str, node: ast.expr, fields: list[Estimate | None]) -> Estimate:
        """An object, or what takes it along, as large as its attributes together."""
        least = sum(field.at_least or 0 for field in fields if field is not None)
        largest = max((field for field in fields if field is not None), key=_weight, default=None)
        typed = largest is not None and largest.typed
        unknown = any(field is None or field.mixed or field.kind == REFERENCE for field in fields)
        says = largest.node if largest is not None and typed else node
        return Estimate(kind, says, least or None, typed=typed, mixed=unknown)

    def bound_to(self, node: ast.Attribute, scope: Scope) -> Estimate | None:
        """``self.method``, which takes its object along; None for another attribute."""
        owner = self._attributes.owner_of_method(node.value, node.attr, scope)
        if owner is None:
            return None
        if not self._is_steady(owner):
            return Estimate(f"{OWN}.method", node, mixed=True)
        return self._holding(f"{OWN}.method", node, self._held_by(owner))

    def taken_along(self, function: ast.FunctionDef | ast.Lambda) -> Estimate | None:
        """A function inside of another one, or a lambda: it is pickled with what it reads of the outside."""
        inner = self._scopes.of[function]
        if isinstance(function, ast.FunctionDef) and not isinstance(inner.parent and inner.parent.node, FunctionNode):
            return None
        free = self._scopes.reached_variables(inner)
        held = [self._sizes.estimate(ast.Name(variable.name, ast.Load()), variable.scope) for variable in free]
        node = next((each.node for each in sorted(filter(None, held), key=_weight, reverse=True)), None)
        return self._holding(f"{OWN}.function", node, held) if node is not None else None

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
        with self._sizes.given_to(target):
            return self._held_by(inner)

    def _held_by(self, owner: Scope) -> list[Estimate | None]:
        """What the methods of a class assign to attributes; the largest, where there are several."""
        found: list[Estimate | None] = []
        for attribute in self._attributes.of_class(owner).values():
            made = [self._sizes.estimate(value, method) for value, method in attribute.values]
            known = [each for each in made if each is not None]
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
