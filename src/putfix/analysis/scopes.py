"""Which variable a name means: scopes, their variables, and what binds each of them.

Follows the rules of the Python language reference, "Naming and binding" (4.2): class bodies are skipped by
the functions inside them, comprehensions have a scope of their own, a walrus in a comprehension binds in
the function around it.
"""

from __future__ import annotations

import ast
import builtins
import functools
from collections.abc import Iterator
from dataclasses import dataclass, field

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
ScopeNode = ast.Module | FunctionNode | ast.ClassDef | ast.Lambda | Comprehension

BUILTIN_NAMES = frozenset(dir(builtins))


@dataclass(frozen=True)
class Binding:
    """One place that binds a variable.

    ``kind`` is one of ``assign``, ``part`` (an element of what is unpacked, iterated, matched or entered),
    ``augment``, ``import``, ``function``, ``class``, ``parameter``, ``delete``. ``value`` is the expression
    that an ``assign`` gives, ``imported`` the qualified name that an ``import`` gives.
    """

    kind: str
    node: ast.AST
    value: ast.expr | None = None
    imported: str = ""


@dataclass(eq=False)
class Scope:
    """A module, function, class, lambda or comprehension, and the variables that live in it."""

    node: ScopeNode
    parent: Scope | None
    variables: dict[str, Variable] = field(default_factory=dict)
    outer_names: dict[str, str] = field(default_factory=dict)
    """Names declared ``global`` or ``nonlocal`` here, with that word."""

    @property
    def module(self) -> Scope:
        """The outermost scope."""
        scope = self
        while scope.parent is not None:
            scope = scope.parent
        return scope

    @property
    def enclosing_class(self) -> Scope | None:
        """The class whose body holds this function directly, if any."""
        parent = self.parent
        return parent if parent is not None and isinstance(parent.node, ast.ClassDef) else None

    def variable(self, name: str) -> Variable | None:
        """The variable that ``name`` means when read here; None for a builtin or an unknown name."""
        scope: Scope | None = self
        while scope is not None:
            if scope.outer_names.get(name) == "global":
                return self.module.variables.get(name)
            visible = scope is self or not isinstance(scope.node, ast.ClassDef)
            if visible and name not in scope.outer_names and name in scope.variables:
                return scope.variables[name]
            scope = scope.parent
        return None

    def binding_scope(self, name: str) -> Scope:
        """The scope in which an assignment to ``name`` here binds it."""
        declared = self.outer_names.get(name)
        if declared == "global":
            return self.module
        if declared == "nonlocal":
            found = self.variable(name)
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
    def only_binding(self) -> Binding | None:
        """The binding, where there is exactly one."""
        return self.bindings[0] if len(self.bindings) == 1 else None


class Scopes:
    """All scopes of one module."""

    def __init__(self, tree: ast.Module) -> None:
        self.of: dict[ast.AST, Scope] = {}
        """The scope that each module, function, class, lambda and comprehension node makes."""
        self.nodes = list(ast.walk(tree))
        """Everything in the module."""
        self._calls: dict[Scope, list[ast.Call]] = {}
        self.module = Scope(tree, None)
        self.of[tree] = self.module
        collector = _Collector(self)
        collector.declare(tree.body, self.module)
        collector.body(tree.body, self.module)
        collector.bind_nonlocals()

    def imported(self) -> set[str]:
        """The qualified names that the imports of any scope give."""
        variables = [variable for scope in self.of.values() for variable in scope.variables.values()]
        return {binding.imported for variable in variables for binding in variable.bindings if binding.imported}

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
            pending += self._children.get(inner, [])

    @functools.cached_property
    def _children(self) -> dict[Scope, list[Scope]]:
        found: dict[Scope, list[Scope]] = {}
        for scope in self.of.values():
            if scope.parent is not None:
                found.setdefault(scope.parent, []).append(scope)
        return found

    def calls_inside(self, node: ast.AST) -> Iterator[tuple[ast.Call, Scope]]:
        """The calls in the scope that ``node`` makes and in those inside of it, each with the scope it stands in."""
        for scope in self.inside(self.of[node]):
            yield from ((call, scope) for call in self.calls(scope))

    def calls(self, scope: Scope) -> list[ast.Call]:
        """The calls in a scope, those in scopes inside it left out."""
        if scope not in self._calls:
            self._calls[scope] = list(_own_calls(scope))
        return self._calls[scope]

    def qualified(self, node: ast.expr, scope: Scope) -> str | None:
        """The full dotted name of ``node`` where imports tell it, such as ``numpy.random.rand``.

        Builtins are ``builtins.len``. None where the name is bound by anything else, or by two imports
        that disagree.
        """
        names = self.possible_names(node, scope)
        only = names.pop() if len(names) == 1 else ""
        return only or None

    def possible_names(self, node: ast.expr, scope: Scope) -> set[str]:
        """The full dotted names that ``node`` may have; an empty one where something else than an import binds it."""
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name):
            return set()
        variable = scope.variable(node.id)
        roots = {f"builtins.{node.id}"} if node.id in BUILTIN_NAMES else set()
        if variable is not None:
            roots = {binding.imported for binding in variable.bindings}
        return {".".join([root, *reversed(parts)]) if root else "" for root in roots}


