"""The results of a run, in order, from tasks on a Ray cluster whose workers have neither its files nor this package.

The desk is where the run was started (:mod:`putfix.workers.desks`): it alone reads and writes files, and packs what is
to be done. What workers need besides is put into the object store once, and each of them opens it once. Where that was
not enough, a worker says what it would have needed to know, and the job is done again.
"""

from __future__ import annotations

import itertools
import logging
import os
import signal
import socket
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Generic

from putfix.workers import Item, Job, Ready, Result
from putfix.workers.desks import Bench, Desk, Order, Unanswered
from putfix.workers.ordering import Ordering

RETRIES = 3
"""How often Ray does a task again whose worker died; then each of its orders is a task of its own."""
_BATCH_BYTES, _BATCH_ITEMS = 256_000, 32
"""What one task is given: enough that the cost of a task, some milliseconds, does not count."""
_AHEAD = 50_000
"""How many results may wait for one that comes before them; most are of files that no worker has to see."""
_MOST_ROUNDS = 8
"""How often a job is done again because something was not known; then it is done at the desk."""
_EACH_PROCESSOR = 2
"""How many tasks are under way for each processor of the cluster, so that none waits for the desk."""
_LOOK_AGAIN_SECONDS = 5.0
"""How long the number of processors is taken to stay the same: clusters grow when there is work for more."""
_REACHED_SECONDS = 5.0
"""How long a cluster may take to answer at all."""
_PATIENCE_SECONDS = 0.2
"""How long is waited for tasks before Ctrl-C is looked for."""


NO_RAY = "Ray is not installed: pip install 'putfix[ray]'"


_END = -1, None
"""In place of a numbered job, where there are no more."""


class ClusterError(Exception):
    """There is no cluster, or it does not work, and why."""


@contextmanager
def connected(address: str, package: str) -> Iterator[None]:
    """Within a Ray cluster, whose workers have the ``package`` in this directory: that at an address, or without one
    where Ray's own default leads. Raises :class:`ClusterError`."""
    try:
        import ray
    except ImportError as error:
        raise ClusterError(NO_RAY) from error
    ours = not ray.is_initialized()
    if ours:
        _check_reachable(address or os.environ.get("RAY_ADDRESS", ""))
        handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            ray.init(
                address or None,
                log_to_driver=False,
                logging_level=logging.ERROR,
                runtime_env={"py_modules": [package], "excludes": ["__pycache__"]},
            )
        except Exception as error:
            raise ClusterError(_said(error)) from error
        finally:
            for number, handler in handlers.items():
                signal.signal(number, handler)  # Ray has its own
    try:
        yield
    finally:
        if ours:
            ray.shutdown()


def _check_reachable(address: str) -> None:
    """Raise :class:`ClusterError` where nothing listens at an address with a port: Ray would try for minutes."""
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if host and port.isdigit():
        try:
            socket.create_connection((host.strip("[]"), int(port)), _REACHED_SECONDS).close()
        except (OSError, OverflowError) as error:
            raise ClusterError(f"{address} cannot be reached: {error}") from error


def _said(error: BaseException) -> str:
    """What an error says in the end, in one line; of one in a task, what that raised, and not all of where."""
    while (cause := getattr(error, "cause", None) or error.__cause__) is not None:
        error = cause
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[-1]}" if lines else type(error).__name__


@dataclass
class _Entry(Generic[Item, Order]):
    """An item on its way: its number among all, and what a worker is to do for it."""

    number: int
    item: Item
    order: Order
    size: int
    rounds: int = 0
    alone: bool = False
    """Whether it is a task of its own, since one with others died."""


