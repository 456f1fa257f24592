"""The diff, for ``git apply`` and ``patch``: what a run prints by itself."""

from __future__ import annotations

from putfix.report.diff import difference
from putfix.report.outputs.records import FileRecord, Run, Totals


class Diff:
    """See :class:`putfix.report.outputs.records.Output`."""

    def __init__(self, run: Run) -> None:
        self._root = run.diff_root

    def begin(self) -> bytes:
        """Nothing."""
        return b""

    def file(self, record: FileRecord) -> bytes:
        """The diff of a file, where its hoists change it."""
        if record.old == record.new:
            return b""
        return difference(record.path, record.old, record.new, record.changed_cells, self._root)

    def end(self, totals: Totals) -> bytes:
        """Nothing."""
        return b""
