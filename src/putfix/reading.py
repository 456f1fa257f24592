"""Reading what a path leads to, where that is a file: no waiting for a pipe, and no device that never ends."""

from __future__ import annotations

import os
import stat
from pathlib import Path

LARGEST = 1_000_000_000
"""How many bytes a file may have that is read: more is no source, no setting and no trace."""

NOT_REGULAR = "not a regular file"
TOO_LARGE = "larger than 1 GB"


def read(path: Path) -> bytes:
    """What is in the file at ``path``. Raises :class:`OSError`, also where it is a pipe, a device or too large."""
    _check(os.stat(path), path)  # opening a device may already do something
    with open(path, "rb", opener=_without_waiting) as stream:
        _check(os.fstat(stream.fileno()), path)  # it may be another one by now
        try:
            return stream.read()
        except MemoryError as error:
            raise OSError(None, TOO_LARGE, os.fspath(path)) from error


def _check(status: os.stat_result, path: Path) -> None:
    if not stat.S_ISREG(status.st_mode) and not stat.S_ISDIR(status.st_mode):  # of a directory Python says it
        raise OSError(None, NOT_REGULAR, os.fspath(path))
    if status.st_size > LARGEST:
        raise OSError(None, TOO_LARGE, os.fspath(path))


def _without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0))
