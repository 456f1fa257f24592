"""The signals that end a run: what they may not cut in two is finished first."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator
from types import FrameType
from typing import NoReturn


class Terminated(KeyboardInterrupt):
    """SIGTERM came, as from ``kill``, a shutdown or a time limit. It ends a run as Ctrl-C does."""


@contextlib.contextmanager
def heeding_termination() -> Iterator[None]:
    """Raise :class:`Terminated` at SIGTERM, unless that is ignored, or the program around has a use for it."""
    if not _is_main_thread() or signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:
        yield
        return
    try:
        signal.signal(signal.SIGTERM, _terminate)
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


@contextlib.contextmanager
def deferred() -> Iterator[None]:
    """Let Ctrl-C and SIGTERM wait until the end of the block, where something raises at them."""
    waiting: list[int] = []
    before: dict[int, Callable[[int, FrameType | None], object]] = {}
    try:
        ending: tuple[int, ...] = (signal.SIGINT, signal.SIGTERM) if _is_main_thread() else ()
        for number in ending:
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


def _terminate(_number: int, _frame: FrameType | None) -> NoReturn:
    raise Terminated
