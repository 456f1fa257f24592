"""What calling a function of the file does to its arguments, and to what it reaches by itself.

A summary is made from the flow of the body: all its effects, in whatever order and on whatever branch, on parameters
and on variables of the scopes around. Effects on the function's own variables count for what these may share with
those. What the summary of a function does not name, a call of it leaves alone.
"""

from __future__ import annotations

import ast
import functools
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from putfix.analysis.flow.bodies import Flow
from putfix.analysis.flow.forwarding import Forwarding, Reaching, forwarded_parameters, reached_values, routes_of
from putfix.analysis.flow.parts import (
    Bind,
    Change,
    Consume,
    Dispatch,
    Effect,
    Escape,
    Opaque,
    Path,
    RayEffect,
    ReadItem,
    SetAttribute,
    Share,
    Store,
    leaves,
)
from putfix.analysis.names.definitions import Definitions, Target
from putfix.analysis.names.nodes import walk
from putfix.analysis.names.scopes import own_returns
from putfix.analysis.names.variables import FunctionNode, Scope, Variable, parameters
from putfix.analysis.sizes.isolation import Isolation

_FEW = 2
"""How many containers of one object are told apart."""

Placed = tuple[Path, bool]
"""A path, and whether it is only something inside of what is there that is meant."""


@dataclass(frozen=True)
class Summary:
    """The effects of a call, on parameters and outer variables.

    ``aliases`` are groups of those that may share memory afterwards, and ``plain_aliases`` where results of calls count
    as new objects; ``returns`` is what the result may share memory with, ``reads`` what the body looks at. ``fresh``
    when the result is a new object that nothing else has.
    """

    effects: tuple[Effect, ...]
    aliases: tuple[tuple[Path, ...], ...]
    plain_aliases: tuple[tuple[Path, ...], ...]
    returns: frozenset[Path]
    reads: frozenset[Path]
    fresh: bool
    forwarded: Mapping[Variable, Forwarding]
    """The parameters that the function only hands on to remote calls."""
    held: frozenset[Path] | None
    """Of a constructor: what the new object may share memory with; None where that is not known."""
    reached: tuple[Reaching, ...]
    """What it sends without being given it."""


class Summaries:
    """The summaries of the functions of one module, those that a function calls before its own."""

    def __init__(self, isolation: Isolation, definitions: Definitions, known: dict[Scope, Summary]) -> None:
        """``known`` are the summaries of all modules of the program, as far as they are made."""
        self._isolation = isolation
        self._definitions = definitions
        self._known = known
        self.missed = 0
        """How often a call was asked about whose summary was not made yet: an answer without any of those is final."""

    def add(self, scope: Scope, body: Flow) -> None:
        """Summarise the body that makes ``scope``, if it is that of a function."""
        if isinstance(scope.node, ast.FunctionDef):
            self._known[scope] = _Summarising(scope, body, self._isolation, self._is_recursion).summary()

    def knows(self, scope: Scope) -> bool:
        """Whether the function that makes ``scope`` has its summary."""
        return scope in self._known

    def target(self, node: ast.Call, scope: Scope) -> Target | None:
        """What the call ``node`` runs, where that is known and has a summary: not in a cycle of calls."""
        target = self._definitions.target(node, scope)
        if target is None or target.scope in self._known:
            return target
        self.missed += 1
        return None

    def of(self, target: Target) -> Summary:
        """The summary of what ``target`` calls."""
        return self._known[target.scope]

    def returns_fresh(self, node: ast.Call, scope: Scope) -> bool:
        """Whether the call ``node`` returns a new object that nothing else has."""
        target = self.target(node, scope)
        return target is not None and target.fresh is None and self.of(target).fresh

    def _is_recursion(self, effect: Effect, scope: Scope) -> bool:
        """Whether the effect is that of a call by which the function that makes ``scope`` calls itself."""
        target = self._definitions.known_target(effect.node)
        return target is not None and target.definition is scope.node