class _Collector:
    """Fills the scopes: one walk over the tree."""

    def __init__(self, scopes: Scopes) -> None:
        self.scopes = scopes
        self.nonlocals: list[tuple[Scope, str, Binding]] = []

    def declare(self, body: list[ast.stmt], scope: Scope) -> None:
        """Note the ``global`` and ``nonlocal`` words of a body before its names are bound."""
        pending: list[ast.AST] = list(body)
        while pending:
            node = pending.pop()
            if isinstance(node, ast.Global | ast.Nonlocal):
                word = "global" if isinstance(node, ast.Global) else "nonlocal"
                scope.outer_names.update(dict.fromkeys(node.names, word))
            elif isinstance(node, ast.stmt | ast.ExceptHandler | ast.match_case):
                if not isinstance(node, FunctionNode | ast.ClassDef):
                    pending.extend(ast.iter_child_nodes(node))

    def bind(self, scope: Scope, name: str, binding: Binding) -> None:
        if scope.outer_names.get(name) == "nonlocal":
            self.nonlocals.append((scope, name, binding))
        else:
            self.bind_now(scope, name, binding)

    def bind_nonlocals(self) -> None:
        """Bind through ``nonlocal`` when all scopes have their variables."""
        for scope, name, binding in self.nonlocals:
            self.bind_now(scope, name, binding)

    def bind_now(self, scope: Scope, name: str, binding: Binding) -> None:
        owner = scope.binding_scope(name)
        variable = owner.variables.setdefault(name, Variable(name, owner))
        variable.bindings.append(binding)
        if owner is not scope:
            variable.rebound_inside = True

    def body(self, nodes: list[ast.stmt], scope: Scope) -> None:
        for node in nodes:
            self.visit(node, scope)

    def visit(self, node: ast.AST, scope: Scope) -> None:
        handler = getattr(self, f"visit_{type(node).__name__}", None)
        if handler is not None:
            handler(node, scope)
        else:
            self.children(node, scope)

    def children(self, node: ast.AST, scope: Scope) -> None:
        for child in ast.iter_child_nodes(node):
            self.visit(child, scope)

    def target(self, node: ast.expr, scope: Scope, binding: Binding) -> None:
        """Bind the names in an assignment target; what it subscripts is only read."""
        if isinstance(node, ast.Name):
            self.bind(scope, node.id, binding)
        elif isinstance(node, ast.Tuple | ast.List):
            values = paired_values(node, binding.value)
            for index, element in enumerate(node.elts):
                paired = Binding("assign", binding.node, values[index]) if values is not None else None
                self.target(element, scope, paired or Binding("part", binding.node))
        elif isinstance(node, ast.Starred):
            self.target(node.value, scope, Binding("part", binding.node))
        else:
            self.children(node, scope)

    def visit_Assign(self, node: ast.Assign, scope: Scope) -> None:
        self.visit(node.value, scope)
        for target in node.targets:
            self.target(target, scope, Binding("assign", node, node.value))

    def visit_AnnAssign(self, node: ast.AnnAssign, scope: Scope) -> None:
        self.visit(node.annotation, scope)
        if node.value is not None:
            self.visit(node.value, scope)
            self.target(node.target, scope, Binding("assign", node, node.value))
        elif isinstance(node.target, ast.Name) and node.target.id not in scope.outer_names:
            scope.variables.setdefault(node.target.id, Variable(node.target.id, scope))
        else:
            self.visit(node.target, scope)

    def visit_AugAssign(self, node: ast.AugAssign, scope: Scope) -> None:
        self.visit(node.value, scope)
        self.target(node.target, scope, Binding("augment", node))

    def visit_NamedExpr(self, node: ast.NamedExpr, scope: Scope) -> None:
        self.visit(node.value, scope)
        while isinstance(scope.node, Comprehension) and scope.parent is not None:
            scope = scope.parent
        self.target(node.target, scope, Binding("assign", node, node.value))

    def visit_Delete(self, node: ast.Delete, scope: Scope) -> None:
        for target in node.targets:
            self.target(target, scope, Binding("delete", node))

    def visit_For(self, node: ast.For | ast.AsyncFor, scope: Scope) -> None:
        self.visit(node.iter, scope)
        self.target(node.target, scope, Binding("part", node))
        self.body([*node.body, *node.orelse], scope)

    visit_AsyncFor = visit_For

    def visit_withitem(self, node: ast.withitem, scope: Scope) -> None:
        self.visit(node.context_expr, scope)
        if node.optional_vars is not None:
            self.target(node.optional_vars, scope, Binding("part", node.context_expr))

    def visit_ExceptHandler(self, node: ast.ExceptHandler, scope: Scope) -> None:
        if node.name is not None:
            self.bind(scope, node.name, Binding("part", node))
        self.children(node, scope)

    def visit_Import(self, node: ast.Import, scope: Scope) -> None:
        for alias in node.names:
            name = alias.asname or alias.name.split(".")[0]
            self.bind(scope, name, Binding("import", node, imported=alias.name if alias.asname else name))

    def visit_ImportFrom(self, node: ast.ImportFrom, scope: Scope) -> None:
        module = "." * node.level + (node.module or "")
        joint = "" if module.endswith(".") else "."
        for alias in node.names:
            if alias.name != "*":
                name = alias.asname or alias.name
                self.bind(scope, name, Binding("import", node, imported=f"{module}{joint}{alias.name}"))

    def visit_MatchAs(self, node: ast.MatchAs, scope: Scope) -> None:
        if node.name is not None:
            self.bind(scope, node.name, Binding("part", node))
        self.children(node, scope)

    def visit_MatchStar(self, node: ast.MatchStar, scope: Scope) -> None:
        if node.name is not None:
            self.bind(scope, node.name, Binding("part", node))

    def visit_MatchMapping(self, node: ast.MatchMapping, scope: Scope) -> None:
        if node.rest is not None:
            self.bind(scope, node.rest, Binding("part", node))
        self.children(node, scope)

    def visit_ClassDef(self, node: ast.ClassDef, scope: Scope) -> None:
        self.bind(scope, node.name, Binding("class", node))
        for child in [*node.decorator_list, *node.bases, *node.keywords]:
            self.visit(child, scope)
        inner = self.enter(node, scope)
        self.declare(node.body, inner)
        self.body(node.body, inner)

    def visit_FunctionDef(self, node: FunctionNode, scope: Scope) -> None:
        self.bind(scope, node.name, Binding("function", node))
        for decorator in node.decorator_list:
            self.visit(decorator, scope)
        inner = self.signature(node, scope)
        if node.returns is not None:
            self.visit(node.returns, scope)
        self.declare(node.body, inner)
        self.body(node.body, inner)

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_Lambda(self, node: ast.Lambda, scope: Scope) -> None:
        self.visit(node.body, self.signature(node, scope))

    def signature(self, node: FunctionNode | ast.Lambda, scope: Scope) -> Scope:
        """Visit the defaults and annotations outside, bind the parameters in the new scope inside."""
        for default in [*node.args.defaults, *node.args.kw_defaults]:
            if default is not None:
                self.visit(default, scope)
        inner = self.enter(node, scope)
        for parameter in parameters(node.args):
            if parameter.annotation is not None:
                self.visit(parameter.annotation, scope)
            self.bind(inner, parameter.arg, Binding("parameter", parameter))
        return inner

    def comprehension(self, node: Comprehension, scope: Scope) -> None:
        inner = self.enter(node, scope)
        for index, generator in enumerate(node.generators):
            self.visit(generator.iter, inner if index else scope)
            self.target(generator.target, inner, Binding("part", generator))
            for condition in generator.ifs:
                self.visit(condition, inner)
        for part in [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]:
            self.visit(part, inner)

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = comprehension

    def enter(self, node: ScopeNode, parent: Scope) -> Scope:
        scope = self.scopes.of[node] = Scope(node, parent)
        return scope


