"""From source to findings, on :mod:`ast` alone. Each module answers one question; this one asks them in turn."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from putfix.analysis import obstacles
from putfix.analysis.attributes import Attributes
from putfix.analysis.callees import obstacle_of
from putfix.analysis.calls import RemoteCalls
from putfix.analysis.flow import Dispatch, Flow, Path, RayEffect, Statement, inner_parts
from putfix.analysis.lowering import Lowering
from putfix.analysis.placement import Placement, Repeat, ancestors, is_certain, times
from putfix.analysis.positions import span, split_lines
from putfix.analysis.ray_state import RayState
from putfix.analysis.scopes import Comprehension, FunctionNode, Scope, Scopes
from putfix.analysis.sizes import REFERENCE, Estimate, Sizes, weakest
from putfix.analysis.spelling import Names, Spelling, spelling
from putfix.analysis.values import ValueTracker, at_the_start, is_constant
from putfix.analysis.versions import Version, Walk
from putfix.model import CallSite, Evidence, Finding, Hoist, Obstacle, Strength

_FIXED_SIZE = frozenset({"numpy.ndarray", "torch.Tensor", "builtins.bytes", "builtins.str", "builtins.tuple"})
"""Types whose objects keep their size whoever has them."""

_INSPECTING = frozenset(f"builtins.{name}" for name in ("locals", "globals", "vars", "dir", "eval", "exec"))

_EXPLAINED_TEXT = 60


def analyse(source: str, tree: ast.Module) -> list[Finding]:
    """The repeats of one module, with their hoists or obstacles, in source order."""
    return Analysis(source, tree).findings()


class Analysis:
    """The questions about one module, and the findings that their answers give."""

    def __init__(self, source: str, tree: ast.Module) -> None:
        self._tree = tree
        self._lines = split_lines(source)
        self._scopes = Scopes(tree)
        attributes = Attributes(self._scopes)
        self._calls = RemoteCalls(self._scopes, attributes)
        self._sizes = Sizes(self._scopes, attributes)
        self._names = Names(tree)
        self._flows: dict[Scope, Flow] = {}
        self._ray = RayState(self._scopes, self._calls, self.flow)

    def flow(self, scope: Scope) -> Flow:
        """The flow of the body that makes ``scope``."""
        if scope not in self._flows:
            lowering = Lowering(self._scopes, self._calls, self._sizes, self._lines)
            self._flows[scope] = lowering.flow(scope)
        return self._flows[scope]

    def findings(self) -> list[Finding]:
        """All findings of the module, in source order."""
        if not self._calls.uses_ray:
            return []
        found = [finding for scope in self._sending_units() for finding in self._of_unit(scope)]
        return sorted(found, key=lambda finding: (finding.line, finding.column))

    def _sending_units(self) -> Iterator[Scope]:
        """The functions, and the module, that make remote calls themselves."""
        sending: dict[Scope, None] = {}
        for scope in self._scopes.of.values():
            for node in _own_calls(scope):
                if isinstance(node.func, ast.Attribute) and node.func.attr == "remote":
                    unit = scope
                    while isinstance(unit.node, Comprehension | ast.Lambda) and unit.parent is not None:
                        unit = unit.parent
                    if isinstance(unit.node, ast.Module | FunctionNode):
                        sending[unit] = None
        yield from sending

    def _of_unit(self, scope: Scope) -> Iterator[Finding]:
        body = self.flow(scope)
        sent: dict[Path, ast.expr] = {}
        for part in inner_parts(body.body.parts, into_later=True):
            if isinstance(part, Dispatch):
                for argument, path in part.sent:
                    sent.setdefault(path, argument)
        for path, argument in sent.items():
            if all(binding.kind in ("function", "class") for binding in path.variable.bindings):
                continue
            walk = self._walk(path, argument, scope)
            for repeat in Placement(path.text, walk, self._ray.walk(scope)).repeats():
                finding = self._finding(path, repeat, scope)
                if finding is not None:
                    yield finding

    def _walk(self, path: Path, argument: ast.expr, scope: Scope) -> Walk:
        """Follow the value at ``path`` through the body of ``scope``."""
        tracker = ValueTracker(path, self.flow(scope), scope, self._sizes)
        start = at_the_start(path, argument, scope)
        exposed = start.bound
        owner = path.variable.scope
        if owner is not scope and isinstance(owner.node, ast.Module | FunctionNode):
            outer = ValueTracker(path, self.flow(owner), owner, self._sizes)
            exposed = not is_constant(path, self.flow(owner), outer)
        walk = Walk(tracker, start, exposed)
        walk.run(self.flow(scope).body.parts)
        return walk

    def _finding(self, path: Path, repeat: Repeat, scope: Scope) -> Finding | None:
        """What is to be said about a repeat; None for a reference, and for a value that is known to be small."""
        first = repeat.sends[0]
        estimate = self._estimate(first.version, scope)
        if estimate is not None and (estimate.small or estimate.kind == REFERENCE):
            return None
        found = list(repeat.obstacles)
        evidence = Evidence(Strength.NONE)
        if estimate is not None and estimate.large:
            evidence = _evidence(estimate)
        else:
            found.insert(0, obstacles.size_unknown(path.text, first.argument))
        sites = tuple(CallSite(send.dispatch.call.text, span(send.argument, self._lines)) for send in repeat.sends)
        hoist: Hoist | None = None
        if repeat.place is not None:
            found += self._obstacles_of_hoist(path, repeat, scope)
            written = spelling(
                self._scopes, scope, ancestors(repeat.sends, repeat.place), repeat.place.node, self._names
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
            span(repeat.place.node, self._lines),
            sites,
        )

    def _obstacles_of_hoist(self, path: Path, repeat: Repeat, scope: Scope) -> Iterator[Obstacle]:
        """What else keeps a put from standing where the repeat wants it."""
        assert repeat.place is not None
        first = repeat.sends[0]
        certain = is_certain(first, repeat.place)
        if not first.version.bound and not certain:
            yield obstacles.may_be_unbound(path.text, repeat.place.node)
        for send in repeat.sends:
            obstacle = obstacle_of(send.dispatch.call, send.argument, self._scopes)
            if obstacle is not None:
                yield obstacle
        if not certain:
            yield from self._later_init(path, repeat.place, scope)
        # A variable of the module is seen by every function of it.
        inspecting = self._scopes.of.values() if isinstance(scope.node, ast.Module) else [scope]
        calls = [(node, inner) for inner in inspecting for node in _own_calls(inner)]
        seen = [node for node, inner in calls if self._scopes.qualified(node.func, inner) in _INSPECTING]
        yield from map(obstacles.names_inspected, seen[:1])

    def _later_init(self, path: Path, place: Statement, scope: Scope) -> Iterator[Obstacle]:
        """Ray that is not started yet when the put runs, and is initialized after it."""
        ray = self._ray.walk(scope)
        last = place.node.end_lineno or place.node.lineno
        if ray.exposed_at[place]:
            for event in ray.events:
                resets = isinstance(event, RayEffect) and event.resets
                if getattr(event.node, "lineno", 0) > last and (resets or self._ray.resets(event.node)):
                    yield obstacles.ray_init_later(path.text, event)

    def _estimate(self, version: Version, scope: Scope) -> Estimate | None:
        """The weakest of what the version may be."""
        found = [self._sizes.estimate(s, scope) if s is not None else None for s in version.sources]
        estimate = weakest(found)
        if estimate is None or not version.handed_over:
            return estimate
        kept = estimate.typed or estimate.kind in _FIXED_SIZE
        return estimate if kept else None


def _evidence(estimate: Estimate) -> Evidence:
    text = " ".join(ast.unparse(estimate.node).split())
    if len(text) > _EXPLAINED_TEXT:
        text = f"{text[: _EXPLAINED_TEXT - 3]}..."
    strength = Strength.TYPED if estimate.at_least is None else Strength.COMPUTED
    return Evidence(strength, estimate.at_least, text, estimate.node.lineno)


def _own_calls(scope: Scope) -> Iterable[ast.Call]:
    """The calls in a scope, those in scopes inside it left out."""
    pending: list[ast.AST] = list(ast.iter_child_nodes(scope.node))
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Call):
            yield node
        if not isinstance(node, FunctionNode | ast.ClassDef | ast.Lambda | Comprehension):
            pending.extend(ast.iter_child_nodes(node))
