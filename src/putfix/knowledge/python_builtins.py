"""Python's builtin functions and types."""

from putfix.knowledge.rows import Library, Methods, Producers, Reads, names

_FUNCTIONS = "Python library reference, Built-in Functions"
_TYPES = "Python library reference, Built-in Types"

LIBRARY = Library(
    producers=(
        Producers(names("builtins", "bytes"), "builtins.bytes", _TYPES, size="bytes"),
        Producers(names("builtins", "bytearray"), "builtins.bytearray", _TYPES, size="bytes"),
        Producers(names("builtins", "list"), "builtins.list", _TYPES, size="items"),
        Producers(names("builtins", "sorted"), "builtins.list", _FUNCTIONS, size="items"),
        Producers(("builtins.str.encode",), "builtins.bytes", _TYPES, size="same"),
        Producers(names("builtins", "range"), "builtins.range", _FUNCTIONS, size="small"),
        Producers(names("builtins", "open"), "io.TextIOWrapper", _FUNCTIONS, size="opened"),
        Producers(names("builtins", "tuple"), "builtins.tuple", _TYPES, size="items"),
        Producers(names("builtins", "set"), "builtins.set", _TYPES, size="items"),
        Producers(names("builtins", "frozenset"), "builtins.frozenset", _TYPES, size="items"),
        Producers(names("builtins", "len int ord hash id"), "builtins.int", _FUNCTIONS, size="number"),
        Producers(names("builtins", "float"), "builtins.float", _FUNCTIONS, size="number"),
        Producers(names("builtins", "bool callable isinstance hasattr"), "builtins.bool", _FUNCTIONS, size="number"),
        Producers(names("builtins", "dict"), "builtins.dict", _TYPES, size="unknown"),
    ),
    reads=(
        Reads(
            names(
                "builtins",
                "abs all any ascii bin bool bytes bytearray callable chr complex divmod float format frozenset hasattr "
                "hash hex id input int isinstance issubclass len oct open ord pow print range repr round str "
                "staticmethod classmethod property",
            ),
            _FUNCTIONS,
        ),
        Reads(
            names(
                "builtins",
                "dict enumerate getattr list max memoryview min reversed set slice sorted sum tuple zip super object "
                "Exception ValueError TypeError RuntimeError KeyError IndexError NotImplementedError AssertionError "
                "StopIteration OSError FileNotFoundError",
            ),
            _FUNCTIONS,
            result="view",
        ),
        Reads(names("builtins", "iter type"), _FUNCTIONS, result="view", at_most=1),
    ),
    repeatable=names(
        "builtins",
        "abs all any bool bytes chr dict divmod enumerate float frozenset hasattr int isinstance len list max min ord "
        "pow range reversed round set sorted str sum tuple zip ValueError TypeError RuntimeError KeyError IndexError",
    ),
    managers=names("builtins", "open"),
    methods=(
        Methods(
            "builtins.list",
            _TYPES,
            reads=("count", "index", "__len__"),
            views=("copy", "__getitem__", "__iter__"),
            changes=("append", "extend", "insert", "reverse", "sort"),
            shrinks=("clear", "pop", "remove"),
            repeatable=("copy",),
            items_repeatable=True,
        ),
        Methods("builtins.tuple", _TYPES, reads=("count", "index")),
        Methods(
            "builtins.dict",
            _TYPES,
            views=("copy", "get", "items", "keys", "values"),
            changes=("setdefault", "update"),
            shrinks=("clear", "pop", "popitem"),
            repeatable=("copy",),
            items_repeatable=True,
        ),
        Methods(
            "builtins.set",
            _TYPES,
            reads=("isdisjoint", "issubset", "issuperset"),
            views=("copy", "difference", "intersection", "symmetric_difference", "union"),
            changes=("add", "update"),
            shrinks=("clear", "discard", "pop", "remove"),
        ),
        Methods(
            "builtins.bytes",
            _TYPES,
            reads=("decode", "count", "find", "index", "hex", "split", "startswith", "endswith", "strip", "replace"),
        ),
        Methods("builtins.bytearray", _TYPES, reads=("decode", "count", "find", "index", "hex")),
        Methods(
            "builtins.str",
            _TYPES,
            reads=tuple(
                "capitalize casefold center count encode endswith expandtabs find format index isalnum isalpha "
                "isascii isdecimal isdigit isidentifier islower isnumeric isprintable isspace istitle isupper join "
                "ljust lower lstrip partition removeprefix removesuffix replace rfind rindex rjust rpartition rsplit "
                "rstrip split splitlines startswith strip swapcase title translate upper zfill".split()
            ),
        ),
    ),
)
