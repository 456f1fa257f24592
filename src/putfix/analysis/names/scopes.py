"""Which variable a name means: scopes, their variables, and what binds each of them.

Follows the rules of the Python language reference, "Naming and binding" (4.2): class bodies are skipped by
the functions inside them, comprehensions have a scope of their own, a walrus in a comprehension binds in
the function around it.
"""

from __future__ import annotations

import ast
import builtins
import functools
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypeVar, cast, get_args

from putfix.analysis.names import nodes
from putfix.analysis.names.binding import scopes_of
from putfix.analysis.names.nodes import children, walk
from putfix.analysis.names.variables import Comprehension, FunctionNode, Scope, ScopeNode, Variable

if TYPE_CHECKING:
    from putfix.analysis.names.modules import Modules

Fact = TypeVar("Fact")
Node = TypeVar("Node", bound=ast.AST)

BUILTIN_NAMES = frozenset(dir(builtins))


class _Known:
    """What is found out about the scopes of a module, whichever program it is a part of."""

    def __init__(self, tree: ast.Module) -> None:
        self.of = scopes_of(tree)
        self.calls: dict[Scope, list[ast.Call]] = {}
        self.names: dict[Scope, list[str]] = {}
        self.free: dict[Scope, list[Variable]] = {}
        self.facts: dict[str, object] = {}
        variables = (variable for scope in self.of.values() for variable in scope.variables.values())
        self.may_be_given_ray = any(binding.gives_ray for each in variables for binding in each.bindings)
        """Whether an import may bring Ray from a module of the project."""
        self.by_kind = nodes.by_kind(tree)
        self.own: dict[Scope, list[ast.AST]] = {}

    @functools.cached_property
    def imported(self) -> frozenset[str]:
        """The qualified names that the imports of any scope give."""
        variables = (variable for scope in self.of.values() for variable in scope.variables.values())
        return frozenset(each.imported for variable in variables for each in variable.bindings if each.imported)

    @functools.cached_property
    def children(self) -> dict[Scope, list[Scope]]:
        """The scopes that are made directly in each."""
        found: dict[Scope, list[Scope]] = {}
        for scope in self.of.values():
            if scope.parent is not None:
                found.setdefault(scope.parent, []).append(scope)
        return found


_KNOWN = "_putfix_known"


def _known_of(tree: ast.Module) -> _Known:
    """What is known of a module by itself, kept with its tree, which is a part of many programs in a run.

    It is found out anew where a star import binds names, or one may be that of Ray: that is for the program to say.
    """
    known: _Known | None = tree.__dict__.get(_KNOWN)
    if known is None:
        known = _Known(tree)
        if not known.of[tree].stars and not known.may_be_given_ray:
            tree.__dict__[_KNOWN] = known
    return known


def forget(tree: ast.Module) -> None:
    """Undo the circles in which a module and what is known of it hold each other, when nothing needs it any more.

    It is then freed at once, and Python's collector need not look for it among all that is in use.
    """
    known: _Known | None = tree.__dict__.pop(_KNOWN, None)
    for scope in known.of.values() if known is not None else ():
        vars(scope).clear()
    nodes.forget(tree)


