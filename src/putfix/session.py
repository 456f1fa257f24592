"""What becomes of each result: it is shown, written where it is to be, and counted."""

from __future__ import annotations

import contextlib
import functools
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from putfix import checking, run, signals, streams
from putfix.files.configuration import BrokenConfiguration
from putfix.files.project import ProjectFiles
from putfix.problems import Problem
from putfix.report.colours import is_terminal, palette
from putfix.report.sentences import Report

if TYPE_CHECKING:
    from putfix.applying import Fixes
    from putfix.files.baseline import Baseline
    from putfix.model import Finding, Passed
    from putfix.options import Options
    from putfix.report.measured import Row
    from putfix.reporting import Reporting
    from putfix.reviewing import Review
    from putfix.trace.lookup import Lookup
    from putfix.verifying import Verification

Results = Iterator[checking.FileResult | BrokenConfiguration]

Reasons = Callable[[], Mapping[str, Callable[..., object]]]


def is_asking(options: Options) -> bool:
    """Whether the user is asked about each hoist."""
    return options.apply and not (options.yes or options.from_input) and is_terminal(sys.stdin)


class Session:
    """One run over files, or over standard input."""

    def __init__(
        self, options: Options, named: Sequence[Path], trace: Lookup, work: checking.Work, reasons: Reasons
    ) -> None:
        """``named`` are the paths that stand for what is looked at; ``reasons`` gives what explains the codes."""
        self.report = Report(
            options.applying,
            adding=options.add_ignores,
            fixing_fails=options.exit_non_zero_on_fix,
            palette=palette(sys.stderr),
        )
        self.trace = trace
        self.work = work
        self.project = ProjectFiles()
        self._options = options
        self._named = named
        self._reasons = reasons
        self._passing = options.from_input and options.applying
        """Whether the source goes to standard output, changed or not, in place of a diff."""
        self._review = self._reviewing() if is_asking(options) else None
        self._verification = self._verifying(options.check_with) if options.check_with is not None else None

    def _reviewing(self) -> Review:
        from putfix.reviewing import Review

        return Review(self)

    def _verifying(self, command: str) -> Verification:
        from putfix.verifying import Verification

        return Verification(command, self.say, quiet=self._options.is_quiet)

    @functools.cached_property
    def _reporting(self) -> Reporting | None:
        """The report that is asked for."""
        if not self._options.reporting:
            return None
        from putfix.reporting import Reporting

        return Reporting(self._options, self._root, self._reasons)

    @property
    def _is_silent(self) -> bool:
        """Whether the lines about findings are not said, as a report has them, or nobody wants them."""
        return self._options.is_quiet or (self._reporting is not None and self._reporting.says_all)

    @functools.cached_property
    def _root(self) -> Path:
        """The directory that names in diffs are relative to."""
        from putfix.report.diff import root_of

        return root_of(self._named)

    def take_all(self, results: Results) -> None:
        """Take the results one by one, until the user has seen enough; then see what is said of the fixes."""
        with self._verified():
            for result in self._looked_at(self._passed_on(results) if self._passing else results):
                self.take(result)
                if self._review is not None and self._review.has_quit:
                    break

    @contextlib.contextmanager
    def _verified(self) -> Iterator[None]:
        """Leave what passes the user's command, if there is one, of what is applied meanwhile."""
        verification = self._verification
        if verification is None:
            yield
            return
        try:
            yield
            verification.settle(bisect=self._options.bisect)
        except BaseException:
            verification.take_all_back()
            raise
        finally:
            self._count_verified(verification)

    def _count_verified(self, verification: Verification) -> None:
        for path, problem in verification.problems.items():
            self.problem(path, problem)
        for fixes in verification.files:
            self.report.hoisted(fixes.applied)
        self.report.taken_back = verification.taken_back
        self.report.failed += verification.cannot_run

    def _passed_on(self, results: Results) -> Results:
        """The same results; what came from standard input, fixed where that is possible, goes to standard output."""
        for result in results:
            if isinstance(result, checking.FileResult):
                sys.stdout.buffer.write(result.new)
                sys.stdout.flush()
            yield result

    def _looked_at(self, results: Results) -> Iterator[checking.FileResult]:
        """The results of the files that were not skipped; what else there is to say is said."""
        for result in results:
            if self._reporting is not None:
                self._reporting.take(result)
            if isinstance(result, BrokenConfiguration):
                self._tell(result)
            elif result.skipped:
                self.report.skipped += 1
            else:
                yield result

    def report_all(self, results: Results, chart: Path | None) -> None:
        """Say what the traced run passed by value, and what can be done about it."""
        from putfix.recorded import elsewhere
        from putfix.report.measured import needs_plain, rows, table

        self.report.reported = 0
        checked: list[Path] = []
        passed: list[Passed] = []
        for result in self._looked_at(results):
            self._begin(result)
            passed += [each for each in result.passed if each.path not in checked]  # copies of a cell are one
            checked += [result.path, *(each.path for each in result.passed)]
        found = rows([*passed, *elsewhere(checked, self.trace)])
        self.report.reported = len(found)
        encoding = sys.stdout.encoding or "ascii"
        text = table(found, everything=self._options.verbose, plain=needs_plain(encoding))
        sys.stdout.buffer.write(text.encode(encoding, "backslashreplace"))
        sys.stdout.buffer.flush()
        if chart is not None:
            self._draw(found, chart)

    def _draw(self, found: list[Row], chart: Path) -> None:
        from putfix.files.writing import put
        from putfix.report.chart import drawn

        try:
            put(chart, drawn(found, chart.suffix))
        except OSError as error:
            self.problem(chart, Problem(f"cannot be written: {error.strerror or error}"))

    def _begin(self, result: checking.FileResult) -> None:
        """Count a result, and say what is wrong with it."""
        self.report.checked += 1
        self._tell(result)
        remarks = [self.report.remark(result.path, remark) for remark in result.remarks]
        stale = [self.report.stale(result.path, line, callee) for line, callee in result.stale]
        if not self._options.is_quiet:
            for each in (*([] if self._options.statistics or self._is_silent else remarks), *stale):
                self.say(each)

    def take(self, result: checking.FileResult) -> None:
        """Show one result, and write it if that is wanted."""
        self._begin(result)
        if self.work.baseline is not None:
            self.work.baseline.looked_at(result.path, whole=not result.problems)
        self._say_of_findings(result)
        self.report.count_suppressed(result.suppressed)
        self.report.count_found(result.findings)
        if not result.changed:
            return
        if self.report.applying and not self._passing:
            self._write(result) if result.comments else self._apply(self._fixes(result))
            return
        if not (self._passing or self._options.statistics or self._options.check or self._reporting is not None):
            from putfix.report.diff import difference

            self.difference(difference(result.path, result.old, result.new, result.changed_cells, self._root))
        self._count(result)

    def _fixes(self, result: checking.FileResult) -> Fixes:
        from putfix.applying import Fixes

        return Fixes(result, self._recheck, self._root)

    def _say_of_findings(self, result: checking.FileResult) -> None:
        """The lines about what is left alone, where they are wanted, and about what is hoisted without asking."""
        everything = self._options.verbose and not self._is_silent
        hoisting = result.changed and not (result.comments or self._is_silent or self._options.statistics)
        for finding in result.findings:
            if self._asks and finding in result.fixes:
                continue
            if everything or (hoisting and finding.hoist is not None):
                self.say(self.report.finding(result.path, finding))
            if everything:
                self._advise(result.path, finding)

    @property
    def _asks(self) -> bool:
        """Whether the user is asked about the next hoist."""
        return self._review is not None and not self._review.is_over

    def _advise(self, path: Path, finding: Finding) -> None:
        for line in self.report.advice(path, finding):
            self.say(line)

    def close(self) -> None:
        """Do and say what is to come after the last result."""
        if self.work.baseline is not None:
            self._settle(self.work.baseline)
        if self._options.statistics and self.report.codes:
            click.echo(self.report.statistics(self._reasons()))
        if self._reporting is not None:
            self._end(self._reporting)

    def _end(self, reporting: Reporting) -> None:
        """Finish a report, and write it where it goes into a file."""
        problem = reporting.close(self.report.totals)
        if problem is not None and self._options.output_file is not None:
            self.problem(self._options.output_file, problem)

    def _settle(self, baseline: Baseline) -> None:
        """Write a baseline, or say what of it is no longer there."""
        if not self._options.update_baseline:
            self.report.gone_from_baseline = baseline.gone
            return
        from putfix.files.writing import ChangedSinceReadError
        from putfix.model import Suppression

        self.report.baseline = baseline.size
        self.report.suppressed.pop(Suppression.BASELINE, None)
        try:
            baseline.write()
        except (OSError, ChangedSinceReadError) as error:
            self.problem(baseline.path, run.not_written(error))

    def _count(self, result: checking.FileResult) -> None:
        """Count what a file got, or would get."""
        if result.comments:
            self.report.commented(result.comments)
        else:
            self.report.hoisted(result.fixes)

    def _tell(self, result: checking.FileResult | BrokenConfiguration) -> None:
        for problem in result.problems:
            self.problem(result.path, problem)

    def _recheck(self, result: checking.FileResult, wanted: Sequence[Finding]) -> checking.FileResult:
        return checking.checked_again(result, wanted, self.trace, self.work, self.project)

    def _apply(self, fixes: Fixes) -> None:
        """Apply the fixes of a file, or those that the user wants."""
        if self._verification is not None:
            self._verification.add(fixes)
        try:
            problem = self._review.go_through(fixes) if self._review is not None and self._asks else self._taken(fixes)
        finally:
            if self._verification is None:
                self.report.hoisted(fixes.applied)
        if problem is not None:
            self.problem(fixes.path, problem)
        else:
            self.report.was_declined(len(fixes.all) - len(fixes.applied))

    def _taken(self, fixes: Fixes) -> Problem | None:
        """Show all fixes of a file, and apply them."""
        self.difference(fixes.difference(fixes.everything))
        return fixes.take(fixes.everything)

    def _write(self, result: checking.FileResult) -> None:
        with signals.deferred():  # so that what is written is counted, too
            problem = run.write(result)
            if problem is None:
                self._count(result)
        if problem is not None:
            self.problem(result.path, problem)

    def finding(self, path: Path, finding: Finding) -> None:
        """Show what a fix is for."""
        self.say(self.report.finding(path, finding))
        self._advise(path, finding)

    def difference(self, diff: bytes) -> None:
        """Show what changes."""
        from putfix.report.screen import for_output

        sys.stdout.buffer.write(for_output(diff))
        sys.stdout.flush()

    def say(self, sentence: str) -> None:
        """Show a sentence."""
        streams.say(sentence)

    def ask(self, question: str) -> None:
        """Show a question, with the cursor behind it."""
        streams.say(self.report.palette.question(question), ends=False)

    def problem(self, path: Path, problem: Problem) -> None:
        """Show what is wrong with a file."""
        self.say(self.report.problem(path, problem))
