"""Every row about a method against a real object, where its library is installed."""

from __future__ import annotations

import copy
import functools
import importlib
import inspect
import pickle
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from objects import EXAMPLES, annotated, frame, graph, labelled, need, polars_frame

from putfix import knowledge
from putfix.knowledge.rows import ANY_NUMBER, Methods, Producers

ARGUMENTS: dict[str, dict[str, tuple[object, ...]]] = {
    "PIL.Image.Image": {
        "convert": ("L",),
        "crop": ((0, 0, 5, 5),),
        "effect_spread": (2,),
        "getchannel": (0,),
        "getpixel": ((1, 1),),
        "reduce": (2,),
        "resize": ((5, 6),),
        "rotate": (90,),
        "transpose": (0,),
        "transform": ((5, 5), 0, (1, 0, 0, 0, 1, 0)),
    },
    "anndata.AnnData": {"obs_vector": ("u",), "var_vector": ("j",)},
    "datasets.Dataset": {
        "remove_columns": ("a",),
        "rename_column": ("a", "d"),
        "rename_columns": ({"a": "d"},),
        "select": ([0, 2],),
        "select_columns": (["a"],),
        "unique": ("b",),
    },
    "jax.Array": {"astype": (int,), "item": (0,), "repeat": (2,), "reshape": (3, 2), "swapaxes": (0, 1)},
    "keras.Model": {"get_layer": (None, 0)},
    "networkx": {
        "get_edge_data": (0, 1),
        "has_edge": (0, 1),
        "has_node": (0,),
        "neighbors": (1,),
        "subgraph": ([0, 1],),
    },
    "numpy.ndarray": {
        "astype": (int,),
        "dot": ([1.0, 2.0, 3.0],),
        "item": (0,),
        "repeat": (2,),
        "reshape": (3, 2),
        "swapaxes": (0, 1),
    },
    "pandas.DataFrame": {
        **dict.fromkeys(("add", "div", "eq", "ge", "gt", "le", "lt", "mul", "ne", "sub"), (1,)),
        "astype": (float,),
        "drop": (0,),
        "explode": ("a",),
        "fillna": (0,),
        "get": ("a",),
        "groupby": ("c",),
        "isin": ([1],),
        "nlargest": (1, "a"),
        "nsmallest": (1, "a"),
        "query": ("a > 2",),
        "rolling": (2,),
        "select_dtypes": ("number",),
        "set_index": ("b",),
        "sort_values": ("a",),
        "take": ([0],),
        "xs": (1,),
        "replace": (1, 2),
        "reindex": ([0, 1],),
        "clip": (1, 2),
    },
    "pandas.Series": {
        **dict.fromkeys(("add", "div", "eq", "ge", "gt", "le", "lt", "mul", "ne", "sub"), (1,)),
        "astype": (int,),
        "drop": (0,),
        "fillna": (0,),
        "get": (0,),
        "groupby": ([1, 2, 1],),
        "isin": ([1.5],),
        "rolling": (2,),
        "take": ([0],),
        "xs": (1,),
        "replace": (1, 2),
        "reindex": ([0, 1],),
        "clip": (1, 2),
    },
    "scipy.sparse.matrix": {"astype": (int,), "dot": ([1.0, 2.0],), "multiply": (2,)},
    "torch.Tensor": {
        "expand": (2, 3),
        "permute": (1, 0),
        "reshape": (3, 2),
        "to": ("cpu",),
        "transpose": (0, 1),
        "unsqueeze": (0,),
        "view": (6,),
    },
    "polars.DataFrame": {
        "cast": ({"b": float},),
        "drop": ("a",),
        "equals": (None,),
        "gather_every": (2,),
        "get_column": ("a",),
        "get_column_index": ("a",),
        "group_by": ("c",),
        "item": (0, "a"),
        "partition_by": ("c",),
        "pivot": ("c",),
        "quantile": (0.5,),
        "rename": ({"a": "d"},),
        "row": (0,),
        "select": ("a",),
        "slice": (0, 2),
        "sort": ("a",),
        "to_struct": ("s",),
        "unnest": ([],),
        "filter": (True,),
    },
    "polars.Series": {
        "filter": ([True, False, True],),
        "cast": (int,),
        "dot": ([1.0, 2.0, 3.0],),
        "gather": ([0, 1],),
        "is_in": ([1.5],),
        "quantile": (0.5,),
        "slice": (0, 2),
        "fill_null": (0.0,),
        "fill_nan": (0.0,),
        "item": (0,),
    },
    "polars.LazyFrame": {
        "cast": ({"b": float},),
        "drop": ("a",),
        "fill_nan": (0.0,),
        "fill_null": (0.0,),
        "group_by": ("c",),
        "rename": ({"a": "d"},),
        "select": ("a",),
        "slice": (0, 2),
        "sort": ("a",),
        "explode": ([],),
        "filter": (True,),
    },
    "polars.Expr": {
        **dict.fromkeys(("eq", "ge", "gt", "le", "lt", "ne"), (1,)),
        "alias": ("d",),
        "cast": (int,),
        "fill_nan": (0.0,),
        "fill_null": (0.0,),
        "is_between": (0, 2),
        "is_in": ([1],),
        "over": ("c",),
        "quantile": (0.5,),
        "clip": (0, 2),
        "count": (),
    },
    "pyarrow.Table": {
        "append_column": ("d", [[1, 2, 3]]),
        "add_column": (0, "d", [[1, 2, 3]]),
        "column": ("a",),
        "drop": (["a"],),
        "drop_columns": (["a"],),
        "field": ("a",),
        "group_by": ("c",),
        "remove_column": (0,),
        "rename_columns": (["d", "e", "f"],),
        "select": (["a"],),
        "set_column": (0, "d", [[1, 2, 3]]),
        "sort_by": ("a",),
        "take": ([0, 1],),
    },
    "transformers": {"convert_ids_to_tokens": ([1, 2],), "convert_tokens_to_ids": (["a"],)},
    "xarray.DataArray": {"clip": (0, 1), "expand_dims": ("z",), "quantile": (0.5,), "drop_sel": ()},
    "xarray.Dataset": {"clip": (0, 1), "expand_dims": ("z",), "quantile": (0.5,), "drop_sel": ()},
}
"""What to call a method with, by its type or the library of that."""
KEYWORDS: dict[tuple[str, str], dict[str, object]] = {
    **{(kind, "groupby"): {"group": "x"} for kind in ("xarray.Dataset", "xarray.DataArray")},
    **{(kind, "diff"): {"dim": "x"} for kind in ("xarray.Dataset", "xarray.DataArray")},
    **{(kind, "drop_vars"): {"names": "x"} for kind in ("xarray.Dataset", "xarray.DataArray")},
    **{(kind, "drop_sel"): {"x": [0]} for kind in ("xarray.Dataset", "xarray.DataArray")},
    **{(kind, "dropna"): {"dim": "x"} for kind in ("xarray.Dataset", "xarray.DataArray")},
    **{(kind, "fillna"): {"value": 0} for kind in ("xarray.Dataset", "xarray.DataArray")},
    **{(kind, "isel"): {"x": 0} for kind in ("xarray.Dataset", "xarray.DataArray")},
    **{(kind, "sel"): {"x": 0} for kind in ("xarray.Dataset", "xarray.DataArray")},
    **{(kind, "rolling"): {"x": 2} for kind in ("xarray.Dataset", "xarray.DataArray")},
    **{(kind, "shift"): {"x": 1} for kind in ("xarray.Dataset", "xarray.DataArray")},
    **{(kind, "stack"): {"z": ["x", "y"]} for kind in ("xarray.Dataset", "xarray.DataArray")},
    **{(kind, "astype"): {"dtype": "float32"} for kind in ("xarray.Dataset", "xarray.DataArray")},
    ("polars.DataFrame", "unpivot"): {"on": ["a", "b"]},
    ("polars.DataFrame", "pivot"): {"index": "b", "values": "a"},
    ("polars.DataFrame", "fill_nan"): {"value": 0.0},
    ("polars.DataFrame", "fill_null"): {"value": 0.0},
    ("polars.LazyFrame", "unpivot"): {"on": ["a", "b"]},
    ("keras.Model", "summary"): {"print_fn": lambda *_, **__: None},
}
WITH_ANOTHER: dict[tuple[str, str], Callable[[], tuple[object, ...] | None]] = {
    ("polars.DataFrame", "equals"): lambda: (polars_frame(),),
    ("polars.DataFrame", "join"): lambda: (polars_frame(), "b"),
    ("polars.DataFrame", "join_asof"): lambda: None,
    ("polars.DataFrame", "unnest"): lambda: None,
    ("polars.DataFrame", "corr"): lambda: None,
    ("polars.DataFrame", "explode"): lambda: None,
    ("polars.Series", "all"): lambda: None,
    ("polars.Series", "any"): lambda: None,
    ("jax.Array", "dot"): lambda: (need("jax.numpy").ones(3),),
    ("polars.LazyFrame", "join"): lambda: (polars_frame().lazy(), "b"),
    ("torch.Tensor", "item"): lambda: None,
    ("polars.Series", "equals"): lambda: (polars_frame()["a"],),
    ("pyarrow.Table", "equals"): lambda: (EXAMPLES["pyarrow.Table"](),),
    ("pyarrow.Table", "filter"): lambda: (need("pyarrow").array([True, False, True]),),
    ("pyarrow.Table", "join"): lambda: (EXAMPLES["pyarrow.Table"](), "b"),
    ("pyarrow.Table", "cast"): lambda: (EXAMPLES["pyarrow.Table"]().schema,),
    ("PIL.Image.Image", "filter"): lambda: (importlib.import_module("PIL.ImageFilter").BLUR,),
    ("PIL.Image.Image", "remap_palette"): lambda: None,
    ("xarray.Dataset", "equals"): lambda: (labelled(),),
    ("xarray.Dataset", "identical"): lambda: (labelled(),),
    ("xarray.Dataset", "resample"): lambda: None,
    ("xarray.DataArray", "equals"): lambda: (labelled()["v"],),
    ("xarray.DataArray", "identical"): lambda: (labelled()["v"],),
    ("xarray.DataArray", "resample"): lambda: None,
    ("xarray.DataArray", "item"): lambda: (0,),
    ("pandas.DataFrame", "combine_first"): lambda: (frame(),),
    ("pandas.DataFrame", "equals"): lambda: (frame(),),
    ("pandas.DataFrame", "pivot"): lambda: None,
    ("pandas.Series", "combine_first"): lambda: (frame()["b"],),
    ("pandas.Series", "corr"): lambda: (frame()["b"],),
    ("pandas.Series", "cov"): lambda: (frame()["b"],),
    ("pandas.Series", "equals"): lambda: (frame()["b"],),
    ("pandas.DataFrame", "join"): lambda: (frame()[["a"]].rename(columns={"a": "z"}),),
    ("pandas.DataFrame", "merge"): lambda: (frame(),),
}
"""Arguments that are objects themselves; None where a method needs another object than the example."""
FILES = {
    "numpy.ndarray": {"dump": "a", "tofile": "b"},
    "pandas.DataFrame": {"to_parquet": "a", "to_pickle": "b"},
    "pandas.Series": {"to_pickle": "b"},
    "PIL.Image.Image": {"save": "a.png"},
    "keras.Model": {"save": "a.keras", "save_weights": "a.weights.h5"},
    "polars.DataFrame": {
        "write_csv": "a",
        "write_ipc": "b",
        "write_json": "c",
        "write_ndjson": "d",
        "write_parquet": "e",
    },
}
NOT_CALLED = {
    ("numpy.ndarray", "ptp"): "gone in NumPy 2",
    ("numpy.ndarray", "searchsorted"): "needs one dimension",
    ("PIL.Image.Image", "show"): "opens a window",
    ("polars.DataFrame", "write_avro"): "writes a file",
    ("polars.DataFrame", "write_delta"): "needs deltalake",
    ("xarray.Dataset", "to_netcdf"): "needs a file library",
    ("xarray.DataArray", "to_netcdf"): "needs a file library",
}


