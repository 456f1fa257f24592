"""The trace file of a run: several processes append to it, any of which may be killed at any moment."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import sys
import time
from collections.abc import Iterator

from putfix.trace.records import Trace, TraceError, dump, parse

if sys.platform != "win32":
    import fcntl

_FIRST_COMPACTION = 4_000_000
"""The size in bytes at which a file is compacted first; later ones wait until it is four times what it was after."""


class TraceFile:
    """A file that traces are added to. All methods may raise :class:`OSError`."""

    def __init__(self, path: str) -> None:
        self.path = os.path.realpath(path)
        self._compact_at = _FIRST_COMPACTION

    def append(self, trace: Trace, patience: float = 0.05) -> None:
        """Add a block, whole or not at all; raises :class:`BlockingIOError` after ``patience`` seconds of waiting."""
        data = dump(trace)
        with self._locked(patience) as descriptor:
            size = os.lseek(descriptor, 0, os.SEEK_END)
            if size:
                os.lseek(descriptor, size - 1, os.SEEK_SET)
                data = data if os.read(descriptor, 1) == b"\n" else b"\n" + data
            try:
                written = os.write(descriptor, data)
            except OSError:
                written = 0
            if written < len(data):
                os.ftruncate(descriptor, size)
                raise OSError(errno.ENOSPC, "no space is left for the trace")
            if size > self._compact_at:
                self._replace(descriptor)

    def compact(self, patience: float = 2.0) -> None:
        """Add up what the file says several times."""
        with self._locked(patience) as descriptor:
            self._replace(descriptor)

    def _replace(self, descriptor: int) -> None:
        """Put a compacted file in the place of the open and locked one, in one step."""
        with open(descriptor, "rb", closefd=False) as stream:
            stream.seek(0)
            try:
                data = dump(parse(stream.read()))
            except TraceError:  # somebody appended a newer one
                return
        temporary = f"{self.path}.{os.getpid()}.tmp"
        try:
            with open(temporary, "wb") as stream:
                stream.write(data)
            os.replace(temporary, self.path)
        except OSError:
            with contextlib.suppress(OSError):
                os.unlink(temporary)
            raise
        self._compact_at = max(_FIRST_COMPACTION, 4 * len(data))

    @contextlib.contextmanager
    def _locked(self, patience: float) -> Iterator[int]:
        """The file, open, and nobody else's meanwhile."""
        until = time.monotonic() + patience
        while True:
            descriptor = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o666)
            try:
                if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                    raise OSError(errno.EINVAL, "not a regular file")
                _lock(descriptor, until)
                if self._is_current(descriptor):
                    yield descriptor
                    return
            finally:
                os.close(descriptor)  # which unlocks it

    def _is_current(self, descriptor: int) -> bool:
        """Whether the open file is still the one with the name: another process may have compacted it."""
        try:
            return os.path.samestat(os.fstat(descriptor), os.stat(self.path))
        except FileNotFoundError:
            return False


def _lock(descriptor: int, until: float) -> None:
    """Lock an open file, waiting for others until a moment of :func:`time.monotonic`."""
    while not _try_to_lock(descriptor):
        if time.monotonic() >= until:
            raise BlockingIOError("another process keeps the trace locked")
        time.sleep(0.005)


def _try_to_lock(descriptor: int) -> bool:
    if sys.platform == "win32":
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
