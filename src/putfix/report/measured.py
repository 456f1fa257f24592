"""What a run passed by value, call by call, largest first, and what putfix can do about each: the text of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from putfix.marks import CELL
from putfix.model import Passed, Standing
from putfix.report.words import counted, one_line, shown, size, size_range
from putfix.settings import MIN_SIZE

_BAR = 20
_LONGEST = 40
_BLOCKS = ("█", "▒", "░")
_PLAIN = ("#", "=", "-")
_HEAD = ("by value", "repeated", "sends", "size", "argument", "type", "place")
_GAP = "  "


def _cell(path: Path) -> str:
    """What a cell of a notebook is called; empty for a file."""
    if path.name.startswith(CELL):
        return "a notebook's cell"
    return "a %%time cell" if path.name == "<timed exec>" else ""


@dataclass(frozen=True)
class Row:
    """One argument of one call site, with the bytes that putfix would save of it."""

    passed: Passed
    saved: int = 0

    @property
    def total(self) -> int:
        """The bytes that went by value."""
        return self.passed.seen.total

    @property
    def left(self) -> int:
        """The bytes that repeat what was sent before, and that putfix does not save."""
        return max(min(self.passed.seen.repeated + self.passed.again, self.total) - self.saved, 0)

    @property
    def new(self) -> int:
        """The bytes that were needed: of values that were not there before."""
        return self.total - self.saved - self.left

    @property
    def uncompared(self) -> int:
        """How many sends may be repeats that were not seen: a single one cannot be."""
        return self.passed.unknown if self.passed.seen.sends - self.passed.seen.references > 1 else 0

    @property
    def argument(self) -> str:
        """The callee with the argument as it is written, shortened."""
        which = self.passed.seen.argument
        text = self.passed.argument or (f"argument {which + 1}" if isinstance(which, int) else "...")
        if isinstance(which, str):
            text = f"{which}={text}" if which.isidentifier() else f"{which}{text}"  # *..., **...
        text = one_line(f"{self.passed.callee}({text})")
        return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 4]}...)"

    @property
    def place(self) -> str:
        """The file and the line."""
        path = self.passed.path
        return f"{one_line(self.passed.cell) or _cell(path) or shown(path)}:{self.passed.seen.line}"

    @property
    def kinds(self) -> str:
        """The types that were seen."""
        return one_line(", ".join(kind.rpartition(".")[2] for kind in self.passed.seen.kinds)) or "reference"

    @property
    def size(self) -> str:
        """The sizes that were seen."""
        return size_range(self.passed.seen.at_least, self.passed.seen.at_most) if self.passed.seen.kinds else ""


@dataclass(frozen=True)
class Sums:
    """The bytes of several rows."""

    total: int
    repeated: int
    saved: int
    uncompared: int


def rows(passed: Iterable[Passed]) -> list[Row]:
    """The rows of a report, those with the most bytes first."""
    taken = [each for each in passed if each.seen.sends]
    by_finding: dict[int, list[Row]] = {}
    for each in taken:
        key = id(each.finding) if each.finding is not None else -id(each)
        by_finding.setdefault(key, []).append(Row(each))
    found = [row for group in by_finding.values() for row in _with_savings(group)]
    return sorted(found, key=lambda row: (-row.total, shown(row.passed.path), row.passed.seen.line, row.argument))


def _with_savings(group: Sequence[Row]) -> list[Row]:
    """The rows of one finding: the one that sent the most that was new stands for the puts that all of them share."""
    finding = group[0].passed.finding
    if finding is None or finding.hoist is None:
        return list(group)
    needed = [max(row.total - row.passed.seen.repeated, 0) for row in group]
    putting = needed.index(max(needed)) if finding.hoist.put else -1
    return [
        replace(row, saved=row.total - (needed[number] if number == putting else 0)) for number, row in enumerate(group)
    ]


def sums(found: Iterable[Row]) -> Sums:
    """What the rows come to."""
    found = list(found)
    saved = sum(row.saved for row in found)
    repeated = saved + sum(row.left for row in found)
    return Sums(sum(row.total for row in found), repeated, saved, sum(row.uncompared for row in found))


def total(found: Iterable[Row]) -> str:
    """The sentence about all rows."""
    whole = sums(found)
    if not whole.total:
        return "The run passed nothing by value to remote calls."
    share = f"{'at least ' if whole.uncompared else ''}{100 * whole.repeated / whole.total:.0f} %"
    repeated = f"{share} of it ({size(whole.repeated)}) again" if whole.repeated else f"{none(whole)} twice"
    saving = f"; putfix --apply saves {size(whole.saved)}" if whole.saved else "; putfix --apply saves none of it"
    return f"The run passed {size(whole.total)} by value, {repeated}{saving if whole.repeated else ''}."


def none(whole: Sums) -> str:
    """What went at most once, where no repeat was seen."""
    return "none of what was compared" if whole.uncompared else "none of it"


def legend(found: Iterable[Row]) -> tuple[str, str, str]:
    """What the parts of a bar are: ``saved``, ``left`` and ``new``."""
    compared = not any(row.uncompared for row in found)
    new = "sent for the first time" if compared else "sent for the first time, or not compared"
    return "saved by putfix --apply", "sent again, and left", new


def mattering(found: Sequence[Row]) -> list[Row]:
    """The rows with a finding, and those of some size: more than one small value, and a hundredth of all bytes."""
    least = max(sum(row.total for row in found) / 100, MIN_SIZE + 1)
    return [row for row in found if row.passed.finding is not None or row.total >= least]


def needs_plain(encoding: str) -> bool:
    """Whether a stream of that encoding cannot show the characters that bars are made of."""
    try:
        "".join(_BLOCKS).encode(encoding)
    except (UnicodeError, LookupError):
        return True
    return False


def table(found: Sequence[Row], *, everything: bool = False, plain: bool = False) -> str:
    """The report as text: what matters, or ``everything``; bars are made of letters where they must be ``plain``."""
    listed = list(found) if everything else mattering(found)
    others = [row for row in found if row not in listed]
    lines = list(_table(listed, _PLAIN if plain else _BLOCKS)) if listed else []
    if others:
        lines += [_others(others), ""]
    return "".join(f"{line.rstrip()}\n" for line in [*lines, total(found)])


def _table(found: Sequence[Row], blocks: Sequence[str]) -> Iterable[str]:
    cells = [_cells(row) for row in found]
    widths = [max(map(len, column)) for column in zip(_HEAD, *cells, strict=True)]
    scale = max(row.total for row in found) or 1
    indent = " " * (sum(widths[:2]) + len(_GAP) * 2)
    yield _line(_HEAD, widths, " " * _BAR)
    for row, texts in zip(found, cells, strict=True):
        yield _line(texts, widths, _bar(row, scale, blocks))
        yield f"{indent}{verdict(row)}{_not_compared(row)}"
    yield ""
    yield "   ".join(f"{block} {meaning}" for block, meaning in zip(blocks, legend(found), strict=True))
    yield ""


def _not_compared(row: Row) -> str:
    sends = row.uncompared
    return f" ({counted(sends, 'send')} not compared, to save time)" if sends else ""


def _cells(row: Row) -> tuple[str, ...]:
    seen = row.passed.seen
    repeated = row.saved + row.left
    return (
        size(row.total),
        size(repeated) if repeated else "-",
        f"{seen.sends}",
        row.size,
        row.argument,
        row.kinds,
        row.place,
    )


def _line(texts: Sequence[str], widths: Sequence[int], bar: str) -> str:
    numbers = [text.rjust(width) for text, width in zip(texts[:4], widths[:4], strict=True)]
    words = [text.ljust(width) for text, width in zip(texts[4:], widths[4:], strict=True)]
    return _GAP.join([*numbers[:2], bar, *numbers[2:], *words])


def _bar(row: Row, scale: int, blocks: Sequence[str]) -> str:
    """The bytes that are saved, left and new, each as a length; what is there at all gets one character."""
    length = max(round(_BAR * row.total / scale), 1 if row.total else 0)
    ends = [round(length * part / (row.total or 1)) for part in (0, row.saved, row.saved + row.left, row.total)]
    bar = "".join(block * (end - begin) for block, begin, end in zip(blocks, ends, ends[1:], strict=False))
    return bar.ljust(_BAR)


def _others(found: Sequence[Row]) -> str:
    values = [row for row in found if row.total]
    parts = []
    if values:
        parts.append(f"{counted(len(values), 'more argument')} of {size(sum(row.total for row in values))} together")
    if len(values) < len(found):
        parts.append(f"{counted(len(found) - len(values), 'argument')} that passed references only")
    return f"Not listed without --verbose: {', '.join(parts)}."


def verdict(row: Row) -> str:
    """What putfix does about a row, or why it does nothing."""
    finding = row.passed.finding
    if finding is None:
        return _why_not(row.passed)[1]
    if finding.hoist is not None:
        less = f": {size(row.saved)} less to copy" if row.saved else ", and other calls share the put"
        return f"putfix --apply hoists it{less if row.total else ''}"
    reasons = "; ".join(obstacle.sentence for obstacle in finding.obstacles)
    return f"{finding.obstacles[0].code}: {one_line(reasons)}"


def in_short(row: Row) -> str:
    """The same in a few words."""
    finding = row.passed.finding
    if finding is None:
        return _why_not(row.passed)[0]
    if finding.hoist is None:
        return finding.obstacles[0].code
    return f"{size(row.saved)} less to copy" if row.saved else "put once, for other calls too"


_WITHOUT_CALL = {
    Standing.ELSEWHERE: ("in a file not checked", "not in the files that were checked"),
    Standing.UNREAD: ("in a file not read", "in a file that could not be read or analysed"),
    Standing.STALE: ("no longer there", "no longer there: trace the program again"),
}
_SUPPRESSED = ("to be ignored", "to be ignored, as a comment, the settings, the baseline or --diff-base says")
_REFERENCE = ("a reference already", "a reference already")
_SMALL = ("small", "small: a put would make the call slower")
_NOTEBOOK = (
    "sent again in a notebook",
    "sent again in a notebook that was not checked: name it among the paths, or put it in a cell before",
)
_BELOW = ("not above min-size", "not larger than the min-size that is set")
_SPREAD = (
    "made by a star or a function",
    "sent again, through a star or a function that makes the call, which putfix does not follow",
)
_UNSEEN = (
    "equal, for no visible reason",
    "equal in several calls, but nothing in the file shows that: make it once, before the calls",
)
_AGAIN = (
    "repeated by the function's callers",
    "the same in several runs of the function around the call: put it in the caller, and pass the reference",
)
_ONCE = ("sent once", "sent once")
_OTHER = ("another value each time", "another value in each call")


def _why_not(passed: Passed) -> tuple[str, str]:
    """Why there is no finding: in a few words, and in a sentence."""
    seen = passed.seen
    by_value = seen.sends - seen.references
    if passed.standing is Standing.SUPPRESSED:
        return _SUPPRESSED
    if passed.standing in _WITHOUT_CALL and not _cell(passed.path):
        return _WITHOUT_CALL[passed.standing]
    if by_value <= 0:
        return _REFERENCE
    if seen.total <= by_value * (passed.min_size or MIN_SIZE):
        return _SMALL if seen.total <= by_value * MIN_SIZE else _BELOW
    if passed.standing is Standing.ELSEWHERE and (seen.repeats or passed.again):
        return _NOTEBOOK
    if seen.repeats:
        return _SPREAD if passed.standing is Standing.SPREAD else _UNSEEN
    if passed.again:
        return _AGAIN
    return _ONCE if by_value == 1 else _OTHER
