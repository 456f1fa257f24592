"""What the methods of a class assign to the attributes of ``self``."""

from __future__ import annotations

import ast
import functools
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from putfix.analysis.names.inheritance import ancestors, binds, families
from putfix.analysis.names.nodes import children, walk
from putfix.analysis.names.scopes import Scopes
from putfix.analysis.names.variables import FunctionNode, Scope


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
    """The attributes of the classes of a module, and what these inherit from others of the project."""

    def __init__(self, scopes: Scopes, others: Callable[[Scope], Attributes] | None = None) -> None:
        """``others`` gives the same for the module of a scope."""
        self._scopes = scopes
        self._others = others or (lambda _: self)
        self._of: dict[Scope, dict[str, Attribute]] = {}
        self._annotations: dict[Scope, dict[str, ast.expr]] = {}
        for scope in list(scopes.of.values()):
            if isinstance(scope.node, FunctionNode) and scope.enclosing_class is not None:
                self._read(scope, self._of.setdefault(scope.enclosing_class, {}))
            elif isinstance(scope.node, ast.ClassDef):
                fields = [each for each in scope.node.body if isinstance(each, ast.AnnAssign)]
                named = {each.target.id: each.annotation for each in fields if isinstance(each.target, ast.Name)}
                self._annotations.setdefault(scope, {}).update(named)
        self.computed = frozenset(
            name
            for scope in scopes.of.values()
            if isinstance(scope.node, ast.ClassDef)
            for name, variable in scope.variables.items()
            if any(getattr(binding.node, "decorator_list", ()) for binding in variable.bindings)
        )
        """The names of properties and other decorated methods: such an attribute is more than what is stored."""
        nodes = [node for node in scopes.nodes if isinstance(node, ast.Attribute)]
        self._bound = Counter(node.attr for node in nodes if not isinstance(node.ctx, ast.Load))
        self._binds_by_name = any(sets_by_name(node) for node in scopes.nodes)
        self._makes_unfinished = any(n.attr in ("__new__", "__init__") and not _is_super(n.value) for n in nodes)
        self._names_with_attributes = {node.value.id for node in nodes if isinstance(node.value, ast.Name)}
        self._known: dict[tuple[Scope, str], Attribute | None] = {}

    @functools.cached_property
    def _families(self) -> dict[ast.AST, int]:
        return families(self._scopes)

    def _of_objects(self, owner: Scope, name: str) -> Attribute | None:
        """What the methods of a class and of its bases assign to one attribute of its objects."""
        key = owner, name
        if key not in self._known:
            self._known[key] = self._gathered(owner, name)
        return self._known[key]

    def _gathered(self, owner: Scope, name: str) -> Attribute | None:
        line = ancestors(owner, self._scopes)
        found = [(each, held) for each in line if (held := self._others(each)._of.get(each, {}).get(name)) is not None]
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
        accounted = sum(
            len(attributes[name].values)
            for other, attributes in self._of.items()
            if name in attributes and (other in line or not self._may_inherit(other, owner))
        )
        return self._binds_by_name or self._bound[name] > accounted

    def _may_inherit(self, one: Scope, owner: Scope) -> bool:
        """Whether a class of the module may inherit from ``owner``, which may be of another one."""
        if owner.module is self._scopes.module:
            return self._are_related(one, owner)
        return owner in ancestors(one, self._scopes)

    def _are_related(self, one: Scope, other: Scope) -> bool:
        return self._families[one.node] == self._families[other.node]

    def _is_always_bound(self, owner: Scope, name: str) -> bool:
        """Whether every object that can be reached has the attribute, as a constructor binds it that always runs."""
        line = ancestors(owner, self._scopes)
        by_name = {each: self._others(each)._of.get(each, {}).get(name) for each in line}
        binder = next((each for each, held in by_name.items() if held is not None and held.always_bound), None)
        if binder is None or any(self._others(each)._makes_unfinished for each in line):
            return False
        if not all(map(_hands_on_to_base, line[: line.index(binder)])):
            return False
        names = {getattr(each.node, "name", "") for each in line}
        alone = all(self._scopes.of[n] in line for n in self._families if self._are_related(self._scopes.of[n], owner))
        return alone and not names & self._names_with_attributes

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
        names = dict.fromkeys(name for each in line for name in self._others(each)._of.get(each, {}))
        gathered = {name: self._of_objects(owner, name) for name in names}
        return {name: held for name, held in gathered.items() if held is not None}

    def annotations_of(self, owner: Scope) -> dict[str, tuple[ast.expr, Scope]]:
        """The annotations of the attributes of a class, those of its bases too, each with the scope to read it in."""
        found: dict[str, tuple[ast.expr, Scope]] = {}
        for each in ancestors(owner, self._scopes):
            for name, annotation in self._others(each)._annotations.get(each, {}).items():
                found.setdefault(name, (annotation, each.parent or each))
        return found

    def _read(self, method: Scope, attributes: dict[str, Attribute]) -> None:
        name = self_name(method)
        values = _assigned_values(method.node)
        first = _certain_part(method)
        certain = [target for statement in first for target in getattr(statement, "targets", ())]
        certain += [each.target for each in first if isinstance(each, ast.AnnAssign)]
        for node in walk(method.node):
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Attribute):
                if isinstance(node.target.value, ast.Name) and node.target.value.id == name:
                    assert method.enclosing_class is not None
                    self._annotations.setdefault(method.enclosing_class, {})[node.target.attr] = node.annotation
            if not isinstance(node, ast.Attribute) or isinstance(node.ctx, ast.Load):
                continue
            if isinstance(node.value, ast.Name) and node.value.id == name:
                attribute = attributes.setdefault(node.attr, Attribute())
                if node in values:
                    attribute.values.append((values[node], method))
                    attribute.always_bound |= node in certain
                else:
                    attribute.unclear = True


