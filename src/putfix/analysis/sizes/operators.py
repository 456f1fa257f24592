"""How large the results of operators are: of numbers, sequences, arrays and tables."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import replace

from putfix.analysis.sizes.estimates import ARRAY, FRAME, NUMBERS, OVERHEAD, SERIES, Estimate, Shape

_SEQUENCES = ("builtins.list", "builtins.tuple", "builtins.str", "builtins.bytes", "builtins.bytearray")
_TEXTS = ("builtins.str", "builtins.bytes", "builtins.bytearray")
_NUMERIC = frozenset({ARRAY, "torch.Tensor", FRAME, SERIES})
"""Types whose operators work item by item."""


def is_numeric(estimate: Estimate | None) -> bool:
    """Whether operators make of it a new object of its own type, item by item."""
    return estimate is not None and estimate.kind in _NUMERIC


def item_by_item(node: ast.expr, sides: Sequence[Estimate | None]) -> Estimate | None:
    """``x * 2``, ``x + y``, ``np.log(x)``: of arrays and numbers. With something unknown it is not known what it is
    less than: broadcasting never makes an array smaller."""
    arrays = [side for side in sides if side is not None and side.kind in _NUMERIC]
    plain = all(side is not None and (side in arrays or side.kind in NUMBERS) for side in sides)
    if not arrays or len({array.kind for array in arrays}) > 1:
        return None
    largest = max(arrays, key=lambda array: array.at_least or 0)
    least = largest.at_least
    typed = any(array.typed for array in arrays)
    if largest.kind != ARRAY or not plain:
        return Estimate(largest.kind, node, least, typed=typed)
    shape = broadcast([array.shape for array in arrays])
    own = all(array.default_numbers for array in arrays)
    items = replace(largest, shape=shape).items
    sizes = [array.item_bytes for array in arrays if array.item_bytes is not None]
    if items is None or len(sizes) < len(arrays):
        return Estimate(ARRAY, node, least, typed=typed, shape=shape)
    size = items * max(sizes)
    certain = all(array.certain for array in arrays)
    return Estimate(
        ARRAY,
        node,
        size,
        2 * size + OVERHEAD if certain else None,
        typed,
        shape,
        8 if own else None,
        own,
        certain=certain,
    )


def flags(found: Estimate) -> Estimate | None:
    """A truth value for each item of an array."""
    if found.kind != ARRAY or found.items is None:
        return Estimate(found.kind, found.node)
    return replace(found, at_least=found.items, at_most=None, typed=False, item_bytes=1, default_numbers=False)


def broadcast(shapes: Sequence[Shape | None]) -> Shape | None:
    """The shape that arrays of these shapes have together (NumPy user guide, Broadcasting); None if not known."""
    if any(shape is None for shape in shapes):
        return None
    known = [shape for shape in shapes if shape is not None]
    extents: list[int | None] = []
    for place in range(1, max(map(len, known), default=0) + 1):
        across = {shape[-place] for shape in known if len(shape) >= place} - {1}
        if len(across) > 1:
            return None
        extents.insert(0, across.pop() if across else 1)
    return tuple(extents)


def product(node: ast.expr, left: Estimate | None, right: Estimate | None) -> Estimate | None:
    """``a @ b`` of two arrays."""
    if left is None or right is None or {left.kind, right.kind} != {ARRAY}:
        return None
    if left.shape is None or right.shape is None or len(left.shape) != 2 or len(right.shape) != 2:
        return Estimate(ARRAY, node)
    rows, columns = left.shape[0], right.shape[1]
    own = left.default_numbers and right.default_numbers
    certain = left.certain and right.certain
    if rows is None or columns is None or left.item_bytes is None or right.item_bytes is None:
        return Estimate(ARRAY, node, shape=(rows, columns))
    size = rows * columns * max(left.item_bytes, right.item_bytes)
    most = 2 * size + OVERHEAD if certain else None
    return Estimate(ARRAY, node, size, most, False, (rows, columns), 8 if own else None, own, certain=certain)


def added(node: ast.expr, left: Estimate, right: Estimate) -> Estimate | None:
    """``xs + ys`` of two sequences."""
    if left.kind != right.kind or left.kind not in _SEQUENCES:
        return None
    most = None if left.at_most is None or right.at_most is None else left.at_most + right.at_most
    items = None if left.items is None or right.items is None else left.items + right.items
    return Estimate(
        left.kind,
        node,
        (left.at_least or 0) + (right.at_least or 0),
        most,
        left.typed or right.typed,
        None if items is None else (items,),
        mixed=left.mixed or right.mixed,
        certain=left.certain and right.certain,
    )


def repeated(node: ast.expr, sequence: Estimate, times: int, *, certain: bool) -> Estimate | None:
    """``[0.0] * n``: pickle writes a float in 9 bytes, another number in 2 or more, the rest as a back
    reference of 2."""
    if sequence.kind not in _SEQUENCES:
        return None
    times = max(times, 0)
    most = None if sequence.at_most is None or not certain else sequence.at_most * times
    if sequence.kind in _TEXTS:
        return Estimate(sequence.kind, node, (sequence.at_least or 0) * times, most, certain=certain)
    items = None if sequence.items is None else sequence.items * times
    elements = sequence.node.elts if isinstance(sequence.node, ast.List | ast.Tuple) else []
    floats = bool(elements) and all(isinstance(e, ast.Constant) and isinstance(e.value, float) for e in elements)
    least = items and items * (9 if floats else 2)
    shape = None if items is None else (items,)
    typed = sequence.typed and times > 0
    return Estimate(sequence.kind, node, least, most, typed, shape, mixed=sequence.mixed, certain=certain)