def rows() -> list[tuple[str, str]]:
    found = []
    for kind in EXAMPLES:
        row = knowledge.methods(kind)
        assert row is not None
        found += [(kind, method) for method in sorted({*row.reads, *row.views})]
    return [each for each in found if each not in NOT_CALLED]


def row_of(kind: str) -> Methods:
    row = knowledge.methods(kind)
    assert row is not None
    return row


def _rows_of(package: str) -> tuple[Producers, ...]:
    library = knowledge._library(package)
    assert library is not None
    return library.producers


def call(value: Any, kind: str, method: str, folder: Path) -> Any:
    """The result of a method, with the listed arguments, which it must leave as they were too."""
    if method in FILES.get(kind, {}):
        if method == "to_parquet":
            need("pyarrow")
        return getattr(value, method)(str(folder / FILES[kind][method]))
    if (kind, method) in WITH_ANOTHER:
        made = WITH_ANOTHER[kind, method]()
        if made is None:
            pytest.skip("needs another object")
        given = made
    else:
        by_library = ARGUMENTS.get(kind, ARGUMENTS.get(kind.partition(".")[0], {}))
        given = by_library.get(method, ())
    words = KEYWORDS.get((kind, method), {})
    kept = copy.deepcopy(given)
    found = getattr(value, method)
    if not callable(found):
        return found
    try:
        result = found(*given, **words)
    except (ImportError, NotImplementedError, TypeError, ValueError) as error:
        if given or words or "polars" in kind or "networkx" in kind or "xarray" in kind or "jax" in kind:
            raise
        pytest.skip(f"needs arguments: {error}")
    assert re.sub(r"0x[\dA-Fa-f]+", "", repr(given)) == re.sub(r"0x[\dA-Fa-f]+", "", repr(kept))
    return result


