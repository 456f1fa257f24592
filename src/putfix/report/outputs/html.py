"""One page for a browser: see :mod:`putfix.report.page`, which is loaded, with its libraries, when all is known."""

from __future__ import annotations

from putfix.report.outputs.records import FileRecord, Run, Totals


class Html:
    """See :class:`putfix.report.outputs.records.Output`."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._files: list[FileRecord] = []

    def begin(self) -> bytes:
        """Nothing: the totals come first on the page."""
        return b""

    def file(self, record: FileRecord) -> bytes:
        """Nothing yet."""
        if record.findings or record.remarks or record.problems:
            self._files.append(record)
        return b""

    def end(self, totals: Totals) -> bytes:
        """The page."""
        from putfix.report.page.rendering import page

        return page(self._run, self._files, totals).encode()
