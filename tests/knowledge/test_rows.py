"""Every row against the library that it speaks of, where that is installed."""

from __future__ import annotations

import ast
import functools
import importlib
import pkgutil
from collections import Counter
from collections.abc import Callable, Iterator

import pytest
from conftest import serialized_bytes
from objects import EXAMPLES

from putfix import knowledge
from putfix.analysis import Program
from putfix.analysis.sizes.estimates import Estimate
from putfix.knowledge.rows import Library, Producers
from putfix.model import Source


def libraries() -> Iterator[tuple[str, Library]]:
    for module in pkgutil.iter_modules(knowledge.__path__):
        library = getattr(importlib.import_module(f"putfix.knowledge.{module.name}"), "LIBRARY", None)
        if library is not None:
            yield module.name, library


LIBRARIES = dict(libraries())
MADE_UP = ("pickle.loaded", "scipy.sparse.matrix")
"""Kinds that stand for whatever a function returns."""
GROUPS = ("sklearn.forest", "sklearn.classifier", "sklearn.predictor", "sklearn.transformer")
"""Kinds that stand for all the classes whose row names them."""


def find(qualified: str) -> object:
    """The object with a qualified name; the test is skipped where its package is not installed."""
    parts = qualified.split(".")
    pytest.importorskip(parts[0])
    for length in range(len(parts) - 1, 0, -1):
        try:
            found: object = importlib.import_module(".".join(parts[:length]))
        except ImportError:
            continue
        for name in parts[length:]:
            found = getattr(found, name)
        return found
    raise ModuleNotFoundError(qualified)


def functions(library: Library) -> set[str]:
    listed = [name for producers in library.producers for name in producers.names]
    listed += [name for reads in library.reads for name in reads.names]
    return {*listed} | {*library.writes_through, *library.managers, *library.repeatable, *library.large_types}


@pytest.mark.filterwarnings("ignore")  # that a name is an old one
@pytest.mark.parametrize(
    "name", sorted(name for library in LIBRARIES.values() for name in functions(library) if name != "os.environ.get")
)
def test_every_function_exists(name: str) -> None:
    kind, _, method = name.rpartition(".")
    found = [getattr(each, method) for each in classes(kind)] if kind in GROUPS else [find(name)]
    assert all(map(callable, found))


def classes(kind: str) -> list[object]:
    """The classes that a kind stands for; where the library's public name is that of a base, the class of an object."""
    if kind in GROUPS:
        rows = [row for library in LIBRARIES.values() for row in library.producers if row.kind == kind]
        return [find(name) for row in rows for name in row.names]
    return [type(EXAMPLES[kind]())] if kind in EXAMPLES else [find(kind)]


METHODS = [
    (row.kind, method)
    for library in LIBRARIES.values()
    for row in library.methods
    for method in (*row.reads, *row.views, *row.changes, *row.shrinks, *row.keeps_size, *row.repeatable)
    if row.kind not in MADE_UP
]
GONE = {("numpy.ndarray", "ptp"), ("numpy.ndarray", "itemset")}
"""Methods that NumPy 1 had."""
OLDER = {"rand", "randn", "randint", "random_sample"}
"""Methods of ``numpy.random.RandomState``, whose rows are shared with ``Generator``."""


@pytest.mark.parametrize(("kind", "method"), sorted(set(METHODS) - GONE))
def test_every_method_exists(kind: str, method: str) -> None:
    if kind == "numpy.random.Generator" and method in OLDER:
        kind = "numpy.random.RandomState"
    for each in classes(kind):
        found = getattr(each, method)
        assert callable(found) or isinstance(found, property | functools.cached_property)


@pytest.mark.parametrize("name", LIBRARIES)
def test_every_row_names_its_source(name: str) -> None:
    library = LIBRARIES[name]
    assert all(producers.source for producers in library.producers)
    assert all(reads.source for reads in library.reads)
    assert all(methods.source for methods in library.methods)
    reading = {each for reads in library.reads for each in reads.names}
    assert set(library.repeatable) <= reading
    assert all(set(row.repeatable) <= {*row.reads, *row.views} for row in library.methods)
    assert all({method for method, _ in row.draws} <= {*row.changes} for row in library.methods)
    listed = {row.kind: {*row.reads, *row.views, *row.changes} for row in library.methods}
    assert all(set(row.keeps_size) <= listed[row.kind] or row.kind.startswith("pandas") for row in library.methods)


