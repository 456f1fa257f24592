"""From source to findings, on :mod:`ast` alone. Each module answers one question; this one asks them in turn."""

from __future__ import annotations

import ast
import functools
from collections.abc import Collection, Container, Iterator, Sequence
from contextlib import closing
from dataclasses import replace

from putfix.analysis.decisions.callees import Callees
from putfix.analysis.decisions.claims import Claims
from putfix.analysis.decisions.conditions import Conditions
from putfix.analysis.decisions.constructors import Constructors, Key
from putfix.analysis.decisions.contracts import Contracts
from putfix.analysis.decisions.expecting import Expectations
from putfix.analysis.decisions.handovers import Handovers
from putfix.analysis.decisions.measured import Measured
from putfix.analysis.decisions.needs import Needs
from putfix.analysis.decisions.onlookers import Onlookers
from putfix.analysis.decisions.placement import Placement, Repeat
from putfix.analysis.decisions.verdicts import OF_RAY, Verdicts, supposed
from putfix.analysis.flow.bodies import Flow
from putfix.analysis.flow.effects import CallEffects
from putfix.analysis.flow.invariants import Invariants
from putfix.analysis.flow.lowering import Lowering
from putfix.analysis.flow.parts import Dispatch, Effect, Escape, Path, Sent, Statement, leaves, repeated_parts
from putfix.analysis.flow.sending import Sending
from putfix.analysis.flow.summaries import Summaries, Summary
from putfix.analysis.names.attributes import Attributes
from putfix.analysis.names.callers import Callers
from putfix.analysis.names.calls import RemoteCalls
from putfix.analysis.names.definitions import Definitions
from putfix.analysis.names.instances import Instances
from putfix.analysis.names.modules import Modules
from putfix.analysis.names.nothing import Nothing
from putfix.analysis.names.positions import split_lines
from putfix.analysis.names.receivers import Receivers
from putfix.analysis.names.scopes import Scopes
from putfix.analysis.names.sites import is_remote
from putfix.analysis.names.variables import Comprehension, FunctionNode, Scope, Variable
from putfix.analysis.sizes.alternatives import Alternatives
from putfix.analysis.sizes.evaluation import Sizes
from putfix.analysis.sizes.isolation import Isolation
from putfix.analysis.versions.ray_state import RayState
from putfix.analysis.versions.references import References
from putfix.analysis.versions.sharing import Sharing
from putfix.analysis.versions.timelines import Send, Timeline
from putfix.analysis.versions.trusting import (
    NO_TRUST,
    TRUSTED,
    Trust,
    TrustingTracker,
    WholeObjectTracker,
    is_self,
    trusted,
)
from putfix.analysis.versions.values import ValueTracker, at_the_start, is_constant
from putfix.analysis.versions.walk import Walk
from putfix.model import Claim, Finding, Measurement, Obstacle, Project, Source, Span, Strength
from putfix.settings import DEFAULT, Settings

_How = tuple[bool, bool, bool, bool, tuple[Path, ...]]
"""In which way a value is followed: see :meth:`Analysis.walk`."""


def analyse(
    source: Source,
    settings: Settings = DEFAULT,
    measured: Sequence[Measurement] = (),
    project: Project | None = None,
    claims: Sequence[Claim] = (),
    declined: Collection[Span] = (),
    *,
    apart: bool = False,
) -> list[Finding]:
    """The repeats of one module, with their hoists or obstacles, in source order.

    ``project`` has the other modules, which are asked for only where the source by itself shows a repeat, or a large
    value that is handed to code elsewhere. ``claims`` are what the user says of sizes; ``declined`` are arguments that
    are to stay as they are. With ``apart``, no hoist relies on Ray being started by the put of another.
    """
    given = source, measured, claims, declined
    if project is None:
        with closing(Program(settings, apart=apart)) as program:
            return program.analysis(*given).findings()
    surroundings = Nothing(project)
    with closing(Program(settings, surroundings, apart=apart)) as program:
        alone = program.analysis(*given)
        handing_out = frozenset(alone.handing_out(_packages_around(alone, project, source.place)))
        if not handing_out and not alone.may_be_given_ray:
            if not alone.has_repeats():
                return []
            if surroundings.is_so():
                findings = alone.findings()
                if surroundings.is_so():  # in what that asked, too
                    return findings
    with closing(Program(settings, project, apart=apart)) as program:
        return program.analysis(*given, handing_out).findings()


