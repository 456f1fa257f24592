"""The analysis of what is open: in a thread of its own, so that the editor gets answers meanwhile, and once for each
state of the documents.

The edits of actions that were offered are made before one of them is chosen, while nobody waits for anything: in
stages, of which none takes longer than an analysis, so that no answer waits for more than the end of one. That ends
with the next change, and with the next offer.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import os
import time
from collections.abc import Callable, Coroutine, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from putfix.choosing import choice
from putfix.examining import Choice
from putfix.files.project import ProjectFiles
from putfix.fix import Study
from putfix.formats.readers import reader_of
from putfix.garbage import free
from putfix.model import Finding, Result
from putfix.server.buffers import Program
from putfix.settings import Settings

_REST = 0.05
"""How many seconds after an answer it is time to free what it left."""
PAUSE = 0.1
"""How many seconds after an offer edits are begun: who types on has changed the program by then."""
_LONGEST = 0.2
"""How many seconds of processor time an analysis may take where something is made ahead: the stages of an edit take as
long, and what is asked for meanwhile waits for the end of one."""


class OutdatedError(Exception):
    """What was to be analysed has changed before its turn came."""


@dataclass(frozen=True)
class Wanted:
    """What is to be made of a program: the hoist of one finding, or a comment that ignores it; without one, all
    hoists."""

    finding: Finding | None = None
    ignored: bool = False


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

    def made(self, wanted: Wanted) -> Result:
        """It with what is wanted. Hoists are verified as by ``putfix --apply``, also that of one finding: see
        :meth:`putfix.fix.Study.fixed`."""
        return self.stages(wanted)[-1]()

    def stages(self, wanted: Wanted) -> list[Callable[[], Result]]:
        """What is done for that, one after the other, each of which takes no longer than an analysis. The last gives
        the result, and does what the others did not."""
        if wanted.finding is not None and wanted.ignored:
            return [functools.partial(self._study.ignoring_one, wanted.finding)]
        return self._study.stages(self._only(wanted.finding) if wanted.finding is not None else None)

    def with_unsafe(self) -> Snapshot:
        """The same with unsafe fixes."""
        return replace(self, settings=replace(self.settings, unsafe_fixes=True))

    @functools.cached_property
    def _study(self) -> Study:
        path, read = os.path.realpath(self.program.path), reader_of(self.program.path)
        return Study(self.program.source, path, self.settings, read=read, project=self.project)

    def _only(self, finding: Finding) -> Choice:
        """Leaves out of the findings what would be hoisted besides that of one."""
        sites = finding.hoist.call_sites if finding.hoist is not None else ()
        wanted = frozenset(site.argument for site in sites)
        return choice(self.program.path, reader_of(self.program.path), None, None, wanted)


class _Known:
    """A snapshot, what is found in it, and what was made of it."""

    def __init__(self, snapshot: Snapshot, seconds: float) -> None:
        self.snapshot = snapshot
        self.found: asyncio.Future[Result]
        self.made: dict[Wanted, asyncio.Future[Result]] = {}
        self.seconds = seconds
        """How much processor time it took to find that, or what was there before."""

    def find(self) -> Result:
        """What is found."""
        begin = time.thread_time()
        result = self.snapshot.found()
        self.seconds = time.thread_time() - begin
        return result


class Examiner:
    """Gives the results for snapshots, one at a time."""

    def __init__(self, is_current: Callable[[Program], bool]) -> None:
        """``is_current`` says whether a program is still the one that is open."""
        self._is_current = is_current
        self._thread = ThreadPoolExecutor(1, "putfix")
        self._freeing: asyncio.TimerHandle | None = None
        self._known: dict[tuple[str, bool], _Known] = {}
        self._outdated: _Known | None = None
        """What was known of the state before, until it is time to free it."""
        self._ahead: asyncio.Task[None] | None = None
        self._asked = 0
        """How many answers somebody waits for."""
        self._is_quiet = asyncio.Event()
        """Whether nobody waits."""
        self._is_quiet.set()

    async def found(self, snapshot: Snapshot) -> Result:
        """What is found in a snapshot. Raises :class:`OutdatedError`."""
        return await asyncio.shield(self._known_of(snapshot).found)

    async def made(self, snapshot: Snapshot, wanted: Wanted) -> Result:
        """What is wanted of a snapshot. Raises :class:`OutdatedError`."""
        known = self._known_of(snapshot)
        if wanted not in known.made:
            known.made[wanted] = self._answer(known.snapshot, lambda: known.snapshot.made(wanted))
        return await asyncio.shield(known.made[wanted])

    def took(self, uri: str) -> float:
        """How many seconds of processor time it took the last time to find what is in a program; 0 where none did."""
        return max((known.seconds for (each, _), known in self._known.items() if each == uri), default=0)

    def prepare(self, likely: Iterable[tuple[Snapshot, Wanted | None]]) -> asyncio.Task[None]:
        """Make what will likely be wanted next, while nobody waits for anything, and nothing else any more; but nothing
        where an analysis takes long. Where nothing is wanted of a snapshot, it is what is found. Gives the task that
        does so."""
        self.rest()
        self._ahead = asyncio.ensure_future(self._prepare(list(likely)))
        return self._ahead

    def rest(self) -> None:
        """Begin nothing more of what nobody waits for: something has changed."""
        if self._ahead is not None:
            self._ahead.cancel()
            self._ahead = None

    def forget(self, uri: str) -> None:
        """A program is no longer open."""
        self.rest()
        for unsafe in (False, True):
            self._known.pop((uri, unsafe), None)

    def close(self) -> None:
        """Begin nothing more."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _known_of(self, snapshot: Snapshot) -> _Known:
        """What is known of a snapshot; if nothing, it is being found out. Raises :class:`OutdatedError`, and keeps what
        is known of the program that is open now."""
        key = snapshot.program.uri, snapshot.settings.unsafe_fixes
        known = self._known.get(key)
        if known is None or not _are_alike(known.snapshot, snapshot):
            if not self._is_current(snapshot.program):
                raise OutdatedError
            self._outdated = known
            known = self._known[key] = _Known(snapshot, known.seconds if known is not None else 0)
            known.found = self._answer(snapshot, known.find)
        return known

    async def _prepare(self, likely: Iterable[tuple[Snapshot, Wanted | None]]) -> None:
        await asyncio.sleep(PAUSE)
        with contextlib.suppress(OutdatedError):
            for snapshot, wanted in likely:
                if self.took(snapshot.program.uri) < _LONGEST:
                    await self._quiet()
                    known = self._known_of(snapshot)
                    await asyncio.shield(known.found)
                    if wanted is not None:
                        await self._make_ahead(known, wanted)

    async def _make_ahead(self, known: _Known, wanted: Wanted) -> None:
        *before, last = known.snapshot.stages(wanted)
        for stage in before:
            await self._quiet()
            if wanted not in known.made:
                await self._in_thread(known.snapshot, stage)
        await self._quiet()
        if wanted not in known.made:  # nor was it asked for meanwhile
            known.made[wanted] = _begun(self._in_thread(known.snapshot, last))
            await asyncio.shield(known.made[wanted])

    async def _quiet(self) -> None:
        while self._asked:
            await self._is_quiet.wait()

    def _answer(self, snapshot: Snapshot, job: Callable[[], Result]) -> asyncio.Future[Result]:
        """Do what somebody waits for."""
        self._asked += 1
        self._is_quiet.clear()
        result = _begun(self._in_thread(snapshot, job))
        result.add_done_callback(self._is_answered)
        return result

    def _is_answered(self, _result: asyncio.Future[Result]) -> None:
        self._asked -= 1
        if not self._asked:
            self._is_quiet.set()

    async def _in_thread(self, snapshot: Snapshot, job: Callable[[], Result]) -> Result:
        """What a job makes of a snapshot, after those that have begun. Raises :class:`OutdatedError`."""
        loop = asyncio.get_running_loop()
        if self._freeing is not None:
            self._freeing.cancel()
        result = await loop.run_in_executor(self._thread, self._do, snapshot, job)
        self._freeing = loop.call_later(_REST, self._free, snapshot.project)
        return result

    def _do(self, snapshot: Snapshot, job: Callable[[], Result]) -> Result:
        if not self._is_current(snapshot.program):
            raise OutdatedError
        snapshot.project.hold(snapshot.held)
        return job()

    def _free(self, project: ProjectFiles) -> None:
        """Free what the last analysis left, when the editor has its answer."""
        self._freeing = self._outdated = None
        with contextlib.suppress(RuntimeError):  # the session is over
            self._thread.submit(free, project)


def _begun(job: Coroutine[None, None, Result]) -> asyncio.Future[Result]:
    """A job that is done even if nobody waits for it any more."""
    result = asyncio.ensure_future(job)
    result.add_done_callback(_retrieved)
    return result


def _retrieved(result: asyncio.Future[Result]) -> None:
    if not result.cancelled():
        result.exception()


def _are_alike(one: Snapshot, other: Snapshot) -> bool:
    """Whether the same is found in two snapshots of a program."""
    return one.revision == other.revision and one.project is other.project and one.settings == other.settings
