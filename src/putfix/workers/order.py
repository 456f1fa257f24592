"""The results of a run, in order: of one process at first, and of several where that takes long."""

from __future__ import annotations

import contextlib
import itertools
import time
from collections.abc import Iterator

from putfix.workers import Item, Job, Ready, Result, Workshop

SERIAL_SECONDS = 0.25
"""How long one process works on a run before others take part: starting two took 0.02 s here, and each of them has to
read again what it needs of other modules."""


def in_order(
    jobs: Iterator[Job[Item] | Ready[Result]], workshop: Workshop[Item, Result], processes: int
) -> Iterator[Result]:
    """The results of ``jobs`` in their order. More ``processes`` than one take part where it takes long."""
    left = SERIAL_SECONDS
    for job in jobs:
        if isinstance(job, Ready):
            yield job.result
        elif processes > 1 and left < 0:
            yield from _shared(itertools.chain([job], jobs), workshop, processes)
        else:
            begun = time.monotonic()
            result = workshop.work(job.item)
            left -= time.monotonic() - begun
            yield result


def _shared(
    jobs: Iterator[Job[Item] | Ready[Result]], workshop: Workshop[Item, Result], processes: int
) -> Iterator[Result]:
    from putfix.workers.pool import Pool  # only long runs need it

    with contextlib.closing(Pool(workshop, processes)) as pool:
        yield from pool.results(jobs)
