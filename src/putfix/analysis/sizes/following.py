"""Following names to what gave them their values: each once, and in circles only as far as is known already."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

Found = TypeVar("Found")


class Following(Generic[Found]):
    """Remembers what was found out about places: variables, attributes, calls."""

    def __init__(self) -> None:
        self._known: list[dict[Hashable, Found | None]] = [{}]
        """What is certain, in the case at hand: see :meth:`case`."""
        self._open: dict[Hashable, Found | None] = {}
        """The places that are being followed, with what is known of them so far."""
        self._meanwhile: dict[Hashable, Found | None] = {}
        """What was found out with the help of open places: good until they are closed."""
        self._used: set[Hashable] = set()
        """The open places that were asked for since the innermost one was opened."""

    def follow(self, place: Hashable, find: Callable[[], Found | None]) -> Found | None:
        """What is known about ``place``; ``find`` finds it out, unless it is known."""
        known = self._known[-1]
        if place in known:
            return known[place]
        if place in self._open:
            self._used.add(place)
            return self._open[place]
        if place in self._meanwhile:
            return self._meanwhile[place]
        outer, self._used = self._used, set()
        self._open[place] = None
        try:
            found = find()
        finally:
            del self._open[place]
        self._used.discard(place)
        if self._used:
            self._meanwhile[place] = found
        else:
            known[place] = found
        if not self._open:
            self._meanwhile.clear()
        self._used |= outer
        return found

    def so_far(self, place: Hashable, found: Found | None) -> None:
        """Note what is known of an open place before all is."""
        self._open[place] = found

    @contextmanager
    def case(self, known: Iterable[tuple[Hashable, Found | None]]) -> Iterator[None]:
        """Follow places inside as they are where those in ``known`` are so."""
        meanwhile, self._meanwhile = self._meanwhile, {}
        self._known.append(dict(known))
        try:
            yield
        finally:
            self._known.pop()
            self._meanwhile = meanwhile

    @property
    def depth(self) -> int:
        """How many cases are inside of each other."""
        return len(self._known) - 1
