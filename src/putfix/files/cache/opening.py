"""Which runs are remembered, and together with which others."""

from __future__ import annotations

import itertools
import os
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from putfix.files.cache.memory import Memory
from putfix.files.cache.present import MOST_FILES, Present, status_of
from putfix.files.cache.store import Store
from putfix.files.discovery import Found, Unreadable
from putfix.files.project import ROOT_MARKS, ProjectFiles

Taken = Iterator[Found | Unreadable]


def opened(
    folder: str, version: str, paths: Sequence[Path], found: Taken, project: ProjectFiles, *, include_docs: bool
) -> tuple[Taken, Memory | None]:
    """What was ``found``, which ``paths`` stand for, and what is remembered of it by this ``version``
    of putfix in the cache in ``folder``; nothing of too many files. The ``project`` has not looked at any file yet."""
    begun = time.time_ns()
    taken = [*itertools.islice(found, MOST_FILES + 1)]
    if len(taken) > MOST_FILES:
        return itertools.chain(taken, found), None
    statuses = {each.real: status_of(each.real) for each in taken if isinstance(each, Found)}
    reals = [os.path.realpath(path) for path in paths]
    whole = reals[0] if len(reals) == 1 and not include_docs and os.path.isdir(reals[0]) else None
    root = _root(reals)
    store = Store(folder, root, version)
    return iter(taken), Memory(store, Present(store.load(), root, statuses, whole, project), begun)


def _root(paths: Iterable[str]) -> str:
    """The directory whose runs have one memory: that of the project, or all that is in common."""
    folders = {path if os.path.isdir(path) else os.path.dirname(path) for path in paths}
    try:
        common = os.path.commonpath(folders)
    except ValueError:  # on several drives
        common = min(folders)
    above = [common, *map(str, Path(common).parents)]
    marked = (each for each in above if any(os.path.lexists(os.path.join(each, mark)) for mark in ROOT_MARKS))
    return next(marked, common)
