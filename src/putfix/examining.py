"""From a program to the findings that its user wants to see: the analysis, and what comments and settings say of it."""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from putfix.analysis import analyse
from putfix.analysis.names.positions import split_lines
from putfix.analysis.names.scopes import forget
from putfix.comments.adding import Ignoring
from putfix.comments.matching import Comments
from putfix.formats.documents import UnreadableError
from putfix.formats.mistakes import too_large
from putfix.model import (
    Cells,
    Edit,
    Finding,
    Hoist,
    Measurement,
    Project,
    Remark,
    Source,
    Span,
    Suppressed,
    Suppression,
)
from putfix.settings import Settings

Choice = Callable[[str, Sequence[Finding]], Mapping[Finding, Suppression]]
"""Which findings in a program are left out besides, and what for. The places are those of the program."""


@dataclass(frozen=True)
class Examined:
    """The findings of a program in source order, those that are left out, and the comments that do nothing."""

    findings: tuple[Finding, ...]
    suppressed: tuple[Suppressed, ...]
    remarks: tuple[Remark, ...]
    declined: frozenset[Span]
    """The arguments that are not hoisted since their findings, or their calls, are left out."""

    @property
    def hoists(self) -> list[Hoist]:
        """The hoists of the findings."""
        return [finding.hoist for finding in self.findings if finding.hoist is not None]

    def with_shown(self, findings: Collection[Finding]) -> Examined:
        """The same, with ``findings`` that are left out among the others."""
        shown = [*self.findings, *(each.finding for each in self.suppressed if each.finding in findings)]
        rest = tuple(each for each in self.suppressed if each.finding not in findings)
        return replace(self, findings=_in_order(shown), suppressed=rest)


@dataclass(frozen=True)
class Examination:
    """How a program is examined. ``place`` tells it from all others, and ``choose`` says what else is left out. With
    ``apart``, no hoist relies on Ray being started by the put of another."""

    place: str
    settings: Settings
    project: Project | None = None
    choose: Choice | None = None
    apart: bool = False

    def of(
        self,
        program: str,
        cells: Cells | None = None,
        measured: Sequence[Measurement] = (),
        declined: Collection[Span] = (),
    ) -> Examined:
        """The findings of ``program``; ``declined`` arguments are not hoisted. Raises :class:`UnreadableError` where it
        is too large, and what :func:`ast.parse` does."""
        problem = too_large(program)
        if problem is not None:
            raise UnreadableError(problem)
        source = Source(program, ast.parse(program), self.place, cells)
        comments = Comments(program, source.tree, split_lines(program))
        kept = set(declined)
        declining: list[Finding] = []
        while True:
            # Other hoists may rely on the put of one that is left out: without it, they are decided anew.
            found = analyse(source, self.settings, measured, self.project, comments.claims, kept, apart=self.apart)
            known = _in_order([*declining, *found])
            left_out = self._left_out(program, known, comments)
            new = [finding for finding in found if finding in left_out and finding.hoist is not None]
            spans = {span for finding in new for span in _declined(finding, comments)}
            if spans <= kept:
                break
            kept |= spans
            declining += new
        wanted = [comments.without_ignored_advice(finding) for finding in found if finding not in left_out]
        suppressed = [Suppressed(finding, left_out[finding]) for finding in known if finding in left_out]
        remarks = comments.remarks(known, traced=bool(measured))
        forget(source.tree)
        return Examined(tuple(wanted), tuple(suppressed), tuple(remarks), frozenset(kept))

    def ignoring(
        self,
        program: str,
        cells: Cells | None,
        measured: Sequence[Measurement],
        is_meant: Callable[[Finding], bool],
        *,
        everything: bool,
    ) -> tuple[Examined, list[Edit]]:
        """The findings, and the comments that ignore those that are meant and would be hoisted, with ``everything`` all
        of them. What relies on the put of another is decided without that one, and gets its comment, too."""
        adding = Ignoring(program, cells.fixed if cells is not None else frozenset())
        ignored: set[Finding] = set()

        def choose(program: str, findings: Sequence[Finding]) -> Mapping[Finding, Suppression]:
            left_out = dict(self.choose(program, findings)) if self.choose is not None else {}
            hoists = (each for each in findings if each not in left_out and each.hoist is not None)
            ignored.update(filter(adding.is_possible, filter(is_meant, hoists)))
            return left_out | dict.fromkeys(ignored.intersection(findings), Suppression.COMMENT)

        found = replace(self, choose=choose).of(program, cells, measured).with_shown(ignored)
        wanted = [finding for finding in found.findings if finding in ignored or (everything and is_meant(finding))]
        return found, adding.edits(wanted)

    def _left_out(self, program: str, known: Sequence[Finding], comments: Comments) -> dict[Finding, Suppression]:
        """What is left out of the findings that are known so far: the first of several reasons counts."""
        found = {finding: Suppression.COMMENT for finding in known if comments.ignored(finding)}
        rest = [finding for finding in known if finding not in found]
        found |= dict.fromkeys(_with_codes(rest, self.settings.ignore), Suppression.SETTING)
        if self.choose is not None:
            found |= self.choose(program, [finding for finding in rest if finding not in found])
        return found


def _in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(findings, key=lambda finding: (finding.line, finding.column)))


def _with_codes(findings: Iterable[Finding], codes: Collection[str]) -> list[Finding]:
    return [finding for finding in findings if not finding.codes.isdisjoint(codes)]


def _declined(finding: Finding, comments: Comments) -> list[Span]:
    """The arguments of a finding that are to stay as they are: a comment may speak of some of its calls only."""
    return [site.argument for site in comments.ignored(finding) or finding.call_sites]
