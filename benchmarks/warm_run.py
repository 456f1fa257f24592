"""What a run costs that has been made before, against ruff without its cache: nothing changed, or one file.

    python benchmarks/warm_run.py [--rounds N] [--jobs N] [PACKAGE]

The Python files of an installed package, Ray's by default, are copied, as one of them is changed: it gets a comment
at its end in each round. All commands look at the whole copy. It prints a Markdown table with the least and the median
of the processor time (user and system) and of the time on the clock, in seconds, and the ratios of the least to those
of ``ruff check --select F401 --no-cache``, which takes all processors that there are. The cold run is made once, as it
takes long; the first round of the others, which may compile byte code, does not count.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

_PUTFIX = [sys.executable, "-c", "import sys; from putfix.__main__ import main; sys.exit(main())"]
"""What the script does that installing puts beside the interpreter."""
_RUFF = "ruff check --select F401 --no-cache --isolated".split()
_SETTLED = 3
"""After how many seconds a file is known by its time."""


class Spent(NamedTuple):
    """Seconds of processors, and on the clock."""

    processor: float
    clock: float


def main() -> int:
    """Measure, and print the table."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("package", nargs="?", default="ray")
    options.add_argument("--rounds", type=int, default=10)
    options.add_argument("--jobs", default="2")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder, given.package)
        copied = _copy(given.package, tree)
        time.sleep(_SETTLED)
        putfix = [*_PUTFIX, "--jobs", given.jobs, "--cache-dir", str(Path(folder, "cache")), str(tree)]
        ruff = [*_RUFF, str(tree)]
        times: dict[str, list[Spent]] = {"ruff": [], "cold": [_spent(putfix)], "warm": [], "one file changed": []}
        for _ in range(given.rounds + 1):
            times["ruff"].append(_spent(ruff))
            times["warm"].append(_spent(putfix))
        changed = _sending(copied)
        for _ in range(given.rounds + 1):
            with changed.open("a") as stream:
                stream.write("# one line more\n")
            times["one file changed"].append(_spent(putfix))
    size = sum(map(len, copied.values()))
    print(f"{len(copied)} files, {size / 1e6:.1f} MB; the changed one, {changed.relative_to(tree)}, has remote calls\n")
    _print(times)
    return 0


def _copy(package: str, tree: Path) -> dict[Path, bytes]:
    """Copy the Python files of a package; what is in them, by their new paths."""
    found = importlib.util.find_spec(package)
    if found is None or not found.submodule_search_locations:
        raise SystemExit(f"{package} is no package that is installed here")
    shutil.copytree(found.submodule_search_locations[0], tree, ignore=_other_files)
    return {path: path.read_bytes() for path in sorted(tree.rglob("*.py"))}


def _other_files(folder: str, names: list[str]) -> list[str]:
    return [name for name in names if not name.endswith(".py") and not os.path.isdir(os.path.join(folder, name))]


def _sending(files: dict[Path, bytes]) -> Path:
    """The file of medium length among those with remote calls."""
    sending = sorted((len(data), path) for path, data in files.items() if b".remote(" in data and b"import ray" in data)
    return sending[len(sending) // 2][1]


def _spent(command: list[str]) -> Spent:
    """The time of a command, with all that it starts."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    code = subprocess.run(command, env=environment, capture_output=True, check=False).returncode
    clock, after = time.monotonic() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    if code not in (0, 1):
        raise SystemExit(f"{' '.join(command)} ended with {code}")
    return Spent(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, clock)


def _print(times: dict[str, list[Spent]]) -> None:
    counted = {name: each[1:] or each for name, each in times.items()}
    ruff = Spent(*(min(column) for column in zip(*counted["ruff"], strict=True)))
    print("| run | processor, least | median | to ruff | clock, least | median | to ruff |\n|-|-|-|-|-|-|-|")
    for name, each in counted.items():
        cells = [name]
        for column, peer in zip(zip(*each, strict=True), ruff, strict=True):
            least, median = min(column), statistics.median(column)
            cells += [f"{least:.2f}", f"{median:.2f}", f"{least / peer:.2f}"]
        print(f"| {' | '.join(cells)} |")


if __name__ == "__main__":
    sys.exit(main())
