"""JUnit's XML, as servers for continuous integration read it: a suite for each file, with a case for each thing to say.

A hoist is a failure, what is left alone is skipped, and a file of which there is nothing to say passes.
"""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement, indent, tostring

from putfix.report.outputs.names import name_of, text_of
from putfix.report.outputs.records import FileRecord, Run, Totals
from putfix.report.outputs.said import Said, said_in
from putfix.report.words import one_line

_OUTCOMES = {"error": "error", "warning": "failure", "note": "skipped"}
_COUNTS = {"error": "errors", "failure": "failures", "skipped": "skipped"}


class JUnit:
    """See :class:`putfix.report.outputs.records.Output`."""

    def __init__(self, run: Run) -> None:
        self._run = run

    def begin(self) -> bytes:
        """The declaration, and the beginning of the suites."""
        return b'<?xml version="1.0" encoding="utf-8"?>\n<testsuites name="putfix">\n'

    def file(self, record: FileRecord) -> bytes:
        """The suite for a file."""
        name = one_line(text_of(name_of(record.path, self._run.root)))  # XML has no way to write all characters
        suite = Element("testsuite", name=name)
        for said in said_in(record, everything=self._run.everything):
            _add(suite, said, name)
        if not len(suite):
            case = SubElement(suite, "testcase", classname=name, name="putfix", file=name)
            if record.skipped:
                SubElement(case, "skipped", message="its configuration cannot be used")
        suite.set("tests", str(len(suite)))
        for outcome, count in _COUNTS.items():
            suite.set(count, str(len(suite.findall(f"testcase/{outcome}"))))
        indent(suite)
        return tostring(suite) + b"\n"  # in ASCII

    def end(self, totals: Totals) -> bytes:
        """The end of the suites."""
        return b"</testsuites>\n"


def _add(suite: Element, said: Said, name: str) -> None:
    place = f":{said.first.line}:{said.first.column}" if said.first is not None else ""
    case = SubElement(suite, "testcase", classname=name, name=f"{said.code}{place}", file=name)
    if said.first is not None:
        case.set("line", str(said.first.line))
    outcome = SubElement(case, _OUTCOMES[said.level], message=said.sentence)
    outcome.text = f"{name}{place}: {said.code}: {said.sentence}"
    if outcome.tag != "skipped":
        outcome.set("type", said.code)
