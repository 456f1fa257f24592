"""The analysis of what is open: in a thread of its own, so that the editor gets answers meanwhile, and once for each
state of the documents."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import os
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TypeVar

from putfix.choosing import choice
from putfix.examining import Choice
from putfix.files.project import ProjectFiles
from putfix.fix import Study
from putfix.formats.readers import reader_of
from putfix.garbage import free
from putfix.model import Finding, Result
from putfix.server.buffers import Program
from putfix.settings import Settings

_Done = TypeVar("_Done")

_REST = 0.05
"""How many seconds after an answer it is time to free what it left."""


class OutdatedError(Exception):
    """What was to be analysed has changed before its turn came."""


@dataclass(frozen=True)
class Snapshot:
    """A program with all that its findings depend on. ``held`` is what Python files hold in place of what is on disk,
    and ``revision`` tells states of the documents apart. What is found out about it is kept with it."""

    program: Program
    settings: Settings
    project: ProjectFiles
    held: Mapping[str, bytes]
    revision: int

    def found(self) -> Result:
        """What is found in it."""
        return self._study.examined()

    def found_for(self, only: Finding) -> Result:
        """What is found where nothing but the hoist of one finding is wanted: :meth:`fixed` begins with that."""
        return self._study.examined(self._choosing(only))

    def fixed(self, only: Finding | None = None) -> Result:
        """It with all hoists, or with the hoist of one finding; verified as ``putfix --apply`` does: see
        :meth:`putfix.fix.Study.fixed`."""
        return self._study.fixed(self._choosing(only))

    def ignoring(self, finding: Finding) -> Result:
        """It with a comment that ignores one finding."""
        return self._study.ignoring_one(finding)

    def with_unsafe(self) -> Snapshot:
        """The same with unsafe fixes."""
        return replace(self, settings=replace(self.settings, unsafe_fixes=True))

    @functools.cached_property
    def _study(self) -> Study:
        path, read = os.path.realpath(self.program.path), reader_of(self.program.path)
        return Study(self.program.source, path, self.settings, read=read, project=self.project)

    def _choosing(self, only: Finding | None) -> Choice | None:
        """What is left out of the findings where one hoist is wanted only."""
        if only is None or only.hoist is None:
            return None
        wanted = frozenset(site.argument for site in only.hoist.call_sites)
        return choice(self.program.path, reader_of(self.program.path), None, None, wanted)


class Examiner:
    """Gives the results for snapshots, one at a time."""

    def __init__(self, is_current: Callable[[Program], bool]) -> None:
        """``is_current`` says whether a program is still the one that is open."""
        self._is_current = is_current
        self._thread = ThreadPoolExecutor(1, "putfix")
        self._freeing: asyncio.TimerHandle | None = None
        self._known: dict[tuple[str, bool], tuple[Snapshot, asyncio.Future[Result]]] = {}

    async def found(self, snapshot: Snapshot) -> Result:
        """What is found in a snapshot. Raises :class:`OutdatedError`."""
        key = snapshot.program.uri, snapshot.settings.unsafe_fixes
        known, result = self._known.get(key, (None, None))
        if known is None or result is None or not _are_alike(known, snapshot):
            result = asyncio.ensure_future(self.made(snapshot, snapshot.found))
            result.add_done_callback(_retrieved)  # who asked may no longer wait
            self._known[key] = snapshot, result
        return await asyncio.shield(result)

    async def made(self, snapshot: Snapshot, job: Callable[[], Result]) -> Result:
        """What a job makes of a snapshot. Raises :class:`OutdatedError`."""
        loop = asyncio.get_running_loop()
        if self._freeing is not None:
            self._freeing.cancel()
        result = await loop.run_in_executor(self._thread, self._do, snapshot, job)
        self._freeing = loop.call_later(_REST, self._free, snapshot.project)
        return result

    def forget(self, uri: str) -> None:
        """A program is no longer open."""
        for unsafe in (False, True):
            self._known.pop((uri, unsafe), None)

    def close(self) -> None:
        """Begin nothing more."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _do(self, snapshot: Snapshot, job: Callable[[], Result]) -> Result:
        if not self._is_current(snapshot.program):
            raise OutdatedError
        snapshot.project.hold(snapshot.held)
        return job()

    def _free(self, project: ProjectFiles) -> None:
        """Free what the last analysis left, when the editor has its answer."""
        self._freeing = None
        with contextlib.suppress(RuntimeError):  # the session is over
            self._thread.submit(free, project)


def _retrieved(result: asyncio.Future[Result]) -> None:
    if not result.cancelled():
        result.exception()


def _are_alike(one: Snapshot, other: Snapshot) -> bool:
    """Whether the same is found in two snapshots of a program."""
    return one.revision == other.revision and one.project is other.project and one.settings == other.settings
