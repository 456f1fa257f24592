"""Following names to what gave them their values: each once, and in circles only as far as is known already."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

Found = TypeVar("Found")

_Expressions = dict[Hashable, tuple[Found | None, frozenset[Hashable]]]
_Asked = tuple[_Expressions[Found], int, set[Hashable]]
"""What is known of expressions when one is looked into, how often one was too deep, and the open places asked for."""


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
        self._expressions: _Expressions[Found] = {}
        """What was found out about expressions since the innermost place was opened, each with the open places that
        were asked for."""
        self._given_up = 0
        """How often something was too deep to be looked into."""

    def known_of(self, *expression: Hashable) -> tuple[Found | None, frozenset[Hashable]] | None:
        """What was found out about an expression, as things stand now, and the open places that this rests on; None
        where it was not looked into."""
        known = self._expressions.get(expression)
        if known is not None and known[1]:
            self._used |= known[1]
        return known

    def begin(self) -> _Asked[Found]:
        """Begin to look into an expression."""
        asked = self._expressions, self._given_up, self._used
        self._used = set()
        return asked

    def finish(self, asked: _Asked[Found], expression: Hashable, found: Found | None) -> None:
        """Remember what was ``found`` out about an expression since :meth:`begin`, unless something in it was too deep
        to be looked into."""
        expressions, given_up, used = asked
        if given_up == self._given_up:
            expressions[expression] = found, frozenset(self._used)
        self._used |= used

    def give_up(self) -> None:
        """Note that something is too deep to be looked into."""
        self._given_up += 1

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
        expressions, self._expressions = self._expressions, {}
        self._open[place] = None
        try:
            found = find()
        finally:
            del self._open[place]
            self._expressions = expressions
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
        self._expressions.clear()

    @contextmanager
    def case(self, known: Iterable[tuple[Hashable, Found | None]]) -> Iterator[None]:
        """Follow places inside as they are where those in ``known`` are so."""
        meanwhile, self._meanwhile = self._meanwhile, {}
        expressions, self._expressions = self._expressions, {}
        self._known.append(dict(known))
        try:
            yield
        finally:
            self._known.pop()
            self._meanwhile, self._expressions = meanwhile, expressions

    @property
    def is_idle(self) -> bool:
        """Whether no place is open, and no case: what is found out now stays so."""
        return not self._open and not self.depth

    @property
    def depth(self) -> int:
        """How many cases are inside of each other."""
        return len(self._known) - 1
