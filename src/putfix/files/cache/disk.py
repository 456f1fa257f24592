"""What is where on the disk, as far as anyone asked: enough to tell later whether the answers would be the same."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping

from putfix.files.disk import Disk

Kinds = Mapping[str, Mapping[str, str]]
"""What the names in directories stand for: ``f`` for a file and ``d`` for a directory, with the real path behind that
where a symbolic link leads there; ``o`` for anything else, and nothing where there is no such thing."""

_ABSENT = ""
_FILE, _DIRECTORY, _OTHER = "f", "d", "o"


class NotedDisk(Disk):
    """Says whether paths are files, as :mod:`os.path` does, and notes what that rests on. It looks once."""

    def __init__(self, base: str) -> None:
        """Of directories in ``base`` all names are read at once, elsewhere only what is asked for is looked at."""
        self._base = base
        self._inside = os.path.join(base, "")
        self._names: dict[str, dict[str, str] | None] = {}
        """What was read of directories, or looked at in them; None for what is no directory."""
        self.told: dict[str, dict[str, str]] = {}
        """What was asked for, as :data:`Kinds`. Below what is no directory nothing is noted, but that it is none."""

    def is_file(self, path: str) -> bool:
        """Whether there is a regular file, also behind a link."""
        return self._kind(path).startswith(_FILE)

    def exists(self, path: str) -> bool:
        """Whether there is anything of that name."""
        return self._kind(path) != _ABSENT

    def agrees(self, kinds: Kinds) -> bool:
        """Whether all is still there, and nothing else: it is told by this one then, too."""
        return all(
            self._kind_in(folder, name) == kind for folder, names in kinds.items() for name, kind in names.items()
        )

    def _kind(self, path: str) -> str:
        folder, name = os.path.split(path)
        return self._kind_in(folder, name) if name else _DIRECTORY  # the root

    def _kind_in(self, folder: str, name: str) -> str:
        if folder not in self._names:
            self._names[folder] = self._looked_into(folder)
        names = self._names[folder]
        if names is None:
            return _ABSENT
        kind = names.get(name)
        if kind is None:
            kind = names[name] = _ABSENT if self._is_read(folder) else _looked_at(os.path.join(folder, name))
        self.told.setdefault(folder, {})[name] = kind
        return kind

    def _is_read(self, folder: str) -> bool:
        return folder == self._base or folder.startswith(self._inside)

    def _looked_into(self, folder: str) -> dict[str, str] | None:
        if not self._kind(folder).startswith(_DIRECTORY):
            return None
        if not self._is_read(folder):
            return {}
        try:
            with os.scandir(folder) as entries:
                return {entry.name: _of_entry(entry) for entry in entries}
        except OSError:
            return None


def _of_entry(entry: os.DirEntry[str]) -> str:
    if entry.is_symlink():
        return _looked_at(entry.path)
    if entry.is_file(follow_symlinks=False):
        return _FILE
    return _DIRECTORY if entry.is_dir(follow_symlinks=False) else _OTHER


def _looked_at(path: str) -> str:
    try:
        mode = os.lstat(path).st_mode
        real = os.path.realpath(path) if stat.S_ISLNK(mode) else ""
        mode = os.stat(path).st_mode if real else mode
    except FileNotFoundError:
        return _OTHER if os.path.islink(path) else _ABSENT
    except (OSError, ValueError):
        return _OTHER if os.path.lexists(path) else _ABSENT
    if stat.S_ISREG(mode):
        return _FILE + real
    return _DIRECTORY + real if stat.S_ISDIR(mode) else _OTHER
