"""Whether Ray runs at each point of a body, and what may start or stop it.

A put starts Ray just as the first remote call would, so it must stay on the same side of ``ray.init`` and
``ray.shutdown``: ``ray.init`` raises, or is skipped, once Ray runs (measured: ray-semantics, sections 7-8).
"Exposed" means here that Ray may not run yet: then unknown code may still start it.
"""

from __future__ import annotations

import ast
import functools
import itertools
from collections.abc import Callable, Collection, Iterator
from typing import cast

from putfix.analysis.flow.bodies import Flow
from putfix.analysis.flow.parts import Bind, CellEnd, Effect, Later, Opaque, RayEffect, Statement, inner_parts
from putfix.analysis.names.calls import RemoteCalls
from putfix.analysis.names.nodes import Positions, walk
from putfix.analysis.names.scopes import Scopes, decorator_callee, runs_at_once
from putfix.analysis.names.variables import FunctionNode, Scope
from putfix.analysis.versions.starts import Starts
from putfix.analysis.versions.walk import Version, Walk
from putfix.knowledge import ray_core

_DEPTH = 12
"""How many callers, or callees, are followed one after the other."""

_STOPPING = ("shutdown", "__exit__")
"""Methods that stop Ray, if they are those of Ray under another name, or of what ``ray.init`` gives."""


class RayTracker:
    """Follows the state of Ray through one body."""

    in_order = True
    near = None
    beginning: frozenset[type[Effect]] = frozenset()
    always_changed_by_unknown_code = False

    def __init__(self, state: RayState, scope: Scope) -> None:
        self._state = state
        self._scope = scope

    def begins(self, effect: Effect, exposed: bool) -> bool:
        """See :class:`putfix.analysis.versions.walk.Tracker`."""
        if isinstance(effect, RayEffect):
            return effect.resets or (effect.depends and exposed)
        return isinstance(effect, Opaque) and (self._state.resets(effect.node) or exposed)

    def exposes(self, effect: Effect) -> bool | None:
        """See :class:`putfix.analysis.versions.walk.Tracker`."""
        if isinstance(effect, RayEffect) and (effect.starts or effect.resets):
            return not effect.starts
        if isinstance(effect, CellEnd):
            return True if self._state.starts_by_sending else None
        return True if isinstance(effect, Opaque) and self._state.resets(effect.node) else None

    def source(self, effect: Bind) -> ast.expr | None:
        """See :class:`putfix.analysis.versions.walk.Tracker`."""
        return effect.source


class RunningTracker(RayTracker):
    """The same where Ray is taken to run when the body begins, and after what starts it there: other code leaves it
    alone."""

    def begins(self, effect: Effect, exposed: bool) -> bool:
        """See :class:`putfix.analysis.versions.walk.Tracker`."""
        return super().begins(effect, False)

    def exposes(self, effect: Effect) -> bool | None:
        """See :class:`putfix.analysis.versions.walk.Tracker`."""
        return None


