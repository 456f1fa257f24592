"""Hoists that rest on one assumption: made only where they are asked for, and named."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from putfix import Settings, fix_source
from putfix.cli import main

HEAD = """
import numpy as np
import ray
import torch
from mylib import Config, TabularData, make


@ray.remote
def f(x, i=0):
    return i

"""
ASSUMED = {
    "an annotated array": ("def send(x: np.ndarray):\n{calls}", "size-unknown"),
    "an object of a class named like data": ("def send(x: TabularData):\n{calls}", "size-unknown"),
    "what is moved to the CPU": ("def send(batch):\n    x = batch.to('cpu')\n{calls}", "size-unknown"),
    "the state of an unknown network": ("def send(net):\n    x = net.state_dict()\n{calls}", "size-unknown"),
    "something unknown beside a large array": (
        "def send(y):\n    x = [np.zeros(90_000), y]\n{calls}",
        "contents-unknown",
    ),
}
NEVER = {
    "a parameter of which nothing is known": "def send(x):\n{calls}",
    "an object of another class": "def send(x: Config):\n{calls}",
    "a result of an unknown function": "def send():\n    x = make()\n{calls}",
    "a small array": "def send():\n    x = np.zeros(10)\n{calls}",
    "what is changed": "def send(x: np.ndarray):\n    for i in range(3):\n        make(x)\n        f.remote(x, i)\n",
    "what is nested": "def send(x: np.ndarray):\n    for i in range(3):\n        f.remote([x], i)\n",
    "a device that is not the CPU": "def send(batch):\n    x = batch.to(device)\n{calls}",
}
CALLS = "    for i in range(3):\n        f.remote(x, i)\n"
UNSAFE = Settings(unsafe_fixes=True)


@pytest.mark.parametrize("case", ASSUMED)
def test_one_assumption_is_made_where_that_is_asked_for(case: str) -> None:
    program, code = ASSUMED[case]
    source = HEAD + program.format(calls=CALLS)
    safe = fix_source(source)
    assert not safe.changed
    (left,) = safe.findings
    assert left.may_be_assumed
    assert [obstacle.code for obstacle in left.obstacles] == [code]

    result = fix_source(source, settings=UNSAFE)
    (finding,) = result.findings
    assert result.problems == ()
    assert finding.obstacles == ()
    assert finding.assumption is not None
    assert finding.assumption.code == code
    assert result.new_source == source.replace(
        "    for i in range(3):\n        f.remote(x, i)",
        "    x_ref = ray.put(x)\n    for i in range(3):\n        f.remote(x_ref, i)",
    )
    assert not fix_source(result.new_source, settings=UNSAFE).changed


@pytest.mark.parametrize("case", NEVER)
def test_more_than_one_assumption_is_too_much(case: str) -> None:
    result = fix_source(HEAD + NEVER[case].format(calls=CALLS), settings=UNSAFE)
    assert not result.changed
    assert not any(finding.may_be_assumed for finding in result.findings)


def test_the_assumption_is_said(tmp_path: Path) -> None:
    job = tmp_path / "job.py"
    job.write_text(HEAD + ASSUMED["an annotated array"][0].format(calls=CALLS), encoding="utf-8")
    without = CliRunner().invoke(main, [str(job)])
    assert "1 more with --unsafe-fixes, 1 repeat left alone." in without.stderr
    assert without.exit_code == 0
    wanted = CliRunner().invoke(main, ["--unsafe-fixes", "--verbose", str(job)])
    assert "unsafe hoist: x is sent 3 times, assuming that it is large\n" in wanted.stderr
    assert "more with" not in wanted.stderr
    assert wanted.exit_code == 1


def test_unsafe_fixes_can_be_configured(tmp_path: Path) -> None:
    job = tmp_path / "job.py"
    job.write_text(HEAD + ASSUMED["an annotated array"][0].format(calls=CALLS), encoding="utf-8")
    (tmp_path / "putfix.toml").write_text("unsafe-fixes = true\n", encoding="utf-8")
    assert "x_ref = ray.put(x)" in CliRunner().invoke(main, [str(job)]).stdout
    (tmp_path / "putfix.toml").write_text('unsafe-fixes = "yes"\n', encoding="utf-8")
    broken = CliRunner().invoke(main, [str(job)])
    assert broken.exit_code == 2
    assert "unsafe-fixes" in broken.stderr
