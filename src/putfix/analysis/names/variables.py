"""Scopes, their variables, and what binds each of them: the data."""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator
from dataclasses import dataclass, field

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
ScopeNode = ast.Module | FunctionNode | ast.ClassDef | ast.Lambda | Comprehension


@dataclass(frozen=True)
class Binding:
    """One place that binds a variable.

    ``kind`` is one of ``assign``, ``part`` (an element of what is unpacked, iterated, matched or entered),
    ``augment``, ``import``, ``star`` (whatever a star import gives), ``function``, ``class``, ``parameter``,
    ``delete``. ``value`` is the expression that an ``assign`` gives, ``imported`` the qualified name that an
    ``import`` gives, ``part`` the element that an unpacking gives, as an expression.
    """

    kind: str
    node: ast.AST
    value: ast.expr | None = None
    imported: str = ""
    part: ast.expr | None = None

    @property
    def gives_ray(self) -> bool:
        """Whether it imports something called ``ray`` from another module, which may be Ray."""
        return self.imported.endswith(".ray")

    @property
    def is_nothing(self) -> bool:
        """Whether it gives ``None`` or ``False``."""
        return isinstance(self.value, ast.Constant) and not self.value.value


@dataclass(eq=False)
class Scope:
    """A module, function, class, lambda or comprehension, and the variables that live in it."""

    node: ScopeNode
    parent: Scope | None = field(repr=False)
    variables: dict[str, Variable] = field(default_factory=dict, repr=False)
    outer_names: dict[str, str] = field(default_factory=dict)
    """Names declared ``global`` or ``nonlocal`` here, with that word."""
    stars: dict[str, ast.AST] = field(default_factory=dict)
    """The modules whose names a star import binds here, as the import names them, each with the statement."""
    read: dict[str, Variable | None] = field(default_factory=dict, repr=False)
    """What names mean here, as far as was asked."""

    @functools.cached_property
    def module(self) -> Scope:
        """The outermost scope."""
        return self.parent.module if self.parent is not None else self

    @property
    def unit(self) -> Scope:
        """The function, or the module, that runs the code in it."""
        scope = self
        while not isinstance(scope.node, FunctionNode) and scope.parent is not None:
            scope = scope.parent
        return scope

    @property
    def enclosing_class(self) -> Scope | None:
        """The class whose body holds this function directly, if any."""
        parent = self.parent
        return parent if parent is not None and isinstance(parent.node, ast.ClassDef) else None

    def variable(self, name: str) -> Variable | None:
        """The variable that ``name`` means when read here, when all is bound; None for a builtin or an unknown name."""
        if name not in self.read:
            self.read[name] = self._find(name)
        return self.read[name]

    def _find(self, name: str) -> Variable | None:
        scope: Scope | None = self
        outer = self.outer_name(name)
        while scope is not None:
            if scope.outer_names.get(name) == "global":
                return self.module.variables.get(outer)
            visible = scope is self or not isinstance(scope.node, ast.ClassDef)
            if visible and name not in scope.outer_names and name in scope.variables:
                return scope.variables[name]
            if isinstance(scope.node, ast.ClassDef):
                name = outer
            scope = scope.parent
        return None

    def outer_name(self, name: str) -> str:
        """What Python calls outside of the innermost class what ``name`` is in it: it adds the name of the class to
        private ones."""
        if not name.startswith("__") or name.endswith("__"):
            return name
        scope: Scope | None = self
        while scope is not None and not isinstance(scope.node, ast.ClassDef):
            scope = scope.parent
        owner = scope.node.name.lstrip("_") if scope is not None and isinstance(scope.node, ast.ClassDef) else ""
        return f"_{owner}{name}" if owner else name

    def binding_scope(self, name: str) -> Scope:
        """The scope in which an assignment to ``name`` here binds it."""
        declared = self.outer_names.get(name)
        if declared == "global":
            return self.module
        if declared == "nonlocal":
            found = self._find(name)
            return found.scope if found is not None else self
        return self


@dataclass(eq=False)
class Variable:
    """A name in the scope that owns it, with everything in the file that binds it."""

    name: str
    scope: Scope
    bindings: list[Binding] = field(default_factory=list)
    rebound_inside: bool = False
    """Whether a function inside the owning scope binds it through ``global`` or ``nonlocal``."""

    @property
    def starred(self) -> bool:
        """Whether only a star import can bind it."""
        return all(binding.kind == "star" for binding in self.bindings)

    @property
    def only_binding(self) -> Binding | None:
        """The binding, where there is exactly one."""
        return self.bindings[0] if len(self.bindings) == 1 else None


def is_none(node: ast.expr) -> bool:
    """Whether ``node`` is the constant None."""
    return isinstance(node, ast.Constant) and node.value is None


def paired_values(target: ast.Tuple | ast.List, value: ast.expr | None) -> list[ast.expr] | None:
    """The values that the elements of a target get, where a display gives one to each; None otherwise."""
    values = value.elts if isinstance(value, ast.Tuple | ast.List) else []
    starred = any(isinstance(element, ast.Starred) for element in [*values, *target.elts])
    return values if len(values) == len(target.elts) and not starred else None


def part_of(value: ast.expr | None, index: int, target: ast.Tuple | ast.List) -> ast.expr | None:
    """``value[index]``, which the element of a ``target`` at ``index`` gets; None where a star hides which it is."""
    if value is None or any(isinstance(element, ast.Starred) for element in target.elts[: index + 1]):
        return None
    place = ast.copy_location(ast.Constant(index), value)
    return ast.copy_location(ast.Subscript(value, place, ast.Load()), value)


def target_names(node: ast.AST) -> list[ast.Name]:
    """The names that a statement, a ``for`` of a comprehension or a ``:=`` itself gives values to."""
    targets = [*getattr(node, "targets", ()), getattr(node, "target", None)]
    targets += [item.optional_vars for item in getattr(node, "items", ())]
    found = [each for target in targets if target is not None for each in ast.walk(target)]
    return [each for each in found if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)]


def defaults(arguments: ast.arguments) -> Iterator[tuple[str, ast.expr]]:
    """The parameters that have a default value, each with it."""
    positional = [*arguments.posonlyargs, *arguments.args]
    last = len(positional) - len(arguments.defaults)
    for parameter, default in zip(positional[last:], arguments.defaults, strict=True):
        yield parameter.arg, default
    for parameter, optional in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        if optional is not None:
            yield parameter.arg, optional


def parameters(arguments: ast.arguments) -> list[ast.arg]:
    """All parameters of a function in order, ``*args`` and ``**kwargs`` among them."""
    star = [arguments.vararg] if arguments.vararg else []
    stars = [arguments.kwarg] if arguments.kwarg else []
    return [*arguments.posonlyargs, *arguments.args, *star, *arguments.kwonlyargs, *stars]
