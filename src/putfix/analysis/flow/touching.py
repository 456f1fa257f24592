"""What the parts of a body are about, so that a walk that follows one value looks only at those that matter to it.

Where a value is at ``self.data``, what is done to ``self.other`` does not concern it. So an effect is found under a key
for the variable and the first attribute of its path, and under one for the variable alone.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from putfix.analysis.flow.parts import Part, Path
    from putfix.analysis.names.variables import Variable

Key: TypeAlias = "Variable | tuple[Variable, str] | str"
"""A variable; a variable with the name of an attribute, or without one; the name of an attribute that is set."""


LONG = 12
"""How many parts a suite has that it is worth to look up where something matters."""


def keys_of(path: Path) -> tuple[Key, Key]:
    """What an effect at ``path`` is found under."""
    return path.variable, (path.variable, path.attributes[0] if path.attributes else "")


def keys_near(paths: Iterable[Path]) -> frozenset[Key]:
    """What all is found under that is at one of ``paths``, hangs off it, or has it hang off."""
    found: set[Key] = set()
    for path in paths:
        if path.attributes:
            found |= {(path.variable, path.attributes[0]), (path.variable, "")}
        else:
            found.add(path.variable)
    return frozenset(found)


@dataclass(frozen=True)
class Touched:
    """What the effects in a part are about, by ``keys``, what is ``sent``, and of which ``kinds`` they are; and whether
    code is made there that runs later."""

    keys: frozenset[Key]
    sent: frozenset[Key]
    kinds: frozenset[type[Part]]

    def misses(self, keys: frozenset[Key]) -> bool:
        """Whether nothing is done to what is under any of the keys, and nothing of it is sent."""
        return keys.isdisjoint(self.keys) and keys.isdisjoint(self.sent)


class Index:
    """Where in a long suite something is done to what is under a key, or an effect of a kind happens."""

    def __init__(self, touched: Iterable[Touched], certain: Sequence[int]) -> None:
        """``certain`` are the positions of the parts in which unknown code runs for certain."""
        self._by_key: dict[Key, list[int]] = {}
        self._by_kind: dict[type[Part], list[int]] = {}
        self._certain = certain
        for position, each in enumerate(touched):
            for key in each.keys | each.sent:
                self._by_key.setdefault(key, []).append(position)
            for kind in each.kinds:
                self._by_kind.setdefault(kind, []).append(position)

    def of_keys(self, keys: Iterable[Key]) -> list[int]:
        """The positions of what is under any of the keys, in order."""
        return sorted({position for key in keys for position in self._by_key.get(key, ())})

    def next_of(self, kinds: Iterable[type[Part]], start: int, end: int) -> int:
        """The first position from ``start`` on where something of one of the kinds happens; at most ``end``."""
        return min([end, *(following(self._by_kind.get(kind, ()), start, end) for kind in kinds)])

    def last_certain(self, start: int, end: int) -> int:
        """The last position before ``end`` where unknown code runs for certain; ``start`` where there is none after
        it."""
        before = bisect_left(self._certain, end)
        return max(start, self._certain[before - 1]) if before else start


def following(positions: Sequence[int], start: int, end: int) -> int:
    """The first of the positions, which are in order, from ``start`` on; ``end`` where there is none."""
    at = bisect_left(positions, start)
    return positions[at] if at < len(positions) else end
