"""JUnit's XML, as servers for continuous integration read it: a suite for each file, with a case for each thing to say.

A hoist is a failure, what is left alone is skipped, and a file of which there is nothing to say passes.
"""

from __future__ import annotations

import re
from xml.sax.saxutils import escape, quoteattr

from putfix.report.outputs.names import name_of, text_of
from putfix.report.outputs.records import FileRecord, Run, Totals
from putfix.report.outputs.said import Said, said_in

_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 has no way to write."""
_SPACE = {"\t": "&#9;", "\n": "&#10;", "\r": "&#13;"}
"""What a reader would take for blanks in an attribute."""
_OUTCOMES = {"error": "error", "warning": "failure", "note": "skipped"}


class JUnit:
    """See :class:`putfix.report.outputs.records.Output`."""

    def __init__(self, run: Run) -> None:
        self._run = run

    def begin(self) -> bytes:
        """The declaration, and the beginning of the suites."""
        return b'<?xml version="1.0" encoding="utf-8"?>\n<testsuites name="putfix">\n'

    def file(self, record: FileRecord) -> bytes:
        """The suite for a file."""
        name = text_of(name_of(record.path, self._run.root))
        said = list(said_in(record, everything=self._run.everything))
        outcomes = [_OUTCOMES[each.level] for each in said]
        cases = [_case(each, name) for each in said] or [_passed(name, skipped=record.skipped)]
        counts = {
            "tests": len(cases),
            "failures": outcomes.count("failure"),
            "errors": outcomes.count("error"),
            "skipped": outcomes.count("skipped") + (record.skipped and not said),
        }
        suite = _tag("testsuite", name=name, **{key: str(number) for key, number in counts.items()})
        return f"  <{suite}>\n{''.join(cases)}  </testsuite>\n".encode("ascii", "xmlcharrefreplace")

    def end(self, totals: Totals) -> bytes:
        """The end of the suites."""
        return b"</testsuites>\n"


def _case(said: Said, name: str) -> str:
    place = {"line": str(said.first.line)} if said.first is not None else {}
    where = f":{said.first.line}:{said.first.column}" if said.first is not None else ""
    case = _tag("testcase", classname=name, name=f"{said.code}{where}", file=name, **place)
    outcome = _OUTCOMES[said.level]
    inside = _tag(outcome, message=said.sentence, **({} if outcome == "skipped" else {"type": said.code}))
    return f"    <{case}>\n      <{inside}>{_text(f'{name}{where}: {said.sentence}')}</{outcome}>\n    </testcase>\n"


def _passed(name: str, *, skipped: bool) -> str:
    case = _tag("testcase", classname=name, name="putfix", file=name)
    inside = f"<{_tag('skipped', message='its configuration cannot be used')}/>" if skipped else ""
    return f"    <{case}>{inside}</testcase>\n"


def _tag(name: str, **attributes: str) -> str:
    return " ".join([name, *(f"{key}={_quoted(value)}" for key, value in attributes.items())])


def _quoted(text: str) -> str:
    return quoteattr(_NO_XML.sub("\ufffd", text), _SPACE)


def _text(text: str) -> str:
    return escape(_NO_XML.sub("\ufffd", text), {"\r": "&#13;"})
