"""A run on a Ray cluster: which files a worker has to see, with what, and what comes back.

The machine that the run is started on reads the files, and sends those that may matter; it alone writes. What workers
ask about other modules is answered by it, most of it before they ask: :mod:`putfix.files.answers`.
"""

from __future__ import annotations

import contextlib
import functools
import os
from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from putfix import checking, reading, run
from putfix.files.answers import Answers, Noted, Question, Told
from putfix.files.configuration import BrokenConfiguration, Configurations
from putfix.files.discovery import located
from putfix.files.disk import DISK, Disk
from putfix.files.imports import FAR, Foresight
from putfix.files.project import ProjectFiles
from putfix.garbage import free, rare_collection
from putfix.problems import Problem
from putfix.report import refusals
from putfix.settings import Settings
from putfix.trace.lookup import Lookup
from putfix.workers import Ready
from putfix.workers.cluster import Tasks
from putfix.workers.desks import Bench, Desk, News, Unanswered

_EDITION_BYTES = 64_000_000
"""How much workers are told before that is forgotten: it bounds what each of them, and the object store, hold."""

_EDITION_PARTS = 200
"""How many pieces that may come in: each task is given references to all of them."""

Checked = checking.FileResult | BrokenConfiguration


class Order(NamedTuple):
    """A file that a worker checks."""

    path: Path
    data: bytes
    settings: Settings


def check(
    paths: Iterable[Path],
    configurations: Configurations,
    trace: Lookup,
    work: checking.Work,
    project: ProjectFiles,
    *,
    include_docs: bool = False,
) -> Iterator[Checked]:
    """As :func:`putfix.run.check`, on the cluster that this process is connected with. Raises
    :class:`putfix.workers.cluster.ClusterError`."""
    jobs = run.jobs_for(located(paths, include_docs=include_docs), configurations, work)
    return Tasks(FileDesk(run.Checker(trace, work, project))).results(jobs)


class FileDesk(Desk[run.Task, Order, Checked]):
    """Reads files, and packs those that a worker has to see: not those without a call of Ray's, nor those that a trace
    is about, which is here."""

    def __init__(self, checker: run.Checker, read: Callable[[Path], bytes] = reading.read, disk: Disk = DISK) -> None:
        self.bench = functools.partial(FileBench, checker.work)
        self._checker = checker
        self._read = read
        self._disk = disk
        self._edition = -1
        self._begin()

    def _begin(self) -> None:
        """Forget what workers were told."""
        self._edition += 1
        self._parts = 0
        self._noted = Noted(self._disk)
        self._foresight = Foresight(self._noted)

    def packed(self, task: run.Task) -> Order | Ready[Checked]:
        """See :class:`putfix.workers.desks.Desk`, as all below."""
        path, settings = task
        try:
            data = self._read(path)
        except OSError:
            return Ready(self.done_here(task))  # which says what is wrong with it
        if self._is_traced(path):
            return Ready(self.done_here(task))
        if not checking.is_marked(data):
            return Ready(checking.FileResult(path))
        self._foresight.foresee(os.fspath(path), data)
        return Order(path, data, settings)

    def _is_traced(self, path: Path) -> bool:
        trace = self._checker.trace
        return bool(trace.of(path)) or (trace.has_cells and path.suffix == ".ipynb")

    def news(self) -> News:
        """The answers that were noted."""
        new, edition = self._noted.taken(), self._edition
        self._parts += new is not None
        if self._noted.size > _EDITION_BYTES or self._parts >= _EDITION_PARTS:
            self._begin()
        return News(edition, new.packed() if new is not None else None)

    def answer(self, questions: Collection[Question]) -> None:
        """Ask the disk, also what the modules that were asked for lead to."""
        self._noted.ask(questions)
        for question in questions:
            if question.method == "read":
                with contextlib.suppress(OSError):
                    self._foresight.foresee(question.path, self._noted.read(question.path), FAR)

    def done_here(self, task: run.Task) -> Checked:
        """The same, by itself."""
        return self._checker(task)

    def lost(self, task: run.Task, how: str) -> Checked:
        """A result that says so."""
        return checking.FileResult(task[0], problems=(Problem(refusals.worker_died(how)),))


class FileBench(Bench[Order, Checked]):
    """Checks files, whose contents and surroundings it was told."""

    def __init__(self, work: checking.Work) -> None:
        self._work = work
        self._told = Told()
        self._project = ProjectFiles(disk=self._told)

    def learn(self, news: bytes) -> None:
        """Take over answers of the disk."""
        self._told.learn(Answers.unpacked(news))

    def do(self, order: Order) -> checking.FileResult | Unanswered:
        """The result for one file, if all that was asked meanwhile is known."""
        with rare_collection():
            result = checking.check_data(*order, checking.NO_TRACE, self._project, self._work).without_unchanged()
        free(self._project)
        unanswered = self._told.unanswered()
        if not unanswered:
            return result
        self._project = ProjectFiles(disk=self._told)  # this one took over what is not so
        return Unanswered(unanswered)
