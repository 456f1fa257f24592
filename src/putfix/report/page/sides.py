"""The changes of a source, both sides beside each other, with the changed words marked."""

from __future__ import annotations

import difflib
import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from putfix.report.page.colouring import LONGEST, Colouring, Columns, Line, lines_of, marked, shown

_WORD = re.compile(r"\w+|\s+|.")
_AROUND = 3
"""How many lines are shown around a change."""
_ALIKE = 0.5
"""How alike two lines are, from 0 to 1, where one is taken for the other after a change."""
_MOST_COMPARED = 400
"""How many pairs of lines of one change are compared."""


@dataclass(frozen=True)
class Side:
    """A line on one side."""

    number: int
    line: Line


@dataclass(frozen=True)
class Row:
    """A line before and after, either of which may be missing. ``kind`` is ``same``, ``changed``, ``added`` or
    ``removed``."""

    kind: str
    old: Side | None
    new: Side | None


@dataclass(frozen=True)
class Hunk:
    """A change with the lines around it; ``cell`` is that of a notebook, or 0."""

    rows: Sequence[Row]
    cell: int = 0

    @property
    def first(self) -> int:
        """Its first line, before or where there was none, after."""
        side = self.rows[0].old or self.rows[0].new
        return side.number if side is not None else 0

    @functools.cached_property
    def lines(self) -> frozenset[int]:
        """The lines before that it shows; no other change shows them."""
        return frozenset(row.old.number for row in self.rows if row.old is not None)


def hunks(new: str, colouring: Colouring, cell: int = 0) -> list[Hunk]:
    """The changes from the text of a file, or of a cell of it, to a ``new`` one."""
    before, after = colouring.texts[cell], lines_of(new)
    groups = difflib.SequenceMatcher(None, before, after).get_grouped_opcodes(_AROUND)
    return [Hunk([row for change in group for row in _rows(change, after, colouring, cell)], cell) for group in groups]


def _rows(
    change: tuple[str, int, int, int, int], after: Sequence[str], colouring: Colouring, cell: int
) -> Iterator[Row]:
    kind, begin, end, new_begin, new_end = change
    before, lines = colouring.texts[cell], colouring.lines(cell)
    if kind == "equal":
        for number in range(begin, end):
            line = shown(lines[number])
            yield Row("same", Side(number + 1, line), Side(number - begin + new_begin + 1, line))
        return
    # Coloured by themselves: all that changes are arguments, and whole lines that are inserted.
    new_lines = colouring.of(after[new_begin:new_end])
    for old, new in _pairs(before[begin:end], after[new_begin:new_end]):
        words: tuple[Sequence[Columns], Sequence[Columns]] = ((), ())
        if old is not None and new is not None:
            words = _changed_words(before[begin + old], after[new_begin + new])
        yield Row(
            "added" if old is None else "removed" if new is None else "changed",
            Side(begin + old + 1, shown(marked(lines[begin + old], words[0]))) if old is not None else None,
            Side(new_begin + new + 1, shown(marked(new_lines[new], words[1]))) if new is not None else None,
        )


def _pairs(olds: Sequence[str], news: Sequence[str]) -> Iterator[tuple[int | None, int | None]]:
    """The numbers of the lines of a change, those side by side that are most alike; their order stays."""
    if len(olds) * len(news) > _MOST_COMPARED:
        yield from zip_longest(range(len(olds)), range(len(news)))
        return
    best = _alignment([[_likeness(old, new) for new in news] for old in olds], len(news))
    next_old = next_new = 0
    for old, new in [*best, (len(olds), len(news))]:
        yield from ((each, None) for each in range(next_old, old))
        yield from ((None, each) for each in range(next_new, new))
        if old < len(olds):
            yield old, new
        next_old, next_new = old + 1, new + 1


def _alignment(likeness: list[list[float]], width: int) -> list[tuple[int, int]]:
    """The pairs of rows and columns, both ascending, that are most alike in all."""
    height = len(likeness)
    best: list[list[tuple[float, list[tuple[int, int]]]]]
    best = [[(0.0, [])] * (width + 1) for _ in range(height + 1)]
    for row in reversed(range(height)):
        for column in reversed(range(width)):
            alike = likeness[row][column]
            score, pairs = best[row + 1][column + 1]
            taken = (score + alike, [(row, column), *pairs]) if alike >= _ALIKE else (0.0, [])
            best[row][column] = max(taken, best[row + 1][column], best[row][column + 1], key=lambda each: each[0])
    return best[0][0][1]


def _likeness(old: str, new: str) -> float:
    return difflib.SequenceMatcher(None, _words(old), _words(new)).ratio()


def _changed_words(old: str, new: str) -> tuple[list[Columns], list[Columns]]:
    """The columns of the words that differ, on both sides."""
    olds, news = _words(old), _words(new)
    old_columns, new_columns = _columns(olds), _columns(news)
    spans: tuple[list[Columns], list[Columns]] = ([], [])
    for kind, begin, end, new_begin, new_end in difflib.SequenceMatcher(None, olds, news, False).get_opcodes():
        if kind != "equal":
            spans[0].append((old_columns[begin], old_columns[end]))
            spans[1].append((new_columns[new_begin], new_columns[new_end]))
    return spans


def _words(line: str) -> list[str]:
    """What is compared of a line: as much as is shown of it."""
    return _WORD.findall(line[:LONGEST])


def _columns(words: Sequence[str]) -> list[int]:
    """Where each word begins, and the end."""
    columns = [0]
    for word in words:
        columns.append(columns[-1] + len(word))
    return columns
