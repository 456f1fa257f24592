"""How time and memory grow with the number of files, and what the stages of a run cost, on a made-up code base.

    python benchmarks/synthetic_corpus.py [--files N ...] [--jobs N] [--cache]
    python benchmarks/synthetic_corpus.py --stages [DIRECTORY]

The first makes a tree of so many files (1,000, 10,000 and 100,000), runs ``putfix`` over it in other processes, and
prints a Markdown table: bytes, wall time, processor time (user and system, of all processes), that per file and per
MB, and the peak memory of the largest process. The 100,000 files take 0.5 GB of disk; all are removed in the end. With
``--cache``, each run has a cache of its own, which is empty at first, and is made once more when that is full. The
second prints what each stage costs on 1,000 such files, or on those in a directory: what the machine that starts a run
on a cluster does for each file, what a worker does for each file that calls Ray, and how many bytes go there and back.

The tree has projects of 500 files, each in packages of 50 that share modules. Of a hundred files, 97 do not know Ray;
of the others, two have tasks and actors, and one sends values, often again and again. Files have 25 to 400 lines. Two
projects that differ come again and again, so that ten times the files have ten times the work in them.
"""

from __future__ import annotations

import argparse
import itertools
import os
import pickle
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from putfix import checking, distributed, run
from putfix.files.configuration import Configurations
from putfix.files.discovery import located
from putfix.files.disk import DISK
from putfix.files.project import ProjectFiles
from putfix.trace.lookup import Lookup
from putfix.workers import Job, Ready
from putfix.workers.desks import Bench, Unanswered

_OF_A_PROJECT, _OF_A_PACKAGE = 500, 50
_SENDING = 2
"""Of how many packages one has a file that sends values."""
_SETTLED = 3
"""After how many seconds a file is known by its time."""

_TASKS = '''\
"""The tasks of a package."""

import numpy as np
import ray

ROWS = 2000


@ray.remote
def column_sum(table, column):
    return float(table[:, column].sum())


@ray.remote
class Worker:
    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)

    def gradient(self, weights, rate):
        return weights.mean() * rate


def empty(columns=100):
    return np.zeros((ROWS, columns))
'''
_HEAD = '''\
"""Module {number} of package {package}."""

import json
import logging
import os

from project.package_{package} import {other}
from project.package_{package}.module_{near} import Record_{near}

log = logging.getLogger(__name__)


class Record_{number}:
    """What is known of one order."""

    def __init__(self, name, amount, parts=()):
        self.name = name
        self.amount = amount
        self.parts = list(parts)

    def total(self, rates):
        return sum(part["price"] * rates.get(part["currency"], 1.0) for part in self.parts) + self.amount

    def to_json(self):
        return json.dumps({{"name": self.name, "amount": self.amount, "parts": self.parts}}, sort_keys=True)
'''
_PLAIN = '''

def read_{number}(path, limit=1000):
    """The records in a file, as long as there are not too many."""
    found = []
    with open(os.path.join(path, "records_{number}.json")) as stream:
        for line in stream:
            if not line.strip():
                continue
            values = json.loads(line)
            record = Record(values["name"], float(values.get("amount", 0)), values.get("parts", []))
            if record.amount > {number}:
                log.info("a large one: %s", record.name)
            found.append(record)
            if len(found) >= limit:
                break
    return sorted(found, key=lambda each: (-each.amount, each.name))
'''
_ONCE = """

def step_{number}(seed, rate=0.1):
    worker = Worker.remote(seed)
    sums = [column_sum.remote(empty(), column) for column in range(3)]
    return ray.get(worker.gradient.remote(empty(), rate)), ray.get(sums)
"""
_AGAIN = """

def experiment_{number}(seeds, rounds=10, rate=0.1):
    table = np.zeros((1000 + {number}, 1000))
    weights = empty(500)
    workers = [Worker.remote(seed) for seed in seeds]
    history = []
    for epoch in range(rounds):
        sums = [column_sum.remote(table, column) for column in range(rounds)]
        gradients = ray.get([worker.gradient.remote(weights, rate) for worker in workers])
        history.append((epoch, sum(ray.get(sums)), sum(gradients)))
        if history[-1][1] < 0:
            log.warning("epoch %s of experiment {number}", epoch)
            break
    return history
"""


