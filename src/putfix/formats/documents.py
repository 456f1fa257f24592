"""What every document has: the program in it, and the way of an edit back into its text."""

from __future__ import annotations

import functools
import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Protocol

from putfix.model import Cells, ChangedCell, Edit
from putfix.problems import Problem

LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z")
"""A line with its end, as Python's tokenizer divides a source."""


def offset(text: str, line: int, column: int) -> int:
    """The number of the characters before a place in a text; all, where it is behind its end."""
    lines = LINE.findall(text)
    return min(sum(map(len, lines[: line - 1])) + column, len(text))


class UnreadableError(Exception):
    """A text is no document of its kind, or one without Python in it."""

    def __init__(self, problem: Problem | None = None) -> None:
        """Without a ``problem`` there is nothing to say about it: the text is of another language."""
        super().__init__(problem.message if problem is not None else "")
        self.problem = problem


@dataclass(frozen=True)
class Place:
    """A line and a column as the user sees them, and the number of the cell; 0 where lines are those of the file."""

    line: int
    column: int = 0
    cell: int = 0


class Document(Protocol):
    """A text as a program."""

    @property
    def text(self) -> str:
        """The text."""

    @property
    def program(self) -> str:
        """The Python text that is analysed."""

    @property
    def cells(self) -> Cells | None:
        """The parts of the program that are run one by one; None where it is run as a whole."""

    @property
    def compiles(self) -> bool:
        """Whether the program can be compiled as a whole, if it is right."""

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong with some cells."""

    def place(self, line: int, column: int = 0) -> Place:
        """Where a character of the program is in the document."""

    @property
    def texts(self) -> tuple[tuple[int, str], ...]:
        """The texts that lines are counted in, by the numbers of their cells."""

    def offset(self, place: Place) -> int:
        """The number of the characters of the text of the document before a place."""

    def in_text(self, edits: Sequence[Edit]) -> list[Edit]:
        """Edits of the program, in order, as edits of the text of the document."""

    def changed_cells(self, edits: Sequence[Edit]) -> tuple[ChangedCell, ...]:
        """The cells that differ then; empty where the text itself is what the user sees."""


Reader = Callable[[str], Document]
"""Makes a document of a text. Raises :class:`UnreadableError`."""


@dataclass(frozen=True)
class Lines:
    """A document whose lines are those of its program, but for what stands in front of them.

    ``prefixes`` are what is in front of each line, None where the line is not of the program.
    """

    text: str
    prefixes: tuple[str | None, ...]
    cells: Cells | None
    compiles: bool
    program: str = field(init=False)
    problems: tuple[Problem, ...] = ()

    def __post_init__(self) -> None:
        is_whole = all(prefix == "" for prefix in self.prefixes)  # as most are
        lines = [self.text] if is_whole else map(_without, LINE.findall(self.text), self.prefixes)
        object.__setattr__(self, "program", "".join(lines))

    def place(self, line: int, column: int = 0) -> Place:
        """See :class:`Document`."""
        return Place(line, column + len(self.prefixes[line - 1] or ""))

    @property
    def texts(self) -> tuple[tuple[int, str], ...]:
        """See :class:`Document`."""
        return ((0, self.text),)

    def offset(self, place: Place) -> int:
        """See :class:`Document`."""
        return min(self._starts[min(place.line, len(self._starts)) - 1] + place.column, len(self.text))

    @functools.cached_property
    def _starts(self) -> list[int]:
        """Where the lines of the text begin, and its end."""
        return [0, *accumulate(map(len, LINE.findall(self.text)))]

    @functools.cached_property
    def _begins(self) -> list[int]:
        """Where the lines of the program begin, and its end."""
        own = map(_without, LINE.findall(self.text), self.prefixes)  # of which the last may be empty, and no line
        return [0, *accumulate(map(len, own))]

    def in_text(self, edits: Sequence[Edit]) -> list[Edit]:
        """See :class:`Document`. What is inserted where a line begins is whole lines, which get the same in front."""
        return [self._in_text(edit) for edit in edits]

    def _in_text(self, edit: Edit) -> Edit:
        begins = self._begins
        first = min(bisect_right(begins, edit.start), len(begins) - 1) - 1  # also at the end of the last line
        if edit.start == edit.end == begins[first]:
            start = edit.start + self._left_out(first)
            new = "".join(f"{self.prefixes[first] or ''}{line}" for line in LINE.findall(edit.text))
            return Edit(start, start, new)
        last = bisect_left(begins, edit.end) - 1
        return Edit(edit.start + self._left_out(first + 1), edit.end + self._left_out(last + 1), edit.text)

    def _left_out(self, lines: int) -> int:
        """How many characters of so many lines are none of the program."""
        return self._starts[lines] - self._begins[lines]

    def changed_cells(self, edits: Sequence[Edit]) -> tuple[ChangedCell, ...]:
        """See :class:`Document`."""
        return ()


def _without(line: str, prefix: str | None) -> str:
    """A line of the program: ``line`` without what is in front of it, or an empty one."""
    end = line[len(line.rstrip("\r\n")) :]
    if prefix is None:
        return end
    return line[len(prefix) :] if line.startswith(prefix) else end
