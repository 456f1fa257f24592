"""What recording costs: the time to submit a call, recorded against unrecorded, in one process and one Ray.

    python benchmarks/trace_overhead.py [--rounds N]

For each argument it submits a batch of tasks with the recorder's hooks in Ray and a batch without them, by turns, which
of the two first changing from round to round, and waits for the tasks between batches without timing that. It prints
the median over the rounds of the time per call, and of the ratio of the two batches of a round. The recorder is the one
that `python -m putfix.trace` uses, with its limit on the time for fingerprints, which a batch of large arguments can
reach: the last column says what part of the calls was compared.

Timings depend on the machine and its load; the ratio less so. The difference for a small argument is the fixed cost of
a call; for a large one it is a CRC-32 over the bytes, beside Ray's own copy of them.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import ray

from putfix.trace.hooks import Hooks
from putfix.trace.recorder import Recorder
from putfix.trace.records import Origin, read

ARGUMENTS: dict[str, tuple[Any, int]] = {
    "1 KB bytes": (b"x" * 1000, 200),
    "1 MB array": (np.random.default_rng(0).random(125_000), 30),
    "1 MB list": (list(range(300_000, 500_000)), 20),
    "100 MB array": (np.random.default_rng(0).random(12_500_000), 4),
}
"""The arguments, each with the number of calls in a batch."""


@ray.remote(num_cpus=0.01)  # type: ignore[untyped-decorator]
def take(argument: object) -> None:
    """Do nothing with the argument."""


def submit(argument: object, calls: int) -> list[Any]:
    """One batch."""
    return [take.remote(argument) for _ in range(calls)]


def seconds(batch: Callable[[], list[Any]]) -> float:
    """The time to submit a batch; it has been worked off when this returns."""
    begin = time.perf_counter()
    references = batch()
    taken = time.perf_counter() - begin
    ray.get(references)
    del references
    time.sleep(0.05)
    return taken


def compare(argument: object, calls: int, rounds: int, path: Path) -> tuple[float, float, float, float]:
    """Medians: seconds per call without and with recording, their ratio; and the part of the calls compared."""
    recorder = Recorder(str(path), Origin(str(Path.cwd())), interval=0.5)
    pairs = []
    for number in range(rounds + 1):
        times = {}
        for is_recorded in (number % 2 == 0, number % 2 == 1):
            hooks = Hooks(recorder, is_driver=True)
            if is_recorded:
                hooks.install()
            times[is_recorded] = seconds(lambda: submit(argument, calls)) / calls
            hooks.remove()
        pairs.append((times[False], times[True]))
    recorder.close()
    (counts,) = read(path).counts.values()
    plain, recorded = (statistics.median(column) for column in zip(*pairs[1:], strict=True))  # the first warms up
    ratio = statistics.median(after / before for before, after in pairs[1:])
    return plain, recorded, ratio, 1 - counts.unknown / counts.sends


def main() -> None:
    """Print one line per argument."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=11)
    rounds = parser.parse_args().rounds
    ray.init(num_cpus=1, include_dashboard=False, log_to_driver=False, object_store_memory=3 * 10**9)
    print(f"Python {sys.version.split()[0]}, Ray {ray.__version__}, {rounds} rounds")
    print(f"{'argument':14}{'unrecorded':>14}{'recorded':>14}{'ratio':>8}{'compared':>10}")
    with tempfile.TemporaryDirectory() as directory:
        for name, (argument, calls) in ARGUMENTS.items():
            plain, recorded, ratio, compared = compare(argument, calls, rounds, Path(directory, name))
            print(f"{name:14}{plain * 1e3:11.3f} ms{recorded * 1e3:11.3f} ms{ratio:8.2f}{compared:10.0%}")


if __name__ == "__main__":
    main()
