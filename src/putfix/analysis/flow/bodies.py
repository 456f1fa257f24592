"""The flow of one body as a whole: its tree of parts, and which paths may lead to the same object in it."""

from __future__ import annotations

import ast
import functools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from putfix.analysis.flow.parts import Arm, Escape, Path, Share, Store, leaves
from putfix.analysis.flow.touching import Key, keys_near, keys_of
from putfix.analysis.names.variables import Variable


class Alias(NamedTuple):
    """What is at ``other`` may also be at ``path``, or is held by what is there where it ``holds``.

    ``callee`` is what was called, where that is so because the result of a call may be what it was given.
    """

    path: Path
    other: Path
    holds: bool = False
    callee: ast.expr | None = None


@dataclass(eq=False)
class Flow:
    """The tree of one function or module body, with the aliases that its assignments make."""

    body: Arm
    aliases: dict[Alias, None] = field(default_factory=dict)
    """Without doubles, in the order of the source."""
    returned: list[Path] = field(default_factory=list)
    """What the results of the function may be, hold, or share memory with."""
    read: set[Path] = field(default_factory=set)
    """The variables and attributes that the body looks at, those of the functions inside it included."""
    _reached: dict[tuple[Path, bool, bool], frozenset[Path]] = field(default_factory=dict, init=False, repr=False)

    @functools.cached_property
    def leaked(self) -> frozenset[Variable]:
        """The variables whose objects other code can reach at some time."""
        found = leaves(self.body.parts, into_later=True)
        return frozenset(effect.path.variable for effect in found if isinstance(effect, Escape | Share | Store))

    @functools.cached_property
    def containers(self) -> frozenset[Path]:
        """The paths of objects that only hold others: changing one of them changes none of those."""
        holding = {alias.path for alias in self.aliases if alias.holds}
        sharing = {path for alias in self.aliases if not alias.holds for path in (alias.path, alias.other)}
        others = sharing.union(alias.other for alias in self.aliases if alias.holds)
        return frozenset(path for path in holding if not any(path.meets(other) for other in others))

    @functools.cached_property
    def _neighbours(self) -> dict[Key, list[tuple[Path, Path, bool, bool]]]:
        """The two sides of each alias, by what the one is found under; with whether the other is what a call returns,
        and whether this one is."""
        found: dict[Key, list[tuple[Path, Path, bool, bool]]] = {}
        for alias in self.aliases:
            called = alias.callee is not None
            for key in keys_of(alias.path):
                found.setdefault(key, []).append((alias.path, alias.other, False, called))
            for key in keys_of(alias.other):
                found.setdefault(key, []).append((alias.other, alias.path, called, False))
        return found

    def take_in(self, made: Flow) -> None:
        """Add what is so of a function that is made in this body."""
        self.aliases.update(made.aliases)
        self.returned += made.returned
        self.read |= made.read

    def with_aliases(self, are_kept: Callable[[Alias], bool]) -> Flow:
        """The same body, as if it made no other aliases than these."""
        return replace(self, aliases={alias: None for alias in self.aliases if are_kept(alias)})

    def also_at(self, path: Path, *, parts: bool = True, results: bool = True) -> frozenset[Path]:
        """Where else the object at ``path``, a part of it (with ``parts``), or what holds it may be reached.

        Aliases are taken together over the whole body, whatever their order. Without ``results``, what a call returns
        that was given the object may hold it and whatever else the call was given, and these still not each other.
        """
        key = path, parts, results
        if key not in self._reached:
            found = self._together_with(path) if parts and results else self._reached_from(path, parts, results)
            self._reached[key] = found - {path}
        return self._reached[key]

    def _together_with(self, path: Path) -> frozenset[Path]:
        """Where aliases lead in both directions: to all that is together with anything that meets the path."""
        groups = self._groups
        if path in groups:
            return groups[path]
        found = {groups[side] for side in self._sides.get(path.variable, ()) if side.meets(path)}
        return frozenset().union(*found)

    @functools.cached_property
    def _sides(self) -> dict[Variable, dict[Path, None]]:
        """The two sides of all aliases, by their variables."""
        found: dict[Variable, dict[Path, None]] = {}
        for alias in self.aliases:
            for side in (alias.path, alias.other):
                found.setdefault(side.variable, {})[side] = None
        return found

    @functools.cached_property
    def _groups(self) -> dict[Path, frozenset[Path]]:
        """The sides of all aliases, each with those that it is together with: the other side, what hangs off one or has
        it hang off, and so on."""
        near: dict[Path, list[Path]] = {side: [] for sides in self._sides.values() for side in sides}
        for alias in self.aliases:
            near[alias.path].append(alias.other)
            near[alias.other].append(alias.path)
        for side in near:
            for length in range(len(side.attributes)):
                above = Path(side.variable, side.attributes[:length])
                if above in near:
                    near[above].append(side)
                    near[side].append(above)
        found: dict[Path, frozenset[Path]] = {}
        for side in near:
            if side not in found:
                group = _reached_in(near, side)
                found.update(dict.fromkeys(group, group))
        return found

    def _reached_from(self, path: Path, parts: bool, results: bool) -> frozenset[Path]:
        """See :meth:`also_at`."""
        neighbours = self._neighbours
        found: set[tuple[Path, bool]] = set()
        pending = [(path, False)]
        while pending:
            place, returned = pending.pop()
            near = (each for key in keys_near([place]) for each in neighbours.get(key, ()))
            for here, there, into_result, from_result in near:
                if returned and from_result:
                    continue
                state = there, not results and (returned or into_result)
                if (here.meets(place) if parts else here.starts(place)) and state not in found:
                    found.add(state)
                    pending.append(state)
        return frozenset(place for place, _ in found)


def _reached_in(near: Mapping[Path, Iterable[Path]], start: Path) -> frozenset[Path]:
    """The start, and all that steps to what is near lead to."""
    found = {start}
    pending = [start]
    while pending:
        new = [each for each in near[pending.pop()] if each not in found]
        found.update(new)
        pending += new
    return frozenset(found)
