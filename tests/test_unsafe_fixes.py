"""Hoists that rest on assumptions: made only where they are asked for, and each of them named."""

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
from mylib import Config, TabularData, load_cells, load_config, make, make_data


@ray.remote
def f(x, i=0):
    return i

"""
GUARD = "x if isinstance(x, ray.ObjectRef) else ray.put(x)"
SIZE, REFERENCE, CONTENTS = "size-unknown", "may-be-a-reference", "contents-unknown"
CHANGE, RUNS = "may-be-changed", "ray-may-not-run"
ASSUMED = {
    "an annotated array": ("def send(x: np.ndarray):\n{calls}", [SIZE]),
    "an object of a class named like data": ("def send(x: TabularData):\n{calls}", [SIZE]),
    "what is moved to the CPU": ("def send(batch):\n    x = batch.to('cpu')\n{calls}", [SIZE]),
    "the state of an unknown network": ("def send(net):\n    x = net.state_dict()\n{calls}", [SIZE]),
    "something unknown beside a large array": ("def send(y):\n    x = [np.zeros(90_000), y]\n{calls}", [CONTENTS]),
    "what an unknown function loads": ("def send():\n    x = load_cells()\n{calls}", [SIZE, REFERENCE]),
    "what an unknown function makes": ("def send():\n    x = make_data()\n{calls}", [SIZE, REFERENCE]),
    "the weights that an actor has": (
        "def send(actor):\n    x = ray.get(actor.get_weights.remote())\n{calls}",
        [SIZE, REFERENCE],
    ),
    "unknown code that is not given a parameter": (
        "def send(x: np.ndarray):\n    make(x)\n    for i in range(3):\n        make(i)\n        f.remote(x, i)\n",
        [SIZE, CHANGE, RUNS],
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
    "what is loaded from settings": "def send():\n    x = load_config()\n{calls}",
    "what has changed each time": (
        "def send(x: np.ndarray):\n    make(x)\n    for i in range(3):\n        x.fill(i)\n        f.remote(x, i)\n"
    ),
    "what something was given together with it before": (
        "def send(x: np.ndarray, y):\n    y.watch(x)\n    for i in range(3):\n"
        "        y.step()\n        f.remote(x, i)\n"
    ),
    "what was made of it": (
        "def send(x: np.ndarray):\n    y = make(x)\n    for i in range(3):\n        y.step()\n        f.remote(x, i)\n"
    ),
    "what a function that is handed on changes": (
        "def send(x: np.ndarray):\n    def step():\n        x.fill(1)\n    for i in range(3):\n"
        "        make(step)\n        f.remote(x, i)\n"
    ),
}
NAMED = """
def send({parameters}):
    {before}
    for i in range(3):
        f.remote({value}, i)