def memory(value: Any) -> tuple[bytes, list[Any]]:
    """A value as it is pickled, and the arrays of bytes that it holds."""
    import numpy as np

    if hasattr(value, "get_weights"):  # a model of Keras is pickled with the time of day
        value = (value.to_json(), value.get_weights())
    buffers: list[pickle.PickleBuffer] = []
    data = pickle.dumps(value, protocol=5, buffer_callback=buffers.append)
    arrays = [np.frombuffer(buffer.raw(), dtype=np.uint8) for buffer in buffers]
    return data + b"".join(array.tobytes() for array in arrays), [array for array in arrays if array.size]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("kind", "method"), rows())
def test_reading_leaves_the_object_as_it_was(kind: str, method: str, tmp_path: Path) -> None:
    import numpy as np

    value = EXAMPLES[kind]()
    before, held = memory(value)
    result = call(value, kind, method, tmp_path)
    after, _ = memory(value)
    assert after == before
    row = row_of(kind)
    if method in row.reads and not inspect.isgenerator(result):
        _, given = memory(result)
        assert not any(np.shares_memory(one, other) for one in given for other in held), "no fresh object"


OF_ANOTHER_TYPE = {
    *(("scipy.sparse.matrix", method) for method in ("tobsr", "tocoo", "tocsc", "transpose")),
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    ("kind", "method"),
    [each for each in rows() if each[1] in row_of(each[0]).keeps_size and each not in OF_ANOTHER_TYPE],
)
def test_what_keeps_its_size_keeps_its_type(kind: str, method: str, tmp_path: Path) -> None:
    value = EXAMPLES[kind]()
    assert isinstance(call(value, kind, method, tmp_path), type(value))


