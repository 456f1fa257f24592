"""How sure a fix is, in the words of reports."""

from __future__ import annotations

from putfix.model import Finding


def safety_of(finding: Finding) -> str:
    """Whether there is a ``safe`` hoist, an ``unsafe`` one (also where that was not asked for), or ``none``."""
    if finding.hoist is not None:
        return "unsafe" if finding.assumptions else "safe"
    return "unsafe" if finding.may_be_assumed else "none"
