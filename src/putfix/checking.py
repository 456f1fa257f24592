"""One file, to what becomes of it: its text, the core, and its bytes again."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from putfix.files.configuration import BrokenConfiguration, Configurations
from putfix.files.discovery import refusal
from putfix.files.project import ProjectFiles
from putfix.garbage import rare_collection
from putfix.marks import MARK, MARKS
from putfix.problems import Problem
from putfix.reading import read as read_file
from putfix.settings import DEFAULT, Settings
from putfix.trace.lookup import Lookup

if TYPE_CHECKING:
    from putfix.examining import Choice
    from putfix.files.baseline import Baseline
    from putfix.files.cache.recording import Made, Recorder
    from putfix.files.revisions import Changes
    from putfix.formats.documents import Reader
    from putfix.model import ChangedCell, Finding, Measurement, Passed, Remark, Result, Span, Suppressed, Text

    Surroundings = ProjectFiles | Recorder
    """What is known of the files around one, noted or not."""

_MARKS = tuple(mark.encode() for mark in MARKS)


NO_TRACE = Lookup()
"""That of no run."""


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


HOISTING = Work()
"""All that is found is hoisted."""


def check_input(
    path: Path,
    data: bytes,
    configurations: Configurations,
    trace: Lookup = NO_TRACE,
    work: Work = HOISTING,
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
    trace: Lookup = NO_TRACE,
    project: Surroundings | None = None,
    work: Work = HOISTING,
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


def has_nothing(path: Path, data: bytes, trace: Lookup) -> bool:
    """Whether nothing can be found in a file that holds ``data``."""
    return not is_marked(data) and not trace.of(path)


def check_data(
    path: Path, data: bytes, settings: Settings, trace: Lookup, project: Surroundings, work: Work
) -> FileResult:
    """The result for what a file holds."""
    if has_nothing(path, data, trace):
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
