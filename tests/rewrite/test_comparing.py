"""Trees are alike exactly when their dumps are."""

from __future__ import annotations

import ast
import itertools

import pytest

from putfix.rewrite.comparing import are_alike

_PROGRAMS = [
    "x = 1",
    "x = True",
    "x = 1.0",
    "x = '1'",
    "x = u'1'",
    "x = b'1'",
    "x = ...",
    "x = None",
    "y = 1",
    "x: int = 1",
    "x = 1\n\n\n",
    "x  =  1  # said",
    "x = 1\nx = 1",
    "",
    "x[1] = 1",
    "x.a = 1",
    "del x.a",
    "f(1, *x)",
    "f(1, x)",
    "f(1, **x)",
    "f(1, k=x)",
    "def f(x, /): pass",
    "def f(x): pass",
    "def f(*, x): pass",
    "async def f(x): pass",
    "x = a < b",
    "x = a > b",
    "x = (a, b)",
    "x = a, b",
]


@pytest.mark.parametrize(("one", "other"), [*itertools.combinations_with_replacement(_PROGRAMS, 2)])
def test_trees_are_alike_exactly_when_their_dumps_are(one: str, other: str) -> None:
    left, right = ast.parse(one), ast.parse(other)
    assert are_alike(left, right) == (ast.dump(left) == ast.dump(right))


def test_a_deep_tree_is_compared() -> None:
    deep = "x = " + "+".join(["1"] * 700)
    assert are_alike(ast.parse(deep), ast.parse(deep))
    assert not are_alike(ast.parse(deep), ast.parse(deep + "+2"))
