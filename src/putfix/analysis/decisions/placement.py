"""Where one put serves which calls: as far out as the version reaches, and as late as its calls allow."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import prod

from putfix.analysis.decisions import obstacles
from putfix.analysis.flow.parts import Arm, Bind, Branch, CellByCell, Effect, Guard, Later, Loop, Part, Statement
from putfix.analysis.names.nodes import walk
from putfix.analysis.versions.timelines import Send, Timeline
from putfix.model import Obstacle


@dataclass(frozen=True, eq=False)
class Repeat:
    """Sends of one version, with the statement that their put goes before, or what stands in its way."""

    sends: tuple[Send, ...]
    place: Statement | None
    obstacles: tuple[Obstacle, ...] = ()


class Placement:
    """Finds the repeats of one value in one body, from the versions of the value and of Ray's state.

    ``cannot_fail`` says whether putting what a send passes certainly raises nothing, where Ray runs; ``place_of`` gives
    the file that something stands in, where that is another one.
    """

    def __init__(
        self,
        value: str,
        versions: Timeline,
        ray: Timeline,
        cannot_fail: Callable[[Send], bool],
        place_of: Callable[[ast.AST], str],
    ) -> None:
        self._value = value
        self._place_of = place_of
        self._versions = versions
        self._ray = ray
        self._cannot_fail = cannot_fail

    def repeats(self, sends: Sequence[Send]) -> list[Repeat]:
        """The repeats among ``sends``, in the order of their first ones."""
        groups: dict[tuple[object, object], list[Send]] = {}
        for send in sends:
            groups.setdefault((send.version, self._ray.at(send.dispatch)), []).append(send)
        found = [repeat for group in groups.values() for repeat in self._solve(group)]
        return [*found, *self._across_cells(sends, found)]

    def _across_cells(self, sends: Sequence[Send], found: Sequence[Repeat]) -> Iterable[Repeat]:
        """What several cells send, and none of them again by itself: all but the first get it from others."""
        told = {id(send) for repeat in found for send in repeat.sends}
        left = [send for send in sends if id(send) not in told and (send.version.elsewhere or not _in_loop(send))]
        again = [send for send in left if send.version.elsewhere]
        by_cell = {_cell(send): send for send in reversed([*left[:1], *again])} if again else {}
        first, *others = reversed(by_cell.values()) if by_cell else (None,)
        if first is not None and others:
            yield Repeat((first, *others), None, (obstacles.other_cell(self._value, others[0].argument),))

    def _solve(self, group: Sequence[Send]) -> list[Repeat]:
        """The repeats of one version; those that are left over may make some among themselves."""
        found: list[Repeat] = []
        rest = list(group)
        while rest:
            placed, left = self._place(rest)
            found += placed
            if not placed:
                break
            rest = left
        return [*found, *(repeat for send in rest for repeat in self._explain(send))]

    def _place(self, group: Sequence[Send]) -> tuple[list[Repeat], list[Send]]:
        """One put for all; where there is no place or no need for it, for those that stand closer together. The sends
        that get none are returned too."""
        found: list[Repeat] = []
        left: list[Send] = []
        pending: list[Sequence[Send]] = [group]
        while pending:
            sends = pending.pop()
            places = [place for place in _common_statements(sends) if self._is_valid(place, sends)]
            gains = [(sum(len(_repeating(send, sends[0], place)) for send in sends), place) for place in places]
            most = max((gain for gain, _ in gains), default=0)
            best = [place for gain, place in gains if gain == most]
            if best and (most or _repeats_in_line(sends)):
                found.append(Repeat(tuple(sends), best[-1], tuple(self._running_later(sends))))
            elif len(sends) == 1:
                left.append(sends[0])
            else:
                pending += reversed(_closer(sends, apart=bool(places)))
        return found, left

    def _is_valid(self, place: Statement, sends: Sequence[Send]) -> bool:
        """Whether the version, and the state of Ray, just before ``place`` are those that the sends see."""
        first = sends[0]
        return (
            place.insertable
            and self._versions.before(place) is first.version
            and self._ray.before(place) is self._ray.at(first.dispatch)
            and self._boundary(first, first, place) is None
            and (_is_certain(first, place) or all(self._boundary(send, first, place) is None for send in sends))
        )

    def _boundary(self, send: Send, first: Send, place: Statement) -> Guard | None:
        """The ``try`` or ``with`` between ``place`` and the send that could see the put fail.

        ``first`` is the send in ``place``.
        """
        guard = next((part for part in _inside(send, first, place) if isinstance(part, Guard)), None)
        computed = first.sent.may_fail is not None
        if guard is not None and not computed and not self._ray.exposed_before(place) and self._cannot_fail(first):
            return None
        return guard

    def _running_later(self, sends: Sequence[Send]) -> Iterable[Obstacle]:
        """A lambda or generator must find the value, and Ray, as they are when it is made."""
        for send in sends:
            if send.later is None:
                continue
            around = send.stack[: send.stack.index(send.later)]
            both = (self._versions, self._ray)
            settled = not any(versions.changes_in(part) for versions in both for part in around)
            settled = settled and all(versions.ends_at(send.dispatch) for versions in both)
            if not settled or self._versions.exposed:
                yield obstacles.runs_later(self._value, send.later.node)

    def _explain(self, send: Send) -> list[Repeat]:
        """Why a send inside a loop has no put outside of it; nothing where it is no repeat."""
        loops = [part for part in send.stack if isinstance(part, Loop) and part.repeats]
        if not loops:
            return []
        inner = loops[-1]
        events = self._versions.changes_in(inner)
        found: Obstacle | None
        if events:
            again = any(_binds(event, send) and not isinstance(event.node, ast.Call) for event in events)
            found = self._of_event(events[0], send) if not again else None  # it is sent anew in each turn
        elif self._ray.changes_in(inner):
            found = obstacles.ray_may_not_run(self._value, self._ray.changes_in(inner)[0])
        else:
            found = self._without_event(send, inner)
        return [Repeat((send,), None, (found,))] if found is not None else []

    def _of_event(self, event: Effect, send: Send) -> Obstacle | None:
        """The obstacle that an event is; None where it only binds what is sent."""
        if isinstance(event, Bind) and not _binds(event, send):
            return obstacles.may_be_changed(self._value, event)
        return obstacles.of_cause(self._value, event, send.argument)

    def _without_event(self, send: Send, inner: Loop) -> Obstacle | None:
        """Nothing happens inside the loop, and yet no statement around it is a place."""
        outside = [part for part in send.stack[: send.stack.index(inner)] if isinstance(part, Statement)]
        for place in reversed(outside):
            boundary = self._boundary(send, send, place)
            if boundary is not None:
                return obstacles.crosses_try(self._value, boundary.node, self._place_of(boundary.node))
        if outside and not outside[-1].insertable:
            return obstacles.no_place(self._value, send.argument, "a put cannot stand in the body of a class")
        cause = send.version.cause
        if send.dispatch.reaches and cause is not None and cause.node is send.dispatch.node:
            return obstacles.of_cause(self._value, cause, send.argument) or obstacles.no_place(self._value, cause.node)
        ray = self._ray.at(send.dispatch)
        if ray.cause is not None and all(self._ray.before(place) is not ray for place in outside):
            return obstacles.ray_may_not_run(self._value, ray.cause)
        return obstacles.no_place(self._value, send.argument)


def _binds(event: Effect, send: Send) -> bool:
    """Whether an event binds what is sent, or what it hangs off."""
    return isinstance(event, Bind) and any(event.path.starts(part) for part in send.sent.parts)


def _in_loop(send: Send) -> bool:
    return any(isinstance(part, Loop) and part.repeats for part in send.stack)


def _cell(send: Send) -> Part:
    """The cell of a notebook that the send is in."""
    index = next(i for i, part in enumerate(send.stack) if isinstance(part, CellByCell))
    return send.stack[index + 1]


def times(sends: Sequence[Send], place: Statement) -> int | None:
    """How often a value is sent in all, where that is a constant of the program."""
    total = 0
    loops: set[Loop] = set()
    for send in sends:
        inside = _inside(send, sends[0], place)
        around = [part for part in inside if isinstance(part, Loop)]
        counts = [loop.times for loop in around]
        if any(isinstance(part, Arm | Later) for part in inside) or None in counts:
            return None
        loops.update(around)
        total += prod(count for count in counts if count is not None)
    return None if any(loop.may_be_left for loop in loops) else total


def surely_runs(send: Send, place: Statement) -> bool:
    """Whether the send runs, exceptions apart, whenever ``place`` does: at least once in each loop around it."""
    inside = _inside(send, send, place)
    return not any(
        isinstance(part, Arm | Later) or (isinstance(part, Loop) and (not part.times or part.may_be_left))
        for part in inside
    )


def is_computed_first(send: Send, place: Statement) -> bool:
    """Whether the value that is sent is the first thing computed from ``place`` on, names and constants apart.

    Loops around it, which certainly run, only count. Then an exception comes from the same point as before.
    """
    return _begins_with(place.node, send.argument)


def _begins_with(node: ast.AST, argument: ast.expr) -> bool:
    if node is argument:
        return True
    before: list[ast.AST] = []
    following: ast.AST | None = None
    if isinstance(node, ast.Expr | ast.Return | ast.Assign | ast.AnnAssign | ast.keyword | ast.Starred):
        following = node.value
    elif isinstance(node, ast.For) and _is_plain_iteration(node):
        following = node.body[0]
    elif isinstance(node, ast.ListComp | ast.SetComp) and all(map(_is_plain_iteration, node.generators)):
        following = node.elt
    elif isinstance(node, ast.List | ast.Tuple | ast.Call):
        parts: list[ast.AST] = [*node.elts] if isinstance(node, ast.List | ast.Tuple) else [node.func, *node.args]
        parts += node.keywords if isinstance(node, ast.Call) else []
        inside = next((i for i, part in enumerate(parts) if argument in walk(part)), None)
        if inside is not None:
            before, following = parts[:inside], parts[inside]
    plain = all(_is_plain(part, attributes=part is getattr(node, "func", None)) for part in before)
    return plain and following is not None and _begins_with(following, argument)


def _is_plain_iteration(node: ast.For | ast.comprehension) -> bool:
    """Whether the first turn begins without anything being computed: ``for i in range(3)``, ``for i in (1, 2)``."""
    iterable = node.iter
    if isinstance(iterable, ast.Call):
        called = isinstance(iterable.func, ast.Name) and iterable.func.id == "range" and not iterable.keywords
        parts = iterable.args if called else [iterable]
    else:
        parts = iterable.elts if isinstance(iterable, ast.List | ast.Tuple) else [iterable]
    conditions = node.ifs if isinstance(node, ast.comprehension) else []
    return isinstance(node.target, ast.Name) and not conditions and all(map(_is_plain, parts))


def _is_plain(node: ast.AST, *, attributes: bool = False) -> bool:
    """Whether computing ``node`` is only looking up a name, or ``attributes`` of one, or a constant."""
    while isinstance(node, ast.keyword) or (attributes and isinstance(node, ast.Attribute)):
        node = node.value
    return isinstance(node, ast.Name | ast.Constant)


def _inside(send: Send, first: Send, place: Statement) -> tuple[Part, ...]:
    """The parts around the send, inside ``place`` or the later statement of its suite; ``first`` is in ``place``."""
    index = first.stack.index(place)
    return send.stack[index + 1 :]


def _repeating(send: Send, first: Send, place: Statement) -> list[Loop]:
    return [part for part in _inside(send, first, place) if isinstance(part, Loop) and part.repeats]


def loops_of(repeat: Repeat) -> tuple[bool, list[bool]]:
    """Whether a loop stands around the place of the put, so that each of its turns may have another value, and for each
    send whether it may run again for the same put. Without a place, the innermost loop is what repeats."""
    first, place = repeat.sends[0], repeat.place
    if place is None:
        loops = [part for part in first.stack if isinstance(part, Loop) and part.repeats]
        return len(loops) > 1, [bool(loops)]
    around = first.stack[: first.stack.index(place)]
    outer = any(isinstance(part, Loop) and part.repeats for part in around)
    return outer, [bool(_repeating(send, first, place)) for send in repeat.sends]


def is_repeated_elsewhere(repeat: Repeat) -> bool:
    """Whether it is one call of a function, which sends again and again."""
    loops = [part for part in repeat.sends[0].stack if isinstance(part, Loop) and part.repeats]
    return len(repeat.sends) == 1 and bool(loops) and all(loop.elsewhere for loop in loops)


def _common_depth(sends: Sequence[Send]) -> int:
    depth = 0
    while all(depth < len(send.stack) and send.stack[depth] is sends[0].stack[depth] for send in sends):
        depth += 1
    return depth


def _common_statements(sends: Sequence[Send]) -> list[Statement]:
    """The statements before which one put could serve all sends, outermost first: those around all of them,
    and the first of several in one suite."""
    depth = _common_depth(sends)
    around = [part for part in sends[0].stack[:depth] if isinstance(part, Statement)]
    following = [send.stack[depth] if depth < len(send.stack) else None for send in sends]
    first = following[0]
    if isinstance(first, Statement) and all(isinstance(part, Statement) for part in following):
        around.append(first)
    return around


def _closer(sends: Sequence[Send], *, apart: bool) -> list[list[Send]]:
    """Smaller groups of sends: those under the same ``try`` or ``with``; then those under the same part where they
    have nothing to do with each other (``apart``), else those under the first part, and the rest."""
    depth = _common_depth(sends)
    by_guard: dict[Guard | None, list[Send]] = {}
    by_part: dict[tuple[Part, ...], list[Send]] = {}
    for send in sends:
        guard = next((part for part in send.stack[depth:] if isinstance(part, Guard)), None)
        by_guard.setdefault(guard, []).append(send)
        by_part.setdefault(send.stack[depth : depth + 1], []).append(send)
    if len(by_guard) > 1:
        return list(by_guard.values())
    if len(by_part) == 1:
        return [[send] for send in sends]
    first, *others = by_part.values()
    return [first, *others] if apart else [first, [send for other in others for send in other]]


def _is_certain(send: Send, place: Statement) -> bool:
    """Whether the send runs whenever ``place`` does."""
    inside = send.stack[send.stack.index(place) + 1 :]
    return not any(isinstance(part, Arm | Loop | Later) for part in inside)


def _repeats_in_line(sends: Sequence[Send]) -> bool:
    """Whether two of the sends can both run, one of them for certain once ``place`` is reached."""
    depth = _common_depth(sends)
    certain = [send for send in sends if not any(isinstance(part, Arm) for part in send.stack[depth:])]
    return any(
        one is not other and not _exclusive(one, other) and not _exclusive(other, one)
        for one in certain
        for other in sends
    )


def _exclusive(one: Send, other: Send) -> bool:
    """Whether no run reaches both, loops apart: other arms of a branch, or an arm that leaves the suite."""
    depth = _common_depth([one, other])
    if depth and isinstance(one.stack[depth - 1], Branch):
        return True
    return any(isinstance(part, Arm | Loop) and part.leaves for part in one.stack[depth:])


def ancestors(sends: Sequence[Send], place: Statement) -> list[ast.stmt]:
    """The statements around ``place``, outermost first."""
    stack = sends[0].stack
    until = stack.index(place) if place in stack else len(stack)
    return [part.node for part in stack[:until] if isinstance(part, Statement)]
