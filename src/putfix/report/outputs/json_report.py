"""JSON: all that is known, in the form that ``putfix-report.schema.json`` describes.

The version is counted up where something is taken away or means something else; what is only added does not change it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from putfix.model import Advice, CallSite, Evidence, Finding, Obstacle, Remark
from putfix.problems import Problem
from putfix.report.findings import code_of, idle, said_of, saving
from putfix.report.outputs.names import name_of, text_of, uri_of
from putfix.report.outputs.positions import Positions
from putfix.report.outputs.records import FileRecord, Run, Shown, Totals
from putfix.report.outputs.safety import safety_of
from putfix.report.words import one_line

VERSION = 1
"""That of the form."""


class JsonReport:
    """See :class:`putfix.report.outputs.records.Output`. A file is a line of the document."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._files = 0
        self._counts = {"hoists": 0, "left_alone": 0, "left_alone_but_unsafe": 0, "saved_at_least": 0}

    def begin(self) -> bytes:
        """What it was made by."""
        return f'{{"version": {VERSION}, "putfix": {_text(self._run.version)}, "files": ['.encode()

    def file(self, record: FileRecord) -> bytes:
        """A file, where there is anything to say of it."""
        if not (record.findings or record.problems or record.remarks or record.skipped or record.suppressed):
            return b""
        for shown in record.shown:
            self._count(shown)
        self._files += 1
        return f"{',' if self._files > 1 else ''}\n {_text(self._file(record))}".encode()

    def end(self, totals: Totals) -> bytes:
        """The sums."""
        numbers = {"checked": totals.checked, "skipped": totals.skipped, "problems": totals.problems, **self._counts}
        return f'{chr(10) if self._files else ""}], "summary": {_text(numbers)}}}\n'.encode()

    def _count(self, shown: Shown) -> None:
        if shown.is_hoisted:
            self._counts["hoists"] += 1
            self._counts["saved_at_least"] += saving(shown.finding)
        elif shown.finding.hoist is None:
            self._counts["left_alone"] += 1
            self._counts["left_alone_but_unsafe"] += shown.finding.may_be_assumed

    def _file(self, record: FileRecord) -> dict[str, Any]:
        name = name_of(record.path, self._run.root)
        positions = Positions(record.text.source if record.text is not None else "")
        return {
            "path": text_of(name),
            "uri": uri_of(name),
            "skipped": record.skipped,
            "findings": [self._finding(each, positions) for each in record.shown],
            "suppressed": [_briefly(each.finding) | {"by": each.by.value} for each in record.suppressed],
            "remarks": [_remark(each) for each in record.remarks],
            "problems": [_problem(each) for each in record.problems],
        }

    def _finding(self, shown: Shown, positions: Positions) -> dict[str, Any]:
        finding, spot = shown
        return _briefly(finding) | {
            "span": _span(spot.start, spot.end, positions) if spot is not None else None,
            "safety": safety_of(shown),
            "times": finding.times,
            "saved": saving(finding) or None,
            "evidence": self._evidence(finding.evidence),
            "calls": [_call(each) for each in finding.call_sites],
            "obstacles": [self._said(each) for each in finding.obstacles],
            "assumptions": [self._said(each) for each in finding.assumptions],
            "advice": [self._said(each) for each in finding.advice],
            "fix": _fix(shown, positions) if shown.is_hoisted else None,
        }

    def _evidence(self, evidence: Evidence) -> dict[str, Any]:
        return {
            "strength": evidence.strength.value,
            "at_least": evidence.at_least,
            "at_most": evidence.at_most,
            "text": evidence.text,
            **self._place(evidence),
        }

    def _said(self, said: Obstacle | Advice) -> dict[str, Any]:
        return {"code": said.code, "message": one_line(said.sentence), **self._place(said)}

    def _place(self, said: Evidence | Obstacle | Advice) -> dict[str, Any]:
        """A line, if there is one; ``path`` is that of the file that it is in, where that is another one."""
        path = text_of(name_of(Path(said.place), self._run.root)) if said.place else None
        return {"line": said.line or None, "cell": said.cell or None, "path": path}


def _text(value: object) -> str:
    return json.dumps(value)  # in ASCII, which every encoding has


def _briefly(finding: Finding) -> dict[str, Any]:
    said = {"code": finding.code, "message": one_line(said_of(finding)), "value": finding.value}
    return {**said, "line": finding.line, "column": finding.column + 1, "cell": finding.cell or None}


def _span(start: int, end: int, positions: Positions) -> dict[str, Any]:
    """From the first character to the one after the last."""
    first, last = positions.of(start), positions.of(end)
    lines = {"line": first.line, "column": first.column, "end_line": last.line, "end_column": last.column}
    return {"start": start, "end": end, **lines}


def _fix(shown: Shown, positions: Positions) -> dict[str, Any]:
    hoist = shown.finding.hoist
    edits = [_span(each.start, each.end, positions) | {"text": each.text} for each in shown.edits]
    return {"name": hoist.name if hoist is not None else "", "edits": edits}


def _call(site: CallSite) -> dict[str, Any]:
    span = site.argument
    first = {"line": span.line, "column": span.column + 1}
    last = {"end_line": span.end_line, "end_column": span.end_column + 1}
    return {"callee": site.callee, **first, **last, "cell": site.cell or None}


def _remark(remark: Remark) -> dict[str, Any]:
    place = {"line": remark.line, "column": remark.column + 1, "cell": remark.cell or None}
    return {"code": code_of(remark), "message": one_line(idle(remark)), **place}


def _problem(problem: Problem) -> dict[str, Any]:
    place = {"line": problem.line or None, "column": problem.column + 1 if problem.line else None}
    return {"message": one_line(problem.message), **place, "cell": problem.cell or None}
