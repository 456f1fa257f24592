"""xarray: labelled arrays. One that is loaded from a file is normally larger than 100 KB; one that is only opened is
pickled as the name of its file until something has read from it, so nothing is said about those.
"""

from putfix.knowledge.rows import Library, Methods, Producers, Reads, names

_INPUT = "xarray reference, IO / Conversion"
_READS = "all any argmax argmin count equals identical max mean median min prod quantile std sum to_netcdf var"
_VIEWS = (
    "assign_coords astype clip copy cumsum diff drop_sel drop_vars dropna expand_dims fillna groupby isel isnull "
    "notnull rename resample rolling sel shift squeeze stack to_dict transpose unstack"
)
_SAME = ("assign_coords", "astype", "clip", "copy", "fillna", "rename", "transpose")

LIBRARY = Library(
    producers=(
        Producers(names("xarray", "load_dataset"), "xarray.Dataset", _INPUT),
        Producers(names("xarray", "load_dataarray"), "xarray.DataArray", _INPUT),
        Producers(names("xarray", "Dataset"), "xarray.Dataset", "xarray reference, Dataset", size="contents"),
        Producers(names("xarray", "DataArray"), "xarray.DataArray", "xarray reference, DataArray", size="contents"),
    ),
    reads=(
        Reads(names("xarray", "load_dataset load_dataarray"), _INPUT),
        Reads(
            names("xarray", "Dataset DataArray concat merge"), "xarray reference, Top-level functions", result="view"
        ),
    ),
    methods=(
        Methods(
            "xarray.Dataset",
            "xarray reference, Dataset",
            reads=tuple(_READS.split()),
            views=(*_VIEWS.split(), "assign", "to_dataframe"),
            plain_attributes=("nbytes",),
            acting=("to_netcdf",),
            keeps_size=(*_SAME, "assign"),
            gives=(("to_dataframe", "pandas.DataFrame"),),
            repeatable=("copy", "isel", "rename", "sel"),
        ),
        Methods(
            "xarray.DataArray",
            "xarray reference, DataArray",
            reads=(*_READS.split(), "item"),
            views=(*_VIEWS.split(), "to_dataset", "to_numpy"),
            plain_attributes=("shape", "size", "ndim", "nbytes", "dtype", "name"),
            acting=("to_netcdf",),
            keeps_size=_SAME,
            gives=(("to_numpy", "numpy.ndarray"),),
            repeatable=("copy", "isel", "rename", "sel", "to_numpy"),
        ),
    ),
)
