"""putfix on a pseudo-terminal: what a user would see, what is typed, and which signals come.

    with Terminal(folder, "--apply") as terminal:
        terminal.wait_for("]? ")
        terminal.send("y\n")
        run = terminal.finish()
    run.code, run.shown

Nothing waits longer than ``LONGEST`` seconds: then the command is killed and the test fails with what was printed.
"""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

LONGEST = 60
ROWS, COLUMNS = 24, 80
INTERRUPT = "\x03"
"""What Ctrl-C types."""

_STREAMS = ("stdin", "stdout", "stderr")


def showing_progress(*, after: float, every: float = 0.1) -> list[str]:
    """putfix, which shows progress after so many seconds, and draws it again after so many more."""
    program = (
        "import runpy\nfrom putfix.report import progress\n"
        f"progress.DELAY, progress.PAUSE = {after}, {every}\nrunpy.run_module('putfix', run_name='__main__')"
    )
    return [sys.executable, "-c", program]


_PATIENT = showing_progress(after=2 * LONGEST)
"""putfix as it is where a run is short, also on a machine that has much else to do."""
_ESCAPE = re.compile(r"\x1b\[([0-9;?]*)([A-Za-z])")
_CONCERNING_COLOURS = ("NO_COLOR", "FORCE_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "COLUMNS", "LINES", "COLORTERM")


@dataclass(frozen=True)
class Transcript:
    """What a command printed: all that the terminal was sent, what went to the pipes instead, and the exit code, which
    is negative where a signal killed it."""

    code: int
    printed: str
    stdout: bytes = b""
    stderr: bytes = b""

    @property
    def shown(self) -> str:
        """What stands on the terminal in the end, without colours."""
        return screen(self.printed)


class Terminal:
    """``putfix ARGUMENTS`` in a folder, or another ``command``, with a pseudo-terminal for its streams but ``piped``.

    ``piped`` names streams (``stdin``, ``stdout``, ``stderr``) that are pipes instead; such an input is empty.
    Variables of colours are unset, and ``TERM`` is that of a common terminal, unless ``environment`` has them.
    """

    def __init__(
        self,
        folder: Path,
        *arguments: str,
        command: Sequence[str] = _PATIENT,
        environment: Mapping[str, str] | None = None,
        piped: Sequence[str] = (),
        columns: int = COLUMNS,
    ) -> None:
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, columns, 0, 0))
        kept = {name: value for name, value in os.environ.items() if name not in _CONCERNING_COLOURS}
        stdin, stdout, stderr = (subprocess.PIPE if name in piped else slave for name in _STREAMS)

        def take_the_terminal() -> None:
            """Let Ctrl-C reach the command, also where what runs the tests ignores it."""
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            fcntl.ioctl(slave, termios.TIOCSCTTY, 0)

        self.process = subprocess.Popen(
            [*command, *arguments],
            cwd=folder,
            env={**kept, "TERM": "xterm-256color", **(environment or {})},
            start_new_session=True,
            preexec_fn=take_the_terminal,
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
        )
        os.close(slave)
        self._pipes = {name: b"" for name in _STREAMS[1:] if name in piped}
        self._printed = b""
        self._seen: dict[str, int] = {}
        self._until = time.monotonic() + LONGEST
        if self.process.stdin is not None:
            self.process.stdin.close()

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        for stream in (self.process.stdout, self.process.stderr):
            if stream is not None:
                stream.close()
        os.close(self._master)

    @property
    def printed(self) -> str:
        """All that the terminal was sent so far."""
        return self._printed.decode(errors="replace").replace("\r\n", "\n")

    def wait_for(self, text: str) -> str:
        """Wait until the command has printed ``text`` after what was waited for last, on the terminal or into a pipe;
        all that was printed so far."""
        wanted = text.encode()
        while True:
            for name, data in {"terminal": self._printed, **self._pipes}.items():
                found = data.find(wanted, self._seen.get(name, 0))
                if found >= 0:
                    self._seen[name] = found + len(wanted)
                    return self.printed
            assert self._read(), f"it ended without {text!r}: {self.printed}{self._pipes}"

    def send(self, text: str) -> None:
        """Type ``text``, in which surrogates stand for bytes that are no text."""
        os.write(self._master, text.encode("utf-8", "surrogateescape"))

    def signal(self, number: int) -> None:
        """Send a signal to the command."""
        self.process.send_signal(number)

    def finish(self) -> Transcript:
        """Wait until the command ends."""
        while self._read():
            pass
        code = self.process.wait(max(self._until - time.monotonic(), 1))
        pipes = {name: data.replace(b"\r\n", b"\n") for name, data in self._pipes.items()}
        return Transcript(code, self.printed, **pipes)

    def _read(self) -> bool:
        """Read what there is; False where all has been read."""
        if time.monotonic() > self._until:
            self.process.kill()
            raise AssertionError(f"it did not end in {LONGEST} seconds: {self.printed}{self._pipes}")
        streams = {self._master: "terminal"}
        for name in self._pipes:
            stream = getattr(self.process, name)
            if not stream.closed:
                streams[stream.fileno()] = name
        ended = self.process.poll() is not None
        ready, _, _ = select.select([*streams], [], [], 0 if ended else 0.2)
        read = {streams[number]: _read(number) for number in ready}
        for name, data in read.items():
            self._take(name, data)
        return not ended or any(read.values())

    def _take(self, name: str, data: bytes) -> None:
        if name == "terminal":
            self._printed += data
        elif data:
            self._pipes[name] += data
        else:
            getattr(self.process, name).close()


def _read(number: int) -> bytes:
    """What there is to read; nothing where the other end of the terminal is closed."""
    try:
        return os.read(number, 65536)
    except OSError:
        time.sleep(0.01)
        return b""


def run(
    folder: Path, *arguments: str, environment: Mapping[str, str] | None = None, piped: Sequence[str] = ()
) -> Transcript:
    """Run ``putfix ARGUMENTS`` on a pseudo-terminal to its end, without typing anything."""
    with Terminal(folder, *arguments, environment=environment, piped=piped) as terminal:
        return terminal.finish()


def without_colours(text: str) -> str:
    """``text`` without the escapes of terminals."""
    return _ESCAPE.sub("", text)


def screen(printed: str, columns: int = COLUMNS) -> str:
    """What stands on a terminal that was sent ``printed``: with returns, cleared and wrapped lines, without colours."""
    lines: list[list[str]] = [[]]
    row = column = position = 0
    while position < len(printed):
        escape = _ESCAPE.match(printed, position)
        character = printed[position]
        position = escape.end() if escape else position + 1
        if escape is not None:
            if escape[2] == "K":
                lines[row] = [] if escape[1] == "2" else lines[row][:column]
        elif character == "\r":
            column = 0
        elif character == "\n":
            row, column = row + 1, 0
        else:
            if column == columns:
                row, column = row + 1, 0
            while len(lines) <= row:
                lines.append([])
            lines[row] += [" "] * (column + 1 - len(lines[row]))
            lines[row][column] = character
            column += 1
        while len(lines) <= row:
            lines.append([])
    return "\n".join("".join(line).rstrip() for line in lines)
