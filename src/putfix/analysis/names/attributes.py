"""What the methods of a class assign to the attributes of ``self``."""

from __future__ import annotations

import ast
from collections.abc import Callable

from putfix.analysis.names.assigned import Assigned, Attribute, is_super, self_name, unmangled
from putfix.analysis.names.inheritance import ancestors, binds, relatives_of
from putfix.analysis.names.scopes import Scopes
from putfix.analysis.names.variables import FunctionNode, Scope


class Attributes:
    """The attributes of the classes of a module, and what these inherit from others of the project."""

    def __init__(self, scopes: Scopes, others: Callable[[Scope], Attributes] | None = None) -> None:
        """``others`` gives the same for the module of a scope."""
        self._scopes = scopes
        self._others = others or (lambda _: self)
        self._assigned = scopes.kept(Assigned)
        self.computed = self._assigned.computed
        """The names of properties and other decorated methods: such an attribute is more than what is stored."""
        self._known: dict[tuple[Scope, str], Attribute | None] = {}
        self._annotations: dict[Scope, dict[str, tuple[ast.expr, Scope]]] = {}

    def _of_objects(self, owner: Scope, name: str) -> Attribute | None:
        """What the methods of a class and of its bases assign to one attribute of its objects."""
        key = owner, name
        if key not in self._known:
            self._known[key] = self._gathered(owner, name)
        return self._known[key]

    def _gathered(self, owner: Scope, name: str) -> Attribute | None:
        line = ancestors(owner, self._scopes)
        found = [
            (each, held)
            for each in line
            if (held := self._others(each)._assigned.of.get(each, {}).get(name)) is not None
        ]
        if not found:
            return None
        values = [value for _, held in found for value in held.values]
        unclear = any(held.unclear for _, held in found)
        unclear |= any(self._others(home)._is_bound_elsewhere(owner, name, line) for home in {s.module for s in line})
        return Attribute(values, unclear, self._is_always_bound(owner, name))

    def is_bound_elsewhere(self, owner: Scope, name: str) -> bool:
        """Whether something in the project may bind the attribute of objects of a class, apart from the methods of the
        class and its bases."""
        line = ancestors(owner, self._scopes)
        binding = self._scopes.binding(name)
        if binding is None:
            return True
        homes = {self._scopes.module, *(each.module for each in line), *(scopes.module for scopes in binding)}
        return any(self._others(home)._is_bound_elsewhere(owner, name, line) for home in homes)

    def _is_bound_elsewhere(self, owner: Scope, name: str, line: list[Scope]) -> bool:
        """Whether something in the module may bind the attribute of objects of ``owner``, apart from the methods of
        the classes in ``line``: from outside, or in a class that inherits from it."""
        held = self._assigned.by_name.get(name, {})
        if owner.module is self._scopes.module:
            heirs = relatives_of(owner, self._scopes)  # as far as shows
        else:
            heirs = [other for other in held if owner in ancestors(other, self._scopes)]
        others = sum(len(held[other].values) for other in heirs if other in held and other not in line)
        accounted = self._assigned.values_of[name] - others
        return self._assigned.binds_by_name or self._assigned.bound[unmangled(name)] > accounted

    def _is_always_bound(self, owner: Scope, name: str) -> bool:
        """Whether every object that can be reached has the attribute, as a constructor binds it that always runs."""
        line = ancestors(owner, self._scopes)
        by_name = {each: self._others(each)._assigned.of.get(each, {}).get(name) for each in line}
        binder = next((each for each, held in by_name.items() if held is not None and held.always_bound), None)
        if binder is None or any(self._others(each)._assigned.makes_unfinished for each in line):
            return False
        if not all(map(_hands_on_to_base, line[: line.index(binder)])):
            return False
        names = {getattr(each.node, "name", "") for each in line}
        alone = all(scope in line for scope in relatives_of(owner, self._scopes))
        return alone and not names & self._assigned.names_with_attributes

    def find(self, base: ast.expr, name: str, scope: Scope) -> Attribute | None:
        """What ``base.name`` means in ``scope``, where ``base`` is the ``self`` of a method; None otherwise.

        None as well where the class body binds the name: a method, a property, a default of all objects.
        """
        owner = class_of_self(base, scope)
        if owner is None or binds(owner, name, self._scopes):
            return None
        return self._others(owner)._of_objects(owner, name)

    def annotation(self, base: ast.expr, name: str, scope: Scope) -> tuple[ast.expr, Scope] | None:
        """The annotation of ``base.name``, where ``base`` is the ``self`` of a method, and the scope to read it in."""
        owner = class_of_self(base, scope)
        return self.annotations_of(owner).get(name) if owner is not None else None

    def owner_of_method(self, base: ast.expr, name: str, scope: Scope) -> Scope | None:
        """The class, where ``base.name`` in ``scope`` is a method that is bound to the ``self`` of one."""
        owner = class_of_self(base, scope)
        if owner is None:
            return None
        method = owner.variables.get(name)
        only = method.only_binding if method is not None else None
        plain = only is not None and isinstance(only.node, FunctionNode) and not only.node.decorator_list
        return owner if plain else None

    def of_class(self, owner: Scope) -> dict[str, Attribute]:
        """What the methods of a class, and of its bases, assign to its objects."""
        if owner.module is not self._scopes.module:
            return self._others(owner).of_class(owner)
        line = ancestors(owner, self._scopes)
        names = dict.fromkeys(name for each in line for name in self._others(each)._assigned.of.get(each, {}))
        gathered = {name: self._of_objects(owner, name) for name in names}
        return {name: held for name, held in gathered.items() if held is not None}

    def annotations_of(self, owner: Scope) -> dict[str, tuple[ast.expr, Scope]]:
        """The annotations of the attributes of a class, those of its bases too, each with the scope to read it in."""
        if owner in self._annotations:
            return self._annotations[owner]
        found: dict[str, tuple[ast.expr, Scope]] = {}
        for each in ancestors(owner, self._scopes):
            for name, annotation in self._others(each)._assigned.annotations.get(each, {}).items():
                found.setdefault(name, (annotation, each.parent or each))
        if not self._scopes.is_following:
            self._annotations[owner] = found
        return found


def _hands_on_to_base(owner: Scope) -> bool:
    """Whether making an object of a class runs the constructor of its base."""
    constructor = owner.variables.get("__init__")
    only = constructor.only_binding if constructor is not None else None
    if only is None or not isinstance(only.node, ast.FunctionDef):
        return constructor is None
    calls = (
        each.value.func for each in only.node.body if isinstance(each, ast.Expr) and isinstance(each.value, ast.Call)
    )
    return any(isinstance(f, ast.Attribute) and f.attr == "__init__" and is_super(f.value) for f in calls)


def class_of_self(base: ast.expr, scope: Scope) -> Scope | None:
    """The class of the method whose ``self`` is ``base``; None where that is something else."""
    variable = scope.variable(base.id) if isinstance(base, ast.Name) else None
    owner = variable.scope.enclosing_class if variable is not None else None
    return owner if variable is not None and self_name(variable.scope) == variable.name else None
