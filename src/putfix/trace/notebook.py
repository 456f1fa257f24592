"""Recording a notebook: importing this module is enough, and so is ``%load_ext putfix``.

Adds what the notebook does from then on, until the kernel ends or ``%unload_ext putfix``, to ``putfix-trace.jsonl`` in
the current directory, or to the file that ``PUTFIX_TRACE_FILE`` names. Load it before Ray starts: workers that run
already are not recorded.
"""

from __future__ import annotations

import os
import sys

from putfix.trace.run import DEFAULT_FILE, Run

_running: list[Run] = []


def start() -> None:
    """Record from now on; does nothing where that is so already."""
    if _running:
        return
    run = Run(os.environ.get("PUTFIX_TRACE_FILE", DEFAULT_FILE))
    run.start()
    _running.append(run)
    ray = sys.modules.get("ray")
    if ray is not None and ray.is_initialized():
        print("putfix: Ray runs already, so calls that its tasks and actors make are not recorded")  # noqa: T201


def stop() -> None:
    """Record no more, and finish the file."""
    while _running:
        _running.pop().stop()


start()
