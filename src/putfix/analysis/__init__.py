"""From source to findings, on :mod:`ast` alone. Each module answers one question; this one asks them in turn."""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator

from putfix.analysis import obstacles
from putfix.analysis.attributes import Attributes
from putfix.analysis.callees import Callees
from putfix.analysis.calls import RemoteCalls
from putfix.analysis.definitions import Definitions
from putfix.analysis.effects import CallEffects
from putfix.analysis.estimates import REFERENCE, UNCHANGEABLE, Estimate, lasting, weakest
from putfix.analysis.flow import Dispatch, Escape, Flow, Path, Share, Statement, Store, inner_parts
from putfix.analysis.isolation import Isolation
from putfix.analysis.lowering import Lowering
from putfix.analysis.onlookers import Onlookers
from putfix.analysis.placement import Placement, Repeat, ancestors, surely_runs, times
from putfix.analysis.positions import span, split_lines, statement_span
from putfix.analysis.ray_state import RayState
from putfix.analysis.scopes import Comprehension, FunctionNode, Scope, Scopes, own_calls
from putfix.analysis.sizes import Sizes
from putfix.analysis.spelling import Names, Spelling, spelling
from putfix.analysis.summaries import Summaries
from putfix.analysis.values import ValueTracker, at_the_start, is_constant
from putfix.analysis.versions import Send, Version, Walk
from putfix.model import CallSite, Evidence, Finding, Hoist, Obstacle, Strength

_EXPLAINED_TEXT = 60


def analyse(source: str, tree: ast.Module) -> list[Finding]:
    """The repeats of one module, with their hoists or obstacles, in source order."""
    return Analysis(source, tree).findings()


