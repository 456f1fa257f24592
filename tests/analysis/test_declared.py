"""Functions and classes that the user says are large or small."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from putfix import Finding, Settings, Strength, fix_source

HEAD = """\
import numpy as np
import pandas as pd
import ray

@ray.remote
def f(value, i):
    return i

"""
LOOP = "for i in range(3):\n    f.remote(x, i)\n"


def finding(source: str, **settings: tuple[str, ...]) -> Finding | None:
    """The one finding of a program, if there is any."""
    result = fix_source(HEAD + source, settings=Settings(**settings))  # type: ignore[arg-type]
    assert result.problems == ()
    assert len(result.findings) <= 1
    return result.findings[0] if result.findings else None


def codes(source: str, **settings: tuple[str, ...]) -> list[str] | None:
    """The obstacles of the one finding; None where there is no finding."""
    found = finding(source, **settings)
    return [obstacle.code for obstacle in found.obstacles] if found is not None else None


UNKNOWN = ["size-unknown", "may-be-a-reference"]


@pytest.mark.parametrize(
    ("line", "pattern", "known"),
    [
        ("import mylib\nx = mylib.load_table()", "mylib.load_*", True),
        ("import mylib\nx = mylib.load_table()", "mylib.load_table", True),
        ("import mylib\nx = mylib.io.load_table()", "mylib.load_table", False),
        ("import mylib\nx = mylib.io.load_table()", "mylib.*", True),
        ("import mylib as m\nx = m.load_table()", "mylib.load_*", True),
        ("from mylib import load_table\nx = load_table()", "mylib.load_*", True),
        ("from mylib import load_table as l\nx = l()", "mylib.load_*", True),
        ("from mylib import load_table as l\nx = l()", "l", False),
        ("from mylib import load_table\nx = load_table()", "load_table", False),
        ("from mylib import load_table\nx = load_table()", "mylib.load", False),
        ("from mylib import load_table\nx = load_table()", "mylib.LOAD_*", False),
        ("from mylib import load_table\nx = load_table()", "mylib.load_?able", True),
        ("from mylib import load_table\nx = load_table()", "mylib.load_[st]able", True),
        ("from mylib import load_table\nx = load_table()", "my.ib.load_table", False),
        ("from .io import load_table\nx = load_table()", ".io.load_table", True),
        ("from .io import load_table\nx = load_table()", "*.io.load_table", True),
        ("from mylib import Model\nx = Model(3)", "mylib.Model", True),
        ("from mylib import Model\nx = Model.load(3)", "mylib.Model", False),
        ("from mylib import Model\nx = Model.load(3)", "mylib.Model.*", True),
        ("from mylib import Model\nx = Model().table()", "mylib.Model*", False),
        ("from mylib import größe\nx = größe()", "mylib.größe", True),
        ("def load_table():\n    return open('x').read()\nx = load_table()", "load_*", True),
        ("def load_table():\n    return open('x').read()\nx = load_table.raw()", "load_*", False),
        ("class Model: pass\nx = Model()", "Model", True),
        ("class Model:\n    @classmethod\n    def load(cls): ...\nx = Model.load()", "Model.load", True),
        ("class Model: pass\nModel = other(Model)\nx = Model()", "Model", False),
        ("load = other()\nx = load()", "load", False),
    ],
)
def test_a_pattern_is_compared_with_the_name_that_imports_give(line: str, pattern: str, known: bool) -> None:
    assert codes(f"{line}\n{LOOP}", large=(pattern,)) == ([] if known else UNKNOWN)
    assert codes(f"{line}\n{LOOP}", small=(pattern,)) == (None if known else UNKNOWN)


def test_it_is_evidence_of_the_type_with_the_text_of_the_call() -> None:
    found = finding(f"from mylib import load\nx = load('a')\n{LOOP}", large=("mylib.load",))
    assert found is not None
    evidence = found.evidence
    assert (evidence.strength, evidence.at_least, evidence.text, evidence.line) == (
        Strength.TYPED,
        None,
        "load('a')",
        10,
    )


@pytest.mark.parametrize(
    ("parameter", "pattern", "known"),
    [
        ("x: mylib.Model", "mylib.Model", True),
        ("x: 'mylib.Model'", "mylib.Model", True),
        ("x: mylib.Table[int]", "mylib.Table", True),
        ("x: mylib.Model", "mylib.Model.*", False),
        ("x: Own", "Own", True),
        ("x: 'Own'", "Own", True),
        ("x: list[mylib.Model]", "mylib.Model", False),
        ("*x: mylib.Model", "mylib.Model", False),
        ("x", "*", False),
    ],
)
def test_an_annotation_names_a_class(parameter: str, pattern: str, known: bool) -> None:
    source = f"import mylib\nclass Own: pass\ndef g({parameter}):\n    for i in range(3):\n        f.remote(x, i)\n"
    assert (codes(source, large=(pattern,)) == []) is known
    assert (codes(source, small=(pattern,)) is None) is known


@pytest.mark.parametrize(
    ("call", "contradicted"),
    [("g(ray.put(1))", True), ("g([1])", True), ("g(mylib.Model())", False), ("g(mylib.load())", False)],
)
def test_calls_can_contradict_an_annotation(call: str, contradicted: bool) -> None:
    source = f"import mylib\ndef g(x: mylib.Model):\n    for i in range(3):\n        f.remote(x, i)\n{call}\n"
    assert (codes(source, large=("mylib.*",)) == []) is not contradicted


def test_a_declared_result_does_not_contradict_what_tables_know() -> None:
    source = f"import mylib\ndef g(x: pd.DataFrame):\n    {LOOP.replace('    ', '        ')}g(mylib.load())\n"
    assert codes(source, large=("mylib.load",)) == []


@pytest.mark.parametrize("made", ["np.zeros((1000, 1000))", "pd.read_csv('a')", "np.load('a')"])
def test_small_outranks_tables_and_large(made: str) -> None:
    name = made.partition("(")[0].replace("np.", "numpy.").replace("pd.", "pandas.")
    assert codes(f"x = {made}\n{LOOP}") == []
    assert codes(f"x = {made}\n{LOOP}", small=(name,)) is None
    assert codes(f"x = {made}\n{LOOP}", small=(name,), large=(name, "*")) is None


def test_large_outranks_tables() -> None:
    assert codes(f"x = np.zeros(3)\n{LOOP}") is None
    assert codes(f"x = np.zeros(3)\n{LOOP}", large=("numpy.zeros",)) == []
    assert codes(f"x = np.fromiter(iter([]), float)\n{LOOP}", large=("numpy.fromiter",)) == []


def test_a_class_covers_what_tables_know_to_be_of_it() -> None:
    assert codes(f"x = pd.read_csv('a')\n{LOOP}", small=("pandas.DataFrame",)) is None
    assert codes(f"x = np.zeros((1000, 1000))\n{LOOP}", small=("numpy.ndarray",)) == []


def test_small_stays_small_whatever_has_it() -> None:
    source = "from mylib import load, use\nx = load()\nuse(x)\nx.update(a=1)\n" + LOOP
    assert codes(source, small=("mylib.load",)) is None


@pytest.mark.parametrize("min_size", [0, 1, 10**15])
def test_small_is_small_for_any_threshold(min_size: int) -> None:
    source = f"{HEAD}from mylib import load\nx = load()\n{LOOP}"
    assert fix_source(source, settings=Settings(min_size, small=("mylib.load",))).findings == ()


@pytest.mark.parametrize(
    ("between", "obstacle"),
    [
        ("    x.update()\n", "may-be-changed"),
        ("    for row in x: pass\n", "may-be-changed"),
        ("    x += 1\n", "rebound"),
        ("    x[0] = i\n", "changed"),
        ("    x.table = i\n", "changed"),
        ("    load(x)\n", "may-be-changed"),
    ],
)
@pytest.mark.parametrize("own", [False, True])
def test_its_type_stays_unknown(between: str, obstacle: str, own: bool) -> None:
    defined = "def load(other=None):\n    other and other.clear()\n    return parse(open('a'))\n" if own else ""
    source = (defined or "from mylib import load\n") + "x = load()\n" + LOOP.replace("    f", f"{between}    f")
    found = codes(source, large=("mylib.load", "load"))
    assert found, "it is left alone"
    assert obstacle in found or "changed" in found


def test_a_function_of_the_file_is_still_read() -> None:
    body = "def load(rows):\n    rows[0] = 1\n    return len(rows)\nx = np.zeros((500, 500))\n"
    assert codes(body + "for i in range(3):\n    y = load(x)\n    f.remote(x, i)\n", large=("load",)) == ["changed"]


@pytest.mark.parametrize("made", ["ray.put(1)", "f.remote(1, 2)"])
def test_a_reference_that_the_file_shows_is_none(made: str) -> None:
    source = f"def load():\n    return {made}\nx = load()\n{LOOP}"
    assert codes(source, large=("load", "f.remote", "ray.put", "*")) is None


@pytest.mark.parametrize("method", ["__reduce__", "__getstate__"])
def test_a_class_of_the_file_that_decides_how_it_is_pickled_is_left(method: str) -> None:
    source = f"class Model:\n    def {method}(self):\n        print('pickled')\nx = Model()\n{LOOP}"
    assert codes(source, large=("Model",)) == ["contents-unknown"]


def test_methods_of_the_object_itself_are_those_of_its_class() -> None:
    body = "    def go(self):\n        x = self.load()\n        for i in range(3):\n            f.remote(x, i)\n"
    source = f"class Trainer:\n    def load(self):\n        return parse()\n{body}"
    assert codes(source, large=("Trainer.load",)) == []
    assert codes(source, large=("load", "Other.load", "self.load")) == UNKNOWN


@pytest.mark.parametrize("expression", ["x * load()", "load() * x"])
def test_arithmetic_with_what_is_only_known_by_its_size(expression: str) -> None:
    source = f"from mylib import load\nx = np.zeros((1000, 1000))\ny = {expression}\n{LOOP.replace('x', 'y')}"
    assert codes(source, large=("mylib.load",)) == codes(source, small=("mylib.load",)) == codes(source) == []


def test_what_other_bindings_give_counts_too() -> None:
    source = "import mylib\nx = mylib.load() if mylib.flag else mylib.{}()\n" + LOOP
    assert codes(source.format("Model"), large=("mylib.load", "mylib.Model")) == []
    assert codes(source.format("other"), large=("mylib.load",)) == UNKNOWN
    assert codes(source.format("Model"), large=("mylib.load",), small=("mylib.Model",)) != []


PROGRAM = """\
import ray

