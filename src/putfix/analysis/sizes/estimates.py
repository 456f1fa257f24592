"""What is known about a value: its type, and bounds of its size in bytes."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import prod

from putfix.analysis.names.variables import Scope

REFERENCE = "ray.ObjectRef"
"""The type of what ``ray.put`` and remote calls return; an actor's handle counts as one too."""

UNKNOWN_TYPE = "unknown"
"""The type of what is known only by its size, from the user's settings. Its methods are unknown code."""

OVERHEAD = 1_024
"""More than what serialization adds to the data of an array or a byte string (245 measured for an array)."""


_PLAIN = frozenset({"builtins.bytes", "builtins.str", "torch.Tensor"})
_TABLES = frozenset({"pandas.DataFrame", "pandas.Series", "scipy.sparse.matrix"})

OWN = "<file>"
"""The package of the types that the file itself defines."""

MAIN = "__main__"
"""The same, as a run names it."""

CALLABLES = frozenset({"builtins.function", "builtins.method", "functools.partial"})
CALLABLES |= {"builtins.builtin_function_or_method"}
"""Types of what may be called, as a run names them."""

Shape = tuple[int | None, ...]
"""The extent of each dimension; None for one that is not known."""


@dataclass(frozen=True)
class Estimate:
    """A type, and bounds of the size in bytes; None for a bound that is not known.

    ``typed`` when the producer's results are normally large. ``node`` is the expression that says it. An
    array has its ``shape`` and ``item_bytes`` where they are known, a list its length as its shape.
    """

    kind: str
    node: ast.expr
    at_least: int | None = None
    at_most: int | None = None
    typed: bool = False
    shape: Shape | None = None
    item_bytes: int | None = None
    default_numbers: bool = False
    """Whether it is an array of NumPy's own choice of item type, float64 or int64."""
    mixed: bool = False
    """Whether it holds something of unknown type, or a reference: what it is serialized to may change by itself."""
    declared: bool = False
    """Whether the user's settings say how large it is."""
    expected: bool = False
    """Whether an expert would expect it to be large, though nothing says so."""
    certain: bool = True
    """Whether the shape is that of every run, and not one that a default value suggests."""
    owner: Scope | None = None
    """The class of the project that it is an object of."""
    parts: tuple[Estimate | None, ...] | None = None
    """The elements of a tuple, where they are known one by one."""

    @property
    def items(self) -> int | None:
        """The number of items, where every dimension is known."""
        known = [extent for extent in self.shape or () if extent is not None]
        return prod(known) if self.shape is not None and len(known) == len(self.shape) else None

    @property
    def serializable(self) -> bool:
        """Whether it can be pickled for certain: numbers and texts, and tables as read from a file."""
        if self.mixed:
            return False
        if self.kind in _TABLES:
            return self.typed and isinstance(self.node, ast.Call)
        return self.kind in _PLAIN or (self.kind == ARRAY and self.item_bytes is not None)


FUNCTION, METHOD = f"{OWN}.function", f"{OWN}.method"
"""The types of functions and methods of the file that are sent with what they read."""

CODE = frozenset({FUNCTION, METHOD})


def may_change(estimate: Estimate | None) -> bool:
    """Whether what holds it may be serialized to something else each time, though nothing happens to what holds it."""
    return estimate is None or estimate.mixed or estimate.kind in (REFERENCE, *CODE)


def of_known_type(estimate: Estimate | None) -> Estimate | None:
    """The same, where more than the size is known."""
    return estimate if estimate is None or estimate.kind != UNKNOWN_TYPE else None


def lasting(estimate: Estimate | None) -> Estimate | None:
    """What remains true of an object that other code has had."""
    if estimate is None or estimate.declared or estimate.kind in FIXED_SIZE:
        return estimate
    stays = estimate.typed or estimate.kind == "builtins.dict" or estimate.kind.startswith(f"{OWN}.")
    return replace(estimate, at_most=None) if stays else None


def array_of(kind: str, node: ast.expr, shape: Shape, item_bytes: int, *, certain: bool = True) -> Estimate:
    """An array of ``item_bytes`` for each item. An extent that is not known counts as one at least."""
    known = prod(extent for extent in shape if extent is not None)
    exact = certain and None not in shape
    most = known * item_bytes + OVERHEAD if exact else None
    return Estimate(kind, node, known * item_bytes, most, shape=shape, item_bytes=item_bytes, certain=exact)


def weakest(estimates: Iterable[Estimate | None]) -> Estimate | None:
    """What holds whichever of several values it is; None where one is unknown or their types differ: after such a one,
    no more are asked for."""
    known: list[Estimate] = []
    for estimate in estimates:
        if estimate is None or estimate.kind != (known or [estimate])[0].kind:
            return None
        known.append(estimate)
    if len(known) < 2:
        return known[0] if known else None
    least = min(known, key=lambda estimate: (estimate.typed, estimate.at_least or 0))
    most = [estimate.at_most for estimate in known]
    same = len({estimate.shape for estimate in known}) == 1
    return replace(
        least,
        at_most=None if None in most else max(size for size in most if size is not None),
        shape=least.shape if same else None,
        mixed=any(estimate.mixed for estimate in known),
        certain=all(estimate.certain for estimate in known),
        owner=least.owner if len({estimate.owner for estimate in known}) == 1 else None,
        parts=_parts_of_any(known),
    )


def _parts_of_any(known: list[Estimate]) -> tuple[Estimate | None, ...] | None:
    """The elements of one of several tuples."""
    lists = [estimate.parts for estimate in known if estimate.parts is not None]
    if len(lists) < len(known) or len({len(parts) for parts in lists}) > 1:
        return None
    return tuple(weakest(each) for each in zip(*lists, strict=True))


ARRAY = "numpy.ndarray"
FRAME = "pandas.DataFrame"
SERIES = "pandas.Series"
NUMBERS = frozenset({"builtins.int", "builtins.float"})
SEQUENCES = frozenset({"builtins.list", "builtins.tuple", "builtins.str", "builtins.bytes"})
"""Types that have slices, which share nothing with them but what they hold."""

UNCHANGEABLE = frozenset(f"builtins.{name}" for name in ("int", "float", "bool", "str", "bytes", "NoneType"))
UNCHANGEABLE |= {REFERENCE}
"""Types whose objects cannot be changed."""

FIXED_SIZE = frozenset({ARRAY, "builtins.bytes", "builtins.str", "builtins.tuple"})
FIXED_SIZE |= {"torch.Tensor", "torch.nn.Module", "torch.state_dict", "jax.Array", "tensorflow.Tensor", "pyarrow.Table"}
"""Types whose objects keep their size whoever has them."""

GROWING = frozenset({"builtins.list", "builtins.dict", "builtins.set"})
"""Types whose objects are made empty, as a rule, and filled afterwards."""
