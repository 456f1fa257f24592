"""Numbers, paths and other text as they stand in sentences: on one line, and without anything that a terminal obeys."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from putfix.model import Finding
    from putfix.problems import Problem

_UNITS = ("bytes", "KB", "MB", "GB", "TB")
_ROUNDED_UP, _ROUNDED_TO_TEN = 999.5, 9.95
"""From these on it would be written as 1000, or as 10.0."""


def did_you_mean(text: str, known: Iterable[str]) -> str:
    """``; did you mean "..."?`` where something known is near, otherwise nothing."""
    import difflib

    near = difflib.get_close_matches(text.lower().replace("_", "-"), sorted(known), n=1)
    return f'; did you mean "{near[0]}"?' if near else ""


def counted(number: int, noun: str) -> str:
    """``1 file``, ``2 files``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def size(number: int) -> str:
    """A number of bytes in the unit that a person would use, in powers of 1,000."""
    value = float(number)
    for unit in _UNITS:
        if value < _ROUNDED_UP or unit == _UNITS[-1]:
            break
        value /= 1000
    return f"{value:.0f} {unit}" if value >= _ROUNDED_TO_TEN or unit == "bytes" else f"{value:.1f} {unit}"


def size_range(least: int, most: int) -> str:
    """From the smallest to the largest of several; one size where they look alike."""
    low, high = size(least), size(most)
    return low if low == high else f"{low} to {high}"


def located(path: Path, problem: Problem, mark: str = "", of_place: Callable[[str], str] = str) -> str:
    """A problem and its place, which looks as ``of_place`` has it, on one line as editors read it; ``mark`` between."""
    where = f":{problem.line}:{problem.column + 1}" if problem.line else ""
    return f"{of_place(in_cell(path, problem.cell))}{where}: {mark}{one_line(problem.message)}"


def place_of(path: Path, finding: Finding) -> str:
    """The place of a finding as editors read it."""
    return f"{in_cell(path, finding.cell)}:{finding.line}:{finding.column + 1}"


def in_cell(path: Path, cell: int) -> str:
    """A path, and the cell where there is one."""
    return f"{shown(path)}:cell {cell}" if cell else shown(path)


def shown(path: Path) -> str:
    """A path on one line, without a leading ``./``."""
    return one_line(os.path.normpath(path) if os.pardir not in path.parts else os.fspath(path))


def one_line(text: str) -> str:
    """``text`` with everything that a terminal would not print on one line written as an escape."""
    return "".join(
        character
        if character.isprintable()
        else character.encode("unicode_escape", "surrogateescape").decode("ascii")
        if not "\udc80" <= character <= "\udcff"
        else f"\\x{ord(character) - 0xDC00:02x}"
        for character in text
    )
