"""What a disk is asked about the modules of a project. All that the analysis of one file takes from others goes through
here, so that a machine without the files can be given the answers."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

from putfix.files.status import Status, is_settled, status_of
from putfix.reading import read

if TYPE_CHECKING:
    from putfix.files.words import Index, Words

ROOT_MARKS = (".git", ".hg", "pyproject.toml", "setup.py", "setup.cfg", "putfix.toml")
"""What the root of a project has in it."""

LARGEST = 2_000_000
"""How many bytes a module may have to be read for knowledge; larger ones are data or generated."""


class Disk:
    """The disk of this machine, as it is now."""

    def real(self, path: str) -> str:
        """The absolute path of a file, without symbolic links."""
        return os.path.realpath(path)

    def is_file(self, path: str) -> bool:
        """Whether there is a file."""
        return os.path.isfile(path)

    def exists(self, path: str) -> bool:
        """Whether there is anything of that name."""
        return os.path.lexists(path)

    def entries(self, directory: str) -> frozenset[str]:
        """What of Python modules may be in a directory: the names of its files that end in ``.py``, and those of its
        directories, with a separator behind them. Nothing, where there is no such directory."""
        try:
            with os.scandir(directory) as found:
                return frozenset(filter(None, map(_entry, found)))
        except OSError:
            return frozenset()

    def read(self, path: str) -> bytes:
        """What is in the file of a module. Raises :class:`OSError`, also where it is too large to be one."""
        if os.path.getsize(path) > LARGEST:
            raise OSError(None, "too large for a module", path)
        return read(Path(path))

    def root(self, directory: str) -> str | None:
        """The nearest directory upwards that is the root of a project; None where there is none."""
        for each in (directory, *map(str, Path(directory).parents)):
            if any(self.exists(os.path.join(each, mark)) for mark in ROOT_MARKS):
                return each
        return None

    def index(self, root: str) -> Index | None:
        """The words of the Python files below ``root``; None where they are too many."""
        from putfix.files.words import index_of

        return index_of(root, self._words_in)

    def _words_in(self, path: Path) -> Words:
        """The words of a file. Raises :class:`OSError`."""
        from putfix.files.words import words_of

        return words_of(read(path))


class RememberingDisk(Disk):
    """The same for who asks again and again: a file whose status is as it was is not looked through again."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[Status, Words]] = {}
        self._keys: dict[tuple[str, str], tuple[str, str]] = {}
        """What files name: many the same, which is held once."""

    def _words_in(self, path: Path) -> Words:
        now, file = time.time_ns(), os.fspath(path)
        status = status_of(file)  # as it was before the file was read
        known = self._known.get(file)
        if known is not None and known[0] == status:
            return known[1]
        words = super()._words_in(path)
        if status is not None and is_settled(status, now):
            words = words._replace(named=tuple(self._keys.setdefault(key, key) for key in words.named))
            self._known[file] = status, words
        return words


def _entry(entry: os.DirEntry[str]) -> str:
    """The name of an entry that may be a module, or of a directory; empty for others."""
    if entry.is_dir():
        return entry.name + os.sep
    return entry.name if entry.name.endswith(".py") and entry.is_file() else ""


DISK = Disk()
