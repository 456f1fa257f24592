"""One run of the command: what the options ask for is done, and each result is shown, and written where it is to be."""

from __future__ import annotations

import contextlib
import functools
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NoReturn

import click

from putfix import run
from putfix.files.baseline import Baseline, BaselineError
from putfix.files.configuration import BrokenConfiguration, ConfigurationError, Configurations
from putfix.files.revisions import Changes, RevisionError
from putfix.files.writing import ChangedSinceReadError
from putfix.model import Passed, Problem, Suppression
from putfix.options import Options
from putfix.report.diff import difference, root_of
from putfix.report.explanations import explanation, in_one_line, no_such_code
from putfix.report.measured import Row, needs_plain, rows, table
from putfix.report.sentences import (
    NO_INPUT,
    NO_NAME,
    NO_OUTPUT,
    ExitCode,
    Report,
    failure,
    located,
    no_baseline,
    no_trace,
    shown_settings,
)
from putfix.settings import Governed
from putfix.trace.lookup import Lookup
from putfix.trace.records import TraceError

_Results = Iterator[run.FileResult | BrokenConfiguration]


def start(options: Options) -> ExitCode:
    """Do what ``options`` ask for, which go together."""
    if sys.stdout is None:
        _refuse(NO_OUTPUT)
    if options.explain is not None:
        return _explain(options.explain)
    if options.list_codes:
        return _list_codes()
    if options.chart is not None:
        _check_chart(options.chart)
    configurations = _configurations(options)
    if options.show_settings:
        return _show_settings(options, configurations)
    measured = _read(options.trace)
    known = _baseline(options.baseline, updating=options.update_baseline) if options.baseline is not None else None
    work = run.Work(options.add_ignores, options.add_ignores and options.verbose, known, _changes(options))
    session = Session(options, measured)
    try:
        with _surviving_the_output(session.report):
            results = _results(options, configurations, measured, work)
            if options.report:
                session.report_all(results, options.chart)
            else:
                session.take_all(results)
                if known is not None:
                    session.settle(known, updating=options.update_baseline)
    except KeyboardInterrupt:
        session.report.interrupted = True
    click.echo(session.report.summary(), err=True)
    return session.report.exit_code


def _results(options: Options, configurations: Configurations, measured: Lookup, work: run.Work) -> _Results:
    """What is found in all that is to be looked at."""
    how = configurations, measured, work
    if options.from_input:
        return run.check_input(_name(options), _input(), *how, include_docs=options.include_docs)
    return run.check(_paths(options), *how, include_docs=options.include_docs)


def _paths(options: Options) -> list[Path]:
    return [Path(path) for path in options.paths or (os.curdir,)]


def _named(options: Options) -> list[Path]:
    """The paths, or the name of what comes from standard input."""
    return [_name(options)] if options.from_input else _paths(options)


def _name(options: Options) -> Path:
    """The name of what comes from standard input."""
    return options.stdin_filename or Path(NO_NAME)


def _configurations(options: Options) -> Configurations:
    """The settings, where the configuration file that the options name can be used, if they name one."""
    try:
        return Configurations(
            options.min_size, unsafe_fixes=options.unsafe_fixes, file=options.config, isolated=options.isolated
        )
    except ConfigurationError as error:
        path, problems = error.broken.path, error.broken.problems
        _refuse("\n".join(located(path, problem, "error: ") for problem in problems))


def _changes(options: Options) -> Changes | None:
    """What changed since the revision that is named, where all paths are in repositories that have it."""
    changes = Changes(options.diff_base) if options.diff_base is not None else None
    if changes is not None:
        for path in _named(options):
            _check_revision(changes, path)
    return changes


def _check_revision(changes: Changes, path: Path) -> None:
    try:
        changes.check(path)
    except RevisionError as error:
        _refuse(located(path, Problem(str(error)), "error: "))


def _show_settings(options: Options, configurations: Configurations) -> ExitCode:
    """Show the settings for the files that are named, and for a Python file in the directories that are."""
    report = Report(applying=False)
    with _surviving_the_output(report):
        for path in _named(options):
            governed = configurations.governing(path / _ANY if path.is_dir() else path)
            if isinstance(governed, Governed):
                click.echo(shown_settings(path, governed))
                continue
            for problem in governed.problems:
                click.echo(report.problem(governed.path, problem), err=True)
    return report.exit_code


