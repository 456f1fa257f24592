"""Runs that end at a random moment: every file is the old or the new one, and the next run clears what is left.

python tests/adversary/kills.py --tries 1000
python tests/adversary/kills.py --tries 1000 --signal TERM    (or INT)

Each try makes a directory of files to be rewritten, starts ``putfix --apply --yes`` on it, and sends the signal after a
random part of the time that a whole run takes. The run is a copy of this process, which has all modules loaded: so most
signals come while files are analysed and written. Then a second run has to finish the work.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from putfix import fix_source
from putfix.command import start
from putfix.options import Options
from putfix.report.sentences import ExitCode

_SOURCE = """\
import numpy as np
import ray

f = ray.remote(lambda a, i: i)
x = np.zeros((500, 500))
futures = [f.remote(x, i) for i in range(10)]
"""
_LENGTH = 200_000
"""How many bytes a file has in comments, so that writing it takes a while."""

_FILES = 6

_WAITING = {signal.SIGINT}
"""The signals that wait until a run is one of its own."""

OLD = f"{_SOURCE}# {'-' * _LENGTH}\n".encode()
NEW = fix_source(OLD.decode()).new_source.encode()


@dataclass(frozen=True)
class Outcome:
    """What a run left behind that got a signal, and what is wrong with that."""

    ended: int
    """Its exit code; negative where the signal killed it."""
    written: int
    left: int
    """How many temporary files there are."""
    wrong: str = ""


def attempt(folder: Path, number: signal.Signals, seconds: float) -> Outcome:
    """Send a signal to a run after so many seconds, and let another one do the rest."""
    for path in _make(folder):
        path.write_bytes(OLD)
    ended = _run(folder, number, seconds)
    contents = [path.read_bytes() for path in _make(folder)]
    left = len(_others(folder))
    wrong = "" if all(content in (OLD, NEW) for content in contents) else "a file is neither the old nor the new one"
    if number is not signal.SIGKILL and left:
        wrong = "a temporary file was left"
    if number is not signal.SIGKILL and ended not in (0, 128 + number, -number):
        wrong = f"it ended with {ended}"
    again = _run(folder)
    if again or any(path.read_bytes() != NEW for path in _make(folder)):
        wrong = wrong or f"the next run did not finish the work, and ended with {again}"
    if _others(folder):
        wrong = wrong or "the next run left temporary files"
    return Outcome(ended, contents.count(NEW), left, wrong)


def _make(folder: Path) -> list[Path]:
    return [folder / f"job{number}.py" for number in range(_FILES)]


def _others(folder: Path) -> list[str]:
    return [each for each in os.listdir(folder) if not each.endswith(".py")]


def whole_run(folder: Path) -> float:
    """The seconds that a run takes which gets no signal."""
    for path in _make(folder):
        path.write_bytes(OLD)
    started = time.monotonic()
    _run(folder)
    return time.monotonic() - started


def _run(folder: Path, number: signal.Signals | None = None, seconds: float = 0.0) -> int:
    """The exit code of a run, negative where a signal killed it; with a ``number`` it gets that after a while."""
    signal.pthread_sigmask(signal.SIG_BLOCK, _WAITING)
    process = os.fork()
    if not process:
        _become_a_run(folder)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _WAITING)
    if number is not None:
        time.sleep(seconds)
        os.kill(process, number)
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


def _become_a_run(folder: Path) -> None:
    code = 99
    try:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)  # jobs in the background ignore it
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _WAITING)
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.dup2(nowhere, sys.stderr.fileno())
        code = start(Options((str(folder),), apply=True, yes=True))
    except KeyboardInterrupt:  # before the run begins, where the command says the same
        code = ExitCode.INTERRUPTED
    finally:
        os._exit(code)


def tried(tries: int, number: signal.Signals, seed: int = 0) -> Counter[str]:
    """The figures of many tries; what is wrong is printed."""
    chance = random.Random(seed)
    counts: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        longest = max(whole_run(folder) for _ in range(3))
        for each in range(tries):
            found = attempt(folder, number, chance.uniform(0, longest))
            counts["runs"] += 1
            counts["ended by the signal"] += found.ended != 0
            counts["with some files written, and some not"] += 0 < found.written < _FILES
            counts["that left a temporary file"] += found.left > 0
            counts["wrong"] += bool(found.wrong)
            if found.wrong:
                print(f"try {each}: {found}", flush=True)
    return counts


def main() -> int:
    """Print the figures; 1 where anything was wrong."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--tries", type=int, default=1000)
    parser.add_argument("--signal", choices=("KILL", "TERM", "INT"), default="KILL")
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args()
    started = time.monotonic()
    counts = tried(chosen.tries, signal.Signals[f"SIG{chosen.signal}"], chosen.seed)
    figures = ", ".join(f"{number} {what}" for what, number in counts.items())
    print(f"SIG{chosen.signal}: {figures}, in {time.monotonic() - started:.0f} seconds")
    return 1 if counts["wrong"] else 0


if __name__ == "__main__":
    sys.exit(main())
