"""What the methods of a class assign to the attributes of ``self``."""

from __future__ import annotations

import ast
from collections import Counter
from dataclasses import dataclass, field

from putfix.analysis.names.scopes import Scopes
from putfix.analysis.names.variables import FunctionNode, Scope, Variable


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
        # What binds an attribute of the name from outside, or in a class of the same family, may bind this one.
        stores = [node for node in scopes.nodes if isinstance(node, ast.Attribute)]
        bound = Counter(node.attr for node in stores if not isinstance(node.ctx, ast.Load))
        family_of = families(scopes)
        by_name = any(sets_by_name(node) for node in scopes.nodes)
        makes_unfinished = any(node.attr in ("__new__", "__init__") and not _is_super(node.value) for node in stores)
        names = {node.value.id for node in stores if isinstance(node.value, ast.Name)}
        taken_from = {owner for owner in self._of if isinstance(owner.node, ast.ClassDef) and owner.node.name in names}
        for owner, attributes in self._of.items():
            for name, attribute in attributes.items():
                elsewhere = [
                    len(others[name].values)
                    for other, others in self._of.items()
                    if name in others and family_of[other.node] != family_of[owner.node]
                ]
                attribute.unclear |= by_name or bound[name] > len(attribute.values) + sum(elsewhere)
                attribute.always_bound &= not (makes_unfinished or owner in taken_from)
                attribute.always_bound &= list(family_of.values()).count(family_of[owner.node]) == 1

    def find(self, base: ast.expr, name: str, scope: Scope) -> Attribute | None:
        """What ``base.name`` means in ``scope``, where ``base`` is the ``self`` of a method; None otherwise.

        None as well where the class body binds the name: a method, a property, a default of all objects.
        """
        variable = scope.variable(base.id) if isinstance(base, ast.Name) else None
        owner = variable.scope.enclosing_class if variable is not None else None
        if variable is None or owner is None or self_name(variable.scope) != variable.name or name in owner.variables:
            return None
        return self._of[owner].get(name)

    def annotation(self, base: ast.expr, name: str, scope: Scope) -> tuple[ast.expr, Scope] | None:
        """The annotation of ``base.name``, where ``base`` is the ``self`` of a method, and the scope to read it in."""
        variable = scope.variable(base.id) if isinstance(base, ast.Name) else None
        owner = variable.scope.enclosing_class if variable is not None else None
        if variable is None or owner is None or self_name(variable.scope) != variable.name:
            return None
        found = self._annotations.get(owner, {}).get(name)
        return (found, owner.parent or owner) if found is not None else None

    def owner_of_method(self, base: ast.expr, name: str, scope: Scope) -> Scope | None:
        """The class, where ``base.name`` in ``scope`` is a method that is bound to the ``self`` of one."""
        variable = scope.variable(base.id) if isinstance(base, ast.Name) else None
        owner = variable.scope.enclosing_class if variable is not None else None
        if variable is None or owner is None or self_name(variable.scope) != variable.name:
            return None
        method = owner.variables.get(name)
        only = method.only_binding if method is not None else None
        plain = only is not None and isinstance(only.node, FunctionNode) and not only.node.decorator_list
        return owner if plain else None

    def of_class(self, owner: Scope) -> dict[str, Attribute]:
        """What the methods of a class assign to its objects."""
        return self._of.get(owner, {})

    def _read(self, method: Scope, attributes: dict[str, Attribute]) -> None:
        name = self_name(method)
        values = _assigned_values(method.node)
        first = _certain_part(method)
        certain = [target for statement in first for target in getattr(statement, "targets", ())]
        certain += [each.target for each in first if isinstance(each, ast.AnnAssign)]
        for node in ast.walk(method.node):
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


def families(scopes: Scopes) -> dict[ast.AST, int]:
    """A number for each class, the same for those that inherit from each other in this file.

    A base that this file makes in another way than by a class statement may be any of its classes.
    """
    classes = [node for node in scopes.of if isinstance(node, ast.ClassDef)]
    family: dict[ast.AST, int] = {node: index for index, node in enumerate(classes)}
    by_name: dict[str, list[ast.ClassDef]] = {}
    for node in classes:
        by_name.setdefault(node.name, []).append(node)
    made_here = {name for scope in scopes.of.values() for name, v in scope.variables.items() if not _is_import(v)}
    for node in classes:
        for base in node.bases:
            while isinstance(base, ast.Subscript):  # Base[int]
                base = base.value
            name = base.id if isinstance(base, ast.Name) else getattr(base, "attr", "")
            root = base
            while isinstance(root, ast.Attribute):
                root = root.value
            if isinstance(base, ast.Attribute) and getattr(root, "id", "") in made_here:
                name = ""
            relatives = by_name.get(name, classes if name in made_here or not name else [])
            for relative in relatives:
                old, new = family[relative], family[node]
                family.update({member: new for member, number in family.items() if number == old})
    return family


def _is_import(variable: Variable) -> bool:
    return all(binding.kind == "import" for binding in variable.bindings)


def sets_by_name(node: ast.AST) -> bool:
    """Whether ``node`` is something that sets attributes by their names."""
    if isinstance(node, ast.Attribute):
        return node.attr in ("__dict__", "__setattr__")
    return isinstance(node, ast.Name) and node.id in ("setattr", "vars", "delattr")


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
    return all(_keeps_inside(child, name, owner, depth) for child in ast.iter_child_nodes(node))


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
