"""What can be done about findings, as an editor offers it, and the edits that do it.

An action is offered without its edit, which is verified as ``putfix --apply`` verifies it: that takes longer than
finding what there is to fix. So it is made when the action is chosen, or while the user thinks about what to choose.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from lsprotocol import types

from putfix.model import Edit, Finding, Result
from putfix.report import editor
from putfix.server.buffers import Part, Program
from putfix.server.diagnostics import of_finding
from putfix.server.examiner import Wanted

FIX_ALL = "source.fixAll.putfix"
"""The kind of the action that applies all hoists of a file."""
_MOST_LIKELY = 4
"""How many of the offers for a place may be prepared."""
QUICK_FIX = types.CodeActionKind.QuickFix


class Does(enum.Enum):
    """What an action does."""

    HOIST = "hoist"
    HOIST_UNSAFE = "hoist unsafe"
    IGNORE = "ignore"
    HOIST_ALL = "hoist all"

    def wanted(self, finding: Finding | None) -> Wanted:
        """What that makes of a program, about a finding if it is about one."""
        return Wanted(finding, ignored=self is Does.IGNORE)


@dataclass(frozen=True)
class Offer:
    """An action, and the finding that it is about, if it is about one. ``diagnosed`` is the finding that is shown,
    where the action is about the one that there is with unsafe fixes."""

    title: str
    does: Does
    finding: Finding | None = None
    diagnosed: Finding | None = None

    @property
    def wanted(self) -> Wanted:
        """What it makes of the program."""
        return self.does.wanted(self.finding)

    @property
    def is_preferred(self) -> bool:
        """Whether it is what should be done."""
        finding = self.finding
        return self.does is Does.HOIST_ALL or (
            self.does is Does.HOIST and finding is not None and not finding.assumptions
        )

    def action(self, program: Program) -> types.CodeAction:
        """The offer as the editor gets it."""
        finding = self.diagnosed or self.finding
        said = [of_finding(program, finding, related=False)] if finding is not None else None
        kind = FIX_ALL if self.does is Does.HOIST_ALL else QUICK_FIX
        data = {"uri": program.uri, "version": program.version, "does": self.does.value, "of": _key(self.finding)}
        return types.CodeAction(self.title, kind, said, self.is_preferred, data=data)


@dataclass(frozen=True)
class Choice:
    """An offer as it comes back from the editor."""

    uri: str
    version: int
    does: Does
    key: list[Any]

    @classmethod
    def of(cls, action: types.CodeAction) -> Choice:
        """What was chosen. Raises :class:`ValueError` where the action is not of this server."""
        data: Any = action.data
        try:
            return cls(data["uri"], data["version"], Does(data["does"]), [*data["of"]])
        except (TypeError, KeyError) as error:
            raise ValueError(editor.GONE) from error

    def finding(self, result: Result) -> Finding | None:
        """The finding of a result that it is about."""
        return next((each for each in result.findings if _key(each) == self.key), None)

    def refusal(self, result: Result, finding: Finding | None) -> str | None:
        """Why that result is not to be had; None where it is."""
        wrong = next((problem.message for problem in result.problems if not problem.cell), None)
        if wrong is None and finding is not None and self.does is not Does.IGNORE and not _holds(result, finding):
            return editor.NEEDS_ANOTHER
        return wrong


def near(program: Program, uri: str, place: types.Range, result: Result) -> list[Finding]:
    """The findings with a call on the lines of a place in a document."""
    number = program.cell_of(uri)
    first, last = place.start.line + 1, place.end.line + 1
    return [
        finding
        for finding in result.findings
        if any(
            site.cell == number and site.argument.line <= last and site.argument.end_line >= first
            for site in finding.call_sites
        )
    ]


def about(findings: Iterable[Finding], unsafe: Result | None) -> Iterator[Offer]:
    """What can be done about findings; ``unsafe`` is what is found with unsafe fixes, where there are any."""
    findings = list(findings)
    for finding in findings:
        if finding.hoist is not None:
            yield Offer(editor.hoisting(finding), Does.HOIST, finding)
    for finding in findings:
        twin = _twin(finding, unsafe) if finding.may_be_assumed and unsafe is not None else None
        if twin is not None:
            yield Offer(editor.hoisting(twin), Does.HOIST_UNSAFE, twin, finding)
    for finding in findings:
        yield Offer(editor.ignoring(finding), Does.IGNORE, finding)


def about_all(result: Result) -> Iterator[Offer]:
    """What can be done about a whole file."""
    if result.hoists:
        yield Offer(editor.hoisting_all(len(result.hoists)), Does.HOIST_ALL)


def likely(offers: Iterable[Offer]) -> list[Offer]:
    """Those that will perhaps be chosen next, the best ones first: of a few calls, that is, and not of a whole file."""
    offers = sorted(offers, key=lambda offer: not offer.is_preferred)
    return offers[:_MOST_LIKELY] if any(offer.finding is not None for offer in offers) else []


def is_asked_for(kind: str, only: Iterable[str] | None) -> bool:
    """Whether actions of a kind are among those that the editor asks for: it, one that it is a kind of, or any."""
    return only is None or any(kind == each or kind.startswith(f"{each}.") for each in only)


def workspace_edit(program: Program, result: Result, *, versioned: bool) -> types.WorkspaceEdit:
    """What changes a program into the new source of its result; ``versioned``, it says which versions it is for, so
    that the editor refuses it for others."""
    if result.changed_cells:
        changed = [(program.parts[cell.number], cell.edits) for cell in result.changed_cells]
    else:
        changed = [(program.parts[0], edits)] if (edits := _edits(result)) else []
    if not versioned:
        return types.WorkspaceEdit({part.uri: _text_edits(part, edits) for part, edits in changed})
    return types.WorkspaceEdit(
        document_changes=[
            types.TextDocumentEdit(
                types.OptionalVersionedTextDocumentIdentifier(part.uri, part.version), [*_text_edits(part, edits)]
            )
            for part, edits in changed
        ]
    )


def _edits(result: Result) -> tuple[Edit, ...]:
    """What changes in the source of a file, also where that begins with a byte-order mark."""
    if result.text is None:
        return ()
    mark = len(result.source) - len(result.text.source)
    return tuple(replace(edit, start=edit.start + mark, end=edit.end + mark) for edit in result.text.edits)


def _text_edits(part: Part, edits: Iterable[Edit]) -> list[types.TextEdit]:
    """The edits of a document, of which those at one place are one: not all editors keep their order."""
    joined: list[Edit] = []
    for edit in edits:
        if joined and joined[-1].end == edit.start:
            last = joined.pop()
            joined.append(Edit(last.start, edit.end, f"{last.text}{edit.text}"))
        else:
            joined.append(edit)
    return [types.TextEdit(part.text.range(edit.start, edit.end), edit.text) for edit in joined]


def _holds(result: Result, finding: Finding) -> bool:
    """Whether a result has the whole hoist of a finding: it may need the put of another."""
    there = {site for hoist in result.hoists for site in hoist.call_sites}
    return finding.hoist is not None and there.issuperset(finding.hoist.call_sites)


def _twin(finding: Finding, unsafe: Result) -> Finding | None:
    """The finding about the same calls with an unsafe hoist."""
    return next(
        (each for each in unsafe.findings if each.hoist is not None and each.call_sites == finding.call_sites), None
    )


def _key(finding: Finding | None) -> list[Any]:
    """What a finding is known by again."""
    return [finding.cell, finding.line, finding.column, finding.code] if finding is not None else []
