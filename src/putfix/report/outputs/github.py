"""Workflow commands of GitHub Actions, which become annotations of a pull request (GitHub documentation, "Workflow
commands for GitHub Actions"): warnings for hoists, notices for what is left alone, errors for files that failed."""

from __future__ import annotations

import os
from pathlib import Path

from putfix.report.outputs.names import name_of, text_of
from putfix.report.outputs.records import FileRecord, Run, Totals
from putfix.report.outputs.said import Said, said_in

_COMMANDS = {"error": "error", "warning": "warning", "note": "notice"}


class GitHub:
    """See :class:`putfix.report.outputs.records.Output`."""

    def __init__(self, run: Run) -> None:
        self._everything = run.everything
        self._root = Path(os.environ.get("GITHUB_WORKSPACE") or run.root)

    def begin(self) -> bytes:
        """Nothing."""
        return b""

    def file(self, record: FileRecord) -> bytes:
        """The commands for a file."""
        name = text_of(name_of(record.path, self._root))
        commands = (_command(each, name) for each in said_in(record, everything=self._everything))
        return "".join(f"{command}\n" for command in commands).encode(errors="replace")

    def end(self, totals: Totals) -> bytes:
        """Nothing."""
        return b""


def _command(said: Said, name: str) -> str:
    properties = {"title": f"putfix: {said.code}", "file": name} | _place(said)
    given = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    return f"::{_COMMANDS[said.level]} {given}::{_data(said.sentence)}"


def _place(said: Said) -> dict[str, str]:
    """Lines, and columns where all is on one line: otherwise GitHub takes none."""
    first, last = said.first, said.last or said.first
    if first is None or last is None:
        return {}
    place = {"line": first.line, "endLine": last.line}
    if first.line == last.line:
        place |= {"col": first.column, "endColumn": last.column}
    return {key: str(number) for key, number in place.items()}


def _data(text: str) -> str:
    """Text as the value of a command."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    """Text as a property of a command, of which colons and commas are a part."""
    return _data(text).replace(":", "%3A").replace(",", "%2C")
