"""A run that may take several processes: what is to be done, and by how many."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True)
class Ready(Generic[Result]):
    """A result that nothing has to be done for."""

    result: Result


@dataclass(frozen=True)
class Job(Generic[Item]):
    """Something to be done, and how much that is, in bytes."""

    item: Item
    size: int


@dataclass(frozen=True)
class Workshop(Generic[Item, Result]):
    """What is done with each item, and what comes of one whose process died with this exit code."""

    work: Callable[[Item], Result]
    lost: Callable[[Item, int], Result]


def processors() -> int:
    """How many processes can run at once; one inside pre-commit, which runs several commands itself."""
    if os.environ.get("PRE_COMMIT") == "1":
        return 1
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