OWN_TYPES = ("torch.state_dict", "torch.parameters")
"""Made up, for what is a dictionary and a generator."""
GIVEN = [(kind, method, given) for kind in EXAMPLES for method, given in row_of(kind).gives]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("kind", "method", "given"), [each for each in GIVEN if each[2] not in OWN_TYPES])
def test_what_a_method_gives_is_of_that_type(kind: str, method: str, given: str, tmp_path: Path) -> None:
    package, _, name = given.rpartition(".")
    result = call(EXAMPLES[kind](), kind, method, tmp_path)
    assert isinstance(result, getattr(need(package), name))


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("kind", "method"), [each for each in rows() if each[1] in row_of(each[0]).repeatable])
def test_what_is_repeatable_gives_the_same_again(kind: str, method: str, tmp_path: Path) -> None:
    value = EXAMPLES[kind]()
    first, second = (memory(call(value, kind, method, tmp_path))[0] for _ in range(2))
    assert first == second


ESTIMATORS = [
    (kind, name)
    for kind in ("sklearn.forest", "sklearn.classifier", "sklearn.predictor", "sklearn.transformer")
    for row in _rows_of("sklearn")
    if row.kind == kind
    for name in row.names
]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("kind", "name"), ESTIMATORS)
def test_an_estimator_reads_with_all_methods_but_those_that_fit(kind: str, name: str) -> None:
    need("sklearn")
    import numpy as np

    package, _, short = name.rpartition(".")
    x = np.abs(np.random.default_rng(0).normal(size=(40, 4)))
    y = np.arange(40) % 2
    estimator = getattr(importlib.import_module(package), short)()
    estimator.fit(x, y)
    before, _ = memory((estimator, x, y))
    row = row_of(kind)
    results = []
    for method in sorted({*row.reads, *row.views}):
        given = {"score": (x, y), "get_params": ()}.get(method, (x,))
        results.append(getattr(estimator, method)(*given))
        assert memory((estimator, x, y))[0] == before
    assert not any(np.shares_memory(result, x) for result in results if isinstance(result, np.ndarray))


