"""What in Python runs code that one does not see called, and what looks at variables by their names.

Sources: the Python language and library references; NumPy's reference on the array interface.
"""

import re

OUTPUT_KEYWORDS = frozenset(
    "out inplace overwrite_input copy callback key func default default_factory object_hook object_pairs_hook cls "
    "converters date_parser file fp parse_int parse_float parse_constant hook initializer target "
    "in_place self_destruct dst mv overwrite_a overwrite_b overwrite_ab".split()
)
"""Keyword arguments with which a listed function writes into an argument, hands it on, or calls unknown code."""

ITERATING = frozenset(
    "Counter DataFrame Series array bytearray bytes deque difference difference_update extend fromkeys intersection "
    "intersection_update isdisjoint issubset issuperset join symmetric_difference symmetric_difference_update union "
    "update writelines".split()
)
"""The last names of functions and methods that go through what they are given, to the end."""

FORGETTING = frozenset(
    f"builtins.{name}"
    for name in ("all", "any", "dict", "frozenset", "list", "max", "min", "set", "sorted", "sum", "tuple", "str.join")
)
"""Functions that do so, and keep nothing of the lambdas and generators that they are given."""

LAZY = frozenset(f"builtins.{name}" for name in ("map", "filter", "zip", "enumerate", "reversed"))
"""Functions that do so only when their result is iterated over."""

CALLING = frozenset({"builtins.map", "builtins.filter"})
"""Those that call their first argument then."""

THREADING = frozenset({"threading", "_thread", "concurrent", "multiprocessing"})
"""Packages that make threads."""

TO_THREADS = frozenset({"run_in_executor", "to_thread"})
"""Methods and functions that run their argument in a thread."""

FRAMES = frozenset({"sys._getframe", "inspect.currentframe", "inspect.stack"})
"""Functions that give out the variables of other functions."""

BY_NAME = frozenset(f"builtins.{name}" for name in ("locals", "globals", "vars", "dir", "eval", "exec"))
"""Functions that look at variables by their names."""

RAW_MEMORY = ("ctypes", "__array_interface__", "__array_struct__")
"""Attributes of an array that give access to its memory, whatever its flags say."""

SHOWN = re.compile(r"_+\d*|Out|_oh")
"""Names by which IPython keeps what cells have shown (IPython documentation, "Output caching system")."""

PLAIN_BASES = frozenset({"builtins.object", "abc.ABC", "typing.Generic", "typing.Protocol"})
"""Bases that bring a class no methods of their own."""

PICKLING = frozenset({"__reduce__", "__reduce_ex__", "__getstate__", "__getnewargs__", "__getnewargs_ex__"})
PICKLING |= {"__slots__", "__new__"}
"""What lets a class say by itself what of its objects is serialized (Python library reference, pickle)."""
