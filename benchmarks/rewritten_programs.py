"""What the rewritten program costs on Ray: against the program by value, and against what an expert writes.

    python benchmarks/rewritten_programs.py compare [--rounds N]
    python benchmarks/rewritten_programs.py sweep [--rounds N] [--chart FILE.svg]

Both print a Markdown table. ``compare`` runs the programs under ``programs/`` in three versions: by value, which is the
file; rewritten, which is what putfix makes of it in this run; and by hand, which is the file ``..._by_hand.py``.
``sweep`` runs ``programs/sweep.py`` by value and rewritten, for several sizes of its array and numbers of calls.

A program says itself how long it took from the first ``remote`` or ``put`` on, in its variable ``seconds``: making the
value, and starting actors, is not in that. The bytes are those that Ray counts in its object store. All versions run on
one Ray of two CPUs, by turns, each round in another order, and each in an empty store. Each runs twice in its turn, and
the second run counts: the first meets the workers and the pages of the store as another version left them. It takes up
to 4 GB of memory.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import io
import itertools
import platform
import re
import statistics
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from object_store import held_bytes, spilled_bytes, stored_bytes

from putfix import Settings, fix_source

PROGRAMS = Path(__file__).parent / "programs"
COMPARED = ("documentation", "actors", "weights_of_each_epoch", "table_fan_out", "nested_loops")
"""The programs that have a version by hand."""

VALUE, REWRITTEN, HAND = "by value", "rewritten", "by hand"
"""The names of the versions."""

SIZES = (1_000, 10_000, 100_000, 110_000, 500_000, 1_000_000, 10_000_000, 50_000_000, 200_000_000)
"""Bytes of the array in the sweep; Ray sends up to 102,400 along with the call, and puts what is larger."""

CALLS = (2, 10, 100)
AT_ONCE = 10
"""Calls in flight at a time: 100 copies of 200 MB would not fit into the store together."""

STORE = 3_500_000_000
"""Bytes of Ray's object store: ten copies of 200 MB, and those of the calls before that Ray has not freed yet."""


@dataclass(frozen=True)
class Run:
    """One run of a program: what it printed, its own time, and the bytes that Ray stored meanwhile."""

    printed: str
    seconds: float
    stored: int


def source_of(name: str, **constants: int) -> str:
    """The text of a program, with other values for some of its constants."""
    text = (PROGRAMS / f"{name}.py").read_text(encoding="utf-8")
    for constant, value in constants.items():
        text, found = re.subn(rf"^{constant} = .*$", f"{constant} = {value}", text, flags=re.MULTILINE)
        if found != 1:
            raise ValueError(f"{name} has {found} lines that begin with {constant} =")
    return text


def rewritten(text: str, settings: Settings | None = None) -> str:
    """What putfix makes of a program, with its default settings or others."""
    result = fix_source(text, settings=settings or Settings())
    if not result.changed:
        raise ValueError("putfix leaves the program as it is")
    return result.new_source


def versions_of(name: str, **constants: int) -> dict[str, str]:
    """The three versions of a program, with other values for some of its constants."""
    text = source_of(name, **constants)
    return {VALUE: text, REWRITTEN: rewritten(text), HAND: source_of(f"{name}_by_hand", **constants)}


