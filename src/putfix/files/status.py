"""The status of files, which tells whether they have changed."""

from __future__ import annotations

import os

Status = list[int]
"""When a file was last modified, and when anything about it was, in nanoseconds, its size, and its number."""

_LONG_STEP, _SHORT_STEP = 2_000_000_000, 100_000_000
"""No clock of a file system takes longer steps, in nanoseconds: FAT has the long ones. Where it tells parts of a
millisecond, it goes on at least with each interrupt of the timer, which comes every 16 milliseconds or oftener."""
_MILLISECOND = 1_000_000


def status_of(path: str | os.PathLike[str]) -> Status | None:
    """The status of a file; None where there is none."""
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return None
    return [found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino]


def is_settled(status: Status | None, now: int) -> bool:
    """Whether the bytes of a file cannot change without its status, which was taken after ``now``, in nanoseconds since
    the epoch."""
    if status is None:
        return False
    step = _SHORT_STEP if status[1] % _MILLISECOND else _LONG_STEP
    return max(status[:2]) < now - step
