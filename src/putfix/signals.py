"""The signals that end a run: what they may not cut in two is finished first."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator
from types import FrameType
from typing import NoReturn

TERMINATING: tuple[int, ...] = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))
"""The signals that another program ends a run with. Windows has no SIGHUP."""


class Terminated(KeyboardInterrupt):
    """SIGTERM came, as from ``kill``, a shutdown or a time limit, or SIGHUP, as from a terminal that is closed: its
    ``number``. It ends a run as Ctrl-C does."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


@contextlib.contextmanager
def heeding_termination() -> Iterator[None]:
    """Raise :class:`Terminated` at SIGTERM and SIGHUP, unless the one that comes is ignored, as ``nohup`` has it, or
    the program around has a use for it."""
    heeded = [number for number in TERMINATING if _is_main_thread() and signal.getsignal(number) is signal.SIG_DFL]
    try:
        for number in heeded:
            signal.signal(number, _terminate)
        yield
    finally:
        for number in heeded:
            signal.signal(number, signal.SIG_DFL)


@contextlib.contextmanager
def deferred() -> Iterator[None]:
    """Let Ctrl-C, SIGTERM and SIGHUP wait until the end of the block, where something raises at them."""
    waiting: list[int] = []
    before: dict[int, Callable[[int, FrameType | None], object]] = {}
    try:
        for number in (signal.SIGINT, *TERMINATING) if _is_main_thread() else ():
            handler = signal.getsignal(number)
            if callable(handler):
                before[number] = handler
                signal.signal(number, lambda number, _frame: waiting.append(number))
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        for number in waiting:  # of several, the first that raises
            before[number](number, None)


def _is_main_thread() -> bool:
    """Whether this is the thread that may say what happens at signals, and that they interrupt."""
    return threading.current_thread() is threading.main_thread()


def _terminate(number: int, _frame: FrameType | None) -> NoReturn:
    raise Terminated(number)