def swept(size: int, calls: int) -> dict[str, str]:
    """The program of the sweep for an array of ``size`` bytes, whatever its size rewritten."""
    at_once = min(calls, AT_ONCE)
    text = source_of("sweep", ITEMS=size // 8, CALLS=at_once, TURNS=calls // at_once)
    return {VALUE: text, REWRITTEN: rewritten(text, Settings(min_size=1))}


def run(text: str) -> Run:
    """Run a program on the Ray of this process, and wait until what it stored is gone."""
    code = compile(text, "<program>", "exec")
    printed = io.StringIO()
    namespace: dict[str, object] = {"__name__": "__main__"}
    start, before = stored_bytes(), held_bytes()
    with contextlib.redirect_stdout(printed):
        exec(code, namespace)
    seconds = namespace["seconds"]
    assert isinstance(seconds, float)
    namespace.clear()
    gc.collect()  # actors go when their handles do
    stored = stored_bytes() - start
    end = time.monotonic() + 10
    while held_bytes() > before and time.monotonic() < end:
        time.sleep(0.02)
    return Run(printed.getvalue(), seconds, stored)


def measure(versions: Mapping[str, str], rounds: int) -> dict[str, list[Run]]:
    """Run the versions by turns, each round in another order; of each two runs in a row the second counts."""
    found: dict[str, list[Run]] = {version: [] for version in versions}
    orders = [*itertools.permutations(versions)]
    for number in range(rounds):
        for version in orders[number % len(orders)]:
            run(versions[version])
            found[version].append(run(versions[version]))
    if len({each.printed for runs in found.values() for each in runs}) != 1:
        raise ValueError("the versions print different results")
    return found


def ratios(above: Iterable[Run], below: Iterable[Run]) -> tuple[float, float]:
    """The median over the rounds of the ratio of two times, and the ratio of the shortest of each."""
    one, other = ([each.seconds for each in runs] for runs in (above, below))
    rounds = (first / second for first, second in zip(one, other, strict=True))
    return statistics.median(rounds), min(one) / min(other)


def median(runs: Iterable[Run]) -> float:
    """The median time in milliseconds."""
    return statistics.median(each.seconds for each in runs) * 1e3


def stored(runs: Iterable[Run]) -> int:
    """The median of the bytes stored."""
    return int(statistics.median(each.stored for each in runs))


def row(*cells: object) -> None:
    """Print one row of a Markdown table."""
    print("|", " | ".join(map(str, cells)), "|", flush=True)


def compare(rounds: int) -> None:
    """The table of the programs in three versions."""
    times = [f"{version} (ms)" for version in (VALUE, REWRITTEN, HAND)]
    sizes = [f"{version} (MB)" for version in (VALUE, REWRITTEN, HAND)]
    row("program", *times, "rewritten / by hand: median", "shortest", *sizes, "bytes: rewritten / by hand")
    row(*["-"] * 10)
    for name in COMPARED:
        found = measure(versions_of(name), rounds)
        middle, shortest = ratios(found[REWRITTEN], found[HAND])
        bytes_of = {version: stored(runs) for version, runs in found.items()}
        row(
            f"`{name}`",
            *(f"{median(runs):,.0f}" for runs in found.values()),
            f"{middle:.3f}",
            f"{shortest:.3f}",
            *map(megabytes, bytes_of.values()),
            f"{bytes_of[REWRITTEN] / bytes_of[HAND]:.4f}",
        )


def sweep(rounds: int, chart: Path | None) -> None:
    """The table over sizes and numbers of calls, the sizes from which on a put pays, and the chart of both."""
    gains: dict[int, list[tuple[int, float]]] = {calls: [] for calls in CALLS}
    row("size", "calls", "by value (ms)", "rewritten (ms)", "by value / rewritten", "by value (MB)", "rewritten (MB)")
    row(*["-"] * 7)
    for size in SIZES:
        for calls in CALLS:
            found = measure(swept(size, calls), rounds)
            gain, _ = ratios(found[VALUE], found[REWRITTEN])
            gains[calls].append((size, gain))
            times = (f"{median(runs):,.1f}" for runs in found.values())
            row(words(size), calls, *times, f"{gain:.2f}", *(megabytes(stored(runs)) for runs in found.values()))
    for calls, points in gains.items():
        print(f"\n{calls} calls: {break_even(points)}")
    if chart is not None:
        from sweep_chart import draw

        draw(gains, chart)


def break_even(points: list[tuple[int, float]]) -> str:
    """The two sizes between which the rewritten program becomes the faster one for good."""
    slower = [number for number, (_, gain) in enumerate(points) if gain < 1]
    if not slower:
        return f"the rewritten program is the faster one from {words(points[0][0])} on"
    last = slower[-1]
    if last + 1 == len(points):
        return "the rewritten program is not the faster one for any size"
    return f"break-even between {words(points[last][0])} and {words(points[last + 1][0])}"


def words(size: int) -> str:
    """A number of bytes, for people."""
    return f"{size // 1_000_000} MB" if size >= 1_000_000 else f"{size // 1000} KB"


def megabytes(size: int) -> str:
    """A number of bytes in MB, small ones with more digits."""
    return f"{size / 1e6:,.{2 if size >= 1_000_000 else 4}f}"


def main() -> int:
    """Measure what the command line asks for."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    kinds = options.add_subparsers(dest="kind", required=True)
    kinds.add_parser("compare").add_argument("--rounds", type=int, default=15)
    sweeping = kinds.add_parser("sweep")
    sweeping.add_argument("--rounds", type=int, default=7)
    sweeping.add_argument("--chart", type=Path)
    chosen = options.parse_args()
    import numpy
    import ray

    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, object_store_memory=STORE)
    print(f"Python {platform.python_version()}, Ray {ray.__version__}, NumPy {numpy.__version__}", end=", ")
    print(f"{chosen.rounds} rounds\n")
    if chosen.kind == "compare":
        compare(chosen.rounds)
    else:
        sweep(chosen.rounds, chosen.chart)
    print(f"\nSpilled to disk: {spilled_bytes()} bytes.")
    ray.shutdown()
    return 0


if __name__ == "__main__":
    sys.exit(main())
