"""Which sends share a version: the sentence "the same unchanged value", program by program."""

from __future__ import annotations

import ast

import pytest

from putfix import fix_source
from putfix.analysis import Program
from putfix.analysis.flow.effects import dotted_path
from putfix.model import Source

HEAD = """\
import asyncio
import contextlib
import heapq
import numpy as np
import random
import ray
f = ray.remote(print)
"""


def versions(body: str) -> list[int]:
    """A number for each remote call of ``run``, the same for those that pass the same version of ``x``."""
    indented = "".join(f"    {line}\n" for line in body.splitlines())
    tree = ast.parse(f"{HEAD}def run(c, r, g):\n    x = np.zeros((500, 500))\n{indented}")
    analysis = Program().analysis(Source(ast.unparse(tree), tree))
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


EVENTS = [
    "x = c",
    "x: object = c",
    "x += 1",
    "(x := c)",
    "[0 for i in r if (x := i)]",
    "for x in r: pass",
    "for c, (x, *r) in g: pass",
    "with open(c) as x: pass",
    "try:\n    g()\nexcept E as x:\n    pass",
    "import x",
    "from c import x",
    "from c import y as x",
    "del x",
    "x, c = c, x",
    "*x, c = r",
    "[c, [x]] = r",
    "match c:\n    case {'a': x}:\n        pass",
    "match c:\n    case [_, *x]:\n        pass",
    "match c:\n    case {**x}:\n        pass",
    "match c:\n    case int() as x:\n        pass",
    "def x(): pass",
    "class x: pass",
    "x[0] = 1",
    "x[1:] = 0",
    "x[0], c = 1, 2",
    "x[0] += 1",
    "del x[0]",
    "x.flags.writeable = False",
    "x.fill(0)",
    "x.sort()",
    "np.add(x, 1, out=x)",
    "np.add(x, 1, x)",
    "np.copyto(x, 0)",
    "np.put(x, 0, 1)",
    "random.shuffle(x)",
    "heapq.heapify(x)",
    "setattr(x, 'shape', 1)",
    "for row in x: row[0] = 1",
    "for i, row in enumerate(x): row += i",
    "y = x; y[0] = 1",
    "y = z = x; z[0] = 1",
    "y = x[:10]; y[0] = 1",
    "y = x.T; y += 1",
    "y = x.reshape(-1); y[0] = 1",
    "y = np.asarray(x); y[0] = 1",
    "y = x if c else None; y[0] = 1",
    "y = c or x; y[0] = 1",
    "(y := x)[0] = 1",
    "y = [x]; y[0][0] = 1",
    "y = {'a': x}; y['a'] += 1",
    "y = [[x]]; y[0][0][0] = 1",
    "y = (x, c); z, _ = y; z[0] = 1",
    "y = [v for v in [x]]; y[0][0] = 1",
    "y = []; y.append(x); y[0][0] = 1",
    "y = {}; y['a'] = x; y['a'][0] = 1",
    "y = lambda: x.fill(0); y()",
    "y = lambda v=x: v.fill(0); y()",
    "list(map(lambda v: v.fill(0), [x]))",
    "sorted(r, key=lambda v: x.fill(v))",
    "def h(v):\n    v[0] = 1\nh(x)",
    "def h(v, *w):\n    w[0][0] = 1\nh(1, x)",
    "def h(**w):\n    w['v'][0] = 1\nh(v=x)",
    "def h(v):\n    k(v)\ndef k(v):\n    v += 1\nh(x)",
    "def h(v):\n    w = v[1:]\n    w[0] = 1\nh(x)",
    "def h(v):\n    return v\nh(x)[0] = 1",
    "def h(v):\n    return [v]\nfor y in h(x): y[0] = 1",
    "def h():\n    x[0] = 1\nh()",
    "def h():\n    yield x.fill(0)\nlist(h())",
    "async def h():\n    x.fill(0)\nasyncio.run(h())",
    "class K:\n    def __init__(self, v): self.v = v\n    def m(self): self.v[0] = 1\nK(x).m()",
    "class K:\n    x[0] = 1",
    "@g\nclass K:\n    y = x",
    "class K(c):\n    y = x",
    "class K(metaclass=c):\n    y = x",
    "g(x)",
    "g(a=x)",
    "g(*x)",
    "g([x])",
    "x.unknown()",
    "c.x = x; g()",
    "c.append(x); g()",
    "with g(x): pass",
    "assert g(x)",
    "print(f'{g(x)}')",
    "g(x) and c",
    "try:\n    g(x)\nfinally:\n    pass",
    "while g(x): pass",
    "for i in g(x): pass",
]


@pytest.mark.parametrize("event", EVENTS)
def test_an_event_begins_a_version(event: str) -> None:
    assert versions(f"f.remote(x)\n{event}\nf.remote(x)") == [0, 1]


NO_EVENTS = [
    "y = x",
    "y: object = x",
    "x.shape",
    "y = x.shape[0]; y += 1",
    "x.sum(); x.mean(axis=0); x.copy().fill(0)",
    "y = x.copy(); y[0] = 1",
    "y = x + 1; y[0] = 1",
    "y = np.array(x); y[0] = 1",
    "y = np.zeros_like(x); y[0] = 1",
    "y = [x]; y.append(1)",
    "y = {}; y['a'] = x; y['b'] = 1",
    "print(x); len(x); isinstance(x, list)",
    "[x.sum() for _ in r]",
    "[v for v in r if v > x.sum()]",
    "{v: x.sum() for v in r}",
    "sorted(r, key=lambda v: x.sum() + v)",
    "for i in range(3): print(i)",
    "y = lambda: x.sum()",
    "def h(): x[0] = 1",
    "def h(v):\n    return v.sum()\nh(x)",
    "def h(v):\n    v = v + 1\n    return len(v)\nh(1)",
    "def h(v):\n    w = [v]\n    w.append(1)\n    return w\nh(x)",
    "def h(v):\n    print(v)\ndef k(v):\n    h(v)\nk(x)",
    "def h(v):\n    return h(v - 1) if v else x.sum()\nh(3)",
    "class K:\n    def __init__(self, v): self.v = v\nK(x)",
    "with open('a') as h: print(h)",
    "try:\n    print(1)\nexcept E:\n    pass",
    "import math",
    "global_name = 1",
    "assert x.size > 3",
    "x",
]


@pytest.mark.parametrize("event", NO_EVENTS)
def test_what_only_reads_begins_none(event: str) -> None:
    assert versions(f"f.remote(x)\n{event}\nf.remote(x)") == [0, 0]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ("x += 1", "x is changed by x += 1 on line 12"),
        ("x[0] = i", "x is changed by x[0] = i on line 12"),
        ("rest += 1", "x may be changed by rest += 1 on line 12"),
    ],
)
def test_a_change_of_what_may_be_the_same_object_is_no_certain_one(change: str, sentence: str) -> None:
    source = (
        "import numpy as np\nimport ray\n\n\n@ray.remote\ndef total(x):\n    return x.sum()\n\n"
        f"def run(rest):\n    x = rest = np.ones((300, 300))\n    for i in range(9):\n        {change}\n"
        "        print(ray.get(total.remote(x)))\n"
    )
    [finding] = fix_source(source).findings
    assert [obstacle.sentence for obstacle in finding.obstacles] == [sentence]
