"""What every document has: the program in it, and the way of an edit back into its text."""

from __future__ import annotations

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

    def restored(self, edits: Sequence[Edit]) -> str:
        """The text of the document with edits of the program."""

    def in_text(self, edits: Sequence[Edit]) -> tuple[Edit, ...]:
        """The edits of the text that these are; empty where the user sees cells."""

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
        object.__setattr__(self, "program", "".join(map(_without, LINE.findall(self.text), self.prefixes)))

    def place(self, line: int, column: int = 0) -> Place:
        """See :class:`Document`."""
        return Place(line, column + len(self.prefixes[line - 1] or ""))

    def restored(self, edits: Sequence[Edit]) -> str:
        """See :class:`Document`."""
        result: list[str] = []
        position = 0
        for edit in self.in_text(edits):
            result += [self.text[position : edit.start], edit.text]
            position = edit.end
        return "".join([*result, self.text[position:]])

    def in_text(self, edits: Sequence[Edit]) -> tuple[Edit, ...]:
        """See :class:`Document`. What is inserted where a line begins is whole lines, which get the same in front."""
        lines = LINE.findall(self.text)
        program_lines = list(map(_without, lines, self.prefixes))
        begins = [0, *accumulate(map(len, program_lines))]
        left_out = [0, *accumulate(len(line) - len(mine) for line, mine in zip(lines, program_lines, strict=True))]
        found: list[Edit] = []
        for edit in edits:
            first = min(bisect_right(begins, edit.start), len(lines)) - 1  # also at the end of the last line
            if edit.start == edit.end == begins[first]:
                start = end = edit.start + left_out[first]
                new = "".join(f"{self.prefixes[first] or ''}{line}" for line in LINE.findall(edit.text))
            else:
                last = bisect_left(begins, edit.end) - 1
                start, end, new = edit.start + left_out[first + 1], edit.end + left_out[last + 1], edit.text
            found.append(Edit(start, end, new))
        return tuple(found)

    def changed_cells(self, edits: Sequence[Edit]) -> tuple[ChangedCell, ...]:
        """See :class:`Document`."""
        return ()


def _without(line: str, prefix: str | None) -> str:
    """A line of the program: ``line`` without what is in front of it, or an empty one."""
    end = line[len(line.rstrip("\r\n")) :]
    if prefix is None:
        return end
    return line[len(prefix) :] if line.startswith(prefix) else end
