"""From paths to results: which files, what becomes of each, and back to disk."""

from __future__ import annotations

import dataclasses
import functools
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from putfix.checking import HOISTING, NO_TRACE, FileResult, Work, check_file, has_nothing, is_marked
from putfix.files.configuration import BrokenConfiguration, Configurations
from putfix.files.discovery import Found, Unreadable, located
from putfix.files.project import ProjectFiles
from putfix.garbage import free, rare_collection
from putfix.problems import Problem
from putfix.reading import read as read_file
from putfix.settings import Settings
from putfix.trace.lookup import Lookup
from putfix.version import __version__
from putfix.workers import Job, Ready, Workshop
from putfix.workers.order import in_order

if TYPE_CHECKING:
    from putfix.checking import Surroundings
    from putfix.files.cache.memory import Memory
    from putfix.files.cache.packing import Outcome
    from putfix.files.writing import ChangedSinceReadError


def check(
    paths: Sequence[Path],
    configurations: Configurations,
    trace: Lookup = NO_TRACE,
    work: Work = HOISTING,
    project: ProjectFiles | None = None,
    *,
    include_docs: bool = False,
    processes: int = 1,
    cache: str | None = None,
) -> Iterator[FileResult | BrokenConfiguration]:
    """The results for all files that ``paths`` stand for, documentation only on request, one after the other. Changes
    none of them. ``project`` keeps what is read of other modules, and up to so many ``processes`` share the work. What
    earlier runs found out is taken from the directory ``cache``, and kept there; that goes without a trace, and with
    hoisting all that is found.

    A configuration file that cannot be used comes once, before the first of the files that it governs. Where files will
    be written, what killed runs left beside them is cleared.
    """
    project = project or ProjectFiles()
    found = located(paths, include_docs=include_docs)
    memory = None
    if cache is not None:
        from putfix.files.cache.opening import opened

        found, memory = opened(cache, __version__, paths, found, project, include_docs=include_docs)
    checker = Checker(trace, work, project, recording=memory is not None)
    jobs = jobs_for(found, configurations, work, memory)
    processes = processes if work.baseline is None else 1  # what a baseline knows is told one by one
    shared = _sifted(jobs, trace) if processes > 1 else jobs
    results = in_order(shared, Workshop(checker, _lost), processes)
    with rare_collection():
        yield from results if memory is None else _noted(results, memory)


def _noted(
    results: Iterator[FileResult | BrokenConfiguration], memory: Memory
) -> Iterator[FileResult | BrokenConfiguration]:
    """The results, of which those that are new are remembered in the end."""
    from putfix.files.cache.packing import Outcome

    for result in results:
        if isinstance(result, FileResult) and not (result.problems or result.skipped):
            said = result.findings, result.suppressed, result.remarks, result.changed_cells
            memory.note(result.path, result.settings, Outcome(result.old, result.new, *said), result.made)
        yield result
    memory.save()


def _recalled(path: Path, settings: Settings, outcome: Outcome) -> FileResult:
    """The result for a file that is remembered."""
    return FileResult(
        path,
        outcome.old,
        outcome.new,
        outcome.findings,
        changed_cells=outcome.changed_cells,
        suppressed=outcome.suppressed,
        remarks=outcome.remarks,
        settings=settings,
    )


@dataclass(frozen=True)
class Checker:
    """Checks files, given their paths and their settings."""

    trace: Lookup
    work: Work
    project: ProjectFiles
    recording: bool = False
    """Whether it is recorded what results are made from."""

    def __call__(self, task: Task) -> FileResult | BrokenConfiguration:
        """The result for one file, without its bytes where they stay as they are."""
        free(self.project)  # before a file and not after it, as that takes time and there may be no other
        with rare_collection():
            result = self._recorded(*task) if self.recording else self._checked(*task, self.project)
        return result.without_unchanged()

    def _checked(self, path: Path, settings: Settings, project: Surroundings) -> FileResult:
        return check_file(path, settings, self.trace, project, self.work)

    def _recorded(self, path: Path, settings: Settings) -> FileResult:
        """The result with what it was made from, for a file with a word that matters."""
        from putfix.files.cache.recording import Recorder

        recorder = Recorder(self.project)
        result = self._checked(path, settings, recorder)
        return dataclasses.replace(result, made=recorder.made(result.old)) if is_marked(result.old) else result

    def __reduce__(self) -> tuple[type[Checker], tuple[Lookup, Work, ProjectFiles, bool]]:
        """Another process reads for itself what it needs of the project."""
        return Checker, (self.trace, self.work, ProjectFiles(), self.recording)


Task = tuple[Path, Settings]
"""A file, and the settings that it is checked with."""


def jobs_for(
    found: Iterator[Found | Unreadable], configurations: Configurations, work: Work, memory: Memory | None = None
) -> Iterator[Job[Task] | Ready[FileResult | BrokenConfiguration]]:
    """What is to be done for the files that were found, and what is known of them already."""
    broken: set[BrokenConfiguration] = set()
    clear = functools.lru_cache(maxsize=_CLEARED)(_clear_leftovers)
    for each in found:
        if isinstance(each, Unreadable):
            yield Ready(FileResult(each.path, problems=(Problem(each.reason),)))
            continue
        path, real = each
        if work.writing:
            clear(os.path.dirname(real))
        settings = configurations.settings_at(real)
        if isinstance(settings, Settings):
            outcome = memory.recall(each, settings) if memory is not None else None
            yield Job((path, settings), _size(path)) if outcome is None else Ready(_recalled(path, settings, outcome))
            continue
        if settings not in broken:
            broken.add(settings)
            yield Ready(settings)
        yield Ready(FileResult(path, skipped=True))


def _sifted(
    jobs: Iterator[Job[Task] | Ready[FileResult | BrokenConfiguration]], trace: Lookup
) -> Iterator[Job[Task] | Ready[FileResult | BrokenConfiguration]]:
    """The jobs without those for files in which nothing can be found: to tell that takes less time than to hand them to
    another process."""
    for job in jobs:
        if isinstance(job, Job) and _is_unmarked(job.item[0], trace):
            yield Ready(FileResult(job.item[0]))
        else:
            yield job


def _is_unmarked(path: Path, trace: Lookup) -> bool:
    try:
        return has_nothing(path, read_file(path), trace)
    except OSError:
        return False  # whoever checks it tells why


_CLEARED = 1_000
"""Of how many directories it is remembered that they were cleared: few enough for memory to stay flat."""


def _clear_leftovers(folder: str) -> None:
    from putfix.files.writing import clear_leftovers

    clear_leftovers(Path(folder))


def _size(path: Path) -> int:
    """How many bytes a file has; reading it tells what is wrong with it."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _lost(task: Task, code: int) -> FileResult:
    """The result for a file whose process died."""
    path, _ = task
    how = f"signal {-code}" if code < 0 else f"exit code {code}"
    return FileResult(path, problems=(Problem(f"not checked: the process that did so ended ({how})"),))


def write(result: FileResult) -> Problem | None:
    """Write the new bytes of a file, whole or not at all; the problem where that could not be done."""
    from putfix.files.writing import ChangedSinceReadError, replace

    try:
        replace(result.path, result.old, result.new)
    except (OSError, ChangedSinceReadError) as error:
        return not_written(error)
    return None


def not_written(error: OSError | ChangedSinceReadError) -> Problem:
    """What is said of a file that could not be written."""
    from putfix.files.writing import ChangedSinceReadError

    if isinstance(error, ChangedSinceReadError):
        return Problem("changed while putfix was running, not written")
    return Problem(f"cannot be written: {error.strerror or error}")
