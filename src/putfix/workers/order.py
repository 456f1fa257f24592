"""The results of a run, in order: of one process at first, and of several where that takes long."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator

from putfix.workers import Item, Job, Ready, Result, Workshop

SERIAL_SECONDS = 0.25
"""How long a run goes on in one process before it takes more: starting two took 0.02 s here, and each of them has to
read again what it needs of other modules."""


def in_order(
    jobs: Iterator[Job[Item] | Ready[Result]], workshop: Workshop[Item, Result], processes: int
) -> Iterator[Result]:
    """The results of ``jobs`` in their order. More ``processes`` than one take part where it takes long."""
    until = time.monotonic() + SERIAL_SECONDS
    for job in jobs:
        yield job.result if isinstance(job, Ready) else workshop.work(job.item)
        if processes > 1 and time.monotonic() > until:
            break
    else:
        return
    from putfix.workers.pool import Pool  # only long runs need it

    with contextlib.closing(Pool(workshop, processes)) as pool:
        yield from pool.results(jobs)
