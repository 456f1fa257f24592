"""JAX: array constructors with the size of what they make, and functions of arrays, which never change.

The item size is that of the default data types, float32 and int32 (JAX documentation, Default dtypes and the X64 flag).
Without that flag wider types are made narrower, so a call that names a data type has no known size.
"""

from putfix.knowledge.rows import Library, Methods, Producers, Reads, names

_NUMPY = "JAX reference, jax.numpy"
_RANDOM = "JAX reference, jax.random"
_ARRAY = "JAX reference, jax.Array"
_FUNCTIONS = (
    "abs add all allclose any argmax argmin argsort array_equal clip concatenate cos cumsum diag divide dot einsum "
    "equal "
    "exp expand_dims floor full_like hstack isfinite isnan linalg.norm log matmul max maximum mean median min minimum "
    "multiply negative ones_like outer power prod repeat round sign sin sort split sqrt square squeeze "
    "stack std "
    "subtract sum tanh tile transpose var vstack where zeros_like"
)
_ARRAYS = names(
    "jax.numpy",
    "abs add clip concatenate cos cumsum divide exp floor full_like hstack log maximum minimum multiply negative "
    "ones_like "
    "outer repeat round sign sin sort sqrt square stack subtract tanh tile transpose vstack zeros_like",
)
_MADE = "zeros ones empty full arange linspace eye identity"
_DRAWN = (
    "bernoulli beta categorical choice exponential fold_in gamma gumbel key normal permutation PRNGKey randint split "
    "uniform"
)
_METHODS = (
    "all any argmax argmin argsort astype block_until_ready clip copy cumprod cumsum dot flatten item max mean min "
    "nonzero "
    "prod ravel repeat reshape round sort squeeze std sum swapaxes tobytes trace transpose var"
)

LIBRARY = Library(
    producers=(
        Producers(
            names("jax.numpy", "zeros ones empty"),
            "jax.Array",
            _NUMPY,
            size="shape",
            shape_at=0,
            item_bytes=4,
            unless=("dtype",),
            at_most=1,
        ),
        Producers(
            names("jax.numpy", "arange"), "jax.Array", _NUMPY, size="range", item_bytes=4, unless=("dtype",), at_most=3
        ),
        Producers(
            names("jax.numpy", "linspace"),
            "jax.Array",
            _NUMPY,
            size="samples",
            item_bytes=4,
            unless=("dtype", "retstep"),
            at_most=3,
        ),
        Producers(
            names("jax.numpy", "eye identity"),
            "jax.Array",
            _NUMPY,
            size="square",
            item_bytes=4,
            unless=("dtype",),
            at_most=1,
        ),
        Producers(
            names("jax.random", "normal uniform exponential gumbel"),
            "jax.Array",
            _RANDOM,
            size="shape",
            shape_at=1,
            item_bytes=4,
            unless=("dtype",),
            at_most=2,
        ),
        Producers(
            names("jax.random", "randint"),
            "jax.Array",
            _RANDOM,
            size="shape",
            shape_at=1,
            item_bytes=4,
            unless=("dtype",),
            at_most=4,
        ),
        Producers(names("jax.random", "PRNGKey key fold_in"), "jax.Array", _RANDOM, size="unknown"),
        Producers((*names("jax.numpy", "array asarray full"), *_ARRAYS), "jax.Array", _NUMPY, size="unknown"),
    ),
    reads=(
        Reads(names("jax.numpy", f"{_MADE} {_FUNCTIONS} array save"), _NUMPY),
        Reads(names("jax.random", _DRAWN), _RANDOM),
        Reads(
            (*names("jax.numpy", "asarray reshape"), *names("jax", "device_get device_put block_until_ready")),
            _NUMPY,
            result="view",
        ),
        Reads(names("jax", "device_count devices local_device_count"), "JAX reference, jax"),
    ),
    repeatable=(*names("jax.numpy", f"{_MADE} {_FUNCTIONS} array"), *names("jax.random", _DRAWN)),
    methods=(
        Methods(
            "jax.Array",
            _ARRAY,
            reads=tuple(_METHODS.split()),
            views=("tolist",),
            plain_attributes=("dtype", "itemsize", "nbytes", "ndim", "shape", "size"),
            keeps_size=("copy", "flatten", "ravel", "reshape", "sort", "squeeze", "swapaxes", "transpose"),
            repeatable=tuple(name for name in _METHODS.split() if name != "block_until_ready"),
        ),
    ),
)
