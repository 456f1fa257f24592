"""Which runs are remembered, and together with which others."""

from __future__ import annotations

import itertools
import os
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from putfix.files.cache.memory import Memory
from putfix.files.cache.present import Present
from putfix.files.cache.store import Store
from putfix.files.discovery import Found, Unreadable, located
from putfix.files.disk import DISK
from putfix.files.project import ProjectFiles
from putfix.files.status import Status, status_of

MOST_FILES = 20_000
"""How many files a run may take that is remembered: what is known of them is all in memory, 3 KB of each."""
_MOST_BESIDES = MOST_FILES
"""How many files a project may have for a run over a part to look at all: questions about more are not answered."""

Taken = Iterator[Found | Unreadable]


def opened(
    folder: str, version: str, paths: Sequence[Path], found: Taken, project: ProjectFiles, *, include_docs: bool
) -> tuple[Taken, Memory | None]:
    """What was ``found``, which ``paths`` stand for, and what is remembered of it by this ``version``
    of putfix in the cache in ``folder``; nothing of too many files. The ``project`` has not looked at any file yet."""
    begun = time.time_ns()
    taken = deque(itertools.islice(found, MOST_FILES + 1))
    if len(taken) > MOST_FILES:
        return itertools.chain(_emptied(taken), found), None
    statuses = {each.real: status_of(each.real) for each in taken if isinstance(each, Found)}
    reals = [os.path.realpath(path) for path in paths]
    root = _root(reals)
    below = [*statuses] if reals == [root] and not include_docs else _all_below(root, statuses)
    store = Store(folder, root, version)
    return _emptied(taken), Memory(store, Present(store.load(), root, project, statuses, below), begun)


def _emptied(taken: deque[Found | Unreadable]) -> Taken:
    """What was taken; nothing of it stays here."""
    while taken:
        yield taken.popleft()


def _all_below(root: str, statuses: dict[str, Status | None]) -> list[str]:
    """The files below a directory, of which only some are those of the run; none where they are too many. Their
    statuses are taken, too."""
    found = [*itertools.islice(located([Path(root)]), _MOST_BESIDES + 1)]
    files = [each.real for each in found if isinstance(each, Found)]
    if len(found) > _MOST_BESIDES:
        return []
    statuses.update((file, status_of(file)) for file in files if file not in statuses)
    return files


def _root(paths: Iterable[str]) -> str:
    """The directory whose runs have one memory: that of the project, or all that is in common."""
    folders = {path if os.path.isdir(path) else os.path.dirname(path) for path in paths}
    try:
        common = os.path.commonpath(folders)
    except ValueError:  # on several drives
        common = min(folders)
    return DISK.root(common) or common
