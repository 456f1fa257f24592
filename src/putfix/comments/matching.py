"""Which findings the comments suppress, and which comments do nothing."""

from __future__ import annotations

import ast
from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from putfix.codes import CODES, OF_A_RUN
from putfix.comments.reading import Comment, Word, comments_of
from putfix.comments.regions import Regions, is_inside
from putfix.model import CallSite, Claim, Finding, Idle, Remark, Span

_IGNORING = (Word.IGNORE, Word.IGNORE_FILE)


class Comments:
    """The comments to putfix in one program, and what they speak of."""

    def __init__(self, program: str, tree: ast.Module, lines: list[str]) -> None:
        found = comments_of(program)
        regions = Regions(tree, lines) if found else None
        self._understood = [each for each in found if each.wrong is None]
        self._wrong = [each for each in found if each.wrong is not None]
        self._spans: dict[Comment, list[Span]] = {}
        self._claims: dict[Comment, list[Claim]] = {}
        for comment in found:
            if regions is not None and (comment.wrong is not None or comment.word is Word.IGNORE):
                self._spans[comment] = regions.spans(comment)
            elif regions is not None and comment.word in (Word.LARGE, Word.SMALL):
                self._claims[comment] = regions.claims(comment)

    @property
    def claims(self) -> list[Claim]:
        """What they say of sizes."""
        return [claim for claims in self._claims.values() for claim in claims]

    def ignored(self, finding: Finding) -> list[CallSite]:
        """The calls of a finding that are to be ignored: one is enough where nothing is hoisted."""
        sites = _Sites(finding)
        found = [site for comment in self._ignoring(finding) for site in self._covered(comment, sites)]
        return list(dict.fromkeys(found))

    def without_ignored_advice(self, finding: Finding) -> Finding:
        """``finding`` without the advice whose code is to be ignored."""
        sites = _Sites(finding)
        advice = [each for each in finding.advice if not any(self._naming(each.code, sites))]
        return finding if len(advice) == len(finding.advice) else replace(finding, advice=tuple(advice))

    def remarks(self, findings: Sequence[Finding], *, traced: bool) -> list[Remark]:
        """The comments, and the codes in them, that do nothing for any of ``findings``, which are all that there are;
        without a trace, nothing is said of the codes that need one."""
        found = [_remark(comment, comment.wrong, comment.text) for comment in self._wrong if comment.wrong is not None]
        sites = [(finding, _Sites(finding)) for finding in findings]
        for comment in self._understood:
            if comment.word in _IGNORING:
                covered = [finding for finding, own in sites if self._covered(comment, own)]
                found += self._idle_codes(comment, covered, traced)
            elif not self._claims[comment]:
                found.append(_remark(comment, Idle.NOTHING_SENT, comment.text))
        return sorted(found, key=lambda remark: (remark.line, remark.column))

    def _idle_codes(self, comment: Comment, covered: Sequence[Finding], traced: bool) -> Iterator[Remark]:
        codes = {code for finding in covered for code in _codes(finding)}
        unknown = [item for item in comment.items if item not in CODES]
        yield from (_remark(comment, Idle.UNKNOWN_CODE, item) for item in unknown)
        excused = set() if traced else OF_A_RUN
        idle = [item for item in comment.items if item in CODES and item not in codes and item not in excused]
        if not covered if not comment.items else len(idle) == len(comment.items):
            yield replace(_remark(comment, Idle.UNUSED, comment.text), found=tuple(sorted(codes)))
        else:
            yield from (_remark(comment, Idle.UNUSED, item) for item in idle)

    def _ignoring(self, finding: Finding) -> Iterator[Comment]:
        """The comments that suppress what is said of a finding, where they speak of it. What cannot be understood may
        have been meant to."""
        yield from self._wrong
        for comment in self._understood:
            unknown = not set(comment.items) <= set(CODES)
            if comment.word in _IGNORING and (not comment.items or unknown or finding.codes & set(comment.items)):
                yield comment

    def _naming(self, code: str, sites: _Sites) -> Iterator[Comment]:
        """The comments on a finding with these ``sites`` that name a code."""
        for comment in self._understood:
            if code in comment.items and comment.word in _IGNORING and self._covered(comment, sites):
                yield comment

    def _covered(self, comment: Comment, sites: _Sites) -> list[CallSite]:
        """The calls of a finding that a comment speaks of."""
        return sites.all if comment.word is Word.IGNORE_FILE else sites.inside(self._spans[comment])


class _Sites:
    """The calls of a finding, by the lines on which their arguments begin, and what hands these on."""

    def __init__(self, finding: Finding) -> None:
        self.all = list(finding.call_sites)
        places = [
            (place.line, index, place)
            for index, site in enumerate(self.all)
            for place in (site.argument, *site.handed_on)
        ]
        self._places = sorted(places, key=lambda each: each[:2])

    def inside(self, spans: Sequence[Span]) -> list[CallSite]:
        """Those that are inside of one of the spans."""
        found: set[int] = set()
        for outer in spans:
            for line, index, place in self._places[bisect_left(self._places, (outer.line,)) :]:
                if line > outer.end_line:
                    break
                if is_inside(place, outer):
                    found.add(index)
        return [self.all[index] for index in sorted(found)]


def _codes(finding: Finding) -> Collection[str]:
    return finding.codes | {each.code for each in finding.advice}


def _remark(comment: Comment, why: Idle, text: str) -> Remark:
    return Remark(why, text, comment.line, comment.column)
