"""Reports: each result goes into the format that is asked for, and that to standard output or into a file."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from putfix import checking, run
from putfix.files.configuration import BrokenConfiguration
from putfix.options import DIFF
from putfix.problems import Problem
from putfix.report.colours import PLAIN, palette
from putfix.report.explanations import explanation
from putfix.report.outputs import FORMATS, output
from putfix.report.outputs.records import FileRecord, Run, Totals
from putfix.report.refusals import IS_AN_INPUT
from putfix.version import __version__

if TYPE_CHECKING:
    from putfix.options import Options


class Reporting:
    """One report."""

    def __init__(
        self, options: Options, diff_root: Path, reasons: Callable[[], Mapping[str, Callable[..., object]]]
    ) -> None:
        """``diff_root`` is what names in diffs are relative to, and ``reasons`` gives what explains the codes."""
        self._file = options.output_file
        self._real = os.path.realpath(self._file) if self._file is not None else None
        self._is_an_input = False
        self._format = FORMATS[options.output_format]
        self.says_all = options.output_format != DIFF
        """Whether it has the sentences, too, which are otherwise said besides."""
        to_file = self._file is not None
        about = Run(
            version=__version__,
            root=Path.cwd(),
            diff_root=diff_root,
            folder=self._file.absolute().parent if self._file is not None else Path.cwd(),
            explanations=lambda: {code: explanation(code, reason) for code, reason in reasons().items()},
            everything=options.verbose,
            encoding="utf-8" if to_file else sys.stdout.encoding or "ascii",
            palette=PLAIN if to_file else palette(sys.stdout),
        )
        self._output = output(options.output_format, about)
        self._parts: list[bytes] = []
        self._add(self._output.begin())

    def take(self, result: checking.FileResult | BrokenConfiguration) -> None:
        """Report a result."""
        if isinstance(result, BrokenConfiguration):
            self._add(self._output.file(FileRecord(result.path, problems=tuple(result.problems))))
            return
        if self._real is not None and os.path.realpath(result.path) == self._real:
            self._is_an_input = True
        self._add(self._output.file(record_of(result)))

    def close(self, totals: Totals) -> Problem | None:
        """End the report; the problem where its file cannot be written."""
        self._add(self._output.end(totals))
        if self._file is not None:
            return self._written(self._file, b"".join(self._parts))
        _print(b"".join(self._parts))
        return None

    def _add(self, part: bytes) -> None:
        if self._file is None and not self._format.whole:
            _print(part)
        elif part:
            self._parts.append(part)

    def _written(self, path: Path, data: bytes) -> Problem | None:
        from putfix.files.writing import ChangedSinceReadError, put

        if self._is_an_input:
            return Problem(IS_AN_INPUT)
        if _is_standard_output(path):
            _print(data)
            return None
        try:
            put(path, data)
        except (OSError, ChangedSinceReadError) as error:
            return run.not_written(error)
        return None


def record_of(result: checking.FileResult) -> FileRecord:
    """What a format is told of a result."""
    return FileRecord(
        result.path,
        result.old if result.changed else b"",
        result.new if result.changed else b"",
        result.findings,
        result.problems,
        result.remarks,
        result.suppressed,
        result.changed_cells,
        result.text,
        result.skipped,
    )


def _is_standard_output(path: Path) -> bool:
    """Whether this is another name of it, as ``/dev/stdout`` is."""
    try:
        return os.path.samestat(path.stat(), os.fstat(sys.stdout.fileno()))
    except (OSError, ValueError):  # of a path that is none, or a standard output that is no file
        return False


def _print(data: bytes) -> None:
    if data:
        sys.stdout.buffer.write(data)
        sys.stdout.flush()