class Scopes:
    """All scopes of one module."""

    def __init__(self, tree: ast.Module, modules: Modules | None = None) -> None:
        """With ``modules``, names that imports give are followed into other modules of the project."""
        known = _known_of(tree)
        self.of = known.of
        """The scope that each module, function, class, lambda and comprehension node makes."""
        self._modules = modules
        self.module = self.of[tree]
        self.nodes = walk(tree)
        """Everything in the module."""
        self._known = known
        self.says_ray = self.kept(_says_ray)
        """Whether an attribute is called as Ray is."""
        self.may_be_given_ray = known.may_be_given_ray or self.says_ray or bool(self.module.stars)
        """Whether another module of the project may bring Ray."""
        self.given_ray: dict[ast.expr, Variable] = {}
        """The attributes of other modules of the project that may be Ray, in the module at hand where it imports no Ray
        itself: ``tools.ray``, with the variable that it is in that module. They count as Ray, so each put in such a
        module rests on the assumption that they are."""
        self.lines: dict[Scope, list[Scope]] = {}
        """The classes that each inherits from: see :func:`putfix.analysis.names.inheritance.ancestors`."""
        self._qualified: dict[tuple[ast.expr, Scope], str | None] = {}

    @property
    def is_following(self) -> bool:
        """Whether a name is being followed through the imports of the project."""
        return self._modules is not None and self._modules.is_following

    def kept(self, make: Callable[[Scopes], Fact]) -> Fact:
        """What ``make`` finds out about the module by itself: once, for all programs that the module is part of."""
        name = f"{make.__module__}.{make.__qualname__}"
        if name not in self._known.facts:
            self._known.facts[name] = make(self)
        return cast("Fact", self._known.facts[name])

    def nodes_of(self, kind: type[Node]) -> list[Node]:
        """What is in the module of one kind of nodes, outer ones first."""
        return cast("list[Node]", self._known.by_kind.get(kind, []))

    def named(self, node: ast.expr, scope: Scope) -> Variable | None:
        """The variable that ``node``, read in ``scope``, is a name for: that of another module of the project where
        an import gives it. None where there is none, or another module gives it that is not of the project."""
        if self._modules is not None:
            return self._modules.variable(node, scope)
        return scope.variable(node.id) if isinstance(node, ast.Name) else None

    def defined(self, node: ast.expr, scope: Scope) -> Scope | None:
        """The scope of the one function or class that ``node`` names, in this module or in another of the project."""
        variable = self.named(node, scope)
        only = variable.only_binding if variable is not None else None
        if variable is None or only is None or not isinstance(only.node, FunctionNode | ast.ClassDef):
            return None
        return self.scope_of(only.node)

    def scope_of(self, node: ast.AST) -> Scope:
        """The scope that a function or class makes, of this module or of another of the project."""
        if node in self.of or self._modules is None:
            return self.of[node]
        return self._modules.scope_of(node)

    def names_of(self, variable: Variable) -> set[Variable]:
        """The variables that imports, on the way from a name to what it means, make names of this one."""
        return self._modules.names_of(variable) if self._modules is not None else set()

    def extending(self, owner: Scope) -> list[Scopes] | None:
        """Those of the modules that may have classes that inherit from ``owner``; None where not all are known."""
        return self._modules.extending(owner) if self._modules is not None else []

    def binding(self, name: str) -> list[Scopes] | None:
        """Those of the other modules that may bind attributes of that name on other objects than ``self``; None where
        they are not all known."""
        return self._modules.binding(name, self.module) if self._modules is not None else []

    @property
    def first(self) -> Scopes:
        """Those of the module at hand."""
        return self._modules.first if self._modules is not None else self

    def place_of(self, node: ast.AST) -> str:
        """The place of the module that ``node`` stands in, where that is another one of the project; or empty."""
        return self._modules.place_of(node, self.module) if self._modules is not None else ""

    def star_may_bind(self, name: str) -> bool:
        """Whether a star import may give the module another meaning of ``name``."""
        if self._modules is not None:
            return self._modules.star_may_bind(name, self.module)
        return bool(self.module.stars)

    def imported(self) -> frozenset[str]:
        """The qualified names that the imports of any scope give."""
        return self._known.imported

    def module_named(self, name: str, importer: Scope) -> Scopes | None:
        """Those of the module of the project that an import of ``name`` in ``importer`` gives; None for another one."""
        return self._modules.module_named(name, importer) if self._modules is not None else None

    def units(self) -> Iterator[Scope]:
        """The scopes that have statements which run in order: the module and every function."""
        for scope in self.of.values():
            if isinstance(scope.node, ast.Module | FunctionNode):
                yield scope

    def inside(self, scope: Scope) -> Iterator[Scope]:
        """The scope, and all that are made inside of it."""
        pending = [scope]
        while pending:
            inner = pending.pop()
            yield inner
            pending += self._known.children.get(inner, [])

    def free_variables(self, scope: Scope) -> list[Variable]:
        """The variables of outer scopes that a function or class reads, or one inside of it."""
        if scope not in self._known.free:
            self._known.free[scope] = self._read_of_outer(scope)
        return self._known.free[scope]

    def _read_of_outer(self, scope: Scope) -> list[Variable]:
        inner = list(self.inside(scope))
        read = [each.variable(name) for each in inner for name in self._names_read(each)]
        bases = [*scope.node.bases, *scope.node.decorator_list] if isinstance(scope.node, ast.ClassDef) else []
        read += [scope.variable(node.id) for base in bases for node in walk(base) if isinstance(node, ast.Name)]
        own = set(inner)
        return list(dict.fromkeys(each for each in read if each is not None and each.scope not in own))

    def _names_read(self, scope: Scope) -> list[str]:
        """The names that are read in a scope, those in scopes inside it left out."""
        if scope not in self._known.names:
            names = (node for node in self.own_part(scope) if isinstance(node, ast.Name))
            self._known.names[scope] = list(dict.fromkeys(n.id for n in names if isinstance(n.ctx, ast.Load)))
        return self._known.names[scope]

    def reached_variables(self, scope: Scope) -> list[Variable]:
        """The same, with those that the functions and classes of the file read which are reached in this way. Names of
        modules, functions and classes are left out."""
        inner = list(self.inside(scope))
        read = [variable for code in self.reached_code(scope) for variable in self.free_variables(code)]
        outer = [each for each in dict.fromkeys(read) if each.scope not in inner]
        return [each for each in outer if {b.kind for b in each.bindings} - {"import", "function", "class"}]

    def reached_code(self, scope: Scope) -> list[Scope]:
        """The function or class itself, and those of the file that it names, and that these name."""
        found: dict[Scope, None] = {}
        pending = [scope]
        while pending:
            code = pending.pop()
            if code not in found:
                found[code] = None
                nodes = [binding.node for variable in self.free_variables(code) for binding in variable.bindings]
                pending += [self.of[node] for node in nodes if isinstance(node, FunctionNode | ast.ClassDef)]
        return list(found)

    def calls_inside(self, node: ast.AST) -> Iterator[tuple[ast.Call, Scope]]:
        """The calls in the scope that ``node`` makes and in those inside of it, each with the scope it stands in."""
        for scope in self.inside(self.of[node]):
            yield from ((call, scope) for call in self.calls(scope))

    def calls(self, scope: Scope) -> list[ast.Call]:
        """The calls in a scope, those in scopes inside it left out."""
        if scope not in self._known.calls:
            self._known.calls[scope] = [node for node in self.own_part(scope) if isinstance(node, ast.Call)]
        return self._known.calls[scope]

    def own_part(self, scope: Scope) -> list[ast.AST]:
        """What is in a scope, and not in one inside of it."""
        if scope not in self._known.own:
            self._known.own[scope] = list(_own_part(scope))
        return self._known.own[scope]

    def qualified(self, node: ast.expr, scope: Scope) -> str | None:
        """The full dotted name of ``node`` where imports tell it, such as ``numpy.random.rand``.

        Builtins are ``builtins.len``. None where the name is bound by anything else, or by two imports
        that disagree.
        """
        key = node, scope
        if key not in self._qualified:
            names = self.possible_names(node, scope)
            self._qualified[key] = (names.pop() or None) if len(names) == 1 else None
        return self._qualified[key]

    def possible_names(self, node: ast.expr, scope: Scope) -> set[str]:
        """The full dotted names that ``node`` may have; an empty one where something else than an import binds it.

        What another module of the project has as ``ray`` counts as Ray: see :attr:`given_ray`.
        """
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
            if node in self.given_ray:
                return {".".join(["ray", *reversed(parts)])}
        if not isinstance(node, ast.Name):
            return set()
        variable = scope.variable(node.id)
        roots = {f"builtins.{node.id}"} if node.id in BUILTIN_NAMES else set()
        if variable is not None:
            roots = {binding.imported for binding in variable.bindings}
        return {".".join([root, *reversed(parts)]) if root else "" for root in roots}