def _packages_around(alone: Analysis, project: Project, place: str) -> set[str]:
    """The first parts of the imported names that lead to other modules of the project: empty for relative ones."""
    found: set[str] = set()
    for name in alone.scopes.imported():
        parts = name.split(".")
        if parts[0] not in found:
            if not parts[0] or any(project.find(".".join(parts[: n + 1]), place) for n in range(len(parts))):
                found.add(parts[0])
    return found


class Program:
    """A module and those of its project that it reaches, each analysed when something is asked of it."""

    def __init__(self, settings: Settings = DEFAULT, project: Project | None = None, *, apart: bool = False) -> None:
        """With ``apart``, puts that are yet to be made start nothing."""
        self.settings = settings
        self.apart = apart
        self.modules = Modules(project)
        self.summaries: dict[Scope, Summary] = {}
        """What the functions do, in all modules."""
        self.first: Analysis | None = None
        """That of the module at hand."""
        self._analyses: dict[Scope, Analysis] = {}

    def analysis(
        self,
        source: Source,
        measured: Sequence[Measurement] = (),
        claims: Sequence[Claim] = (),
        declined: Collection[Span] = (),
        handing_out: Container[ast.Call] = (),
    ) -> Analysis:
        """The analysis of the module at hand, of which a run saw what was ``measured``, and the user says what the
        ``claims`` and the ``declined`` arguments are. ``handing_out`` are the calls in it that give large values to
        code elsewhere."""
        scopes = self.modules.add(source)
        self.first = self._analyses[scopes.module] = Analysis(
            self, source, scopes, measured, claims, declined, handing_out
        )
        return self.first

    def close(self) -> None:
        """Undo the circles in which all that was asked and answered holds each other, so that it is freed at once."""
        for analysis in self._analyses.values():
            for each in vars(analysis).values():
                if type(each).__module__.startswith(f"{__name__}."):
                    vars(each).clear()
            vars(analysis).clear()
        self._analyses.clear()

    def of(self, scope: Scope) -> Analysis:
        """The analysis of the module that ``scope`` belongs to."""
        module = scope.module
        if module not in self._analyses:
            scopes = self.modules.scopes_of(module)
            self._analyses[module] = Analysis(self, self.modules.source_of(module), scopes)
        return self._analyses[module]