@pytest.mark.parametrize("package", sorted(knowledge._MODULES))
def test_every_package_has_its_table(package: str) -> None:
    assert knowledge._library(package) is not None
    assert knowledge.is_known_package(package) or package in knowledge._USUAL_NAMES


def estimate(expression: str) -> Estimate | None:
    """What is known about an expression, with the packages of the tables imported."""
    imports = "import numpy as np\nimport pandas as pd\nimport torch\nimport os, random, secrets\n"
    imports += "import copy, json, pathlib, pickle, scipy, sklearn\n"
    tree = ast.parse(f"{imports}rng = np.random.default_rng(0)\nvalue = {expression}\n")
    analysis = Program().analysis(Source("", tree))
    assignment = tree.body[-1]
    assert isinstance(assignment, ast.Assign)
    return analysis.sizes.estimate(assignment.value, analysis.scopes.module)


MEASURED = [
    "np.zeros((300, 70))",
    "np.zeros(50_000)",
    "np.ones((300, 70), np.float32)",
    "np.empty(shape=(300, 70), dtype='int16')",
    "np.full((300, 70), 1.5)",
    "np.full((300, 70), 0, np.uint8)",
    "np.arange(30_000)",
    "np.arange(5, 60_000, 2)",
    "np.linspace(0, 1, 40_000)",
    "np.linspace(0, 1, num=40_000)",
    "np.linspace(0, 1)",
    "np.eye(200)",
    "np.identity(200)",
    "np.zeros_like(np.zeros((300, 70)))",
    "np.array(np.zeros((300, 70)))",
    "np.random.rand(300, 70)",
    "np.random.randn(300, 70)",
    "np.random.random((300, 70))",
    "np.random.normal(size=(300, 70))",
    "np.random.normal(0, 1, (300, 70))",
    "np.random.uniform(0, 1, 30_000)",
    "np.random.randint(0, 9, 30_000)",
    "np.random.poisson(3, 30_000)",
    "rng.random((300, 70))",
    "rng.random((300, 70), np.float32)",
    "rng.standard_normal(30_000)",
    "rng.normal(0, 1, 30_000)",
    "rng.integers(0, 9, 30_000)",
    "np.zeros((300, 70)) + 1",
    "np.zeros((300, 70)) * np.ones((300, 70))",
    "np.zeros((300, 70)).astype(np.float32)",
    "np.zeros((300, 70)).astype('i1')",
    "np.zeros((300, 70)).reshape(70, 300).copy()",
    "np.zeros((300, 70)).T",
    "list(range(50_000))",
    "tuple(range(50_000))",
    "[0] * 50_000",
    "[0.5] * 20_000",
    "20_000 * [1, 2]",
    "[float(i) for i in [1, 2, 3]]",
    "[0.25 for i in range(20_000)]",
    "bytes(120_000)",
    "bytearray(120_000)",
    "b'ab' * 60_000",
    "'ab' * 60_000",
    "os.urandom(120_000)",
    "random.randbytes(120_000)",
    "secrets.token_bytes(120_000)",
    "{'a': np.zeros((300, 70)), 'b': [0.5] * 20_000}",
    "[np.zeros(500), 'text', 3, None]",
    "('x', 1.5)",
    "pd.DataFrame(np.zeros((300, 70)))",
    "pd.Series(np.zeros(20_000))",
    "torch.zeros(300, 70)",
    "torch.zeros((300, 70), dtype=torch.float64)",
    "torch.full((300, 70), 1.5)",
    "torch.eye(200)",
    "torch.arange(30_000)",
]


