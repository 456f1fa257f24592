"""A report of GitLab's code quality (GitLab documentation, "Code Quality", "Code Quality report format")."""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

from putfix.report.outputs.fingerprints import Fingerprints
from putfix.report.outputs.names import name_of, text_of
from putfix.report.outputs.records import FileRecord, Run, Totals
from putfix.report.outputs.said import Said, said_in

_SEVERITIES = {"error": "critical", "warning": "major", "note": "info"}


class GitLab:
    """See :class:`putfix.report.outputs.records.Output`."""

    def __init__(self, run: Run) -> None:
        self._everything = run.everything
        self._root = Path(os.environ.get("CI_PROJECT_DIR") or run.root)
        self._met: Counter[tuple[str, ...]] = Counter()

    def begin(self) -> bytes:
        """The bracket of the list."""
        return b"["

    def file(self, record: FileRecord) -> bytes:
        """What is said of a file, one thing a line."""
        name = text_of(name_of(record.path, self._root))
        prints = Fingerprints(record)
        known = {id(each.finding): prints.of(each) for each in record.shown}
        parts: list[str] = []
        for said in said_in(record, everything=self._everything):
            own = known[id(said.shown.finding)] if said.shown is not None else said.sentence
            comma = "," if self._met else ""
            parts.append(f"{comma}\n {json.dumps(self._entry(said, name, own))}")
        return "".join(parts).encode()

    def end(self, totals: Totals) -> bytes:
        """The other bracket."""
        return b"\n]\n" if self._met else b"]\n"

    def _entry(self, said: Said, name: str, own: str) -> dict[str, Any]:
        """An entry. Its fingerprint, which no other has, is of the file, the code, and what is its ``own``."""
        key = name, said.code, own
        self._met[key] += 1
        content = "\0".join([*key, str(self._met[key])])
        return {
            "description": said.sentence,
            "check_name": f"putfix:{said.code}",
            "fingerprint": hashlib.sha256(content.encode(errors="surrogatepass")).hexdigest(),
            "severity": _SEVERITIES[said.level],
            "location": {"path": name, "lines": _lines(said)},
        }


def _lines(said: Said) -> dict[str, int]:
    """The lines, which there must be."""
    begin = said.first.line if said.first is not None else 1
    return {"begin": begin, "end": said.last.line} if said.last is not None else {"begin": begin}