DRAWN: dict[str, str] = {
    "numpy.random.Generator": (
        "beta(f,f) binomial(i,f) exponential(f) gamma(f,f) gumbel(f,f) integers(i,9) laplace(f,f) logistic(f,f) "
        "lognormal(f,f) normal(f,f) poisson(f) uniform(f,f) random(s) standard_normal(s) standard_exponential(s)"
    ),
    "numpy.random.RandomState": (
        "beta(f,f) binomial(i,f) exponential(f) gamma(f,f) gumbel(f,f) laplace(f,f) logistic(f,f) lognormal(f,f) "
        "normal(f,f) poisson(f) uniform(f,f) rand(2,3) randn(2,3) randint(i,9) random(s) random_sample(s) "
        "standard_exponential(s) standard_normal(s)"
    ),
}


@pytest.mark.parametrize("kind", DRAWN)
def test_drawn_numbers_share_memory_with_nothing(kind: str) -> None:
    """But with one more positional argument, which takes them, they do."""
    import numpy as np

    f, i = np.full((2, 3), 0.5), np.ones((2, 3), np.int64)
    rng = np.random.default_rng(0) if kind.endswith("Generator") else np.random.RandomState(0)
    draws = dict(row_of(kind).draws)
    calls = DRAWN[kind].split()
    assert sorted(draws) == sorted(call.partition("(")[0] for call in calls)
    for call in calls:
        results = [eval(f"rng.{call}", {"rng": rng, "f": f, "i": i, "s": (2, 3)}) for _ in range(2)]
        assert not np.shares_memory(*results)
        assert not any(np.shares_memory(result, given) for result in results for given in (f, i))
    for method, most in draws.items():
        if most < ANY_NUMBER:
            assert getattr(rng, method)(*(None, np.float64, "zig")[:most], f) is f


FUNCTIONS: dict[str, str] = {
    "cv2": (
        "bitwise_not(x) equalizeHist(x[...,0].copy()) absdiff(x,x) bitwise_and(x,x) blur(x,(3,3)) "
        "cvtColor(x,6) dilate(x,None) erode(x,None) flip(x,1) medianBlur(x,3) resize(x,(6,5)) rotate(x,0) "
        "GaussianBlur(x,(3,3),0) GaussianBlur(x,(1,1),0) filter2D(x,-1,np.ones((1,1))) inRange(x,0,9) "
        "morphologyEx(x,2,np.ones((1,1),'u1')) warpAffine(x,np.eye(2,3),(6,5)) "
        "warpPerspective(x,np.eye(3),(6,5)) addWeighted(x,1,x,0,0) bilateralFilter(x,5,1,1) "
        "copyMakeBorder(x,0,0,0,0,0) transpose(x) split(x) merge([x[...,0].copy()]) threshold(x,9,255,0) "
        "imencode('.png',x) countNonZero(x[...,0].copy()) mean(x) minMaxLoc(x[...,0].copy()) "
        "moments(x[...,0].copy()) resize(x,(9,9))"
    ),
    "jax.numpy": (
        "array(f) abs(f) add(f,1) argsort(f) clip(f,0,1) concatenate([f,f]) dot(f,f.T) full_like(f,2) "
        "mean(f) max(f) ravel(f) repeat(f,2) sort(f) stack([f,f]) std(f) sum(f) transpose(f) "
        "where(f>0,f,0) zeros_like(f)"
    ),
    "sklearn.metrics": (
        "accuracy_score(y,y) confusion_matrix(y,y) f1_score(y,y) log_loss(y,y/2) mean_squared_error(y,y) "
        "precision_score(y,y) r2_score(y,y) recall_score(y,y) roc_auc_score(y,y) silhouette_score(f,y) "
        "mean_absolute_error(y,y)"
    ),
    "sklearn.model_selection": ("train_test_split(f,y) train_test_split(f,shuffle=False)"),
    "PIL.Image": (
        "blend(i,i,.5) merge('RGB',i.split()) alpha_composite(i.convert('RGBA'),i.convert('RGBA')) "
        "composite(i,i,i.convert('L'))"
    ),
    "networkx": (
        "average_clustering(g) density(g) diameter(g) is_connected(g) number_connected_components(g) "
        "radius(g) to_numpy_array(g) transitivity(g) has_path(g,0,2) betweenness_centrality(g) "
        "closeness_centrality(g) clustering(g) degree_centrality(g) ego_graph(g,0) "
        "eigenvector_centrality(g) minimum_spanning_tree(g) pagerank(g) shortest_path(g,0,2) "
        "shortest_path_length(g,0) bfs_tree(g,0) to_pandas_edgelist(g) list(connected_components(g))"
    ),
    "tensorflow": (
        "constant(f) Variable(f) zeros_like(f) ones_like(f) convert_to_tensor(f) reshape(f,[-1]) transpose(f)"
    ),
}


