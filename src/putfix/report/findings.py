"""What is said of findings, and of comments to putfix that do nothing."""

from __future__ import annotations

import os
from collections.abc import Iterable

from putfix.model import Evidence, Finding, Hoist, Idle, Obstacle, Remark, Strength
from putfix.report.refusals import code_instead_of
from putfix.report.words import counted, did_you_mean, one_line, size, size_range

UNUSED, INVALID = "unused-comment", "invalid-comment"
"""The codes of comments to putfix that do nothing."""
_UNINTELLIGIBLE = frozenset({Idle.UNKNOWN_CODE, Idle.UNKNOWN_WORD, Idle.UNREADABLE})
_WORDS = ("ignore", "ignore-file", "large", "small")


def code_of(remark: Remark) -> str:
    """The code of what is said of a comment that does nothing."""
    return INVALID if remark.why in _UNINTELLIGIBLE else UNUSED


def idle(remark: Remark) -> str:
    """Why a comment does nothing, and what to do about it."""
    text = one_line(remark.text)
    if remark.why is Idle.UNKNOWN_CODE:
        return f'there is no code "{text}"{code_instead_of(remark.text)}'
    if remark.why is Idle.UNKNOWN_WORD:
        word = remark.text.partition("putfix:")[2].strip()
        hint = did_you_mean(word, _WORDS) or f"; the words are {', '.join(_WORDS)}"
        return f'"{text}" says nothing{hint}'
    if remark.why is Idle.UNREADABLE:
        return f'"{text}" is not understood: write "# putfix: ignore[code, code] because ..."'
    if remark.why is Idle.NOTHING_SENT:
        return f'nothing that "{text}" could mean is sent or gets a name here: take it out'
    if remark.found:
        found = ", ".join(f'"{code}"' for code in remark.found)
        return f'"{text}" ignores nothing: what is found here is {found}'
    if remark.text.startswith("#"):
        return f'"{text}" has nothing to ignore here: take it out'
    return f'"{text}" is the code of nothing here: take it out of the brackets'


_ASSUMED = {
    "size-unknown": "it is large",
    "contents-unknown": "nothing in it changes by itself",
    "may-be-a-reference": "",  # which the put finds out
    "may-be-changed": "what runs on line {line} does not change it",
    "ray-may-not-run": "Ray runs already",
    "ray-init-later": "Ray runs already",
    "ray-not-importable": "Ray is installed where it is sent",
    "may-not-be-ray": "nothing takes Ray's place but what its module shows",
    "starred": "",  # its parts are what is large
    "may-be-unbound": "it is bound before",
    "objects-out-of-view": "no code elsewhere binds, changes or pickles what the objects hold",
}
"""What an unsafe hoist takes for granted, by the code of the obstacle."""
_ASSUMED_ALONE = {"may-be-a-reference": "it is large where it is no reference", "starred": "its parts are large"}
"""The same of those that are not worth a word beside others."""


def assumed(assumptions: Iterable[Obstacle]) -> str:
    """What an unsafe hoist takes for granted, in one sentence."""
    taken = list(assumptions)
    texts = [text for each in taken if (text := _ASSUMED[each.code].format(line=each.line))]
    *others, last = dict.fromkeys(texts or [_ASSUMED_ALONE[each.code] for each in taken])
    return f"{', that '.join(others)} and that {last}" if others else last


def unsafe(assumptions: Iterable[Obstacle]) -> str:
    """That a hoist is unsafe, and what it takes for granted."""
    return f"unsafe, assuming that {assumed(assumptions)}"


def said_of(finding: Finding) -> str:
    """The sentence about a finding: what is sent, how large, how often, and what is done about it."""
    what = known_of(finding)
    if finding.hoist is not None and finding.assumptions:
        return f"{what}, {unsafe(finding.assumptions)}"
    if finding.hoist is not None:
        once = ", now put once for each object" if finding.hoist.constructed else ""
        return f"{of_a_reference(finding, finding.hoist) or what}{once}"
    return f"{what}; left alone because {'; '.join(obstacle.sentence for obstacle in finding.obstacles)}"


def known_of(finding: Finding) -> str:
    """What a value is, how large, and how often it is sent."""
    if finding.evidence.strength is Strength.NONE:
        return f"{finding.value} is sent {often(finding)}"
    return f"{finding.value} is {evidence(finding.evidence)}, sent {often(finding)}"


def evidence(found: Evidence) -> str:
    """How large a value is, and what says so."""
    if found.strength is Strength.NONE:
        return "of unknown size"
    if found.strength is Strength.STATED:
        return f"large (a comment says so, {line_of(found)})"
    if found.strength is Strength.MEASURED:
        seen = f", {one_line(found.text)}" if found.text else ""
        return f"{size_range(found.at_least or 0, found.at_most or 0)} (measured in a run{seen})"
    source = f"({one_line(found.text)}, {line_of(found)})"
    return f"about {size(found.at_least)} {source}" if found.at_least is not None else f"normally large {source}"


def line_of(found: Evidence) -> str:
    """The line that evidence is on."""
    inside = f"cell {found.cell}" if found.cell else os.path.basename(found.place)
    return f"line {found.line} of {inside}" if inside else f"line {found.line}"


def often(finding: Finding) -> str:
    """How often a value is sent, and how much less there is to copy."""
    if finding.times is None:
        return "again and again" if len(finding.call_sites) == 1 else f"by {len(finding.call_sites)} calls"
    saved = saving(finding)
    less = f": {size(saved)} less to copy" if saved and finding.hoist is not None else ""
    there = " there" if finding.evidence.strength is Strength.MEASURED else ""
    return f"{counted(finding.times, 'time')}{there}{less}"


def saving(finding: Finding) -> int:
    """How many bytes one put for each version need not copy, or would not; 0 where that is not known."""
    if finding.times is None:
        return 0
    sent_again = max(finding.times - 1, 0)
    return (finding.evidence.at_least or 0) * sent_again if finding.saved is None else finding.saved


def of_a_reference(finding: Finding, hoist: Hoist) -> str:
    """The sentence where the program has a reference, or makes one in each turn; empty where the size tells."""
    if not hoist.put:
        return f"{finding.value} came out of {hoist.name}, which is sent in its place {often(finding)}"
    if hoist.argument != hoist.value:
        return f"{finding.value} is put {often(finding)}"
    return ""
