"""Which lines changed since a revision. Git is asked, through its command, what that had.

A file is compared with what the revision has at the same path, or where that has nothing, at the path that Git takes it
to be renamed from. Where there is nothing either, or nothing that can be read, all lines count as changed.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from putfix.report import refusals

if TYPE_CHECKING:
    import subprocess

_LOCAL = ("GIT_DIR", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY", "GIT_WORK_TREE", "GIT_PREFIX", "GIT_INDEX_FILE")
"""Variables by which Git tells its hooks of a repository (``git rev-parse --local-env-vars`` has them): here that of
each file is meant."""

Lines = Callable[[bytes], Sequence[str] | None]
"""The lines of the program in what a file holds; None where it cannot be read."""


class RevisionError(Exception):
    """Git cannot say what changed, and why."""


class Changes:
    """What changed since a revision, in whatever repositories the files are."""

    def __init__(self, revision: str) -> None:
        self._revision = revision
        self._found = functools.cache(self._find)
        self._renamed = functools.cache(_renamed)

    def check(self, path: Path) -> None:
        """Raises :class:`RevisionError` where the file or directory at ``path``, which need not exist, is in no
        repository that has the revision."""
        real = os.path.realpath(path)
        self._found(_existing(real))

    def of_file(self, path: Path, lines_of: Lines) -> Callable[[Sequence[str]], frozenset[int]]:
        """What tells which lines of the program in a file changed, from all of them. Raises :class:`RevisionError`."""
        real = os.path.realpath(path)
        root, commit = self._found(_existing(os.path.dirname(real)))

        @functools.cache
        def before() -> Sequence[str] | None:
            found = _blob(root, commit, os.path.relpath(real, root))
            if found is None and (renamed := self._renamed(root, commit).get(real)) is not None:
                found = _blob(root, commit, renamed)
            return lines_of(found) if found is not None else None

        return lambda lines: changed_lines(before(), lines)

    def _find(self, folder: str) -> tuple[str, str]:
        """The root of a directory's work tree, and the name of the commit that the revision means there."""
        inside = _git(folder, "rev-parse", "--show-toplevel")
        if inside.returncode != 0:
            raise RevisionError(refusals.no_repository(_said(inside)))
        found = _git(folder, "rev-parse", "--verify", "--quiet", f"{self._revision}^{{commit}}")
        commit = found.stdout.decode().strip()
        if found.returncode != 0 or not commit.isalnum():  # ^main is all that is not in main
            raise RevisionError(refusals.no_revision(self._revision))
        return os.path.realpath(os.fsdecode(inside.stdout.removesuffix(b"\n"))), commit


def _blob(root: str, commit: str, name: str) -> bytes | None:
    """What a commit has at a path below the root; None where it has no file."""
    found = _git(root, "cat-file", "blob", f"{commit}:{name}")
    return found.stdout if found.returncode == 0 else None


_RENAMES = (
    "diff --no-ext-diff --no-textconv --no-relative --ignore-submodules=all "
    "--find-renames --diff-filter=R --name-status -z"
).split()


def _renamed(root: str, commit: str) -> dict[str, str]:
    """The files in a work tree that had other names in a commit, each with that: as ``git diff`` shows them, which does
    not look at those that it does not track."""
    _, *names = os.fsdecode(_git(root, *_RENAMES, commit, "--").stdout).split("\0")
    return {os.path.join(root, new): old for old, new in zip(names[::3], names[1::3], strict=False)}


def changed_lines(old: Sequence[str] | None, new: Sequence[str]) -> frozenset[int]:
    """The numbers of the lines of ``new`` that are not in ``old``, in its order and apart from line ends; all of them
    where there is no ``old``."""
    if old is None:
        return frozenset(range(1, len(new) + 1))
    before, after = ([line.rstrip("\r\n") for line in lines] for lines in (old, new))
    return frozenset(line + 1 for line in _different(before, after))


_PAIRS = 4_000_000
"""Of how many lines times others all are compared: it takes up to half a second."""


def _different(before: list[str], after: list[str], *, quickly: bool = True) -> Iterator[int]:
    """The indices in ``after`` of what is not in ``before``. Without the heuristic that makes it quick for long files,
    and passes over lines that are there often, only what is different with it is looked at."""
    import difflib

    for kind, start, stop, first, end in difflib.SequenceMatcher(None, before, after, quickly).get_opcodes():
        if kind == "replace" and quickly and (stop - start) * (end - first) <= _PAIRS:
            yield from (first + index for index in _different(before[start:stop], after[first:end], quickly=False))
        elif kind != "equal":
            yield from range(first, end)


def _existing(folder: str) -> str:
    """The nearest directory that there is, itself or above."""
    while not os.path.isdir(folder):
        folder = os.path.dirname(folder)
    return folder


def _git(folder: str, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    import subprocess

    environment = {name: value for name, value in os.environ.items() if name not in _LOCAL}
    environment["GIT_OPTIONAL_LOCKS"] = "0"  # nothing is written
    command = ["git", "-C", folder, *arguments]
    try:
        return subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    except OSError as error:
        raise RevisionError(refusals.no_git(error)) from error


def _said(run: subprocess.CompletedProcess[bytes]) -> str:
    """The first line of what Git said was wrong."""
    lines = run.stderr.decode(errors="replace").splitlines()
    return lines[0].removeprefix("fatal: ") if lines else f"exit code {run.returncode}"
