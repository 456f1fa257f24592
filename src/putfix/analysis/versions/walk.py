"""Which version of a value each remote call sends: the one mechanism behind every decision to hoist.

A version lasts from one event to the next. Where paths join that brought different versions, and at the head
of a loop in which an event happens, a new one begins. So two places with the same version see the same
unchanged value, whatever way the program took between them. The same walk follows whether Ray runs, whose
"events" are ``ray.init`` and ``ray.shutdown``: :mod:`putfix.analysis.versions.ray_state`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Protocol

from putfix.analysis.flow.parts import (
    Arm,
    Bind,
    Branch,
    CellByCell,
    Change,
    Definition,
    Dispatch,
    Effect,
    Enter,
    Guard,
    Later,
    Loop,
    Opaque,
    Part,
    Statement,
    Suite,
    inner_parts,
)
from putfix.analysis.flow.touching import LONG, Key, following

_UNKNOWN: frozenset[type[Effect]] = frozenset({Opaque})


@dataclass(eq=False)
class Version:
    """What a value is between two events.

    ``cause`` is the effect that began it (None at the start of the body); ``sources`` the expressions that
    may have given it, None for an unknown one. ``handed_over`` when it was changed, or unknown code had it, since
    then: what it holds is no longer known. ``grown`` when statements of the file have added to it.
    """

    cause: Effect | None
    sources: tuple[ast.expr | None, ...]
    bound: bool = True
    handed_over: bool = False
    grown: bool = False
    elsewhere: bool = False
    """Whether it is what other cells of a notebook, or this one in a run before, may have left behind."""


class Tracker(Protocol):
    """What a walk follows, and which effects matter to it. ``in_order`` when the cells of a notebook are taken to run
    from the first to the last, so that what is below does not come near."""

    in_order: bool
    always_changed_by_unknown_code: bool
    """Whether each piece of unknown code begins a version, once such code can reach what is followed. Of several that
    run one after the other, only the last one matters then."""

    @property
    def near(self) -> frozenset[Key] | None:
        """What all is found under that begins a version or brings unknown code nearer, whether exposed or not, or will
        be asked about; None for everything."""

    @property
    def beginning(self) -> frozenset[type[Effect]]:
        """The kinds of effects that may begin a version of what is exposed, whatever they are about."""

    def begins(self, effect: Effect, exposed: bool) -> bool:
        """Whether the effect begins a new version; ``exposed`` when unknown code can reach what is followed."""

    def exposes(self, effect: Effect) -> bool | None:
        """Whether unknown code can reach it from here on (True), no longer can (False), or as before (None)."""

    def source(self, effect: Bind) -> ast.expr | None:
        """What gives the value that is followed, where the effect begins a version of it."""


@dataclass(eq=False)
class Walk:
    """One walk over one body, for one tracker. The results are in ``dispatched``, ``entries`` and ``changing``."""

    tracker: Tracker
    version: Version
    exposed: bool
    entries: dict[Statement, Version] = field(default_factory=dict)
    """The version just before each statement, where a put could stand."""
    changing: dict[Loop, list[Effect]] = field(default_factory=dict)
    """The events inside each loop that has any."""
    dispatched: dict[Dispatch, Version] = field(default_factory=dict)
    """The version at each remote call."""
    stacks: dict[Dispatch, tuple[Part, ...]] = field(default_factory=dict)
    """The parts around each remote call, outermost first."""
    events_before: dict[Dispatch, int] = field(default_factory=dict)
    """How many events come before each remote call; -1 where cells above it have some, which may come after it too."""
    events: list[Effect] = field(default_factory=list)
    """Every event in the order of the walk."""
    exposed_at: dict[Statement, bool] = field(default_factory=dict)
    exposed_at_calls: dict[int, bool] = field(default_factory=dict)
    """Whether unknown code could reach what is followed before each statement, and at each call of other code than
    Ray's, by the identity of the callee."""
    reaching: dict[Later, bool] = field(default_factory=dict)
    """Of code that is made to run later, whether it changes what is followed, as far as was asked."""
    captured: bool = False
    """Whether a function made in this body changes what is followed: then a new value is in reach too."""
    _events_of_cells: int = 0
    _stack: list[Part] = field(default_factory=list)
    _foreseen: dict[tuple[Part, bool, bool], tuple[list[Effect], bool]] = field(default_factory=dict)
    _bringing: dict[Part, bool] = field(default_factory=dict)
    _making: dict[Part, bool] = field(default_factory=dict)
    _near: dict[Part, list[int]] = field(default_factory=dict)
    """Where in long parts there is what matters, however little unknown code can reach."""

    def run(self, suite: Suite) -> None:
        """Walk the parts of a suite that matter, in order."""
        parts = suite.parts
        at = self._next(suite, 0, self.exposed, alone=False)
        while at < len(parts):
            self._enter(parts[at])
            at = self._next(suite, at + 1, self.exposed, alone=False)

    def _next(self, part: Part, start: int, exposed: bool, *, alone: bool = True) -> int:
        """The first position in a part, from ``start`` on, where something matters; the end where nothing does. Where
        one thing after the other has the same effect, the last of them unless each matters ``alone``."""
        inner, near = part.inner, self.tracker.near
        end = len(inner)
        if near is None:
            return start
        if end < LONG:
            while start < end and self._is_passed(inner[start], exposed):
                start += 1
            return start
        if part not in self._near:
            self._near[part] = part.index.of_keys(near)
        first = following(self._near[part], start, end)
        if not exposed or first == start:
            return first
        first = part.index.next_of(self.tracker.beginning - _UNKNOWN, start, first)
        unknown = part.index.next_of(_UNKNOWN, start, end)
        if unknown >= first or alone or not self.tracker.always_changed_by_unknown_code:
            return min(unknown, first)
        return part.index.last_certain(unknown, first)

    def _is_passed(self, part: Part, exposed: bool) -> bool:
        """Whether nothing matters that happens in a part."""
        near = self.tracker.near
        if near is None or isinstance(part, Effect | CellByCell):
            return False
        touched = part.touched
        return touched.misses(near) and (not exposed or self.tracker.beginning.isdisjoint(touched.kinds))

    def _visit(self, part: Part) -> None:
        if not self._is_passed(part, self.exposed):
            self._enter(part)

    def _enter(self, part: Part) -> None:
        """Walk what is inside of a part."""
        self._stack.append(part)
        if isinstance(part, Effect):
            self._effect(part)
        elif isinstance(part, Statement):
            self.entries[part] = self.version
            self.exposed_at[part] = self.exposed
            self.run(part)
        elif isinstance(part, Loop):
            self._loop(part)
        elif isinstance(part, CellByCell):
            self._cells(part)
        elif isinstance(part, Branch):
            self._branch(part)
        elif isinstance(part, Guard):
            self._guard(part)
        elif isinstance(part, Later):
            self._later(part)
        elif isinstance(part, Arm):
            self.run(part)
        self._stack.pop()

    def _effect(self, effect: Effect) -> None:
        if isinstance(effect, Dispatch):
            self.dispatched[effect] = self.version
            self.events_before[effect] = len(self.events) if not self._events_of_cells else -1
            self.stacks[effect] = tuple(self._stack)
        if isinstance(effect, Opaque | Enter) and isinstance(effect.node, ast.Call):
            near = self.exposed or any(isinstance(part, Later) for part in self._stack)
            self.exposed_at_calls[id(effect.node.func)] = near
        if self.tracker.begins(effect, self.exposed):
            self.version = _after(self.version, effect, self.tracker)
            self.events.append(effect)
        exposes = self.tracker.exposes(effect)
        self.exposed = self.exposed if exposes is None else exposes or self.captured

    def _loop(self, loop: Loop) -> None:
        """With an event inside, each turn begins a version, and so does the way out."""
        if not self.captured and self._makes_what_reaches(loop):
            self.captured = True
        events, after = self._foresee(loop, self.exposed)
        before = self.version
        self.exposed = self.exposed or after
        if events:
            self.changing[loop] = events
            self.version = _joined(before, events, self.tracker)
        self.run(loop)
        self.exposed = self.exposed or after
        if events:
            self.version = _joined(before, events, self.tracker)

    def _branch(self, branch: Branch) -> None:
        start = self.version, self.exposed
        ends: list[tuple[Version, bool]] = []
        for arm in branch.arms:
            self.version, self.exposed = start
            self._visit(arm)
            if not arm.leaves:
                ends.append((self.version, self.exposed))
        self._join(ends or [start])

    def _cells(self, cells: CellByCell) -> None:
        """Each cell begins with what any of them may have left behind, those above it having run at some time."""
        before = self.version
        near = [*self._near_in(cells)]
        if any(map(self._makes_what_reaches, near)):
            self.captured = True
        exposing = not self.tracker.in_order and any(map(self._brings_near, near))
        events = [event for arm in (cells.arms if exposing else near) for event in self._foresee(arm, exposing)[0]]
        head = _joined(before, events, self.tracker) if events else before
        at = 0
        while at < len(cells.arms):
            self.exposed = self.exposed or exposing
            # Of the cells that come before one that matters, or the last, only whether they have any event does.
            first, at = at, min(self._next(cells, at, False), len(cells.arms) - 1)
            if self.exposed:
                between = (self._foresee(arm, True)[0] for arm in cells.arms[first:at])
                self.events += next(filter(None, between), [])[:1]
            self.version = replace(head, bound=self.version.bound, elsewhere=True)
            self._events_of_cells = len(self.events)
            self._visit(cells.arms[at])
            at += 1
        self.exposed = self.exposed or exposing

    def _guard(self, guard: Guard) -> None:
        """An exception can leave the body after any of its events."""
        before = self.version
        events, exposed = self._interrupted(guard.body, self.exposed)
        self._visit(guard.body)
        ends = [] if guard.body.leaves else [(self.version, self.exposed)]
        interrupted = _joined(before, events, self.tracker) if events else before
        for handler in guard.handlers:
            self.version, self.exposed = interrupted, exposed
            more, exposed = self._interrupted(handler, exposed)
            events = events + more
            self._visit(handler)
            if not handler.leaves:
                ends.append((self.version, self.exposed))
        if guard.swallows:
            ends.append((interrupted, exposed))
        self._join(ends or [(interrupted, exposed)])
        if guard.finish is not None:
            if events:
                self.version = _joined(before, events, self.tracker)
            self.exposed = self.exposed or exposed
            self._visit(guard.finish)

    def _join(self, ends: list[tuple[Version, bool]]) -> None:
        versions = list(dict.fromkeys(version for version, _ in ends))
        self.version = versions[0] if len(versions) == 1 else _merged(versions)
        self.exposed = any(exposed for _, exposed in ends)

    def _later(self, later: Later) -> None:
        """Code made here. That of a function body has a walk of its own."""
        if self._reaches(later):
            self.exposed = self.captured = True
        if not isinstance(later.node, Definition):
            state = self.version, self.exposed
            self.run(later)
            self.version, self.exposed = state

    def _reaches(self, later: Later) -> bool:
        """Whether code made here changes what is followed, whenever it runs."""
        known = self.reaching.get(later)
        if known is None:
            near = self.tracker.near
            may = near is None or not near.isdisjoint(later.touched.keys)
            known = self.reaching[later] = may and any(map(self._changes_later, inner_parts(later.parts)))
        return known

    def _changes_later(self, part: Part) -> bool:
        """Whether a part of code that is made here changes what is followed, or is such code that does."""
        if isinstance(part, Later):
            return self._reaches(part)
        if not isinstance(part, Effect):
            return False
        begins = not isinstance(part, Opaque) and self.tracker.begins(part, False)
        return begins or bool(self.tracker.exposes(part))

    def _makes_what_reaches(self, part: Part) -> bool:
        """Whether code that is made in a part changes what is followed."""
        if isinstance(part, Later):
            return self._reaches(part)
        if isinstance(part, Effect):
            return False
        known = self._making.get(part)
        if known is None:
            over = Later not in part.touched.kinds or self._is_passed(part, False)
            known = self._making[part] = not over and any(map(self._makes_what_reaches, self._near_in(part)))
        return known

    def _near_in(self, part: Part) -> Iterator[Part]:
        """The parts of a part that matter, however little unknown code can reach."""
        at = self._next(part, 0, False)
        while at < len(part.inner):
            yield part.inner[at]
            at = self._next(part, at + 1, False)

    def _interrupted(self, arm: Arm, exposed: bool) -> tuple[list[Effect], bool]:
        """The events of ``arm``, and whether unknown code has come near at any point of it."""
        events, _ = self._foresee(arm, exposed)
        return events, exposed or self._brings_near(arm)

    def _brings_near(self, part: Part) -> bool:
        """Whether anything in a part, short of a return, brings unknown code near."""
        if isinstance(part, Effect):
            return not isinstance(part.node, ast.Return) and bool(self.tracker.exposes(part))
        known = self._bringing.get(part)
        if known is None:
            if self._is_passed(part, False):
                known = False
            elif isinstance(part, Later):
                known = self._reaches(part)
            else:
                known = any(map(self._brings_near, self._near_in(part)))
            self._bringing[part] = known
        return known

    def _foresee(self, part: Part, exposed: bool) -> tuple[list[Effect], bool]:
        """The events that running a part brings, and whether unknown code is near afterwards."""
        if isinstance(part, Effect):
            exposes = self.tracker.exposes(part)
            after = exposed if exposes is None else exposes or self.captured
            return [part] if self.tracker.begins(part, exposed) else [], after
        if self._is_passed(part, exposed):
            return [], exposed
        key = part, exposed, self.captured
        if key not in self._foreseen:
            self._foreseen[key] = self._foresee_in(part, exposed)
        return self._foreseen[key]

    def _foresee_in(self, part: Part, exposed: bool) -> tuple[list[Effect], bool]:
        """The same for a part that is no effect."""
        found: list[Effect] = []
        if isinstance(part, Later):
            exposed = exposed or self._reaches(part)
        elif isinstance(part, Suite):
            if isinstance(part, Loop):  # The next turn begins as this one ended.
                exposed = exposed or any(map(self._brings_near, self._near_in(part)))
            start = exposed
            at = self._next(part, 0, exposed)
            while at < len(part.parts):
                events, exposed = self._foresee(part.parts[at], exposed)
                found += events
                at = self._next(part, at + 1, exposed)
            exposed = exposed or (isinstance(part, Loop) and start)
        elif isinstance(part, Branch | Guard):
            arms = part.arms if isinstance(part, Branch) else part.all_arms
            if isinstance(part, Guard):
                exposed = exposed or any(map(self._brings_near, arms))
            ends = [(arm, *self._foresee(arm, exposed)) for arm in arms]
            found = [event for _, events_of_arm, _ in ends for event in events_of_arm]
            exposed = any(after for arm, _, after in ends if not arm.returns)
        return found, exposed


def _after(version: Version, effect: Effect, tracker: Tracker) -> Version:
    """The version that ``effect`` begins."""
    if isinstance(effect, Bind):
        return Version(effect, () if effect.unbinds else (tracker.source(effect),), bound=not effect.unbinds)
    sources = version.sources
    if isinstance(effect, Change) and not effect.grows:
        sources = (*sources, None)
    grows = isinstance(effect, Change) and effect.grows
    return Version(effect, sources, version.bound, version.handed_over or not grows, version.grown or grows)


def _joined(before: Version, events: list[Effect], tracker: Tracker) -> Version:
    """The version where the one ``before`` meets those that ``events`` leave behind."""
    left = [_after(before, event, tracker) for event in events]
    joined = _merged([before, *left])
    joined.cause = events[0]
    return joined


def _merged(versions: list[Version]) -> Version:
    causes = [version.cause for version in versions if version.cause is not None]
    return Version(
        causes[-1] if causes else None,
        tuple(dict.fromkeys(source for version in versions for source in version.sources)),
        all(version.bound for version in versions),
        any(version.handed_over for version in versions),
        any(version.grown for version in versions),
    )
