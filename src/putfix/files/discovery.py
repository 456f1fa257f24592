"""Which files a run takes: those that are named, and the Python files and notebooks in named directories.

Documentation with blocks of Python is taken only on request.

A directory is walked as git sees it: what its ``.gitignore`` files exclude (those of parent directories, up to
the repository's root, among them) is left out, and so are repositories' own data, virtual environments and
caches. Symbolic links met on the way are not followed; a link that is named is.
"""

from __future__ import annotations

import functools
import itertools
import os
import re
import stat
import warnings
from collections.abc import Container, Iterable, Iterator
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
_IGNORING = {".git": ".git/info/exclude", ".gitignore": ".gitignore"}
"""What may have a say in what is left out, by the entry of a directory that it is, or is in."""
_TELLING = frozenset([_VIRTUAL_ENVIRONMENT, *_IGNORING])
"""What else is looked for in a directory."""


class Unreadable(NamedTuple):
    """A path that cannot be taken, and why."""

    path: Path
    reason: str


class Found(NamedTuple):
    """A file that is taken: as it was named, or walked to, and by its real path."""

    path: Path
    real: str


class _Ignores(NamedTuple):
    """The ``.gitignore`` files that apply in a directory, the nearest last, each with the directory that it is in."""

    specs: tuple[tuple[str, GitIgnoreSpec], ...] = ()

    def entering(self, directory: str, names: Container[str] = _IGNORING) -> _Ignores:
        """The same with those of ``directory``, which lies in the one before, and has such ``names`` in it."""
        files = [os.path.join(directory, path) for name, path in _IGNORING.items() if name in names]
        found = [(directory, spec) for file in files if (spec := _read(Path(file))) is not None]
        return _Ignores((*self.specs, *found)) if found else self

    def excludes(self, path: str, *, is_directory: bool) -> bool:
        """Whether the nearest file that speaks of ``path`` excludes it."""
        for base, spec in reversed(self.specs):
            name = path[len(base) :].lstrip(os.sep).replace(os.sep, "/") + ("/" if is_directory else "")
            verdict = spec.check_file(name).include
            if verdict is not None:
                return verdict
        return False


def discover(paths: Iterable[Path], *, include_docs: bool = False) -> Iterator[Path | Unreadable]:
    """The files that ``paths`` stand for, each once, sorted within a directory."""
    for found in located(paths, include_docs=include_docs):
        yield found if isinstance(found, Unreadable) else found.path


def located(paths: Iterable[Path], *, include_docs: bool = False) -> Iterator[Found | Unreadable]:
    """The same, with their real paths."""
    given = [*paths]
    seen: set[str] = set()
    suffixes = (*SUFFIXES, *DOCUMENTATION) if include_docs else SUFFIXES
    may_come_twice = _may_overlap(given)
    for path in given:
        for found in _from(path, suffixes):
            if isinstance(found, Unreadable) or not may_come_twice:
                yield found
            elif found.real not in seen:
                seen.add(found.real)
                yield found


def _may_overlap(paths: Iterable[Path]) -> bool:
    """Whether one of these may be another, or be in it. Where none is, no walk comes to a file of another, as it
    follows no links; so what it came to need not be remembered."""
    try:
        reals = sorted(os.path.join(os.path.realpath(path), "") for path in paths)
    except (OSError, ValueError):  # of a path that is none
        return True
    return any(after.startswith(before) for before, after in itertools.pairwise(reals))


def refusal(path: Path, *, include_docs: bool) -> str | None:
    """Why a file of this name is not taken, though it is named; None where it is."""
    is_documentation = path.suffix.lower() in DOCUMENTATION
    return "documentation is taken only with --include-docs" if is_documentation and not include_docs else None


def _from(path: Path, suffixes: tuple[str, ...]) -> Iterator[Found | Unreadable]:
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError) as error:
        yield Unreadable(path, _reason(error))
        return
    if stat.S_ISDIR(mode):
        real = os.path.realpath(path)
        yield from _walk(str(path), _outer_ignores(real), real, suffixes)
    elif (refused := refusal(path, include_docs=DOCUMENTATION[0] in suffixes)) is not None:
        yield Unreadable(path, refused)
    elif stat.S_ISREG(mode):
        real = os.path.realpath(path)
        yield Found(Path(real) if path.is_symlink() else path, real)
    else:
        yield Unreadable(path, "not a regular file")


class _Folder(NamedTuple):
    """A directory to be walked, with what is left out there, and as that is relative to."""

    path: str
    outer: _Ignores
    real: str


def _walk(directory: str, ignores: _Ignores, real: str, suffixes: tuple[str, ...]) -> Iterator[Found | Unreadable]:
    """``real`` is ``directory`` as the ignore files' patterns are relative to."""
    pending: list[Iterator[Found | Unreadable | _Folder]] = [iter([_Folder(directory, ignores, real)])]
    while pending:
        taken = next(pending[-1], None)
        if taken is None:
            pending.pop()
        elif isinstance(taken, _Folder):
            pending.append(_inside(taken, suffixes, is_named=taken.path == directory))
        else:
            yield taken


def _inside(folder: _Folder, suffixes: tuple[str, ...], *, is_named: bool) -> Iterator[Found | Unreadable | _Folder]:
    """What lies directly in a directory and is not left out, sorted; nothing of a virtual environment, unless it
    ``is_named``."""
    path, outer, real = folder
    try:
        entries = _entries(path, suffixes)
    except OSError as error:
        yield Unreadable(Path(path), _reason(error))
        return
    if not is_named and _is_virtual_environment(real, entries.telling):
        return
    inner = outer.entering(real, entries.telling)
    inside, real_inside = ("" if path == os.curdir else os.path.join(path, "")), os.path.join(real, "")
    for name in sorted(entries.names):
        is_directory = name in entries.folders
        if inner.excludes(real_inside + name, is_directory=is_directory):
            continue
        if is_directory:
            yield _Folder(inside + name, inner, real_inside + name)
        else:
            yield Found(Path(inside + name), real_inside + name)


class _Entries(NamedTuple):
    """What may be taken from a directory, by name, which of it are directories, and what is there to tell of others. No
    more is kept, as there may be very many files in one directory."""

    names: list[str]
    folders: set[str]
    telling: set[str]


def _entries(path: str, suffixes: tuple[str, ...]) -> _Entries:
    """Raises :class:`OSError`."""
    found = _Entries([], set(), set())
    with os.scandir(path) as entries:
        for entry in entries:
            name = entry.name
            if name in _TELLING:
                found.telling.add(name)
            if entry.is_dir(follow_symlinks=False):
                if name not in SKIPPED_DIRECTORIES:
                    found.names.append(name)
                    found.folders.add(name)
            elif name.endswith(suffixes) and entry.is_file(follow_symlinks=False):
                found.names.append(name)
    return found


def _is_virtual_environment(directory: str, names: Container[str]) -> bool:
    return _VIRTUAL_ENVIRONMENT in names and os.path.exists(os.path.join(directory, _VIRTUAL_ENVIRONMENT))


def _outer_ignores(directory: str) -> _Ignores:
    """The ignore files above ``directory``, up to the root of its repository.

    Those that exclude it are left out, since it was named.
    """
    above = [directory, *map(str, Path(directory).parents)]
    root = next((index for index, parent in enumerate(above) if os.path.lexists(os.path.join(parent, ".git"))), None)
    ignores = _Ignores()
    if root is None:
        return ignores
    for parent, inside in zip(reversed(above[1 : root + 1]), reversed(above[:root]), strict=True):
        entered = ignores.entering(parent)
        if not entered.excludes(inside, is_directory=True):
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
