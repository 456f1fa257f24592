"""How sure a fix is, in the words of reports."""

from __future__ import annotations

from putfix.report.outputs.records import Shown


def safety_of(shown: Shown) -> str:
    """Whether there is a ``safe`` hoist, an ``unsafe`` one (also where that was not asked for), or ``none``."""
    finding = shown.finding
    if shown.is_hoisted:
        return "unsafe" if finding.assumptions else "safe"
    return "unsafe" if finding.may_be_assumed else "none"