class Analysis:
    """The questions about one module, and the findings that their answers give."""

    def __init__(
        self,
        program: Program,
        source: Source,
        scopes: Scopes,
        measured: Sequence[Measurement] = (),
        claims: Sequence[Claim] = (),
        declined: Collection[Span] = (),
        handing_out: Container[ast.Call] = (),
    ) -> None:
        settings = program.settings
        self._program = program
        self._of = of = program.of
        self._lines = split_lines(source.text)
        self._cells = source.cells
        self.scopes = scopes
        self._attributes = Attributes(self.scopes, lambda scope: of(scope)._attributes)
        self._calls = RemoteCalls(self.scopes, self._attributes, lambda scope: of(scope)._calls)
        self._definitions = Definitions(self.scopes, lambda scope: of(scope)._definitions)
        public = program.modules.is_public(scopes.module)
        self._callers: Callers = Callers(
            self.scopes,
            self._definitions,
            self._callers_mentioning,
            is_public=public,
            is_package=source.place.endswith("__init__.py"),
        )
        known = self.scopes, self._attributes, self._definitions, self._callers, settings
        first = program.first
        self.sizes: Sizes = Sizes(*known, None, lambda scope: of(scope).sizes, first.sizes if first else None)
        self._definitions.class_of_object = self.sizes.class_of
        self._flows: dict[Scope, Flow] = {}
        self._trusted_flows: dict[Scope, Flow] = {}
        self._summarised: set[Scope] = set()
        """Functions that have their summaries, as all have that they reach, which are of this module."""
        self._isolation = Isolation(self.scopes, self.sizes, self._returns_fresh)
        # Of another module not all calls are in sight.
        callers = self.sizes if first is None else None
        self._sizes_of_calls: Sizes = Sizes(
            *known, callers, lambda scope: of(scope)._sizes_of_calls, first._sizes_of_calls if first else None
        )
        isolation_in_calls = Isolation(self.scopes, self._sizes_of_calls, self._returns_fresh)
        self._summaries = Summaries(isolation_in_calls, self._definitions, program.summaries)
        self._effects: CallEffects = CallEffects(
            self.scopes, self.sizes, self._summaries, lambda scope: of(scope)._effects
        )
        self._effects_in_calls: CallEffects = CallEffects(
            self.scopes, self._sizes_of_calls, self._summaries, lambda scope: of(scope)._effects_in_calls
        )
        self.invariants = Invariants(self.scopes, self._attributes, self.sizes, self._effects)
        self._sending = Sending(self.scopes, self.invariants, self._summaries)
        parts = self._sending, self._lines, self._cells
        self._lowering = Lowering(self.scopes, self._calls, self.sizes, self._effects, *parts)
        self._lowering_in_calls = Lowering(
            self.scopes, self._calls, self._sizes_of_calls, self._effects_in_calls, *parts
        )
        self._handovers = Handovers(self.scopes, self._definitions, handing_out, in_cells=source.cells is not None)
        self._callees: Callees = Callees(self.scopes, lambda scope: of(scope)._callees)
        self._ray = RayState(self.scopes, self._calls, self.flow)
        self._onlookers = Onlookers(self.scopes)
        references = References(self.scopes, self._calls, self.sizes, self._ray, self.walk)
        seen = Measured(measured, self.scopes.nodes, self._lines, settings)
        self._claims = Claims(claims, declined, self.scopes.module, self._attributes, self._lines)
        answers = self.sizes, self._ray, self._lines, references, self._onlookers, seen, self._claims
        alternatives = Alternatives(self.scopes, self._attributes, self._definitions, self._callers, self.sizes)
        contracts = Contracts(self.scopes, self._callers)
        expectations = Expectations(self.scopes, self._attributes)
        conditions = Conditions(functools.partial(self.walk, trusting=True))
        decided = self._callees, contracts, expectations, conditions, settings.unsafe_fixes, source.cells
        self._verdicts = Verdicts(self.scopes, *answers, alternatives, *decided)
        self._constructors = Constructors(
            self.scopes,
            self._attributes,
            Instances(self.scopes, self._callers, self._handovers.place_of_put),
            self.sizes,
            self._isolation,
            self._ray,
            self.flow,
            self._change,
            self._may_be_sent_by_reference,
            self._lines,
        )
        self._sending_again: set[Scope] = set()
        """The units that send something more than once, maybe."""
        self._receivers: Receivers = Receivers(
            self.scopes, self._attributes, self._definitions, lambda scope: of(scope)._receivers
        )
        self._needs = Needs(self.scopes, self._receivers)
        self._assumed_of_ray: dict[Statement, Obstacle] = {}
        self._sharing: dict[bool, Sharing] = {}
        self._walks: dict[tuple[Path, Scope, _How], Walk] = {}
        self._constant: dict[tuple[Path, _How], bool] = {}

    def _callers_mentioning(self, name: str, of_objects: bool) -> list[Callers] | None:
        found = self._program.modules.mentioning(name, self.scopes.module, of_objects=of_objects)
        return [self._of(scopes.module)._callers for scopes in found] if found is not None else None

    def _returns_fresh(self, node: ast.Call, scope: Scope) -> bool:
        return self._summaries.returns_fresh(node, scope)

    def flow(self, scope: Scope) -> Flow:
        """The flow of the body that makes ``scope``."""
        if scope.module is not self.scopes.module:
            return self._of(scope).flow(scope)
        if scope not in self._flows:
            callees = self._definitions.callees_first(scope, self._summarised)
            for inner in callees:
                if not self._summaries.knows(inner) and (inner is not scope or self._definitions.calls_itself(scope)):
                    self._of(inner)._summarise(inner)
            others = [inner for inner in callees if inner is not scope]
            if all(self._is_closed(inner, without=scope) for inner in others):
                self._summarised.update(others)
            self._flows[scope] = self._lowering.flow(scope)
        return self._flows[scope]

    def _is_closed(self, function: Scope, without: Scope) -> bool:
        """Whether a function is of this module, and has its summary, and does not call the one that is left out."""
        known = function.module is self.scopes.module and self._summaries.knows(function)
        return known and without not in self._definitions.called_in(function)

    def _summarise(self, scope: Scope) -> None:
        self._summaries.add(scope, self._lowering_in_calls.flow(scope))

    def findings(self) -> list[Finding]:
        """All findings of the module, in source order."""
        if not self._calls.uses_ray:
            return []
        units = self._handovers.sending_units
        decided: dict[Scope, list[tuple[Repeat, Finding]]] = {unit: [] for unit in units}
        while True:
            decided.update({scope: self._decided_in(scope) for scope in units})
            placed = [found for each in decided.values() for found in each]
            starting = [self._starts_ray(repeat, finding) for repeat, finding in placed]
            if any([self._handovers.settle(), self._handovers.stop_waiting()]):
                units = [scope for scope in decided if scope in self._sending_again]  # none begins to do so
            elif any(starting):
                units = [scope for scope, found in decided.items() if not self._is_settled(scope, found)]
            else:
                break
        placed = self._in_constructors(placed)
        whole = {id(send.argument) for repeat, _ in placed for send in repeat.sends}
        # Where a container is a finding, what it holds is none.
        found = [self._completed(*each) for each in placed if id(each[0].sends[0].sent.within) not in whole]
        return sorted(found, key=lambda finding: (finding.line, finding.column))

    def _is_settled(self, scope: Scope, found: Collection[tuple[Repeat, Finding]]) -> bool:
        """Whether what a unit sends again and again is served as well as it can be, wherever Ray runs."""
        served = {argument for repeat, _ in found for argument in _arguments(repeat)}
        sent = (id(each.argument) for group in self._sent_again(scope) for _, each in group)
        return all(_is_best(*each, scope) for each in found) and served.issuperset(sent)

    def has_repeats(self) -> bool:
        """Whether something is sent again and again about which there may be something to say, if the rest of the
        program is in nobody's way."""
        if not self._calls.uses_ray:
            return False
        trust = Trust(ray=True, attributes=True)
        for unit in self._handovers.sending_units:
            parts = (part for group in self._sent_again(unit) for part in self._by_callee(group))
            repeats = (repeat for part in parts for repeat in self._placed(part, unit, trust=trust))
            if any(self._verdicts.is_open(repeat, unit) for repeat in repeats):
                return True
        return False

    def _in_constructors(self, placed: list[tuple[Repeat, Finding]]) -> list[tuple[Repeat, Finding]]:
        """The findings where a constructor makes the references to attributes that have no other place for a put."""
        repeats: dict[Key, list[tuple[Repeat, Finding]]] = {}
        for found, finding in placed if self._cells is None else ():
            repeat = self._without_moved(found)
            key = self._constructors.key(repeat)
            if key is not None and finding.hoist is None and not finding.may_be_assumed:
                repeats.setdefault(key, []).append((repeat, finding))
        for key, group in repeats.items():
            owned = self._constructors.owned(key)
            whole = self._verdicts.in_constructor(group, owned) if owned is not None else None
            if owned is not None and whole is not None:
                served = {id(sent.argument) for _, sent in owned.sends}
                left = (
                    each
                    for each in placed
                    if each[1].hoist is not None or not _arguments(self._without_moved(each[0])) <= served
                )
                placed = [(group[0][0], whole), *left]
        return [each for each in placed if not _is_said_for_constructors(*each)]

    def _without_moved(self, repeat: Repeat) -> Repeat:
        """The repeat without what is put in a function on the way, if anything else is sent."""
        sends = tuple(send for send in repeat.sends if self._handovers.place_of_put(send.argument) is None)
        return replace(repeat, sends=sends) if sends else repeat

    def _may_be_sent_by_reference(self, dispatch: Dispatch, sent: Sent) -> bool:
        """Whether neither another hoist nor the callee keeps a reference from being sent."""
        open_still = self._handovers.is_open(sent) and not self._handovers.is_replaced(sent.argument)
        open_still = open_still and not self._claims.declines(sent.argument)
        return open_still and self._verdicts.obstacle_of_callee(dispatch, sent) is None

    def _change(self, path: Path, method: Scope, statement: ast.stmt, trusting: bool) -> Effect | None:
        """What in a method may change the value at ``path``, or bring it where others may, but for the ``statement``
        that binds it. For one who trusts, calls only do that were given the value and may change what they get."""
        tracker = self._tracker(path, method, trusting=trusting)
        for effect in leaves(self.flow(method).body.parts, into_later=True):
            shares = tracker.exposes(effect) and not (trusting and isinstance(effect, Escape))
            if effect.node is not statement and (shares or tracker.begins(effect, trusting)):
                return effect
        return None

    @property
    def may_be_given_ray(self) -> bool:
        """Whether another module may bring Ray."""
        return self.scopes.may_be_given_ray and not self._calls.uses_ray

    def handing_out(self, packages: Collection[str]) -> Iterator[ast.Call]:
        """The calls by which unknown code, which may send it, is given a large value: that of these ``packages``, or
        whatever star imports and objects lead to."""
        if not self._calls.uses_ray or not (packages or self.scopes.module.stars):
            return
        for scope in self.scopes.of.values():
            for call in self.scopes.calls(scope):
                if self._may_run(packages, call, scope) and self._is_given_much(call, scope):
                    if self._definitions.target(call, scope) is None and not self._effects.is_listed(call, scope):
                        yield call

    def _may_run(self, packages: Container[str], call: ast.Call, scope: Scope) -> bool:
        """Whether a call may run a function of another module: in one of the packages, where an import gives it."""
        qualified = self.scopes.qualified(call.func, scope)
        if qualified is not None and qualified.partition(".")[0] not in packages:
            return False
        return _may_run_another_module(call, scope)

    def _is_given_much(self, call: ast.Call, scope: Scope) -> bool:
        """Whether a call is given a large value."""
        given = [*call.args, *(keyword.value for keyword in call.keywords)]
        said = any(claim.large for each in given if (claim := self._claims.of_argument(each)) is not None)
        return said or any(self.sizes.is_large(self.sizes.estimate(argument, scope)) for argument in given)

    def _starts_ray(self, repeat: Repeat, finding: Finding) -> bool:
        """Whether the put of a finding is a new one: it starts Ray, and that may make place for another."""
        hoist = finding.hoist
        for assumed in finding.assumptions:
            if assumed.code in OF_RAY and repeat.place is not None:
                self._assumed_of_ray.setdefault(repeat.place, assumed)
        if (
            hoist is None
            or not hoist.put
            or hoist.late
            or hoist.condition
            or repeat.place is None
            or self._program.apart
        ):
            return False
        return self._ray.started_before(repeat.place)

    def _completed(self, repeat: Repeat, finding: Finding) -> Finding:
        """The finding with what can only be said of it when all is decided."""
        whole = self._still_assuming(repeat, finding)
        return replace(whole, advice=self._needs.advice(repeat, whole))

    def _still_assuming(self, repeat: Repeat, finding: Finding) -> Finding:
        """The finding with what a put at the same place takes for granted of Ray, though with that put Ray runs."""
        assumed = self._assumed_of_ray.get(repeat.place) if repeat.place is not None else None
        if assumed is None or finding.hoist is None or {each.code for each in finding.assumptions} & OF_RAY:
            return finding
        return replace(finding, assumptions=(*finding.assumptions, assumed))

    def _decided_in(self, scope: Scope) -> list[tuple[Repeat, Finding]]:
        """The findings in one unit; its hoists are taken note of before its callers are looked at."""
        found = [each for each in self._of_unit(scope) if not self._handovers.waits(*each)]
        for repeat, finding in found:
            if finding.hoist is not None:
                self._handovers.note(repeat)
        return found

    def _of_unit(self, scope: Scope) -> Iterator[tuple[Repeat, Finding]]:
        for group in self._sent_again(scope):
            free, minded = self._by_callee(group)
            repeats = [*self._trusted(list(self._repeats(free, scope)), scope), *self._repeats(minded, scope)]
            for repeat in repeats:
                finding = self._verdicts.finding(repeat, scope)
                if finding is not None:
                    yield repeat, finding

    def _by_callee(self, group: list[tuple[Dispatch, Sent]]) -> tuple[list[tuple[Dispatch, Sent]], ...]:
        """The calls whose callees may get a reference, and those whose callees mind, which says nothing about the
        others."""
        parts: tuple[list[tuple[Dispatch, Sent]], ...] = [], []
        for call, each in group:
            parts[self._verdicts.obstacle_of_callee(call, each) is not None].append((call, each))
        return parts

    def _sent_again(self, scope: Scope) -> list[list[tuple[Dispatch, Sent]]]:
        """What one unit sends more than once, maybe: the calls that send each."""
        sent: dict[tuple[object, ...], list[tuple[Dispatch, Sent]]] = {}
        repeated: set[tuple[object, ...]] = set()
        for part, again in repeated_parts(self.flow(scope).body.parts):
            if not isinstance(part, Dispatch):
                continue
            for each in filter(self._handovers.is_open, part.sent):
                named = each.path is not None and _is_definition(each.path.variable)
                if not named and not self._claims.declines(each.argument):
                    if again or each.key in sent:
                        repeated.add(each.key)
                    sent.setdefault(each.key, []).append((part, each))
        if repeated:
            self._sending_again.add(scope)
        return [group for key, group in sent.items() if key in repeated]

    def _repeats(self, group: list[tuple[Dispatch, Sent]], scope: Scope) -> Iterator[Repeat]:
        """The repeats among calls that send the same. Where only a run says what is in the value, whatever that may be
        pickled with must stay the same, too."""
        for repeat in self._placed(group, scope):
            if self._verdicts.relies_on_a_run(repeat, scope):
                yield from self._placed([(send.dispatch, send.sent) for send in repeat.sends], scope, anything=True)
            else:
                yield repeat

    def _trusted(self, repeats: list[Repeat], scope: Scope) -> list[Repeat]:
        """The same repeats of one value. Where some have no place, but one for those who trust unknown code, what they
        take for granted are the obstacles of that."""
        stuck = [repeat for repeat in repeats if self._verdicts.may_trust(repeat, scope)]
        trust, assumed, found = Trust(), dict[str, Obstacle](), stuck
        while stuck:
            for obstacle in (obstacle for repeat in found if repeat.place is None for obstacle in repeat.obstacles):
                assumed.setdefault(obstacle.code, obstacle)
            if trust == (trust := Trust.of(assumed)):
                break
            group = [(send.dispatch, send.sent) for repeat in stuck for send in repeat.sends]
            found = self._placed(group, scope, trust=trust)
        causes = tuple(supposed(each) for code, each in assumed.items() if code in TRUSTED)
        placed = [replace(each, obstacles=(*causes, *each.obstacles)) for each in found if each.place is not None]
        served = {send.sent for repeat in placed for send in repeat.sends}
        return [*(repeat for repeat in repeats if repeat.sends[0].sent not in served), *placed]

    def _placed(
        self,
        group: list[tuple[Dispatch, Sent]],
        scope: Scope,
        *,
        anything: bool = False,
        trust: Trust = NO_TRUST,
    ) -> list[Repeat]:
        """The repeats of a value, which may be or hold ``anything``."""
        if not group:
            return []
        value = group[0][1]
        ray = self._ray.walk_running(scope) if trust.ray else self._ray.walk(scope)
        timeline = self._timeline(value, scope, anything, trust)
        sends = [Send(each, call, timeline.at(call), ray.stacks[call]) for call, each in group]
        cannot_fail = functools.partial(self._verdicts.surely_serializes, scope=scope)
        shown, place_of = self._verdicts.shown(value), self.scopes.place_of
        placement = Placement(shown, timeline, Timeline([ray]), cannot_fail, place_of)
        return placement.repeats(sends)

    def _timeline(self, sent: Sent, scope: Scope, anything: bool, trust: Trust) -> Timeline:
        """The versions of what is sent, over the body of ``scope``."""
        walk = functools.partial(self.walk, anything=anything, trusting=trust.code, unshared=trust.attributes)
        if sent.path is not None:
            return Timeline([walk(sent.path, sent.value, scope)])
        walks = [walk(part, part.expression, scope, computed_from=True) for part in sent.parts]
        return Timeline(walks, sent.value)

    def walk(
        self,
        path: Path,
        argument: ast.expr,
        scope: Scope,
        also: tuple[Path, ...] = (),
        *,
        computed_from: bool = False,
        anything: bool = False,
        trusting: bool = False,
        unshared: bool = False,
    ) -> Walk:
        """Follow the value at ``path`` through the body of ``scope``; see :class:`ValueTracker`. Where it is
        ``unshared``, no attribute of another name holds it."""
        how: _How = computed_from, anything, trusting, unshared, also
        key = path, scope, how
        if key not in self._walks:
            start = at_the_start(path, argument, scope, self._attributes)
            owner = path.variable.scope
            exposed = True
            imported = any(binding.kind in ("import", "star") for binding in path.variable.bindings)
            if owner is not scope and not imported and isinstance(owner.node, ast.Module | FunctionNode):
                exposed = not self._is_constant(path, how)
            walk = Walk(self._tracker(path, scope, *how), start, exposed)
            walk.run(self.flow(scope).body)
            self._walks[key] = walk
        return self._walks[key]

    def _is_constant(self, path: Path, how: _How) -> bool:
        """Whether the value at ``path``, followed in this way, is the same one wherever functions read it."""
        if (path, how) not in self._constant:
            owner = path.variable.scope
            self._constant[path, how] = is_constant(path, self.flow(owner), self._tracker(path, owner, *how))
        return self._constant[path, how]

    def _tracker(
        self,
        path: Path,
        scope: Scope,
        computed_from: bool = False,
        anything: bool = False,
        trusting: bool = False,
        unshared: bool = False,
        also: tuple[Path, ...] = (),
    ) -> ValueTracker:
        kind: type[ValueTracker] = TrustingTracker if trusting else ValueTracker
        if trusting and computed_from and is_self(path):
            kind, trusting = WholeObjectTracker, False
        return kind(
            path,
            self._trusted_flow(scope) if trusting else self.flow(scope),
            scope,
            self.sizes,
            self._isolation,
            threads=self._onlookers.threads,
            sharing=functools.partial(self._sharing_of, trusting) if path.attributes and not unshared else None,
            computed_from=computed_from,
            taken_along=self._taken_along if anything else None,
            also=also,
        )

    def _trusted_flow(self, scope: Scope) -> Flow:
        """The flow of a body for one who trusts what is called."""
        if scope not in self._trusted_flows:
            self._trusted_flows[scope] = trusted(self.flow(scope))
        return self._trusted_flows[scope]

    @functools.cached_property
    def _taken_along(self) -> frozenset[Variable]:
        """The variables that functions and classes read of what is around them, and are pickled with."""
        inner = [scope for scope in self.scopes.of.values() if not isinstance(scope.node, ast.Module | Comprehension)]
        return frozenset(variable for scope in inner for variable in self.scopes.free_variables(scope))

    def _sharing_of(self, trusting: bool) -> Sharing:
        """What may share memory in the module, for one who trusts what is called or not."""
        if trusting not in self._sharing:
            self._sharing[trusting] = Sharing(map(self._trusted_flow if trusting else self.flow, self.scopes.units()))
        return self._sharing[trusting]


