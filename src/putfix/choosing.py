"""Which findings of a file are left out besides those that comments and settings are about: known ones, those on lines
that did not change, and those whose fixes the user does not want."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path

from putfix.analysis.names.positions import split_lines
from putfix.comments.regions import Regions
from putfix.examining import Choice
from putfix.files.baseline import Baseline
from putfix.files.revisions import Changes
from putfix.files.text import UndecodableError, decode
from putfix.formats import python
from putfix.formats.documents import Reader, UnreadableError
from putfix.model import Finding, Span, Suppression


def choice(
    path: Path,
    read: Reader,
    baseline: Baseline | None,
    changes: Changes | None,
    wanted: Collection[Span] | None = None,
) -> Choice:
    """What is left out of the findings in the file at ``path``: what ``baseline`` knows, of the rest what ``changes``
    have not touched, and of that the fixes of other arguments than the ``wanted`` ones. Raises
    :class:`putfix.files.revisions.RevisionError`."""
    known = baseline.of_file(path) if baseline is not None else None
    changed = changes.of_file(path, lambda data: _lines(data, read)) if changes is not None else None

    def choose(program: str, findings: Sequence[Finding]) -> Mapping[Finding, Suppression]:
        lines = split_lines(program)
        found = dict(known(lines, findings)) if known is not None else {}
        rest = [finding for finding in findings if finding not in found]
        found |= _unchanged(program, lines, rest, changed) if rest and changed is not None else {}
        rest = [finding for finding in rest if finding not in found]
        return found | (_unwanted(rest, wanted) if wanted is not None else {})

    return choose


def _unwanted(findings: Iterable[Finding], wanted: Collection[Span]) -> dict[Finding, Suppression]:
    """The findings that would hoist other arguments than the wanted ones."""
    return {
        finding: Suppression.DECLINED
        for finding in findings
        if finding.hoist is not None and not all(site.argument in wanted for site in finding.hoist.call_sites)
    }


def _unchanged(
    program: str,
    lines: list[str],
    findings: Iterable[Finding],
    changed: Callable[[Sequence[str]], frozenset[int]],
) -> dict[Finding, Suppression]:
    """The findings none of whose calls stands on a changed line."""
    numbers = changed(lines)
    regions = Regions(ast.parse(program), lines)
    found: dict[Finding, Suppression] = {}
    for finding in findings:
        calls = (regions.calls_around(site.argument) for site in finding.call_sites)
        if all(numbers.isdisjoint(range(call.line, call.end_line + 1)) for call in calls):
            found[finding] = Suppression.UNCHANGED
    return found


def _lines(data: bytes, read: Reader) -> list[str] | None:
    """The lines of the program in what a file held."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return split_lines(read(decode(data, is_python=read is python.read).source).program)
    except (UndecodableError, UnreadableError, SyntaxError, ValueError, RecursionError, MemoryError):
        return None
