"""Which classes have objects that nothing else can reach than their own methods and the code that makes them.

So it is in a program whose objects are made in view, stay in the variable that they are assigned to, and of which
nothing but attributes is ever read. They are not pickled, copied, compared or looked at then, and nobody binds their
attributes from outside.
"""

from __future__ import annotations

import ast
import functools
from collections.abc import Callable, Iterator

from putfix.analysis.names.assigned import methods
from putfix.analysis.names.callers import Callers
from putfix.analysis.names.nodes import parents
from putfix.analysis.names.scopes import Scopes
from putfix.analysis.names.variables import Comprehension, FunctionNode, Scope, Variable
from putfix.knowledge import running

_BY_NAME = frozenset(
    "eval exec globals locals vars setattr delattr __dict__ __class__ modules import_module __import__".split()
)
"""What gets at objects, and at what they hold, by names."""
_COPYING = frozenset("pickle cloudpickle dill joblib copy copyreg shelve gc inspect __main__".split())
"""Packages that copy objects, or get at them without a name."""
_PLAIN_METHODS = frozenset({"__init__", "__call__", "__enter__", "__exit__", "__iter__", "__len__", "__contains__"})
_PLAIN_DECORATORS = frozenset({"property", "staticmethod"})


class Instances:
    """The objects of the classes of one module.

    ``place_of_put`` gives the statement above which a hoist puts what an expression gives, if one does.
    """

    def __init__(self, scopes: Scopes, callers: Callers, place_of_put: Callable[[ast.AST], ast.stmt | None]) -> None:
        self._scopes = scopes
        self._callers = callers
        self._place_of_put = place_of_put

    def is_plain(self, owner: Scope) -> bool:
        """Whether nothing but its statement makes a class what it is, and its objects are pickled, copied and looked
        up in the usual way: no decorator, base or special method says otherwise, nor anything that works by names."""
        node = owner.node
        assert isinstance(node, ast.ClassDef)
        variable = self._variable(owner)
        if variable is None or node.decorator_list or node.keywords or owner.parent is not owner.module:
            return False
        bases = (self._scopes.qualified(base, owner.module) for base in node.bases)
        if not all(base in running.PLAIN_BASES for base in bases) or not all(map(_is_plain_member, node.body)):
            return False
        special = {name for name in owner.variables if name.startswith("__") and name.endswith("__")}
        return special <= _PLAIN_METHODS and not self._works_by_name

    def place_of_copy(self, owner: Scope) -> ast.AST | None:
        """Where an object of a class is given to Ray, or may be copied or stored in a file."""
        copying = {name.partition(".")[0] for name in self._scopes.imported()} & _COPYING
        return owner.node if copying else next(filter(self._is_sent, self._uses(owner)), None)

    def way_out(self, owner: Scope) -> ast.AST | None:
        """Where an object of a class goes out of view; the class itself where other modules may use it."""
        assert isinstance(owner.node, ast.ClassDef)
        if not self._callers.are_all_in_sight(owner.node.name):
            return owner.node
        node = next(self._uses(owner), None)
        parent = self._parents.get(node) if isinstance(node, ast.expr) else None
        return parent if isinstance(parent, ast.expr | ast.Return | ast.Assign) else node

    def _variable(self, owner: Scope) -> Variable | None:
        """The name of a class, where it is the name of nothing else."""
        assert isinstance(owner.node, ast.ClassDef)
        variable = owner.parent.variables.get(owner.node.name) if owner.parent is not None else None
        fixed = variable is not None and variable.only_binding is not None and not variable.rebound_inside
        return variable if fixed and not self._scopes.star_may_bind(owner.node.name) else None

    @functools.cached_property
    def _works_by_name(self) -> bool:
        named = {node.id for node in self._scopes.nodes_of(ast.Name)}
        named |= {node.attr for node in self._scopes.nodes_of(ast.Attribute)}
        frames = {name.rpartition(".")[2] for name in running.FRAMES}
        return bool(named & (_BY_NAME | frames))

    @functools.cached_property
    def _parents(self) -> dict[ast.AST, ast.AST]:
        return parents(self._scopes.module.node)

    def _uses(self, owner: Scope) -> Iterator[ast.AST]:
        """The places where a class, or one of its objects, is used for more than to make one, to call its methods and
        to read what it holds."""
        variable = self._variable(owner)
        if variable is None:
            yield owner.node
            return
        yield from (node for node in self._scopes.nodes_of(ast.Attribute) if node.attr == variable.name)
        for node, scope in self._reads(variable):
            if not self._is_only_named(node):
                made = self._parents[node]
                yield from self._uses_of_made(made, owner, scope) if _calls(made, node) else (node,)
        for method, name in methods(owner, self._scopes):
            yield from self._uses_of(method.variables[name], owner)

    def _is_only_named(self, node: ast.AST) -> bool:
        """Whether a class is only named: in an annotation, or to ask for the type of something."""
        parent = self._parents[node]
        asks = isinstance(parent, ast.Call) and getattr(parent.func, "id", "") == "isinstance" and node in parent.args
        annotates = isinstance(parent, ast.arg | ast.AnnAssign) and parent.annotation is node
        return asks or annotates or (isinstance(parent, FunctionNode) and parent.returns is node)

    def _uses_of_made(self, made: ast.AST, owner: Scope, scope: Scope) -> Iterator[ast.AST]:
        """The same for an object that is made by the call ``made``."""
        parent = self._parents[made]
        if isinstance(parent, ast.Expr) or self._is_plain_use(made, owner):
            return
        target = parent.targets[0] if isinstance(parent, ast.Assign) and len(parent.targets) == 1 else None
        variable = scope.variable(target.id) if isinstance(target, ast.Name) else None
        if variable is None or variable.only_binding is None or variable.scope is not scope:
            yield made
        else:
            yield from self._uses_of(variable, owner)

    def _uses_of(self, variable: Variable, owner: Scope) -> Iterator[ast.AST]:
        """The same for what a variable holds. A function that reads it takes it along where it is pickled."""
        if variable.only_binding is None or variable.rebound_inside or not _holds_objects(variable.scope):
            yield variable.scope.node
        if variable.scope.parent is None and not self._callers.are_all_in_sight(variable.name):
            yield variable.bindings[0].node  # which other modules may import
        for node, scope in self._reads(variable):
            while isinstance(scope.node, Comprehension) and scope.parent is not None:
                scope = scope.parent
            inside = scope is variable.scope or self._is_moved_to(variable.scope, node)
            if not inside or not self._is_plain_use(node, owner):
                yield node

    def _is_moved_to(self, scope: Scope, node: ast.AST) -> bool:
        """Whether a hoist moves what stands at ``node`` to a put in ``scope`` itself."""
        while isinstance(node, ast.expr):
            place = self._place_of_put(node)
            if place is not None:
                return self._body_around(place) is scope.node
            node = self._parents[node]
        return False

    def _body_around(self, statement: ast.stmt) -> ast.AST:
        node = self._parents[statement]
        while not isinstance(node, FunctionNode | ast.Lambda | ast.ClassDef | ast.Module):
            node = self._parents[node]
        return node

    def _is_plain_use(self, node: ast.AST, owner: Scope) -> bool:
        """Whether an object is only there for one of its attributes: a method only to be called."""
        attribute = self._parents[node]
        if not isinstance(attribute, ast.Attribute) or attribute.value is not node:
            return False
        member = owner.variables.get(attribute.attr)
        if member is None:
            return True
        only = member.only_binding
        decorated = only is not None and bool(getattr(only.node, "decorator_list", ()))
        return isinstance(attribute.ctx, ast.Load) and (decorated or _calls(self._parents[attribute], attribute))

    def _is_sent(self, node: ast.AST) -> bool:
        """Whether what stands at ``node`` is part of an argument of a remote call or of a put."""
        while not isinstance(node, ast.stmt | ast.Module):
            parent = self._parents[node]
            name = getattr(parent.func, "attr", getattr(parent.func, "id", "")) if isinstance(parent, ast.Call) else ""
            if name in _SENDING:
                return True
            node = parent
        return False

    def _reads(self, variable: Variable) -> Iterator[tuple[ast.Name, Scope]]:
        for scope in self._scopes.inside(variable.scope):
            for node in self._scopes.own_part(scope):
                if isinstance(node, ast.Name) and node.id == variable.name and scope.variable(node.id) is variable:
                    if isinstance(node.ctx, ast.Load):
                        yield node, scope


_SENDING = frozenset({"remote", "put", "bind"})


def _calls(call: ast.AST, callee: ast.AST) -> bool:
    return isinstance(call, ast.Call) and call.func is callee


def _holds_objects(scope: Scope) -> bool:
    return isinstance(scope.node, ast.Module | FunctionNode)


def _is_plain_member(node: ast.stmt) -> bool:
    """Whether a statement in the body of a class is a method as it stands, a text or a constant."""
    if isinstance(node, FunctionNode):
        return all(isinstance(each, ast.Name) and each.id in _PLAIN_DECORATORS for each in node.decorator_list)
    if isinstance(node, ast.AnnAssign):
        return node.value is None or isinstance(node.value, ast.Constant)
    return isinstance(node, ast.Pass) or (
        isinstance(node, ast.Expr | ast.Assign) and isinstance(node.value, ast.Constant)
    )
