"""polars: readers, and what the methods of frames, columns and expressions do.

A frame that is read from a file is normally larger than 100 KB; a lazy frame over a file is pickled as its plan.
Frames and columns made of NumPy arrays may share their memory. Methods with ``in_place`` are not listed, and none of
those that call a function of the user's.
"""

from putfix.knowledge.rows import Library, Methods, Producers, Reads, names

_INPUT = "Polars reference, Input/output"
_FRAME = "Polars reference, DataFrame"
_SERIES = "Polars reference, Series"
_LAZY = "Polars reference, LazyFrame"
_EXPRESSIONS = "Polars reference, Expressions"
_FILES = names("polars", "read_csv read_parquet read_ipc read_ipc_stream read_json read_ndjson read_avro read_delta")
_SHEETS = names("polars", "read_excel read_ods")
_QUERIES = names("polars", "read_database read_database_uri")
_SCANS = names("polars", "scan_csv scan_parquet scan_ipc scan_ndjson scan_delta")
_ROWWISE = "clone drop_nans drop_nulls fill_nan fill_null rechunk reverse shift sort unique interpolate"
_WRITES = "write_avro write_csv write_delta write_ipc write_json write_ndjson write_parquet"
_SIZED = ("shape", "height", "width")

LIBRARY = Library(
    producers=(
        Producers(_FILES, "polars.DataFrame", _INPUT, unless=("n_rows",)),
        Producers(_SHEETS, "polars.DataFrame", _INPUT, unless=("sheet_id", "sheet_name"), at_most=1),
        Producers(_QUERIES, "polars.DataFrame", _INPUT, unless=("iter_batches",)),
        Producers(names("polars", "DataFrame"), "polars.DataFrame", _FRAME, size="contents"),
        Producers(names("polars", "from_dict from_dicts from_numpy"), "polars.DataFrame", _FRAME, size="contents"),
        Producers(names("polars", "Series"), "polars.Series", _SERIES, size="contents"),
        Producers((*_SCANS, "polars.LazyFrame"), "polars.LazyFrame", _LAZY, size="unknown"),
        Producers(names("polars", "col lit"), "polars.Expr", _EXPRESSIONS, size="unknown"),
    ),
    reads=(
        Reads((*_FILES, *_SHEETS), _INPUT),
        Reads(_SCANS, _INPUT),
        Reads(
            names("polars", "DataFrame LazyFrame Series concat from_arrow from_dict from_dicts from_numpy from_pandas"),
            _FRAME,
            result="view",
        ),
        Reads(names("polars", "all col lit len"), _EXPRESSIONS, result="view"),
    ),
    large_types=("polars.DataFrame",),
    methods=(
        Methods(
            "polars.DataFrame",
            _FRAME,
            reads=tuple(
                "corr describe equals estimated_size get_column_index glimpse is_duplicated is_empty is_unique max "
                "mean "
                f"median min n_chunks n_unique null_count product quantile std sum var {_WRITES}".split()
            ),
            views=tuple(
                "cast drop explode filter gather_every get_column get_columns group_by head item iter_columns "
                "iter_rows "
                "iter_slices join join_asof lazy limit partition_by pivot rename row rows sample select slice tail "
                "to_arrow to_dict to_dicts to_dummies to_numpy to_pandas to_series to_struct transpose unnest unpivot "
                f"with_columns with_row_index {_ROWWISE}".split()
            ),
            changes=("insert_column", "replace_column"),
            shrinks=("drop_in_place",),
            plain_attributes=_SIZED,
            acting=("glimpse", "sample", *_WRITES.split()),
            keeps_size=tuple(f"cast drop filter join rename select with_columns with_row_index {_ROWWISE}".split()),
            selects=tuple("drop drop_nans drop_nulls filter join select unique".split()),
            gives=(("to_pandas", "pandas.DataFrame"), ("to_arrow", "pyarrow.Table"), ("to_numpy", "numpy.ndarray")),
            repeatable=tuple("cast clone drop drop_nulls fill_null head rename select slice tail to_pandas".split()),
        ),
        Methods(
            "polars.Series",
            _SERIES,
            reads=tuple(
                "all any arg_max arg_min dot equals estimated_size has_nulls is_empty is_sorted len mean median "
                "n_chunks "
                "n_unique null_count product quantile std sum var".split()
            ),
            views=tuple(
                "abs arg_sort cast clone cum_sum diff drop_nans drop_nulls fill_nan fill_null filter gather head "
                "is_duplicated is_in is_nan is_not_null is_null is_unique item limit max min mode reverse round sample "
                "shift slice sort tail to_arrow to_frame to_list to_numpy to_pandas unique value_counts".split()
            ),
            plain_attributes=("shape", "dtype", "name"),
            acting=("sample",),
            keeps_size=tuple(
                "abs clone cum_sum diff drop_nans drop_nulls fill_nan fill_null reverse round sort".split()
            ),
            gives=(("to_frame", "polars.DataFrame"), ("to_numpy", "numpy.ndarray")),
            repeatable=tuple("cast clone drop_nulls head slice tail to_frame to_list to_numpy".split()),
        ),
        Methods(
            "polars.LazyFrame",
            _LAZY,
            reads=("collect_schema",),
            views=tuple(
                "cast clone collect drop drop_nulls explode fill_nan fill_null filter group_by head join limit rename "
                "reverse select shift slice sort tail unique unpivot with_columns with_row_index".split()
            ),
            gives=(("collect", "polars.DataFrame"),),
            keeps_size=tuple("drop_nulls fill_nan fill_null filter rename select sort with_columns".split()),
        ),
        Methods(
            "polars.Expr",
            _EXPRESSIONS,
            views=tuple(
                "abs alias all any cast ceil clip count cum_sum diff drop_nulls eq exp fill_nan fill_null first "
                "floor ge "
                "gt is_between is_in is_nan is_not_nan is_not_null is_null last le len log lt max mean median min mode "
                "n_unique ne over quantile rank reverse round shift sort sqrt std sum tail unique var".split()
            ),
            keeps_size=("abs", "alias", "cast", "fill_null", "max", "mean", "min", "round", "sum"),
        ),
    ),
)
