"""What a page shows, made of the results of a run: plain data, in the words of the other reports."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from putfix.model import Strength
from putfix.report.explanations import Explanation
from putfix.report.findings import saving
from putfix.report.outputs.records import FileRecord, Totals
from putfix.report.outputs.safety import safety_of
from putfix.report.page.amounts import Chart, Charted, chart
from putfix.report.page.files import Section, section
from putfix.report.words import counted, in_cell, located, size

_EVIDENCE = {
    Strength.MEASURED: "measured in a run",
    Strength.STATED: "stated in a comment",
    Strength.COMPUTED: "computed from the source",
    Strength.TYPED: "of a type that is large",
    Strength.NONE: "size unknown",
}
_STRENGTHS = {strength.value: words for strength, words in _EVIDENCE.items()}
_FIXES = {"safe": "safe fix", "unsafe": "unsafe fix", "none": "no fix"}
_TO_HOIST, _LEFT = "To hoist", "Left alone"
_FEW = 100
"""Up to how many findings all files are open at first."""


@dataclass(frozen=True)
class Total:
    """A number for all to see, and what it is."""

    label: str
    number: str
    note: str


@dataclass(frozen=True)
class Choice:
    """One value of a filter, and how many findings have it."""

    value: str
    label: str
    count: int


@dataclass(frozen=True)
class Filter:
    """What the findings can be narrowed down by. ``name`` is that of the attribute of theirs."""

    name: str
    label: str
    choices: Sequence[Choice]


@dataclass(frozen=True)
class Contents:
    """A page."""

    sentences: Sequence[str]
    totals: Sequence[Total]
    chart: Chart
    filters: Sequence[Filter]
    sections: Sequence[Section]
    problems: Sequence[str]
    codes: Mapping[str, Explanation]
    count: int
    is_open: bool
    evidence: Mapping[str, str]
    """The strengths of evidence, in words."""
    fixes: Mapping[str, str]
    """The kinds of fixes, in words."""

    @property
    def title(self) -> str:
        """The page in a few words."""
        return ", ".join(
            f"{total.number} {total.label.lower()}" for total in self.totals if total.label in (_TO_HOIST, _LEFT)
        )


def contents(
    files: Sequence[FileRecord], totals: Totals, explanations: Mapping[str, Explanation], folder: Path
) -> Contents:
    """What the page about a run shows: the files that there is something to say of, what the run came to, and what the
    codes mean. The page will be in ``folder``."""
    told = [file for file in files if file.findings or file.remarks]
    sections = [section(file, number, folder) for number, file in enumerate(told, 1)]
    entries = [entry for each in sections for entry in each.entries]
    charted = [each for number, file in enumerate(told, 1) for each in _charted(file, number)]
    drawn = chart(charted)
    used = {code for entry in entries for code in entry.codes}
    return Contents(
        totals.said.splitlines(),
        _totals(told, totals, drawn),
        drawn,
        _filters(sections),
        sections,
        [located(file.path, problem) for file in files for problem in file.problems],
        {code: found for code, found in sorted(explanations.items()) if code in used},
        len(entries),
        len(entries) <= _FEW,
        _STRENGTHS,
        _FIXES,
    )


def _charted(file: FileRecord, number: int) -> Iterator[Charted]:
    """The findings of the file of that ``number``, for the chart."""
    for place, each in enumerate(file.shown, 1):
        where = f"{in_cell(file.path, each.finding.cell)}:{each.finding.line}"
        yield Charted(each.finding, each.is_hoisted, f"f{number}-{place}", where)


def _totals(files: Sequence[FileRecord], totals: Totals, drawn: Chart) -> list[Total]:
    findings = [each for file in files for each in file.shown]
    touched = sum(bool(file.findings) for file in files)
    hoisted = [each for each in findings if each.is_hoisted]
    saved = [saving(each.finding) for each in hoisted]
    fixes = Counter(map(safety_of, hoisted))
    left = [each.finding for each in findings if each.finding.hoist is None]
    possible = sum(finding.may_be_assumed for finding in left)
    least = ", at least" if any(saved) and not all(saved) else ""
    copied = f"{drawn.before} before, {drawn.after} after" if drawn.bars else ""
    kinds = f"{fixes['safe']} safe, {fixes['unsafe']} unsafe" if hoisted else ""
    errors = f", {counted(totals.problems, 'error')}" if totals.problems else ""
    skipped = f", {totals.skipped} skipped" if totals.skipped else ""
    return [
        Total(_TO_HOIST, str(len(hoisted)), kinds),
        Total(f"Less to copy{least}", size(sum(saved)), copied),
        Total(_LEFT, str(len(left)), f"{possible or 'none'} of them with an unsafe fix" if left else ""),
        Total("Checked", str(totals.checked), f"{counted(touched, 'file')} with findings{errors}{skipped}"),
    ]


def _filters(sections: Sequence[Section]) -> list[Filter]:
    entries = [entry for each in sections for entry in each.entries]
    folders = Counter(folder for each in sections for entry in each.entries for folder in _folders(each.folder))
    return [
        Filter("code", "Code", _choices(Counter(code for entry in entries for code in entry.codes))),
        Filter("evidence", "Evidence", _named(_STRENGTHS, (entry.evidence for entry in entries))),
        Filter("fix", "Fix", _named(_FIXES, (entry.fix for entry in entries))),
        Filter("folder", "Directory", _choices(folders)),
    ]


def _choices(counts: Mapping[str, int]) -> list[Choice]:
    return [Choice(value, value, count) for value, count in sorted(counts.items())]


def _named(labels: Mapping[str, str], values: Iterable[str]) -> list[Choice]:
    counts = Counter(values)
    return [Choice(value, label, counts[value]) for value, label in labels.items() if counts[value]]


def _folders(folder: str) -> Iterator[str]:
    """A directory, and all that it is in."""
    end = folder.find("/", 1)
    while end != -1:
        yield folder[: end + 1]
        end = folder.find("/", end + 1)
