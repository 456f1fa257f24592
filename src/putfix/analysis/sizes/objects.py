"""How large the objects of the file's own classes are: as large, at least, as what their attributes hold."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from putfix import knowledge
from putfix.analysis.names.assigned import Attribute
from putfix.analysis.names.attributes import Attributes
from putfix.analysis.names.definitions import Definitions
from putfix.analysis.names.inheritance import ancestors, binds
from putfix.analysis.names.scopes import Scopes, decorator_callee
from putfix.analysis.names.variables import FunctionNode, Scope, Variable
from putfix.analysis.sizes.estimates import FUNCTION, METHOD, OWN, UNCHANGEABLE, Estimate, may_change, weakest
from putfix.analysis.sizes.steadiness import Steadiness

if TYPE_CHECKING:
    from putfix.analysis.sizes.evaluation import Sizes


class Objects:
    """The classes of one module; ``sizes`` evaluates what their attributes hold."""

    def __init__(
        self,
        scopes: Scopes,
        attributes: Attributes,
        definitions: Definitions,
        sizes: Sizes,
        others: Callable[[Scope], Objects],
        *,
        imported: bool,
    ) -> None:
        """``others`` gives the same for the module of a scope; ``imported`` says that this is not the one at hand."""
        self._scopes = scopes
        self._others = others
        self._attributes = attributes
        self._definitions = definitions
        self._sizes = sizes
        self._steadiness = Steadiness(scopes, sizes, lambda scope: others(scope)._steadiness)
        self._imported = imported
        self._steady: dict[Scope, bool] = {}
        self._kinds: dict[Scope, str] = {}
        self._any: dict[Scope, Estimate] = {}
        """What any object of a class holds."""
        self._held: dict[Scope, Estimate] = {}
        """What a method that is bound to an object of the class takes along."""

    def made_by(self, node: ast.Call, scope: Scope) -> Estimate | None:
        """The object that a call of a class of this file makes; None where it calls something else."""
        inner = self._class_of(node.func, scope)
        if inner is None:
            return None
        if inner.module is not self._scopes.module:
            return self._others(inner).made_from(inner, node, scope)
        return self.made_from(inner, node, scope)

    def made_from(self, inner: Scope, node: ast.Call, scope: Scope) -> Estimate:
        """The object of a class of this module that the call ``node`` in ``scope`` makes."""
        kind = self._kind(inner)
        fields = self._fields(inner, node, scope) if self.are_steady(inner) else None
        found = self._holding(kind, node, fields) if fields is not None else Estimate(kind, node, mixed=True)
        return replace(found, owner=inner)

    def annotated(self, named: ast.expr, scope: Scope) -> Estimate | None:
        """What is known of the objects of the class of the project that ``named`` is; None where it is none."""
        inner = self._class_of(named, scope)
        if inner is None:
            return None
        if inner.module is not self._scopes.module:
            return self._others(inner).annotated_with(inner, named)
        return self.annotated_with(inner, named)

    def annotated_with(self, inner: Scope, named: ast.expr) -> Estimate:
        """What is known of the objects of a class of this module, however they are made."""
        if inner not in self._any:
            kind = self._kind(inner)
            self._any[inner] = Estimate(kind, named, mixed=True, owner=inner)  # while it is looked at
            held = replace(self._holding(kind, named, self._held_by(inner)), owner=inner)
            if (held.typed or held.at_least) and self.are_steady(inner):
                self._any[inner] = held
        found = self._any[inner]
        return found if found.typed else replace(found, node=named)

    def are_steady_by_name(self, name: str) -> bool:
        """The same of the classes of that name, of which there must be one at least."""
        classes = [node for node in self._scopes.of if isinstance(node, ast.ClassDef) and node.name == name]
        return bool(classes) and self.are_steady(*(self._scopes.of[node] for node in classes))

    def are_steady(self, *classes: Scope) -> bool:
        """Whether classes that are pickled with their objects stay what they are, and read only constants."""
        return all(self._others(each)._is_steady(each) for each in classes)

    def _is_steady(self, inner: Scope) -> bool:
        if inner not in self._steady:
            if self._imported:
                self._steady[inner] = self._steadiness.of_imported(inner)
                return self._steady[inner]
            read = self._scopes.reached_variables(inner)
            self._steady[inner] = self._steadiness.of_code(inner) and all(map(self.is_constant, read))
        return self._steady[inner]

    def is_constant(self, variable: Variable) -> bool:
        """Whether a variable is bound once, to a number or a text."""
        only = variable.only_binding
        if only is None or only.value is None or variable.rebound_inside:
            return False
        return self._sizes.kind(only.value, variable.scope) in UNCHANGEABLE

    def _holding(self, kind: str, node: ast.expr, fields: list[Estimate | None]) -> Estimate:
        """An object, or what takes it along, as large as its attributes together."""
        least = sum(field.at_least or 0 for field in fields if field is not None)
        largest = max((field for field in fields if field is not None), key=_weight, default=None)
        typed = largest is not None and largest.typed
        unknown = any(map(may_change, fields))
        says = largest.node if largest is not None and typed else node
        return Estimate(kind, says, least or None, typed=typed, mixed=unknown)

    def bound_to(self, node: ast.Attribute, scope: Scope) -> Estimate | None:
        """``self.method``, which takes its object along; None for another attribute."""
        owner = self._attributes.owner_of_method(node.value, node.attr, scope)
        if owner is None:
            return None
        if owner not in self._held:
            self._held[owner] = Estimate(METHOD, node, mixed=True)  # while it is looked at
            held = self._holding(METHOD, node, self._held_by(owner))
            # Only of what may be large is it worth to ask more.
            if (held.typed or held.at_least) and self.are_steady(*self._steadiness.family_of(owner)):
                self._held[owner] = held
        found = self._held[owner]
        return found if found.typed else replace(found, node=node)

    def taken_along(self, function: ast.FunctionDef | ast.Lambda) -> Estimate | None:
        """A function inside of another one, or a lambda: it is pickled with what it reads of the outside."""
        inner = self._scopes.of[function]
        if isinstance(function, ast.FunctionDef) and not isinstance(inner.parent and inner.parent.node, FunctionNode):
            return None
        free = self._scopes.reached_variables(inner)
        held = [self._sizes.estimate(ast.Name(variable.name, ast.Load()), variable.scope) for variable in free]
        node = next((each.node for each in sorted(filter(None, held), key=_weight, reverse=True)), None)
        if node is None:
            return None
        found = self._holding(FUNCTION, node, held)
        return found if self._steadiness.of_code(inner) else replace(found, mixed=True)

    def _class_of(self, node: ast.expr, scope: Scope) -> Scope | None:
        found = self._scopes.defined(node, scope)
        if found is None or not isinstance(found.node, ast.ClassDef) or self._definitions.may_be_replaced(node, scope):
            return None
        return found

    def _kind(self, inner: Scope) -> str:
        """The listed type that the class extends without changing what is known of it, or a type of its own."""
        if inner not in self._kinds:
            assert isinstance(inner.node, ast.ClassDef)
            self._kinds[inner] = f"{OWN}.{inner.node.name}"  # while it is looked for
            self._kinds[inner] = self._extended(inner.node, inner)
        return self._kinds[inner]

    def _extended(self, owner: ast.ClassDef, inner: Scope) -> str:
        for base in owner.bases:
            known = self._class_of(base, inner.parent or inner)
            if known is not None:
                name: str | None = self._others(known)._kind(known)
            else:
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

    def _fields(self, inner: Scope, node: ast.Call, scope: Scope) -> list[Estimate | None] | None:
        """What the attributes of the new object hold."""
        line = ancestors(inner, self._scopes)
        constructing = next((each for each in line if "__init__" in each.variables), None)
        if constructing is None:
            return self._fields_of_dataclass(inner, node, scope)
        target = self._definitions.constructed(constructing, node, scope)
        if target is None:
            return None
        with self._sizes.given_to(target):
            return self._held_by(inner)

    def _held_by(self, owner: Scope) -> list[Estimate | None]:
        """What the methods of a class and its bases assign to attributes; the largest, where there are several."""
        attributes, annotations = self._attributes.of_class(owner), self._attributes.annotations_of(owner)
        names = dict.fromkeys([*attributes, *annotations])
        return [self._held_at(attributes.get(name), annotations.get(name)) for name in names]

    def binds(self, owner: Scope, name: str) -> bool:
        """Whether a class of the project, or one that it inherits from, has a method or a default of that name."""
        return binds(owner, name, self._scopes)

    def field(self, owner: Scope, name: str) -> Estimate | None:
        """What an attribute of the objects of a class of the project holds; None for what its body binds."""
        found = self._shown_at(owner, name)
        special = found is not None and (self.binds(owner, "__new__") or self.binds(owner, "__getattribute__"))
        return None if special or found is None or self._attributes.is_bound_elsewhere(owner, name) else found

    def _shown_at(self, owner: Scope, name: str) -> Estimate | None:
        """What the class itself and its bases show of an attribute."""
        attributes = self._attributes.of_class(owner) if not self.binds(owner, name) else {}
        attribute, annotation = attributes.get(name), self._attributes.annotations_of(owner).get(name)
        if attribute is not None and attribute.values and not attribute.unclear:
            return weakest([self._sizes.estimate(value, method) for value, method in attribute.values])
        return self._sizes.annotated(*annotation) if annotation is not None and attribute is None else None

    def _held_at(self, attribute: Attribute | None, annotation: tuple[ast.expr, Scope] | None) -> Estimate | None:
        """What is known of an attribute, by what is assigned to it, or else by its annotation."""
        made = [self._sizes.estimate(value, method) for value, method in attribute.values] if attribute else []
        known = [each for each in made if each is not None]
        if attribute is not None and known and len(known) == len(made) and not attribute.unclear:
            return max(known, key=_weight)
        return self._sizes.annotated(*annotation) if annotation is not None else None

    def _fields_of_dataclass(self, inner: Scope, node: ast.Call, scope: Scope) -> list[Estimate | None] | None:
        owner = inner.node
        assert isinstance(owner, ast.ClassDef)
        made_by = {
            self._scopes.qualified(decorator_callee(each), inner.parent or inner) for each in owner.decorator_list
        }
        if made_by != {"dataclasses.dataclass"}:
            return None if owner.bases or owner.decorator_list or node.args or node.keywords else []
        given = [*node.args, *(keyword.value for keyword in node.keywords)]
        return [self._sizes.estimate(value, scope) for value in given]


def _weight(estimate: Estimate) -> tuple[bool, int]:
    return (estimate.typed, estimate.at_least or 0)
