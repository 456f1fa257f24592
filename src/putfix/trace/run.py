"""Beginning to record: in the process of the program, and in the workers that its Ray starts.

A local Ray inherits the environment of the process that starts it, and its workers inherit that of Ray. So the workers
learn the file from ``PUTFIX_TRACE``, and import :mod:`putfix.trace.worker` because ``RAY_preload_python_modules`` tells
them to, before they run any task. (The other way, ``worker_process_setup_hook``, is left to the program: there can be
one only, and a worker in whose environment putfix is not installed would not survive it. A module to preload that is
missing only makes a line in the worker's log.)
"""

from __future__ import annotations

import atexit
import dataclasses
import importlib.metadata
import json
import os
import sys

from putfix.trace.hooks import Hooks
from putfix.trace.recorder import Recorder
from putfix.trace.records import Origin

DEFAULT_FILE = "putfix-trace.jsonl"
"""Where a trace goes, in the current directory, if nothing else is asked for."""

_ENVIRONMENT = "PUTFIX_TRACE"
_PRELOAD = "RAY_preload_python_modules"  # names, with commas between them (Ray 2.60: default_worker.py)
_WORKER = "putfix.trace.worker"
_DRIVER_INTERVAL = 0.5
_WORKER_INTERVAL = 0.1  # a worker is often killed when its work is done


class Run:
    """The recording of this process and its workers, from :meth:`start` to :meth:`stop`, or to the end of it."""

    def __init__(self, path: str) -> None:
        self.path = os.path.abspath(path)
        origin = Origin(os.getcwd(), sys.version.split()[0], _version("ray"), _version("putfix"))
        self._recorder = Recorder(self.path, origin, _DRIVER_INTERVAL)
        self._hooks = Hooks(self._recorder, is_driver=True)
        self._process = os.getpid()

    def start(self) -> None:
        """Record from now on. Raises :class:`OSError` where the file cannot be written."""
        self._recorder.file.append(self._recorder.empty())
        os.environ[_ENVIRONMENT] = json.dumps({"path": self.path, **dataclasses.asdict(self._recorder.origin)})
        others = [name for name in os.environ.get(_PRELOAD, "").split(",") if name not in ("", _WORKER)]
        os.environ[_PRELOAD] = ",".join([*others, _WORKER])
        self._recorder.install()
        self._hooks.install()
        # Registered before Ray registers its shutdown, it runs after that: the workers have written then.
        atexit.register(self._close)

    def stop(self) -> None:
        """Record no more in this process, and finish the file."""
        self._hooks.remove()
        atexit.unregister(self._close)
        self._close()

    def _close(self) -> None:
        if os.getpid() == self._process:
            self._recorder.close()


def record_worker() -> None:
    """Record what a worker of Ray calls, if it belongs to a run that is recorded."""
    if _ENVIRONMENT not in os.environ:
        return
    origin = json.loads(os.environ[_ENVIRONMENT])
    recorder = Recorder(origin.pop("path"), Origin(**origin), _WORKER_INTERVAL)
    recorder.install()
    Hooks(recorder, is_driver=False).install()
    atexit.register(recorder.write)


def _version(package: str) -> str:
    """The version that is installed, without importing it."""
    try:
        return importlib.metadata.version(package)
    except Exception:
        return ""
