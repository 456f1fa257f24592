"""What an expert would expect to be large, without proof: what unsafe fixes rely on.

Of 84 arguments that experts would hoist in 24 public projects, 11 came from ``state_dict`` or ``get_weights``, 11 were
objects of the project's own classes, 10 came out of ``ray.get``, 9 were networks or optimizers, 8 arrays, 4
tokenizers, and 4 came from ``.to("cpu")``. Plain names mislead: 31 % of the arguments called ``data``, ``model``,
``df`` and the like were large. So a name is the last thing that is asked, and only where nothing else speaks against
it.
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

WORDS = frozenset(
    {
        # tables and arrays, as the documentation of pandas, NumPy, SciPy and AnnData calls its objects
        *(
            "adata",
            "anndata",
            "array",
            "arrays",
            "arr",
            "dataframe",
            "df",
            "dfs",
            "frames",
            "mat",
            "matrices",
            "matrix",
        ),
        *("lut", "mask", "masks", "table", "tables", "tensor", "tensors", "vec", "vecs", "vector", "vectors"),
        # what is learned from: scikit-learn and PyTorch
        *("corpus", "data", "dataset", "datasets", "embedding", "embeddings", "features", "images"),
        *(
            "audio",
            "batch",
            "chunk",
            "documents",
            "inputs",
            "observations",
            "records",
            "samples",
            "sequences",
            "signal",
            "spectra",
        ),
        *("texts", "tokens", "transitions", "trajectories", "video", "vocab", "vocabulary"),
        # what is learned, and what learns: PyTorch, Keras, Transformers
        *(
            "booster",
            "checkpoint",
            "forest",
            "grad",
            "gradient",
            "gradients",
            "grads",
            "model",
            "models",
            "net",
            "network",
            "nn",
            "optimizer",
        ),
        *("logits", "processor", "tokenizer", "weights"),
        # other structures with many parts
        *("graph", "hlo", "lattice", "mesh", "pointcloud", "points", "population", "volume"),
    }
)
"""Last words of names of large values."""

SAMPLES = frozenset({"X", "X_train", "X_test", "X_val", "X_tr", "X_te", "x_train", "x_test", "x_val", "x_all", "X_all"})
"""Names of a matrix of samples, by the convention of scikit-learn's documentation."""

CONTAINERS = frozenset({"all", "cpu", "dict", "dicts", "full", "list", "map", "np", "numpy", "obj", "object", "raw"})
"""Last words that only say in what form a value is held; the word before tells what it is."""

SMALL_WORDS = frozenset(
    {
        # places and names of things
        *("dir", "directory", "file", "filename", "files", "folder", "key", "keys", "name", "names", "path", "paths"),
        *("prefix", "suffix", "tag", "uri", "url", "column", "columns", "col", "cols"),
        # numbers, flags and settings
        *(
            "args",
            "cfg",
            "conf",
            "config",
            "configs",
            "configuration",
            "count",
            "dim",
            "dims",
            "dtype",
            "epoch",
            "flag",
        ),
        *(
            "has",
            "idx",
            "index",
            "is",
            "kwargs",
            "kind",
            "len",
            "length",
            "lr",
            "max",
            "meta",
            "metadata",
            "min",
            "mode",
        ),
        *("n", "no", "num", "number", "opt", "options", "opts", "rate", "seed", "settings", "shape", "shapes", "size"),
        *("sizes", "spec", "specs", "step", "steps", "type", "types", "use", "version", "with"),
        # code, and what makes things
        *(
            "builder",
            "callback",
            "class",
            "cls",
            "creator",
            "factory",
            "fn",
            "fns",
            "func",
            "function",
            "maker",
            "init",
        ),
        *("loader", "loaders", "writer", "reader", "iterator", "iter", "logger"),
        # references, actors, and their kind
        *("actor", "actors", "client", "future", "futures", "handle", "handles", "id", "ids", "manager", "oid", "oids"),
        *(
            "address",
            "addresses",
            "pool",
            "put",
            "queue",
            "ref",
            "refs",
            "remote",
            "replica",
            "server",
            "servers",
            "storage",
            "uid",
            "uuid",
            "worker",
        ),
        *("uuids", "workers"),
        # a few numbers each
        *("info", "loss", "metric", "metrics", "reward", "rewards", "score", "scores", "stat", "stats", "summary"),
    }
)
"""Words of names of what is small, or a reference: none of them may be in the name."""

