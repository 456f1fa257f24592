"""putfix for other programs: from paths to results, without a word on any output."""

from __future__ import annotations

import dataclasses
import os
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path

from putfix import run
from putfix.checking import FileResult, Work
from putfix.files.configuration import BrokenConfiguration, Configurations
from putfix.settings import Settings
from putfix.trace.lookup import Lookup

AnyPath = str | os.PathLike[str]


def fix_paths(
    paths: AnyPath | Iterable[AnyPath],
    settings: Settings | None = None,
    *,
    unsafe_fixes: bool = False,
    traces: Iterable[AnyPath] = (),
    include_docs: bool = False,
    processes: int = 1,
    apply: bool = False,
) -> Iterator[FileResult]:
    """Find the large values that files send again and again, and hoist them into object references.

    ``paths`` are files and directories, or one, as for the command: of a directory, the Python files and notebooks
    that ``.gitignore`` does not exclude, with ``include_docs`` also Markdown and reStructuredText. ``settings`` count
    for all files; without any, those of the configuration file that is nearest to each. ``unsafe_fixes`` hoists also
    what unproven assumptions are needed for, whatever the settings say of that. ``traces`` are files that
    :mod:`putfix.trace` wrote.

    The results come one by one, in a stable order, as they are asked for; nothing is printed. Files are written only
    with ``apply``, each as a whole before its result comes: a loop that ends early leaves the rest as it is, and
    without a loop nothing happens. What is wrong with a file is among the problems of its result, and the others are
    done. A configuration file that cannot be used is a result, too, with its problems and before the files that it
    governs, which are ``skipped``.

    Up to so many ``processes`` share work that takes long. They start as copies of this one where the system can do
    that, so a program with more threads than one does all of it itself.

    Raises :class:`OSError` where a trace cannot be read, and :class:`putfix.trace.records.TraceError` where it is none,
    before anything is done.
    """
    several = [paths] if isinstance(paths, str | os.PathLike) else paths
    lookup = Lookup()
    for trace in traces:
        lookup.add(Path(trace))
    results = run.check(
        [Path(path) for path in several],
        Configurations(unsafe_fixes=unsafe_fixes, settings=settings),
        lookup,
        Work(writing=apply),
        include_docs=include_docs,
        processes=processes if threading.active_count() == 1 else 1,
    )
    return _of_files(results, apply=apply)


def _of_files(results: Iterator[FileResult | BrokenConfiguration], *, apply: bool) -> Iterator[FileResult]:
    """The results, written where that is wanted."""
    for result in results:
        if isinstance(result, BrokenConfiguration):
            yield FileResult(result.path, problems=result.problems)
        else:
            yield _written(result) if apply and result.changed else result


def _written(result: FileResult) -> FileResult:
    """Write a file; the result says whether that could be done."""
    problem = run.write(result)
    if problem is not None:
        return dataclasses.replace(result, problems=(*result.problems, problem))
    return dataclasses.replace(result, written=True)
