"""A run that may take several processes: what is to be done, and by how many."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


# These are no dataclasses, which each run would make: three take a millisecond.


class Ready(Generic[Result]):
    """A result that nothing has to be done for."""

    def __init__(self, result: Result) -> None:
        self.result = result


class Job(Generic[Item]):
    """Something to be done, and how much that is, in bytes."""

    def __init__(self, item: Item, size: int) -> None:
        self.item = item
        self.size = size


class Workshop(Generic[Item, Result]):
    """What is done with each item, and what comes of one whose process died with this exit code."""

    def __init__(self, work: Callable[[Item], Result], lost: Callable[[Item, int], Result]) -> None:
        self.work = work
        self.lost = lost


def processors() -> int:
    """How many processes can run at once; one inside pre-commit, which runs several commands itself."""
    if os.environ.get("PRE_COMMIT") == "1":
        return 1
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
