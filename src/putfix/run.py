"""From paths to results: which files, their text, the core, and back to disk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from putfix.files.configuration import BrokenConfiguration, Configurations
from putfix.files.discovery import Unreadable, discover
from putfix.files.text import UndecodableError, decode
from putfix.files.writing import ChangedSinceReadError, replace
from putfix.fix import MARKS, fix_source
from putfix.model import Finding, Problem
from putfix.settings import Settings

_MARKS = tuple(mark.encode() for mark in MARKS)


@dataclass(frozen=True)
class FileResult:
    """What became of one file: the old and the new bytes, the findings, and the problems."""

    path: Path
    old: bytes = b""
    new: bytes = b""
    findings: tuple[Finding, ...] = ()
    problems: tuple[Problem, ...] = ()
    skipped: bool = False
    """Whether it was not looked at, because its configuration cannot be used."""

    @property
    def changed(self) -> bool:
        """Whether there is anything to write."""
        return self.new != self.old

    @property
    def hoists(self) -> int:
        """How many hoists the new bytes hold."""
        return sum(finding.hoist is not None for finding in self.findings) if self.changed else 0


def check(paths: Iterable[Path], configurations: Configurations) -> Iterator[FileResult | BrokenConfiguration]:
    """The results for all files that ``paths`` stand for, one after the other. Changes nothing.

    A configuration file that cannot be used comes once, before the first of the files that it governs.
    """
    broken: set[BrokenConfiguration] = set()
    for found in discover(paths):
        if isinstance(found, Unreadable):
            yield FileResult(found.path, problems=(Problem(found.reason),))
            continue
        settings = configurations.settings(found)
        if isinstance(settings, Settings):
            yield check_file(found, settings)
            continue
        if settings not in broken:
            broken.add(settings)
            yield settings
        yield FileResult(found, skipped=True)


def check_file(path: Path, settings: Settings) -> FileResult:
    """The result for one file."""
    try:
        data = path.read_bytes()
    except OSError as error:
        return FileResult(path, problems=(Problem(error.strerror or str(error)),))
    if not all(mark in data for mark in _MARKS) and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return FileResult(path, data, data)
    try:
        text = decode(data)
    except UndecodableError as error:
        return FileResult(path, data, data, problems=(Problem(f"cannot be decoded: {error}"),))
    result = fix_source(text.source, str(path), settings)
    new = text.encoded(result.new_source) if result.changed else data
    return FileResult(path, data, new, result.findings, result.problems)


def write(result: FileResult) -> Problem | None:
    """Write the new bytes of a file, whole or not at all; the problem where that could not be done."""
    try:
        replace(result.path, result.old, result.new)
    except ChangedSinceReadError:
        return Problem("changed while putfix was running, not written")
    except OSError as error:
        return Problem(f"cannot be written: {error.strerror or error}")
    return None
