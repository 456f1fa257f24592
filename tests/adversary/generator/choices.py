"""Where the decisions of the generator come from: a seed, or hypothesis."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Protocol, TypeVar

from hypothesis import strategies as st

T = TypeVar("T")


class Choices(Protocol):
    """Makes decisions; the smaller the numbers, the simpler the program."""

    def number(self, low: int, high: int) -> int:
        """A number from ``low`` to ``high``, both included."""


class Seeded:
    """Decisions that a seed determines."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def number(self, low: int, high: int) -> int:
        return low + int(self._random.random() * (high - low + 1))


class Drawn:
    """Decisions of hypothesis, which it can make smaller."""

    def __init__(self, draw: st.DrawFn) -> None:
        self._draw = draw

    def number(self, low: int, high: int) -> int:
        return self._draw(st.integers(low, high))


def pick(choices: Choices, options: Sequence[T]) -> T:
    """One of ``options``; simple ones stand first."""
    return options[choices.number(0, len(options) - 1)]


def chance(choices: Choices, percent: int) -> bool:
    """Whether something happens that does so in ``percent`` of all cases."""
    return choices.number(0, 99) >= 100 - percent
