"""Which calls are remote calls of Ray, and what they call.

A callee is Ray's when it is decorated with ``ray.remote`` or made by ``ray.remote(f)``, or is an actor made
by either. One of unknown origin is Ray's in a file that imports Ray, unless something says otherwise: an
import of a library with a ``.remote`` of its own, a Serve handle, a class with a method of that name.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass

from putfix.analysis.names.attributes import Attributes
from putfix.analysis.names.inheritance import ancestors, binds
from putfix.analysis.names.scopes import Scopes, decorator_callee
from putfix.analysis.names.variables import Binding, FunctionNode, Scope, Variable, is_none
from putfix.knowledge import foreign

_DEPTH = 8
"""How many assignments are followed from a name to what it stands for."""


@dataclass(frozen=True)
class Callee:
    """What a remote call calls: ``task``, ``actor`` (a constructor), ``method`` or ``unknown``; ``function`` where
    a function of the file makes the call.

    ``definition`` is the function that receives the arguments, where this file defines it.
    """

    kind: str
    definition: FunctionNode | None = None
    options: tuple[ast.keyword, ...] = ()
    """Keyword arguments of ``@ray.remote(...)`` and ``.options(...)``."""


@dataclass(frozen=True, eq=False)
class RemoteCall:
    """A call of Ray's ``.remote(...)``."""

    node: ast.Call
    receiver: ast.expr
    callee: Callee
    scope: Scope
    """The scope that it stands in."""

    @property
    def text(self) -> str:
        """The callee as it is written, ``fit.remote``."""
        return ast.unparse(self.node.func)