@pytest.mark.parametrize("expression", MEASURED)
def test_sizes_hold_for_real_objects(expression: str) -> None:
    known = estimate(expression)
    assert known is not None
    if "pd." in expression:
        pytest.importorskip("pandas")
    if "torch." in expression:
        pytest.importorskip("torch")
    import os
    import random
    import secrets

    import numpy as np

    names = {"np": np, "os": os, "random": random, "secrets": secrets, "rng": np.random.default_rng(0)}
    for package, short in (("pandas", "pd"), ("torch", "torch")):
        if f"{short}." in expression:
            names[short] = importlib.import_module(package)
    value = eval(expression, names)
    serialized = serialized_bytes(value)
    assert known.kind == f"{type(value).__module__}.{type(value).__name__}".replace("core.frame.", "").replace(
        "core.series.", ""
    )
    assert known.at_least is None or known.at_least <= serialized
    assert known.at_most is None or serialized <= known.at_most
    assert known.at_least is not None or known.at_most is not None or "float(i)" in expression


OTHER_TYPES = [
    "np.exp(np.zeros((300, 70)))",
    "np.isnan(np.zeros((300, 70)))",
    "np.sum(np.zeros((300, 70)))",
    "len(range(9))",
    "np.concatenate([np.zeros(9_000), np.ones(9_000)])",
    "np.stack([np.zeros(9_000), np.ones(9_000)])",
    "range(9_000)",
    "('ab' * 60_000).encode()",
    "scipy.sparse.random(3_000, 2_000)",
    "scipy.sparse.random(300, 2_000, density=0.25)",
    "np.vstack([np.zeros((50, 70)), np.ones((50, 70))])",
    "np.tile(np.zeros(9_000), 3)",
    "np.repeat(np.ones(9), 3_000)",
    "np.zeros((50, 70)) @ np.zeros((70, 300))",
    "np.matmul(np.zeros((50, 70)), np.zeros((70, 300)))",
    "np.transpose(np.zeros((50, 70)))",
    "np.zeros((50, 1, 70)).squeeze()",
    "np.reshape(np.zeros(9_000), (90, 100))",
    "np.zeros(30_000).tolist()",
    "np.zeros(30_000).tobytes()",
    "np.sort(np.zeros(30_000))",
    "pickle.dumps([0.5] * 9_000)",
    "copy.deepcopy([0.5] * 20_000)",
    "json.dumps([1] * 90_000)",
    "os.path.join('a', 'b')",
    "pathlib.Path('a')",
    "torch.nn.Linear(300, 200)",
    "torch.nn.Sequential(torch.nn.Linear(300, 200))",
    "torch.from_numpy(np.zeros(30_000))",
    "pd.concat([pd.DataFrame(np.zeros((300, 70))), pd.DataFrame(np.ones((9, 70)))])",
    "pd.DataFrame(np.zeros((300, 70))).to_numpy()",
    "sklearn.datasets.make_regression()",
    "sklearn.datasets.load_iris()",
    "open(__file__).read()",
    "sklearn.model_selection.train_test_split(np.zeros((300, 70)))",
    "pathlib.Path(__file__).read_bytes()",
    "sklearn.preprocessing.StandardScaler().fit_transform(np.zeros((300, 70)))",
    "scipy.sparse.csr_matrix(np.eye(9))",
]


@pytest.mark.parametrize("expression", OTHER_TYPES)
def test_sizes_hold_whatever_the_type(expression: str) -> None:
    import copy
    import json
    import os
    import pathlib
    import pickle

    import numpy as np

    known = estimate(expression)
    assert known is not None
    names = {"np": np, "copy": copy, "json": json, "os": os, "pathlib": pathlib, "pickle": pickle, "__file__": __file__}
    for package, short in (("pandas", "pd"), ("torch", "torch"), ("sklearn", "sklearn"), ("scipy", "scipy")):
        if f"{short}." in expression:
            names[short] = pytest.importorskip(package)
    for part in ("sklearn.datasets", "sklearn.model_selection", "sklearn.preprocessing", "scipy.sparse"):
        if part in expression:
            importlib.import_module(part)
    serialized = serialized_bytes(eval(expression, names))
    assert known.at_least is None or known.at_least <= serialized
    assert known.at_most is None or serialized <= known.at_most


