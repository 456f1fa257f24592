"""Processes that share the work of a run: they are given a little at a time, and one that dies costs one item."""

from __future__ import annotations

import contextlib
import multiprocessing
import signal
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Generic

from putfix.workers import Item, Job, Ready, Result, Workshop
from putfix.workers.ordering import Ordering

METHOD = "fork" if sys.platform == "linux" else None
"""How processes start. One that begins as a copy has what was read so far; there are no threads that it would lack."""
_BATCH_BYTES, _BATCH_ITEMS = 64_000, 32
"""What one process is given at a time: enough that handing it over does not count, and little enough that none ends
late."""
_AHEAD = 2_000
"""How many results may wait for one that comes before them."""

_Numbered = tuple[int, Item]


@dataclass(eq=False)
class _Worker(Generic[Item]):
    process: BaseProcess
    connection: Connection
    doing: deque[_Numbered[Item]] = field(default_factory=deque)
    """What it was given and has not answered yet."""


class Pool(Ordering[Item, _Numbered[Item], Result], Generic[Item, Result]):
    """Some processes, and what they are doing."""

    def __init__(self, workshop: Workshop[Item, Result], processes: int, method: str | None = METHOD) -> None:
        """``method`` is how processes start, as :func:`multiprocessing.get_context` has it."""
        super().__init__()
        self._workshop = workshop
        self._context = multiprocessing.get_context(method)
        self._workers: list[_Worker[Item]] = []
        for _ in range(processes):
            self._start()

    @property
    def _is_busy(self) -> bool:
        return bool(self._busy)

    @property
    def _busy(self) -> list[_Worker[Item]]:
        return [worker for worker in self._workers if worker.doing]

    def _feed(self, numbered: Iterator[tuple[int, Job[Item] | Ready[Result]]]) -> None:
        for worker in self._workers:
            while not worker.doing and (self._again or len(self._done) < _AHEAD):
                batch = self._batch(numbered)
                if not batch:
                    return
                worker.doing.extend(batch)
                with contextlib.suppress(OSError):  # of a dead one, which is noticed when it is heard
                    worker.connection.send([item for _, item in batch])

    def _batch(self, numbered: Iterator[tuple[int, Job[Item] | Ready[Result]]]) -> list[_Numbered[Item]]:
        """What comes next, as much as one process is given."""
        if self._again:
            return [self._again.popleft()]
        batch: list[_Numbered[Item]] = []
        size = 0
        for number, job in numbered:
            if isinstance(job, Ready):
                self._done[number] = job.result
            else:
                batch.append((number, job.item))
                size += job.size
            if size >= _BATCH_BYTES or len(batch) == _BATCH_ITEMS or len(self._done) >= _AHEAD:
                break
        else:
            self._all_begun = True
        return batch

    def _hear(self) -> None:
        busy = self._busy
        heard = wait([worker.connection for worker in busy])
        for worker in busy:
            if worker.connection in heard:
                try:
                    result: Result = worker.connection.recv()
                except (EOFError, OSError):
                    self._bury(worker)
                else:
                    number, _ = worker.doing.popleft()
                    self._done[number] = result

    def _bury(self, worker: _Worker[Item]) -> None:
        """Go on without a process that died: it costs what it was at."""
        worker.connection.close()
        worker.process.join()
        number, item = worker.doing.popleft()
        self._done[number] = self._workshop.lost(item, worker.process.exitcode or 0)
        self._again.extend(worker.doing)
        self._workers.remove(worker)
        self._start()

    def _start(self) -> None:
        """Start a process."""
        mine, its = self._context.Pipe()
        copied = self._context.get_start_method() == "fork"
        foreign = [worker.connection for worker in self._workers] + [mine] if copied else []
        process = self._context.Process(target=_serve, args=(its, self._workshop.work, foreign), daemon=True)  # type: ignore[attr-defined]
        process.start()
        its.close()
        self._workers.append(_Worker(process, mine))

    def close(self) -> None:
        """End all processes."""
        for worker in self._workers:
            worker.process.kill()
        for worker in self._workers:
            worker.process.join()
            worker.connection.close()


def _serve(connection: Connection, work: Callable[[Item], Result], foreign: Sequence[Connection]) -> None:
    """Do what comes until nothing can come any more. ``foreign`` are the ends of others that were copied with the
    process, and would keep theirs from seeing that."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that gives the work
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    for each in foreign:
        each.close()
    with contextlib.suppress(EOFError, OSError):
        while True:
            for item in connection.recv():
                connection.send(work(item))
