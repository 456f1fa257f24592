"""NumPy: array constructors with the size of what they make, functions that only read, methods of arrays.

The item size is that of the default data type: float64 and int64 have 8 bytes (NumPy user guide, Data types;
on Windows with NumPy 1 the default integer has 4, which only the lower bound of ``randint`` and ``arange``
would notice).
"""

from putfix.knowledge.rows import ANY_NUMBER, Library, Methods, Producers, Reads, names

_CREATION = "NumPy reference, Array creation routines"
_RANDOM = "NumPy reference, Random sampling"
_ROUTINES = "NumPy reference, Routines"
_ARRAY = "NumPy reference, numpy.ndarray"

LIBRARY = Library(
    producers=(
        Producers(
            names("numpy", "zeros ones empty"), "numpy.ndarray", _CREATION, size="shape", shape_at=0, data_type_at=1
        ),
        Producers(names("numpy", "full"), "numpy.ndarray", _CREATION, size="filled", shape_at=0, data_type_at=2),
        Producers(names("numpy", "arange"), "numpy.ndarray", _CREATION, size="range", data_type_at=3),
        Producers(
            names("numpy", "linspace logspace geomspace"),
            "numpy.ndarray",
            _CREATION,
            size="samples",
            unless=("retstep",),
        ),
        Producers(names("numpy", "eye identity"), "numpy.ndarray", _CREATION, size="square", data_type_at=99),
        Producers(names("numpy", "zeros_like ones_like empty_like full_like"), "numpy.ndarray", _CREATION, size="like"),
        Producers(names("numpy", "copy array asarray ascontiguousarray"), "numpy.ndarray", _CREATION, size="contents"),
        Producers(
            names(
                "numpy", "absolute abs exp log log2 log10 log1p sqrt square sin cos tan tanh sign negative floor ceil"
            )
            + names(
                "numpy", "rint add subtract multiply divide true_divide floor_divide power mod maximum minimum clip"
            ),
            "numpy.ndarray",
            "NumPy reference, Universal functions",
            size="item-by-item",
        ),
        Producers(names("numpy", "isnan isinf isfinite"), "numpy.ndarray", _ROUTINES, size="flags"),
        Producers(
            (
                *names("numpy", "sum mean std var min max amin amax prod median argmin argmax all any"),
                *names("numpy.ndarray", "sum mean std var min max prod argmin argmax all any item"),
            ),
            "builtins.float",
            _ROUTINES,
            size="reduced",
        ),
        Producers(names("numpy", "concatenate"), "numpy.ndarray", _ROUTINES, size="joined"),
        Producers(names("numpy", "stack"), "numpy.ndarray", _ROUTINES, size="stacked"),
        Producers(
            names("numpy", "vstack hstack dstack column_stack append"), "numpy.ndarray", _ROUTINES, size="gathered"
        ),
        Producers(
            (*names("numpy", "tile repeat"), *names("numpy.ndarray", "repeat")),
            "numpy.ndarray",
            _ROUTINES,
            size="repeated",
        ),
        Producers(
            (*names("numpy", "matmul dot"), *names("numpy.ndarray", "dot")), "numpy.ndarray", _ROUTINES, size="product"
        ),
        Producers(
            (*names("numpy", "transpose swapaxes"), *names("numpy.ndarray", "transpose swapaxes")),
            "numpy.ndarray",
            _ROUTINES,
            size="turned",
        ),
        Producers(
            (*names("numpy", "reshape ravel"), *names("numpy.ndarray", "reshape ravel flatten")),
            "numpy.ndarray",
            _ROUTINES,
            size="reshaped",
        ),
        Producers(
            (*names("numpy", "squeeze"), *names("numpy.ndarray", "squeeze")),
            "numpy.ndarray",
            _ROUTINES,
            size="squeezed",
        ),
        Producers(names("numpy.ndarray", "astype"), "numpy.ndarray", _ARRAY, size="converted", data_type_at=1),
        Producers(
            (*names("numpy", "flip sort"), *names("numpy.ndarray", "copy")), "numpy.ndarray", _ARRAY, size="copy"
        ),
        Producers(names("numpy.ndarray", "tobytes"), "builtins.bytes", _ARRAY, size="same"),
        Producers(names("numpy.ndarray", "tolist"), "builtins.list", _ARRAY, size="listed"),
        Producers(names("numpy.random", "rand randn"), "numpy.ndarray", _RANDOM, size="dimensions"),
        Producers(
            names("numpy.random", "random random_sample sample ranf standard_exponential"),
            "numpy.ndarray",
            _RANDOM,
            size="shape",
            shape_at=0,
        ),
        Producers(names("numpy.random", "standard_normal"), "numpy.ndarray", _RANDOM, size="shape", shape_at=0),
        Producers(
            names("numpy.random", "normal uniform gumbel laplace logistic lognormal randint beta gamma binomial"),
            "numpy.ndarray",
            _RANDOM,
            size="shape",
            shape_at=2,
            data_type_at=3,
        ),
        Producers(names("numpy.random", "poisson exponential"), "numpy.ndarray", _RANDOM, size="shape", shape_at=1),
        Producers(
            names("numpy.random.Generator", "random standard_normal standard_exponential"),
            "numpy.ndarray",
            _RANDOM,
            size="shape",
            shape_at=0,
            data_type_at=1,
        ),
        Producers(
            names("numpy.random.Generator", "normal uniform gumbel laplace logistic lognormal integers"),
            "numpy.ndarray",
            _RANDOM,
            size="shape",
            shape_at=2,
            data_type_at=3,
        ),
        Producers(names("numpy.random", "default_rng"), "numpy.random.Generator", _RANDOM, size="unknown"),
        Producers(names("numpy.random", "RandomState"), "numpy.random.RandomState", _RANDOM, size="unknown"),
        Producers(names("numpy.random.RandomState", "rand randn"), "numpy.ndarray", _RANDOM, size="dimensions"),
        Producers(
            names("numpy.random.RandomState", "random_sample random standard_normal"),
            "numpy.ndarray",
            _RANDOM,
            size="shape",
            shape_at=0,
        ),
        Producers(
            names("numpy.random.RandomState", "normal uniform randint"),
            "numpy.ndarray",
            _RANDOM,
            size="shape",
            shape_at=2,
            data_type_at=3,
        ),
        Producers(
            names("numpy", "load loadtxt genfromtxt fromfile"),
            "numpy.ndarray",
            "NumPy reference, Input and output",
            size="file",
            unless=("mmap_mode", "unpack", "allow_pickle"),
            at_most=1,
        ),
    ),
    reads=(
        Reads(
            (
                *names("numpy", "zeros ones empty full arange linspace logspace geomspace eye identity"),
                *names("numpy", "zeros_like ones_like empty_like full_like copy tile repeat"),
                *names("numpy", "load loadtxt genfromtxt fromfile save savez savez_compressed savetxt"),
                *names("numpy", "allclose array_equal isclose may_share_memory shares_memory ndim shape size"),
                *names("numpy", "unique bincount searchsorted digitize interp polyfit polyval"),
                *names("numpy", "argsort argwhere sort nonzero flatnonzero count_nonzero where"),
                *names("numpy", "append insert delete meshgrid"),
                *names("numpy", "errstate printoptions"),
                *names("numpy.random", "default_rng seed rand randn random random_sample sample ranf randint normal"),
                *names(
                    "numpy.random", "uniform standard_normal standard_exponential gumbel laplace logistic lognormal"
                ),
                *names("numpy.random", "beta gamma binomial poisson exponential choice permutation RandomState"),
                *names("numpy.linalg", "det inv matrix_rank norm pinv solve eig eigh eigvals eigvalsh cholesky lstsq"),
            ),
            _ROUTINES,
        ),
        Reads(
            (
                *names("numpy", "absolute abs exp log log2 log10 log1p sqrt square sin cos tan tanh sign negative"),
                *names("numpy", "isnan isinf isfinite floor ceil rint logical_not"),
            ),
            _ROUTINES,
            at_most=1,
        ),
        Reads(
            (
                *names("numpy", "add subtract multiply divide true_divide floor_divide power mod maximum minimum"),
                *names("numpy", "equal greater less matmul dot inner outer logical_and logical_or"),
                *names("numpy", "sum mean std var min max amin amax prod median argmin argmax all any cumsum cumprod"),
                *names("numpy", "concatenate stack vstack hstack dstack column_stack round percentile quantile"),
            ),
            _ROUTINES,
            at_most=2,
        ),
        Reads(names("numpy", "clip"), _ROUTINES, at_most=3),
        Reads(names("numpy", "array"), _CREATION, result="items", at_most=1),
        Reads(
            names(
                "numpy",
                "array_split asarray ascontiguousarray atleast_1d atleast_2d bool_ broadcast_to expand_dims flip "
                "histogram float32 float64 int32 int64 moveaxis ravel reshape split squeeze swapaxes transpose uint8",
            ),
            _ROUTINES,
            result="view",
            at_most=3,
        ),
    ),
    repeatable=names(
        "numpy",
        "abs absolute add all any arange array asarray ascontiguousarray clip column_stack concatenate copy cumsum dot "
        "equal exp expand_dims eye floor full full_like geomspace hstack identity isfinite isnan linspace log logspace "
        "matmul max maximum mean min minimum multiply negative ones ones_like outer prod repeat reshape round sign "
        "sort sqrt square stack std subtract sum tile transpose unique var vstack where zeros zeros_like "
        "float32 float64",
    ),
    methods=(
        Methods(
            "numpy.ndarray",
            _ARRAY,
            reads=tuple(
                "all any argmax argmin argsort copy cumprod cumsum dot dump dumps flatten item max mean min nonzero "
                "prod ptp repeat round searchsorted std sum tobytes tofile trace var".split()
            ),
            views=tuple("tolist astype diagonal ravel reshape squeeze swapaxes transpose view".split()),
            changes=("fill", "itemset", "partition", "put", "sort"),
            plain_attributes=("shape", "size", "ndim", "nbytes", "dtype", "itemsize", "strides"),
            acting=("dump", "tofile"),
            with_output=tuple(
                "all any argmax argmin cumprod cumsum dot max mean min prod ptp round std sum trace var".split()
            ),
            repeatable=("astype", "copy", "flatten", "ravel", "tobytes", "tolist"),
            items_repeatable=True,
        ),
        Methods(
            "numpy.random.Generator",
            _RANDOM,
            changes=tuple(
                "beta binomial choice exponential gamma gumbel integers laplace logistic lognormal normal permutation "
                "poisson random standard_exponential standard_normal uniform".split()
            ),
            draws=(
                *(
                    (method, ANY_NUMBER)
                    for method in "beta binomial exponential gamma gumbel integers laplace logistic lognormal normal "
                    "poisson uniform".split()
                ),
                *((method, 2) for method in ("random", "standard_normal")),
                ("standard_exponential", 3),
            ),
        ),
        Methods(
            "numpy.random.RandomState",
            _RANDOM,
            changes=tuple(
                "beta binomial choice exponential gamma gumbel laplace logistic lognormal normal permutation poisson "
                "rand randint randn random random_sample standard_exponential standard_normal uniform".split()
            ),
            draws=tuple(
                (method, ANY_NUMBER)
                for method in "beta binomial exponential gamma gumbel laplace logistic lognormal normal poisson rand "
                "randint randn random random_sample standard_exponential standard_normal uniform".split()
            ),
        ),
    ),
    managers=names("numpy", "errstate printoptions"),
    writes_through=(*names("numpy.ctypeslib", "as_ctypes"),),
)
