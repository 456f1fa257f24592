"""Python's standard library, and the drop-in replacements of its pickle module."""

from putfix.knowledge.rows import Library, Methods, Producers, Reads, names

_LIBRARY = "Python library reference, the page of the module"

LIBRARY = Library(
    producers=(
        Producers(
            (*names("pickle", "load loads"), *names("cloudpickle", "load loads"), *names("dill", "load loads")),
            "pickle.loaded",
            "Python library reference, pickle",
        ),
        Producers(names("copy", "copy deepcopy"), "", "Python library reference, copy", size="copy"),
        Producers(
            (*names("pickle", "dumps"), *names("cloudpickle", "dumps"), *names("dill", "dumps")),
            "builtins.bytes",
            "Python library reference, pickle",
            size="together",
        ),
        Producers(("json.dumps",), "builtins.str", "Python library reference, json", size="written", unless=("cls",)),
        Producers(("pathlib.Path",), "pathlib.Path", _LIBRARY, size="small"),
        Producers(("pathlib.Path.read_text",), "builtins.str", _LIBRARY, size="unread"),
        Producers(("pathlib.Path.read_bytes",), "builtins.bytes", _LIBRARY, size="unread"),
        Producers(("io.TextIOWrapper.read",), "builtins.str", _LIBRARY, size="unread"),
        Producers(("io.BufferedReader.read",), "builtins.bytes", _LIBRARY, size="unread"),
        Producers(names("os.path", "abspath basename dirname join"), "builtins.str", _LIBRARY, size="small"),
        Producers(("logging.getLogger",), "logging.Logger", _LIBRARY, size="unknown"),
        Producers(("joblib.load",), "pickle.loaded", "joblib reference, joblib.load", unless=("mmap_mode",)),
        Producers(("os.urandom", "random.randbytes", "secrets.token_bytes"), "builtins.bytes", _LIBRARY, size="bytes"),
    ),
    reads=(
        Reads(
            (
                *names(
                    "time",
                    "time time_ns perf_counter perf_counter_ns monotonic monotonic_ns process_time sleep strftime",
                ),
                *names(
                    "math",
                    "acos asin atan atan2 ceil comb cos degrees dist exp fabs factorial floor fmod gcd hypot isclose "
                    "isfinite isinf isnan lcm log log10 log1p log2 perm pow radians remainder sin sqrt tan trunc",
                ),
                *names(
                    "os.path",
                    "abspath basename dirname exists expanduser getsize isabs isdir isfile join normpath realpath "
                    "relpath split splitext",
                ),
                *names("os", "cpu_count getcwd getpid listdir makedirs mkdir urandom"),
                *names("random", "randbytes"),
                *names("secrets", "token_bytes token_hex"),
                *names("sys", "getsizeof exit getrecursionlimit"),
                *names("json", "dumps dump load loads"),
                *names("pickle", "dumps dump load loads"),
                *names("cloudpickle", "dumps dump load loads"),
                *names("dill", "dumps dump load loads"),
                *names("joblib", "dump load hash cpu_count"),
                *names("logging", "debug info warning error critical exception getLogger basicConfig"),
                *names("datetime", "date datetime time timedelta"),
                *names("datetime.datetime", "now utcnow today fromtimestamp strptime"),
                *names("datetime.date", "today"),
                *names("pathlib", "Path PurePath"),
                *names("uuid", "uuid1 uuid4"),
                *names("re", "compile escape findall fullmatch match search split"),
                *names("hashlib", "md5 sha1 sha256 sha512 blake2b"),
                *names("statistics", "fmean mean median mode pstdev pvariance stdev variance"),
                *names("copy", "deepcopy"),
                *names("pprint", "pformat pprint"),
                *names("gc", "collect"),
                *names("collections", "Counter"),
                *names("contextlib", "suppress"),
                *names("tempfile", "NamedTemporaryFile TemporaryDirectory TemporaryFile mkdtemp"),
                *names("threading", "Lock RLock"),
                *names("warnings", "catch_warnings filterwarnings simplefilter warn"),
                *names("gzip", "open"),
            ),
            _LIBRARY,
        ),
        Reads(
            (
                *names("copy", "copy"),
                *names("math", "prod"),
                *names("os", "getenv"),
                *names("os.environ", "get"),
                *names("contextlib", "nullcontext"),
                *names("functools", "cache cached_property lru_cache partial total_ordering wraps"),
                *names("dataclasses", "dataclass field"),
                *names("abc", "abstractmethod"),
                *names("itertools", "chain combinations count cycle islice permutations product repeat zip_longest"),
                *names("collections", "OrderedDict deque"),
            ),
            _LIBRARY,
            result="view",
        ),
    ),
    repeatable=(
        *names("copy", "copy deepcopy"),
        *names("math", "ceil cos exp fabs floor hypot log log10 log2 pow sin sqrt tan"),
    ),
    managers=(
        *names("tempfile", "NamedTemporaryFile TemporaryDirectory TemporaryFile"),
        *names("threading", "Lock RLock"),
        *names("warnings", "catch_warnings"),
        *names("contextlib", "nullcontext"),
        *names("gzip", "open"),
    ),
    methods=(
        Methods(
            "logging.Logger",
            _LIBRARY,
            reads=(
                "critical",
                "debug",
                "error",
                "exception",
                "getChild",
                "info",
                "isEnabledFor",
                "setLevel",
                "warning",
            ),
            acting=("critical", "debug", "error", "exception", "info", "setLevel", "warning"),
        ),
        Methods(
            "io.TextIOWrapper",
            "Python library reference, io",
            changes=("close", "flush", "read", "readline", "readlines", "seek", "write", "writelines"),
        ),
        Methods(
            "io.BufferedReader",
            "Python library reference, io",
            changes=("close", "read", "readline", "readlines", "seek"),
        ),
        Methods("collections.deque", "Python library reference, collections", changes=("append", "appendleft")),
    ),
)
