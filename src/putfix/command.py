"""What the options ask for: a run over all that is to be looked at, or something that is to be printed."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from putfix import checking, run, signals, streams
from putfix.files.configuration import ConfigurationError, Configurations
from putfix.problems import Problem
from putfix.report.colours import is_dumb, is_terminal, palette
from putfix.report.outputs import FORMATS
from putfix.report.refusals import (
    NO_INPUT,
    NO_NAME,
    NO_OUTPUT,
    failure,
    no_baseline,
    no_cluster,
    no_library,
    no_trace,
    shown_settings,
)
from putfix.report.sentences import ExitCode, Report
from putfix.report.words import located
from putfix.session import Results, Session, is_asking
from putfix.settings import Governed
from putfix.trace.lookup import Lookup
from putfix.workers import processors

if TYPE_CHECKING:
    from putfix.files.baseline import Baseline
    from putfix.files.revisions import Changes
    from putfix.options import Options
    from putfix.report.progress import Progress


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
    _check_libraries(options.output_format)
    configurations = _configurations(options)
    if options.show_settings:
        return _show_settings(options, configurations)
    if options.on_ray is not None:
        return _run_on_ray(options.on_ray, options, configurations)
    return _run(options, configurations)


def _run_on_ray(address: str, options: Options, configurations: Configurations) -> ExitCode:
    """Do so while there is a cluster that takes part."""
    from putfix.workers.cluster import ClusterError, connected

    with contextlib.ExitStack() as stack:
        stack.enter_context(streams.keeping_threads_out())
        try:
            stack.enter_context(connected(address, os.path.dirname(__file__)))
        except ClusterError as error:
            _refuse(no_cluster(error))
        return _run(options, configurations)


def _run(options: Options, configurations: Configurations) -> ExitCode:
    """Look at all that is to be looked at, and say in the end what that came to."""
    _check_questions(options)
    measured = _read(options.trace)
    known = _baseline(options.baseline, updating=options.update_baseline) if options.baseline is not None else None
    session = Session(options, _named(options), measured, _work(options, known), all_codes)
    progress = _progress(options)
    try:
        with signals.heeding_termination(), _surviving_the_output(session.report):
            results = _followed(_results(options, configurations, session), progress)
            if options.report:
                session.report_all(results, options.chart)
            else:
                session.take_all(results)
                session.close()
    except KeyboardInterrupt as stop:
        session.report.interrupted = True
        if isinstance(stop, signals.Terminated):
            session.report.ended_by = stop.number
        if not progress.clear() and is_terminal(sys.stderr):
            streams.say("")  # below the ^C
    finally:
        progress.clear()
    if not options.is_quiet:
        streams.say(session.report.summary(verbose=options.verbose))
    return session.report.exit_code


def _work(options: Options, known: Baseline | None) -> checking.Work:
    """What is to be done with the findings that are not ``known``."""
    return checking.Work(
        options.add_ignores,
        options.add_ignores and options.verbose,
        known,
        _changes(options),
        options.applying,
        placing=options.reporting,
        apart=FORMATS[options.output_format].fixes,
    )


def _progress(options: Options) -> Progress:
    """What shows how far the run is, where a person waits for it."""
    from putfix.report.progress import Progress

    drawing = is_terminal(sys.stderr) and not is_dumb() and not options.is_quiet and not options.from_input
    if not drawing:
        return Progress(None)
    paths = set(_paths(options))
    return Progress(sys.stderr, None if any(path.is_dir() for path in paths) else len(paths))


def _followed(results: Results, progress: Progress) -> Results:
    """The same results. Those that give something to print come when the progress is out of the way."""
    return _counted(results, progress) if progress.is_on else results


def _counted(results: Results, progress: Progress) -> Results:
    for result in results:
        if not isinstance(result, checking.FileResult) or result.says_something:
            progress.clear()
        with progress.aside():
            yield result
        if isinstance(result, checking.FileResult):
            progress.count(len(result.findings))
    progress.clear()


def _results(options: Options, configurations: Configurations, session: Session) -> Results:
    """What is found in all that is to be looked at."""
    how = configurations, session.trace, session.work
    if options.from_input:
        return checking.check_input(_name(options), _input(), *how, include_docs=options.include_docs)
    if options.on_ray is not None:
        return _from_cluster(options, how, session)
    processes = options.jobs or processors()
    return run.check(
        _paths(options),
        *how,
        session.project,
        include_docs=options.include_docs,
        processes=processes,
        cache=_cache(options),
    )


def _cache(options: Options) -> str | None:
    """The directory of the cache, for a run that is to use it."""
    if not options.uses_cache:
        return None
    from putfix.files.cache.folder import cache_folder, is_worth_it

    return cache_folder(options.cache_dir) if is_worth_it(_paths(options)) else None


def _from_cluster(options: Options, how: tuple[Configurations, Lookup, checking.Work], session: Session) -> Results:
    """What is found on the cluster, until that fails."""
    from putfix import distributed
    from putfix.workers.cluster import ClusterError

    try:
        yield from distributed.check(_paths(options), *how, session.project, include_docs=options.include_docs)
    except ClusterError as error:
        session.report.failed += 1
        streams.say(no_cluster(error))


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
    if options.diff_base is None:
        return None
    from putfix.files.revisions import Changes

    changes = Changes(options.diff_base)
    for path in _named(options):
        _check_revision(changes, path)
    return changes


def _check_revision(changes: Changes, path: Path) -> None:
    from putfix.files.revisions import RevisionError

    try:
        changes.check(path)
    except RevisionError as error:
        _refuse(located(path, Problem(str(error)), "error: "))


def _show_settings(options: Options, configurations: Configurations) -> ExitCode:
    """Show the settings for the files that are named, and for a Python file in the directories that are."""
    report = Report(applying=False, palette=palette(sys.stderr))
    with _surviving_the_output(report):
        for path in _named(options):
            governed = configurations.governing(path / _ANY if os.path.isdir(path) else path)
            if isinstance(governed, Governed):
                click.echo(shown_settings(path, governed))
                continue
            for problem in governed.problems:
                streams.say(report.problem(governed.path, problem))
    return report.exit_code


_ANY = "*.py"
"""The name of a file that only patterns for all Python files match."""


def _refuse(sentence: str) -> NoReturn:
    """End the run with nothing done."""
    streams.say(Report(applying=False, palette=palette(sys.stderr)).refusal(sentence))
    sys.exit(ExitCode.FAILED)


def _input() -> bytes:
    """The source on standard input."""
    if sys.stdin is None:
        _refuse(NO_INPUT)
    try:
        return streams.read_all(sys.stdin.buffer)
    except OSError as error:
        _refuse(failure(error))


def _check_questions(options: Options) -> None:
    """Refuse to ask what nobody would see."""
    if is_asking(options) and not is_terminal(sys.stderr):
        from putfix.report.asking import UNSEEN

        _refuse(UNSEEN)


def _check_chart(chart: Path) -> None:
    """Refuse a chart that cannot be drawn, before anything is done."""
    from putfix.report.chart import NO_MATPLOTLIB, SUFFIXES, is_available

    if chart.suffix.lower() not in SUFFIXES:
        raise click.UsageError(f"--chart takes a file that ends in {', '.join(SUFFIXES)}.")
    if not is_available():
        _refuse(NO_MATPLOTLIB)


def _check_libraries(name: str) -> None:
    """Refuse a format that cannot be made, before anything is done."""
    wanted = FORMATS[name]
    if wanted.missing:
        _refuse(no_library(name, wanted.missing, wanted.extra))


def _read(traces: tuple[Path, ...]) -> Lookup:
    """Read the traces, before anything is done."""
    lookup = Lookup()
    for path in traces:
        _add(path, lookup)
    return lookup


def _add(path: Path, lookup: Lookup) -> None:
    from putfix.trace.records import TraceError

    try:
        lookup.add(path)
    except (OSError, TraceError) as error:
        _refuse(no_trace(path, error))


def _baseline(path: Path, *, updating: bool) -> Baseline:
    """Read the baseline, before anything is done."""
    from putfix.files.baseline import Baseline, BaselineError

    try:
        return Baseline(path, updating=updating)
    except (OSError, BaselineError) as error:
        _refuse(no_baseline(path, error))


def all_codes() -> dict[str, Callable[..., object]]:
    """What gives each code, and explains it."""
    from putfix.analysis.decisions.advice import ADVICE
    from putfix.analysis.decisions.obstacles import REASONS
    from putfix.report.notices import NOTICES

    return {**NOTICES, **REASONS, **ADVICE}


def _explain(code: str) -> ExitCode:
    """Print what ``code`` means."""
    from putfix.report.explanations import explanation, no_such_code

    codes = all_codes()
    if code not in codes:
        _refuse(no_such_code(code, codes))
    return _show([explanation(code, codes[code]).text])


def _list_codes() -> ExitCode:
    """Print all codes, each with what it means in one line."""
    from putfix.report.explanations import in_one_line

    codes = all_codes()
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
        streams.discard(sys.stdout)
    except OSError as error:
        streams.discard(sys.stdout)
        report.failed += 1
        streams.say(failure(error))
