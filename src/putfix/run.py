"""From paths to results: which files, their text, the core, and back to disk."""

from __future__ import annotations

import dataclasses
import functools
import os
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from putfix.files.configuration import BrokenConfiguration, Configurations
from putfix.files.discovery import Found, Unreadable, located, refusal
from putfix.files.project import ProjectFiles
from putfix.garbage import free, rare_collection
from putfix.marks import MARK, MARKS
from putfix.problems import Problem
from putfix.reading import read as read_file
from putfix.settings import DEFAULT, Settings
from putfix.trace.lookup import Lookup
from putfix.version import __version__
from putfix.workers import Job, Ready, Workshop
from putfix.workers.order import in_order

if TYPE_CHECKING:
    from putfix.examining import Choice
    from putfix.files.baseline import Baseline
    from putfix.files.cache.memory import Memory
    from putfix.files.cache.packing import Outcome
    from putfix.files.cache.recording import Made, Recorder
    from putfix.files.revisions import Changes
    from putfix.files.writing import ChangedSinceReadError
    from putfix.formats.documents import Reader
    from putfix.model import (
        ChangedCell,
        Finding,
        Measurement,
        Passed,
        Remark,
        Result,
        Span,
        Suppressed,
        Text,
    )

    Surroundings = ProjectFiles | Recorder
    """What is known of the files around one, noted or not."""

_MARKS = tuple(mark.encode() for mark in MARKS)


@dataclass(frozen=True)
class FileResult:
    """What became of one file: the old and the new bytes, the findings, the problems, and what a run passed there.

    A file that stays as it is may come without its bytes: both are empty then.
    """

    path: Path
    old: bytes = b""
    new: bytes = b""
    findings: tuple[Finding, ...] = ()
    problems: tuple[Problem, ...] = ()
    skipped: bool = False
    """Whether it was not looked at, because its configuration cannot be used."""
    passed: tuple[Passed, ...] = ()
    changed_cells: tuple[ChangedCell, ...] = ()
    """The cells of a notebook that differ: a diff is of those."""
    suppressed: tuple[Suppressed, ...] = ()
    remarks: tuple[Remark, ...] = ()
    """The comments to putfix that do nothing."""
    comments: int = 0
    """How many comments the new bytes have more, or with more codes."""
    settings: Settings = DEFAULT
    """The settings that it was checked with."""
    written: bool = False
    """Whether the new bytes are in the file by now, as :func:`putfix.fix_paths` says it."""
    text: Text | None = None
    """The places of what was found, where the work asks for them."""
    made: Made | None = None
    """What it was made from, where that is recorded."""

    def without_unchanged(self) -> FileResult:
        """The same, without its bytes where they stay as they are."""
        return self if self.changed else dataclasses.replace(self, old=b"", new=b"")

    @property
    def fixes(self) -> tuple[Finding, ...]:
        """The findings that the new bytes have the hoists of."""
        return tuple(finding for finding in self.findings if finding.hoist is not None) if self.changed else ()

    @property
    def stale(self) -> list[tuple[int, str]]:
        """The lines and the callees of traced calls that are no longer there."""
        gone = (each for each in self.passed if each.is_stale)
        return sorted({(each.seen.line, each.callee) for each in gone})

    @property
    def changed(self) -> bool:
        """Whether there is anything to write."""
        return self.new != self.old

    @property
    def says_something(self) -> bool:
        """Whether there is anything in it that may be shown."""
        return bool(self.changed or self.findings or self.problems or self.remarks or self.passed)

    @property
    def hoists(self) -> int:
        """How many hoists the new bytes hold."""
        return len(self.fixes)


_NO_TRACE = Lookup()


@dataclass(frozen=True)
class Work:
    """What is done with the findings: they are hoisted, apart from those of a ``baseline``, those that ``changes`` have
    not touched, and those of other arguments than the ``wanted`` ones; or with ``adding``, comments ignore what would
    be hoisted, and with ``adding_all`` what is left alone, too. ``writing`` says that files
    are written then, ``placing`` that results are to have the places of what was found in the text, and ``apart`` that
    the edits of each hoist are to be all that it needs."""

    adding: bool = False
    adding_all: bool = False
    baseline: Baseline | None = None
    changes: Changes | None = None
    writing: bool = False
    wanted: frozenset[Span] | None = None
    placing: bool = False
    apart: bool = False

    def on(
        self, path: Path, source: str, settings: Settings, seen: list[Measurement], read: Reader, project: Surroundings
    ) -> Result:
        """The result for the text of a file, of which a run saw something. Raises :class:`RevisionError`."""
        from putfix.fix import fix_source, ignore_source

        given = source, project.real(os.fspath(path)), settings, seen, read, project, self._choice(path, read)
        if self.adding:
            return ignore_source(*given, everything=self.adding_all)
        return fix_source(*given, apart=self.apart)

    def _choice(self, path: Path, read: Reader) -> Choice | None:
        """What is left out of the findings in a file, if anything is."""
        if self.baseline is None and self.changes is None and self.wanted is None:
            return None
        from putfix.choosing import choice

        return choice(path, read, self.baseline, self.changes, self.wanted)


