"""Results in the order of their jobs, from workers that are given a little at a time and answer in any order."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Iterator
from typing import Generic, TypeVar

from putfix.workers import Item, Job, Ready, Result

Entry = TypeVar("Entry")
"""What is kept of a job while workers have it."""


class Ordering(ABC, Generic[Item, Entry, Result]):
    """Feeds workers and hears them, and has what is under way between the two."""

    def __init__(self) -> None:
        self._again: deque[Entry] = deque()
        """What a worker that died had not done, or could not do."""
        self._done: dict[int, Result] = {}
        """The results that wait for one before them, by the numbers of their jobs."""
        self._all_begun = False
        """Whether there are no more jobs to come."""

    def results(self, jobs: Iterator[Job[Item] | Ready[Result]]) -> Iterator[Result]:
        """The results of the jobs in their order. Raises what hearing the workers does."""
        numbered = enumerate(jobs)
        following = 0
        while True:
            self._feed(numbered)
            while following in self._done:
                yield self._done.pop(following)
                following += 1
            if self._is_busy:
                self._hear()
            elif self._all_begun and not self._again and not self._done:
                return

    @property
    @abstractmethod
    def _is_busy(self) -> bool:
        """Whether a worker has anything to do."""

    @abstractmethod
    def _feed(self, numbered: Iterator[tuple[int, Job[Item] | Ready[Result]]]) -> None:
        """Give workers what they have room for, if there is anything; results that are ready are noted on the way."""

    @abstractmethod
    def _hear(self) -> None:
        """Take the results that there are, waiting for one a while."""
