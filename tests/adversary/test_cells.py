"""Cells do the same before and after, whatever cells are run again, and in which order."""

from __future__ import annotations

import pytest
from cells import MARK, goes_back_behind_a_shutdown, made, orders, run

from putfix import fix_source

SEEDS = 400
FIRST = "import numpy as np\nimport ray\nf = ray.remote(lambda a, i: (a.shape, i))\n"
LARGE = "x = np.zeros((300, 300))\n"
SENDS = "print(ray.get([f.remote(x, i) for i in range(3)]))\n"
PUT = "x_ref = ray.put(x)\nprint(ray.get([f.remote(x_ref, i) for i in range(3)]))\n"


def rewritten(cells: list[str]) -> list[str]:
    result = fix_source("".join(MARK + cell for cell in cells))
    assert result.problems == ()
    return result.new_source.split(MARK)[1:]


def test_nothing_that_seeds_make_changes() -> None:
    changed = compared = 0
    for seed in range(SEEDS):
        cells = made(seed)
        new = rewritten(cells)
        if new == cells:
            continue
        changed += 1
        for order in orders(seed, len(cells)):
            if goes_back_behind_a_shutdown(cells, order):
                continue
            before = run(cells, order)
            if any(cell.ended for cell in before[0][: len(cells)]):
                break  # the cells above must have run
            compared += 1
            assert run(new, order) == before, f"seed {seed}, {order}\n{MARK.join(new)}"
    assert changed > 0.2 * SEEDS
    assert compared > 0.2 * SEEDS


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ([LARGE, SENDS], [LARGE, PUT]),
        ([LARGE + SENDS], [LARGE + PUT]),
        ([LARGE, SENDS, SENDS], [LARGE, PUT, PUT]),
        ([LARGE, SENDS, "x[0] = 1\n", SENDS], [LARGE, PUT, "x[0] = 1\n", PUT]),
        ([LARGE, SENDS, LARGE], [LARGE, PUT, LARGE]),
        ([LARGE, SENDS, "x = np.ones((400, 400))\n"], [LARGE, PUT, "x = np.ones((400, 400))\n"]),
        (["ray.init()\n", LARGE, SENDS, "ray.shutdown()\n"], ["ray.init()\n", LARGE, PUT, "ray.shutdown()\n"]),
        (
            ["ray.init()\nn = [1, 2]\n", LARGE, "for i in n:\n    f.remote(x, i)\n", "ray.shutdown()\n"],
            [
                "ray.init()\nn = [1, 2]\n",
                LARGE,
                "x_ref = ray.put(x)\nfor i in n:\n    f.remote(x_ref, i)\n",
                "ray.shutdown()\n",
            ],
        ),
        ([LARGE + "x\n", SENDS], [LARGE + "x\n", PUT]),
        (
            [LARGE, "r = f.remote(x, 1)\ns = f.remote(x, 2)\n"],
            [LARGE, "x_ref = ray.put(x)\nr = f.remote(x_ref, 1)\ns = f.remote(x_ref, 2)\n"],
        ),
        ([LARGE, SENDS, "x_ref = 1\n"], [LARGE, PUT.replace("x_ref", "x_ref_2"), "x_ref = 1\n"]),
    ],
)
def test_cells_that_are_rewritten(cells: list[str], expected: list[str]) -> None:
    cells, expected = [FIRST, *cells], [FIRST, *expected]
    assert rewritten(cells) == expected
    every = [0, *range(len(cells)), *reversed(range(len(cells)))]
    assert run(expected, every) == run(cells, every)
    assert all(not cell.ended for cell in run(cells, range(len(cells)))[0])


@pytest.mark.parametrize(
    ("cells", "reasons"),
    [
        ([LARGE, "r = f.remote(x, 1)\n", "s = f.remote(x, 2)\n"], {"other-cell"}),
        ([LARGE, SENDS, "x = np.zeros(3)\n"], {"later-cell"}),
        ([LARGE, SENDS, "x = ray.put(x)\n"], {"later-cell"}),
        ([LARGE, SENDS + "x = ray.put(x)\n"], {"later-cell"}),
        ([LARGE, SENDS, "from elsewhere import y\nx = y\n"], {"later-cell"}),
        ([LARGE, SENDS, "for x in [1, 2]:\n    pass\n"], {"later-cell"}),
        ([LARGE, SENDS, "def x():\n    pass\n"], {"later-cell"}),
        ([SENDS, LARGE], {"later-cell"}),
        ([LARGE, "for i in jobs:\n    f.remote(x, i)\n", "ray.init()\n"], {"ray-init-later"}),
        ([LARGE, "def g():\n    global x\n    x = 1\n", SENDS, "g()\n"], {"size-unknown", "may-be-a-reference"}),
        ([LARGE, "g = lambda i: f.remote(x, i)\n", "r = [g(i) for i in range(3)]\n"], set()),
        ([LARGE, SENDS, "print(dir())\n"], {"names-inspected"}),
        (
            [LARGE + "x\n", "import elsewhere\nfor i in range(3):\n    _[0] = i\n    f.remote(x, i)\n"],
            {"may-be-changed"},
        ),
    ],
)
def test_cells_that_are_left(cells: list[str], reasons: set[str]) -> None:
    result = fix_source("".join(MARK + cell for cell in [FIRST, *cells]))
    assert (result.problems, result.changed) == ((), False)
    assert {obstacle.code for finding in result.findings for obstacle in finding.obstacles} == reasons


def test_the_reason_names_the_line_in_the_other_cell() -> None:
    source = "".join(MARK + cell for cell in [FIRST, LARGE, SENDS, "\nx = ray.put(x)\n"])
    (finding,) = fix_source(source).findings
    assert finding.obstacles[0].sentence == "x may be what a later cell makes of it by x = ray.put(x) on line 11"
    assert finding.obstacles[0].line == 11
