"""The last lines of a run, part by part, and the table of ``--statistics``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from putfix.codes import HOIST
from putfix.report.words import counted, size

if TYPE_CHECKING:
    from putfix.model import Suppression

_SUPPRESSED = {
    "comment": "ignored by comments",
    "setting": "ignored by settings",
    "baseline": "in the baseline",
    "unchanged": "on unchanged lines",
}
"""What is said of suppressed findings, by the values of :class:`putfix.model.Suppression`."""
_MOST_REASONS = 3


def less_to_copy(saved: int, *, at_least: bool) -> str:
    """What hoists save, behind a comma; empty where it is not known of any."""
    return f", {'at least ' if at_least else ''}{size(saved)} less to copy" if saved else ""


def suppressed(numbers: Mapping[Suppression, int]) -> dict[str, int]:
    """What is said of suppressed findings, and how many they are, always in the same order."""
    told = {by.value: number for by, number in numbers.items()}
    return {f"{told[by]} {text}": told[by] for by, text in _SUPPRESSED.items() if by in told}


def left_alone(numbers: Mapping[str, int], unsafe: int, *, verbose: bool) -> str:
    """The sentence about what is left alone, by its code: how often, mostly why, and how to get at it."""
    left = sum(numbers.values())
    hint = "" if verbose else "; --verbose tells all"
    which = "it" if left == 1 else "all" if unsafe == left else f"{unsafe} of them"
    more = f"; --unsafe-fixes hoists {which}" if unsafe else ""
    return f"{counted(left, 'repeat')} left alone ({_commonest(numbers)}{hint}){more}."


def _commonest(numbers: Mapping[str, int]) -> str:
    """``3 size-unknown, 2 changed, 4 others``."""
    first, *others = _sorted(numbers)
    if not others:
        return first
    named = [first, *others][:_MOST_REASONS]
    rest = sum(numbers.values()) - sum(numbers[code] for code in named)
    parts = [f"{numbers[code]} {code}" for code in named]
    return ", ".join([*parts, counted(rest, "other")] if rest else parts)


def _sorted(numbers: Mapping[str, int]) -> list[str]:
    """The codes, the most frequent first."""
    return sorted(numbers, key=lambda code: (-numbers[code], code))


def table(numbers: Mapping[str, int], reasons: Mapping[str, Callable[..., object]]) -> str:
    """How often each code was given, and what it means: hoists first, then the most frequent first."""
    from putfix.report.explanations import in_one_line

    codes = sorted(_sorted(numbers), key=lambda code: code != HOIST)
    counts, width = max(len(str(number)) for number in numbers.values()), max(map(len, codes))
    return "\n".join(f"{numbers[code]:>{counts}}  {in_one_line(code, reasons[code], width)}" for code in codes)
