"""Apache Arrow: readers of tables, and what their methods do.

A table never changes. One that is read from a file is normally larger than 100 KB, and a slice of it is pickled with
the whole of its buffers. Tables made of NumPy arrays share their memory.
"""

from putfix.knowledge.rows import Library, Methods, Producers, Reads, names

_TABLE = "Apache Arrow, Python API reference, pyarrow.Table"
_FORMATS = "Apache Arrow, Python API reference, File formats"
_READERS = (
    *names("pyarrow.parquet", "read_table read_pandas"),
    *names("pyarrow.csv", "read_csv"),
    *names("pyarrow.json", "read_json"),
    *names("pyarrow.feather", "read_table"),
    *names("pyarrow.orc", "read_table"),
)
_MADE = names("pyarrow.Table", "from_arrays from_batches from_pandas from_pydict from_pylist")
_SAME = (
    "add_column append_column cast combine_chunks drop drop_columns drop_null filter remove_column rename_columns "
    "replace_schema_metadata select set_column slice sort_by"
)

LIBRARY = Library(
    producers=(
        Producers(_READERS, "pyarrow.Table", _FORMATS),
        Producers(names("pyarrow.feather", "read_feather"), "pandas.DataFrame", _FORMATS),
        Producers(("pyarrow.table", *_MADE), "pyarrow.Table", _TABLE, size="contents"),
    ),
    reads=(
        Reads(
            (
                *_READERS,
                *names("pyarrow.feather", "read_feather write_feather"),
                *names("pyarrow.parquet", "read_metadata read_schema write_table"),
                *names("pyarrow.csv", "write_csv"),
            ),
            _FORMATS,
        ),
        Reads(
            ("pyarrow.table", *_MADE, *names("pyarrow", "array chunked_array concat_tables record_batch")),
            _TABLE,
            result="view",
        ),
    ),
    large_types=("pyarrow.Table",),
    methods=(
        Methods(
            "pyarrow.Table",
            _TABLE,
            reads=("equals", "get_total_buffer_size", "to_pydict", "to_pylist", "validate"),
            views=tuple(
                "column field flatten group_by itercolumns join take to_batches to_pandas "
                f"unify_dictionaries {_SAME}".split()
            ),
            plain_attributes=("column_names", "nbytes", "num_columns", "num_rows", "shape"),
            keeps_size=tuple(_SAME.split()),
            selects=tuple("drop drop_columns drop_null filter remove_column select slice".split()),
            gives=(("to_pandas", "pandas.DataFrame"),),
            repeatable=tuple("column drop_columns rename_columns select slice to_batches".split()),
        ),
    ),
)
