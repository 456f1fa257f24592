"""The sentences of a conversation about fixes: the questions, and what a command of the user's says of them."""

from __future__ import annotations

from pathlib import Path

from putfix.model import Finding
from putfix.report.words import counted, one_line, place_of, shown

UNSEEN = "putfix: error: --apply asks on standard error, which is no terminal; --yes applies without asking"
"""What is said where the questions would not be seen."""

HELP = """\
y - yes, hoist this value
n - no, leave it
f - yes, and to all that follow in this file
a - yes, and to all that follow
q - no, and stop here
? - say this"""
"""What the answers to the question mean."""


def question(path: Path, number: int, total: int) -> str:
    """What is asked before a fix is applied: ``number`` of ``total`` in the file."""
    return f"({number}/{total}) Apply this hoist to {shown(path)} [y,n,f,a,q,?]? "


def needs_another(path: Path, finding: Finding) -> str:
    """What is said of a fix that is only possible with another."""
    return f"{place_of(path, finding)}: this hoist needs one that was declined, left alone"


def running(command: str, fixes: int) -> str:
    """What is said before a command is run, which may take long and print nothing."""
    return f"Running `{one_line(command)}` {_applied(fixes)}"


def verdict(command: str, fixes: int, code: int) -> str:
    """How a command ended that was run with some fixes applied."""
    return f"`{one_line(command)}` {_ended(code)} {_applied(fixes)}"


def _applied(fixes: int) -> str:
    return f"with {counted(fixes, 'hoist')} applied" if fixes else "without any hoist"


def _ended(code: int) -> str:
    if not code:
        return "passed"
    return f"failed (signal {-code})" if code < 0 else f"failed (exit code {code})"


def taken_back(path: Path, finding: Finding, command: str) -> str:
    """What is said of the fix that a command fails with."""
    what = f"the hoist of {one_line(finding.value)} is taken back"
    return f"{place_of(path, finding)}: {what}, `{one_line(command)}` fails with it"


def taken_back_with_another(path: Path, finding: Finding) -> str:
    """What is said of a fix that is only possible with one that is taken back."""
    return f"{place_of(path, finding)}: the hoist of {one_line(finding.value)} is taken back, as one that it needs"


def fails_without(command: str) -> str:
    """What is said of a command that no fix is to blame for."""
    return f"`{one_line(command)}` fails without any hoist, too"


def cannot_bisect(command: str) -> str:
    """What is said of a command that no more can be learned from."""
    return f"`{one_line(command)}` fails, and which hoists it fails with cannot be told"


def changed(path: Path, command: str) -> str:
    """What is said of a file that is something else after a command was run."""
    return f"{shown(path)}: changed by `{one_line(command)}`, and left as it is"


def stays(message: str) -> str:
    """What is said of a file that could not be changed back."""
    return f"{message}: its hoists stay"
