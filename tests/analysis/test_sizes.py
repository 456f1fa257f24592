"""What the evaluation of sizes claims, against the real objects that the same code makes."""

from __future__ import annotations

import ast
import copy
import json
import pickle
from dataclasses import dataclass

import numpy as np
import pytest
from conftest import serialized_bytes
from hypothesis import given, settings
from hypothesis import strategies as st

from putfix.analysis import Program
from putfix.analysis.sizes.estimates import Estimate
from putfix.model import Source

IMPORTS = "import copy\nimport json\nimport pickle\nfrom dataclasses import dataclass\nimport numpy as np\n"


def estimate(program: str) -> Estimate | None:
    """What is known about the last statement of a program, an expression."""
    tree = ast.parse(IMPORTS + program)
    last = tree.body[-1]
    assert isinstance(last, ast.Expr)
    analysis = Program().analysis(Source(IMPORTS + program, tree))
    return analysis.sizes.estimate(last.value, analysis.scopes.module)


def evaluated(program: str) -> object:
    """The value of the last statement, when the program is run."""
    tree = ast.parse(program)
    last = tree.body.pop()
    assert isinstance(last, ast.Expr)
    names: dict[str, object] = {"__name__": "__main__"}
    names.update(np=np, copy=copy, json=json, pickle=pickle, dataclass=dataclass)
    exec(compile(tree, "program", "exec"), names)
    return eval(compile(ast.Expression(last.value), "program", "eval"), names)


def check(known: Estimate, value: object) -> None:
    """That what is known holds for the real value."""
    size = serialized_bytes(value)
    assert known.at_least is None or known.at_least <= size
    assert known.at_most is None or size <= known.at_most
    if isinstance(value, np.ndarray):
        assert known.kind == "numpy.ndarray"
        assert known.shape is None or len(known.shape) == value.ndim
        pairs = zip(known.shape or (), value.shape, strict=False)
        assert all(extent in (None, real) for extent, real in pairs)
        assert known.item_bytes in (None, value.itemsize)


KNOWN = {
    "a parameter's default": ("def make(n=300):\n    return np.zeros((n, n))\nmake()", 720_000),
    "what a call gives": ("def make(n):\n    return np.zeros((n, n))\nmake(300)", 720_000),
    "through two functions": (
        "def inner(k):\n    return np.ones(k)\ndef make(n):\n    return inner(n * 100)\nmake(300)",
        240_000,
    ),
    "an element of a tuple": ("def load():\n    return np.zeros(200), np.ones(50_000)\nx, y = load()\ny", 400_000),
    "nested tuples": ("(a, b), c = (np.zeros(30_000), 1), 2\na", 240_000),
    "an item of a tuple": ("(1, np.zeros(30_000))[1]", 240_000),
    "the length of an array": ("x = np.zeros((500, 3))\nnp.ones((len(x), 100))", 400_000),
    "the shape of an array": ("x = np.zeros((500, 3))\nnp.ones((x.shape[0], x.size))", 6_000_000),
    "a constant of the module": ("N = 10\nM = N * 40\nnp.zeros((M, M))", 1_280_000),
    "a list that a loop fills": ("rows = []\nfor i in range(200):\n    rows.append(np.zeros(100))\nrows", 160_000),
    "nested loops": (
        "rows = []\nfor i in range(20):\n    for j in range(10):\n        rows.append(np.zeros(100))\nrows",
        160_000,
    ),
    "a dictionary that a loop fills": ("d = {}\nfor i in range(200):\n    d[i] = np.zeros(100)\nd", 160_000),
    "a list that is extended": ("xs = []\nfor i in range(20):\n    xs.extend([0.5] * 10_000)\nxs", 400_000),
    "a list that is added to": ("xs = []\nxs += [0.5] * 20_000\nxs", 180_000),
    "numbers that a loop appends": ("xs = []\nfor i in range(60_000):\n    xs.append(i)\nxs", 120_000),
    "a comprehension": ("[np.zeros(100) for i in range(200)]", 160_000),
    "a dictionary comprehension": ("{i: np.zeros(100) for i in range(200)}", 160_000),
    "stacked rows": ("rows = []\nfor i in range(200):\n    rows.append(np.zeros(100))\nnp.stack(rows)", 160_000),
    "an object": ("class A:\n    def __init__(self, n):\n        self.x = np.zeros(n)\nA(30_000)", 240_000),
    "an object of several": (
        "class A:\n    def __init__(self):\n        self.x = np.zeros(9_000)\n        self.y = np.zeros(9_000)\nA()",
        144_000,
    ),
    "a dataclass": ("@dataclass\nclass A:\n    x: np.ndarray\n    n: int\nA(np.zeros(30_000), 3)", 240_000),
    "a copy": ("x = np.zeros(30_000)\ncopy.deepcopy(x)", 240_000),
    "pickled": ("pickle.dumps([np.zeros(30_000)])", 240_000),
    "as text": ("json.dumps([0.5] * 50_000)", 100_000),
    "converted": ("np.asarray(np.zeros(60_000), dtype=np.float32)", 240_000),
}


