"""Work far from where a run was started: what is done at the desk there, and what at the benches of the workers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection
from typing import Any, Generic, NamedTuple, TypeVar

from putfix.workers import Item, Ready, Result

Order = TypeVar("Order")
"""What a worker is given to do."""


class Unanswered(NamedTuple):
    """In place of a result: what a worker would have needed to know."""

    questions: Collection[Any]


class News(NamedTuple):
    """What workers must know besides, if anything, from this ``edition`` on, which forgets all others."""

    edition: int
    data: bytes | None


class Bench(ABC, Generic[Order, Result]):
    """Where a worker works: what it has learned so far."""

    @abstractmethod
    def learn(self, news: bytes) -> None:
        """Know more."""

    @abstractmethod
    def do(self, order: Order) -> Result | Unanswered:
        """The result of an order."""


class Desk(ABC, Generic[Item, Order, Result]):
    """What is done where the run was started."""

    bench: Callable[[], Bench[Order, Result]]
    """What gives a worker its bench; it is pickled."""

    @abstractmethod
    def packed(self, item: Item) -> Order | Ready[Result]:
        """What a worker is to do for an item, or the result, where that takes none."""

    @abstractmethod
    def news(self) -> News:
        """What workers must know for what was packed since the last call."""

    @abstractmethod
    def answer(self, questions: Collection[Any]) -> None:
        """Let what was asked be in the next news."""

    @abstractmethod
    def done_here(self, item: Item) -> Result:
        """The result of an item, without a worker."""

    @abstractmethod
    def lost(self, item: Item, how: str) -> Result:
        """The result of an item whose task died again and again."""
