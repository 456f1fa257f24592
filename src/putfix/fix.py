"""The pure core: one source in, one result out. No input or output, and no exception for a bad source."""

from __future__ import annotations

import ast
import functools
import warnings
from collections.abc import Callable, Sequence

from putfix.analysis import analyse
from putfix.analysis.names.sites import moved
from putfix.model import Finding, Measurement, Problem, Project, Result, Source
from putfix.rewrite import difference, rewrite
from putfix.settings import DEFAULT, Settings

MARKS = ("remote", "ray")
"""A source without one of these words has no remote call of Ray's, and is not parsed."""

BYTE_ORDER_MARK = "\ufeff"


def fix_source(
    source: str,
    filename: str = "<string>",
    settings: Settings = DEFAULT,
    measured: Sequence[Measurement] = (),
    project: Project | None = None,
) -> Result:
    """Find the large values that one source sends again and again, and hoist them into object references.

    ``source`` is the text of a Python file and ``filename`` its name for messages; ``settings`` say what is large,
    and ``measured`` is what a trace saw of the calls in this file; ``project`` has the other modules. The
    result has the new source, the findings with
    their evidence, hoists and obstacles, and the problems that kept the source from being analysed. Never raises on
    bad input, and does no I/O.
    """
    if not all(mark in source for mark in MARKS):
        return Result(filename, source, source)
    mark = BYTE_ORDER_MARK if source.startswith(BYTE_ORDER_MARK) else ""
    text = source[len(mark) :]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about the analysed program, such as an invalid escape sequence
            examine = functools.partial(_findings, place=filename, settings=settings, project=project)
            findings = tuple(examine(text, measured))
            new_text = _rewritten(text, findings, measured, examine)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return Result(filename, source, source, problems=(_problem(error),))
    except _WrongRewriteError as error:
        return Result(filename, source, source, findings, (error.problem,))
    except Exception as error:
        problem = Problem(
            f"left alone because of an error in putfix, please report it: {type(error).__name__}: {error}"
        )
        return Result(filename, source, source, problems=(problem,))
    return Result(filename, source, f"{mark}{new_text}", findings)


def _findings(
    source: str, measured: Sequence[Measurement] = (), *, place: str, settings: Settings, project: Project | None
) -> list[Finding]:
    return analyse(Source(source, ast.parse(source), place), settings, measured, project)


def _problem(error: BaseException) -> Problem:
    if isinstance(error, SyntaxError):
        return Problem(f"syntax error: {error.msg}", error.lineno or 0, max((error.offset or 1) - 1, 0))
    if isinstance(error, RecursionError | MemoryError):
        return Problem("nested too deeply to be analysed")
    return Problem(f"cannot be parsed: {error}")


class _WrongRewriteError(Exception):
    """A rewrite failed its check: a bug in putfix, which must not reach the file."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


def _rewritten(
    source: str,
    findings: tuple[Finding, ...],
    measured: Sequence[Measurement],
    examine: Callable[[str, Sequence[Measurement]], list[Finding]],
) -> str:
    """Apply the hoists, and verify the outcome by undoing it and by analysing it again."""
    hoists = [finding.hoist for finding in findings if finding.hoist is not None]
    if not hoists:
        return source
    new_source = rewrite(source, hoists)
    wrong = difference(source, new_source, hoists)
    if wrong is None and any(finding.hoist for finding in examine(new_source, moved(measured, source, new_source))):
        wrong = "a second run would change it again"
    if wrong is not None:
        message = f"left alone, the rewrite failed its check: {wrong}"
        raise _WrongRewriteError(Problem(message, hoists[0].call_sites[0].argument.line))
    return new_source