_ANY = "*.py"
"""The name of a file that only patterns for all Python files match."""


def _refuse(sentence: str) -> NoReturn:
    """End the run with nothing done."""
    click.echo(sentence, err=True)
    sys.exit(ExitCode.FAILED)


def _input() -> bytes:
    """The source on standard input."""
    if sys.stdin is None:
        _refuse(NO_INPUT)
    try:
        return sys.stdin.buffer.read()
    except OSError as error:
        _refuse(failure(error))


def _check_chart(chart: Path) -> None:
    """Refuse a chart that cannot be drawn, before anything is done."""
    from putfix.report.chart import NO_MATPLOTLIB, SUFFIXES, is_available

    if chart.suffix.lower() not in SUFFIXES:
        raise click.UsageError(f"--chart takes a file that ends in {', '.join(SUFFIXES)}.")
    if not is_available():
        _refuse(NO_MATPLOTLIB)


def _read(traces: tuple[Path, ...]) -> Lookup:
    """Read the traces, before anything is done."""
    lookup = Lookup()
    for path in traces:
        _add(path, lookup)
    return lookup


def _add(path: Path, lookup: Lookup) -> None:
    try:
        lookup.add(path)
    except (OSError, TraceError) as error:
        _refuse(no_trace(path, error))


def _baseline(path: Path, *, updating: bool) -> Baseline:
    """Read the baseline, before anything is done."""
    try:
        return Baseline(path, updating=updating)
    except (OSError, BaselineError) as error:
        _refuse(no_baseline(path, error))


def _codes() -> dict[str, Callable[..., object]]:
    """What gives each code, and explains it."""
    from putfix.analysis.decisions.advice import ADVICE
    from putfix.analysis.decisions.obstacles import REASONS
    from putfix.report.notices import NOTICES

    return {**NOTICES, **REASONS, **ADVICE}


def _explain(code: str) -> ExitCode:
    """Print what ``code`` means."""
    codes = _codes()
    if code not in codes:
        _refuse(no_such_code(code, codes))
    return _show([explanation(code, codes[code]).text])


def _list_codes() -> ExitCode:
    """Print all codes, each with what it means in one line."""
    codes = _codes()
    width = max(map(len, codes))
    return _show([in_one_line(code, reason, width) for code, reason in codes.items()])


def _show(lines: list[str]) -> ExitCode:
    """Print what was asked for, and nothing else."""
    report = Report(applying=False)
    with _surviving_the_output(report):
        for line in lines:
            click.echo(line)
    return report.exit_code


@contextlib.contextmanager
def _surviving_the_output(report: Report) -> Iterator[None]:
    """Stop writing where standard output takes no more, and report it unless its reader has seen enough."""
    try:
        yield
    except BrokenPipeError:
        _discard_output()
    except OSError as error:
        _discard_output()
        report.failed += 1
        click.echo(failure(error), err=True)


