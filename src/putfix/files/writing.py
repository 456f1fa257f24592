"""Writing a file so that at any moment it is either the old or the new one."""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
from pathlib import Path


class ChangedSinceReadError(Exception):
    """The file is no longer what it was when it was read."""


def replace(path: Path, old: bytes, new: bytes) -> None:
    """Replace the content ``old`` of the file at ``path`` by ``new``.

    Keeps the mode, and follows a symbolic link, which stays one. Writes a temporary file beside the real one
    and renames it. Raises :class:`ChangedSinceReadError` where the file is not ``old`` any more, and
    :class:`OSError` where it cannot be written; it is untouched then.
    """
    real = Path(os.path.realpath(path))
    status = real.stat()
    if not status.st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH) or not os.access(real, os.W_OK):
        raise PermissionError(None, "the file is read-only", str(path))
    descriptor, name = tempfile.mkstemp(prefix=".putfix-", suffix=".tmp", dir=real.parent)
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(new)
            stream.flush()
            os.fsync(stream.fileno())
        _take_over(temporary, status)
        if real.read_bytes() != old:
            raise ChangedSinceReadError
        os.replace(temporary, real)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def create(path: Path, data: bytes) -> None:
    """Make a file that is not there yet. Raises :class:`OSError`; where another made it meanwhile, that stays."""
    descriptor, name = tempfile.mkstemp(prefix=".putfix-", suffix=".tmp", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
        temporary.chmod(0o666 & ~_mask())
        os.link(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


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
