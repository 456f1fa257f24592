"""Writing a file so that at any moment it is either the old or the new one.

The new one is written beside it under a temporary name, which is its own after a renaming. A run that is killed in
between leaves the temporary file, which the next one clears: a live run holds a lock on its own.
"""

from __future__ import annotations

import contextlib
import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path

from putfix import signals
from putfix.reading import read

try:
    import fcntl
except ImportError:  # on Windows, which neither has these locks, nor removes or renames what is open
    fcntl = None  # type: ignore[assignment]

_PREFIX, _SUFFIX = ".putfix-", ".tmp"
_TEMPORARY = re.compile(rf"{re.escape(_PREFIX)}[a-z0-9_]{{8}}{re.escape(_SUFFIX)}")
"""The names that :mod:`tempfile` gives."""


class ChangedSinceReadError(Exception):
    """The file is no longer what it was when it was read."""


def replace(path: Path, old: bytes, new: bytes) -> None:
    """Replace the content ``old`` of the file at ``path`` by ``new``.

    Keeps the mode, and follows a symbolic link, which stays one. Where another run has written ``new`` meanwhile, all
    is done. Raises :class:`ChangedSinceReadError` where the file is something else than ``old`` by now, and
    :class:`OSError` where it cannot be written; it is untouched then. Ctrl-C and SIGTERM wait until it is done.
    """
    real = Path(os.path.realpath(path))
    status = real.stat()
    if not status.st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH) or not os.access(real, os.W_OK):
        raise PermissionError(None, "the file is read-only", str(path))
    with signals.deferred(), _temporary(real.parent, new) as temporary:
        _take_over(temporary, status)
        found = read(real)
        if found not in (old, new):
            raise ChangedSinceReadError
        if found != new:
            os.replace(temporary, real)


def create(path: Path, data: bytes) -> None:
    """Make a file that is not there yet. Raises :class:`OSError`; where another made it meanwhile, that stays."""
    with signals.deferred(), _temporary(path.parent, data) as temporary:
        temporary.chmod(0o666 & ~_mask())
        os.link(temporary, path)


def put(path: Path, data: bytes) -> None:
    """Make a file, in place of the one that may be there, as a whole. Raises :class:`OSError`."""
    real = Path(os.path.realpath(path))
    with contextlib.suppress(FileNotFoundError):
        replace(real, read(path), data)  # what is no file may have a real path that leads nowhere
        return
    create(real, data)


def clear_leftovers(folder: Path) -> None:
    """Remove the temporary files that killed runs left in a directory, as far as that is possible."""
    if fcntl is None:
        return
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for name in [entry.name for entry in entries if _TEMPORARY.fullmatch(entry.name)]:
            with contextlib.suppress(OSError):
                _clear(folder / name)


def _clear(path: Path) -> None:
    """Remove a temporary file that nobody writes. Raises :class:`OSError`."""
    descriptor = os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        if stat.S_ISREG(os.fstat(descriptor).st_mode):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink()
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def _temporary(folder: Path, data: bytes) -> Iterator[Path]:
    """A file with ``data`` in it, on the disk, that is gone at the end unless it has got another name."""
    descriptor, path = _locked(folder)
    with os.fdopen(descriptor, "wb") as stream:  # and so locked
        try:
            stream.write(data)
            stream.flush()
            os.fsync(descriptor)
            if fcntl is None:
                stream.close()
            yield path
        finally:
            path.unlink(missing_ok=True)


def _locked(folder: Path) -> tuple[int, Path]:
    """The descriptor and the path of a new file, which others can tell from what a killed run left."""
    import tempfile  # takes some time

    while True:
        descriptor, name = tempfile.mkstemp(prefix=_PREFIX, suffix=_SUFFIX, dir=folder)
        if _lock(descriptor, name):
            return descriptor, Path(name)
        os.close(descriptor)


def _lock(descriptor: int, name: str) -> bool:
    """Lock a new file; whether it is still there, as another run may have taken it for a left one just before."""
    if fcntl is None:
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # this file system has no locks, so the others cannot get one either
        return True
    return os.path.lexists(name)


def _mask() -> int:
    """The permissions that new files do not get."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _take_over(temporary: Path, status: os.stat_result) -> None:
    """Give the new file the owner, where that is allowed, and the mode of the old one."""
    if hasattr(os, "chown") and (status.st_uid, status.st_gid) != (temporary.stat().st_uid, temporary.stat().st_gid):
        with contextlib.suppress(PermissionError):
            os.chown(temporary, status.st_uid, status.st_gid)
    temporary.chmod(stat.S_IMODE(status.st_mode))