class Model:
    def __init__(self, rows):
        self.rows = [float(row) for row in range(rows)]

    def total(self, start):
        return sum(self.rows[start:])

def load_rows(path, count=50_000):
    return {str(number): number for number in range(count)}

@ray.remote
def total(model, start):
    return model.total(start)

@ray.remote
def pick(rows, key):
    return rows[key]

def totals(model: Model):
    return ray.get([total.remote(model, start) for start in range(3)])

rows = load_rows("here")
print(ray.get([pick.remote(rows, str(key)) for key in range(3)]))
rows["1"] = -1
print(ray.get([pick.remote(rows, str(key)) for key in range(3)]))
model = Model(50_000)
print(totals(model))
print(ray.get([total.remote(model, start) for start in range(3)]))
"""


@pytest.mark.ray
def test_it_prints_the_same_on_ray(execute: Callable[[str], str]) -> None:
    assert not fix_source(PROGRAM).changed
    result = fix_source(PROGRAM, settings=Settings(large=("load_*", "Model")))
    assert result.new_source.count("ray.put(") == 4
    assert execute(result.new_source) == execute(PROGRAM) != ""


@pytest.mark.ray
def test_a_library_of_the_user_prints_the_same_on_ray(
    execute: Callable[[str], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "lib_of_the_user.py").write_text("def load_table(n):\n    return list(range(n))\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    source = (
        "import ray\nfrom lib_of_the_user import load_table as l\n@ray.remote\ndef pick(rows, i):\n    return rows[i]\n"
        "for n in (50_000, 60_000):\n    rows = l(n)\n    print(ray.get([pick.remote(rows, -i) for i in range(3)]))\n"
    )
    result = fix_source(source, settings=Settings(large=("lib_of_the_user.load_*",)))
    assert result.new_source.count("ray.put(rows)") == 1
    assert execute(result.new_source) == execute(source) != ""
    sys.modules.pop("lib_of_the_user")
