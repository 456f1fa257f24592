"""Which sends share a version: the sentence "the same unchanged value", program by program."""

from __future__ import annotations

import ast

import pytest

from putfix.analysis import Analysis
from putfix.analysis.effects import dotted_path

HEAD = """\
import contextlib
import numpy as np
import ray
f = ray.remote(print)
"""


def versions(body: str) -> list[int]:
    """A number for each remote call of ``run``, the same for those that pass the same version of ``x``."""
    indented = "".join(f"    {line}\n" for line in body.splitlines())
    tree = ast.parse(f"{HEAD}def run(c, r, g):\n    x = np.zeros((500, 500))\n{indented}")
    analysis = Analysis(ast.unparse(tree), tree)
    scope = next(s for s in analysis.scopes.units() if isinstance(s.node, ast.FunctionDef))
    argument = ast.Name("x", lineno=1, col_offset=0)
    path = dotted_path(argument, scope)
    assert path is not None
    walk = analysis.walk(path, argument, scope)
    sending = [call for call in walk.dispatched if any(sent.path == path for sent in call.sent)]
    seen: dict[object, int] = {}
    return [seen.setdefault(walk.dispatched[call], len(seen)) for call in sending]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("f.remote(x); f.remote(x)", [0, 0]),
        ("f.remote(x); x = x + 1; f.remote(x)", [0, 1]),
        ("f.remote(x); x += 1; f.remote(x)", [0, 1]),
        ("f.remote(x); x[0] = 1; f.remote(x)", [0, 1]),
        ("f.remote(x); x.sum(); len(x); f.remote(x)", [0, 0]),
        ("f.remote(x); g(x); f.remote(x); g(); f.remote(x)", [0, 1, 2]),
        ("f.remote(x); g(); f.remote(x)", [0, 0]),
        ("f.remote(x)\nif c:\n    f.remote(x)\nelse:\n    f.remote(x)\nf.remote(x)", [0, 0, 0, 0]),
        ("f.remote(x)\nif c:\n    x[0] = 1\n    f.remote(x)\nelse:\n    f.remote(x)\nf.remote(x)", [0, 1, 0, 2]),
        ("f.remote(x)\nif c:\n    x[0] = 1\n    return\nf.remote(x)", [0, 0]),
        ("f.remote(x)\nfor i in r:\n    f.remote(x)\nf.remote(x)", [0, 0, 0]),
        ("f.remote(x)\nfor i in r:\n    f.remote(x)\n    x[0] = 1\nf.remote(x)", [0, 1, 2]),
        (
            "for i in r:\n    f.remote(x)\n    if c:\n        x[0] = 1\n        break\n    f.remote(x)\nf.remote(x)",
            [0, 0, 1],
        ),
        ("f.remote(x)\nwhile c:\n    for i in r:\n        f.remote(x)\n    x += 1", [0, 1]),
        ("f.remote(x)\ntry:\n    x[0] = 1\nexcept E:\n    f.remote(x)\nfinally:\n    f.remote(x)", [0, 1, 2]),
        ("f.remote(x)\ntry:\n    f.remote(x)\nexcept E:\n    f.remote(x)\nf.remote(x)", [0, 0, 0, 0]),
        ("f.remote(x)\nwith contextlib.suppress(E):\n    x[0] = 1\n    f.remote(x)\nf.remote(x)", [0, 1, 2]),
        ("f.remote(x)\nwith open(c) as h:\n    x[0] = 1\nf.remote(x)", [0, 1]),
        ("f.remote(x)\nmatch c:\n    case [x]:\n        f.remote(x)\nf.remote(x)", [0, 1, 1]),
        ("f.remote(x)\n[x := i for i in r]\nf.remote(x)", [0, 1]),
        ("f.remote(x)\n[x for x in r]\nf.remote(x)", [0, 0]),
        ("f.remote(x)\ny = x.T\ny[0] = 1\nf.remote(x)", [0, 1]),
        ("f.remote(x)\ny = x + 1\ny[0] = 1\nf.remote(x)", [0, 0]),
        ("f.remote(x)\ndel x\nf.remote(x)", [0, 1]),
        ("def h():\n    nonlocal x\n    x = 1\nf.remote(x); h(); f.remote(x)", [0, 1]),
        ("def h():\n    return x.sum()\nf.remote(x); h(); f.remote(x)", [0, 0]),
    ],
)
def test_a_version_lasts_from_one_event_to_the_next(body: str, expected: list[int]) -> None:
    assert versions(body) == expected
