"""The pure core: one source in, one result out. No input or output, and no exception for a bad source."""

from __future__ import annotations

import ast
import warnings

from putfix.analysis import analyse
from putfix.model import Finding, Problem, Result

MARKS = ("remote", "ray")
"""A source without one of these words has no remote call of Ray's, and is not parsed."""


def fix_source(source: str, filename: str = "<string>") -> Result:
    """Find the large values that one source sends again and again, and hoist them into object references.

    ``source`` is the text of a Python file and ``filename`` its name for messages. The result has the new
    source, the findings with their evidence, hoists and obstacles, and the problems that kept the source
    from being analysed. Never raises on bad input, and does no I/O.
    """
    if not all(mark in source for mark in MARKS):
        return Result(filename, source, source)
    try:
        findings = _findings(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return Result(filename, source, source, problems=(_problem(error),))
    if not any(finding.hoist for finding in findings):
        return Result(filename, source, source, tuple(findings))
    return _rewritten(source, filename, tuple(findings))


def _findings(source: str) -> list[Finding]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about the analysed program, such as an invalid escape sequence
        return analyse(source, ast.parse(source))


def _problem(error: BaseException) -> Problem:
    if isinstance(error, SyntaxError):
        return Problem(f"syntax error: {error.msg}", error.lineno or 0, max((error.offset or 1) - 1, 0))
    if isinstance(error, RecursionError | MemoryError):
        return Problem("nested too deeply to be analysed")
    return Problem(f"cannot be parsed: {error}")


def _rewritten(source: str, filename: str, findings: tuple[Finding, ...]) -> Result:
    """Apply the hoists and verify the outcome; a rewrite that fails its check is a problem, not a result."""
    from libcst import CSTLogicError, ParserSyntaxError  # loaded only for files that change

    from putfix.rewrite import difference, rewrite

    hoists = [finding.hoist for finding in findings if finding.hoist is not None]
    try:
        new_source = rewrite(source, hoists)
        wrong = difference(source, new_source, hoists)
        if wrong is None and any(finding.hoist for finding in _findings(new_source)):
            wrong = "a second run would change it again"
    except (ParserSyntaxError, CSTLogicError, RecursionError) as error:
        wrong = f"LibCST cannot rewrite it ({type(error).__name__})"
    if wrong is not None:
        problem = Problem(f"left alone, the rewrite failed its check: {wrong}", hoists[0].statement.line)
        return Result(filename, source, source, findings, (problem,))
    return Result(filename, source, new_source, findings)
