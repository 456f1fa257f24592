"""From paths to results: which files, their text, the core, and back to disk."""

from __future__ import annotations

import dataclasses
import os
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from putfix.analysis.names.positions import split_lines
from putfix.analysis.names.sites import Written, written
from putfix.files.configuration import BrokenConfiguration, Configurations
from putfix.files.discovery import Unreadable, discover
from putfix.files.notebooks import code_cells
from putfix.files.project import ProjectFiles
from putfix.files.text import UndecodableError, decode
from putfix.files.writing import ChangedSinceReadError, replace
from putfix.fix import MARKS, fix_source
from putfix.model import CELL, Finding, Passed, Problem, Result, Span, Standing
from putfix.settings import Settings
from putfix.trace.lookup import Lookup, is_current
from putfix.trace.records import Record, cell_name

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

    @property
    def stale(self) -> list[tuple[int, str]]:
        """The lines and the callees of traced calls that are no longer there."""
        gone = (each for each in self.passed if each.standing is Standing.STALE)
        return sorted({(each.seen.line, each.callee) for each in gone})

    @property
    def changed(self) -> bool:
        """Whether there is anything to write."""
        return self.new != self.old

    @property
    def hoists(self) -> int:
        """How many hoists the new bytes hold."""
        return sum(finding.hoist is not None for finding in self.findings) if self.changed else 0


_NO_TRACE = Lookup()


def check(
    paths: Iterable[Path], configurations: Configurations, trace: Lookup = _NO_TRACE
) -> Iterator[FileResult | BrokenConfiguration]:
    """The results for all files that ``paths`` stand for, one after the other. Changes nothing.

    A configuration file that cannot be used comes once, before the first of the files that it governs.
    """
    broken: set[BrokenConfiguration] = set()
    project = ProjectFiles()
    for found in discover(paths):
        if isinstance(found, Unreadable):
            yield FileResult(found.path, problems=(Problem(found.reason),))
            continue
        settings = configurations.settings(found)
        if isinstance(settings, Settings):
            yield check_file(found, settings, trace.of(found), project)
            continue
        if settings not in broken:
            broken.add(settings)
            yield settings
        yield FileResult(found, skipped=True)


def check_file(
    path: Path, settings: Settings, records: list[Record] | None = None, project: ProjectFiles | None = None
) -> FileResult:
    """The result for one file of a ``project``, of which a run saw ``records``."""
    records = records or []
    unread = tuple(_passed(path, record, Standing.UNREAD) for record in records)
    try:
        data = path.read_bytes()
    except OSError as error:
        return FileResult(path, problems=(Problem(error.strerror or str(error)),), passed=unread)
    marked = all(mark in data for mark in _MARKS) or data.startswith((b"\xff\xfe", b"\xfe\xff"))
    if not marked and not records:
        return FileResult(path, data, data)
    try:
        text = decode(data)
    except UndecodableError as error:
        return FileResult(path, data, data, problems=(Problem(f"cannot be decoded: {error}"),), passed=unread)
    lines = split_lines(text.source)
    valid = [record for record in records if is_current(record, lines)]
    gone = [_passed(path, record, Standing.STALE) for record in records if not is_current(record, lines)]
    seen = [record.measurement() for record in valid]
    result = fix_source(text.source, os.path.realpath(path), settings, seen, project or ProjectFiles())
    new = text.encoded(result.new_source) if result.changed else data
    located = _located(path, valid, result) if valid else ()
    passed = [*(dataclasses.replace(each, min_size=settings.min_size) for each in located), *gone]
    return FileResult(path, data, new, result.findings, result.problems, passed=tuple(passed))


def elsewhere(checked: Iterable[Path], trace: Lookup, paths: Iterable[Path]) -> list[Passed]:
    """What a run passed in other files than those that were ``checked``, and in cells of the notebooks in ``paths``."""
    here = Path.cwd()
    found = [
        _passed(path.relative_to(here) if path.is_relative_to(here) else path, record, Standing.ELSEWHERE)
        for path, record in trace.others(checked)
    ]
    if not any(each.path.name.startswith(CELL) for each in found):
        return found
    cells = {cell_name(source): name for source, name in code_cells(paths)}
    return [dataclasses.replace(each, cell=cells.get(each.path.name, "")) for each in found]


def _passed(
    path: Path, record: Record, standing: Standing, argument: str = "", finding: Finding | None = None
) -> Passed:
    seen = record.measurement(), record.counts.again_bytes, record.counts.unknown
    return Passed(path, record.site.callee, argument, standing, *seen, finding)


def _located(path: Path, records: list[Record], result: Result) -> Iterator[Passed]:
    """What the records are of, in the source and among the findings."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            places = written(result.source, map(Record.measurement, records))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        yield from (_passed(path, record, Standing.UNREAD) for record in records)
        return
    for record, place in zip(records, places, strict=True):
        finding = _about(place, result.findings)
        yield _passed(path, record, _standing(record, place), place.argument, finding)


def _standing(record: Record, place: Written) -> Standing:
    if place.span is not None:
        return Standing.WRITTEN
    return Standing.SPREAD if place.call or record.site.text else Standing.STALE


def _about(place: Written, findings: Iterable[Finding]) -> Finding | None:
    """The finding about an argument, or about something inside of it."""
    if place.span is None:
        return None
    inside = [
        (site.argument, finding)
        for finding in findings
        for site in finding.call_sites
        if _begin(place.span) <= _begin(site.argument) and _end(site.argument) <= _end(place.span)
    ]
    whole = [finding for span, finding in inside if span == place.span]
    return next(iter([*whole, *(finding for _, finding in inside)]), None)


def _begin(span: Span) -> tuple[int, int]:
    return span.line, span.column


def _end(span: Span) -> tuple[int, int]:
    return span.end_line, span.end_column


def write(result: FileResult) -> Problem | None:
    """Write the new bytes of a file, whole or not at all; the problem where that could not be done."""
    try:
        replace(result.path, result.old, result.new)
    except ChangedSinceReadError:
        return Problem("changed while putfix was running, not written")
    except OSError as error:
        return Problem(f"cannot be written: {error.strerror or error}")
    return None
