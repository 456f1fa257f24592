"""Notebooks made from seeds, and running their cells one by one: in any order, again, and after an error."""

from __future__ import annotations

import ast
import contextlib
import io
import random
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from comparable import PROGRAM
from simulator import EndlessError, Received, installed

MARK = "# %%\n"
SETUP = """\
import elsewhere
import numpy as np
import ray
@ray.remote
def f(a, i=0):
    return float(np.asarray(a).ravel()[0]) + i
"""
VALUES = """\
x = np.zeros((200, 200))
y = x.copy()
n = 3
d = {"x": y}
def g(a):
    return len(a)
def go():
    pass
def h(i):
    pass
def set_x():
    pass
jobs = []
"""
STATEMENTS = [
    *["x = np.zeros((200, 200))"] * 3,
    "x = np.ones((300, 200))",
    "x = np.zeros(3)",
    "x = ray.put(np.zeros((200, 200)))",
    "x = None",
    "x, z = np.zeros((200, 200)), 1",
    "x = [np.zeros((200, 200)) for _ in range(3)]",
    "x = {i: np.zeros((200, 200)) for i in range(3)}",
    "for x in [np.zeros((200, 200))]:\n    pass",
    "y = x",
    "x = y",
    "y = [x]",
    "d = {'x': x}",
    "x[0] = 5",
    "x += 1",
    "y[0] = 7",
    "d['x'][1] = 3",
    "x.clear()",
    "x",
    "y",
    "_[0] = 4",
    "x_ref = 3",
    "n = 3",
    "n = 0",
    "print(len(x))",
    "ray.init(num_cpus=1)",
    "ray.shutdown()",
    "print(ray.is_initialized())",
    "def g(a):\n    a[0] = 9",
    "g(x)",
    "def set_x():\n    global x\n    x = np.zeros(2)",
    "set_x()",
    "def go():\n    return [f.remote(x, i) for i in range(3)]",
    *["go()"] * 2,
    "h = lambda i: f.remote(x, i)",
    "for i in range(3):\n    h(i)",
    "jobs = (f.remote(x, i) for i in range(3))",
    "ray.get(list(jobs))",
    "elsewhere.keep(x)",
    "elsewhere.later()",
    "elsewhere.ready()",
]
SENDS = [
    *["r = [f.remote(x, i) for i in range(3)]"] * 3,
    *["for i in range(3):\n    print(ray.get(f.remote(x, i)))"] * 2,
    *["for i in range(n):\n    print(ray.get(f.remote(x, i)))"] * 2,
    "print(ray.get([f.remote(x, i) for i in range(n)]))",
    "a = f.remote(x)\nb = f.remote(x)",
    "f.remote(x)",
    "f.remote(x, 1)",
    "for i in range(3):\n    f.remote(x, i)\n    x[0] += 1",
    "for i in range(3):\n    g(x)\n    ray.get(f.remote(x, i))",
    "for i in range(3):\n    _[0] = i\n    ray.get(f.remote(x, i))",
    "for i in range(3):\n    elsewhere.later()\n    f.remote(x, i)",
    "for i in range(3):\n    f.remote(d['x'], i)",
    "for i in range(3):\n    f.remote(x.sum(axis=0), i)",
    "for i in range(3):\n    f.remote(x * 2, i)",
    "try:\n    r = [f.remote(x, i) for i in range(3)]\nexcept TypeError:\n    print('oh')",
    "if n:\n    r = [f.remote(x, i) for i in range(3)]",
    "while n < 5:\n    f.remote(x, n)\n    n += 1",
]


def made(seed: int) -> list[str]:
    """The cells of the notebook of a seed."""
    rng = random.Random(seed)
    lengths = [rng.randint(1, 3) for _ in range(rng.randint(2, 6))]
    cells = [[rng.choice(STATEMENTS if rng.random() < 0.6 else SENDS) for _ in range(length)] for length in lengths]
    return [SETUP, VALUES, *("".join(f"{statement}\n" for statement in cell) for cell in cells)]


def orders(seed: int, cells: int) -> list[list[int]]:
    """Orders in which a user may run that many cells: all from above, then some again."""
    rng = random.Random(seed)
    return [[*range(cells), *(rng.randrange(cells) for _ in range(length))] for length in (0, 4, 8)]


def goes_back_behind_a_shutdown(cells: Sequence[str], order: Sequence[int]) -> bool:
    """Whether a cell runs after one below it has shut Ray down: then an empty loop starts it with its put."""
    stops = [number for number, cell in enumerate(cells) if "ray.shutdown" in cell]
    return any(number < max(stops) for number in order[len(cells) :] if stops)


@dataclass(frozen=True)
class Ran:
    """What anybody could notice of one cell that was run."""

    printed: str
    ended: str
    """The type of the exception that it ended with, if any."""
    calls: int


def run(cells: Sequence[str], order: Iterable[int]) -> tuple[list[Ran], tuple[Received, ...]]:
    """Run cells in that order under a new simulation."""
    namespace: dict[str, object] = {"__name__": PROGRAM}
    found: list[Ran] = []
    with installed() as simulation, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for number in order:
            printed, ended = io.StringIO(), ""
            try:
                with contextlib.redirect_stdout(printed):
                    _run_cell(cells[number], namespace)
            except Exception as error:
                ended = type(error).__name__
            except EndlessError:
                ended = "endless"
            found.append(Ran(printed.getvalue(), ended, len(simulation.trace)))
        return found, tuple(simulation.trace)


def _run_cell(source: str, namespace: dict[str, object]) -> None:
    """As IPython does, what the last expression gives is kept as ``_``."""
    tree = ast.parse(source)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "<cell>", "exec", dont_inherit=True), namespace)
    if isinstance(last, ast.Expr):
        shown = eval(compile(ast.Expression(last.value), "<cell>", "eval", dont_inherit=True), namespace)
        if shown is not None:
            namespace["_"] = shown
