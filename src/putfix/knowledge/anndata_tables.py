"""anndata and scanpy: annotated matrices of observations and variables. One is normally larger than 100 KB.

A part of one is a view, which is pickled with all of the original. Writing to a file, ``write_h5ad`` and its like,
first turns columns of text into categories, in place. Most functions of ``scanpy.pp`` and ``scanpy.tl`` change what
they are given too: none is listed.
"""

from putfix.knowledge.rows import Library, Methods, Producers, Reads, names

_REFERENCE = "anndata reference, AnnData"
_READING = "scanpy reference, Reading; anndata reference, Reading"
_FILES = "read_csv read_excel read_h5ad read_hdf read_loom read_mtx read_text read_umi_tools"
_READERS = (
    *names("anndata", f"{_FILES} read_zarr"),
    *names("anndata.io", f"{_FILES} read_zarr"),
    *names("scanpy", f"{_FILES} read read_10x_h5 read_10x_mtx read_visium"),
    *names("scanpy.datasets", "moignard15 paul15 pbmc3k pbmc3k_processed pbmc68k_reduced"),
)

LIBRARY = Library(
    producers=(
        Producers(_READERS, "anndata.AnnData", _READING, unless=("backed",), at_most=1),
        Producers(("anndata.AnnData", "scanpy.AnnData"), "anndata.AnnData", _REFERENCE, size="contents"),
    ),
    reads=(
        Reads(_READERS, _READING),
        Reads(("anndata.AnnData", "scanpy.AnnData", "anndata.concat"), _REFERENCE, result="view"),
    ),
    methods=tuple(
        Methods(
            kind,
            _REFERENCE,
            reads=("obs_keys", "obsm_keys", "uns_keys", "var_keys", "varm_keys"),
            views=("copy", "obs_vector", "to_df", "transpose", "var_vector"),
            changes=("obs_names_make_unique", "var_names_make_unique"),
            plain_attributes=("n_obs", "n_vars", "shape"),
            keeps_size=("copy", "transpose"),
            gives=(("to_df", "pandas.DataFrame"),),
            slices=True,
        )
        for kind in ("anndata.AnnData", "scanpy.AnnData")
    ),
    large_types=("anndata.AnnData", "scanpy.AnnData"),
)
