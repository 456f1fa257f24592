"""The fixes of one file, of which some are applied: each is there as a whole, or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from putfix import checking, run, signals
from putfix.model import ChangedCell, Finding
from putfix.problems import Problem
from putfix.reading import read
from putfix.report.diff import difference

Recheck = Callable[[checking.FileResult, Sequence[Finding]], checking.FileResult]
"""Gives the result for a file with some of its fixes only, as :func:`putfix.checking.checked_again` does."""


@dataclass(frozen=True)
class State:
    """A file with some of its fixes: ``result`` has the bytes without any of them as the old ones."""

    fixes: tuple[Finding, ...]
    result: checking.FileResult

    @property
    def held(self) -> tuple[Finding, ...]:
        """The fixes that are really there: one may need the put of another, and goes without it."""
        there = {site for each in self.result.fixes if each.hoist is not None for site in each.hoist.call_sites}
        return tuple(each for each in self.fixes if each.hoist is not None and there.issuperset(each.hoist.call_sites))

    @property
    def is_whole(self) -> bool:
        """Whether all of the fixes are there."""
        return self.held == self.fixes


class Fixes:
    """The fixes of a file, and those of them that it has by now."""

    def __init__(self, result: checking.FileResult, recheck: Recheck, root: Path) -> None:
        """``result`` is of a file that has none of its fixes yet, and would have all. Diffs name it as seen from
        ``root``."""
        self.path = result.path
        self.all = result.fixes
        self._recheck = recheck
        self._root = root
        self.everything = State(self.all, result)
        self._nothing = self._now = State((), replace(result, new=result.old, changed_cells=()))

    @property
    def applied(self) -> tuple[Finding, ...]:
        """The fixes that the file has."""
        return self._now.held

    def having(self, fixes: Sequence[Finding]) -> State:
        """The file with these fixes and no others."""
        if not fixes:
            return self._nothing
        if len(fixes) == len(self.all):
            return self.everything
        return State(tuple(fixes), self._recheck(self.everything.result, fixes))

    def difference(self, state: State) -> bytes:
        """The diff from what the file is now."""
        now, then = self._now.result, state.result
        if now.new == then.new:
            return b""
        cells = [*_changes(now.changed_cells, then.changed_cells)]
        return difference(then.path, now.new, then.new, cells, self._root)

    def is_what_it_was_made(self) -> bool:
        """Whether the file is what was written last. Where others have removed it, or all of its fixes, it has none."""
        then, found = self._now.result.new, None
        try:
            found = read(self.path)
        except FileNotFoundError:
            self._now = self._nothing
        except OSError:
            return False
        if found == self._nothing.result.new:
            self._now = self._nothing
        return found == then

    def take(self, state: State) -> Problem | None:
        """Write the file; the problem where that could not be done, and it is as it was."""
        now, then = self._now.result.new, state.result.new
        with signals.deferred():  # so that what is written is known to be there
            problem = run.write(replace(state.result, old=now)) if now != then else None
            if problem is None:
                self._now = state
        return problem


def _changes(now: Sequence[ChangedCell], then: Sequence[ChangedCell]) -> Iterator[ChangedCell]:
    """The cells that differ between two states, which are told by the cells that differ from those without fixes."""
    one, other = ({cell.number: cell for cell in cells} for cells in (now, then))
    for number in sorted({*one, *other}):
        before = one[number].new_source if number in one else other[number].source
        after = other[number].new_source if number in other else one[number].source
        if before != after:
            yield ChangedCell(number, before, after)
