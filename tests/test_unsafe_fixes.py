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
    "a class": ("data", "made = data()"),
    "a class that is copied": ("data", "made = make(data)()"),
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


KEPT = {
    "in an attribute": "self.data = data",
    "in a list": "self.boxes = [data]",
    "in another object": "self.inner = Inner(data)",
    "in its class": "self.all.append(data)",
    "behind a function": "def give():\n            return data\n        self.give = give",
    "by a function of the file": "keep(self, data)",
    "by other code": "make(self, data)",
    "by other code that has it": "make(self)\n        make(data)",
}
HOLDER = """
class Inner:
    def __init__(self, data):
        self.data = data

def keep(holder, data):
    holder.data = data

class Holder:
    all = []
    def __init__(self, data):
        {body}

def send():
    x = np.zeros(90_000)
    holder = Holder(x)
    for i in range(3):
        make(holder)
        f.remote(x, i)
"""


@pytest.mark.parametrize("how", KEPT)
def test_what_an_object_may_have_kept_is_given_with_it(how: str) -> None:
    result = fix_source(HEAD + HOLDER.format(body=KEPT[how]), settings=UNSAFE)
    assert not result.changed
    assert not any(finding.may_be_assumed for finding in result.findings)


def test_what_an_object_has_not_kept_is_not_given_with_it() -> None:
    assert fix_source(HEAD + HOLDER.format(body="self.size = len(data)"), settings=UNSAFE).changed


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


OPTIONAL = """
try:
    import ray
except ImportError:
    {missing}


class Search:
    def __init__(self, data, parallel):
        self.data = data
        self.parallel = parallel

    def run(self, task, items):
        if self.parallel:
            task = ray.remote(task)
        results = {{}}
        for i in items:
            if {condition}:
                results[i] = task.remote(self.data, i)
            else:
                results[i] = task(self.data, i)
            {last}
        return results
"""
CONDITIONS = {
    "self.parallel": "self.parallel",
    "self.parallel == True and 'ray' in globals()": "self.parallel == True and 'ray' in globals()",
    "self.parallel or items": "(self.parallel or items)",
    "items is not None and i > 2 or self.parallel": "",
    "items.any()": "",
    "self.options.parallel": "",
}


@pytest.mark.parametrize("condition", CONDITIONS)
@pytest.mark.parametrize("missing", ["pass", "ray = None"])
def test_a_put_is_made_under_the_condition_of_its_calls(condition: str, missing: str) -> None:
    source = OPTIONAL.format(condition=condition, missing=missing, last="pass")
    assert not fix_source(source).changed
    result = fix_source(source, settings=UNSAFE)
    if not CONDITIONS[condition]:
        assert not result.changed
        return
    wanted = f"{CONDITIONS[condition]} and not isinstance(self.data, ray.ObjectRef)"
    assert f"        data_ref = ray.put(self.data) if {wanted} else self.data\n        for i in" in result.new_source
    assert "task.remote(data_ref, i)" in result.new_source
    assert "task(self.data, i)" in result.new_source
    assert RUNS in {each.code for each in result.findings[0].assumptions}
    assert not fix_source(result.new_source, settings=UNSAFE).changed


def test_a_put_is_made_under_the_condition_of_its_calls_where_ray_is_surely_installed() -> None:
    source = OPTIONAL.format(condition="self.parallel", missing="pass", last="pass").partition("class Search:")
    alone = f"import ray\n\n\n{source[1]}{source[2]}"
    result = fix_source(alone, settings=UNSAFE)
    wanted = "self.parallel and not isinstance(self.data, ray.ObjectRef)"
    assert f"        data_ref = ray.put(self.data) if {wanted} else self.data\n" in result.new_source
    assert RUNS in {each.code for each in result.findings[0].assumptions}


@pytest.mark.parametrize("last", ["self.parallel = False", "self.data = make(i)", "self.data.update(i)"])
def test_there_is_no_put_under_a_condition_that_changes(last: str) -> None:
    source = OPTIONAL.format(condition="self.parallel", missing="pass", last=last)
    assert not fix_source(source, settings=UNSAFE).changed


def test_a_put_is_made_under_all_conditions_of_its_calls() -> None:
    source = OPTIONAL.format(condition="self.parallel", missing="pass", last="pass")
    twice = source.replace("            if self", "          if items:\n            if self").replace(
        "            pass\n        return", "        return"
    )
    assert "if items and self.parallel and not" in fix_source(twice, settings=UNSAFE).new_source
    another = source.replace(
        "            pass\n        return", "            if i:\n                task.remote(self.data)\n        return"
    )
    assert not fix_source(another, settings=UNSAFE).changed


ROWS = """
class Cells:
    def __init__(self, counts: {counts}, {name}: {names}):
        self.counts, self.{name} = counts, {name}


def send(cells: Cells):
    shown = cells.{name}
    for i in range(3):
        f.remote(shown, i)
"""