_HOISTING = Work()


def check(
    paths: Sequence[Path],
    configurations: Configurations,
    trace: Lookup = _NO_TRACE,
    work: Work = _HOISTING,
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
        return _has_nothing(path, read_file(path), trace)
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


def check_input(
    path: Path,
    data: bytes,
    configurations: Configurations,
    trace: Lookup = _NO_TRACE,
    work: Work = _HOISTING,
    *,
    include_docs: bool = False,
) -> Iterator[FileResult | BrokenConfiguration]:
    """The result for ``data`` in place of what the file at ``path`` holds, which need not be there; before it, a
    configuration file that cannot be used. Where there is nothing to be changed, the new bytes are ``data``."""
    refused = refusal(path, include_docs=include_docs)
    if refused is not None:
        yield FileResult(path, data, data, problems=(Problem(refused),))
        return
    settings = configurations.settings(path)
    if isinstance(settings, Settings):
        project = ProjectFiles({os.path.realpath(path): data})  # others may import it
        with rare_collection():
            result = check_data(path, data, settings, trace, project, work)
        yield result
        return
    yield settings
    yield FileResult(path, data, data, skipped=True)


def checked_again(
    result: FileResult, wanted: Collection[Finding], trace: Lookup, work: Work, project: ProjectFiles
) -> FileResult:
    """The result for the same file, but with no other fixes than the ``wanted`` ones of ``result``."""
    hoists = (finding.hoist for finding in wanted if finding.hoist is not None)
    arguments = frozenset(site.argument for hoist in hoists for site in hoist.call_sites)
    less = dataclasses.replace(work, wanted=arguments)
    with rare_collection():
        return check_data(result.path, result.old, result.settings, trace, project, less)


def check_file(
    path: Path,
    settings: Settings,
    trace: Lookup = _NO_TRACE,
    project: Surroundings | None = None,
    work: Work = _HOISTING,
) -> FileResult:
    """The result for one file of a ``project``, of which a run may have seen something."""
    try:
        data = read_file(path)
    except OSError as error:
        from putfix.recorded import unread

        return FileResult(path, problems=(Problem(error.strerror or str(error)),), passed=unread(path, trace))
    return check_data(path, data, settings, trace, project or ProjectFiles(), work)


def is_marked(data: bytes) -> bool:
    """Whether what a file holds may have anything to be found in it."""
    return all(mark in data for mark in _MARKS) or MARK.encode() in data or data.startswith((b"\xff\xfe", b"\xfe\xff"))


def _has_nothing(path: Path, data: bytes, trace: Lookup) -> bool:
    """Whether nothing can be found in a file that holds ``data``."""
    return not is_marked(data) and not trace.of(path)


def check_data(
    path: Path, data: bytes, settings: Settings, trace: Lookup, project: Surroundings, work: Work
) -> FileResult:
    """The result for what a file holds."""
    if _has_nothing(path, data, trace):
        return FileResult(path, data, data)
    return _check_marked(path, data, settings, trace, project, work)


def _check_marked(
    path: Path, data: bytes, settings: Settings, trace: Lookup, project: Surroundings, work: Work
) -> FileResult:
    """The same, where that may matter. What makes something of text is loaded here, and not before."""
    from putfix.files.revisions import RevisionError
    from putfix.files.text import UndecodableError, decode
    from putfix.formats import python
    from putfix.formats.readers import is_notebook, reader_of
    from putfix.recorded import of_lines, of_notebook, unread

    read = reader_of(path)
    try:
        text = decode(data, is_python=read is python.read)
        place = of_notebook if is_notebook(path) else of_lines
        result, located = place(
            path, text.source, trace, lambda seen: work.on(path, text.source, settings, seen, read, project)
        )
    except (UndecodableError, RevisionError) as error:
        reason = f"cannot be decoded: {error}" if isinstance(error, UndecodableError) else str(error)
        return FileResult(path, data, data, problems=(Problem(reason),), passed=unread(path, trace))
    new = text.encoded(result.new_source) if result.changed else data
    passed = tuple(dataclasses.replace(each, min_size=settings.min_size) for each in located)
    return FileResult(
        path,
        data,
        new,
        result.findings,
        result.problems,
        passed=passed,
        changed_cells=result.changed_cells,
        suppressed=result.suppressed,
        remarks=result.remarks,
        comments=result.comments,
        settings=settings,
        text=result.text if work.placing else None,
    )


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
