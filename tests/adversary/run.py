"""The long run: programs made from seeds, run before and after under the simulator.

python tests/adversary/run.py --from 0 --to 100000
python tests/adversary/run.py --carriers
python tests/adversary/run.py --objects --from 0 --to 10000
python tests/adversary/run.py --modules --from 0 --to 10000
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from dataclasses import dataclass

from generator import Program, Seeded, of_carriers, of_objects, program, split
from modules import Files, fix_files, simulate_files
from simulator import Outcome, simulate

from putfix import Result, fix_source
from putfix.garbage import rare_collection


@dataclass(frozen=True)
class Verdict:
    """What became of one program, and what is wrong with that."""

    program: Program
    result: Result
    wrong: str = ""

    @property
    def hoists(self) -> int:
        """How many puts were made; none in a program that was left alone."""
        return len(self.result.hoists) if self.result.changed else 0


def judge(made: Program) -> Verdict:
    """Rewrite a program, and run both versions if it changed."""
    with rare_collection():
        result = fix_source(made.source)
        if result.problems:
            return Verdict(made, result, f"problem: {result.problems[0].message}")
        if not result.changed:
            return Verdict(made, result)
        return Verdict(made, result, difference(simulate(made.source), simulate(result.new_source)))


@dataclass(frozen=True)
class FilesVerdict:
    """What became of a program of several files, and what is wrong with that."""

    after: Files
    hoists: int
    wrong: str = ""


def judge_files(files: Files) -> FilesVerdict:
    """The same for a program of several files."""
    with rare_collection():
        return _judged(files)


def _judged(files: Files) -> FilesVerdict:
    results = fix_files(files)
    after = {path: result.new_source for path, result in results.items()}
    problems = [problem.message for result in results.values() for problem in result.problems]
    hoists = sum(len(result.hoists) for result in results.values() if result.changed)
    if problems or not hoists:
        return FilesVerdict(after, hoists, "".join(f"problem: {each}" for each in problems[:1]))
    return FilesVerdict(after, hoists, difference(simulate_files(files), simulate_files(after)))


def several_files(seed: int) -> dict[str, str]:
    """The program of a seed, in several files."""
    choices = Seeded(seed)
    return split(choices, program(choices).source)


def difference(before: Outcome, after: Outcome) -> str:
    """How two outcomes differ, in a line; empty where they do not."""
    if before.ended != after.ended:
        return f"ended by {before.ended or 'nothing'}, now by {after.ended or 'nothing'}"
    for number, (one, other) in enumerate(zip(before.trace, after.trace, strict=False)):
        if one != other:
            return f"remote call {number}: {one}, now {other}"
    if len(before.trace) != len(after.trace):
        return f"{len(before.trace)} remote calls, now {len(after.trace)}"
    return "" if before.printed == after.printed else f"printed {before.printed!r}, now {after.printed!r}"


def main() -> int:
    """Run the programs of a range of seeds; the exit code tells whether anything was wrong."""
    options = argparse.ArgumentParser(description="Run generated programs before and after putfix.")
    options.add_argument("--from", dest="first", type=int, default=0, help="the first seed")
    options.add_argument("--to", dest="end", type=int, default=100_000, help="the seed after the last one")
    options.add_argument("--seconds", type=float, default=float("inf"), help="stop after so many seconds")
    options.add_argument("--carriers", action="store_true", help="run all programs about what takes values along")
    options.add_argument("--objects", action="store_true", help="run programs about objects that send what they hold")
    options.add_argument("--modules", action="store_true", help="run programs of several files")
    options.add_argument("--show", action="store_true", help="print the programs that differ")
    chosen = options.parse_args()
    if chosen.modules:
        return run_files(chosen)
    counts: Counter[str] = Counter()
    started = time.monotonic()
    programs = (
        of_carriers()
        if chosen.carriers
        else map(of_objects if chosen.objects else program, map(Seeded, range(chosen.first, chosen.end)))
    )
    for seed, made in enumerate(programs, 0 if chosen.carriers else chosen.first):
        if time.monotonic() - started > chosen.seconds:
            break
        verdict = judge(made)
        counts += Counter(programs=1, rewritten=verdict.result.changed, hoists=verdict.hoists)
        if verdict.wrong:
            counts["problems" if verdict.result.problems else "differences"] += 1
            print(f"seed {seed}: {verdict.wrong[:400]}", flush=True)
            if chosen.show:
                print(verdict.result.new_source)
    names = ("programs", "rewritten", "hoists", "differences", "problems")
    print(", ".join(f"{counts[name]} {name}" for name in names), f"in {time.monotonic() - started:.0f} seconds")
    return 1 if counts["differences"] or counts["problems"] else 0


def run_files(chosen: argparse.Namespace) -> int:
    """The same for programs of several files."""
    counts: Counter[str] = Counter()
    started = time.monotonic()
    for seed in range(chosen.first, chosen.end):
        if time.monotonic() - started > chosen.seconds:
            break
        verdict = judge_files(several_files(seed))
        counts += Counter(programs=1, rewritten=verdict.hoists > 0, hoists=verdict.hoists, wrong=bool(verdict.wrong))
        if verdict.wrong:
            print(f"seed {seed}: {verdict.wrong[:400]}", flush=True)
            if chosen.show:
                print(*(f"# {path}\n{text}" for path, text in verdict.after.items()), sep="\n")
    names = ("programs", "rewritten", "hoists", "wrong")
    print(", ".join(f"{counts[name]} {name}" for name in names), f"in {time.monotonic() - started:.0f} seconds")
    return 1 if counts["wrong"] else 0


if __name__ == "__main__":
    sys.exit(main())