def expressions() -> list[tuple[str, str]]:
    return [(module, each) for module, listed in FUNCTIONS.items() for each in listed.replace(", ", ",").split()]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("module", "expression"), expressions())
def test_reading_functions_leave_their_arguments_as_they_were(module: str, expression: str) -> None:
    import numpy as np

    library = need(module)
    y = np.arange(9) % 2
    names = {"np": np, "y": y, "f": np.random.default_rng(0).normal(size=(9, 9)), "x": np.full((9, 9, 3), 7, np.uint8)}
    if module == "networkx":
        names["g"] = graph("Graph")
    if module == "PIL.Image":
        names["i"] = EXAMPLES["PIL.Image.Image"]()
    read = dict(names)
    del read["np"]
    before, held = memory(read)
    called = re.sub(r"^(list\()?", r"\1library.", expression)
    function = called.removeprefix("list(").partition("(")[0].removeprefix("library.")
    result = eval(called, {**names, "library": library})
    assert memory(read)[0] == before
    row = knowledge.reads(f"{module}.{function}")
    if row is None:
        assert function == "ravel"
    elif row.result == "fresh":
        parts = result if isinstance(result, list | tuple) else [result]
        arrays = [part for part in parts if isinstance(part, np.ndarray)]
        assert not any(np.shares_memory(one, other) for one in arrays for other in held)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("function", ["rectangle", "circle", "line", "putText", "polylines", "floodFill"])
def test_what_draws_writes_into_its_argument(function: str) -> None:
    """And so stands among the functions that did so in read-only memory too, up to OpenCV 4.8."""
    cv2 = need("cv2")
    import numpy as np

    given: dict[str, tuple[object, ...]] = {
        "rectangle": ((1, 1), (5, 5), (1, 2, 3)),
        "circle": ((5, 5), 2, (1, 2, 3)),
        "line": ((1, 1), (5, 5), (1, 2, 3)),
        "putText": ("x", (1, 9), 0, 1, (1, 2, 3)),
        "polylines": ([np.array([[1, 1], [5, 5]])], True, (1, 2, 3)),
        "floodFill": (None, (0, 0), (1, 2, 3)),
    }
    image = np.zeros((20, 20, 3), np.uint8)
    getattr(cv2, function)(image, *given[function])
    assert image.any()
    assert knowledge.writes_through(f"cv2.{function}")


def test_writing_annotated_data_changes_it(tmp_path: Path) -> None:
    """And so is not listed: columns of text become categories."""
    value = annotated()
    value.obs["text"] = ["u", "u"]
    before, _ = memory(value)
    value.write_h5ad(tmp_path / "a.h5ad")
    assert memory(value)[0] != before
    row = row_of("anndata.AnnData")
    assert not any(method.startswith("write") for method in (*row.reads, *row.views))


def test_arrays_made_into_columns_are_shared() -> None:
    """And so these constructors give views."""
    polars = need("polars")
    import numpy as np

    x = np.arange(1000.0)
    held = polars.DataFrame({"a": x})
    x[0] = 99
    assert held["a"][0] == 99
    for name in ("polars.DataFrame", "polars.Series", "pyarrow.table", "PIL.Image.fromarray", "anndata.AnnData"):
        row = knowledge.reads(name)
        assert row is not None
        assert row.result == "view"


def edges(folder: Path) -> str:
    import numpy as np

    pairs = np.random.default_rng(0).integers(0, 4000, (10_000, 2))
    np.savetxt(folder / "edges", pairs, "%d")
    return str(folder / "edges")


