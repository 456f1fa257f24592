"""SARIF 2.1.0 (OASIS, "Static Analysis Results Interchange Format"), as GitHub's code scanning takes it.

All findings are results: those with a hoist, which is their fix, are warnings, and what is left alone is a note.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from putfix.codes import HOIST
from putfix.model import Finding, Remark
from putfix.problems import Problem
from putfix.report.explanations import Explanation
from putfix.report.findings import assumed, code_of, evidence, idle, said_of
from putfix.report.markdown import in_markdown
from putfix.report.outputs.fingerprints import Fingerprints
from putfix.report.outputs.names import name_of, uri_of
from putfix.report.outputs.positions import Positions
from putfix.report.outputs.records import FileRecord, Run, Shown, Totals
from putfix.report.outputs.safety import safety_of
from putfix.report.outputs.said import level_of, sentence
from putfix.report.words import one_line

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_ROOT = "%SRCROOT%"
"""What stands for the current directory in the names of files."""
_PLACEHOLDER = re.compile(r"\{\d+\}")
_LINE_ENDS = ["\r\n", "\r", "\n"]

_Object = dict[str, Any]


class Sarif:
    """See :class:`putfix.report.outputs.records.Output`."""

    def __init__(self, run: Run) -> None:
        self._run = run
        explanations = run.explanations()
        self._rules = [_rule(each) for each in explanations.values()]
        self._numbers = {code: number for number, code in enumerate(explanations)}
        self._results = 0
        self._notifications: list[_Object] = []

    def begin(self) -> bytes:
        """The tool, and its rules."""
        driver = {"name": "putfix", "semanticVersion": self._run.version, "rules": self._rules}
        before = {
            "tool": {"driver": driver},
            "columnKind": "utf16CodeUnits",
            "newlineSequences": _LINE_ENDS,
            "originalUriBaseIds": {_ROOT: {"uri": f"{self._run.root.as_uri().rstrip('/')}/"}},
        }
        return f'{{"$schema": "{_SCHEMA}", "version": "2.1.0", "runs": [{_opened(before)}, "results": ['.encode()

    def file(self, record: FileRecord) -> bytes:
        """The results in a file, one a line."""
        here = self._artifact(record.path)
        self._notifications += [_notification(problem, here) for problem in record.problems]
        results = [*self._of_findings(record, here), *self._of_remarks(record, here)]
        parts = [f"{',' if self._results + number else ''}\n {_text(each)}" for number, each in enumerate(results)]
        self._results += len(results)
        return "".join(parts).encode()

    def end(self, totals: Totals) -> bytes:
        """What was wrong."""
        invocation = {
            "executionSuccessful": not totals.problems,
            "toolExecutionNotifications": self._notifications,
        }
        return f'{chr(10) if self._results else ""}], "invocations": [{_text(invocation)}]}}]}}\n'.encode()

    def _artifact(self, path: Path) -> _Object:
        name = name_of(path, self._run.root)
        return {"uri": uri_of(name)} if name.is_absolute() else {"uri": uri_of(name), "uriBaseId": _ROOT}

    def _of_findings(self, record: FileRecord, here: _Object) -> Iterable[_Object]:
        fingerprints = Fingerprints(record)
        positions = Positions(record.text.source if record.text is not None else "")
        for shown in record.shown:
            finding, spot = shown
            result = self._result(finding.code, said_of(finding), finding)
            region = _region(spot.start, spot.end, positions) if spot is not None else _whole_line(finding)
            result["locations"] = [_location(here, region)]
            if related := list(self._related(finding, here)):
                result["relatedLocations"] = related
            result["partialFingerprints"] = {"putfixFinding/v1": fingerprints.of(shown)}
            result["properties"] = {"fixable": safety_of(shown), "value": finding.value}
            if shown.is_hoisted:
                result["fixes"] = [_fix(shown, here, positions)]
            yield result

    def _of_remarks(self, record: FileRecord, here: _Object) -> Iterable[_Object]:
        positions = Positions(record.text.source if record.text is not None else "")
        for remark, offset in record.placed_remarks:
            region = {"startLine": positions.of(offset).line} if offset is not None else _whole_line(remark)
            yield self._result(code_of(remark), idle(remark), remark) | {"locations": [_location(here, region)]}

    def _result(self, code: str, text: str, said: Finding | Remark) -> _Object:
        message = _message(sentence(said, text))
        return {"ruleId": code, "ruleIndex": self._numbers[code], "level": level_of(code), "message": message}

    def _related(self, finding: Finding, here: _Object) -> Iterable[_Object]:
        """The lines that say how large the value is, and what is in the way; those of cells are none of the file."""
        said = [
            (each.line, each.cell, each.place, each.sentence) for each in (*finding.obstacles, *finding.assumptions)
        ]
        said += [(each.line, each.cell, each.place, each.sentence) for each in finding.advice]
        known = finding.evidence
        for line, cell, place, text in [(known.line, known.cell, known.place, evidence(known)), *said]:
            if line and not cell:
                artifact = self._artifact(Path(place)) if place else here
                yield {**_location(artifact, {"startLine": line}), "message": _message(one_line(text))}


def _rule(explanation: Explanation) -> _Object:
    first = explanation.meaning.partition(". ")[0].rstrip(".")
    level = level_of(explanation.code)
    return {
        "id": explanation.code,
        "name": explanation.code.title().replace("-", ""),
        "shortDescription": {"text": f"{' '.join(first.split())}."},
        "fullDescription": {"text": " ".join(explanation.meaning.split())},
        "help": {"text": explanation.text, "markdown": _markdown(explanation)},
        "defaultConfiguration": {"level": level},
        "properties": {
            "tags": ["performance", "ray"],
            "precision": "very-high" if explanation.code == HOIST else "medium",
            "problem.severity": "warning" if level == "warning" else "recommendation",
        },
    }


def _markdown(explanation: Explanation) -> str:
    meaning, advice = (in_markdown(" ".join(text.split())) for text in (explanation.meaning, explanation.advice))
    example = f"Example:\n\n```python\n{explanation.example.strip()}\n```"
    return f"{meaning}\n\n{example}\n\nWhat you can do: {advice}\n"


def _notification(problem: Problem, here: _Object) -> _Object:
    region = _whole_line(problem) if problem.line and not problem.cell else None
    message = _message(sentence(problem, problem.message))
    return {"level": "error", "message": message, "locations": [_location(here, region)]}


def _whole_line(said: Finding | Remark | Problem) -> dict[str, int]:
    return {"startLine": 1 if said.cell else said.line}


def _location(artifact: _Object, region: Mapping[str, int] | None) -> _Object:
    place: _Object = {"artifactLocation": artifact}
    return {"physicalLocation": place if region is None else {**place, "region": region}}


def _region(start: int, end: int, positions: Positions) -> dict[str, int]:
    first, last = positions.in_utf_16(start), positions.in_utf_16(end)
    return {"startLine": first.line, "startColumn": first.column, "endLine": last.line, "endColumn": last.column}


def _fix(shown: Shown, here: _Object, positions: Positions) -> _Object:
    finding = shown.finding
    name = finding.hoist.name if finding.hoist is not None else ""
    taken = f", assuming that {assumed(finding.assumptions)}" if finding.assumptions else ""
    replacements = [
        {"deletedRegion": _region(each.start, each.end, positions), "insertedContent": {"text": each.text}}
        for each in shown.edits
    ]
    return {
        "description": _message(one_line(f"Pass {name} in place of {finding.value}{taken}")),
        "artifactChanges": [{"artifactLocation": here, "replacements": replacements}],
    }


def _message(text: str) -> _Object:
    """A message without links and arguments: what would be taken for one is escaped."""
    if "](" in text:
        text = text.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")
    return {"text": text.replace("{", "{{").replace("}", "}}") if _PLACEHOLDER.search(text) else text}


def _opened(content: _Object) -> str:
    """An object that goes on."""
    return _text(content)[:-1]


def _text(value: object) -> str:
    return json.dumps(value)
