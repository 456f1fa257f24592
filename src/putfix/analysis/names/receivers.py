"""Which function receives the arguments of a remote call, where nothing else can stand behind the call.

:mod:`putfix.analysis.names.calls` says what a call probably runs. Here every step must be certain: a name that one
statement binds, a handle that one constructor makes, a list of handles that nobody adds to. And the function must be
what its ``def`` says: decorated by nothing but Ray, and no method that others may override or demand. Ray refuses to
let a class inherit from a decorated one.
"""

from __future__ import annotations

import ast
import functools
from collections.abc import Callable, Iterator

from putfix.analysis.names.attributes import Attributes
from putfix.analysis.names.calls import RemoteCall
from putfix.analysis.names.definitions import Definitions, is_hook
from putfix.analysis.names.scopes import Scopes, decorator_callee
from putfix.analysis.names.variables import FunctionNode, Scope
from putfix.knowledge import running

_DEPTH = 6
"""How many assignments are followed from a name to what it stands for."""

_GOING_THROUGH = frozenset(f"builtins.{name}" for name in ("len", "zip", "enumerate"))
"""Functions that only look at the lists that they are given."""


class Receivers:
    """The functions behind the remote calls of one module."""

    def __init__(
        self,
        scopes: Scopes,
        attributes: Attributes,
        definitions: Definitions,
        others: Callable[[Scope], Receivers],
    ) -> None:
        """``others`` gives the same for the module of a scope."""
        self._scopes = scopes
        self._attributes = attributes
        self._definitions = definitions
        self._others = others

    def of(self, call: RemoteCall) -> Scope | None:
        """The scope of the function that certainly receives the arguments of ``call``."""
        if call.scope.module is not self._scopes.module:
            return self._others(call.scope).of(call)
        if call.callee.definition is None:
            return None
        function = self._scopes.scope_of(call.callee.definition)
        node, owner = _without_options(call.receiver), function.enclosing_class
        if call.callee.kind == "method":
            base = node.value if isinstance(node, ast.Attribute) else None
            found = self._class_of(base, call.scope, _DEPTH) if base is not None else None
        else:
            found = self._meant(node, call.scope, _DEPTH)
        certain = found is not None and found is (owner or function)
        return function if certain and self._is_as_written(function) else None

    def _is_as_written(self, function: Scope) -> bool:
        """Whether a call runs the body of the ``def`` itself, and that alone decides what its parameters are for."""
        definition, owner = function.node, function.enclosing_class
        assert isinstance(definition, FunctionNode)
        ours = {"ray.method"} if owner is not None else {"ray.remote"}
        if is_hook(definition) or not self._decorators(function) <= ours or self._definitions.may_be_another(function):
            return False
        if owner is None:
            return True
        assert isinstance(owner.node, ast.ClassDef)
        bases = {self._scopes.qualified(base, owner.parent or owner) for base in owner.node.bases}
        return self._decorators(owner) == {"ray.remote"} and bases <= running.PLAIN_BASES and not owner.node.keywords

    def _decorators(self, scope: Scope) -> set[str | None]:
        """The qualified names of the decorators of a function or class."""
        assert isinstance(scope.node, FunctionNode | ast.ClassDef)
        outside = scope.parent or scope
        return {self._scopes.qualified(decorator_callee(each), outside) for each in scope.node.decorator_list}

    def _meant(self, node: ast.expr, scope: Scope, depth: int) -> Scope | None:
        """The scope of the only function or class that ``node`` can be a name for, or be made of by ``ray.remote``."""
        if isinstance(node, ast.Call):
            made = self._scopes.qualified(decorator_callee(node.func), scope) == "ray.remote" and len(node.args) == 1
            return self._meant(node.args[0], scope, depth - 1) if made and depth else None
        variable = self._scopes.named(node, scope)
        only = variable.only_binding if variable is not None and not variable.rebound_inside else None
        if variable is None or only is None:
            return None
        if isinstance(only.node, FunctionNode | ast.ClassDef):
            found = self._scopes.scope_of(only.node)
            return found if not self._definitions.may_be_another(found) else None
        made_here = isinstance(only.value, ast.Call) and only.kind == "assign"
        return self._meant(only.value, variable.scope, depth) if made_here and only.value is not None else None

    def _class_of(self, node: ast.expr, scope: Scope, depth: int) -> Scope | None:
        """The class of the actor whose handle ``node`` certainly is."""
        if not depth:
            return None
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "remote":
            return self._meant(_without_options(node.func.value), scope, depth - 1)
        if isinstance(node, ast.Subscript) and not isinstance(node.slice, ast.Slice):
            return self._class_of_elements(node.value, scope, depth - 1)
        variable = scope.variable(node.id) if isinstance(node, ast.Name) else None
        only = variable.only_binding if variable is not None else None
        if variable is not None and only is not None and isinstance(only.node, ast.For | ast.comprehension):
            whole = isinstance(only.node.target, ast.Name)
            return self._class_of_elements(only.node.iter, variable.scope, depth - 1) if whole else None
        return next((self._class_of(value, inner, depth - 1) for value, inner in self._given(node, scope)), None)

    def _class_of_elements(self, node: ast.expr, scope: Scope, depth: int) -> Scope | None:
        """The class of all actors in the list ``node``."""
        if isinstance(node, ast.ListComp):
            return self._class_of(node.elt, self._scopes.scope_of(node), depth)
        if isinstance(node, ast.List):
            found = {self._class_of(element, scope, depth) for element in node.elts}
            return found.pop() if len(found) == 1 else None
        if not depth or getattr(node, "id", getattr(node, "attr", "")) in self._handed_out:
            return None
        given = self._given(node, scope)
        return next((self._class_of_elements(value, inner, depth - 1) for value, inner in given), None)

    def _given(self, node: ast.expr, scope: Scope) -> Iterator[tuple[ast.expr, Scope]]:
        """The one expression that gives a variable, or an attribute of ``self``, its value, and where to read it."""
        if isinstance(node, ast.Name):
            variable = scope.variable(node.id)
            only = variable.only_binding if variable is not None and not variable.rebound_inside else None
            if variable is not None and only is not None and only.kind == "assign" and only.value is not None:
                yield only.value, variable.scope
        elif isinstance(node, ast.Attribute):
            held = self._attributes.find(node.value, node.attr, scope)
            if held is not None and len(held.values) == 1 and not held.unclear:
                yield from held.values

    @functools.cached_property
    def _handed_out(self) -> frozenset[str]:
        """The names of the variables and attributes of the module that something may add to."""
        going = {id(each) for node in self._scopes.nodes for each in self._gone_through(node)}
        named: list[ast.Name | ast.Attribute] = [*self._scopes.nodes_of(ast.Name)]
        named += self._scopes.nodes_of(ast.Attribute)
        added: set[ast.expr] = {each.target for each in self._scopes.nodes_of(ast.AugAssign)}
        handed = [n for n in named if (isinstance(n.ctx, ast.Load) and id(n) not in going) or n in added]
        return frozenset(node.id if isinstance(node, ast.Name) else node.attr for node in handed)

    def _gone_through(self, node: ast.AST) -> Iterator[ast.AST]:
        """What ``node`` only goes through, or takes an element of."""
        if isinstance(node, ast.For | ast.comprehension):
            yield node.iter
        elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
            yield node.value
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            if self._scopes.qualified(node.func, self._scopes.module) in _GOING_THROUGH:
                yield from node.args


def _without_options(node: ast.expr) -> ast.expr:
    """``f`` for ``f.options(...)``."""
    while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "options":
        node = node.func.value
    return node
