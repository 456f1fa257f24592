"""Which files a run takes: those that are named, and the Python files and notebooks in named directories.

Documentation with blocks of Python is taken only on request.

A directory is walked as git sees it: what its ``.gitignore`` files exclude (those of parent directories, up to
the repository's root, among them) is left out, and so are repositories' own data, virtual environments and
caches. Symbolic links met on the way are not followed; a link that is named is.
"""

from __future__ import annotations

import functools
import os
import re
import stat
import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from putfix.reading import read

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

SUFFIXES = (".py", ".pyw", ".ipynb")
"""What is taken from a directory. Stubs have no calls."""
DOCUMENTATION = (".md", ".markdown", ".rst")
"""What is taken on request."""

SKIPPED_DIRECTORIES = frozenset(
    ".git .hg .svn .bzr .tox .nox .venv venv .eggs .direnv __pypackages__ __pycache__ node_modules site-packages "
    ".mypy_cache .pytest_cache .ruff_cache .hypothesis .ipynb_checkpoints .pants.d .pyenv".split()
)
_VIRTUAL_ENVIRONMENT = "pyvenv.cfg"
"""The file that marks a virtual environment (PEP 405)."""


class Unreadable(NamedTuple):
    """A path that cannot be taken, and why."""

    path: Path
    reason: str


class _Found(NamedTuple):
    """A file, and its real path."""

    path: Path
    real: str


class _Ignores(NamedTuple):
    """The ``.gitignore`` files that apply in a directory, the nearest last."""

    specs: tuple[tuple[Path, GitIgnoreSpec], ...] = ()

    def entering(self, directory: Path) -> _Ignores:
        """The same with those of ``directory``, which lies in the one before."""
        found = [(directory, spec) for name in _IGNORE_FILES if (spec := _read(directory / name)) is not None]
        return _Ignores((*self.specs, *found))

    def excludes(self, path: str, *, is_directory: bool) -> bool:
        """Whether the nearest file that speaks of ``path`` excludes it."""
        for base, spec in reversed(self.specs):
            name = Path(path).relative_to(base).as_posix() + ("/" if is_directory else "")
            verdict = spec.check_file(name).include
            if verdict is not None:
                return verdict
        return False


_IGNORE_FILES = (".git/info/exclude", ".gitignore")


def discover(paths: Iterable[Path], *, include_docs: bool = False) -> Iterator[Path | Unreadable]:
    """The files that ``paths`` stand for, each once, sorted within a directory."""
    seen: set[str] = set()
    suffixes = (*SUFFIXES, *DOCUMENTATION) if include_docs else SUFFIXES
    for path in paths:
        for found in _from(path, suffixes):
            if isinstance(found, Unreadable):
                yield found
            elif found.real not in seen:
                seen.add(found.real)
                yield found.path


def refusal(path: Path, *, include_docs: bool) -> str | None:
    """Why a file of this name is not taken, though it is named; None where it is."""
    is_documentation = path.suffix.lower() in DOCUMENTATION
    return "documentation is taken only with --include-docs" if is_documentation and not include_docs else None


def _from(path: Path, suffixes: tuple[str, ...]) -> Iterator[_Found | Unreadable]:
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError) as error:
        yield Unreadable(path, _reason(error))
        return
    real = os.path.realpath(path)
    if stat.S_ISDIR(mode):
        yield from _walk(path, _outer_ignores(Path(real)), real, suffixes)
    elif (refused := refusal(path, include_docs=DOCUMENTATION[0] in suffixes)) is not None:
        yield Unreadable(path, refused)
    elif stat.S_ISREG(mode):
        yield _Found(Path(real) if path.is_symlink() else path, real)
    else:
        yield Unreadable(path, "not a regular file")


def _walk(directory: Path, ignores: _Ignores, real: str, suffixes: tuple[str, ...]) -> Iterator[_Found | Unreadable]:
    """``real`` is the real path of ``directory``, which those of all in it begin with: links are not followed."""
    pending: list[_Found | tuple[Path, _Ignores, str]] = [(directory, ignores, real)]
    while pending:
        taken = pending.pop()
        if isinstance(taken, _Found):
            yield taken
            continue
        folder, outer, real_folder = taken
        inner = outer.entering(Path(real_folder))
        try:
            with os.scandir(folder) as entries:
                found = sorted(entries, key=lambda entry: entry.name, reverse=True)
        except OSError as error:
            yield Unreadable(folder, _reason(error))
            continue
        for entry in found:  # the last one is taken next
            inside = os.path.join(real_folder, entry.name)
            if entry.is_dir(follow_symlinks=False):
                skipped = entry.name in SKIPPED_DIRECTORIES or os.path.exists(
                    os.path.join(inside, _VIRTUAL_ENVIRONMENT)
                )
                if not skipped and not inner.excludes(inside, is_directory=True):
                    pending.append((folder / entry.name, inner, inside))
            elif entry.is_file(follow_symlinks=False) and entry.name.endswith(suffixes):
                if not inner.excludes(inside, is_directory=False):
                    pending.append(_Found(folder / entry.name, inside))


def _outer_ignores(directory: Path) -> _Ignores:
    """The ignore files above ``directory``, up to the root of its repository.

    Those that exclude it are left out, since it was named.
    """
    above = [directory, *directory.parents]
    root = next((index for index, parent in enumerate(above) if os.path.lexists(parent / ".git")), None)
    ignores = _Ignores()
    if root is None:
        return ignores
    for parent, inside in zip(reversed(above[1 : root + 1]), reversed(above[:root]), strict=True):
        entered = ignores.entering(parent)
        if not entered.excludes(str(inside), is_directory=True):
            ignores = entered
    return ignores


def _read(path: Path) -> GitIgnoreSpec | None:
    """The patterns of an ignore file; those that git does not understand either are left out."""
    try:
        lines = read(path).decode("utf-8-sig", errors="replace").splitlines()
    except OSError:
        return None
    from pathspec import GitIgnoreSpec

    return GitIgnoreSpec.from_lines(line for line in lines if _is_pattern(line))


def _is_pattern(line: str) -> bool:
    return _compiled(line) is not None


@functools.lru_cache(maxsize=256)
def pattern_of(line: str) -> GitIgnoreSpec | None:
    """What a line of an ignore file means that matches files; None for any other line."""
    spec = _compiled(line)
    return spec if spec is not None and any(each.include for each in spec.patterns) else None


def _compiled(line: str) -> GitIgnoreSpec | None:
    from pathspec import GitIgnoreSpec

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            return GitIgnoreSpec.from_lines([line])
    except (ValueError, re.error, Warning):
        return None


def _reason(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
