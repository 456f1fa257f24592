"""From the lines of a program to those of the document that it is in."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TypeVar

from putfix.formats.documents import Document
from putfix.model import Advice, CallSite, Evidence, Finding, Obstacle, Remark, Span

_Said = TypeVar("_Said", Obstacle, Advice)

_ON_LINE = re.compile(r"\bon line (\d+)\b(?! of )")
"""How sentences name a line of the file at hand; behind one of another file is the name of that."""


def in_document(finding: Finding, document: Document) -> Finding:
    """``finding``, whose places are those of the program, with the places of the document; but for its hoist, which is
    of the program."""
    place = document.place(finding.line, finding.column)
    return replace(
        finding,
        line=place.line,
        column=place.column,
        cell=place.cell,
        evidence=_evidence(finding.evidence, document),
        call_sites=tuple(_site(site, document) for site in finding.call_sites),
        obstacles=tuple(_said(obstacle, document) for obstacle in finding.obstacles),
        assumptions=tuple(_said(each, document) for each in finding.assumptions),
        advice=tuple(_said(each, document) for each in finding.advice),
    )


def remark_in_document(remark: Remark, document: Document) -> Remark:
    """The same for a remark on a comment."""
    place = document.place(remark.line, remark.column)
    return replace(remark, line=place.line, column=place.column, cell=place.cell)


def _evidence(evidence: Evidence, document: Document) -> Evidence:
    if not evidence.line or evidence.place:
        return evidence
    place = document.place(evidence.line)
    return replace(evidence, line=place.line, cell=place.cell)


def _site(site: CallSite, document: Document) -> CallSite:
    begin = document.place(site.argument.line, site.argument.column)
    end = document.place(site.argument.end_line, site.argument.end_column)
    return CallSite(site.callee, Span(begin.line, begin.column, end.line, end.column), begin.cell)


def _said(said: _Said, document: Document) -> _Said:
    if said.place:
        return said  # of a line in another file

    def named(match: re.Match[str]) -> str:
        place = document.place(int(match[1]))
        return f"on line {place.line} of cell {place.cell}" if place.cell else match.group()

    place = document.place(said.line) if said.line else None
    sentence = _ON_LINE.sub(named, said.sentence)
    return replace(
        said,
        sentence=sentence,
        line=place.line if place is not None else said.line,
        cell=place.cell if place is not None else 0,
    )