def _may_run_another_module(call: ast.Call, scope: Scope) -> bool:
    """Whether a call, other than a remote one, may run a function of another module: none of a name that no import
    gives."""
    if not isinstance(call.func, ast.Name):
        return not is_remote(call)
    variable = scope.variable(call.func.id)
    if variable is None:
        return bool(scope.module.stars)
    return any(binding.kind in ("import", "star") for binding in variable.bindings)


def _is_best(repeat: Repeat, finding: Finding, scope: Scope) -> bool:
    """Whether a finding stays as it is where Ray runs sooner: it is hoisted in no loop or branch, and takes nothing for
    granted."""
    hoist = finding.hoist
    if hoist is None or hoist.late or hoist.condition or finding.assumptions or repeat.place is None:
        return False
    return repeat.place.node in getattr(scope.node, "body", ())


def _is_said_for_constructors(repeat: Repeat, finding: Finding) -> bool:
    """Whether a finding was there only for a constructor to put what is perhaps large: sent by other functions that
    are called, and of unknown size."""
    decided = finding.hoist is not None or finding.may_be_assumed
    return bool(repeat.sends[0].sent.reached) and finding.evidence.strength is Strength.NONE and not decided


def _arguments(repeat: Repeat) -> set[int]:
    """The arguments that a repeat sends, by their identities."""
    return {id(send.argument) for send in repeat.sends}


def _is_definition(variable: Variable) -> bool:
    """Whether the variable is only the name of a function or class."""
    return all(binding.kind in ("function", "class") for binding in variable.bindings)
