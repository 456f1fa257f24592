"""SciPy's sparse matrices and arrays, of which one that is made from other data is normally larger than 100 KB; and the
functions of its linear algebra, by how many positional arguments come before ``overwrite_a`` in any of its versions."""

from putfix.knowledge.rows import Library, Methods, Producers, Reads, names

_LINALG = "SciPy reference, scipy.linalg"
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
        Reads(names("scipy.linalg", "det inv lu_factor qr svdvals"), _LINALG, at_most=1),
        Reads(names("scipy.linalg", "cho_factor cho_solve cholesky eigvals hessenberg lu"), _LINALG, at_most=2),
        Reads(names("scipy.linalg", "eigvalsh lstsq lu_solve solve svd"), _LINALG, at_most=3),
        Reads(names("scipy.linalg", "eig eigh"), _LINALG, at_most=4),
        Reads(names("scipy.linalg", "solve_triangular"), _LINALG, at_most=5),
        Reads(names("scipy.linalg", "block_diag hankel norm null_space orth subspace_angles toeplitz"), _LINALG),
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
