"""What a finding is known by from one run to the next, also where lines above it come or go."""

from __future__ import annotations

import hashlib
from collections import Counter

from putfix.report.outputs.positions import Positions
from putfix.report.outputs.records import FileRecord, Shown

_LENGTH = 32


class Fingerprints:
    """Those of the findings of one file, which are to be asked for in their order."""

    def __init__(self, record: FileRecord) -> None:
        self._cells = dict(record.text.cells) if record.text is not None else {}
        self._positions: dict[int, Positions] = {}
        self._met: Counter[tuple[str, ...]] = Counter()

    def of(self, shown: Shown) -> str:
        """That of a finding: from what is sent, where to, and the text of the line but for its white space; and from
        how many there are of that before it. Its code may change, as when it is left alone for another reason."""
        finding = shown.finding
        line = " ".join(self._line(finding.cell, finding.line).split())
        key = finding.value, finding.call_sites[0].callee, line
        self._met[key] += 1
        content = "\0".join([*key, str(self._met[key])])
        return hashlib.sha256(content.encode(errors="surrogatepass")).hexdigest()[:_LENGTH]

    def _line(self, cell: int, number: int) -> str:
        if cell not in self._positions:
            self._positions[cell] = Positions(self._cells.get(cell, ""))
        return self._positions[cell].line(number)