class Analysis:
    """The questions about one module, and the findings that their answers give."""

    def __init__(self, source: str, tree: ast.Module) -> None:
        self._lines = split_lines(source)
        self.scopes = Scopes(tree)
        self._attributes = Attributes(self.scopes)
        self._calls = RemoteCalls(self.scopes, self._attributes)
        self._definitions = Definitions(self.scopes)
        self._sizes = Sizes(self.scopes, self._attributes, self._definitions)
        self._names = Names(tree)
        self._callees = Callees(self.scopes)
        self._flows: dict[Scope, Flow] = {}
        self._isolation = Isolation(self.scopes, self._sizes, lambda node, scope: summaries.returns_fresh(node, scope))
        summaries = Summaries(self.scopes, self._isolation, self._definitions, self._flows)
        self._effects = CallEffects(self.scopes, self._sizes, summaries)
        self._ray = RayState(self.scopes, self._calls, self.flow)
        self._onlookers = Onlookers(self.scopes)
        self._started: set[Statement | None] = set()
        self._walks: dict[tuple[Path, Scope], Walk] = {}

    def flow(self, scope: Scope) -> Flow:
        """The flow of the body that makes ``scope``."""
        for inner in self._definitions.callees_first(scope) if scope not in self._flows else ():
            if inner not in self._flows:
                lowering = Lowering(self.scopes, self._calls, self._sizes, self._effects, self._lines)
                self._flows[inner] = lowering.flow(inner)
        return self._flows[scope]

    def findings(self) -> list[Finding]:
        """All findings of the module, in source order."""
        if not self._calls.uses_ray:
            return []
        units = list(self._sending_units())
        while True:
            placed = [(repeat, finding) for scope in units for repeat, finding in self._of_unit(scope)]
            new = {repeat.place for repeat, finding in placed if finding.hoist is not None} - self._started
            if not new:
                break
            # A put starts Ray, and that may make place for another.
            self._started |= new
            for place in new:
                if place is not None:
                    self._ray.started_before(place)
        return sorted((finding for _, finding in placed), key=lambda finding: (finding.line, finding.column))

    def _sending_units(self) -> Iterator[Scope]:
        """The functions, and the module, that make remote calls themselves."""
        sending: dict[Scope, None] = {}
        for scope in self.scopes.of.values():
            for node in own_calls(scope):
                if isinstance(node.func, ast.Attribute) and node.func.attr == "remote":
                    unit = scope
                    while isinstance(unit.node, Comprehension | ast.Lambda) and unit.parent is not None:
                        unit = unit.parent
                    if isinstance(unit.node, ast.Module | FunctionNode):
                        sending[unit] = None
        yield from sending

    def _of_unit(self, scope: Scope) -> Iterator[tuple[Repeat, Finding]]:
        body = self.flow(scope)
        sent: dict[Path, ast.expr] = {}
        for part in inner_parts(body.body.parts, into_later=True):
            if isinstance(part, Dispatch):
                for argument, path in part.sent:
                    sent.setdefault(path, argument)
        for path, argument in sent.items():
            kinds = {binding.kind for binding in path.variable.bindings}
            if not path.attributes and kinds <= {"function", "class"}:
                continue
            walk = self.walk(path, argument, scope)
            placement = Placement(path.text, walk, self._ray.walk(scope))
            # What one callee minds says nothing about the others.
            parts: dict[bool, list[Send]] = {False: [], True: []}
            for send in walk.sends:
                parts[self._obstacle_of_callee(send) is not None].append(send)
            for repeat in [*placement.repeats(parts[False]), *placement.repeats(parts[True])]:
                finding = self._finding(path, repeat, scope)
                if finding is not None:
                    yield repeat, finding

    def _obstacle_of_callee(self, send: Send) -> Obstacle | None:
        return self._callees.obstacle_of(send.dispatch.call)

    def walk(self, path: Path, argument: ast.expr, scope: Scope) -> Walk:
        """Follow the value at ``path`` through the body of ``scope``."""
        if (path, scope) in self._walks:
            return self._walks[path, scope]
        start = at_the_start(path, argument, scope, self._attributes)
        owner = path.variable.scope
        exposed = True
        if owner is not scope and isinstance(owner.node, ast.Module | FunctionNode):
            exposed = not is_constant(path, self.flow(owner), self._tracker(path, owner))
        walk = Walk(self._tracker(path, scope), start, exposed)
        walk.run(self.flow(scope).body.parts)
        self._walks[path, scope] = walk
        return walk

    def _tracker(self, path: Path, scope: Scope) -> ValueTracker:
        return ValueTracker(
            path,
            self.flow(scope),
            scope,
            self._sizes,
            self._isolation,
            threads=self._onlookers.threads,
            leaked_attributes=self._leaked_attributes if path.attributes else frozenset(),
        )

    @functools.cached_property
    def _leaked_attributes(self) -> frozenset[str]:
        """The attributes whose objects some function also gives another name, stores, or hands to unknown code."""
        found: set[str] = set()
        for scope in self.scopes.units():
            body = self.flow(scope)
            for alias in body.aliases:
                found.update(alias.other.attributes)
            for effect in inner_parts(body.body.parts):
                if isinstance(effect, Escape | Share | Store):
                    found.update(effect.path.attributes)
        return frozenset(found)

    def _finding(self, path: Path, repeat: Repeat, scope: Scope) -> Finding | None:
        """What is to be said about a repeat; None for a reference, and for a value that is known to be small."""
        first = repeat.sends[0]
        estimate = self._estimate(first.version, scope)
        if estimate is None:
            # Whatever of the bindings gave it: a number is a number.
            estimate = self._sizes.estimate(first.argument, scope)
            estimate = estimate if estimate is not None and estimate.kind in UNCHANGEABLE else None
        if estimate is not None and (estimate.small or estimate.kind == REFERENCE):
            return None
        found = list(repeat.obstacles)
        evidence = Evidence(Strength.NONE)
        if estimate is not None and estimate.large:
            evidence = _evidence(estimate)
            if estimate.mixed:
                found.insert(0, obstacles.contents_unknown(path.text, estimate.node))
        else:
            found.insert(0, obstacles.size_unknown(path.text, first.argument))
        sites = tuple(CallSite(send.dispatch.call.text, span(send.argument, self._lines)) for send in repeat.sends)
        hoist: Hoist | None = None
        if repeat.place is not None:
            found += self._obstacles_of_hoist(path, repeat, scope)
            written = spelling(
                self.scopes, scope, ancestors(repeat.sends, repeat.place), repeat.place.node, self._names
            )
            if written is None:
                found.append(obstacles.ray_not_importable(repeat.place.node))
            elif not found:
                hoist = self._hoist(path, repeat, written, sites)
        count = times(repeat.sends, repeat.place) if repeat.place is not None else None
        position = sites[0].argument
        return Finding(path.text, position.line, position.column, evidence, count, sites, hoist, tuple(found))

    def _hoist(self, path: Path, repeat: Repeat, written: Spelling, sites: tuple[CallSite, ...]) -> Hoist:
        assert repeat.place is not None
        return Hoist(
            self._names.for_value(path.text),
            path.text,
            written.put,
            written.imports,
            statement_span(repeat.place.node, self._lines),
            sites,
        )

    def _obstacles_of_hoist(self, path: Path, repeat: Repeat, scope: Scope) -> Iterator[Obstacle]:
        """What else keeps a put from standing where the repeat wants it."""
        assert repeat.place is not None
        first = repeat.sends[0]
        if not first.version.bound:
            yield obstacles.may_be_unbound(path.text, repeat.place.node)
        yield from filter(None, map(self._obstacle_of_callee, repeat.sends))
        certain = surely_runs(first, repeat.place)
        if not certain and self._ray.walk(scope).exposed_at[repeat.place] and self._ray.questions:
            yield obstacles.ray_init_later(path.text, self._ray.questions[0])
        seeing = self._onlookers.call_seeing(path, scope)
        if seeing is not None:
            yield obstacles.names_inspected(seeing)

    def _estimate(self, version: Version, scope: Scope) -> Estimate | None:
        """The weakest of what the version may be."""
        found = [self._sizes.estimate(s, scope) if s is not None else None for s in version.sources]
        estimate = weakest(found)
        return lasting(estimate) if version.handed_over else estimate


def _evidence(estimate: Estimate) -> Evidence:
    text = " ".join(ast.unparse(estimate.node).split())
    if len(text) > _EXPLAINED_TEXT:
        text = f"{text[: _EXPLAINED_TEXT - 3]}..."
    strength = Strength.TYPED if estimate.at_least is None else Strength.COMPUTED
    return Evidence(strength, estimate.at_least, text, estimate.node.lineno)
