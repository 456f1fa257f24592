"""Which call and which argument a run saw: exactly that one, or none."""

from __future__ import annotations

import ast

import pytest

from putfix.analysis.names.positions import split_lines
from putfix.analysis.names.sites import Sites, argument_of, written
from putfix.model import Measurement

SOURCE = """\
größe = f.remote(x, y)
A.remote(a).run.remote(b)
r = f.options(
    num_cpus=1).remote(c, *d, e, key=k, **rest)
f.remote(1), f.remote(2)
list(map(f.remote, values))
"""


def found(line: int, column: int | None, argument: int | str, end: tuple[int, int] | None = None) -> str | None:
    seen = Measurement(line, column, argument, 1, 0, 0, (), 0, 0, 0, 0, 0, 0, end)
    (place,) = written(SOURCE, [seen])
    assert place.call or not place.argument
    return place.argument or (None if place.call else "no call")


@pytest.mark.parametrize(
    ("line", "column", "argument", "end", "text"),
    [
        (1, 8, 0, None, "x"),
        (1, 8, 1, (1, 22), "y"),
        (1, None, 1, None, "y"),
        (1, 8, 2, None, None),
        (1, 8, "x", None, None),
        (1, 9, 0, None, "no call"),
        (1, 10, 0, None, "no call"),  # in bytes
        (2, 0, 0, (2, 11), "a"),
        (2, 0, 0, (2, 25), "b"),
        (2, 0, 0, None, "no call"),  # it could be either
        (2, None, 0, None, "no call"),
        (3, 4, 0, (4, 47), "c"),
        (4, 16, 0, (4, 47), "c"),  # CPython's position: of the name of the method
        (3, None, 0, None, "c"),
        (4, None, 0, None, "c"),
        (3, 4, 1, None, None),
        (4, 16, 1, None, None),
        (4, 16, 2, None, None),
        (4, 16, "key", None, "k"),
        (4, 16, "other", None, None),
        (5, 0, 0, None, "1"),
        (5, 13, 0, None, "2"),
        (5, None, 0, None, "no call"),
        (6, 0, 0, (6, 27), None),  # not what is sent
        (60, 0, 0, None, "no call"),
        (0, 0, 0, None, "no call"),
    ],
)
def test_where(
    line: int, column: int | None, argument: int | str, end: tuple[int, int] | None, text: str | None
) -> None:
    assert found(line, column, argument, end) == text


def test_a_position_behind_a_star_is_not_known() -> None:
    (statement,) = ast.parse("f.remote(a, *b, c)").body
    assert isinstance(statement, ast.Expr)
    call = statement.value
    assert isinstance(call, ast.Call)
    assert [isinstance(argument_of(call, which), ast.Name) for which in (-1, 0, 1, 2, 3)] == [False, True, *[False] * 3]


def test_a_line_end_of_any_kind_counts() -> None:
    source = "x = 1\r\nf.remote(\rx)\n"
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    assert Sites(calls, split_lines(source)).at(2, 0, (3, 2)) is calls[0]
