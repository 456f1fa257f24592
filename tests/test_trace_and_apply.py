"""From a run to a rewrite on real Ray: what a trace measures is hoisted, and the store holds less by what was said."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from putfix import checking, run
from putfix.files.configuration import Configurations
from putfix.trace.lookup import Lookup

pytestmark = pytest.mark.ray

JOB = """\
import numpy as np
import ray


@ray.remote
def column_sum(table, column):
    return float(table[:, column].sum())


@ray.remote
class Worker:
    def gradient(self, weights):
        return float(weights.sum())


def column_sums(table, columns):
    return ray.get([column_sum.remote(table, column) for column in columns])


def train(workers, epochs):
    for epoch in range(epochs):
        weights = start() + epoch
        print(ray.get([worker.gradient.remote(weights) for worker in workers]))


def start():
    return np.ones((500, 500))


def ends(table):
    first = column_sum.remote(table, 0)
    last = column_sum.remote(table, -1)
    return ray.get([first, last])


def rescaled(table):
    for factor in range(3):
        table = table * factor
        print(ray.get(column_sum.remote(table, 1)))


def total(values):
    return [ray.get(column_sum.remote(values, column)) for column in range(3)]


ray.init(num_cpus=2, include_dashboard=False, object_store_memory=500_000_000)
table = np.arange(1_000_000.0).reshape(1000, 1000)
print(sum(column_sums(table, range(10))))
train([Worker.remote() for _ in range(3)], 4)
print(ends(table))
rescaled(table)
print(total(ray.put(table)), total(table))
"""
COUNT = """
import sys
from object_store import stored_bytes
print("stored:", stored_bytes(), file=sys.stderr)
"""
BENCHMARKS = Path(__file__).parent.parent / "benchmarks"
"""Where the module is that asks Ray's object store."""


def execute(folder: Path, *arguments: str) -> tuple[str, int]:
    """What a program prints, and how many bytes it puts into its object store."""
    path = os.pathsep.join(filter(None, (str(BENCHMARKS), os.environ.get("PYTHONPATH"))))
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=180,
        check=True,
        env={**os.environ, "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0", "PYTHONPATH": path},
    )
    stored = [line for line in done.stderr.splitlines() if line.startswith("stored: ")]
    return done.stdout, int(stored[0].split()[1])


def test_what_a_run_measured_is_hoisted_and_saves_what_was_said(tmp_path: Path) -> None:
    job = tmp_path / "job.py"
    job.write_text(JOB + COUNT, encoding="utf-8")
    printed, before = execute(tmp_path, "-m", "putfix.trace", "-o", "run.jsonl", "job.py")

    measured = Lookup()
    measured.add(tmp_path / "run.jsonl")
    (result,) = run.check([job], Configurations(None), measured)
    assert isinstance(result, checking.FileResult)
    hoisted = [finding for finding in result.findings if finding.hoist is not None]
    refused = {obstacle.code for finding in result.findings for obstacle in finding.obstacles}
    assert result.stale == []
    assert refused == {"measured-reference"}
    assert [finding.value for finding in hoisted] == ["table", "weights", "table"]
    predicted = sum(finding.saved or 0 for finding in hoisted)

    command = [sys.executable, "-m", "putfix", "--trace", "run.jsonl", "--apply", "job.py"]
    subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=60, check=True)
    assert job.read_bytes() == result.new
    printed_after, after = execute(tmp_path, "job.py")
    assert printed_after == printed
    assert before - after == pytest.approx(predicted, rel=0.05)
    assert predicted == pytest.approx(9 * 8_000_000 + 8 * 2_000_000 + 8_000_000, rel=0.01)
