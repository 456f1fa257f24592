"""The sentences of a run, and its exit code. All words that a user reads are made here, or in what this gathers."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from putfix.model import Finding, Problem, Remark, Suppressed, Suppression
from putfix.report.findings import assumed, code_of, idle, known_of, of_a_reference
from putfix.report.words import counted, in_cell, located, one_line, place_of, shown


class ExitCode(enum.IntEnum):
    """What a run says to the program that called it. The higher one wins."""

    DONE = 0
    """Nothing to do, or everything was applied."""
    LEFT = 1
    """A diff was printed and not applied; with ``--exit-non-zero-on-fix``, or applied."""
    FAILED = 2
    """An input or a configuration file could not be read or analysed, or a file could not be written."""
    INTERRUPTED = 130
    """The user stopped the run, as shells report it."""


EXIT_CODES = {
    ExitCode.DONE: "Nothing to do, or all that was asked for was done.",
    ExitCode.LEFT: "A diff was printed and not applied, or taken back; with --check, there would be one; with "
    "--exit-non-zero-on-fix, it was applied.",
    ExitCode.FAILED: "An option was wrong, and nothing was done; or an input, a configuration file or a write failed, "
    "and the other files are done. Outranks 1.",
    ExitCode.INTERRUPTED: "Interrupted with Ctrl-C; the files written so far are whole.",
}
"""What the exit codes mean, as the help says it."""


@dataclass
class Report:
    """Counts what a run does; gives its sentences and its exit code."""

    applying: bool
    checked: int = 0
    hoists: int = 0
    files: int = 0
    declined: int = 0
    taken_back: int = 0
    """How many hoists were applied, and are no longer, since the user's command failed."""
    left: int = 0
    failed: int = 0
    skipped: int = 0
    gone: int = 0
    unsafe: int = 0
    idle: int = 0
    suppressed: dict[Suppression, int] = field(default_factory=dict)
    adding: bool = False
    """Whether comments are added, and nothing is hoisted."""
    fixing_fails: bool = False
    """Whether the exit code tells of files that were written."""
    comments: int = 0
    baseline: int | None = None
    """How many findings were written to a baseline."""
    gone_from_baseline: int = 0
    interrupted: bool = False
    reported: int | None = None
    """How many arguments a report lists, where that is what was asked for."""

    def problem(self, path: Path, problem: Problem) -> str:
        """The line about an input that failed."""
        self.failed += 1
        return located(path, problem, "error: ")

    def stale(self, path: Path, line: int, callee: str) -> str:
        """The line about a call that was traced, and is no longer there."""
        self.gone += 1
        what = f"a call of {one_line(callee)}" if callee else "a remote call"
        return f"{shown(path)}:{line}: the trace saw {what} here that is no longer there; trace again"

    def hoisted(self, hoists: int) -> None:
        """A file's diff was shown, and its hoists were or would be applied."""
        self.hoists += hoists
        self.files += hoists > 0

    def commented(self, comments: int) -> None:
        """A file got comments, or would get them."""
        self.comments += comments
        self.files += 1

    def was_declined(self, hoists: int) -> None:
        """A file's diff was shown, and the user said no."""
        self.declined += hoists

    def finding(self, path: Path, finding: Finding) -> str:
        """The line about one finding: its place, its code, and a sentence."""
        where = place_of(path, finding)
        what = known_of(finding)
        if finding.hoist is not None and finding.assumptions:
            return f"{where}: {finding.code}: {what}, unsafe, assuming that {assumed(finding.assumptions)}"
        if finding.hoist is not None:
            once = ", now put once for each object" if finding.hoist.constructed else ""
            return f"{where}: {finding.code}: {of_a_reference(finding, finding.hoist) or what}{once}"
        reasons = "; ".join(obstacle.sentence for obstacle in finding.obstacles)
        return f"{where}: {finding.code}: {what}; left alone because {reasons}"

    def advice(self, path: Path, finding: Finding) -> list[str]:
        """The lines about what would be better for a finding than a put."""
        where = place_of(path, finding)
        return [f"{where}: {each.code}: {each.sentence}" for each in finding.advice]

    def remark(self, path: Path, remark: Remark) -> str:
        """The line about a comment to putfix that does nothing."""
        self.idle += 1
        where = f"{in_cell(path, remark.cell)}:{remark.line}:{remark.column + 1}"
        return f"{where}: {code_of(remark)}: {idle(remark)}"

    def count_suppressed(self, suppressed: Iterable[Suppressed]) -> None:
        """Findings that are not shown."""
        for each in suppressed:
            self.suppressed[each.by] = self.suppressed.get(each.by, 0) + 1

    def count_left(self, findings: int) -> None:
        """Findings that have obstacles."""
        self.left += findings

    def summary(self) -> str:
        """The last line of a run."""
        where = f"in {counted(self.files, 'file')} ({counted(self.checked, 'file')} checked)"
        if self.applying:
            first = f"Hoisted {counted(self.hoists, 'value')} {where}"
        else:
            first = f"Would hoist {counted(self.hoists, 'value')} {where}"
        if self.reported is not None:
            first = f"Reported {counted(self.reported, 'argument')} ({counted(self.checked, 'file')} checked)"
        elif self.baseline is not None:
            first = f"The baseline has {counted(self.baseline, 'finding')} ({counted(self.checked, 'file')} checked)"
        elif self.adding:
            verb = "Added" if self.applying else "Would add"
            first = f"{verb} {counted(self.comments, 'comment')} {where}"
        elif not self.hoists:
            first = f"Nothing to hoist ({counted(self.checked, 'file')} checked)"
        rest = {
            f"{self.declined} declined": self.declined,
            f"{self.taken_back} taken back": self.taken_back,
            f"{self.unsafe} more with --unsafe-fixes": self.unsafe,
            f"{counted(self.left, 'repeat')} left alone": self.left,
            **{f"{number} {_SUPPRESSED[by]}": number for by, number in sorted_counts(self.suppressed)},
            f"{counted(self.gone_from_baseline, 'finding')} of the baseline no longer there": self.gone_from_baseline,
            f"{counted(self.idle, 'comment')} without effect": self.idle,
            f"{counted(self.skipped, 'file')} skipped": self.skipped,
            f"{counted(self.gone, 'traced call')} no longer there": self.gone,
            counted(self.failed, "error"): self.failed,
            "interrupted": self.interrupted,
        }
        parts = [first, *(part for part, told in rest.items() if told)]
        return ", ".join(parts) + "."

    @property
    def _telling(self) -> bool:
        """Whether the exit code tells of what is fixed, or would be."""
        return self.fixing_fails or not self.applying

    @property
    def exit_code(self) -> ExitCode:
        """The exit code of the run so far."""
        if self.interrupted:
            return ExitCode.INTERRUPTED
        if self.failed:
            return ExitCode.FAILED
        if self.declined or self.taken_back or ((self.hoists or self.comments) and self._telling):
            return ExitCode.LEFT
        return ExitCode.DONE


_SUPPRESSED = {
    Suppression.COMMENT: "ignored by comments",
    Suppression.SETTING: "ignored by settings",
    Suppression.BASELINE: "in the baseline",
    Suppression.UNCHANGED: "on unchanged lines",
}


def sorted_counts(suppressed: Mapping[Suppression, int]) -> list[tuple[Suppression, int]]:
    """How many findings each of the reasons suppressed, always in the same order."""
    return [(by, suppressed[by]) for by in Suppression if by in suppressed]