class RayState:
    """What the functions of one module do to Ray, and the state that each begins in."""

    def __init__(self, scopes: Scopes, calls: RemoteCalls, flows: Callable[[Scope], Flow]) -> None:
        self._scopes = scopes
        self._calls = calls
        self._flows = flows
        self._walks: dict[Scope, Walk] = {}
        self._walks_running: dict[Scope, Walk] = {}
        self._calls_by_function = scopes.kept(_calls_by_function)
        self._reaching: dict[Later, bool] = {}
        """Of code that is made to run later, whether it changes how Ray runs."""
        self._starts = Starts(scopes, calls, self._qualified_anywhere)
        self._followed: set[str] = set()
        """The functions whose callers are being looked at."""
        self._cut = False
        """Whether the answer holds only on the way here: functions call each other, or too many are being followed."""

    def started_before(self, place: Statement) -> bool:
        """Take note of a put before ``place``, which starts Ray where it does not run; whether that is news."""
        if self._starts.has_put(place):
            return False
        self._starts.add_put(place)
        place.begin_with(RayEffect(place.node, starts=True))
        self._walks.clear()
        self._walks_running.clear()
        self.__dict__.pop("_defined_after_start", None)  # which rests on them
        return True

    def may_not_run(self, place: Statement, scope: Scope) -> bool:
        """Whether Ray may not run yet just before ``place``."""
        return self.walk(scope).exposed_at[place]

    def stays_up(self, place: Statement, scope: Scope) -> bool:
        """Whether Ray certainly runs before ``place``, and nothing in the file may stop it, ever, nor a function of
        another one that it calls."""
        calls = self._calls_by_function[self._scopes.module.node]
        named = any(node.attr in _STOPPING for node in self._scopes.nodes_of(ast.Attribute))
        stopped = named or self._shuts_down or self._resets_by_value or any(map(self._tells, calls))
        return not stopped and not self.may_not_run(place, scope) and not self._is_reset_elsewhere

    @functools.cached_property
    def _is_reset_elsewhere(self) -> bool:
        """Whether a function of another module that this one calls may start or stop Ray."""
        bodies = (self._flows(unit).body.parts for unit in self._scopes.units())
        effects = (part for parts in bodies for part in inner_parts(parts, into_later=True))
        nodes = (effect.node for effect in effects if isinstance(effect, RayEffect) and effect.resets)
        named = {id(node) for node in self.inits}
        return any(
            id(getattr(node, "func", None)) not in named and _called_name(node) not in self._resetting_names
            for node in nodes
        )

    def is_settled_at(self, place: Statement, scope: Scope) -> bool:
        """Whether the function that ``scope`` is of starts or asks for Ray above ``place`` only, as far as it shows."""
        return set(walk(scope.node)).isdisjoint(self._questions_below(place))

    def is_started_before(self, place: Statement) -> bool:
        """Whether a put before ``place`` starts Ray, so that others may follow it there."""
        return self._starts.has_put(place)

    @functools.cached_property
    def inits(self) -> list[ast.expr]:
        """Where the file names ``ray.init`` or ``ray.shutdown``, in calls and otherwise."""
        hidden = filter(_is_hidden_init, self._scopes.nodes_of(ast.Attribute))
        fetching = filter(self._fetches_from_ray, self._scopes.nodes_of(ast.Call))
        found = dict.fromkeys([*self._named_as(ray_core.RESETTING), *hidden, *fetching])
        return sorted(found, key=lambda node: (node.lineno, node.col_offset))

    def question_after(self, place: Statement) -> ast.expr:
        """The first of :attr:`questions` below ``place``, or of all where there is none."""
        return next(self._questions_below(place), self.questions[0])

    def _questions_below(self, place: Statement) -> Iterator[ast.expr]:
        return (node for node in self.questions if node.lineno >= place.node.lineno)

    def _named_as(self, qualified: Collection[str]) -> Iterator[ast.expr]:
        """Where the file names one of these functions."""
        last = {name.rpartition(".")[2] for name in qualified}
        attributes = (node for node in self._scopes.nodes_of(ast.Attribute) if node.attr in last)
        names = (node for node in self._scopes.nodes_of(ast.Name) if node.id in self._imported)
        return (node for node in (*names, *attributes) if self._qualified_anywhere(node) in qualified)

    def _fetches_from_ray(self, node: ast.Call) -> bool:
        """``getattr(ray, ...)``."""
        if not isinstance(node.func, ast.Name) or node.func.id != "getattr":
            return False
        return bool(node.args) and self._qualified_anywhere(node.args[0]) == "ray"

    @functools.cached_property
    def starts_by_sending(self) -> bool:
        """Whether only remote calls start Ray, in a file that asks whether it runs."""
        starting = [node for node in self.inits if self._qualified_anywhere(node) != "ray.shutdown"]
        return bool(self.questions) and not starting

    @functools.cached_property
    def questions(self) -> list[ast.expr]:
        """What a put that starts Ray too early would disturb: ``ray.init``, and asking whether Ray runs."""
        starting = [node for node in self.inits if self._qualified_anywhere(node) != "ray.shutdown"]
        return [*starting, *self._named_as(ray_core.ASKING)]

    def _qualified_anywhere(self, node: ast.expr) -> str | None:
        """The qualified name by the imports of any scope: a name that some function imports counts everywhere."""
        if node in self._scopes.given_ray:
            return "ray"
        if isinstance(node, ast.Attribute):
            base = self._qualified_anywhere(node.value)
            return f"{base}.{node.attr}" if base is not None else None
        return self._imported.get(node.id) if isinstance(node, ast.Name) else None

    @functools.cached_property
    def _imported(self) -> dict[str, str]:
        """What the imports of all scopes give, by the names that they bind, and other names that Ray has."""
        bindings = [
            (name, binding)
            for scope in self._scopes.of.values()
            for name, variable in scope.variables.items()
            for binding in variable.bindings
        ]
        found = {name: binding.imported for name, binding in bindings if binding.imported}
        given = ((name, binding.value.id) for name, binding in bindings if isinstance(binding.value, ast.Name))
        return {name: "ray" for name, other in given if found.get(other) == "ray"} | found

    def walk(self, scope: Scope) -> Walk:
        """The walk over the body that makes ``scope``."""
        if scope not in self._walks:
            exposed = not self.runs_at_start(scope)
            walk = Walk(RayTracker(self, scope), Version(None, ()), exposed, reaching=self._reaching)
            walk.run(self._flows(scope).body)
            if self._followed and self._cut:
                return walk  # it may be another one when asked for by itself
            self._walks[scope] = walk
        return self._walks[scope]

    def walk_running(self, scope: Scope) -> Walk:
        """The same for a :class:`RunningTracker`."""
        if scope not in self._walks_running:
            walk = self._walks_running[scope] = Walk(RunningTracker(self, scope), Version(None, ()), exposed=False)
            walk.run(self._flows(scope).body)
        return self._walks_running[scope]

    def resets(self, node: ast.AST) -> bool:
        """Whether ``node`` calls a function of this file, or a method of that name, that changes how Ray runs.

        So does any call where the file hands ``ray.init`` or ``ray.shutdown`` around as values, and one whose
        name says that it does.
        """
        if isinstance(node, ast.Call) and self._qualified_anywhere(node.func) in ray_core.RESETTING:
            return True
        return _called_name(node) in self._resetting_names or self._resets_by_value or self._tells(node)

    def _tells(self, node: ast.AST) -> bool:
        """Whether the name of what ``node`` calls says that it starts or stops Ray."""
        name = _called_name(node)
        if name == "disconnect":
            return True
        base = node.func.value if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) else None
        method = base is not None and self._qualified_anywhere(base) is None
        return not method and any(word in name.lower() for word in ray_core.TELLING)

    @functools.cached_property
    def _resets_by_value(self) -> bool:
        calls = self._calls_by_function[self._scopes.module.node]
        harmless = {id(call.func) for call in calls}
        for call in calls:
            if self._qualified_anywhere(call.func) == "atexit.register":
                harmless |= {id(argument) for argument in call.args}
        return any(id(node) not in harmless for node in self.inits)

    @functools.cached_property
    def _resetting_names(self) -> frozenset[str]:
        """Names of functions that reach ``ray.init`` or ``ray.shutdown``, directly or through each other."""
        direct: set[str] = set()
        called: dict[str, set[str]] = {}
        inits = {id(node) for node in self.inits}
        for definition, calls in self._calls_by_function.items():
            if isinstance(definition, FunctionNode):
                called.setdefault(definition.name, set()).update(_called_name(node) for node in calls)
                if any(id(node.func) in inits or self._tells(node) for node in calls):
                    direct.add(definition.name)
        found: set[str] = set()
        pending = direct
        while pending:
            found |= pending
            pending = {name for name, names in called.items() if names & pending} - found
        return frozenset(found)

    def runs_at_start(self, scope: Scope) -> bool:
        """Whether Ray certainly runs when the body begins."""
        if self._is_of_workers(scope):
            return self._stopped_by_workers is None
        return scope.parent is not None and self._starts_before(scope)

    def _is_of_workers(self, scope: Scope) -> bool:
        """Whether a body is that of a remote function or of a method of an actor, or in one."""
        outer: Scope | None = scope
        while outer is not None:
            if isinstance(outer.node, FunctionNode | ast.ClassDef) and outer.parent is not None:
                for decorator in outer.node.decorator_list:
                    if self._calls.is_ray_remote(decorator_callee(decorator), outer.parent):
                        return True
            outer = outer.parent
        return False

    def stopped_before(self, place: Statement, scope: Scope) -> ast.expr | None:
        """What may have stopped Ray for good before ``place``: a worker that starts it again crashes (measured)."""
        stop = self._stopped_by_workers
        return stop if stop is not None and self.may_not_run(place, scope) else None

    @functools.cached_property
    def _stopped_by_workers(self) -> ast.expr | None:
        """Where a remote function or an actor stops Ray."""
        for node in self.inits:
            unit = self._unit_of.get(id(node))
            if unit is not None and self._qualified_anywhere(node) == "ray.shutdown" and self._is_of_workers(unit):
                return node
        return None

    def _starts_before(self, scope: Scope) -> bool:
        """Whether the module starts Ray before it defines this function, or before it calls it anywhere."""
        if self._resets_by_value:
            return False
        top: Scope = scope
        while top.parent is not None and top.parent.parent is not None:
            top = top.parent
        if not self._shuts_down and self._starts.may_be_above(top.node) and top.node in self._defined_after_start:
            return True
        return isinstance(scope.node, FunctionNode) and self._is_called_after_start(scope.node, scope)

    def _is_called_after_start(self, definition: FunctionNode, scope: Scope) -> bool:
        """Whether all that the file does with a function, or with methods of that name, is to call it when Ray runs."""
        name = definition.name
        if scope.enclosing_class is not None and name == "__init__":
            node = scope.enclosing_class.node
            name = node.name if isinstance(node, ast.ClassDef) else name
        if name in self._followed or len(self._followed) > _DEPTH:
            self._cut = True
            return False
        if not _runs_when_called(definition) or self._fetched_by_name(name):
            return False
        self._followed.add(name)
        # That a function calls itself adds nothing.
        reads = (read for read in self._reads.get(name, []) if self._unit_of.get(id(read)) is not scope)
        first = next(reads, None)
        runs = first is not None and all(map(self._runs_at, itertools.chain([first], reads)))
        self._followed.discard(name)
        self._cut = self._cut and bool(self._followed)
        return runs

    def _fetched_by_name(self, name: str) -> bool:
        """Whether the file may get hold of the function by ``getattr`` or by a text of its name."""
        return name in self._texts or self._has_dynamic_getattr

    @functools.cached_property
    def _texts(self) -> frozenset[str]:
        return frozenset(node.value for node in self._scopes.nodes_of(ast.Constant) if isinstance(node.value, str))

    @functools.cached_property
    def _has_dynamic_getattr(self) -> bool:
        calls = self._calls_by_function[self._scopes.module.node]
        fetching = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "getattr"]
        return any(len(call.args) < 2 or not isinstance(call.args[1], ast.Constant) for call in fetching)

    def _runs_at(self, callee: ast.expr) -> bool:
        """Whether ``callee`` is called, and Ray certainly runs then."""
        unit = self._unit_of.get(id(callee))
        if unit is None or not (self._starts.may_be_in(unit) or self.runs_at_start(unit)):
            return False
        return self.walk(unit).exposed_at_calls.get(id(callee)) is False

    @functools.cached_property
    def _shuts_down(self) -> bool:
        managers = [node.context_expr for node in self._scopes.nodes_of(ast.withitem)]
        starting = [node.func for node in managers if isinstance(node, ast.Call)]
        disconnects = any(node.attr == "disconnect" for node in self._scopes.nodes_of(ast.Attribute))
        stops = any(self._qualified_anywhere(node) == "ray.shutdown" for node in self.inits)
        return stops or disconnects or any(self._qualified_anywhere(node) == "ray.init" for node in starting)

    @functools.cached_property
    def _defined_after_start(self) -> frozenset[ast.AST]:
        """The statements of the module before which Ray certainly runs."""
        states = self.walk(self._scopes.module).exposed_at
        return frozenset(statement.node for statement, exposed in states.items() if not exposed)

    @functools.cached_property
    def _unit_of(self) -> dict[int, Scope]:
        """The body that makes each call itself, by the callee."""
        found: dict[int, Scope] = {}
        for function, calls in self._calls_by_function.items():  # outer functions come first
            for call in calls:
                found[id(call.func)] = self._scopes.of[function]
        return found

    @functools.cached_property
    def _reads(self) -> dict[str, list[ast.expr]]:
        """Where each name, or attribute of that name, is read."""
        found: dict[str, list[ast.expr]] = {}
        for name in self._scopes.nodes_of(ast.Name):
            if isinstance(name.ctx, ast.Load):
                found.setdefault(name.id, []).append(name)
        for attribute in self._scopes.nodes_of(ast.Attribute):
            if isinstance(attribute.ctx, ast.Load):
                found.setdefault(attribute.attr, []).append(attribute)
        return found