@pytest.mark.parametrize("case", KNOWN)
def test_large_values_are_known_to_be_so(case: str) -> None:
    program, least = KNOWN[case]
    known = estimate(program)
    assert known is not None
    assert known.at_least is not None
    assert known.at_least >= least
    check(known, evaluated(program))


@pytest.mark.parametrize(
    "program",
    [
        "xs = []\nfor i in range(9):\n    if i > 90:\n        xs.append(np.zeros(90_000))\nxs",
        "xs = []\nfor i in range(9_000):\n    if i > 2:\n        break\n    xs.append(np.zeros(100))\nxs",
        "d = {}\nfor i in range(9_000):\n    d['last'] = np.zeros(100)\nd",
        "d = {i % 2: np.zeros(100) for i in range(9_000)}\nlen(d)",
        "{0: np.zeros(100) for i in range(9_000)}",
        "[np.zeros(100) for i in range(9_000) if i < 2]",
        "x = np.zeros(90_000)\nx[:10]",
        "x = np.zeros((90, 900))\nx.sum()",
        "x = np.zeros((90, 900))\nx.T[5:9, 3]",
        "def make(n=90_000):\n    return np.zeros(n)\nmake(10)",
        "import pandas as pd\nx = pd.DataFrame(np.zeros((30_000, 2)))\nx.query('index < 9')",
        "import pandas as pd\nx = pd.DataFrame(np.zeros((30_000, 2)))\nx.merge(pd.DataFrame({1: [2]}))",
        "import pandas as pd\nx = pd.Series(np.full(30_000, np.nan))\nx.dropna()",
        "import torch\nx = torch.eye(200)\nx.half()",
    ],
)
def test_small_values_are_not_called_large(program: str) -> None:
    for package in ("pandas", "torch"):
        if f"import {package}" in program:
            pytest.importorskip(package)
    known = estimate(program)
    value = evaluated(program)
    assert serialized_bytes(value) <= 102_400
    assert known is None or (not known.typed and (known.at_least or 0) <= 102_400)


NUMBERS = st.integers(1, 6).map(str)
BASES = st.one_of(
    st.builds("np.zeros(({}, {}))".format, NUMBERS, NUMBERS),
    st.builds("np.ones({}, np.float32)".format, NUMBERS),
    st.builds("np.arange({})".format, NUMBERS),
    st.builds("np.full(({}, 2), 7)".format, NUMBERS),
    st.builds("np.eye({})".format, NUMBERS),
    st.builds("np.linspace(0, 1, {})".format, NUMBERS),
    st.builds("np.random.randint(1, 9, size=({}, 3))".format, NUMBERS),
)
ONE = [
    *("{}.T", "{}.copy()", "{}.ravel()", "{}.reshape(-1)", "{}.astype(np.int8)", "{}.flatten()", "{} * 2", "-{}"),
    *("{}[:2]", "{}[1:]", "{}[::2]", "{}[0]", "{}[-1:]", "np.log1p({})", "np.transpose({})", "np.sort({})", "{} > 1"),
    *("np.tile({}, 2)", "np.repeat({}, 2)", "np.zeros_like({})", "np.asarray({})", "{}.sum()", "np.mean({})", "{} / 3"),
    *("np.concatenate([{0}, {0}])", "np.stack([{0}, {0}])", "{}.tolist()", "{}.tobytes()", "np.isnan({})", "[{}, 1]"),
    *("np.clip({}, 0, 1)", "np.vstack([{0}, {0}])", "{}.squeeze()", "pickle.dumps({})", "np.flip({})", "np.array({})"),
]
TWO = ["{} + {}", "{} @ {}", "np.maximum({}, {})", "({}, {})", "np.dot({}, {})", "np.concatenate([{}, {}])"]


