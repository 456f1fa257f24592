"""What the methods of the classes of one module assign to the attributes of ``self``, as it is written."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from putfix.analysis.names.nodes import children, walk
from putfix.analysis.names.scopes import Scopes
from putfix.analysis.names.variables import FunctionNode, Scope

_MANGLED = re.compile(r"\A_[A-Za-z0-9]\w*?(__\w*[^_]_?)\Z")


def unmangled(name: str) -> str:
    """``__name`` for ``_Class__name``, which is that outside of the class (Python language reference, 6.2.1)."""
    return _MANGLED.sub(r"\1", name)


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


class Assigned:
    """What a module binds of attributes, whatever program it is a part of."""

    def __init__(self, scopes: Scopes) -> None:
        self.of: dict[Scope, dict[str, Attribute]] = {}
        """What the methods of each class assign to the attributes of its objects."""
        self.annotations: dict[Scope, dict[str, ast.expr]] = {}
        """The annotations of the attributes of each class."""
        for scope in list(scopes.of.values()):
            if isinstance(scope.node, FunctionNode) and scope.enclosing_class is not None:
                self._read(scope, self.of.setdefault(scope.enclosing_class, {}))
            elif isinstance(scope.node, ast.ClassDef):
                fields = [each for each in scope.node.body if isinstance(each, ast.AnnAssign)]
                named = {each.target.id: each.annotation for each in fields if isinstance(each.target, ast.Name)}
                self.annotations.setdefault(scope, {}).update(named)
        self.by_name: dict[str, dict[Scope, Attribute]] = {}
        """The same by the names of the attributes."""
        for owner, attributes in self.of.items():
            for name, attribute in attributes.items():
                self.by_name.setdefault(name, {})[owner] = attribute
        self.values_of = Counter({n: sum(len(a.values) for a in each.values()) for n, each in self.by_name.items()})
        """How many values all classes together assign to the attributes of each name."""
        self.computed = frozenset(
            name
            for scope in scopes.of.values()
            if isinstance(scope.node, ast.ClassDef)
            for name, variable in scope.variables.items()
            if any(getattr(binding.node, "decorator_list", ()) for binding in variable.bindings)
        )
        """The names of properties and other decorated methods."""
        nodes = scopes.nodes_of(ast.Attribute)
        self.bound = Counter(unmangled(node.attr) for node in nodes if not isinstance(node.ctx, ast.Load))
        """How often attributes are bound, on whatever object, by the names that their classes have for them."""
        self.binds_by_name = scopes.kept(sets_by_name)
        """Whether attributes may be set by their names."""
        self.makes_unfinished = any(n.attr in ("__new__", "__init__") and not is_super(n.value) for n in nodes)
        """Whether objects may be made without their constructors."""
        self.names_with_attributes = {node.value.id for node in nodes if isinstance(node.value, ast.Name)}
        """The names of which attributes are bound or read."""

    def _read(self, method: Scope, attributes: dict[str, Attribute]) -> None:
        name = self_name(method)
        inside = walk(method.node)
        for each in (node for node in inside if isinstance(node, ast.AnnAssign)):
            if isinstance(each.target, ast.Attribute) and _is_name(each.target.value, name):
                assert method.enclosing_class is not None
                self.annotations.setdefault(method.enclosing_class, {})[each.target.attr] = each.annotation
        stores = [node for node in inside if isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load)]
        bound = [node for node in stores if isinstance(node.value, ast.Name) and node.value.id == name]
        if not bound:
            return
        values = _assigned_values(method.node)
        first = _certain_part(method)
        certain = [target for statement in first for target in getattr(statement, "targets", ())]
        certain += [each.target for each in first if isinstance(each, ast.AnnAssign)]
        for node in bound:
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


def methods(owner: Scope, scopes: Scopes) -> Iterator[tuple[Scope, str]]:
    """The methods in the body of a class itself that get the object, each with its name for it."""
    for statement in getattr(owner.node, "body", ()):
        name = self_name(scopes.of[statement]) if isinstance(statement, FunctionNode) else None
        if name is not None:
            yield scopes.of[statement], name


def _first_parameter(definition: FunctionNode) -> str | None:
    positional = [*definition.args.posonlyargs, *definition.args.args]
    return positional[0].arg if positional else None


def sets_by_name(scopes: Scopes) -> bool:
    """Whether something in a module sets attributes by their names."""
    attributes = {node.attr for node in scopes.nodes_of(ast.Attribute)}
    names = {node.id for node in scopes.nodes_of(ast.Name)}
    by_attributes = {"__dict__", "__setattr__", "setattr", "delattr", "patch"}  # the last three: pytest, mock
    return bool(attributes & by_attributes or names & {"setattr", "vars", "delattr", "patch"})


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


def is_super(node: ast.expr) -> bool:
    """Whether ``node`` is ``super()``."""
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