def _says_ray(scopes: Scopes) -> bool:
    return any(node.attr == "ray" for node in scopes.nodes_of(ast.Attribute))


def root_of(node: ast.expr) -> ast.expr:
    """``a`` for ``a.b.c``."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return node


def decorator_callee(decorator: ast.expr) -> ast.expr:
    """What a decorator names: ``f`` in ``@f`` and in ``@f(...)``."""
    return decorator.func if isinstance(decorator, ast.Call) else decorator


def _own_part(scope: Scope) -> Iterator[ast.AST]:
    pending = list(_inner_part(scope.node))
    while pending:
        node = pending.pop()
        yield node
        if type(node) in _MAKING_SCOPES:
            inner = set(_inner_part(cast("ScopeNode", node)))
            pending.extend(part for part in _parts(node) if part not in inner)
        else:
            pending.extend(children(node))


def _parts(node: ast.AST) -> Iterator[ast.AST]:
    """The children of a node; those of arguments and generators in place of themselves."""
    for child in children(node):
        if isinstance(child, ast.arguments | ast.comprehension):
            yield from children(child)
        else:
            yield child


def _inner_part(node: ScopeNode) -> list[ast.AST]:
    """What of a node that makes a scope is in that scope: not defaults, decorators, nor what is iterated over first."""
    if isinstance(node, ast.Lambda):
        return [node.body]
    if isinstance(node, Comprehension):
        return [part for part in _parts(node) if part is not node.generators[0].iter]
    return [*node.body]


_WITH_BODIES = frozenset((*get_args(FunctionNode), ast.ClassDef, ast.Lambda))
_MAKING_SCOPES = frozenset(get_args(ScopeNode))


def _own_nodes(definition: FunctionNode) -> Iterator[ast.AST]:
    pending: list[ast.AST] = [*definition.body]
    while pending:
        node = pending.pop()
        yield node
        if type(node) not in _WITH_BODIES:
            pending.extend(children(node))


def own_nodes(definition: FunctionNode) -> list[ast.AST]:
    """What is in the body of a function, the functions and classes inside it left out."""
    known: list[ast.AST] | None = definition.__dict__.get(_OWN)
    if known is None:
        known = definition.__dict__[_OWN] = list(_own_nodes(definition))
    return known


_OWN = "_putfix_own"
"""The name under which a function keeps that, which each call of it asks for."""


def own_returns(definition: FunctionNode) -> Iterator[ast.Return]:
    """The ``return`` statements of a function."""
    return (node for node in own_nodes(definition) if isinstance(node, ast.Return))


def runs_at_once(definition: FunctionNode) -> bool:
    """Whether a call runs the body, and not only makes a generator."""
    return not any(isinstance(node, ast.Yield | ast.YieldFrom) for node in own_nodes(definition))