@dataclass
class _Summarising:
    """Makes the summary of one function."""

    scope: Scope
    body: Flow
    isolation: Isolation
    is_recursion: Callable[[Effect, Scope], bool]
    _roots: dict[Path, frozenset[Path]] = field(default_factory=dict)

    def summary(self) -> Summary:
        parts = self.body.body.parts
        now = {id(effect) for effect in leaves(parts)}
        own: list[Effect] = []
        recursive: list[Effect] = []
        for effect in self._effects:
            (recursive if self.is_recursion(effect, self.scope) else own).append(effect)
        found = self._outside(own, now)
        if any(_touches(effect, self._own_parameters) for effect in found):
            # What a call of itself is given, it treats in the same way.
            found += self._outside([effect for effect in recursive if isinstance(effect, Escape)], now)
        routes = list(routes_of(parts)) if any(isinstance(effect, Dispatch) for effect in self._effects) else []
        forwarded = forwarded_parameters(self.scope, routes)
        # What nothing but remote calls reads is in no result.
        returned = frozenset(path for path in self._returned() if path.variable not in forwarded)
        read = frozenset(filter(self._is_root, self.body.read))
        fresh = not returned and self._makes_new()
        held = self._held(found)
        reached = reached_values(self.scope, routes)
        plain = self.body.with_aliases(lambda alias: alias.callee is None)
        aliases = tuple(self._aliases(self.body)), tuple(self._aliases(plain))
        return Summary(tuple(found), *aliases, returned, read, fresh, forwarded, held, reached)

    @functools.cached_property
    def _effects(self) -> list[Effect]:
        """What happens in the body, now and in code that is made there."""
        return list(leaves(self.body.body.parts, into_later=True))

    def _makes_new(self) -> bool:
        """Whether each ``return`` gives an object that was made here and handed to nobody else."""
        assert isinstance(self.scope.node, ast.FunctionDef)
        returns = {statement: statement.value for statement in own_returns(self.scope.node)}
        handed_on = [
            effect.path
            for effect in self._effects
            if isinstance(effect, Escape | Share | Store) and effect.node not in returns
        ]
        for value in returns.values():
            variable = self.scope.variable(value.id) if isinstance(value, ast.Name) else None
            if variable is not None and variable.scope is self.scope:
                places = {Path(variable), *self.body.also_at(Path(variable))}
                kept = any(place.meets(path) for place in places for path in handed_on)
                if kept or self._is_captured(variable) or not self.isolation.of_variable(variable):
                    return False
            elif not self.isolation.holds(value, self.scope):
                return False
        return bool(returns)

    def _is_captured(self, variable: Variable) -> bool:
        """Whether code that is made here, to run later, names the variable."""
        inside = [node for node in walk(self.scope.node) if isinstance(node, _LATER) and node is not self.scope.node]
        names = (inner for node in inside for inner in walk(node) if isinstance(inner, ast.Name))
        return variable.rebound_inside or any(name.id == variable.name for name in names)

    def _outside(self, inside: Iterable[Effect], now: set[int]) -> list[Effect]:
        """What the effects in the body mean outside of it. What is made to run later (not ``now``) keeps its hold."""
        found: dict[tuple[object, ...], Effect] = {}
        for effect in {(id(effect) in now, *_key(effect)): effect for effect in inside}.values():
            for outer in self._seen_outside(effect):
                found.setdefault(_key(outer), outer)
                if id(effect) not in now and isinstance(outer, _ON_A_PATH):
                    kept = Escape(outer.node, outer.path)
                    found.setdefault(_key(kept), kept)
        return list(found.values())

    def _seen_outside(self, effect: Effect) -> Iterator[Effect]:
        """What an effect in the body means outside of it."""
        node = effect.node
        if isinstance(effect, Opaque):
            yield effect
        elif isinstance(effect, RayEffect):
            yield RayEffect(node, resets=effect.resets, depends=effect.depends)
        elif isinstance(effect, Bind | SetAttribute):
            yield from self._rebound(effect)
        elif isinstance(effect, Change):
            for path, inside in self._changed(effect):
                yield Change(node, path, grows=effect.grows, inside=effect.inside or inside)
            if self._may_be_anything(effect.path):
                yield effect
        elif isinstance(effect, Consume | Escape | ReadItem | Share):
            yield from (type(effect)(node, path) for path, _ in self._places(effect.path))
        elif isinstance(effect, Store):
            yield from self._stored(effect)

    def _rebound(self, effect: Bind | SetAttribute) -> Iterator[Effect]:
        """Binding a variable of its own does nothing outside; binding an attribute does, wherever the object is."""
        path, node = effect.path, effect.node
        is_variable = isinstance(effect, Bind) and not path.attributes
        if self._is_root(path) and not (is_variable and not self._is_outer(path.variable)):
            yield effect if isinstance(effect, SetAttribute) else Bind(node, path, unbinds=effect.unbinds)
        if not is_variable:
            owner = path if isinstance(effect, SetAttribute) else Path(path.variable, path.attributes[:-1])
            same = filter(self._is_root, self.body.also_at(owner, parts=False))
            yield from (Change(node, other, grows=False, inside=True) for other in same)
            if self._may_be_anything(path):
                yield effect

    def _changed(self, effect: Change) -> Iterator[Placed]:
        """Where a changed object may be found. What a container only holds does not change with it."""
        if not effect.inside and effect.path in self.body.containers:
            if self._is_root(effect.path):
                yield effect.path, False
        else:
            yield from self._places(effect.path)

    def _stored(self, effect: Store) -> Iterator[Effect]:
        containers = list(self._places(effect.container))
        anywhere = len(containers) > _FEW or (not containers and self._may_be_anything(effect.container))
        for path, _ in self._places(effect.path):
            if anywhere:
                yield Share(effect.node, path)
            else:
                yield from (Store(effect.node, path, container) for container, _ in containers)

    def _places(self, path: Path) -> Iterator[Placed]:
        """Where the object at ``path`` may be found from outside."""
        if self._is_root(path):
            yield path, False
        yield from ((other, True) for other in self._shared_roots(path))

    def _shared_roots(self, path: Path) -> frozenset[Path]:
        if path not in self._roots:
            self._roots[path] = self._roots_sharing(path, self.body)
        return self._roots[path]

    def _roots_sharing(self, path: Path, body: Flow) -> frozenset[Path]:
        return frozenset(other for other in body.also_at(path) if self._is_root(other)) - {path}

    def _is_outer(self, variable: Variable) -> bool:
        """Whether the variable belongs to a scope around the function."""
        scope: Scope | None = variable.scope
        while scope is not None:
            if scope is self.scope:
                return False
            scope = scope.parent
        return True

    def _is_root(self, path: Path) -> bool:
        """Whether a caller can name what is at ``path``: by a parameter, or by an outer variable."""
        return path.variable in self._own_parameters or self._is_outer(path.variable)

    @functools.cached_property
    def _own_parameters(self) -> list[Variable]:
        assert isinstance(self.scope.node, ast.FunctionDef)
        return [self.scope.variables[parameter.arg] for parameter in parameters(self.scope.node.args)]

    def _may_be_anything(self, path: Path) -> bool:
        """Whether a variable of the function may hold an object that other code has, by no name in sight."""
        if self._is_root(path):
            return False
        return not self.isolation.of_variable(path.variable)

    def _aliases(self, body: Flow) -> Iterator[tuple[Path, ...]]:
        """The groups of paths that may share memory, by the aliases of ``body``."""
        mentioned = [path for alias in body.aliases for path in (alias.path, alias.other) if self._is_root(path)]
        joined: set[Path] = set()
        for path in dict.fromkeys(mentioned):
            if path not in joined:
                together = sorted({path, *self._roots_sharing(path, body)}, key=lambda each: each.text)
                joined.update(together)
                if together[1:]:
                    yield tuple(together)

    def _returned(self) -> Iterator[Path]:
        """What the result may share: a function made inside may share all that the function was given."""
        for path in self.body.returned:
            if self._is_root(path):
                yield path
            yield from self._shared_roots(path)
            made = any(binding.kind in ("function", "class") for binding in path.variable.bindings)
            if made and not self._is_outer(path.variable):
                yield from map(Path, self._own_parameters)

    def _held(self, effects: Iterable[Effect]) -> frozenset[Path] | None:
        """What a new object may share memory with after its constructor; None where other code can reach it by then, or
        what it holds."""
        if not self._own_parameters:
            return None
        owner = Path(self._own_parameters[0])
        if any(isinstance(each, Escape | Share | Store) and each.path.variable is owner.variable for each in effects):
            return None
        return self._shared_roots(owner)


_LATER = FunctionNode | ast.ClassDef | ast.Lambda | ast.GeneratorExp
_ON_A_PATH = Bind | Change | Consume | Escape | SetAttribute | Share | Store


def _touches(effect: Effect, variables: Iterable[Variable]) -> bool:
    return isinstance(effect, _ON_A_PATH) and effect.path.variable in variables


def _key(effect: Effect) -> tuple[object, ...]:
    """What makes two effects of a summary the same."""
    if isinstance(effect, Opaque):
        return (Opaque,)
    fields = {name: value for name, value in vars(effect).items() if name not in ("node", "source")}
    return (type(effect), *fields.items())