def make(root: Path, files: int) -> int:
    """Write a tree of so many Python files; the same each time. Gives how many bytes they have in all."""
    size = 0
    for first in range(0, files, _OF_A_PROJECT):
        choose = random.Random(first // _OF_A_PROJECT % 2)
        project = root / f"team_{first // _OF_A_PROJECT:04}" / "project"
        project.mkdir(parents=True)
        (project.parent / "pyproject.toml").touch()
        for package in range(0, min(_OF_A_PROJECT, files - first), _OF_A_PACKAGE):
            size += _make_package(project, package // _OF_A_PACKAGE, choose)
    return size


def _make_package(project: Path, package: int, choose: random.Random) -> int:
    folder = project / f"package_{package}"
    folder.mkdir()
    size = (folder / "__init__.py").write_text('"""A package."""\n')
    size += (folder / "tasks.py").write_text(_TASKS)
    sending = choose.randrange(2, _OF_A_PACKAGE) if package % _SENDING == 0 else None
    for number in range(2, _OF_A_PACKAGE):
        with_ray = number == sending
        other = "tasks as of_package" if with_ray else f"module_{choose.randrange(2, _OF_A_PACKAGE)}"
        head = _HEAD.format(number=number, package=package, near=choose.randrange(2, _OF_A_PACKAGE), other=other)
        if with_ray:
            head += f"\n\nimport numpy as np\nimport ray\n\nfrom project.package_{package}.tasks import *\n"
        bodies = [choose.choice([_ONCE, _AGAIN, _PLAIN]) if with_ray else _PLAIN] * min(
            int(choose.expovariate(0.2)), 20
        )
        text = head + "".join(body.format(number=each) for each, body in enumerate(bodies))
        size += (folder / f"module_{number}.py").write_text(text)
    return size


class Measured(NamedTuple):
    """What one run took."""

    wall: float
    processor: float
    peak: int
    """In bytes."""


def main() -> int:
    """Measure, and print a table."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--files", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    options.add_argument("--jobs", type=int, default=2)
    options.add_argument("--cache", action="store_true")
    options.add_argument("--stages", nargs="?", const="", metavar="DIRECTORY")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder, "corpus")
        if given.stages is not None:
            if not given.stages:
                make(root, 1_000)
            _print_stages(Path(given.stages) if given.stages else root)
            return 0
        print("| files | MB | wall (s) | processor (s) | per file (ms) | per MB (s) | peak (MB) |\n|-|-|-|-|-|-|-|")
        cache = os.path.join(folder, "cache")
        how = ["--jobs", str(given.jobs), *(["--cache-dir", cache] if given.cache else ["--no-cache"])]
        for files in given.files:
            size = make(root, files) / 1e6
            time.sleep(_SETTLED if given.cache else 0)
            for _ in range(2 if given.cache else 1):
                _print_run(root, files, size, how)
            shutil.rmtree(root)
            shutil.rmtree(cache, ignore_errors=True)
    return 0


def _print_run(root: Path, files: int, size: float, how: list[str]) -> None:
    found = _measured([sys.executable, "-m", "putfix", *how, "--statistics", str(root)], files)
    each = 1000 * found.processor / files, found.processor / size, found.peak / 1e6
    row = f"{files:,}", f"{size:.1f}", f"{found.wall:.1f}", f"{found.processor:.1f}", *(f"{one:.2f}" for one in each)
    print("|", " | ".join(row), "|", flush=True)


def _measured(command: list[str], files: int) -> Measured:
    """What a command took that checked so many files, with all processes that it started; the peak is that of the
    largest.

    Linux counts this process as well, which the command's is a copy of at first. So this one must stay the smaller:
    where it is not, there is nothing to be said of the command.
    """
    start = time.monotonic()
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=said)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        wall = time.monotonic() - start
        said.seek(0)
        text = said.read().decode()
    if process.returncode != 1 or f"({files} files checked)" not in text:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}: {text}")
    unit = 1 if sys.platform == "darwin" else 1024
    if resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >= usage.ru_maxrss:
        raise SystemExit("this process took as much memory as the command")
    return Measured(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * unit)


def _print_stages(root: Path) -> None:
    print("| stage | number | processor time | of each |\n|-|-|-|-|")
    work, project = checking.Work(), ProjectFiles()
    desk = distributed.FileDesk(run.Checker(Lookup(), work, project))
    start = time.process_time()
    jobs = [job for job in run.jobs_for(located([root]), Configurations(), work) if isinstance(job, Job)]
    _row("find the files, and their settings", len(jobs), start)
    start = time.process_time()
    packed = [desk.packed(job.item) for job in jobs]
    orders = [each for each in packed if not isinstance(each, Ready)]
    _row("read them, tell those that call Ray, foresee what these ask", len(jobs), start)
    start = time.process_time()
    news = desk.news().data or b""
    _row(f"pack what workers are told ({len(news):,} bytes)", len(orders), start)
    bench = desk.bench()
    bench.learn(news)
    start = time.process_time()
    results = [*_results(desk, bench, orders)]
    _row("check a file with calls of Ray's, on a worker", len(orders), start)
    sent, back = len(pickle.dumps(orders)), len(pickle.dumps(results))
    size = sum(len(order.data) for order in orders)
    print(f"\nFiles with calls of Ray's: {size:,} bytes; sent with the tasks: {sent:,}; results: {back:,}.")
    start = time.process_time()
    index = DISK.index(str(root / "team_0000" if (root / "team_0000").exists() else root))
    if index is not None:
        took, bytes_of_it = time.process_time() - start, len(pickle.dumps(index))
        print(f"Index of {len(index.said):,} files, which few results need: {took:.2f} s, {bytes_of_it:,} bytes.")


def _results(
    desk: distributed.FileDesk, bench: Bench[distributed.Order, distributed.Checked], orders: list[distributed.Order]
) -> Iterator[distributed.Checked]:
    """The results of a worker that is told what it asks for."""
    for order in orders:
        for number in itertools.count():
            result = bench.do(order)
            if not isinstance(result, Unanswered):
                yield result
                break
            if number > 8:
                break
            desk.answer(result.questions)
            bench.learn(desk.news().data or b"")


def _row(stage: str, number: int, start: float) -> None:
    took = time.process_time() - start
    print(f"| {stage} | {number:,} | {took:.2f} s | {1000 * took / max(number, 1):.3f} ms |", flush=True)


if __name__ == "__main__":
    sys.exit(main())
