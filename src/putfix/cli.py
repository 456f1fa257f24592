"""The command line: options to settings, results to streams."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click

from putfix import run
from putfix.files.baseline import Baseline, BaselineError
from putfix.files.configuration import BrokenConfiguration, Configurations
from putfix.files.writing import ChangedSinceReadError
from putfix.model import Passed, Problem, Suppression
from putfix.report.diff import difference
from putfix.report.measured import Row, needs_plain, rows, table
from putfix.report.sentences import ExitCode, Report, no_baseline, no_trace, not_a_size, one_line
from putfix.settings import parse_size
from putfix.trace.lookup import Lookup
from putfix.trace.records import TraceError

_PATH: click.Path = click.Path(path_type=Path)


def _size(_context: click.Context, _option: click.Parameter, value: str | None) -> int | None:
    """The number of bytes that an option means; a usage error where it means none."""
    try:
        return parse_size(value) if value is not None else None
    except ValueError as error:
        raise click.BadParameter(not_a_size(one_line(str(error)))) from error


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("paths", nargs=-1, type=_PATH)
@click.option("--diff", is_flag=True, help="Show what would change, and change nothing. This is the default.")
@click.option("--apply", is_flag=True, help="Show what changes, then change it.")
@click.option("-y", "--yes", is_flag=True, help="With --apply: do not ask, even on a terminal.")
@click.option("-v", "--verbose", is_flag=True, help="Say of every repeat why it is hoisted or left alone.")
@click.option(
    "--min-size",
    metavar="SIZE",
    callback=_size,
    help="Hoist what is larger, as 1MB or 500KiB, whatever configuration files say. By default Ray's own limit, "
    "102400 bytes; below that, a put pays only where Ray's is set lower.",
)
@click.option("--unsafe-fixes", is_flag=True, help="Hoist also what unproven assumptions are needed for.")
@click.option("--include-docs", is_flag=True, help="Take the Python blocks of .md, .markdown and .rst files, too.")
@click.option("--explain", metavar="CODE", help="Say what a code of --verbose means, and what you can do.")
@click.option(
    "--add-ignores",
    is_flag=True,
    help="Add comments that ignore what would be hoisted, with --verbose also "
    "what is left alone, in place of hoisting it; with --diff, only show them.",
)
@click.option("--baseline", metavar="FILE", type=_PATH, help="Leave out the findings that FILE knows.")
@click.option("--update-baseline", is_flag=True, help="With --baseline: make FILE know all that is found now.")
@click.option("--trace", metavar="FILE", multiple=True, type=_PATH, help="Use what a run measured; may be repeated.")
@click.option("--report", is_flag=True, help="With --trace: show the bytes that went by value, call by call.")
@click.option("--chart", metavar="FILE", type=_PATH, help="With --report: draw it too, as .svg, .png or .pdf.")
@click.version_option(package_name="putfix")
def main(
    paths: tuple[Path, ...],
    diff: bool,
    apply: bool,
    yes: bool,
    verbose: bool,
    min_size: int | None,
    unsafe_fixes: bool,
    include_docs: bool,
    explain: str | None,
    add_ignores: bool,
    baseline: Path | None,
    update_baseline: bool,
    trace: tuple[Path, ...],
    report: bool,
    chart: Path | None,
) -> None:
    """Hoist large values that Ray tasks and actors are given again and again into one ray.put.

    PATHS are files and directories; without any, the current directory. Of a directory, the Python files and the
    notebooks are taken. The diff, or the report, goes to standard
    output, everything else to standard error. The settings for a file are those of the nearest putfix.toml, or
    pyproject.toml with [tool.putfix], in its directory or above.

    Exit codes: 0 nothing to do or all applied, 1 a diff was printed and not applied, 2 an input, a
    configuration file or a write failed, 130 interrupted.
    """
    if sys.stdout is None:
        click.echo("putfix: error: standard output is closed", err=True)
        sys.exit(ExitCode.FAILED)
    if explain is not None:
        given = (diff, apply, verbose, trace, report, min_size is not None, unsafe_fixes, add_ignores, baseline)
        if paths or any(given):
            raise click.UsageError("--explain stands alone, without paths and other options.")
        sys.exit(_explain(explain))
    _refuse_together(
        {
            "--diff and --apply exclude each other.": diff and apply,
            "--yes is for --apply.": yes and not apply,
            "--report needs --trace, and goes without --diff and --apply.": report and (diff or apply or not trace),
            "--add-ignores goes without --apply, --report and --update-baseline.": add_ignores
            and (apply or report or update_baseline),
            "--update-baseline needs --baseline, and goes without --apply, --diff and --report.": update_baseline
            and (baseline is None or apply or diff or report),
        }
    )
    if chart is not None:
        _check_chart(chart, report)
    measured = _read(trace)
    known = _baseline(baseline, updating=update_baseline) if baseline is not None else None
    work = run.Work(add_ignores, add_ignores and verbose, known)
    applying = apply or (add_ignores and not diff)
    terminal = sys.stdin is not None and sys.stdin.isatty()
    session = _Session(
        Report(applying, adding=add_ignores), measured, asking=apply and not yes and terminal, verbose=verbose
    )
    try:
        with _surviving_the_output(session.report):
            configurations = Configurations(min_size, unsafe_fixes=unsafe_fixes)
            results = run.check(paths or (Path(),), configurations, measured, work, include_docs=include_docs)
            if report:
                session.report_all(results, chart)
            else:
                session.take_all(results)
                if known is not None:
                    session.settle(known, updating=update_baseline)
    except KeyboardInterrupt:
        session.report.interrupted = True
    click.echo(session.report.summary(), err=True)
    sys.exit(session.report.exit_code)


def _refuse_together(wrong: dict[str, bool]) -> None:
    """Refuse options that do not go together: the first sentence that holds."""
    for sentence, holds in wrong.items():
        if holds:
            raise click.UsageError(sentence)


def _check_chart(chart: Path, report: bool) -> None:
    """Refuse a chart that cannot be drawn, before anything is done."""
    from putfix.report.chart import NO_MATPLOTLIB, SUFFIXES, is_available

    if not report:
        raise click.UsageError("--chart is for --report.")
    if chart.suffix.lower() not in SUFFIXES:
        raise click.UsageError(f"--chart takes a file that ends in {', '.join(SUFFIXES)}.")
    if not is_available():
        click.echo(NO_MATPLOTLIB, err=True)
        sys.exit(ExitCode.FAILED)


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
        click.echo(no_trace(path, error), err=True)
        sys.exit(ExitCode.FAILED)


def _baseline(path: Path, *, updating: bool) -> Baseline:
    """Read the baseline, before anything is done."""
    try:
        return Baseline(path, updating=updating)
    except (OSError, BaselineError) as error:
        click.echo(no_baseline(path, error), err=True)
        sys.exit(ExitCode.FAILED)


def _explain(code: str) -> ExitCode:
    """Print what ``code`` means."""
    from putfix.analysis.decisions.advice import ADVICE
    from putfix.analysis.decisions.obstacles import REASONS
    from putfix.report.explanations import explanation, no_such_code
    from putfix.report.notices import NOTICES

    codes: dict[str, Callable[..., object]] = {**NOTICES, **REASONS, **ADVICE}
    if code not in codes:
        click.echo(no_such_code(code, codes), err=True)
        return ExitCode.FAILED
    report = Report(applying=False)
    with _surviving_the_output(report):
        click.echo(explanation(code, codes[code]).text)
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
        click.echo(report.failure(error), err=True)


def _discard_output() -> None:
    """Let what standard output still holds go nowhere, so that flushing it at exit cannot fail."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class _Session:
    """One run: shows each result, and writes it where it is to be written."""

    def __init__(self, report: Report, trace: Lookup, *, asking: bool, verbose: bool) -> None:
        self.report = report
        self._trace = trace
        self.stopped = False
        self._asking = asking
        self._verbose = verbose

    def take_all(self, results: Iterator[run.FileResult | BrokenConfiguration]) -> None:
        """Take the results one by one, until the user has seen enough."""
        for result in self._looked_at(results):
            self.take(result)
            if self.stopped:
                break

    def _looked_at(self, results: Iterator[run.FileResult | BrokenConfiguration]) -> Iterator[run.FileResult]:
        """The results of the files that were not skipped; what else there is to say is said."""
        for result in results:
            if isinstance(result, BrokenConfiguration):
                self._tell(result)
            elif result.skipped:
                self.report.skipped += 1
            else:
                yield result

    def report_all(self, results: Iterator[run.FileResult | BrokenConfiguration], chart: Path | None) -> None:
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
        if result.comments and self.report.applying:
            self._write(result)
            return
        sys.stdout.buffer.write(difference(result.path, result.old, result.new, result.changed_cells))
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