def combined(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    one = st.builds(lambda form, part: form.format(f"({part})"), st.sampled_from(ONE), inner)
    two = st.builds(lambda form, a, b: form.format(f"({a})", f"({b})"), st.sampled_from(TWO), inner, inner)
    return one | two


EXPRESSIONS = st.recursive(BASES, combined, max_leaves=4)


@given(EXPRESSIONS)
@settings(max_examples=300, deadline=None)
def test_what_is_known_of_any_expression_holds(expression: str) -> None:
    try:
        with np.errstate(all="ignore"):
            value = evaluated(expression)
    except (ValueError, TypeError, IndexError, AttributeError, np.exceptions.AxisError):
        return
    known = estimate(expression)
    if known is not None:
        check(known, value)


LAYERS = [
    *(
        "Linear(300, 200)",
        "Embedding(1_000, 64)",
        "Conv1d(64, 128, 3)",
        "Conv2d(64, 128, kernel_size=3)",
        "RNN(100, 200)",
    ),
    *("Conv2d(64, 128, 3, groups=4)", "GRU(100, 200)", "LSTM(100, 200)", "TransformerEncoderLayer(64, 4)", "ReLU()"),
    *("TransformerDecoderLayer(64, 4, dim_feedforward=128)", "Sequential(nn.Linear(300, 200), nn.ReLU())"),
]


@pytest.mark.parametrize("layer", LAYERS)
def test_layers_are_as_large_as_their_formulas_say(layer: str) -> None:
    torch = pytest.importorskip("torch")
    known = estimate(f"from torch import nn\nnn.{layer}")
    assert known is not None
    assert known.kind == "torch.nn.Module"
    module = eval(f"nn.{layer}", {"nn": torch.nn})
    check(known, module)
    numbers = sum(parameter.numel() for parameter in module.parameters())
    assert numbers < 1_000 or (known.at_least or 0) > numbers  # a quarter of its bytes


@pytest.mark.parametrize(
    "made", ["make_classification()", "make_classification(300, 50)", "make_regression(n_samples=300)"]
)
def test_data_sets_are_tuples_of_their_shapes(made: str) -> None:
    datasets = pytest.importorskip("sklearn.datasets")
    known = estimate(f"from sklearn.datasets import {made.partition('(')[0]}\n{made}")
    assert known is not None
    assert known.parts is not None
    for part, value in zip(known.parts, eval(made, vars(datasets)), strict=True):
        assert part is not None
        assert part.shape == value.shape
        check(part, value)


def test_what_is_called_may_be_something_else_in_the_case_of_one_call() -> None:
    program = f"{IMPORTS}def again(x):\n    return x.copy()\nagain([1])\nagain(np.zeros(50_000))\n"
    tree = ast.parse(program)
    analysis = Program().analysis(Source(program, tree))
    inner = next(each for each in analysis.scopes.units() if each.parent is not None)
    [call] = analysis.scopes.calls(inner)
    assert analysis.sizes.callee(call, inner) is None
    last = tree.body[-1]
    assert isinstance(last, ast.Expr)
    found = analysis.sizes.estimate(last.value, analysis.scopes.module)
    assert found is not None
    assert found.at_least == 400_000
