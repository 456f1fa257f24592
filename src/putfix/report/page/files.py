"""The part of a page about one file: its findings, each with the change or the lines that it is about."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from putfix.edits import applied
from putfix.model import Advice, Evidence, Finding, Obstacle, Remark
from putfix.report.findings import code_of, idle, known_of, said_of, saving
from putfix.report.outputs.records import FileRecord, Shown
from putfix.report.outputs.safety import safety_of
from putfix.report.page.colouring import Colouring
from putfix.report.page.excerpts import Spoken, excerpt
from putfix.report.page.links import Link, Sentence, address, linking
from putfix.report.page.sides import Hunk, hunks
from putfix.report.words import counted, in_cell, one_line, shown, size


@dataclass(frozen=True)
class Reason:
    """An obstacle, or what would be better than a put: its code, and its sentence."""

    code: str
    sentence: Sentence


@dataclass(frozen=True)
class Entry:
    """What is said of one finding, or of one comment to putfix that does nothing.

    ``subject`` is the value that the ``sentence`` begins with; it is written as code. ``copied`` is the place with the
    whole path. ``fix`` is what :func:`safety_of` says, and ``evidence`` the value of a strength; both are empty for a
    comment. ``failed`` says that its hoist did not pass its check.
    """

    anchor: str
    code: str
    codes: Sequence[str]
    link: Link
    copied: str
    subject: str
    sentence: Sentence
    fix: str = ""
    evidence: str = ""
    is_hoisted: bool = False
    failed: bool = False
    reasons: Sequence[Reason] = ()
    advice: Sequence[Reason] = ()


@dataclass(frozen=True)
class Block:
    """Findings, and the changes that they share, or the lines that one is about."""

    entries: Sequence[Entry]
    hunks: Sequence[Hunk] = ()
    lines: Sequence[Spoken] = ()


@dataclass(frozen=True)
class Section:
    """A file with something to say about it. ``folder`` ends with a slash where it is not empty."""

    folder: str
    name: str
    address: str
    count: str
    saved: str
    blocks: Sequence[Block]

    @property
    def entries(self) -> Iterator[Entry]:
        """All that is said of the file."""
        return (entry for block in self.blocks for entry in block.entries)


def section(file: FileRecord, number: int, folder: Path) -> Section:
    """The part about a file that has findings or remarks, the file of that ``number``; the page is in ``folder``."""
    name = shown(file.path).replace(os.sep, "/")
    head, slash, tail = name.rpartition("/")
    saved = sum(saving(each.finding) for each in file.shown if each.is_hoisted)
    return Section(
        head + slash,
        tail,
        address(file.path, 0, folder),
        counted(len(file.findings), "finding") if file.findings else counted(len(file.remarks), "comment"),
        f"{size(saved)} less to copy" if saved else "",
        _blocks(file, _Writer(file, f"f{number}", folder)),
    )


@dataclass(frozen=True)
class _Writer:
    """Writes what is said of one file."""

    file: FileRecord
    anchor: str
    folder: Path

    def entry(self, shown: Shown, number: int) -> Entry:
        """What is said of a finding."""
        finding = shown.finding
        sentence = said_of(finding) if finding.hoist is not None else known_of(finding)
        subject = finding.value if sentence.startswith(finding.value) else ""
        return Entry(
            f"{self.anchor}-{number}",
            finding.code,
            _codes(finding),
            *self.place(finding),
            one_line(subject),
            self.sentence(one_line(sentence.removeprefix(subject)), finding.evidence, finding.cell),
            safety_of(shown),
            finding.evidence.strength.value,
            shown.is_hoisted,
            finding.hoist is not None and not shown.is_hoisted,
            [self.reason(each, finding) for each in finding.obstacles],
            [self.reason(each, finding) for each in finding.advice],
        )

    def remark(self, remark: Remark, number: int) -> Entry:
        """What is said of a comment that does nothing."""
        code = code_of(remark)
        return Entry(
            f"{self.anchor}-c{number}", code, [code], *self.place(remark), "", Sentence(one_line(idle(remark)))
        )

    def place(self, where: Finding | Remark) -> tuple[Link, str]:
        """Where something begins: a link with the name of the file, and the text with the whole path."""
        text = f"{in_cell(self.file.path, where.cell)}:{where.line}:{where.column + 1}"
        return self.link(text.rpartition(os.sep)[2], self.file.path, where.line, where.cell), text

    def link(self, text: str, path: Path, line: int, cell: int) -> Link:
        """A link to a line; to the file, where that is a notebook."""
        return Link(text, address(path, 0 if cell else line, self.folder))

    def reason(self, given: Obstacle | Advice, finding: Finding) -> Reason:
        """An obstacle, or an advice."""
        return Reason(given.code, self.sentence(one_line(given.sentence), given, finding.cell))

    def sentence(self, text: str, where: Evidence | Obstacle | Advice, cell: int) -> Sentence:
        """A sentence about a line, which may be in another file, or in another cell than this."""
        if not where.line:
            return Sentence(text)
        path = Path(where.place) if where.place else self.file.path
        inside = 0 if where.place else where.cell or cell
        name = f"{one_line(path.name)}, " if where.place else f"cell {inside}, " if inside else ""
        return linking(text, self.link(f"{name}line {where.line}", path, where.line, inside), where.line)


def _codes(finding: Finding) -> list[str]:
    """All codes that are said of a finding, and those of what it takes for granted."""
    reasons = {each.code for each in (*finding.obstacles, *finding.assumptions)}
    return sorted({finding.code, *reasons, *(each.code for each in finding.advice)})


def _blocks(file: FileRecord, write: _Writer) -> list[Block]:
    """The findings in the order of the source, those together that share a change."""
    findings = list(file.shown)
    colouring = Colouring(file.path, file.text)
    changes = _changes(file, colouring)
    leaders, owners = _shared(findings, changes)
    blocks = []
    for number, leader in enumerate(leaders):
        if leader == number:
            entries = [
                write.entry(each, place) for place, each in enumerate(findings, 1) if leaders[place - 1] == leader
            ]
            own = [hunk for hunk, owner in zip(changes, owners, strict=True) if owner == leader]
            blocks.append(Block(entries, own, () if own else excerpt(findings[number].finding, colouring)))
    if file.remarks:
        blocks.append(Block([write.remark(remark, number) for number, remark in enumerate(file.remarks, 1)]))
    return blocks


def _changes(file: FileRecord, colouring: Colouring) -> list[Hunk]:
    """The changes of a file, or of the cells of a notebook."""
    if file.text is None:
        return []
    news = [(cell.number, cell.new_source) for cell in file.changed_cells] or [
        (0, applied(file.text.source, file.text.edits))
    ]
    return [hunk for cell, new in news if cell in colouring.texts for hunk in hunks(new, colouring, cell)]


def _shared(findings: Sequence[Shown], changes: Sequence[Hunk]) -> tuple[list[int], list[int]]:
    """Which finding each finding stands together with, and each change: the first that has a change in common with it.
    What no finding has a place in, as an import, goes with the first of its cell."""
    owners: dict[int, int] = {}
    leaders = list(range(len(findings)))
    firsts: dict[int, int] = {}
    for number, each in enumerate(findings):
        touched = [index for index, hunk in enumerate(changes) if each.is_hoisted and _is_in(each.finding, hunk)]
        leaders[number] = min((owners[index] for index in touched if index in owners), default=number)
        owners |= {index: leaders[number] for index in touched if index not in owners}
        if each.is_hoisted:
            firsts.setdefault(each.finding.cell, leaders[number])
    return leaders, [owners.get(index, firsts.get(hunk.cell, 0)) for index, hunk in enumerate(changes)]


def _is_in(finding: Finding, hunk: Hunk) -> bool:
    """Whether the hoist of a finding changes something there."""
    spans = [site.argument for site in finding.call_sites if site.cell == hunk.cell]
    if finding.hoist is not None and finding.hoist.statement is not None and not hunk.cell:
        spans.append(finding.hoist.statement)  # which is known by its line in the file only
    return any(not hunk.lines.isdisjoint((span.line, span.end_line)) for span in spans)