VERBS = frozenset({"load", "read", "fetch", "download", "get", "make", "build", "create", "generate", "prepare"})
"""First words of functions that give what their last word says; what the first four give is large where it says
nothing."""

LOADING = frozenset({"load", "read", "fetch", "download"})
"""Those that bring in a whole file or table."""

COMMANDS = frozenset(
    {*("backload", "do", "freeze", "has", "is", "keep", "load", "offload", "return", "save", "set", "should", "skip")}
    | {*("shuffle", "sync", "update", "use")}
)
"""First words of names of flags, such as ``save_optimizer``."""

SMALL_FORMATS = frozenset({"argparse", "configparser", "json", "os", "re", "toml", "tomllib", "yaml", "pathlib"})
"""Modules whose functions read settings and names."""

SETTINGS = frozenset({"args", "cfg", "config", "conf", "FLAGS", "flags", "hparams", "opt", "options", "params"})
"""Names of objects whose attributes are settings."""

TEXT_METHODS = frozenset(
    {*("capitalize", "endswith", "format", "isdigit", "lower", "lstrip", "rsplit", "rstrip", "split", "splitlines")}
    | {*("startswith", "strip", "title", "upper", "exists", "is_dir", "is_file", "joinpath", "mkdir", "with_suffix")}
)
"""Methods of texts and paths, which nothing large has."""

TAKING_NAMES = frozenset(
    {*("open", "Path", "int", "float", "str", "range", "import_module", "getattr", "setattr", "hasattr", "makedirs")}
    | {*("exists", "isfile", "isdir", "basename", "dirname", "abspath", "expanduser", "from_pretrained", "get_actor")}
    | {*("load_model", "load_dataset", "read_csv", "read_parquet", "read_h5ad", "load_from_checkpoint")}
)
"""Functions whose first argument is a path, a name or a number."""

GETTING = frozenset({"get", "wait", "kill", "cancel"})
"""Functions of Ray whose first argument is a reference, a list of them, or a handle."""

ROW_NAMES = frozenset({"names", "ids", "barcodes"})
"""Last words of names of lists that tell the rows or columns of a matrix apart, as ``obs_names`` of an AnnData do."""

FEW = frozenset(
    {
        *("attribute", "axis", "channel", "class", "cluster", "dataset", "experiment", "feature", "field", "group"),
        "head",
    }
    | {*("label", "layer", "method", "model", "module", "param", "parameter", "process", "target", "task", "topic")}
    | {*("var", "variable", "view")}
)
"""Things of which there are few, so that a list of their names is small."""

TWO_DIMENSIONAL = frozenset(
    {*("AnnData", "DataFrame", "NDArray", "Tensor", "coo_matrix", "csc_matrix", "csr_matrix", "ndarray", "spmatrix")}
    | {*("csc_array", "csr_array", "sparray", "sparse_matrix")}
)
"""Types of matrices and tables, by their last names."""

ITERATORS = frozenset({"enumerate", "filter", "iter", "map", "reversed", "zip"})
"""Functions whose results can be gone through once only."""

READING = frozenset(
    {*("batch_decode", "convert_ids_to_tokens", "convert_tokens_to_ids", "decode", "encode", "tokenize")}  # tokenizers
    | {*("predict", "predict_proba", "score", "transform", "inverse_transform")}  # estimators of scikit-learn
    | {*("get_weights", "named_parameters", "parameters", "state_dict", "summary")}  # networks of PyTorch and Keras
    | {*("copy", "describe", "get", "head", "items", "keys", "to_numpy", "tolist", "values")}  # tables and dictionaries
)
"""Methods that only read, whatever of the large types their object is."""
