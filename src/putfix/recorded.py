"""What a run of the program saw of a file, beside the findings in it."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from putfix.analysis.names.positions import split_lines
from putfix.analysis.names.sites import Written, lower, written
from putfix.formats.documents import UnreadableError
from putfix.model import Finding, Measurement, Passed, Result, Span, Standing
from putfix.trace.lookup import Lookup, is_current

if TYPE_CHECKING:
    from putfix.formats.notebooks import Cell
    from putfix.trace.records import Record

Examine = Callable[[list[Measurement]], Result]
"""Gives the result for a file of which a run saw this."""


def unread(path: Path, trace: Lookup) -> tuple[Passed, ...]:
    """What a run passed in a file that cannot be read or analysed."""
    return tuple(_passed(path, record, Standing.UNREAD) for record in trace.of(path))


def of_lines(path: Path, source: str, trace: Lookup, examine: Examine) -> tuple[Result, list[Passed]]:
    """The result for a file whose lines a run knows, and what it passed in them."""
    records = trace.of(path)
    lines = split_lines(source)
    valid = [record for record in records if is_current(record, lines)]
    gone = [_passed(path, record, Standing.STALE) for record in records if not is_current(record, lines)]
    result = examine([record.measurement() for record in valid])
    located = [*_located(path, valid, source, result)] if valid else []
    return result, [*located, *gone]


def of_notebook(path: Path, source: str, trace: Lookup, examine: Examine) -> tuple[Result, list[Passed]]:
    """The result for a notebook, and what a run passed in cells with the same text, which it knows them by."""
    from putfix.formats import notebooks
    from putfix.trace.records import cell_name

    try:
        notebook = notebooks.read(source) if trace.has_cells else None
    except UnreadableError:
        notebook = None
    seen = [(cell, trace.of_cell(cell_name(cell.source))) for cell in (notebook.sources if notebook else ())]
    measured = [
        lower(record.measurement(), cell.line - 1 + cell.blank_lines) for cell, records in seen for record in records
    ]
    result = examine(measured)
    passed: list[Passed] = []
    for cell, records in seen:
        located = _located(Path(cell_name(cell.source)), records, cell.program, result, cell)
        name = f"{os.path.normpath(path)}:cell {cell.number}"
        passed += [replace(each, cell=name) for each in located]
    return result, passed


def elsewhere(checked: Iterable[Path], trace: Lookup) -> list[Passed]:
    """What a run passed in other files, and other cells of notebooks, than those that were ``checked``."""
    here = Path.cwd()
    return [
        _passed(path.relative_to(here) if path.is_relative_to(here) else path, record, Standing.ELSEWHERE)
        for path, record in trace.others(checked)
    ]


def _passed(
    path: Path, record: Record, standing: Standing, argument: str = "", finding: Finding | None = None
) -> Passed:
    seen = record.measurement(), record.counts.again_bytes, record.counts.unknown
    return Passed(path, record.site.callee, argument, standing, *seen, finding)


def _located(
    path: Path, records: list[Record], source: str, result: Result, cell: Cell | None = None
) -> Iterator[Passed]:
    """What the records are of, in the source, which may be that of a cell, and among the findings."""
    number, blank_lines = (cell.number, cell.blank_lines) if cell is not None else (0, 0)
    findings = [finding for finding in result.findings if finding.cell == number]
    suppressed = [each.finding for each in result.suppressed if each.finding.cell == number]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            places = written(source, [lower(record.measurement(), blank_lines) for record in records])
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        yield from (_passed(path, record, Standing.UNREAD) for record in records)
        return
    for record, place in zip(records, places, strict=True):
        finding = _about(place, findings)
        standing = _standing(record, place)
        if finding is None and _about(place, suppressed) is not None:
            standing = Standing.SUPPRESSED
        yield _passed(path, record, standing, place.argument, finding)


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