class Tasks(Ordering[Item, "_Entry[Item, Order]", Result], Generic[Item, Order, Result]):
    """The tasks of a run that are under way, and the results that wait for others."""

    def __init__(self, desk: Desk[Item, Order, Result]) -> None:
        """Within :func:`connected`. The results raise :class:`ClusterError`."""
        import ray

        super().__init__()
        self._ray = ray
        self._desk = desk
        self._remote = ray.remote(max_retries=RETRIES)(putfix_tasks)
        self._run = uuid.uuid4().hex
        self._edition = 0
        self._shared: list[Any] = []
        """The references of the news of this edition."""
        self._running: dict[Any, list[_Entry[Item, Order]]] = {}
        self._room = 0
        self._looked = -_LOOK_AGAIN_SECONDS

    @property
    def _is_busy(self) -> bool:
        return bool(self._running)

    def _feed(self, numbered: Iterator[tuple[int, Job[Item] | Ready[Result]]]) -> None:
        while len(self._running) < self._most():
            batch = [*self._batch(numbered)]
            if not batch:
                return
            self._submit(batch)

    def _most(self) -> int:
        """How many tasks may be under way."""
        if time.monotonic() > self._looked + _LOOK_AGAIN_SECONDS:
            self._looked = time.monotonic()
            self._room = max(1, int(self._ray.cluster_resources().get("CPU", 0))) * _EACH_PROCESSOR
        return self._room

    def _batch(self, numbered: Iterator[tuple[int, Job[Item] | Ready[Result]]]) -> Iterator[_Entry[Item, Order]]:
        """What comes next, as much as one task is given."""
        if self._again and self._again[0].alone:
            yield self._again.popleft()
            return
        size = 0
        for count, entry in enumerate(self._following(numbered), 1):
            yield entry
            size += entry.size
            if size >= _BATCH_BYTES or count == _BATCH_ITEMS:
                return

    def _following(self, numbered: Iterator[tuple[int, Job[Item] | Ready[Result]]]) -> Iterator[_Entry[Item, Order]]:
        """What is to be done by workers, one after the other; other results are noted on the way."""
        while self._again and not self._again[0].alone:
            yield self._again.popleft()
        while len(self._done) < _AHEAD:
            number, job = next(numbered, _END)
            if job is None:
                self._all_begun = True
                return
            order = job if isinstance(job, Ready) else self._desk.packed(job.item)
            if isinstance(order, Ready):
                self._done[number] = order.result
            elif isinstance(job, Job):
                yield _Entry(number, job.item, order, job.size)

    def _submit(self, batch: list[_Entry[Item, Order]]) -> None:
        edition, data = self._desk.news()
        if edition != self._edition:
            self._edition, self._shared = edition, []
        if data is not None:
            self._shared = [*self._shared, self._ray.put(data)]
        key = f"{self._run}-{self._edition}"
        task = self._remote.remote(key, self._desk.bench, self._shared, [entry.order for entry in batch])
        self._running[task] = batch

    def _hear(self) -> None:
        errors = self._ray.exceptions
        ended, _ = self._ray.wait([*self._running], timeout=_PATIENCE_SECONDS)
        for task in ended:
            batch = self._running.pop(task)
            try:
                outcomes: list[Result | Unanswered] = self._ray.get(task)
            except (errors.WorkerCrashedError, errors.OutOfMemoryError, errors.NodeDiedError) as error:
                self._bury(batch, type(error).__name__)
            except errors.RayError as error:
                raise ClusterError(_said(error)) from error
            else:
                for entry, outcome in zip(batch, outcomes, strict=True):
                    self._take(entry, outcome)

    def _take(self, entry: _Entry[Item, Order], outcome: Result | Unanswered) -> None:
        if not isinstance(outcome, Unanswered):
            self._done[entry.number] = outcome
        elif entry.rounds < _MOST_ROUNDS:
            entry.rounds += 1
            self._desk.answer(outcome.questions)
            self._again.append(entry)
        else:
            self._done[entry.number] = self._desk.done_here(entry.item)

    def _bury(self, batch: Sequence[_Entry[Item, Order]], how: str) -> None:
        """Go on without a task that died too often. Which order was the cause is known when each is a task."""
        if len(batch) == 1:
            self._done[batch[0].number] = self._desk.lost(batch[0].item, how)
            return
        for entry in batch:
            entry.alone = True
            self._again.append(entry)


@dataclass
class _Place:
    """The bench of a worker, and how many of the news it has learned."""

    bench: Bench[Any, Any]
    learned: int = 0


@dataclass
class _Worker:
    """What a worker process keeps from one task to the next."""

    places: dict[str, _Place] = field(default_factory=dict)

    def at(self, key: str, bench: Callable[[], Bench[Any, Any]]) -> _Place:
        """The bench of a run and edition; one of another is cleared away."""
        if key not in self.places:
            self.places = {key: _Place(bench())}
        return self.places[key]


_WORKER = _Worker()


def putfix_tasks(
    key: str, bench: Callable[[], Bench[Order, Result]], shared: Sequence[Any], orders: Sequence[Order]
) -> list[Result | Unanswered]:
    """The task: the results of some orders. Its name is what a cluster shows to those who look what it does."""
    import ray

    place = _WORKER.at(key, bench)
    for news in ray.get([*itertools.islice(shared, place.learned, None)]):
        place.bench.learn(news)
        place.learned += 1
    return [place.bench.do(order) for order in orders]