_NOT_OF_OBJECTS = ("staticmethod", "classmethod")
_OF_THE_CLASS = ("__new__", "__init_subclass__", "__class_getitem__")


def self_name(method: Scope) -> str | None:
    """The name of the first parameter of a method, which is the object itself."""
    if not isinstance(method.node, FunctionNode) or method.node.name in _OF_THE_CLASS:
        return None
    if any(isinstance(each, ast.Name) and each.id in _NOT_OF_OBJECTS for each in method.node.decorator_list):
        return None
    return _first_parameter(method.node)


def _first_parameter(definition: FunctionNode) -> str | None:
    positional = [*definition.args.posonlyargs, *definition.args.args]
    return positional[0].arg if positional else None


def _hands_on_to_base(owner: Scope) -> bool:
    """Whether making an object of a class runs the constructor of its base."""
    constructor = owner.variables.get("__init__")
    only = constructor.only_binding if constructor is not None else None
    if only is None or not isinstance(only.node, ast.FunctionDef):
        return constructor is None
    calls = (
        each.value.func for each in only.node.body if isinstance(each, ast.Expr) and isinstance(each.value, ast.Call)
    )
    return any(isinstance(f, ast.Attribute) and f.attr == "__init__" and _is_super(f.value) for f in calls)


def class_of_self(base: ast.expr, scope: Scope) -> Scope | None:
    """The class of the method whose ``self`` is ``base``; None where that is something else."""
    variable = scope.variable(base.id) if isinstance(base, ast.Name) else None
    owner = variable.scope.enclosing_class if variable is not None else None
    return owner if variable is not None and self_name(variable.scope) == variable.name else None


def sets_by_name(node: ast.AST) -> bool:
    """Whether ``node`` is something that sets attributes by their names."""
    if isinstance(node, ast.Attribute):
        return node.attr in ("__dict__", "__setattr__", "setattr", "delattr", "patch")  # the last three: pytest, mock
    return isinstance(node, ast.Name) and node.id in ("setattr", "vars", "delattr", "patch")


_UNFINISHED = frozenset({"__del__", "__new__", "__setattr__", "__getattr__", "__getattribute__"})
"""Methods that see an object that its constructor has not finished, or that change what binding an attribute does."""


def _certain_part(method: Scope) -> list[ast.stmt]:
    """The statements of ``__init__`` that every new object has run before anything else can use it: none below a
    ``return``, nor below one that lets the object out."""
    node, owner = method.node, method.enclosing_class
    if not isinstance(node, ast.FunctionDef) or node.name != "__init__" or owner is None:
        return []
    if _UNFINISHED & owner.variables.keys():
        return []
    ending = (i for i, statement in enumerate(node.body) if not _keeps_inside(statement, self_name(method), owner))
    return node.body[: next(ending, len(node.body))]


def _keeps_inside(node: ast.AST, name: str | None, owner: Scope, depth: int = 3) -> bool:
    """Whether nothing in ``node`` leaves the function, or uses the object ``name`` for more than to bind and read
    attributes, and to call methods that do no more."""
    if isinstance(node, ast.Return | FunctionNode | ast.Lambda | ast.ClassDef):
        return False
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and _is_name(node.func.value, name):
        variable = owner.variables.get(node.func.attr)
        only = variable.only_binding if variable is not None else None
        arguments = [*node.args, *(keyword.value for keyword in node.keywords)]
        inside = all(_keeps_inside(argument, name, owner, depth) for argument in arguments)
        return inside and depth > 0 and only is not None and _is_quiet(only.node, owner, depth - 1)
    if isinstance(node, ast.Attribute) and _is_name(node.value, name):
        return node.attr not in owner.variables
    if _is_name(node, name):
        return False
    return all(_keeps_inside(child, name, owner, depth) for child in children(node))


def _is_quiet(definition: ast.AST, owner: Scope, depth: int) -> bool:
    """Whether a method keeps the object inside, so that only what called it has it."""
    if not isinstance(definition, ast.FunctionDef) or definition.decorator_list:
        return False
    name = _first_parameter(definition)
    last = definition.body[-1]
    values = [last.value] if isinstance(last, ast.Return) and last.value is not None else []
    statements: list[ast.AST] = [*definition.body[:-1], *(values if isinstance(last, ast.Return) else [last])]
    return all(_keeps_inside(statement, name, owner, depth) for statement in statements)


def _is_super(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and _is_name(node.func, "super")


def _is_name(node: ast.AST, name: str | None) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _assigned_values(function: ast.AST) -> dict[ast.expr, ast.expr]:
    """The targets that one expression is assigned to as a whole, in this function and not inside others."""
    values: dict[ast.expr, ast.expr] = {}
    pending = list(children(function))
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Assign):
            values.update(dict.fromkeys(node.targets, node.value))
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            values[node.target] = node.value
        elif isinstance(node, FunctionNode | ast.Lambda | ast.ClassDef):
            continue
        pending.extend(children(node))
    return values
