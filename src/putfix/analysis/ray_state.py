"""Whether Ray runs at each point of a body, and what may start or stop it.

A put starts Ray just as the first remote call would, so it must stay on the same side of ``ray.init`` and
``ray.shutdown``: ``ray.init`` raises, or is skipped, once Ray runs (measured: ray-semantics, sections 7-8).
"Exposed" means here that Ray may not run yet: then unknown code may still start it.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable

from putfix.analysis import flow
from putfix.analysis.calls import RemoteCalls
from putfix.analysis.flow import Dispatch, Effect, Flow, Opaque, RayEffect
from putfix.analysis.scopes import FunctionNode, Scope, Scopes
from putfix.analysis.versions import Version, Walk


class RayTracker:
    """Follows the state of Ray through one body."""

    def __init__(self, state: RayState, scope: Scope) -> None:
        self._state = state
        self._scope = scope

    def begins(self, effect: Effect, exposed: bool) -> bool:
        """See :class:`putfix.analysis.versions.Tracker`."""
        if isinstance(effect, RayEffect):
            return effect.resets or (effect.depends and exposed)
        return isinstance(effect, Opaque) and (
            self._state.resets(effect.node) or (exposed and not self._state.is_harmless(effect.node))
        )

    def exposes(self, effect: Effect) -> bool | None:
        """See :class:`putfix.analysis.versions.Tracker`."""
        if isinstance(effect, RayEffect) and (effect.starts or effect.resets):
            return not effect.starts
        return True if isinstance(effect, Opaque) and self._state.resets(effect.node) else None

    def sends(self, dispatch: Dispatch) -> Iterable[ast.expr]:
        """See :class:`putfix.analysis.versions.Tracker`."""
        return ()


class RayState:
    """What the functions of one module do to Ray, and the state that each begins in."""

    def __init__(self, scopes: Scopes, calls: RemoteCalls, flows: Callable[[Scope], Flow]) -> None:
        self._scopes = scopes
        self._calls = calls
        self._flows = flows
        self._names: frozenset[str] | None = None
        self._harmless: dict[ast.AST, bool] = {}
        self._walks: dict[Scope, Walk] = {}

    def walk(self, scope: Scope) -> Walk:
        """The walk over the body that makes ``scope``."""
        if scope not in self._walks:
            walk = Walk(RayTracker(self, scope), Version(None, ()), exposed=not self._runs_at_start(scope))
            walk.run(self._flows(scope).body.parts)
            self._walks[scope] = walk
        return self._walks[scope]

    def resets(self, node: ast.AST) -> bool:
        """Whether ``node`` calls a function of this file, or a method of that name, that changes how Ray runs."""
        if self._names is None:
            self._names = self._resetting_names()
        return _called_name(node) in self._names

    def is_harmless(self, node: ast.AST) -> bool:
        """Whether ``node`` calls a function of this file whose body cannot reach ``ray.init``.

        Only where no other scope has a variable of that name.
        """
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            return False
        name = node.func.id
        owners = [s for s in self._scopes.of.values() if name in s.variables and not isinstance(s.node, ast.ClassDef)]
        only = owners[0].variables[name].only_binding if len(owners) == 1 else None
        return only is not None and isinstance(only.node, FunctionNode) and self._is_harmless_body(only.node)

    def _is_harmless_body(self, definition: FunctionNode) -> bool:
        if definition not in self._harmless:
            self._harmless[definition] = True  # while it is being looked at: recursion adds nothing
            effects = list(flow.effects(self._flows(self._scopes.of[definition]).body.parts, into_later=True))
            self._harmless[definition] = not any(
                (isinstance(effect, RayEffect) and (effect.resets or effect.depends))
                or (isinstance(effect, Opaque) and not self.is_harmless(effect.node))
                for effect in effects
            )
        return self._harmless[definition]

    def _functions(self) -> list[FunctionNode]:
        return [node for node in self._scopes.of if isinstance(node, FunctionNode)]

    def _resetting_names(self) -> frozenset[str]:
        """Names of functions that reach ``ray.init`` or ``ray.shutdown``, directly or through each other."""
        direct: set[str] = set()
        called: dict[str, set[str]] = {}
        for definition in self._functions():
            scope = self._scopes.of[definition]
            for node in ast.walk(definition):
                if isinstance(node, ast.Call):
                    if self._scopes.qualified(node.func, scope) in ("ray.init", "ray.shutdown"):
                        direct.add(definition.name)
                    called.setdefault(definition.name, set()).add(_called_name(node))
        found: set[str] = set()
        pending = direct
        while pending:
            found |= pending
            pending = {name for name, calls in called.items() if calls & pending} - found
        return frozenset(found)

    def _runs_at_start(self, scope: Scope) -> bool:
        """Whether Ray certainly runs when the body begins."""
        outer: Scope | None = scope
        while outer is not None:
            if isinstance(outer.node, FunctionNode | ast.ClassDef) and outer.parent is not None:
                for decorator in outer.node.decorator_list:
                    called = decorator.func if isinstance(decorator, ast.Call) else decorator
                    if self._calls.is_ray_remote(called, outer.parent):
                        return True
            outer = outer.parent
        return scope.parent is not None and self._starts_before(scope)

    def _starts_before(self, scope: Scope) -> bool:
        """Whether the module starts Ray before it defines this function, or before it calls it anywhere."""
        module = self.walk(self._scopes.module)
        if any(self._scopes.qualified(node.func, self._scopes.module) == "ray.shutdown" for node in self._all_calls()):
            return False
        top: Scope = scope
        while top.parent is not None and top.parent.parent is not None:
            top = top.parent
        if any(not exposed for statement, exposed in module.exposed_at.items() if statement.node is top.node):
            return True
        if top is not scope or not isinstance(scope.node, FunctionNode):
            return False
        name = scope.node.name
        reads = [n for n in ast.walk(self._scopes.module.node) if isinstance(n, ast.Name) and n.id == name]
        calls = {n.func: n for n in self._all_calls()}
        started = {effect.node for effect, exposed in module.opaque_at.items() if not exposed}
        return bool(reads) and all(read in calls and calls[read] in started for read in reads)

    def _all_calls(self) -> list[ast.Call]:
        return [node for node in ast.walk(self._scopes.module.node) if isinstance(node, ast.Call)]


def _called_name(node: ast.AST) -> str:
    """The last part of the name of what a call calls."""
    if isinstance(node, ast.Call):
        if isinstance(node.func, ast.Name):
            return node.func.id
        if isinstance(node.func, ast.Attribute):
            return node.func.attr
    return ""