@pytest.mark.parametrize(
    ("counts", "name", "names", "large"),
    [
        ("np.ndarray", "cell_names", "list[str]", True),
        ("sparse.csr_matrix", "gene_ids", "Optional[List[str]]", True),
        ("pd.DataFrame", "feature_names", "list[str]", False),
        ("np.ndarray", "names", "list[str]", False),
        ("np.ndarray", "cell_names", "str", False),
        ("np.ndarray", "file_names", "list[str]", False),
        ("dict", "cell_names", "list[str]", False),
    ],
)
def test_names_of_the_rows_of_a_matrix_are_expected_to_be_many(counts: str, name: str, names: str, large: bool) -> None:
    source = HEAD + ROWS.format(counts=counts, name=name, names=names)
    assert not fix_source(source).changed
    assert fix_source(source, settings=UNSAFE).changed == large


EACH = "each if isinstance(each, ray.ObjectRef) else ray.put(each)"
SPREAD = {
    ("vecs", "f.remote(*vecs)"): (f"vecs_ref = [{EACH} for each in vecs]", "f.remote(*vecs_ref)"),
    ("vecs", "f.remote(i, *vecs)"): (f"vecs_ref = [{EACH} for each in vecs]", "f.remote(i, *vecs_ref)"),
    ("batch_kwargs", "f.remote(**batch_kwargs)"): (
        f"batch_kwargs_ref = {{key: {EACH} for key, each in batch_kwargs.items()}}",
        "f.remote(**batch_kwargs_ref)",
    ),
}
NOT_SPREAD = {
    "names of settings": ("model_config, train_kwargs", "f.remote(*model_config, **train_kwargs)"),
    "all that a function is given": ("*args, **kwargs", "f.remote(*args, **kwargs)"),
    "a value and what is in it": ("vecs, other", "f.remote(i, *[vecs, other])"),
    "both stars": ("data", "f.remote(i, *data), f.remote(i, **data)"),
    "what is used up": ("items", "f.remote(*vecs)\n    vecs = map(make, items)"),
    "a generator": ("items", "f.remote(*vecs)\n    vecs = (make(item) for item in items)"),
    "what is changed": ("vecs", "f.remote(*vecs), vecs[0].step()"),
    "a reference in one case": ("vecs, i=0", "f.remote(*vecs)\n    vecs = [ray.put(1)]"),
}


@pytest.mark.parametrize(("name", "call"), SPREAD)
def test_the_parts_of_what_is_spread_are_put(name: str, call: str) -> None:
    source = HEAD + f"def send({name}):\n    for i in range(3):\n        {call}\n"
    put, new_call = SPREAD[name, call]
    assert not fix_source(source).changed
    result = fix_source(source, settings=UNSAFE)
    assert result.new_source == source.replace(call, new_call).replace("    for i", f"    {put}\n    for i")
    assert [each.code for each in result.findings[0].assumptions] == ["starred", SIZE, REFERENCE]
    assert not fix_source(result.new_source, settings=UNSAFE).changed


@pytest.mark.parametrize("case", NOT_SPREAD)
def test_what_else_is_spread_is_left_alone(case: str) -> None:
    named, calls = NOT_SPREAD[case]
    call, _, before = calls.partition("\n")
    source = HEAD + f"def send({named}):\n{before}\n    for i in range(3):\n        {call}\n"
    assert not fix_source(source, settings=UNSAFE).changed


def test_what_a_loop_makes_anew_and_fills_is_not_changed_around() -> None:
    source = HEAD + (
        "def send(table, actors):\n    for i in range(0, len(table), 9):\n        batch = {{}}\n"
        "        for name in table:\n            batch[name] = table[name][i:i + 9]\n"
        "        for actor in actors:\n            actor.step.remote({sent})\n"
    )
    for sent, new in (("batch", "batch_ref"), ("**batch", "**batch_ref")):
        assert f"actor.step.remote({new})" in fix_source(source.format(sent=sent), settings=UNSAFE).new_source
    kept = source.replace("        batch = {{}}\n", "").replace("    for i in", "    batch = {{}}\n    for i in")
    assert not fix_source(kept.format(sent="**batch"), settings=UNSAFE).changed


FILLED = """
class Trainer:
    def __init__(self, data, other):
        self.data = data
        self.models = {models}

    def link(self):
        {link}

    def run(self, items):
        for i in items:
            f.remote(self.data, i)
            {change}
"""


@pytest.mark.parametrize("change", ["self.models[i] = i", "self.models += [i]", "del self.models[i]"])
def test_another_attribute_of_the_object_is_taken_for_another_object(change: str) -> None:
    named = {"models": "make(data)", "link": "pass", "change": change}
    result = fix_source(HEAD + FILLED.format(**named), settings=UNSAFE)
    (finding,) = result.findings
    assert "f.remote(data_ref, i)" in result.new_source
    assert CHANGE in {each.code for each in finding.assumptions}
    assert any("self.data may be changed by " in each.sentence for each in finding.assumptions)