def table(folder: Path, form: str) -> str:
    pd = need("pandas")
    need("pyarrow")
    import numpy as np

    made = pd.DataFrame(np.random.default_rng(0).normal(size=(5000, 4)), columns=list("abcd"))
    name = str(folder / f"table.{form}")
    getattr(made, f"to_{form}")(name, **({"lines": True, "orient": "records"} if form == "json" else {}))
    return name


def picture(folder: Path) -> str:
    import numpy as np

    pixels = np.random.default_rng(0).integers(0, 255, (480, 640, 3), np.uint8)
    need("PIL.Image").fromarray(pixels).save(folder / "a.jpg")
    return str(folder / "a.jpg")


def model(folder: Path) -> str:
    keras = need("keras")
    # the first network of the guide to Keras
    made = keras.Sequential([keras.layers.Input((784,)), keras.layers.Dense(128), keras.layers.Dense(10)])
    made.save(folder / "a.keras")
    return str(folder / "a.keras")


def cells(folder: Path) -> str:
    anndata = need("anndata")
    scipy = need("scipy.sparse")
    counts = scipy.random(500, 800, 0.1, format="csr", dtype="float32", random_state=0)
    anndata.AnnData(counts).write_h5ad(folder / "a.h5ad")
    return str(folder / "a.h5ad")


def grid(folder: Path) -> str:
    need("xarray")
    need("scipy")
    xarray = importlib.import_module("xarray")
    import numpy as np

    xarray.Dataset({"v": (("x", "y"), np.zeros((200, 100)))}).to_netcdf(folder / "a.nc", engine="scipy")
    return str(folder / "a.nc")


def words(folder: Path) -> str:
    transformers = need("transformers")
    tokenizers = need("tokenizers")
    made = tokenizers.models.WordLevel({f"word{i}": i for i in range(30_522)}, unk_token="word0")
    fast = transformers.PreTrainedTokenizerFast(tokenizer_object=tokenizers.Tokenizer(made), unk_token="word0")
    fast.save_pretrained(folder)
    return str(folder)


def smallest_bert(folder: Path) -> str:
    transformers = need("transformers")
    need("torch")
    sizes = {"hidden_size": 128, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 512}
    transformers.BertModel(transformers.BertConfig(**sizes)).save_pretrained(folder)
    return str(folder)


LARGE: list[tuple[str, Callable[[Path], str] | None]] = [
    *((f"polars.read_{form}", functools.partial(table, form=form)) for form in ("csv", "parquet")),
    ("polars.read_ndjson", functools.partial(table, form="json")),
    ("polars.read_ipc", functools.partial(table, form="feather")),
    ("pyarrow.parquet.read_table", functools.partial(table, form="parquet")),
    ("pyarrow.csv.read_csv", functools.partial(table, form="csv")),
    ("pyarrow.json.read_json", functools.partial(table, form="json")),
    ("pyarrow.feather.read_table", functools.partial(table, form="feather")),
    ("pyarrow.feather.read_feather", functools.partial(table, form="feather")),
    ("networkx.read_edgelist", edges),
    ("PIL.Image.open", picture),
    ("cv2.imread", picture),
    ("xarray.load_dataset", grid),
    ("xarray.load_dataarray", grid),
    ("anndata.read_h5ad", cells),
    ("scanpy.read_h5ad", cells),
    ("scanpy.read", cells),
    ("keras.models.load_model", model),
    ("tensorflow.keras.models.load_model", model),
    ("sklearn.datasets.load_digits", None),
    ("sklearn.datasets.load_sample_images", None),
    ("transformers.AutoTokenizer.from_pretrained", words),
    ("transformers.AutoModel.from_pretrained", smallest_bert),
    ("transformers.BertModel.from_pretrained", smallest_bert),
]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("name", "file"), LARGE)
def test_what_is_normally_large_is_large_for_an_ordinary_input(
    name: str, file: Callable[[Path], str] | None, tmp_path: Path
) -> None:
    module, _, function = name.rpartition(".")
    given = [file(tmp_path)] if file is not None else []
    owner = need(module) if "transformers" not in module and ".keras" not in module else None
    if owner is None:
        owner = need(module.partition(".")[0])
        for part in module.split(".")[1:]:
            owner = getattr(owner, part)
    result = getattr(owner, function)(*given)
    row = knowledge.producer(name)
    assert row is not None
    assert row.size == ""
    assert len(memory(result)[0]) > 102_400
    package, _, kind = row.kind.rpartition(".")
    assert isinstance(result, getattr(need(package), kind))
