"""SciPy's sparse matrices and arrays. One that is made from other data is normally larger than 100 KB."""

from putfix.knowledge.rows import Library, Methods, Producers, Reads, names

_SPARSE = "SciPy reference, scipy.sparse"
_CONSTRUCTORS = names(
    "scipy.sparse",
    "bsr_array bsr_matrix coo_array coo_matrix csc_array csc_matrix csr_array csr_matrix",
)

LIBRARY = Library(
    producers=(
        Producers(_CONSTRUCTORS, "scipy.sparse.matrix", _SPARSE, size="made-from"),
        Producers(
            names("scipy.sparse", "random rand"),
            "scipy.sparse.matrix",
            _SPARSE,
            size="sparse",
            dimensions=(("m", 0, None), ("n", 1, None)),
        ),
        Producers(names("scipy.sparse", "load_npz"), "scipy.sparse.matrix", _SPARSE),
    ),
    reads=(
        Reads(_CONSTRUCTORS, _SPARSE, result="view"),
        Reads(names("scipy.sparse", "random rand load_npz issparse hstack vstack"), _SPARSE),
    ),
    methods=(
        Methods(
            "scipy.sparse.matrix",
            _SPARSE,
            reads=("getnnz", "toarray", "todense", "dot", "mean", "multiply", "nonzero"),
            views=("tocsr", "tocsc", "tocoo", "tobsr", "transpose", "copy", "astype"),
            with_output=("mean", "toarray", "todense"),
            repeatable=("tocsr", "tocsc", "tocoo", "transpose", "copy", "toarray", "astype"),
            keeps_size=("tocsr", "tocsc", "tocoo", "tobsr", "transpose", "copy", "astype"),
        ),
    ),
)
