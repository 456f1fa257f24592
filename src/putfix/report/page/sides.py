"""The changes of a source, both sides beside each other, with the changed words marked."""

from __future__ import annotations

import difflib
import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from putfix.report.page.colouring import Line, coloured, lines_of, marked, shown

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


def hunks(path: Path, old: str, new: str, cell: int = 0) -> list[Hunk]:
    """The changes from one text of a file, or of a cell of it, to another."""
    if old == new:
        return []
    before, after = lines_of(old), lines_of(new)
    groups = list(difflib.SequenceMatcher(None, before, after).get_grouped_opcodes(_AROUND))
    if not groups:  # other ends of lines only
        return []
    both = coloured(before, path), coloured(after, path)
    return [Hunk([row for change in group for row in _rows(change, before, after, both)], cell) for group in groups]


def _rows(
    change: tuple[str, int, int, int, int], before: list[str], after: list[str], both: tuple[list[Line], list[Line]]
) -> Iterator[Row]:
    kind, begin, end, new_begin, new_end = change
    olds, news = range(begin, end), range(new_begin, new_end)
    pairs = _pairs(olds, news, before, after) if kind == "replace" else zip_longest(olds, news)
    for old, new in pairs:
        spans: tuple[Sequence[tuple[int, int]], Sequence[tuple[int, int]]] = ((), ())
        if kind == "equal":
            what = "same"
        elif old is not None and new is not None:
            what, spans = "changed", _changed_words(before[old], after[new])
        else:
            what = "added" if old is None else "removed"
        yield Row(
            what,
            Side(old + 1, shown(marked(both[0][old], spans[0]))) if old is not None else None,
            Side(new + 1, shown(marked(both[1][new], spans[1]))) if new is not None else None,
        )


def _pairs(olds: range, news: range, before: list[str], after: list[str]) -> Iterator[tuple[int | None, int | None]]:
    """The lines of a change, those side by side that are most alike; their order stays."""
    if len(olds) * len(news) > _MOST_COMPARED:
        yield from zip_longest(olds, news)
        return
    best = _alignment([[_likeness(before[old], after[new]) for new in news] for old in olds])
    old, new = olds.start, news.start
    for row, column in [*best, (len(olds), len(news))]:
        yield from ((each, None) for each in range(old, olds.start + row))
        yield from ((None, each) for each in range(new, news.start + column))
        old, new = olds.start + row, news.start + column
        if row < len(olds):
            yield old, new
        old, new = old + 1, new + 1


def _alignment(likeness: list[list[float]]) -> list[tuple[int, int]]:
    """The pairs of rows and columns, both ascending, that are most alike in all."""
    height, width = len(likeness), len(likeness[0])
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
    return difflib.SequenceMatcher(None, _WORD.findall(old), _WORD.findall(new)).ratio()


def _changed_words(old: str, new: str) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """The columns of the words that differ, on both sides."""
    olds, news = _WORD.findall(old), _WORD.findall(new)
    old_columns, new_columns = _columns(olds), _columns(news)
    spans: tuple[list[tuple[int, int]], list[tuple[int, int]]] = ([], [])
    for kind, begin, end, new_begin, new_end in difflib.SequenceMatcher(None, olds, news, False).get_opcodes():
        if kind != "equal":
            spans[0].append((old_columns[begin], old_columns[end]))
            spans[1].append((new_columns[new_begin], new_columns[new_end]))
    return spans


def _columns(words: Sequence[str]) -> list[int]:
    """Where each word begins, and the end."""
    columns = [0]
    for word in words:
        columns.append(columns[-1] + len(word))
    return columns
