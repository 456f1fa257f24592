"""Finds the scopes of a module and all that binds their variables: one walk over the tree."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable
from typing import get_args

from putfix.analysis.names.nodes import Positions, children, walk
from putfix.analysis.names.variables import (
    Binding,
    Comprehension,
    FunctionNode,
    Scope,
    ScopeNode,
    Variable,
    paired_values,
    parameters,
    part_of,
)


def scopes_of(tree: ast.Module) -> dict[ast.AST, Scope]:
    """The scope that each module, function, class, lambda and comprehension of ``tree`` makes, outer ones first."""
    module = Scope(tree, None)
    collector = _Collector({tree: module})
    collector.declare(tree.body, module)
    collector.body(tree.body, module)
    collector.bind_nonlocals()
    if module.stars:
        collector.bind_starred()
    return collector.scopes


class _Collector:
    """Fills the scopes."""

    def __init__(self, scopes: dict[ast.AST, Scope]) -> None:
        self.scopes = scopes
        self.nonlocals: list[tuple[Scope, str, Binding]] = []
        tree = next(iter(scopes))
        self.binding_expressions = Positions(tree, _BINDING)
        self.declarations = Positions(tree, _DECLARING)

    def declare(self, body: list[ast.stmt], scope: Scope) -> None:
        """Note the ``global`` and ``nonlocal`` words of a body before its names are bound."""
        pending: list[ast.AST] = list(body) if self.declarations else []
        while pending:
            node = pending.pop()
            if isinstance(node, _DECLARING):
                word = "global" if isinstance(node, ast.Global) else "nonlocal"
                scope.outer_names.update(dict.fromkeys(node.names, word))
            elif self.declarations.are_inside(node) and not isinstance(node, FunctionNode | ast.ClassDef):
                pending.extend(children(node))

    def bind(self, scope: Scope, name: str, binding: Binding) -> None:
        if scope.outer_names.get(name) == "nonlocal":
            self.nonlocals.append((scope, name, binding))
        else:
            self.bind_now(scope, name, binding)

    def bind_nonlocals(self) -> None:
        """Bind through ``nonlocal`` when all scopes have their variables."""
        for scope, name, binding in self.nonlocals:
            self.bind_now(scope, name, binding)

    def bind_starred(self) -> None:
        """Bind what nothing else in the module does, which only its star imports can."""
        module = next(iter(self.scopes.values()))
        bound = {name for scope in self.scopes.values() for name in scope.variables}
        for node in walk(module.node):
            if isinstance(node, ast.Name) and node.id not in bound and not hasattr(builtins, node.id):
                binding = Binding("star", node)
                module.variables.setdefault(node.id, Variable(node.id, module, [binding]))

    def bind_now(self, scope: Scope, name: str, binding: Binding) -> None:
        owner = scope.binding_scope(name)
        name = name if owner is scope else scope.outer_name(name)
        variable = owner.variables.setdefault(name, Variable(name, owner))
        variable.bindings.append(binding)
        if owner is not scope:
            variable.rebound_inside = True

    def body(self, nodes: list[ast.stmt], scope: Scope) -> None:
        for node in nodes:
            self.visit(node, scope)

    def visit(self, node: ast.AST, scope: Scope) -> None:
        handler = _HANDLERS[type(node)]
        if handler is not None:
            handler(self, node, scope)
        elif not isinstance(node, ast.expr) or (children(node) and self.binding_expressions.are_inside(node)):
            self.children(node, scope)

    def children(self, node: ast.AST, scope: Scope) -> None:
        for child in children(node):
            self.visit(child, scope)

    def target(self, node: ast.expr, scope: Scope, binding: Binding) -> None:
        """Bind the names in an assignment target; what it subscripts is only read."""
        if isinstance(node, ast.Name):
            self.bind(scope, node.id, binding)
        elif isinstance(node, ast.Tuple | ast.List):
            values = paired_values(node, binding.value)
            for index, element in enumerate(node.elts):
                paired = Binding("assign", binding.node, values[index]) if values is not None else None
                part = part_of(binding.value or binding.part, index, node)
                self.target(element, scope, paired or Binding("part", binding.node, part=part))
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
            if alias.name == "*":
                scope.stars[module] = node
            else:
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
        scope = self.scopes[node] = Scope(node, parent)
        return scope


_HANDLERS: dict[type[ast.AST], Callable[[_Collector, ast.AST, Scope], None] | None] = {
    kind: getattr(_Collector, f"visit_{kind.__name__}", None)
    for kind in vars(ast).values()
    if isinstance(kind, type) and issubclass(kind, ast.AST)
}
"""The methods that collect from nodes of each kind; None for those of which only the children count."""

_BINDING = (ast.NamedExpr, ast.Lambda, *get_args(Comprehension))
"""The expressions that bind names, or make scopes."""
_DECLARING = (ast.Global, ast.Nonlocal)
"""The statements that say where names are bound."""
