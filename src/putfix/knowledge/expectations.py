"""What an expert would expect to be large, without proof: what unsafe fixes rely on.

Of 84 arguments that experts would hoist in 24 public projects, 11 came from ``state_dict`` or ``get_weights``, 11 were
objects of the project's own classes, and 4 came from ``.to("cpu")``. Plain names mislead: 31 % of the arguments called
``data``, ``model``, ``df`` and the like were large.
"""

METHODS = frozenset({"state_dict", "get_weights", "get_state_dict", "cpu", "numpy", "to"})
"""Methods whose results are the numbers of a model or of a batch; ``to`` only as ``to("cpu")``."""

ENDINGS = (
    *(
        "AnnData",
        "Array",
        "Data",
        "DataFrame",
        "Dataset",
        "Embeddings",
        "Graph",
        "Matrix",
        "Model",
        "Module",
        "Network",
    ),
    *("Table", "Tensor", "Tokenizer", "TokenizerBase", "Weights"),
)
"""How the names of classes end whose objects hold much data."""

TYPES = frozenset({"numpy.ndarray", "torch.Tensor", "torch.nn.Module", "scipy.sparse.matrix", "keras.Model"})
"""Listed types whose objects hold many numbers as a rule, though some have few."""
