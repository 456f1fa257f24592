"""From a program to the findings that its user wants to see: the analysis, and what comments and settings say of it."""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

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
from putfix.rewrite import Parsed
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


@dataclass(eq=False)
class Examination:
    """How a program is examined, and what was found in it so far. ``place`` tells it from all others, and with
    ``apart``, no hoist relies on Ray being started by the put of another."""

    program: Parsed
    place: str
    settings: Settings
    project: Project | None = None
    cells: Cells | None = None
    measured: Sequence[Measurement] = ()
    apart: bool = False
    _analysed: dict[frozenset[Span], list[Finding]] = field(default_factory=dict, init=False)
    """What there is, by the arguments that are not hoisted."""
    _source: Source | None = field(default=None, init=False)
    """The program while it is analysed."""

    def of(self, choose: Choice | None = None, declined: Iterable[Span] = ()) -> Examined:
        """The findings; ``choose`` says what else is left out, and ``declined`` arguments are not hoisted. Raises
        :class:`UnreadableError` where the program is too large, and what :func:`ast.parse` does."""
        kept = frozenset(declined)
        declining: list[Finding] = []
        try:
            while True:
                # Other hoists may rely on the put of one that is left out: without it, they are decided anew.
                found = self._found(kept)
                known = _in_order([*declining, *found])
                left_out = self._left_out(known, choose)
                new = [finding for finding in found if finding in left_out and finding.hoist is not None]
                spans = {span for finding in new for span in _declined(finding, self._comments)}
                if spans <= kept:
                    break
                kept |= spans
                declining += new
        finally:
            self._forget()
        wanted = [self._comments.without_ignored_advice(finding) for finding in found if finding not in left_out]
        suppressed = [Suppressed(finding, left_out[finding]) for finding in known if finding in left_out]
        remarks = self._comments.remarks(known, traced=bool(self.measured))
        return Examined(tuple(wanted), tuple(suppressed), tuple(remarks), kept)

    def ignoring(self, choose: Choice | None, *, everything: bool) -> tuple[Examined, list[Edit]]:
        """The findings, and the comments that ignore those that would be hoisted, with ``everything`` all of them. What
        relies on the put of another is decided without that one, and gets its comment, too."""
        adding = self._adding
        ignored: set[Finding] = set()

        def left_out(program: str, findings: Sequence[Finding]) -> Mapping[Finding, Suppression]:
            found = dict(choose(program, findings)) if choose is not None else {}
            hoists = (each for each in findings if each not in found and each.hoist is not None)
            ignored.update(filter(adding.is_possible, hoists))
            return found | dict.fromkeys(ignored.intersection(findings), Suppression.COMMENT)

        found = self.of(left_out).with_shown(ignored)
        return found, adding.edits(each for each in found.findings if everything or each in ignored)

    def ignoring_one(self, finding: Finding) -> list[Edit]:
        """The comments that ignore one finding."""
        return self._adding.edits([finding])

    @property
    def _adding(self) -> Ignoring:
        return Ignoring(self.program.text, self.cells.fixed if self.cells is not None else frozenset())

    def _found(self, declined: frozenset[Span]) -> list[Finding]:
        """What there is, whoever wants to see it."""
        if declined not in self._analysed:
            claims, given = self._comments.claims, self._taken()
            self._analysed[declined] = analyse(
                given, self.settings, self.measured, self.project, claims, declined, apart=self.apart
            )
        return self._analysed[declined]

    @functools.cached_property
    def _comments(self) -> Comments:
        source = self._taken()
        return Comments(source.text, source.tree, split_lines(source.text))

    def _taken(self) -> Source:
        if self._source is None:
            problem = too_large(self.program.text)
            if problem is not None:
                raise UnreadableError(problem)
            self._source = Source(self.program.text, self.program.taken(), self.place, self.cells)
        return self._source

    def _forget(self) -> None:
        """Free what the analysis keeps with the tree."""
        if self._source is not None:
            forget(self._source.tree)
            self._source = None

    def _left_out(self, known: Sequence[Finding], choose: Choice | None) -> dict[Finding, Suppression]:
        """What is left out of the findings that are known so far: the first of several reasons counts."""
        found = {finding: Suppression.COMMENT for finding in known if self._comments.ignored(finding)}
        rest = [finding for finding in known if finding not in found]
        found |= dict.fromkeys(_with_codes(rest, self.settings.ignore), Suppression.SETTING)
        if choose is not None:
            found |= choose(self.program.text, [finding for finding in rest if finding not in found])
        return found


def _in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(findings, key=lambda finding: (finding.line, finding.column)))


def _with_codes(findings: Iterable[Finding], codes: Collection[str]) -> list[Finding]:
    return [finding for finding in findings if not finding.codes.isdisjoint(codes)]


def _declined(finding: Finding, comments: Comments) -> list[Span]:
    """The arguments of a finding that are to stay as they are: a comment may speak of some of its calls only."""
    return [site.argument for site in comments.ignored(finding) or finding.call_sites]
