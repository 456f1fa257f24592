"""What is said of a text that is no Python, or none that can be taken: its place, and which Python could read it."""

from __future__ import annotations

import io
import itertools
import re
import sys
import tokenize

from putfix.problems import Problem

_HEAD = r"^\s*(?:async\s+)?(?:def|class|type)\s+\w+\s*"
_NEWER: tuple[tuple[tuple[int, int], str], ...] = (
    ((3, 15), r"^\s*lazy\s+(?:import|from)\b"),  # PEP 810
    ((3, 15), r"[\[({]\s*\*[^,]+\sfor\s"),  # PEP 798
    ((3, 14), r"^\s*except\s*\*?\s*[\w.]+\s*,"),  # PEP 758
    ((3, 14), r"\b(?:t|rt|tr)['\"]"),  # PEP 750
    ((3, 13), _HEAD + r"\[[^\]=]*="),  # PEP 696
    ((3, 12), _HEAD + r"\["),  # PEP 695
    ((3, 12), r"^\s*type\s+\w+\s*="),  # PEP 695
    ((3, 11), r"^\s*except\s*\*"),  # PEP 654
    ((3, 11), r"\[\s*\*|:\s*\*\w"),  # PEP 646
)
"""The first Python that reads lines of a form."""
_STRINGS = (3, 12)
"""The first Python in whose f-strings anything may stand (PEP 701)."""

_LONG, _MOST_TOKENS = 1_000_000, 500_000
"""How many characters a program may have without being counted, and how many tokens otherwise: 1.6 million need 4 GB
for the tree of :mod:`ast` alone. There may be any number of characters in strings and comments."""


def problem_of(error: BaseException) -> Problem:
    """What is said where a text could not be parsed, by the exception of :func:`ast.parse`."""
    if isinstance(error, SyntaxError):
        message = f"syntax error: {error.msg}{_meant_for(error)}"
        return Problem(message, error.lineno or 0, max((error.offset or 1) - 1, 0))
    if isinstance(error, RecursionError | MemoryError):
        return Problem("nested too deeply to be analysed")
    return Problem(f"cannot be parsed: {error}")


def _meant_for(error: SyntaxError, running: tuple[int, int] = sys.version_info[:2]) -> str:
    """Which Python the line may have been written for, where the one that runs is older."""
    line = error.text or ""
    versions = [version for version, form in _NEWER if re.search(form, line, re.IGNORECASE)]
    if error.msg.startswith("f-string"):
        versions.append(_STRINGS)
    needed = max((version for version in versions if version > running), default=None)
    if needed is None:
        return ""
    wanted, here = (".".join(map(str, version)) for version in (needed, running))
    return f"; if this is for Python {wanted} or later, run putfix on that, here it runs on Python {here}"


def too_large(program: str) -> Problem | None:
    """What is said of a program that would take minutes, and more memory than there may be; None of others."""
    if len(program) <= _LONG:
        return None
    tokens = tokenize.generate_tokens(io.StringIO(program).readline)
    try:
        many = next(itertools.islice(tokens, _MOST_TOKENS, None), None) is not None
    except (tokenize.TokenError, SyntaxError):
        return None  # the parser says it better
    return Problem(f"too large to be analysed: more than {_MOST_TOKENS:,} words and signs") if many else None