def test_every_size_rule_is_tried_on_real_objects(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: set[str] = set()

    def noted(name: str, find: Callable[[str], Producers | None] = knowledge.producer) -> Producers | None:
        row = find(name)
        tried.update([row.size] if row is not None else [])
        return row

    monkeypatch.setattr(knowledge, "producer", noted)
    for expression in (*MEASURED, *OTHER_TYPES):
        estimate(expression)
    listed = {row.size for library in LIBRARIES.values() for row in library.producers}
    # What is just normally large has tests of its own; of a file and of what came out of a reference no size is known.
    assert listed - tried == {"", "fetched", "file"}


def test_no_function_has_two_sizes() -> None:
    for library in LIBRARIES.values():
        listed = Counter(name for row in library.producers for name in row.names)
        assert [name for name, count in listed.items() if count > 1] == []


REPEATED = [
    *("np.abs(x)", "np.clip(x, 0, 1)", "np.concatenate([x, x])", "np.unique(x)", "np.where(x > 0, x, 0)", "np.sort(x)"),
    *("np.asarray(x)", "np.array(x)", "np.copy(x)", "np.cumsum(x)", "np.dot(x, x.T)", "np.stack([x, x])", "np.mean(x)"),
    *("np.repeat(x, 2)", "np.tile(x, 2)", "np.round(x)", "np.reshape(x, -1)", "np.transpose(x)", "np.zeros_like(x)"),
    *("x.astype(np.float32)", "x.copy()", "x.flatten()", "x.ravel()", "x.tolist()", "x.tobytes()", "x * 2", "x[:1]"),
    *("list(x)", "sorted(y)", "tuple(y)", "dict(a=y)", "y[1:]", "y.copy()", "copy.deepcopy(y)", "max(y)", "(x, y)"),
    *("df[['a']]", "df['a']", "df.dropna()", "df.head()", "df.sort_values('a')", "df.to_numpy()", "df.reset_index()"),
    "net.state_dict()",
]


@pytest.mark.parametrize("expression", REPEATED)
def test_invariant_expressions_give_the_same_again(expression: str) -> None:
    """And leave what they read, and the random state, as it was."""
    import copy
    import pickle
    import random

    import numpy as np

    names: dict[str, object] = {"np": np, "copy": copy, "x": np.array([[1.5, -2.0], [0.5, 3.0]]), "y": [3, 1, 2]}
    if "df" in expression:
        names["df"] = pytest.importorskip("pandas").DataFrame({"a": [2.0, None, 1.0], "b": [1, 2, 3]})
    if "net" in expression:
        names["net"] = pytest.importorskip("torch").nn.Linear(3, 2)
    imports = "import numpy as np\nimport pandas as pd\nimport torch\nimport copy\n"
    made = "x = np.zeros((2, 2))\ny = [3, 1, 2]\ndf = pd.read_csv('a')\nnet = torch.nn.Linear(3, 2)\n"
    assert is_invariant(f"{imports}{made}value = {expression}\n")
    read = {name: value for name, value in names.items() if name in ("x", "y", "df", "net")}
    before = pickle.dumps((read, random.getstate(), np.random.get_state()))
    first, second = (pickle.dumps(eval(expression, names)) for _ in range(2))
    assert first == second
    assert pickle.dumps((read, random.getstate(), np.random.get_state())) == before


def is_invariant(program: str) -> bool:
    tree = ast.parse(program)
    analysis = Program().analysis(Source(program, tree))
    assignment = tree.body[-1]
    assert isinstance(assignment, ast.Assign)
    return analysis.invariants.of(assignment.value, analysis.scopes.module) is not None


@pytest.mark.parametrize(
    "expression",
    [
        *("np.random.rand(3)", "np.random.permutation(x)", "next(y)", "y.pop()", "open('a').read()", "print(x)"),
        *("input()", "time.time()", "[v for v in y]", "(lambda: x)()", "y.append(1)", "x.fill(0)", "unknown(x)"),
        *("np.add(x, 1, out=x)", "sorted(y, key=unknown)", "y + unknown", "pd.read_csv('a')", "np.load('a')"),
        *("net(x)", "f'{x}'", "x if y else x", "(z := x)", "df.pop('a')", "list(*y)", "dict(**y)"),
    ],
)
def test_what_may_differ_is_no_invariant(expression: str) -> None:
    imports = "import numpy as np\nimport pandas as pd\nimport torch\nimport time\n"
    made = "x = np.zeros((2, 2))\ny = [3, 1, 2]\ndf = pd.read_csv('a')\nnet = torch.nn.Linear(3, 2)\n"
    assert not is_invariant(f"{imports}{made}value = {expression}\n")
