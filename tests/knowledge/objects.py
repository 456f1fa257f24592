"""Small objects of the libraries that the tables speak of, made when a test asks for one."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import pytest

need = pytest.importorskip


def frame() -> Any:
    pd = need("pandas")
    return pd.DataFrame({"a": [2.5, 1.5, 3.5], "b": [1, 2, 3], "c": [1, 2, 1]})


def polars_frame() -> Any:
    return need("polars").DataFrame({"a": [2.5, None, 3.5], "b": [1, 2, 3], "c": ["x", "y", "x"]})


def polars_lazy() -> Any:
    need("polars")
    return polars_frame().lazy()


def arrow_table() -> Any:
    return need("pyarrow").table({"a": [2.5, 1.5, 3.5], "b": [1, 2, 3], "c": ["x", "y", "x"]})


def graph(kind: str) -> Any:
    made = getattr(need("networkx"), kind)()
    made.add_edges_from([(0, 1, {"weight": 2.0}), (1, 2, {"weight": 1.0})])
    for view in ("nodes", "edges", "degree", "adj", "succ", "pred", "in_edges", "out_edges", "in_degree", "out_degree"):
        getattr(made, view, None)  # which the graph keeps
    return made


def image() -> Any:
    import numpy as np

    return need("PIL.Image").fromarray(np.arange(12 * 10 * 3, dtype=np.uint8).reshape(12, 10, 3))


def labelled() -> Any:
    xarray = need("xarray")
    import numpy as np

    made = xarray.Dataset({"v": (("x", "y"), np.arange(6.0).reshape(2, 3))}, coords={"x": [0, 1], "y": [0, 1, 2]})
    made.mean()  # for which it makes an empty cache, that it keeps
    return made


def annotated() -> Any:
    anndata = need("anndata")
    pd = need("pandas")
    import numpy as np

    names = {"obs": pd.DataFrame(index=["i", "j"]), "var": pd.DataFrame(index=["u", "v", "w"])}
    return anndata.AnnData(np.arange(6.0, dtype=np.float32).reshape(2, 3), **names)


@functools.cache
def network() -> Any:
    keras = need("keras")
    made = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(3), keras.layers.Dense(2)])
    made.compile(loss="mse")
    return made


def tokenizer() -> Any:
    transformers = need("transformers")
    tokenizers = need("tokenizers")
    words = tokenizers.models.WordLevel({"[UNK]": 0, "a": 1, "b": 2}, unk_token="[UNK]")
    return transformers.PreTrainedTokenizerFast(tokenizer_object=tokenizers.Tokenizer(words), unk_token="[UNK]")


@functools.cache
def pretrained() -> Any:
    transformers = need("transformers")
    need("torch")
    sizes = {"vocab_size": 9, "hidden_size": 4, "num_hidden_layers": 1, "num_attention_heads": 1}
    return transformers.BertModel(transformers.BertConfig(**sizes, intermediate_size=4))


def sparse() -> Any:
    made = need("scipy.sparse").csr_matrix([[0.0, 1.0], [2.0, 0.0]])
    made.max()  # after which it knows that it has no duplicates
    return made


def rows_in_memory() -> Any:
    datasets = need("datasets")
    made = datasets.Dataset.from_dict({"a": [1, 2, 3], "b": ["x", "y", "z"]})
    len(made.features)
    return made


EXAMPLES: dict[str, Callable[[], Any]] = {
    "PIL.Image.Image": image,
    "anndata.AnnData": annotated,
    "datasets.Dataset": rows_in_memory,
    "jax.Array": lambda: need("jax.numpy").arange(6.0).reshape(2, 3),
    "keras.Model": network,
    "numpy.ndarray": lambda: need("numpy").arange(6.0).reshape(2, 3),
    "networkx.DiGraph": lambda: graph("DiGraph"),
    "networkx.Graph": lambda: graph("Graph"),
    "networkx.MultiDiGraph": lambda: graph("MultiDiGraph"),
    "networkx.MultiGraph": lambda: graph("MultiGraph"),
    "pandas.DataFrame": frame,
    "pandas.Series": lambda: frame()["a"],
    "polars.DataFrame": polars_frame,
    "polars.Expr": lambda: need("polars").col("a"),
    "polars.LazyFrame": polars_lazy,
    "polars.Series": lambda: polars_frame()["a"],
    "pyarrow.Table": arrow_table,
    "scipy.sparse.matrix": sparse,
    "tensorflow.Tensor": lambda: need("tensorflow").ones((2, 3)),
    "tensorflow.Variable": lambda: need("tensorflow").Variable([1.0, 2.0]),
    "torch.Tensor": lambda: need("torch").arange(6.0).reshape(2, 3),
    "torch.nn.Module": lambda: need("torch").nn.Linear(3, 2),
    "transformers.PreTrainedModel": pretrained,
    "transformers.PreTrainedTokenizerBase": tokenizer,
    "transformers.PreTrainedTokenizerFast": tokenizer,
    "xarray.DataArray": lambda: labelled()["v"],
    "xarray.Dataset": labelled,
}
"""An object of each type; a class of the public name may be abstract, or have its methods from elsewhere."""