@pytest.mark.parametrize(
    ("models", "link", "change"),
    [
        ("data", "pass", "self.models[i] = i"),
        ("other", "self.models = self.data", "self.models[i] = i"),
        ("other", "self.data = self.models", "self.models[i] = i"),
        ("data.values", "pass", "self.models[i] = i"),
        ("[data]", "pass", "self.models[0][i] = i"),
        ("make(data)", "pass", "self.models.step()"),
        ("make(data)", "pass", "self.models.values[i] = i"),
        ("make(data)", "pass", "self.data[i] = i"),
    ],
)
def test_not_where_the_file_gives_both_one_object(models: str, link: str, change: str) -> None:
    source = HEAD + FILLED.format(models=models, link=link, change=change)
    assert not fix_source(source, settings=UNSAFE).changed


def test_what_a_task_gives_without_ray_is_new() -> None:
    source = HEAD + (
        "def send(data, parallel, names):\n    task = ray.remote(make) if parallel else make\n    jobs = []\n"
        "    for name in names:\n        others = [each for each in names if each != name]\n"
        "        if parallel:\n            job = task.remote(data, others)\n"
        "        else:\n            job = {twin}(data, others)\n        jobs.append(job)\n{use}"
    )
    assert "task.remote(data_ref, others)" in fix_source(source.format(twin="task", use=""), settings=UNSAFE).new_source
    changing = "        job.step()\n"
    assert not fix_source(source.format(twin="other", use=changing), settings=UNSAFE).changed


def test_only_what_the_value_is_sent_to_is_its_twin() -> None:
    source = HEAD + (
        "def send(data, parallel):\n    task = ray.remote(make) if parallel else make\n    for i in range(3):\n"
        "        if parallel:\n            task.remote({sent}, i)\n        else:\n            task(data, i)\n"
        "        f.remote(data, i)\n"
    )
    assert fix_source(source.format(sent="data"), settings=UNSAFE).changed
    assert not fix_source(source.format(sent="i"), settings=UNSAFE).changed


def test_what_two_calls_are_given_are_not_taken_for_one_object() -> None:
    source = HEAD + (
        "class Effects:\n    def __init__(self, data, models):\n        self.data, self.models = data, models\n\n"
        "    def run(self, name):\n        name = self.data.find(name)\n        for i in range(3):\n"
        "            f.remote(self.data, i)\n            self.models[i] = i\n"
        "        return self.models[0].predict(name)\n"
    )
    assert "f.remote(data_ref, i)" in fix_source(source, settings=UNSAFE).new_source


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
    assert "1 repeat left alone (size-unknown; --verbose tells all); --unsafe-fixes hoists it." in without.stderr
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


BOUND = """
class Engine:
    {body}

    def __init__(self, path, data):
        self.path = path
        self.rows = {rows}
        self.table = {table}

    def simulate(self, i):
        return self.path

    def run(self):
        for i in {items}:
            {before}
            f.remote(self.simulate, i)
"""
PLAIN = {"body": "steps = 1", "rows": "data", "table": "load_cells(path)", "items": "range(3)", "before": "pass"}
MUCH = {
    "what a function gives that loads": {},
    "what is called like something large": {"table": "path.read()"},
    "what it iterates over": {"items": "self.rows"},
}
LITTLE = {
    "numbers": {"table": "2"},
    "a text by its use": {"table": "path.read()", "before": "open(self.table)"},
    "pickled without it": {"body": "def __getstate__(self):\n        return {}"},
    "an attribute that is set": {"before": "self.path = i"},
    "handed to unknown code": {"before": "make(self)"},
    "an iterator that is used up": {"rows": "iter(data)", "items": "self.rows"},
    "what other code may know": {"before": "make(i)"},
}


@pytest.mark.parametrize("case", MUCH)
def test_a_bound_method_takes_along_what_its_object_holds(case: str) -> None:
    source = HEAD + BOUND.format(**PLAIN | MUCH[case])
    assert not fix_source(source).changed
    result = fix_source(source, settings=UNSAFE)
    assert "        simulate_ref = ray.put(self.simulate)\n        for i in" in result.new_source
    (finding,) = result.findings
    iterated = [CHANGE] if "items" in MUCH[case] else []
    assert sorted({each.code for each in finding.assumptions} - {RUNS}) == sorted([*iterated, SIZE])
    assert not fix_source(result.new_source, settings=UNSAFE).changed


@pytest.mark.parametrize("case", LITTLE)
def test_a_bound_method_is_left_alone_where_its_object_is_small_or_changes(case: str) -> None:
    source = HEAD + BOUND.format(**PLAIN | LITTLE[case])
    assert not fix_source(source, settings=UNSAFE).changed
