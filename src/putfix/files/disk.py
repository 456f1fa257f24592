"""What a disk is asked about the modules of a project. All that the analysis of one file takes from others goes through
here, so that a machine without the files can be given the answers."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from putfix.reading import read

if TYPE_CHECKING:
    from putfix.files.words import Index

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

        return index_of(root)


def _entry(entry: os.DirEntry[str]) -> str:
    """The name of an entry that may be a module, or of a directory; empty for others."""
    if entry.is_dir():
        return entry.name + os.sep
    return entry.name if entry.name.endswith(".py") and entry.is_file() else ""


DISK = Disk()
