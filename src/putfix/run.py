"""From paths to results: which files, their text, the core, and back to disk."""

from __future__ import annotations

import contextlib
import dataclasses
import gc
import os
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from putfix.files.configuration import BrokenConfiguration, Configurations
from putfix.files.discovery import Unreadable, discover, refusal
from putfix.files.project import ProjectFiles
from putfix.marks import MARK, MARKS
from putfix.problems import Problem
from putfix.reading import read as read_file
from putfix.settings import DEFAULT, Settings
from putfix.trace.lookup import Lookup
from putfix.workers import Job, Ready, Workshop
from putfix.workers.order import in_order

if TYPE_CHECKING:
    from putfix.files.baseline import Baseline
    from putfix.files.revisions import Changes
    from putfix.files.writing import ChangedSinceReadError
    from putfix.formats.documents import Reader
    from putfix.model import ChangedCell, Finding, Measurement, Passed, Remark, Result, Span, Suppressed

_MARKS = tuple(mark.encode() for mark in MARKS)


@dataclass(frozen=True)
class FileResult:
    """What became of one file: the old and the new bytes, the findings, the problems, and what a run passed there."""

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
    are written then."""

    adding: bool = False
    adding_all: bool = False
    baseline: Baseline | None = None
    changes: Changes | None = None
    writing: bool = False
    wanted: frozenset[Span] | None = None

    def on(
        self, path: Path, source: str, settings: Settings, seen: list[Measurement], read: Reader, project: ProjectFiles
    ) -> Result:
        """The result for the text of a file, of which a run saw something. Raises :class:`RevisionError`."""
        from putfix.choosing import choice
        from putfix.fix import fix_source, ignore_source

        choose = choice(path, read, self.baseline, self.changes, self.wanted)
        given = source, os.path.realpath(path), settings, seen, read, project, choose
        return ignore_source(*given, everything=self.adding_all) if self.adding else fix_source(*given)


_HOISTING = Work()


def check(
    paths: Iterable[Path],
    configurations: Configurations,
    trace: Lookup = _NO_TRACE,
    work: Work = _HOISTING,
    project: ProjectFiles | None = None,
    *,
    include_docs: bool = False,
    processes: int = 1,
) -> Iterator[FileResult | BrokenConfiguration]:
    """The results for all files that ``paths`` stand for, documentation only on request, one after the other. Changes
    none of them. ``project`` keeps what is read of other modules, and up to so many ``processes`` share the work.

    A configuration file that cannot be used comes once, before the first of the files that it governs. Where files will
    be written, what killed runs left beside them is cleared.
    """
    checker = Checker(trace, work, project or ProjectFiles())
    jobs = _jobs(discover(paths, include_docs=include_docs), configurations, work)
    with rare_collection():
        # What a baseline knows is told one by one.
        yield from in_order(jobs, Workshop(checker, _lost), processes if work.baseline is None else 1)


@dataclass(frozen=True)
class Checker:
    """Checks files, given their paths and their settings."""

    trace: Lookup
    work: Work
    project: ProjectFiles

    def __call__(self, task: tuple[Path, Settings]) -> FileResult | BrokenConfiguration:
        """The result for one file, without its bytes where they stay as they are."""
        with rare_collection():
            result = check_file(*task, self.trace, self.project, self.work)
        return result if result.changed else dataclasses.replace(result, old=b"", new=b"")

    def __reduce__(self) -> tuple[type[Checker], tuple[Lookup, Work, ProjectFiles]]:
        """Another process reads for itself what it needs of the project."""
        return Checker, (self.trace, self.work, ProjectFiles())


_Task = tuple[Path, Settings]


def _jobs(
    found: Iterable[Path | Unreadable], configurations: Configurations, work: Work
) -> Iterator[Job[_Task] | Ready[FileResult | BrokenConfiguration]]:
    """What is to be done for the files that were found, and what is known of them already."""
    broken: set[BrokenConfiguration] = set()
    cleared: set[str] = set()
    for each in found:
        if isinstance(each, Unreadable):
            yield Ready(FileResult(each.path, problems=(Problem(each.reason),)))
            continue
        folder = os.path.dirname(os.path.realpath(each))
        if work.writing and folder not in cleared:
            from putfix.files.writing import clear_leftovers

            cleared.add(folder)
            clear_leftovers(Path(folder))
        settings = configurations.settings(each)
        if isinstance(settings, Settings):
            yield Job((each, settings), _size(each))
            continue
        if settings not in broken:
            broken.add(settings)
            yield Ready(settings)
        yield Ready(FileResult(each, skipped=True))


def _size(path: Path) -> int:
    """How many bytes a file has; reading it tells what is wrong with it."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _lost(task: _Task, code: int) -> FileResult:
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
            result = _check_data(path, data, settings, trace, project, work)
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
        return _check_data(result.path, result.old, result.settings, trace, project, less)


_COLLECTED = 50_000, 2, 2
"""How many objects there may be more before those are looked for that nothing needs, and how often of these times among
older ones, too. Over Ray's package this takes 0.77 times as long as with Python's own numbers, and 1.2 times as much
memory at most; four times as many objects save little more time, and take twice as much."""


@contextlib.contextmanager
def rare_collection() -> Iterator[None]:
    """With a collector of cycles that seldom runs. As often as usual, it would go again and again through trees that
    are all in use: half of the time of a run over Ray's package."""
    usual = gc.get_threshold()
    gc.set_threshold(*_COLLECTED)
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def check_file(
    path: Path,
    settings: Settings,
    trace: Lookup = _NO_TRACE,
    project: ProjectFiles | None = None,
    work: Work = _HOISTING,
) -> FileResult:
    """The result for one file of a ``project``, of which a run may have seen something."""
    try:
        data = read_file(path)
    except OSError as error:
        from putfix.recorded import unread

        return FileResult(path, problems=(Problem(error.strerror or str(error)),), passed=unread(path, trace))
    return _check_data(path, data, settings, trace, project or ProjectFiles(), work)


def _check_data(
    path: Path, data: bytes, settings: Settings, trace: Lookup, project: ProjectFiles, work: Work
) -> FileResult:
    """The result for what a file holds."""
    records = trace.of(path)
    marked = (
        all(mark in data for mark in _MARKS) or MARK.encode() in data or data.startswith((b"\xff\xfe", b"\xfe\xff"))
    )
    if not marked and not records:
        return FileResult(path, data, data)
    return _check_marked(path, data, settings, trace, project, work)


def _check_marked(
    path: Path, data: bytes, settings: Settings, trace: Lookup, project: ProjectFiles, work: Work
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
