"""What an editor shows: diagnostics, the titles of actions, what is said where the pointer rests, and messages."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from putfix.model import Finding
from putfix.problems import Problem
from putfix.report.explanations import explanation
from putfix.report.findings import said_of, unsafe
from putfix.report.markdown import in_markdown
from putfix.report.words import counted, located, one_line

NO_PYGLS = "putfix: error: the language server needs pygls: pip install 'putfix[lsp]'"
"""What is said where the library of the server is not installed."""

SENT_AS_WELL = "the same value is sent here, too"
"""What is said beside the other calls of a finding."""
NEEDS_ANOTHER = "this hoist needs another one: hoist all of the file"
"""What is said of a fix that is only possible with another."""
GONE = "the text, or what is found in it, is another one by now"
"""What is said of an action that was offered for something else."""


def message(finding: Finding) -> str:
    """What is said of a finding."""
    return one_line(said_of(finding))


def hoisting(finding: Finding) -> str:
    """The title of the action that applies the hoist of a finding, which has one."""
    assert finding.hoist is not None
    value, name = one_line(finding.value), finding.hoist.name
    what = f"Hoist {value} into {name}" if finding.hoist.put else f"Send {name} in place of {value}"
    return f"{what} ({unsafe(finding.assumptions)})" if finding.assumptions else what


def hoisting_all(hoists: int) -> str:
    """The title of the action that applies all hoists of a file."""
    return f"Hoist {counted(hoists, 'value')} in this file"


def ignoring(finding: Finding) -> str:
    """The title of the action that adds a comment."""
    return f"Ignore {one_line(finding.value)} here: # putfix: ignore[{finding.code}]"


def told(finding: Finding, reason: Callable[..., object] | None, *, markdown: bool) -> str:
    """All that is known of a finding; ``reason`` gives its code, and explains what can be done about it."""
    said = [(finding.code, said_of(finding))]
    said += [(each.code, f"assumed away: {each.sentence}") for each in finding.assumptions]
    said += [(each.code, each.sentence) for each in finding.advice]
    paragraphs = [_headed(code, text, markdown=markdown) for code, text in said]
    if finding.hoist is None and reason is not None:
        advice = " ".join(explanation(finding.code, reason).advice.split())
        paragraphs.append(_headed("What you can do", advice, markdown=markdown))
    return "\n\n".join(paragraphs)


def broken(path: Path, problem: Problem) -> str:
    """What is said of a configuration file that cannot be used."""
    return f"{located(path, problem, 'error: ')}; what it governs is not checked until that is mended"


def _headed(head: str, text: str, *, markdown: bool) -> str:
    return f"**{in_markdown(head)}**: {in_markdown(one_line(text))}" if markdown else f"{head}: {one_line(text)}"
