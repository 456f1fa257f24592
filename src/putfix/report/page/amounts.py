"""The chart of a page: the bytes that go to remote calls before and after the hoists, where the sizes are known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from putfix.model import Finding
from putfix.report.findings import saving
from putfix.report.words import counted, one_line, size

_MOST = 12
"""How many bars are shown."""
_LONGEST = 80
"""How many characters of a call are shown."""
_LEAST = 0.4
"""How wide the shortest bar is, so that it can be seen."""


@dataclass(frozen=True)
class Amount:
    """What the calls of one finding copy, in bytes, before and after."""

    before: int
    after: int


@dataclass(frozen=True)
class Bar:
    """The calls that share a value. ``width`` and ``new_width`` are percentages of the longest bar."""

    anchor: str
    label: str
    place: str
    amount: Amount
    width: float
    new_width: float

    @property
    def before(self) -> str:
        """The bytes before, in words."""
        return size(self.amount.before)

    @property
    def after(self) -> str:
        """The bytes after, in words."""
        return size(self.amount.after)

    @property
    def is_hoisted(self) -> bool:
        """Whether there are fewer after."""
        return self.amount.after < self.amount.before


@dataclass(frozen=True)
class Chart:
    """The longest bars, and sentences about those that are missing."""

    bars: Sequence[Bar]
    before: str
    after: str
    notes: Sequence[str]


@dataclass(frozen=True)
class Charted:
    """A finding, with its anchor on the page and its place in the source."""

    finding: Finding
    is_hoisted: bool
    anchor: str
    place: str


def amount(finding: Finding, *, is_hoisted: bool) -> Amount | None:
    """What the calls of a finding copy; None where the source does not tell, nor a run."""
    least = finding.evidence.at_least
    if least is None or finding.times is None:
        return None
    saved = saving(finding)
    before = max(least * finding.times, saved + least)
    return Amount(before, before - saved if is_hoisted else before)


def chart(found: Iterable[Charted]) -> Chart:
    """The chart of findings, those with the most bytes first."""
    known: list[tuple[Charted, Amount]] = []
    unknown = 0
    for each in found:
        copied = amount(each.finding, is_hoisted=each.is_hoisted)
        if copied is None:
            unknown += 1
        else:
            known.append((each, copied))
    known.sort(key=lambda each: -each[1].before)
    longest = max((each.before for _, each in known), default=1) or 1
    bars = [_bar(entry, found, longest) for entry, found in known[:_MOST]]
    total = Amount(sum(each.before for _, each in known), sum(each.after for _, each in known))
    return Chart(bars, size(total.before), size(total.after), _notes([each for _, each in known[_MOST:]], unknown))


def _bar(entry: Charted, found: Amount, longest: int) -> Bar:
    widths = (max(round(100 * each / longest, 2), _LEAST) for each in (found.before, found.after))
    return Bar(entry.anchor, label(entry.finding), entry.place, found, *widths)


def label(finding: Finding) -> str:
    """The first of the calls as it is written, and how many more there are."""
    first, *others = finding.call_sites
    more = f" and {counted(len(others), 'more call')}" if others else ""
    text = one_line(f"{first.callee}({finding.value})")
    return (text if len(text) <= _LONGEST else f"{text[: _LONGEST - 4]}...)") + more


def _notes(hidden: Sequence[Amount], unknown: int) -> list[str]:
    notes = []
    if hidden:
        before, after = (size(sum(each)) for each in zip(*((one.before, one.after) for one in hidden), strict=True))
        notes.append(f"{len(hidden)} more not shown, none larger: {before} before, {after} after together.")
    if unknown:
        which = "Of 1 finding" if unknown == 1 else f"Of {unknown} findings"
        notes.append(
            f"{which} the source does not tell how many bytes are sent; "
            "a trace does (python -m putfix.trace, then putfix --trace)."
        )
    return notes
