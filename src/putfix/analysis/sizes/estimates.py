"""What is known about a value: its type, and bounds of its size in bytes."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace

REFERENCE = "ray.ObjectRef"
"""The type of what ``ray.put`` and remote calls return; an actor's handle counts as one too."""

UNKNOWN_TYPE = "unknown"
"""The type of what is known only by its size, from the user's settings. Its methods are unknown code."""

OVERHEAD = 1_024
"""More than what serialization adds to the data of an array or a byte string (245 measured for an array)."""


_PLAIN = frozenset({"builtins.bytes", "builtins.str", "torch.Tensor"})
_TABLES = frozenset({"pandas.DataFrame", "pandas.Series", "scipy.sparse.matrix"})


@dataclass(frozen=True)
class Estimate:
    """A type, and bounds of the size in bytes; None for a bound that is not known.

    ``typed`` when the producer's results are normally large. ``node`` is the expression that says it. An
    array of known size has its ``items`` and ``item_bytes``.
    """

    kind: str
    node: ast.expr
    at_least: int | None = None
    at_most: int | None = None
    typed: bool = False
    items: int | None = None
    item_bytes: int | None = None
    default_numbers: bool = False
    """Whether it is an array of NumPy's own choice of item type, float64 or int64."""
    mixed: bool = False
    """Whether it holds something of unknown type, or a reference: what it is serialized to may change by itself."""
    declared: bool = False
    """Whether the user's settings say how large it is."""

    @property
    def serializable(self) -> bool:
        """Whether it can be pickled for certain: numbers and texts, and tables as read from a file."""
        if self.mixed:
            return False
        if self.kind in _TABLES:
            return self.typed and isinstance(self.node, ast.Call)
        return self.kind in _PLAIN or (self.kind == "numpy.ndarray" and self.items is not None)


def of_known_type(estimate: Estimate | None) -> Estimate | None:
    """The same, where more than the size is known."""
    return estimate if estimate is None or estimate.kind != UNKNOWN_TYPE else None


def lasting(estimate: Estimate | None) -> Estimate | None:
    """What remains true of an object that other code has had."""
    kept = estimate is not None and (estimate.typed or estimate.declared or estimate.kind in FIXED_SIZE)
    return estimate if kept else None


def array_of(kind: str, node: ast.expr, items: int, item_bytes: int, *, default_numbers: bool = False) -> Estimate:
    """An array of ``items`` of ``item_bytes`` each."""
    size = items * item_bytes
    most = size + OVERHEAD
    return Estimate(kind, node, size, most, items=items, item_bytes=item_bytes, default_numbers=default_numbers)


def weakest(estimates: list[Estimate | None]) -> Estimate | None:
    """What holds whichever of several values it is; None where one is unknown or their types differ."""
    known = [estimate for estimate in estimates if estimate is not None]
    if not known or len(known) < len(estimates) or len({estimate.kind for estimate in known}) > 1:
        return None
    least = min(known, key=lambda estimate: (estimate.typed, estimate.at_least or 0))
    most = [estimate.at_most for estimate in known]
    return replace(
        least,
        at_most=None if None in most else max(size for size in most if size is not None),
        mixed=any(estimate.mixed for estimate in known),
    )


ARRAY = "numpy.ndarray"
NUMBERS = frozenset({"builtins.int", "builtins.float"})
SEQUENCES = frozenset({"builtins.list", "builtins.tuple", "builtins.str", "builtins.bytes"})
"""Types that have slices, which share nothing with them but what they hold."""

UNCHANGEABLE = frozenset(f"builtins.{name}" for name in ("int", "float", "bool", "str", "bytes", "NoneType"))
UNCHANGEABLE |= {REFERENCE}
"""Types whose objects cannot be changed."""

FIXED_SIZE = frozenset({"numpy.ndarray", "builtins.bytes", "builtins.str", "builtins.tuple"})
FIXED_SIZE |= {"torch.Tensor", "torch.nn.Module", "torch.state_dict"}
"""Types whose objects keep their size whoever has them."""
