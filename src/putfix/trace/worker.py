"""Records the remote calls of a Ray worker from when it is imported: see :mod:`putfix.trace.run`."""

from __future__ import annotations

import contextlib

with contextlib.suppress(Exception):
    from putfix.trace.run import record_worker

    record_worker()
