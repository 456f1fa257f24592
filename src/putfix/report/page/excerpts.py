"""The lines of a source that a finding speaks of: its calls, what says how large the value is, and the obstacles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from putfix.model import Evidence, Finding, Obstacle
from putfix.report.page.colouring import Colouring, Columns, Line, marked, shown

_AROUND = 1
"""How many lines are shown around one that is spoken of."""
_MOST = 5
"""How many of the calls are shown."""
SIZE = "size"
"""What the line is tagged with that says how large the value is."""


@dataclass(frozen=True)
class Spoken:
    """A line to show: its number, its text, and what it is to the finding, such as the code of an obstacle.
    ``gap`` says that lines before it are left out."""

    number: int
    line: Line
    tags: Sequence[str]
    gap: bool


def excerpt(finding: Finding, colouring: Colouring) -> list[Spoken]:
    """The lines of a finding, in its cell; none, where its text is not known."""
    texts = colouring.texts.get(finding.cell)
    if texts is None:
        return []
    lines = colouring.lines(finding.cell)
    tags = _tags(finding)
    beside = {line + step for line in tags for step in range(-_AROUND, _AROUND + 1)}
    marks = _arguments(finding, texts)
    found: list[Spoken] = []
    for number in sorted(each for each in beside if 1 <= each <= len(texts)):
        if texts[number - 1].strip() or number in tags:
            line = shown(marked(lines[number - 1], marks.get(number, ())))
            gap = bool(found) and number > found[-1].number + 1
            found.append(Spoken(number, line, tags.get(number, ()), gap))
    return found


def _arguments(finding: Finding, lines: Sequence[str]) -> dict[int, list[Columns]]:
    """Where the value is written, by lines."""
    found: dict[int, list[Columns]] = {}
    for site in finding.call_sites:
        span = site.argument
        if site.cell == finding.cell:
            end = span.end_column if span.end_line == span.line else len(lines[span.line - 1])
            found.setdefault(span.line, []).append((span.column, end))
    return found


def _tags(finding: Finding) -> Mapping[int, Sequence[str]]:
    """The lines that a finding speaks of, and what each is to it: nothing, where it is one of the calls. What is on the
    line of the first call, the finding says anyway."""
    calls = [site for site in finding.call_sites if site.cell == finding.cell]
    found: dict[int, list[str]] = {site.argument.line: [] for site in calls[:_MOST]}
    spoken_of: list[tuple[str, Evidence | Obstacle]] = [(SIZE, finding.evidence)]
    spoken_of += [(each.code, each) for each in finding.obstacles]
    for tag, where in spoken_of:
        is_here = not where.place and where.cell in (0, finding.cell)
        if where.line not in (0, finding.line) and is_here:
            found.setdefault(where.line, []).append(tag)
    return found