def decorator_callee(decorator: ast.expr) -> ast.expr:
    """What a decorator names: ``f`` in ``@f`` and in ``@f(...)``."""
    return decorator.func if isinstance(decorator, ast.Call) else decorator


def paired_values(target: ast.Tuple | ast.List, value: ast.expr | None) -> list[ast.expr] | None:
    """The values that the elements of a target get, where a display gives one to each; None otherwise."""
    values = value.elts if isinstance(value, ast.Tuple | ast.List) else []
    starred = any(isinstance(element, ast.Starred) for element in [*values, *target.elts])
    return values if len(values) == len(target.elts) and not starred else None


def parameters(arguments: ast.arguments) -> list[ast.arg]:
    """All parameters of a function in order, ``*args`` and ``**kwargs`` among them."""
    star = [arguments.vararg] if arguments.vararg else []
    stars = [arguments.kwarg] if arguments.kwarg else []
    return [*arguments.posonlyargs, *arguments.args, *star, *arguments.kwonlyargs, *stars]


def _own_calls(scope: Scope) -> Iterator[ast.Call]:
    pending: list[ast.AST] = list(ast.iter_child_nodes(scope.node))
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Call):
            yield node
        if not isinstance(node, FunctionNode | ast.ClassDef | ast.Lambda | Comprehension):
            pending.extend(ast.iter_child_nodes(node))


def own_nodes(definition: FunctionNode) -> Iterator[ast.AST]:
    """What is in the body of a function, the functions and classes inside it left out."""
    pending: list[ast.AST] = [*definition.body]
    while pending:
        node = pending.pop()
        yield node
        if not isinstance(node, FunctionNode | ast.ClassDef | ast.Lambda):
            pending.extend(ast.iter_child_nodes(node))


def own_returns(definition: FunctionNode) -> Iterator[ast.Return]:
    """The ``return`` statements of a function."""
    return (node for node in own_nodes(definition) if isinstance(node, ast.Return))


def runs_at_once(definition: FunctionNode) -> bool:
    """Whether a call runs the body, and not only makes a generator."""
    return not any(isinstance(node, ast.Yield | ast.YieldFrom) for node in own_nodes(definition))