def _calls_by_function(scopes: Scopes) -> dict[ast.AST, list[ast.Call]]:
    """The calls inside each function, those of the functions inside it included; all under the module."""
    bodies = (node for node in scopes.of if isinstance(node, ast.Module | FunctionNode))
    calls = Positions(scopes.module.node, (ast.Call,))
    return {body: cast("list[ast.Call]", calls.inside(body)) for body in bodies}


def _runs_when_called(definition: FunctionNode) -> bool:
    """Whether calling the function runs its body, then and there: no generator, no coroutine, nothing decorated."""
    plain = {"staticmethod", "classmethod"}
    decorated = any(not isinstance(d, ast.Name) or d.id not in plain for d in definition.decorator_list)
    return isinstance(definition, ast.FunctionDef) and not decorated and runs_at_once(definition)


def _is_hidden_init(node: ast.Attribute) -> bool:
    """``init`` of something called ``ray`` that is no import."""
    if node.attr not in ("init", "shutdown"):
        return False
    return isinstance(node.value, ast.Attribute) and node.value.attr == "ray"


def _called_name(node: ast.AST) -> str:
    """The last part of the name of what a call calls."""
    if isinstance(node, ast.Call):
        if isinstance(node.func, ast.Name):
            return node.func.id
        if isinstance(node.func, ast.Attribute):
            return node.func.attr
    return ""
