"""Standard streams that take or give nothing more."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from contextlib import AbstractContextManager
from typing import IO, Any, BinaryIO, cast

import click

from putfix.reading import LARGEST, TOO_LARGE

_CHUNK = 1 << 20


def say(sentence: str, *, ends: bool = True) -> None:
    """Print a line on standard error, or the beginning of one. Where that takes no more, all else goes on, and the exit
    code tells."""
    with contextlib.suppress(OSError):
        click.echo(sentence, err=True, nl=ends)


class _OfMainThread:
    """An output stream that only the main thread writes to; what others write goes to standard error."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write, here or there."""
        is_main = threading.current_thread() is threading.main_thread()
        return (self._stream if is_main else sys.stderr).write(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def keeping_threads_out() -> AbstractContextManager[object]:
    """Keep standard output to what the main thread writes: libraries may have threads that tell of what they do."""
    return contextlib.redirect_stdout(cast(IO[str], _OfMainThread(sys.stdout)))


def discard(stream: IO[str]) -> None:
    """Let what an output stream still holds go nowhere, so that flushing it at exit cannot fail."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def settle(stream: IO[str] | None) -> None:
    """Write what an output stream still holds, or let it go nowhere."""
    if stream is None:
        return
    try:
        stream.flush()
    except OSError:
        discard(stream)


def read_all(stream: BinaryIO) -> bytes:
    """What a stream gives until its end. Raises :class:`OSError`, also where that is more than a file may have."""
    chunks: list[bytes] = []
    length = 0
    while chunk := stream.read(_CHUNK):
        chunks.append(chunk)
        length += len(chunk)
        if length > LARGEST:
            raise OSError(None, TOO_LARGE)
    return b"".join(chunks)
