"""One file of the cache: what is kept of the files below one directory, written and read as a whole.

It is JSON, so that nothing is run that somebody else may have written, and its first line tells whether it is whole,
and of which putfix. A file that is not, or is not the user's own, counts as none.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import stat
import sys
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from putfix.files.cache.disk import Kinds
from putfix.files.cache.packing import Packed
from putfix.files.status import Status

_FORMAT = 1
UNUSED_DAYS = 30
"""For how many days a file of the cache is kept that no run has used."""
MOST_BYTES = 200_000_000
"""How large all files of the cache may be together."""

_SUFFIX, _TEMPORARY = ".json", ".tmp"
_NAME = re.compile(r"[\w.-]{1,40}-[0-9a-f]{8}\.(?:json|\w+\.tmp)", re.ASCII)
_DAY = 24 * 60 * 60


class Known(NamedTuple):
    """What is known of a file while its status is the same."""

    status: Status
    digest: str = ""
    """That of its bytes; empty where nobody asked for it."""
    matters: bool = True
    """Whether it may have any word that matters."""


class Entry(NamedTuple):
    """A result for a file, and what it was made from."""

    digest: str
    """That of the file itself."""
    settings: str
    contents: dict[str, str]
    """The digests of the other files that were read."""
    roots: list[str]
    """The directories all of whose files may have had a say in it."""
    questions: str
    """What was asked, and answered, as JSON of its own: it is seldom needed."""
    sure: bool
    """Whether all answers are true of what else is kept."""
    outcome: Packed


@dataclass
class Kept:
    """What is kept of the files below a directory."""

    files: dict[str, Known] = field(default_factory=dict)
    disk: Kinds = field(default_factory=dict)
    """What :class:`putfix.files.cache.disk.NotedDisk` told."""
    roots: dict[str, list[str]] = field(default_factory=dict)
    """The files in the directories whose files may all have a say."""
    results: dict[str, list[Entry]] = field(default_factory=dict)


class Store:
    """The file of the cache for one directory."""

    def __init__(self, folder: str, root: str, version: str) -> None:
        """``folder`` is that of the cache, which need not be there, ``root`` the directory, ``version`` putfix's."""
        self._folder = folder
        self._maker = json.dumps([_FORMAT, version, _state_of_the_code(), sys.version, root])
        name = re.sub(r"[^\w.-]", "_", os.path.basename(root), flags=re.ASCII)[:40] or "_"
        self._path = os.path.join(folder, f"{name}-{zlib.crc32(self._maker.encode()):08x}{_SUFFIX}")

    def load(self) -> Kept:
        """What is kept; nothing where that cannot be read, is not whole, or was made by another putfix or Python."""
        with contextlib.suppress(OSError, ValueError, TypeError, RecursionError):
            with open(self._path, "rb") as stream:
                if not _is_own(os.fstat(stream.fileno())):
                    return Kept()
                maker, checksum, data = stream.read().split(b"\n", 2)
            if maker == self._maker.encode() and int(checksum, 16) == zlib.crc32(data):
                files, disk, roots, results = json.loads(data)
                known = {path: Known(*each) for path, each in files.items()}
                entries = {path: [Entry(*each) for each in found] for path, found in results.items()}
                return Kept(known, disk, roots, entries)
        return Kept()

    def touch(self) -> None:
        """Note that it was used, once a day."""
        with contextlib.suppress(OSError):
            if time.time() - os.stat(self._path).st_mtime > _DAY:
                os.utime(self._path)

    def save(self, kept: Kept) -> None:
        """Keep this, if it can be written, and make room for it. Other runs may do so at the same time: what the last
        one wrote stays."""
        data = json.dumps([kept.files, kept.disk, kept.roots, kept.results], separators=(",", ":")).encode()
        if len(data) > MOST_BYTES:
            return
        whole = b"%s\n%08x\n%s" % (self._maker.encode(), zlib.crc32(data), data)
        with contextlib.suppress(OSError):
            os.makedirs(self._folder, mode=0o700, exist_ok=True)
            self._write(whole)
            _tidy(self._folder)

    def _write(self, data: bytes) -> None:
        """Write the file, whole or not at all. Raises :class:`OSError`."""
        from tempfile import mkstemp

        name = os.path.basename(self._path).removesuffix(_SUFFIX)
        descriptor, temporary = mkstemp(prefix=f"{name}.", suffix=_TEMPORARY, dir=self._folder)
        try:
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(data)
            os.replace(temporary, self._path)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(temporary)
            raise


def _is_own(status: os.stat_result) -> bool:
    """Whether nobody else can have written a file: what is in it may end up in sources."""
    if not hasattr(os, "geteuid"):
        return True
    return status.st_uid == os.geteuid() and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _state_of_the_code() -> list[int]:
    """What changes when putfix itself does, also where its version does not."""
    found = [0, 0, 0]
    with contextlib.suppress(OSError):  # of what is no file, as in an archive
        for status in _statuses(str(Path(__file__).parents[2])):
            found = [max(found[0], status.st_mtime_ns), found[1] + status.st_size, found[2] + 1]
    return found


def _statuses(folder: str) -> Iterator[os.stat_result]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.endswith(".py"):
                yield entry.stat()
            elif entry.is_dir() and entry.name != "__pycache__":
                yield from _statuses(entry.path)


def _tidy(folder: str) -> None:
    """Remove what was not used for long, and of the rest what was not used for longest, until it is small enough."""
    with os.scandir(folder) as entries:
        found = [(entry.stat(), entry.path) for entry in entries if _NAME.fullmatch(entry.name)]
    size = 0
    for status, path in sorted(found, key=lambda each: each[0].st_mtime, reverse=True):
        age = time.time() - status.st_mtime
        size += status.st_size
        if age > (_DAY if path.endswith(_TEMPORARY) else UNUSED_DAYS * _DAY) or size > MOST_BYTES:
            with contextlib.suppress(OSError):
                os.unlink(path)
