"""The analysis of what is open: in a thread of its own, so that the editor gets answers meanwhile, and once for each
state of the documents."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TypeVar

from putfix.checking import Work
from putfix.files.project import ProjectFiles
from putfix.fix import examine_source, ignore_source
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
    and ``revision`` tells states of the documents apart."""

    program: Program
    settings: Settings
    project: ProjectFiles
    held: Mapping[str, bytes]
    revision: int

    def found(self) -> Result:
        """What is found in it."""
        return examine_source(
            self.program.source, self._name, self.settings, read=reader_of(self.program.path), project=self.project
        )

    def fixed(self, only: Finding | None = None) -> Result:
        """It with all hoists, or with the hoist of one finding."""
        hoist = only.hoist if only is not None else None
        wanted = frozenset(site.argument for site in hoist.call_sites) if hoist is not None else None
        path, source = self.program.path, self.program.source
        return Work(wanted=wanted).on(path, source, self.settings, [], reader_of(path), self.project)

    def ignoring(self, finding: Finding) -> Result:
        """It with a comment that ignores one finding."""
        return ignore_source(
            self.program.source,
            self._name,
            self.settings,
            read=reader_of(self.program.path),
            project=self.project,
            everything=True,
            only=finding,
        )

    def with_unsafe(self) -> Snapshot:
        """The same with unsafe fixes."""
        return replace(self, settings=replace(self.settings, unsafe_fixes=True))

    @property
    def _name(self) -> str:
        return os.path.realpath(self.program.path)


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
