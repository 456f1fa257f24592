"""Undoing a rewrite must give the original program: each kind of damage is seen."""

from __future__ import annotations

import re

import pytest
from conftest import FIXTURES

from putfix import fix_source
from putfix.rewrite import Parsed, difference

SOURCE = """\
import numpy as np
import ray

f = ray.remote(print)
x = np.zeros((500, 500))
y = [f.remote(x, i) for i in range(3)]
"""
RESULT = fix_source(SOURCE)


def test_the_rewrite_itself_is_accepted() -> None:
    assert difference(Parsed(SOURCE), Parsed(RESULT.new_source), RESULT.hoists) is None


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("range(3)", "range(4)", "does not give the original"),
        ("remote(x_ref, i)", "remote(i, x_ref)", "does not give the original"),
        ("x_ref = ray.put(x)\n", "", "0 puts instead of 1"),
        ("x_ref = ray.put(x)\n", "x_ref = ray.put(y)\n", "0 puts instead of 1"),
        ("x_ref = ray.put(x)\n", "x_ref = ray.put(x)\nx_ref = ray.put(x)\n", "2 puts instead of 1"),
        ("x_ref = ray.put(x)\n", "x_ref = ray.put(x)\nx_ref = 3\n", "does not give the original"),
        ("x_ref = ray.put(x)\n", "  x_ref = ray.put(x)\n", "does not parse"),
    ],
)
def test_damage_is_seen(old: str, new: str, words: str) -> None:
    assert old in RESULT.new_source
    found = difference(Parsed(SOURCE), Parsed(RESULT.new_source.replace(old, new)), RESULT.hoists)
    assert found is not None
    assert words in found


IMPORTING = SOURCE.replace("import ray\n", "from ray import remote\n").replace("ray.remote", "remote")
IMPORTED = fix_source(IMPORTING)


@pytest.mark.parametrize(
    ("new", "words"),
    [
        ("", "lacks the import"),
        ("import numpy\n", "lacks the import"),
        ("import ray\nimport ray\n", "does not give the original"),
        ("if x:\n    import ray\n", "lacks the import"),
    ],
)
def test_an_import_that_is_not_the_one_is_seen(new: str, words: str) -> None:
    assert difference(Parsed(IMPORTING), Parsed(IMPORTED.new_source), IMPORTED.hoists) is None
    wrong = IMPORTED.new_source.replace("import ray\n", new)
    found = difference(Parsed(IMPORTING), Parsed(wrong), IMPORTED.hoists)
    assert found is not None
    assert words in found


def test_a_reference_of_the_program_is_known_from_the_edited_ones() -> None:
    source = (FIXTURES / "rewritten" / "fetched_and_sent_again.py").read_text().partition("# ---")[0]
    result = fix_source(source)
    names = {hoist.name for hoist in result.hoists if not hoist.put}
    assert names == {"ref", "first"}
    assert difference(Parsed(source), Parsed(result.new_source), result.hoists) is None
    # Each place of the name was edited, or was not.
    for place in re.finditer("|".join(rf"\b{name}\b" for name in names), result.new_source):
        wrong = f"{result.new_source[: place.start()]}None{result.new_source[place.end() :]}"
        assert difference(Parsed(source), Parsed(wrong), result.hoists) is not None


@pytest.mark.parametrize("line", ["print(x_ref)\n", "x_ref = 3\n", "if y:\n    x_ref = ray.put(x)\n"])
def test_a_name_that_the_program_has_already_is_seen(line: str) -> None:
    assert {hoist.name for hoist in RESULT.hoists} == {"x_ref"}
    found = difference(Parsed(SOURCE + line), Parsed(RESULT.new_source + line), RESULT.hoists)
    assert found is not None
