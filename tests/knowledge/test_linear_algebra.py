"""Which calls of SciPy's linear algebra may overwrite the matrix that a task gets. No SciPy is needed for that."""

from __future__ import annotations

import pytest

from putfix import fix_source

PROGRAM = """
import numpy as np
import ray
from scipy import linalg

@ray.remote
def f(x, i, *others, **options):
    return {call}

ray.init()
x = np.ones((300, 300))
print(ray.get([f.remote(x, i) for i in range(10)]))
"""

READING = [
    "linalg.solve(x, x[0])",
    "linalg.norm(x, 2)",
    "linalg.cholesky(x, True)",
    "linalg.solve_triangular(x, x[0], lower=True)",
    "linalg.block_diag(x, x)",
    "linalg.block_diag(*others)",
    "linalg.inv(x)",
]
WRITING = [
    "linalg.inv(x, True)",
    "linalg.inv(x, overwrite_a=True)",
    "linalg.inv(x, **options)",
    "linalg.solve(x, x[0], False, True)",
    "linalg.solve(*others)",
    "linalg.pinvh(x, True)",
]


@pytest.mark.parametrize("call", READING)
def test_what_only_reads_is_no_obstacle(call: str) -> None:
    assert fix_source(PROGRAM.format(call=call)).changed


@pytest.mark.parametrize("call", WRITING)
def test_what_may_overwrite_is_an_obstacle(call: str) -> None:
    result = fix_source(PROGRAM.format(call=call))
    assert not result.changed
    assert {obstacle.code for finding in result.findings for obstacle in finding.obstacles} == {"writes-through"}


@pytest.mark.parametrize(("call", "changed"), [("linalg.inv(x)", True), ("linalg.inv(x, overwrite_a=True)", False)])
def test_what_may_overwrite_on_the_driver_is_no_reading(call: str, changed: bool) -> None:
    again = f"for _ in range(3):\n    {call}\n    print("
    assert fix_source(PROGRAM.format(call="i").replace("print(", again)).changed == changed
