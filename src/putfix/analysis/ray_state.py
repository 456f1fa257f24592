"""Whether Ray runs at each point of a body, and what may start or stop it.

A put starts Ray just as the first remote call would, so it must stay on the same side of ``ray.init`` and
``ray.shutdown``: ``ray.init`` raises, or is skipped, once Ray runs (measured: ray-semantics, sections 7-8).
"Exposed" means here that Ray may not run yet: then unknown code may still start it.
"""

from __future__ import annotations

import ast
import functools
from collections.abc import Callable, Iterable

from putfix.analysis import flow
from putfix.analysis.calls import RemoteCalls
from putfix.analysis.flow import Dispatch, Effect, Flow, Opaque, RayEffect, Statement
from putfix.analysis.scopes import FunctionNode, Scope, Scopes
from putfix.analysis.versions import Version, Walk

_RESETTING = ("ray.init", "ray.shutdown")
_TELLING = ("shutdown", "restart", "disconnect", "ray_init", "init_ray", "start_ray", "stop_ray")
"""Parts of the names of functions that start or stop Ray, in code that putfix cannot see."""


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
        self._harmless: dict[ast.AST, bool] = {}
        self._walks: dict[Scope, Walk] = {}
        self._calls_by_function = self._collect_calls()

    def started_before(self, place: Statement) -> None:
        """Take note of a put before ``place``, which starts Ray where it does not run."""
        place.parts.insert(0, RayEffect(place.node, starts=True))
        self._walks.clear()

    @functools.cached_property
    def inits(self) -> list[ast.expr]:
        """Where the file names ``ray.init`` or ``ray.shutdown``, in calls and otherwise."""
        names = [node for node in ast.walk(self._scopes.module.node) if isinstance(node, ast.Name | ast.Attribute)]
        return [node for node in names if self._qualified_anywhere(node) in _RESETTING]

    def _qualified_anywhere(self, node: ast.expr) -> str | None:
        """The qualified name by the imports of any scope: a name that some function imports counts everywhere."""
        if isinstance(node, ast.Attribute):
            base = self._qualified_anywhere(node.value)
            return f"{base}.{node.attr}" if base is not None else None
        return self._imported.get(node.id) if isinstance(node, ast.Name) else None

    @functools.cached_property
    def _imported(self) -> dict[str, str]:
        return {
            name: binding.imported
            for scope in self._scopes.of.values()
            for name, variable in scope.variables.items()
            for binding in variable.bindings
            if binding.imported
        }

    def walk(self, scope: Scope) -> Walk:
        """The walk over the body that makes ``scope``."""
        if scope not in self._walks:
            walk = Walk(RayTracker(self, scope), Version(None, ()), exposed=not self._runs_at_start(scope))
            walk.run(self._flows(scope).body.parts)
            self._walks[scope] = walk
        return self._walks[scope]

    def resets(self, node: ast.AST) -> bool:
        """Whether ``node`` calls a function of this file, or a method of that name, that changes how Ray runs.

        So does any call where the file hands ``ray.init`` or ``ray.shutdown`` around as values, and one whose
        name says that it does.
        """
        name = _called_name(node)
        return name in self._resetting_names or self._resets_by_value or any(word in name.lower() for word in _TELLING)

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

    @functools.cached_property
    def _resets_by_value(self) -> bool:
        called = {id(call.func) for calls in self._calls_by_function.values() for call in calls}
        return any(id(node) not in called for node in self.inits)

    @functools.cached_property
    def _resetting_names(self) -> frozenset[str]:
        """Names of functions that reach ``ray.init`` or ``ray.shutdown``, directly or through each other."""
        direct: set[str] = set()
        called: dict[str, set[str]] = {}
        inits = {id(node) for node in self.inits}
        for definition, calls in self._calls_by_function.items():
            if isinstance(definition, FunctionNode):
                called.setdefault(definition.name, set()).update(_called_name(node) for node in calls)
                if any(id(node.func) in inits for node in calls):
                    direct.add(definition.name)
        found: set[str] = set()
        pending = direct
        while pending:
            found |= pending
            pending = {name for name, names in called.items() if names & pending} - found
        return frozenset(found)

    def _collect_calls(self) -> dict[ast.AST, list[ast.Call]]:
        """The calls inside each function, those of the functions inside it included; all under the module."""
        found: dict[ast.AST, list[ast.Call]] = {}

        def collect(node: ast.AST, inside: list[ast.AST]) -> None:
            if isinstance(node, ast.Module | FunctionNode):
                found.setdefault(node, [])
                inside = [*inside, node]
            if isinstance(node, ast.Call):
                for function in inside:
                    found[function].append(node)
            for child in ast.iter_child_nodes(node):
                collect(child, inside)

        collect(self._scopes.module.node, [])
        return found

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
        if self._shuts_down or self._resets_by_value:
            return False
        top: Scope = scope
        while top.parent is not None and top.parent.parent is not None:
            top = top.parent
        if top.node in self._defined_after_start:
            return True
        if top is not scope or not isinstance(scope.node, FunctionNode):
            return False
        reads = self._reads.get(scope.node.name, [])
        return bool(reads) and all(id(read) in self._called_after_start for read in reads)

    @functools.cached_property
    def _shuts_down(self) -> bool:
        return any(self._qualified_anywhere(node) == "ray.shutdown" for node in self.inits)

    @functools.cached_property
    def _defined_after_start(self) -> frozenset[ast.AST]:
        """The statements of the module before which Ray certainly runs."""
        states = self.walk(self._scopes.module).exposed_at
        return frozenset(statement.node for statement, exposed in states.items() if not exposed)

    @functools.cached_property
    def _called_after_start(self) -> frozenset[int]:
        """The callees of calls in the module's own code that run when Ray certainly does."""
        states = self.walk(self._scopes.module).opaque_at
        calls = [effect.node for effect, exposed in states.items() if not exposed]
        return frozenset(id(node.func) for node in calls if isinstance(node, ast.Call))

    @functools.cached_property
    def _reads(self) -> dict[str, list[ast.Name]]:
        """Where each name is read."""
        found: dict[str, list[ast.Name]] = {}
        for node in ast.walk(self._scopes.module.node):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                found.setdefault(node.id, []).append(node)
        return found


def _called_name(node: ast.AST) -> str:
    """The last part of the name of what a call calls."""
    if isinstance(node, ast.Call):
        if isinstance(node.func, ast.Name):
            return node.func.id
        if isinstance(node.func, ast.Attribute):
            return node.func.attr
    return ""
