"""One line a finding: what a run says of each, and no diff."""

from __future__ import annotations

from putfix.report.outputs.records import FileRecord, Run, Totals
from putfix.report.sentences import Report


class Concise:
    """See :class:`putfix.report.outputs.records.Output`."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._report = Report(applying=False, palette=run.palette)

    def begin(self) -> bytes:
        """Nothing."""
        return b""

    def file(self, record: FileRecord) -> bytes:
        """The lines about a file."""
        lines = [self._report.remark(record.path, remark) for remark in record.remarks]
        for shown in record.shown:
            if shown.is_hoisted or self._run.everything:
                lines.append(self._report.finding(record.path, shown.finding))
            if self._run.everything:
                lines += self._report.advice(record.path, shown.finding)
        return "".join(f"{line}\n" for line in lines).encode(self._run.encoding, "backslashreplace")

    def end(self, totals: Totals) -> bytes:
        """Nothing."""
        return b""