"""
LARGE_NAMES = ["weights", "tokenizer", "cell_data", "X_train", "train_df", "fragments_df_dict", "self.model"]
SMALL_NAMES = ["value", "data_path", "model_name", "num_weights", "batch_size", "save_model", "weights_ref", "model_fn"]
CONTRADICTED = {
    "a text by its annotation": ("data: str", "pass"),
    "numbers by its annotation": ("data: list[float]", "pass"),
    "an actor by its annotation": ("data: ActorHandle", "pass"),
    "a text by its default": ("data='train'", "pass"),
    "a setting": ("args", "data = args.data"),
    "a path that is opened": ("data", "open(data)"),
    "a text that is compared": ("data", "assert data == 'train'"),
    "a text that is part of another": ("data", "print(f'{data}.csv')"),
    "a text by its methods": ("data", "data.endswith('.csv')"),
    "a column": ("data, table", "print(table[data])"),
    "a reference that is waited for": ("data", "ray.wait([data])"),
    "an actor": ("data", "data.start.remote()"),
    "a list of actors": ("data", "[each.start.remote() for each in data]"),
    "a list of references": ("parts", "data = [ray.put(part) for part in parts]"),
    "a reference by its annotation": ("data: 'ray.ObjectRef'", "pass"),
    "a reference in one case": ("data, rows", "data = ray.put(rows) if rows else data"),
    "a function": ("", "data = lambda: 1"),
}
CALLS = "    for i in range(3):\n        f.remote(x, i)\n"
UNSAFE = Settings(unsafe_fixes=True)


@pytest.mark.parametrize("case", ASSUMED)
def test_assumptions_are_made_where_that_is_asked_for(case: str) -> None:
    program, codes = ASSUMED[case]
    source = HEAD + program.format(calls=CALLS)
    safe = fix_source(source)
    assert not safe.changed
    (left,) = safe.findings
    assert left.may_be_assumed
    assert sorted(obstacle.code for obstacle in left.obstacles) == sorted(codes)

    result = fix_source(source, settings=UNSAFE)
    (finding,) = result.findings
    assert result.problems == ()
    assert finding.obstacles == ()
    assert not finding.may_be_assumed
    assert set(finding.assumptions) == set(left.obstacles)
    put = GUARD if REFERENCE in codes else "ray.put(x)"
    loop = source[source.index("    for i in range(3):") :]
    new_loop = loop.replace("f.remote(x, i)", "f.remote(x_ref, i)")
    assert result.new_source == source.replace(loop, f"    x_ref = {put}\n{new_loop}")
    assert not fix_source(result.new_source, settings=UNSAFE).changed


@pytest.mark.parametrize("case", NEVER)
def test_more_is_not_assumed(case: str) -> None:
    result = fix_source(HEAD + NEVER[case].format(calls=CALLS), settings=UNSAFE)
    assert not result.changed
    assert not any(finding.may_be_assumed for finding in result.findings)


def test_what_a_cell_has_shown_is_not_taken_for_another_object() -> None:
    cells = (
        "# %%\nray.init()\nx = np.zeros(90_000)\n# %%\nx\n# %%\nfor i in range(3):\n    _[0] += 1\n    f.remote(x, i)\n"
    )
    assert not fix_source(HEAD + cells, settings=UNSAFE).changed
    assert fix_source(HEAD + cells.replace("_[0] += 1", "pass"), settings=UNSAFE).changed


@pytest.mark.parametrize("name", LARGE_NAMES)
def test_a_name_counts_for_unsafe_fixes(name: str) -> None:
    source = HEAD + NAMED.format(parameters=name.partition(".")[0], before="pass", value=name)
    assert not fix_source(source).changed
    result = fix_source(source, settings=UNSAFE)
    assert f"{name} if isinstance({name}, ray.ObjectRef) else ray.put({name})" in result.new_source
    assert not fix_source(result.new_source, settings=UNSAFE).changed


@pytest.mark.parametrize("name", SMALL_NAMES)
def test_other_names_do_not_count(name: str) -> None:
    source = HEAD + NAMED.format(parameters=name, before="pass", value=name)
    assert not fix_source(source, settings=UNSAFE).changed


@pytest.mark.parametrize("case", CONTRADICTED)
def test_a_name_does_not_count_where_the_file_shows_something_else(case: str) -> None:
    parameters, before = CONTRADICTED[case]
    source = HEAD + NAMED.format(parameters=parameters, before=before, value="data")
    assert not fix_source(source, settings=UNSAFE).changed


def test_a_name_does_not_count_where_the_callee_shows_something_else() -> None:
    head = HEAD.replace("def f(x, i=0):", "def f(path, i=0):")
    assert not fix_source(head + NAMED.format(parameters="data", before="pass", value="data"), settings=UNSAFE).changed


def test_a_name_does_not_count_where_a_loop_changes_the_value() -> None:
    source = HEAD + (
        "def send(data, actors):\n    for _ in range(9):\n        make(data)\n"
        "        for actor in actors:\n            actor.step.remote(data)\n"
    )
    assert not fix_source(source, settings=UNSAFE).changed


def test_the_local_twin_of_a_task_is_trusted() -> None:
    source = HEAD + (
        "def send(data, parallel):\n    task = ray.remote(make) if parallel else make\n    for i in range(3):\n"
        "        if parallel:\n            task.remote(data, i)\n        else:\n            task(data, i)\n"
    )
    result = fix_source(source, settings=UNSAFE)
    assert "task.remote(data_ref, i)" in result.new_source
    assert "task(data, i)" in result.new_source


def test_attributes_are_trusted_to_code_that_has_neither_them_nor_their_object() -> None:
    source = HEAD + (
        "class Trainer:\n    def __init__(self, tokenizer, log):\n        self.tokenizer = tokenizer\n"
        "        self.log = log\n\n    def run(self):\n        for i in range(3):\n            {call}\n"
        "            f.remote(self.tokenizer, i)\n"
    )
    assert "f.remote(tokenizer_ref, i)" in fix_source(source.format(call="self.log.step()"), settings=UNSAFE).new_source
    for call in ("make(self)", "self.step()", "make(self.tokenizer)"):
        assert not fix_source(source.format(call=call), settings=UNSAFE).changed


def test_there_is_no_guard_without_a_name_for_the_type() -> None:
    source = HEAD + NAMED.format(parameters="data", before="pass", value="data")
    assert fix_source(source, settings=UNSAFE).changed
    imported = source.replace("import ray\n", "from ray import put, remote\n").replace("@ray.remote", "@remote")
    renamed = source.replace("    pass", "    isinstance = make")
    for other in (imported, renamed):
        assert not fix_source(other, settings=UNSAFE).changed


def test_ray_is_assumed_to_run_only_where_the_function_does_not_start_it_later() -> None:
    source = HEAD + (
        "def send(x: np.ndarray, items):\n    for i in items:\n        f.remote(x, i)\n{after}\n"
        "def start():\n    ray.init()\n"
    )
    result = fix_source(source.format(after=""), settings=UNSAFE)
    (finding,) = result.findings
    assert {each.code for each in finding.assumptions} == {SIZE, "ray-init-later"}
    assert not fix_source(source.format(after="    ray.init()\n"), settings=UNSAFE).changed


def test_all_assumptions_are_said(tmp_path: Path) -> None:
    job = tmp_path / "job.py"
    job.write_text(HEAD + ASSUMED["unknown code that is not given a parameter"][0], encoding="utf-8")
    said = CliRunner().invoke(main, ["--unsafe-fixes", "--verbose", str(job)]).stderr
    assert "hoist: x is sent 3 times, unsafe, assuming that it is large, that what runs on line 15 " in said
    assert "does not change it and that Ray runs already\n" in said


def test_the_assumption_is_said(tmp_path: Path) -> None:
    job = tmp_path / "job.py"
    job.write_text(HEAD + ASSUMED["an annotated array"][0].format(calls=CALLS), encoding="utf-8")
    without = CliRunner().invoke(main, [str(job)])
    assert "1 more with --unsafe-fixes, 1 repeat left alone." in without.stderr
    assert without.exit_code == 0
    wanted = CliRunner().invoke(main, ["--unsafe-fixes", "--verbose", str(job)])
    assert "hoist: x is sent 3 times, unsafe, assuming that it is large\n" in wanted.stderr
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
