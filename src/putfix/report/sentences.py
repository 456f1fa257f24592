"""The sentences of a run, and its exit code. All words that a user reads are made here, or in what this gathers."""

from __future__ import annotations

import enum
import signal
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from putfix.problems import Problem
from putfix.report.colours import PLAIN, Palette
from putfix.report.summary import left_alone, less_to_copy, suppressed, table
from putfix.report.words import counted, in_cell, located, one_line, shown

if TYPE_CHECKING:
    from putfix.model import Finding, Remark, Suppressed, Suppression
    from putfix.report.outputs.records import Totals


class ExitCode(enum.IntEnum):
    """What a run says to the program that called it. The higher one wins."""

    DONE = 0
    """Nothing to do, or everything was applied."""
    LEFT = 1
    """A diff was printed and not applied, or statistics with hoists; with ``--exit-non-zero-on-fix``, also applied."""
    FAILED = 2
    """An input or a configuration file could not be read or analysed, or a file could not be written."""
    HUNG_UP = 129
    """The terminal of the run was closed: SIGHUP, as shells report it."""
    INTERRUPTED = 130
    """The user stopped the run, as shells report it."""
    TERMINATED = 143
    """Another program stopped the run with SIGTERM, as shells report it."""

    @classmethod
    def of_signal(cls, number: int) -> ExitCode:
        """That of a run that a signal ended."""
        return cls(128 + number)


EXIT_CODES = {
    ExitCode.DONE: "Nothing to do, or all that was asked for was done.",
    ExitCode.LEFT: "There is something to hoist that was not applied, was declined, or was taken back; with "
    "--exit-non-zero-on-fix, something was applied.",
    ExitCode.FAILED: "An option was wrong, and nothing was done; or a file could not be read, analysed or written, and "
    "the others are done. Outranks 1.",
    ExitCode.HUNG_UP: "Ended by SIGHUP, as when a terminal is closed, in the same way as 130.",
    ExitCode.INTERRUPTED: "Interrupted with Ctrl-C; all files are whole, and the last lines say what was done.",
    ExitCode.TERMINATED: "Ended by SIGTERM, in the same way as 130.",
}
"""What the exit codes mean, as the help says it."""


