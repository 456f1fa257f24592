"""What a call of putfix costs as editors and pre-commit make it, one file a process: against importing its libraries.

    python benchmarks/startup.py [--rounds N]

Each command runs once in every round, so that what else the machine does falls on all alike; the first round, which may
compile byte code, does not count. It prints a Markdown table with the least and the median processor time (user and
system) of each command in milliseconds, and the ratios of the least to those of ``import click`` and of ``import
libcst, click``: what any command line with these libraries takes before it does anything. Each file has 300 lines; of
the one with hoists, every function sends an array again and again, and in its place a short list in the one with
nothing to hoist.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

_PUTFIX = [sys.executable, "-c", "import sys; from putfix.__main__ import main; sys.exit(main())"]
"""What the script does that installing puts beside the interpreter."""

_HEAD = """\
import numpy as np
import ray


@ray.remote
def column_sum(table, column):
    return float(table[:, column].sum())


def mean(numbers):
    return sum(numbers) / len(numbers) if numbers else 0.0
"""
_SENDING = '''

def experiment_{number}(rows=1000, rounds=10):
    """Sum the columns of a table in several ways, and compare the means."""
    table = np.zeros((rows, 1000))
    sums = []
    for column in range(rounds):
        sums.append(column_sum.remote(table, column))
    totals = ray.get(sums)
    seen = {{}}
    for index, total in enumerate(totals):
        if total > 0:
            seen[index] = round(total, 3)
        else:
            seen.setdefault("empty", []).append(index)
    weights = [1 / (index + 1) for index in range(rounds)]
    weighted = [weight * total for weight, total in zip(weights, totals)]
    return mean(totals), mean(weighted), seen
'''
_LINES = 300


def main() -> int:
    """Measure, and print the table."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rounds", type=int, default=20)
    rounds = options.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "job.py")
        plain, quiet = Path(folder, "plain.py"), Path(folder, "quiet.py")
        sending = _source(_HEAD, _SENDING)
        quiet.write_text(sending.replace("np.zeros((rows, 1000))", "[rows]"))
        plain.write_text(sending.replace("ray", "pool").replace("remote", "submit"))
        commands = _commands(path, plain, quiet)
        times: dict[str, list[float]] = {name: [] for name in commands}
        for number in range(rounds + 1):
            for name, command in commands.items():
                path.write_text(sending)
                spent = _seconds(command, folder)
                if number:
                    times[name].append(spent)
    _print(times)
    return 0


def _commands(path: Path, plain: Path, quiet: Path) -> dict[str, list[str]]:
    """The commands by their names in the table: first the peers."""
    return {
        "`import click`": [sys.executable, "-c", "import click"],
        "`import libcst, click`": [sys.executable, "-c", "import libcst, click"],
        "`putfix --version`": [*_PUTFIX, "--version"],
        "`putfix --help`": [*_PUTFIX, "--help"],
        "a file without Ray": [*_PUTFIX, str(plain)],
        "a file without Ray, `--apply --yes`": [*_PUTFIX, "--apply", "--yes", str(plain)],
        "a file with Ray, nothing to hoist": [*_PUTFIX, str(quiet)],
        "a file with hoists": [*_PUTFIX, str(path)],
        "a file with hoists, `--apply --yes`": [*_PUTFIX, "--apply", "--yes", str(path)],
    }


def _source(head: str, function: str) -> str:
    """As many functions as give a file of the length, with comments in place of what is left of it."""
    each = function.count("\n")
    many = (_LINES - head.count("\n")) // each
    text = head + "".join(function.format(number=number) for number in range(many))
    return text + "# the end\n" * (_LINES - text.count("\n"))


def _seconds(command: list[str], folder: str) -> float:
    """The processor time of a command, and of all that it starts."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    code = subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False).returncode
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if code not in (0, 1):
        raise SystemExit(f"{' '.join(command)} ended with {code}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _print(times: dict[str, list[float]]) -> None:
    click, both, *_ = (min(each) for each in times.values())
    print("| command | least (ms) | median (ms) | to `import click` | to `import libcst, click` |\n|-|-|-|-|-|")
    for name, each in times.items():
        least = min(each)
        median = statistics.median(each)
        print(f"| {name} | {1000 * least:.1f} | {1000 * median:.1f} | {least / click:.2f} | {least / both:.2f} |")


if __name__ == "__main__":
    sys.exit(main())
