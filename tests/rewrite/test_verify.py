"""Undoing a rewrite must give the original program: each kind of damage is seen."""

from __future__ import annotations

import pytest

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
