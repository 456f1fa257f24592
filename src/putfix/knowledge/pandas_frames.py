"""pandas: readers, and what the methods of frames and series do.

A frame that is read from a file is normally larger than 100 KB. With ``chunksize`` or ``iterator`` the
readers return an iterator instead, which cannot be serialized.
"""

from putfix.knowledge.rows import Library, Methods, Producers, Reads, names

_INPUT = "pandas reference, Input/output"
_FRAME = "pandas reference, DataFrame"
_READERS = names(
    "pandas",
    "read_csv read_table read_fwf read_json read_parquet read_feather read_orc read_sql read_sql_query read_sql_table "
    "read_stata read_sas read_hdf read_excel",
)
_READS = (
    "abs all any count corr cov describe duplicated eq equals first_valid_index ge gt idxmax idxmin info isin isna "
    "isnull last_valid_index le lt max mean median memory_usage min mode ne nlargest notna notnull nsmallest nunique "
    "prod quantile rank round sem skew std sum to_json to_markdown to_pickle to_string value_counts var"
)
_VIEWS = (
    "add astype bfill clip combine_first copy cummax cummin cumprod cumsum diff div drop drop_duplicates dropna "
    "explode expanding ffill fillna get groupby head interpolate items keys mul nunique pct_change reindex replace "
    "reset_index resample rolling sample shift sort_index sort_values sub squeeze tail take to_numpy transpose "
    "to_dict truncate unstack xs"
)
_FRAME_READS = "to_parquet"
_FRAME_VIEWS = "iterrows itertuples join melt merge pivot query select_dtypes set_index stack"
_SERIES_READS = "item unique"
_SERIES_VIEWS = "to_frame to_list tolist"
_REPEATABLE = tuple(
    "astype copy drop drop_duplicates dropna fillna head reset_index round sort_index sort_values tail to_numpy".split()
)
_ACTING = ("info", "sample", "to_json", "to_markdown", "to_parquet", "to_pickle", "to_string")
_KEEPS_SIZE = tuple(
    "astype bfill clip copy cummax cummin cumprod cumsum diff dropna ffill fillna interpolate mask rename replace "
    "reset_index round shift sort_index sort_values where".split()
)

LIBRARY = Library(
    producers=(
        Producers(_READERS, "pandas.DataFrame", _INPUT, unless=("chunksize", "iterator", "nrows")),
        Producers(names("pandas", "read_pickle"), "pickle.loaded", _INPUT),
        Producers(names("pandas", "concat"), "", "pandas reference, General functions", size="gathered"),
        Producers(
            names("pandas", "merge get_dummies"), "pandas.DataFrame", "pandas reference, General functions", size="same"
        ),
        Producers(names("pandas", "DataFrame"), "pandas.DataFrame", _FRAME, size="contents", unless=("copy",)),
        Producers(
            names("pandas", "Series"), "pandas.Series", "pandas reference, Series", size="contents", unless=("copy",)
        ),
    ),
    reads=(
        Reads((*_READERS, *names("pandas", "read_pickle isna isnull notna notnull unique")), _INPUT),
        Reads(
            names("pandas", "DataFrame Series Index concat merge melt pivot pivot_table cut qcut get_dummies"),
            "pandas reference, General functions",
            result="view",
        ),
    ),
    large_types=("pandas.DataFrame",),
    methods=(
        Methods(
            "pandas.DataFrame",
            _FRAME,
            reads=tuple(f"{_READS} {_FRAME_READS}".split()),
            views=tuple(f"{_VIEWS} {_FRAME_VIEWS}".split()),
            plain_attributes=("shape", "size", "ndim", "empty"),
            keeps_size=(*_KEEPS_SIZE, "set_index", "assign", "drop", "join", "melt", "merge", "query", "transpose"),
            selects=("drop", "dropna", "join", "merge", "query"),
            gives=(("to_numpy", "numpy.ndarray"), ("to_dict", "builtins.dict")),
            parts=(("values", "numpy.ndarray"), ("T", "pandas.DataFrame")),
            acting=_ACTING,
            repeatable=(*_REPEATABLE, "set_index"),
            items_repeatable=True,
        ),
        Methods(
            "pandas.Series",
            "pandas reference, Series",
            reads=tuple(f"{_READS} {_SERIES_READS}".split()),
            views=tuple(f"{_VIEWS} {_SERIES_VIEWS}".split()),
            plain_attributes=("shape", "size", "ndim", "empty", "nbytes", "dtype", "name"),
            keeps_size=tuple(name for name in _KEEPS_SIZE if name != "reset_index"),  # which gives a frame
            selects=("dropna",),
            gives=(("to_numpy", "numpy.ndarray"), ("to_list", "builtins.list"), ("tolist", "builtins.list")),
            parts=(("values", "numpy.ndarray"),),
            acting=_ACTING,
            repeatable=_REPEATABLE,
            items_repeatable=True,
        ),
    ),
)
