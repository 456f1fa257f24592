"""Which files a run takes: those that are named, and the Python files in named directories.

A directory is walked as git sees it: what its ``.gitignore`` files exclude (those of parent directories, up to
the repository's root, among them) is left out, and so are repositories' own data, virtual environments and
caches. Symbolic links met on the way are not followed; a link that is named is.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pathspec import GitIgnoreSpec

SUFFIXES = (".py", ".pyw")
"""What is taken from a directory. Stubs have no calls."""

SKIPPED_DIRECTORIES = frozenset(
    ".git .hg .svn .bzr .tox .nox .venv venv .eggs .direnv __pypackages__ __pycache__ node_modules site-packages "
    ".mypy_cache .pytest_cache .ruff_cache .hypothesis .ipynb_checkpoints .pants.d .pyenv".split()
)
_VIRTUAL_ENVIRONMENT = "pyvenv.cfg"
"""The file that marks a virtual environment (PEP 405)."""


@dataclass(frozen=True)
class Unreadable:
    """A path that cannot be taken, and why."""

    path: Path
    reason: str


@dataclass(frozen=True)
class _Ignores:
    """The ``.gitignore`` files that apply in a directory, the nearest last."""

    specs: tuple[tuple[Path, GitIgnoreSpec], ...] = ()

    def entering(self, directory: Path) -> _Ignores:
        """The same with those of ``directory``, which lies in the one before."""
        found = [(directory, spec) for name in _IGNORE_FILES if (spec := _read(directory / name)) is not None]
        return _Ignores((*self.specs, *found))

    def excludes(self, path: Path, *, is_directory: bool) -> bool:
        """Whether the nearest file that speaks of ``path`` excludes it."""
        for base, spec in reversed(self.specs):
            name = path.relative_to(base).as_posix() + ("/" if is_directory else "")
            verdict = spec.check_file(name).include
            if verdict is not None:
                return verdict
        return False


_IGNORE_FILES = (".git/info/exclude", ".gitignore")


def discover(paths: Iterable[Path]) -> Iterator[Path | Unreadable]:
    """The files that ``paths`` stand for, each once, sorted within a directory."""
    seen: set[Path] = set()
    for path in paths:
        for found in _from(path):
            if isinstance(found, Unreadable):
                yield found
                continue
            real = found.resolve()
            if real not in seen:
                seen.add(real)
                yield real if found.is_symlink() else found


def _from(path: Path) -> Iterator[Path | Unreadable]:
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError) as error:
        yield Unreadable(path, _reason(error))
        return
    if stat.S_ISDIR(mode):
        yield from _walk(path, _outer_ignores(path.resolve()), path.resolve())
    elif stat.S_ISREG(mode):
        yield path
    else:
        yield Unreadable(path, "not a regular file")


def _walk(directory: Path, ignores: _Ignores, real: Path) -> Iterator[Path | Unreadable]:
    """``real`` is ``directory`` as the ignore files' patterns are relative to."""
    ignores = ignores.entering(real)
    try:
        with os.scandir(directory) as entries:
            found = sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        yield Unreadable(directory, _reason(error))
        return
    for entry in found:
        inside, real_inside = directory / entry.name, real / entry.name
        if entry.is_dir(follow_symlinks=False):
            skipped = entry.name in SKIPPED_DIRECTORIES or (inside / _VIRTUAL_ENVIRONMENT).exists()
            if not skipped and not ignores.excludes(real_inside, is_directory=True):
                yield from _walk(inside, ignores, real_inside)
        elif entry.is_file(follow_symlinks=False) and entry.name.endswith(SUFFIXES):
            if not ignores.excludes(real_inside, is_directory=False):
                yield inside


def _outer_ignores(directory: Path) -> _Ignores:
    """The ignore files above ``directory``, up to the root of its repository; none where they exclude it,
    since it was named."""
    above = [directory, *directory.parents]
    root = next((index for index, parent in enumerate(above) if (parent / ".git").exists()), None)
    ignores = _Ignores()
    if root is None:
        return ignores
    for parent, inside in zip(reversed(above[1 : root + 1]), reversed(above[:root]), strict=True):
        ignores = ignores.entering(parent)
        if ignores.excludes(inside, is_directory=True):
            return _Ignores()
    return ignores


def _read(path: Path) -> GitIgnoreSpec | None:
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return None
    return GitIgnoreSpec.from_lines(lines)


def _reason(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