class RemoteCalls:
    """Recognises the remote calls of one module."""

    def __init__(
        self, scopes: Scopes, attributes: Attributes, others: Callable[[Scope], RemoteCalls] | None = None
    ) -> None:
        """``others`` gives the same for the module of a scope."""
        self._scopes = scopes
        self._others = others or (lambda _: self)
        self._attributes = attributes
        imported = scopes.imported()
        roots = {name.partition(".")[0] for name in imported}
        self.uses_ray = "ray" in roots or bool(scopes.given_ray)
        parts = [f"ray.{node.attr}" for node in scopes.nodes_of(ast.Attribute) if node.value in scopes.given_ray]
        foreign_import = any(map(foreign.is_foreign, (*imported, *parts)))
        self._trusts_unknown = self.uses_ray and not foreign_import and not scopes.kept(_has_own_remote)

    def find(self, node: ast.Call, scope: Scope) -> RemoteCall | None:
        """The remote call that ``node`` is, or None."""
        if scope.module is not self._scopes.module:
            return self._others(scope).find(node, scope)
        function = node.func
        if not self.uses_ray or not isinstance(function, ast.Attribute) or function.attr != "remote":
            return None
        if self.is_ray_remote(function, scope):
            return None  # ray.remote(f) makes something to call
        callee = self._callee(function.value, scope, _DEPTH)
        if callee is None or (callee.kind == "unknown" and not self._trusts_unknown):
            return None
        return RemoteCall(node, function.value, callee, scope)

    def is_ray_remote(self, node: ast.expr, scope: Scope) -> bool:
        """Whether ``node`` is ``ray.remote``, by whatever name, also where an import that fails gives it another."""
        return "ray.remote" in self._scopes.possible_names(node, scope)

    def _callee(self, node: ast.expr, scope: Scope, depth: int) -> Callee | None:
        """What ``node`` stands for in front of ``.remote``; None when it is not Ray's."""
        if depth == 0:
            return Callee("unknown")
        if isinstance(node, ast.Call):
            return self._made_by_call(node, scope, depth)
        named = self._scopes.named(node, scope)
        if named is not None and named.scope.module is not self._scopes.module:
            return self._others(named.scope)._imported(named)
        qualified = self._scopes.qualified(node, scope)
        if qualified is not None:
            return None if foreign.is_foreign(qualified) or qualified.startswith("builtins.") else Callee("unknown")
        if isinstance(node, ast.Name):
            variable = scope.variable(node.id)
            return self._of_variable(variable, scope, depth) if variable is not None else Callee("unknown")
        if isinstance(node, ast.Attribute):
            return self._of_attribute(node, scope, depth)
        if isinstance(node, ast.Subscript):
            return Callee("unknown") if self._is_rays(node.value, scope, depth) else None
        return Callee("unknown")

    def _imported(self, variable: Variable) -> Callee | None:
        """What a variable of this module is to another one that imports it."""
        found = self._of_variable(variable, variable.scope, _DEPTH)
        only = variable.only_binding
        if found is None and only is not None and only.kind == "class":
            return None if self._has_own_remote(only.node) else Callee("unknown")
        is_function = only is not None and only.kind == "function"
        return found if found is not None or is_function or not self.uses_ray else Callee("unknown")

    def _has_own_remote(self, node: ast.AST) -> bool:
        return binds(self._scopes.of[node], "remote", self._scopes)

    def _made_by_call(self, node: ast.Call, scope: Scope, depth: int) -> Callee | None:
        """``ray.remote(f)``, ``ray.remote(num_cpus=1)(f)``, ``f.options(...)`` and calls of anything else."""
        if self.is_ray_remote(node.func, scope) and node.args:
            return self._wrapped(node.args[0], scope, ())
        if isinstance(node.func, ast.Call) and self.is_ray_remote(node.func.func, scope) and node.args:
            return self._wrapped(node.args[0], scope, tuple(node.func.keywords))
        if isinstance(node.func, ast.Attribute) and node.func.attr == "options":
            inner = self._callee(node.func.value, scope, depth - 1)
            return inner and Callee(inner.kind, inner.definition, (*inner.options, *node.keywords))
        return None if foreign.is_foreign(self._scopes.qualified(node.func, scope) or "") else Callee("unknown")

    def _wrapped(self, node: ast.expr, scope: Scope, options: tuple[ast.keyword, ...]) -> Callee:
        """What ``ray.remote`` makes of ``node``."""
        variable = self._scopes.named(node, scope)
        for binding in variable.bindings if variable is not None else ():
            if isinstance(binding.node, FunctionNode):
                return Callee("task", binding.node, options)
            if isinstance(binding.node, ast.ClassDef):
                return Callee("actor", _method(binding.node, "__init__"), options)
        return Callee("unknown", None, options)

    def _of_variable(self, variable: Variable, scope: Scope, depth: int) -> Callee | None:
        """Any binding that is Ray's makes it so; then one of unknown origin; then it is not."""
        found = [self._of_binding(binding, variable.scope, depth) for binding in variable.bindings]
        known = [callee for callee in found if callee is not None]
        if not known:
            return None
        best = next((callee for callee in known if callee.kind != "unknown"), known[0])
        options = tuple(option for callee in known for option in callee.options)
        only = {callee.definition for callee in known} == {best.definition}
        return Callee(best.kind if only else "unknown", best.definition if only else None, options)

    def _of_binding(self, binding: Binding, scope: Scope, depth: int) -> Callee | None:
        node = binding.node
        if binding.kind in ("function", "class") and isinstance(node, FunctionNode | ast.ClassDef):
            return self._decorated(node, scope)
        if binding.kind == "import":
            return None if foreign.is_foreign(binding.imported) else Callee("unknown")
        if isinstance(node, ast.arg) and node.annotation is not None:
            annotation = ast.unparse(node.annotation)
            return None if any(name in annotation for name in foreign.SERVE_ANNOTATIONS) else Callee("unknown")
        if binding.value is not None:
            return self._callee(binding.value, scope, depth - 1)
        return Callee("unknown")

    def _decorated(self, node: FunctionNode | ast.ClassDef, scope: Scope) -> Callee | None:
        definition = _method(node, "__init__") if isinstance(node, ast.ClassDef) else node
        kind = "actor" if isinstance(node, ast.ClassDef) else "task"
        for decorator in node.decorator_list:
            if self.is_ray_remote(decorator_callee(decorator), scope):
                options = tuple(decorator.keywords) if isinstance(decorator, ast.Call) else ()
                return Callee(kind, definition, options)
        return None

    def _of_attribute(self, node: ast.Attribute, scope: Scope, depth: int) -> Callee | None:
        """A method of an actor handle, or an attribute that holds a remote function or a handle."""
        held = self._attributes.find(node.value, node.attr, scope)
        if held is not None and held.values:
            callees = [self._callee(value, inner, depth - 1) for value, inner in held.values]
            if all(callee is None for callee in callees) and not held.unclear:
                return None
            return next((callee for callee in callees if callee is not None), Callee("unknown"))
        actor = self._actor_class(node.value, scope, depth)
        if actor is not None:
            return Callee("method", self._method(actor, node.attr))
        return Callee("unknown") if self._is_rays(node.value, scope, depth) else None

    def _is_rays(self, node: ast.expr, scope: Scope, depth: int) -> bool:
        """False when something says that the object at ``node`` is not Ray's."""
        return not isinstance(node, ast.Name | ast.Attribute | ast.Call) or (
            self._handle_origin(node, scope, depth) is not None
        )

    def _handle_origin(self, node: ast.expr, scope: Scope, depth: int) -> Callee | None:
        """Like :meth:`_callee`, for an object in front of a method instead of a callable."""
        if isinstance(node, ast.Name):
            variable = scope.variable(node.id)
            only = variable.only_binding if variable is not None else None
            if only is not None and only.kind in ("function", "class"):
                return Callee("unknown")
        return self._callee(node, scope, depth - 1)

    def _actor_class(self, node: ast.expr, scope: Scope, depth: int) -> Scope | None:
        """The class of the actor whose handle ``node`` is, where the project defines it and one thing gives it."""
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "remote":
            return self._actor_made_by(node.func.value, scope, depth)
        if isinstance(node, ast.Subscript) and depth:
            return self._element_class(node.value, scope, depth - 1)
        variable = self._scopes.named(node, scope)
        only = variable.only_binding if variable is not None else None
        if variable is not None and only is not None and depth:
            if isinstance(only.node, ast.For | ast.comprehension) and isinstance(only.node.target, ast.Name):
                return self._element_class(only.node.iter, variable.scope, depth - 1)
        for value, inner in self._values_of(node, scope) if depth else ():
            return self._actor_class(value, inner, depth - 1)
        return None

    def _values_of(self, node: ast.expr, scope: Scope) -> list[tuple[ast.expr, Scope]]:
        """The one expression that gives a variable or an attribute its value, with the scope to read it in."""
        variable = self._scopes.named(node, scope)
        if variable is not None:
            values = [(binding.value, variable.scope) for binding in variable.bindings]
        else:
            held = self._attributes.find(node.value, node.attr, scope) if isinstance(node, ast.Attribute) else None
            values = [*held.values] if held is not None and not held.unclear else []
        given = [(value, inner) for value, inner in values if value is not None and not is_none(value)]
        return given if len(given) == 1 else []

    def _element_class(self, node: ast.expr, scope: Scope, depth: int) -> Scope | None:
        """The class of the actors in the list ``node``."""
        if isinstance(node, ast.ListComp):
            return self._actor_class(node.elt, self._scopes.scope_of(node), depth)
        if isinstance(node, ast.List) and node.elts:
            return self._actor_class(node.elts[0], scope, depth)
        variable = scope.variable(node.id) if isinstance(node, ast.Name) else None
        values = [(binding.value, variable.scope) for binding in variable.bindings] if variable is not None else []
        for value, inner in values or self._values_of(node, scope):
            if isinstance(value, ast.ListComp | ast.List) and depth:
                found = self._element_class(value, inner, depth - 1)
                if found is not None:
                    return found
        return None

    def _actor_made_by(self, node: ast.expr, scope: Scope, depth: int) -> Scope | None:
        """The class that the callable ``node`` makes actors of: ``A``, ``A.options(...)``, ``ray.remote(A)``."""
        while isinstance(node, ast.Call):
            if isinstance(node.func, ast.Attribute) and node.func.attr == "options":
                node = node.func.value
            elif node.args:
                node = node.args[0]
            else:
                return None
        variable = self._scopes.named(node, scope)
        for binding in variable.bindings if variable is not None else ():
            if isinstance(binding.node, ast.ClassDef):
                return self._scopes.scope_of(binding.node)
            if variable is not None and isinstance(binding.value, ast.Call) and depth:
                return self._actor_made_by(binding.value, variable.scope, depth - 1)
        return None

    def _method(self, owner: Scope, name: str) -> FunctionNode | None:
        """The method that objects of a class have, from it or from a base."""
        classes = (each.node for each in ancestors(owner, self._scopes))
        methods = (_method(node, name) for node in classes if isinstance(node, ast.ClassDef))
        return next((method for method in methods if method is not None), None)


def _has_own_remote(scopes: Scopes) -> bool:
    """Whether a module gives something of its own the name ``remote``."""
    classes = [scopes.of[node] for node in scopes.nodes_of(ast.ClassDef)]
    bound = (node for node in scopes.nodes_of(ast.Attribute) if not isinstance(node.ctx, ast.Load))
    return (
        any("remote" in each.variables for each in classes)
        or any(node.attr == "remote" for node in bound)
        or any(node.arg == "remote" for node in scopes.nodes_of(ast.keyword))
    )


def _method(node: ast.ClassDef, name: str) -> FunctionNode | None:
    return next((item for item in node.body if isinstance(item, FunctionNode) and item.name == name), None)
