"""Findings as an editor shows them: beside the text, and where the pointer rests on it."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from lsprotocol import types
from pygls.uris import from_fs_path

from putfix.model import Finding, Obstacle, Remark, Result
from putfix.report import editor
from putfix.report.findings import UNUSED, code_of, idle
from putfix.report.words import one_line
from putfix.server.buffers import Part, Program

SOURCE = "putfix"
"""What diagnostics are told by from those of other tools."""


def is_unfinished(result: Result) -> bool:
    """Whether a file is no Python, as while it is being written: other tools say so, and what is known of it stays."""
    if not result.problems or any(problem.cell for problem in result.problems):
        return False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(result.source)
    except SyntaxError:
        return True
    except (ValueError, RecursionError, MemoryError):
        pass
    return False


def diagnostics(program: Program, result: Result, *, related: bool) -> dict[str, list[types.Diagnostic]]:
    """What is said of each part of a program, by its address; with ``related``, other places are named."""
    found: dict[str, list[types.Diagnostic]] = {part.uri: [] for part in program.parts.values()}
    for finding in result.findings:
        part = program.parts[finding.cell]
        found[part.uri].append(of_finding(program, finding, related=related))
        found[part.uri] += [_advice(part, finding, each.code, each.sentence) for each in finding.advice]
    for remark in result.remarks:
        part = program.parts[remark.cell]
        found[part.uri].append(_of_remark(part, remark))
    for problem in result.problems:
        if not problem.cell:
            part = next(iter(program.parts.values()))
            place = part.text.range_from(max(problem.line, 1), problem.column)
            message = one_line(problem.message)
            found[part.uri].append(types.Diagnostic(place, message, types.DiagnosticSeverity.Error, source=SOURCE))
    return found


def of_finding(program: Program, finding: Finding, *, related: bool) -> types.Diagnostic:
    """What is said of a finding, at its first call."""
    places = [*_related(program, finding)] if related else None
    return types.Diagnostic(
        program.parts[finding.cell].text.range_of(finding.call_sites[0].argument),
        editor.message(finding),
        _severity(finding),
        finding.code,
        source=SOURCE,
        related_information=places or None,
    )


def hover(
    program: Program,
    uri: str,
    position: types.Position,
    result: Result,
    reasons: Mapping[str, Callable[..., object]],
    *,
    markdown: bool,
) -> types.Hover | None:
    """All that is known of the value that is sent at a position, with the advice of what gives its code among
    ``reasons``; None where there is nothing to say."""
    number = program.cell_of(uri)
    if number is None:
        return None
    text = program.parts[number].text
    place = text.place(position)
    for finding in result.findings:
        for site in finding.call_sites:
            span = site.argument
            begin, end = (span.line, span.column), (span.end_line, span.end_column)
            if site.cell == number and begin <= place <= end:
                told = editor.told(finding, reasons.get(finding.code), markdown=markdown)
                kind = types.MarkupKind.Markdown if markdown else types.MarkupKind.PlainText
                return types.Hover(types.MarkupContent(kind, told), text.range_of(span))
    return None


def _severity(finding: Finding) -> types.DiagnosticSeverity:
    """A hoist is worth doing, one that needs an assumption is worth a look, and anything else is good to know."""
    if finding.hoist is not None:
        return types.DiagnosticSeverity.Warning
    return types.DiagnosticSeverity.Information if finding.may_be_assumed else types.DiagnosticSeverity.Hint


def _related(program: Program, finding: Finding) -> Iterator[types.DiagnosticRelatedInformation]:
    """The other calls, and the lines that what is said of a finding names."""
    for site in finding.call_sites[1:]:
        part = program.parts[site.cell]
        yield _at(part.uri, part.text.range_of(site.argument), editor.SENT_AS_WELL)
    found = finding.evidence
    if found.line:
        yield _on_line(program, found.place, found.cell or finding.cell, found.line, found.text)
    said: tuple[Obstacle, ...] = (*finding.obstacles, *finding.assumptions)
    for each in said:
        if each.line:
            yield _on_line(program, each.place, each.cell or finding.cell, each.line, each.sentence)


def _on_line(program: Program, place: str, cell: int, line: int, said: str) -> types.DiagnosticRelatedInformation:
    """What is said of a line, which may be of another file than the program's."""
    if place:
        start = types.Position(line - 1, 0)
        return _at(from_fs_path(str(Path(place))) or program.uri, types.Range(start, start), said)
    part = program.parts[cell]
    return _at(part.uri, part.text.range_from(line), said)


def _at(uri: str, place: types.Range, said: str) -> types.DiagnosticRelatedInformation:
    return types.DiagnosticRelatedInformation(types.Location(uri, place), one_line(said))


def _advice(part: Part, finding: Finding, code: str, sentence: str) -> types.Diagnostic:
    place = part.text.range_of(finding.call_sites[0].argument)
    return types.Diagnostic(place, one_line(sentence), types.DiagnosticSeverity.Information, code, source=SOURCE)


def _of_remark(part: Part, remark: Remark) -> types.Diagnostic:
    code = code_of(remark)
    return types.Diagnostic(
        part.text.range_from(remark.line, remark.column),
        one_line(idle(remark)),
        types.DiagnosticSeverity.Information,
        code,
        source=SOURCE,
        tags=[types.DiagnosticTag.Unnecessary] if code == UNUSED else None,
    )
