"""The records of traces, by the files of this machine that they are about."""

from __future__ import annotations

import functools
import os
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from putfix.marks import CELL

if TYPE_CHECKING:
    from putfix.trace.records import Key, Record, Trace


class Lookup:
    """What some traces saw, by the real paths of files.

    A file is where the trace says that it was. Where there is none, as when the program ran on another machine, it is
    looked for under its name relative to the program's directory: in the current directory, then in that of the trace.
    """

    def __init__(self) -> None:
        self._trace: Trace | None = None
        """What the traces say together, once there is one."""

    def add(self, path: Path) -> None:
        """Add what a trace holds. Raises :class:`OSError`, and :class:`putfix.trace.records.TraceError`."""
        from putfix.trace.records import Trace, read

        found = self._trace = self._trace or Trace()
        files: dict[str, str] = {}
        for key, counts in read(path).counts.items():
            if key.path not in files:
                files[key.path] = _file(key, path.parent)
            site = replace(key.site, file=files[key.path])
            found.add(replace(key, site=site), counts)

    @functools.cached_property
    def _records(self) -> dict[str, list[Record]]:
        if self._trace is None:
            return {}
        from putfix.trace.records import by_file

        return by_file(self._trace)

    def of(self, path: Path) -> list[Record]:
        """What was seen in a file."""
        return self._records.get(os.path.realpath(path), [])

    @property
    def has_cells(self) -> bool:
        """Whether anything was seen in a notebook."""
        return any(name.startswith(CELL) for name in self._records)

    def of_cell(self, name: str) -> list[Record]:
        """What was seen in a cell of a notebook, by the name that :func:`putfix.trace.records.cell_name` gives it."""
        return self._records.get(name, [])

    def others(self, paths: Iterable[Path]) -> Iterator[tuple[Path, Record]]:
        """What was seen in other files than ``paths``, some of which may be names of cells."""
        known = {path.name if path.name.startswith(CELL) else os.path.realpath(path) for path in paths}
        for file, records in self._records.items():
            if file not in known:
                yield from ((Path(file), record) for record in records)


def _file(key: Key, directory: Path) -> str:
    """Where the file of a call is: a path, or the name of a notebook's cell."""
    if key.site.file.startswith(CELL):
        return key.site.file
    places = (key.path, key.site.file, os.path.join(directory, key.site.file))
    found = next(filter(os.path.isfile, places), None)
    return os.path.realpath(found) if found is not None else key.path


def is_current(record: Record, lines: list[str]) -> bool:
    """Whether the lines of a call are still what they were, as far as the trace says what that was."""
    from putfix.trace.records import text_hash

    site = record.site
    return not site.text or text_hash(lines[max(site.line - 1, 0) : site.end_line]) == site.text
