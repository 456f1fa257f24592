"""anndata: annotated matrices of observations and variables. One is normally larger than 100 KB."""

from putfix.knowledge.rows import Library, Methods, Producers, names

_REFERENCE = "anndata reference, AnnData"

LIBRARY = Library(
    producers=(
        Producers(names("anndata", "read_h5ad read_csv read_text"), "anndata.AnnData", _REFERENCE, unless=("backed",)),
    ),
    methods=(
        Methods(
            "anndata.AnnData",
            _REFERENCE,
            reads=("obs_keys", "var_keys", "write_h5ad"),
            views=("copy", "to_df", "transpose"),
            acting=("write_h5ad",),
            keeps_size=("copy", "transpose"),
            slices=True,
        ),
    ),
    large_types=("anndata.AnnData",),
)