def _discard_output() -> None:
    """Let what standard output still holds go nowhere, so that flushing it at exit cannot fail."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class Session:
    """One run: shows each result, and writes it where it is to be written."""

    def __init__(self, options: Options, trace: Lookup) -> None:
        self.report = Report(options.applying, adding=options.add_ignores)
        self._trace = trace
        self.stopped = False
        self._passing = options.from_input and options.applying
        """Whether the source goes to standard output, changed or not, in place of a diff."""
        terminal = sys.stdin is not None and sys.stdin.isatty()
        self._asking = options.apply and not options.yes and terminal and not self._passing
        self._verbose = options.verbose
        self._options = options

    @functools.cached_property
    def _root(self) -> Path:
        """The directory that names in diffs are relative to."""
        return root_of(_named(self._options))

    def take_all(self, results: _Results) -> None:
        """Take the results one by one, until the user has seen enough."""
        for result in self._looked_at(self._passed_on(results) if self._passing else results):
            self.take(result)
            if self.stopped:
                break

    def _passed_on(self, results: _Results) -> _Results:
        """The same results; what came from standard input, fixed where that is possible, goes to standard output."""
        for result in results:
            if isinstance(result, run.FileResult):
                sys.stdout.buffer.write(result.new)
                sys.stdout.flush()
            yield result

    def _looked_at(self, results: _Results) -> Iterator[run.FileResult]:
        """The results of the files that were not skipped; what else there is to say is said."""
        for result in results:
            if isinstance(result, BrokenConfiguration):
                self._tell(result)
            elif result.skipped:
                self.report.skipped += 1
            else:
                yield result

    def report_all(self, results: _Results, chart: Path | None) -> None:
        """Say what the traced run passed by value, and what can be done about it."""
        checked: list[Path] = []
        passed: list[Passed] = []
        for result in self._looked_at(results):
            self._begin(result)
            passed += [each for each in result.passed if each.path not in checked]  # copies of a cell are one
            checked += [result.path, *(each.path for each in result.passed)]
        found = rows([*passed, *run.elsewhere(checked, self._trace)])
        self.report.reported = len(found)
        encoding = sys.stdout.encoding or "ascii"
        text = table(found, everything=self._verbose, plain=needs_plain(encoding))
        sys.stdout.buffer.write(text.encode(encoding, "backslashreplace"))
        sys.stdout.buffer.flush()
        if chart is not None:
            self._draw(found, chart)

    def _draw(self, found: list[Row], chart: Path) -> None:
        from putfix.report.chart import draw

        try:
            draw(found, chart)
        except OSError as error:
            problem = Problem(f"cannot be written: {error.strerror or error}")
            click.echo(self.report.problem(chart, problem), err=True)

    def _begin(self, result: run.FileResult) -> None:
        """Count a result, and say what is wrong with it."""
        self.report.checked += 1
        self._tell(result)
        for remark in result.remarks:
            click.echo(self.report.remark(result.path, remark), err=True)
        for line, callee in result.stale:
            click.echo(self.report.stale(result.path, line, callee), err=True)

    def take(self, result: run.FileResult) -> None:
        """Show one result, and write it if that is wanted."""
        self._begin(result)
        if self._verbose:
            for finding in result.findings:
                for line in (self.report.finding(result.path, finding), *self.report.advice(result.path, finding)):
                    click.echo(line, err=True)
        self.report.count_suppressed(result.suppressed)
        self.report.count_left(sum(finding.hoist is None for finding in result.findings))
        self.report.unsafe += sum(finding.may_be_assumed for finding in result.findings)
        if not result.changed:
            return
        if self._passing:
            self._count(result)
            return
        if result.comments and self.report.applying:
            self._write(result)
            return
        sys.stdout.buffer.write(difference(result.path, result.old, result.new, result.changed_cells, self._root))
        sys.stdout.flush()
        if self.report.applying:
            self._apply(result)
        else:
            self._count(result)

    def settle(self, baseline: Baseline, *, updating: bool) -> None:
        """Write a baseline, or say what of it is no longer there."""
        if not updating:
            self.report.gone_from_baseline = baseline.gone
            return
        self.report.baseline = baseline.size
        self.report.suppressed.pop(Suppression.BASELINE, None)
        try:
            baseline.write()
        except (OSError, ChangedSinceReadError) as error:
            click.echo(self.report.problem(baseline.path, run.not_written(error)), err=True)

    def _count(self, result: run.FileResult) -> None:
        """Count what a file got, or would get."""
        if result.comments:
            self.report.commented(result.comments)
        else:
            self.report.hoisted(result.hoists)

    def _tell(self, result: run.FileResult | BrokenConfiguration) -> None:
        for problem in result.problems:
            click.echo(self.report.problem(result.path, problem), err=True)

    def _apply(self, result: run.FileResult) -> None:
        if self._asking and not self._agrees(result):
            self.report.was_declined(result.hoists)
            return
        self._write(result)

    def _write(self, result: run.FileResult) -> None:
        problem = run.write(result)
        if problem is None:
            self._count(result)
        else:
            click.echo(self.report.problem(result.path, problem), err=True)

    def _agrees(self, result: run.FileResult) -> bool:
        """Ask about one file, as ``git add -p`` asks about a hunk."""
        while True:
            click.echo(self.report.question(result.path, result.hoists), err=True, nl=False)
            answer = sys.stdin.readline().strip().lower()[:1] or "q"
            if answer in ("y", "a"):
                self._asking = answer == "y"
                return True
            if answer in ("n", "q"):
                self.stopped = answer == "q"
                return False
            click.echo(self.report.help(), err=True)