@dataclass(eq=False, repr=False)  # which each start would make, and nothing uses
class Report:
    """Counts what a run does; gives its sentences and its exit code."""

    applying: bool
    checked: int = 0
    hoists: int = 0
    files: int = 0
    declined: int = 0
    taken_back: int = 0
    """How many hoists were applied, and are no longer, since the user's command failed."""
    left: Counter[str] = field(default_factory=Counter)
    """How many findings are left alone, by their codes."""
    failed: int = 0
    skipped: int = 0
    gone: int = 0
    unsafe: int = 0
    """How many of them an unsafe fix would hoist."""
    saved: int = 0
    """The bytes that are no longer copied, where that is known."""
    saved_more: bool = False
    """Whether there are hoists of which it is not."""
    codes: Counter[str] = field(default_factory=Counter)
    """How often each code was given."""
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
    ended_by: int = signal.SIGINT
    """The signal that did so."""
    reported: int | None = None
    """How many arguments a report lists, where that is what was asked for."""
    palette: Palette = PLAIN
    """The colours of its sentences."""

    def problem(self, path: Path, problem: Problem) -> str:
        """The line about an input that failed."""
        self.failed += 1
        return located(path, problem, f"{self.palette.error('error:')} ", self.palette.place)

    def refusal(self, sentence: str) -> str:
        """The sentence about something for which nothing is done."""
        return sentence.replace("error:", self.palette.error("error:"), 1)

    def stale(self, path: Path, line: int, callee: str) -> str:
        """The line about a call that was traced, and is no longer there."""
        self.gone += 1
        what = f"a call of {one_line(callee)}" if callee else "a remote call"
        where = f"{self.palette.place(shown(path))}:{line}"
        return f"{where}: the trace saw {what} here that is no longer there; trace again"

    def hoisted(self, fixes: Sequence[Finding]) -> None:
        """A file's diff was shown, and the hoists of these findings in it were or would be applied."""
        from putfix.report.findings import saving

        self.hoists += len(fixes)
        self.files += bool(fixes)
        known = [saving(finding) for finding in fixes]
        self.saved += sum(known)
        self.saved_more = self.saved_more or not all(known)

    def commented(self, comments: int) -> None:
        """A file got comments, or would get them."""
        self.comments += comments
        self.files += 1

    def was_declined(self, hoists: int) -> None:
        """A file's diff was shown, and the user said no."""
        self.declined += hoists

    def finding(self, path: Path, finding: Finding) -> str:
        """The line about one finding: its place, its code, and a sentence."""
        from putfix.report.findings import said_of

        return self._about(path, finding, finding.code, said_of(finding))

    def advice(self, path: Path, finding: Finding) -> list[str]:
        """The lines about what would be better for a finding than a put."""
        return [self._about(path, finding, each.code, each.sentence) for each in finding.advice]

    def remark(self, path: Path, remark: Remark) -> str:
        """The line about a comment to putfix that does nothing."""
        from putfix.report.findings import code_of, idle

        self.idle += 1
        self.codes[code_of(remark)] += 1
        return self._about(path, remark, code_of(remark), idle(remark))

    def _about(self, path: Path, place: Finding | Remark, code: str, sentence: str) -> str:
        where = f"{self.palette.place(in_cell(path, place.cell))}:{place.line}:{place.column + 1}"
        return f"{where}: {self.palette.code(code)}: {one_line(sentence)}"

    def count_suppressed(self, suppressed: Iterable[Suppressed]) -> None:
        """Findings that are not shown."""
        for each in suppressed:
            self.suppressed[each.by] = self.suppressed.get(each.by, 0) + 1

    def count_found(self, findings: Iterable[Finding]) -> None:
        """Findings, with what is said of them besides: those that are left alone, and all by their codes."""
        for finding in findings:
            self.codes.update([finding.code, *(each.code for each in finding.advice)])
            self.unsafe += finding.may_be_assumed
            if finding.hoist is None:
                self.left[finding.code] += 1

    @property
    def totals(self) -> Totals:
        """What a report is told in the end."""
        from putfix.report.outputs.records import Totals

        said = replace(self, palette=PLAIN).summary(verbose=True)
        return Totals(self.checked, self.skipped, self.failed, said)

    def statistics(self, reasons: Mapping[str, Callable[..., object]]) -> str:
        """The table of the codes that were given, each explained by one of the ``reasons``. There must be some."""
        return table(self.codes, reasons)

    def summary(self, *, verbose: bool = False) -> str:
        """The last lines of a run: what it comes to, and what was left alone."""
        rest = {
            f"{self.declined} declined": self.declined,
            f"{self.taken_back} taken back": self.taken_back,
            **suppressed(self.suppressed),
            f"{counted(self.gone_from_baseline, 'finding')} of the baseline no longer there": self.gone_from_baseline,
            f"{counted(self.idle, 'comment')} without effect": self.idle,
            f"{counted(self.skipped, 'file')} skipped": self.skipped,
            f"{counted(self.gone, 'traced call')} no longer there": self.gone,
            self.palette.error(counted(self.failed, "error")): self.failed,
            self.palette.error("interrupted"): self.interrupted,
        }
        checked = f" ({counted(self.checked, 'file')} checked)"
        parts = [self.palette.result(self._outcome()) + checked, *(part for part, told in rest.items() if told)]
        lines = [", ".join(parts) + "."]
        if self.left:
            lines.append(left_alone(self.left, self.unsafe, verbose=verbose))
        return "\n".join(lines)

    def _outcome(self) -> str:
        """What was done, or would be."""
        where = f" in {counted(self.files, 'file')}"
        if self.reported is not None:
            return f"Reported {counted(self.reported, 'argument')}"
        if self.baseline is not None:
            return f"The baseline has {counted(self.baseline, 'finding')}"
        if self.adding:
            return f"{'Added' if self.applying else 'Would add'} {counted(self.comments, 'comment')}{where}"
        if not self.hoists:
            return "Nothing hoisted" if self.declined or self.taken_back or self.interrupted else "Nothing to hoist"
        less = less_to_copy(self.saved, at_least=self.saved_more)
        return f"{'Hoisted' if self.applying else 'Would hoist'} {counted(self.hoists, 'value')}{where}{less}"

    @property
    def _telling(self) -> bool:
        """Whether the exit code tells of what is fixed, or would be."""
        return self.fixing_fails or not self.applying

    @property
    def exit_code(self) -> ExitCode:
        """The exit code of the run so far."""
        if self.interrupted:
            return ExitCode.of_signal(self.ended_by)
        if self.failed:
            return ExitCode.FAILED
        if self.declined or self.taken_back or ((self.hoists or self.comments) and self._telling):
            return ExitCode.LEFT
        return ExitCode.DONE
