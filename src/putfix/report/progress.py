"""How far a long run is: a line on the terminal that is drawn again and again, and gone before all else is printed."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterator
from typing import TextIO

from putfix.report.words import counted

DELAY, PAUSE = 0.5, 0.1
"""Seconds before it is first drawn, and between two times."""
_CLEAR = "\r\x1b[K"


class Progress:
    """The line on a ``stream``, which is a terminal; without one, nothing.

    It is drawn between two files only, so that nothing can be printed in the meantime; what prints something clears it.
    """

    def __init__(
        self, stream: TextIO | None, total: int | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._stream, self._total, self._clock = stream, total, clock
        self._begun = clock()
        self._next = self._begun + DELAY
        self._files = self._findings = 0
        self._drawn = False

    @property
    def is_on(self) -> bool:
        """Whether anything is ever drawn."""
        return self._stream is not None

    def count(self, findings: int) -> None:
        """One more file is done, with so many findings; the line is drawn where that is due."""
        self._files += 1
        self._findings += findings
        now = self._clock()
        if self._stream is not None and now >= self._next:
            self._next = now + PAUSE
            self._stream.write(f"\r{self.text(now)[: _columns(self._stream) - 1]}\x1b[K")
            self._stream.flush()
            self._drawn = True

    def text(self, now: float) -> str:
        """What the line says."""
        files = counted(self._files, "file") if self._total is None else f"{self._files} of {self._total} files"
        rate = self._files / max(now - self._begun, 0.001)
        per_second = f"{rate:.0f}" if rate >= 1 else f"{rate:.1f}"
        return f"{files} checked, {per_second} per second, {counted(self._findings, 'finding')}"

    @contextlib.contextmanager
    def aside(self) -> Iterator[None]:
        """Do something that is no work on a file, such as waiting for an answer: its time does not count."""
        before = self._clock()
        try:
            yield
        finally:
            self._begun += self._clock() - before

    def clear(self) -> bool:
        """Take the line away; whether it was there."""
        drawn, self._drawn = self._drawn, False
        if drawn and self._stream is not None:
            self._stream.write(_CLEAR)
            self._stream.flush()
        return drawn


def _columns(stream: TextIO) -> int:
    """The width of the terminal; where it does not say, or says nothing sensible, that of most."""
    try:
        return os.get_terminal_size(stream.fileno()).columns or 80
    except (OSError, ValueError):
        return 80
