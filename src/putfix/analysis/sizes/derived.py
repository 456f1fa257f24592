"""How large the results of functions are that make something of a value: rules that rows of tables name."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from putfix.analysis.sizes.constants import NUMBER_BYTES
from putfix.analysis.sizes.estimates import ARRAY, FRAME, OVERHEAD, SERIES, UNKNOWN_TYPE, Estimate, Shape, array_of
from putfix.analysis.sizes.operators import item_by_item, product
from putfix.settings import MIN_SIZE

if TYPE_CHECKING:
    from putfix.analysis.sizes.producers import Request

TABULAR = frozenset({ARRAY, FRAME, SERIES, "scipy.sparse.matrix", "polars.DataFrame", "pyarrow.Table", "torch.Tensor"})
"""Types whose objects are as large in another of these types, or nearly so."""

MEASURABLE = TABULAR | {"builtins.list", "builtins.tuple"}
"""Types whose items can be copied into another object."""


def _same(call: Request) -> Estimate | None:
    """As large as the first argument, in another type: ``df.to_numpy()``, ``torch.from_numpy(x)``."""
    held = call.estimate(call.given[0])
    if held is None or held.kind in ("builtins.list", "builtins.tuple", "builtins.dict"):
        return Estimate(call.row.kind, call.node)
    array = held.kind in (ARRAY, "torch.Tensor")
    return Estimate(
        call.row.kind,
        call.node,
        held.at_least,
        typed=held.typed,
        shape=held.shape if array else None,
        item_bytes=held.item_bytes if array else None,
        certain=held.certain,
    )


def _copy(call: Request) -> Estimate | None:
    """Another object of the same type and size: ``copy.deepcopy(x)``, ``np.sort(x)``."""
    held = call.estimate(call.given[0])
    if call.row.kind and (held is None or held.kind != call.row.kind):
        return Estimate(call.row.kind, call.node)
    return replace(held, node=call.node) if held is not None else None


def _like(call: Request) -> Estimate | None:
    """``np.zeros_like(x)``."""
    held = call.estimate(call.given[0])
    if held is None or held.kind != call.row.kind or call.keywords or len(call.node.args) > 1:
        return Estimate(call.row.kind, call.node)
    return replace(held, node=call.node)


def _item_by_item(call: Request) -> Estimate | None:
    """``np.exp(x)``, ``np.add(x, y)``."""
    if call.keywords:
        return Estimate(call.row.kind, call.node)
    return item_by_item(call.node, [call.estimate(given) for given in call.given])


def _converted(call: Request) -> Estimate | None:
    """``x.astype(t)``: as many items, of another size."""
    held = call.estimate(call.given[0])
    where = call.argument("dtype", call.row.data_type_at)
    item_bytes = call.sizes.bytes_of(where, call.scope) if where is not None else None
    if held is None or held.shape is None or held.items is None or item_bytes is None:
        return Estimate(call.row.kind, call.node, typed=held is not None and held.typed)
    return array_of(call.row.kind, call.node, held.shape, item_bytes, certain=held.certain)


def _listed(call: Request) -> Estimate | None:
    """``x.tolist()``: pickle writes 2 bytes or more for a number."""
    held = call.estimate(call.given[0])
    least = held.items * NUMBER_BYTES if held is not None and held.items is not None else None
    typed = held is not None and held.typed
    return Estimate(call.row.kind, call.node, least, typed=typed, shape=held.shape[:1] if held and held.shape else None)


def _flags(call: Request) -> Estimate | None:
    """``np.isnan(x)``: a byte for each item."""
    held = call.estimate(call.given[0])
    if held is None or held.kind != ARRAY or held.items is None:
        return None
    return Estimate(ARRAY, call.node, held.items, shape=held.shape, item_bytes=1, certain=held.certain)


def _reduced(call: Request) -> Estimate | None:
    """``np.sum(x)``: a number, unless along an axis."""
    along = call.argument("axis", 1)
    if call.keywords.keys() - {"axis"} or along is not None:
        return None
    held = call.estimate(call.given[0])
    small = held is not None and held.kind == ARRAY and held.item_bytes is not None
    return Estimate("builtins.float", call.node, 0, OVERHEAD) if small else None


def _reshaped(call: Request) -> Estimate | None:
    """``np.reshape(x, shape)``: of as many items."""
    held = call.estimate(call.given[0])
    if held is None or held.kind != call.row.kind:
        return Estimate(call.row.kind, call.node) if held is None else None
    values = [call.number(each) for each in call.node.args if each is not call.given[0]]
    if len(values) == 1 and isinstance(values[0], tuple):
        values = [*values[0]]
    numbers = [value for value in values if isinstance(value, int)]
    return replace(held, node=call.node, shape=_refitted(held, numbers if len(numbers) == len(values) else []))


def _refitted(held: Estimate, numbers: Sequence[int]) -> Shape | None:
    """The new shape, with what ``-1`` stands for."""
    items = held.items
    if items is None or not numbers:
        return None if items is None else (items,)
    known = [number for number in numbers if number >= 0]
    rest = items
    for number in known:
        rest = rest // number if number else 0
    return tuple(number if number >= 0 else rest for number in numbers)


def _turned(call: Request) -> Estimate | None:
    """``np.transpose(x)``: of as many items, with the dimensions in another order."""
    held = call.estimate(call.given[0])
    if held is None or held.kind != call.row.kind:
        return Estimate(call.row.kind, call.node) if held is None else None
    plain = len(call.given) == 1 and not call.keywords
    return replace(held, node=call.node, shape=held.shape[::-1] if held.shape is not None and plain else None)


def _squeezed(call: Request) -> Estimate | None:
    """``x.squeeze()``: without the dimensions of one."""
    held = call.estimate(call.given[0])
    if held is None or held.kind != call.row.kind:
        return Estimate(call.row.kind, call.node) if held is None else None
    plain = len(call.given) == 1 and not call.keywords and held.items is not None
    return replace(held, node=call.node, shape=tuple(n for n in held.shape if n != 1) if plain and held.shape else None)


def _gathered(call: Request) -> Estimate | None:
    """``np.vstack([x, y])``, ``pd.concat(frames)``: as large as all parts together."""
    first = call.given[0]
    if isinstance(first, ast.List | ast.Tuple) and not any(isinstance(each, ast.Starred) for each in first.elts):
        found = together(call, first.elts)
        kinds = {call.sizes.kind(each, call.scope) for each in first.elts}
    else:
        held = call.estimate(first)
        least = held.at_least if held is not None and held.kind in ("builtins.list", "builtins.tuple") else None
        found = Estimate(call.row.kind, call.node, least, typed=held is not None and held.typed)
        kinds = {None}
    if call.row.kind:
        return found
    kind = kinds.pop() if len(kinds) == 1 else None
    return replace(found, kind=kind or UNKNOWN_TYPE)


def _joined(call: Request) -> Estimate | None:
    """``np.concatenate([x, y])``."""
    return _with_shape_of_parts(call, _in_a_row)


def _stacked(call: Request) -> Estimate | None:
    """``np.stack([x, y])``: with a dimension more."""
    return _with_shape_of_parts(call, lambda shapes: (len(shapes), *shapes[0]) if len(set(shapes)) == 1 else None)


def _with_shape_of_parts(call: Request, shape_of: Callable[[list[Shape]], Shape | None]) -> Estimate | None:
    whole, first = _gathered(call), call.given[0]
    if whole is None or not isinstance(first, ast.List | ast.Tuple) or call.keywords or len(call.node.args) > 1:
        return whole
    parts = [call.estimate(each) for each in first.elts]
    shapes = [part.shape for part in parts if part is not None and part.kind == ARRAY and part.shape is not None]
    sizes = {part.item_bytes for part in parts if part is not None}
    if not parts or len(shapes) < len(parts) or len(sizes) > 1:
        return whole
    own = all(part is not None and part.default_numbers for part in parts)
    certain = all(part is not None and part.certain for part in parts)
    shape = shape_of(shapes)
    return replace(whole, shape=shape, item_bytes=sizes.pop(), default_numbers=own, certain=certain) if shape else whole


def _in_a_row(shapes: list[Shape]) -> Shape | None:
    extents = [shape[0] for shape in shapes if shape and shape[0] is not None]
    if len(extents) < len(shapes) or len({shape[1:] for shape in shapes}) > 1:
        return None
    return (sum(extents), *shapes[0][1:])


def together(call: Request, nodes: Sequence[ast.expr]) -> Estimate:
    """As large as all of ``nodes`` together."""
    parts = [call.estimate(each) for each in nodes]
    known = [part for part in parts if part is not None]
    least = sum(part.at_least or 0 for part in known)
    return Estimate(call.row.kind, call.node, least or None, typed=any(part.typed for part in known))


def _written(call: Request) -> Estimate | None:
    """``json.dumps(x)``: three characters or more for a number, which pickle writes in up to nine bytes."""
    held = together(call, call.given[:1])
    return replace(held, at_least=held.at_least // 3 if held.at_least is not None else None)


def _repeated(call: Request) -> Estimate | None:
    """``np.tile(x, 3)``."""
    held = call.estimate(call.given[0])
    times = call.number(call.given[1]) if len(call.given) == 2 and not call.keywords else None
    if held is None or held.kind != ARRAY or held.at_least is None or not isinstance(times, int):
        return Estimate(call.row.kind, call.node)
    return Estimate(call.row.kind, call.node, held.at_least * max(times, 0), certain=call.certain and held.certain)


def _product(call: Request) -> Estimate | None:
    """``np.matmul(a, b)``."""
    sides = [call.estimate(given) for given in call.given[:2]]
    return product(call.node, *sides) if len(sides) == 2 else None


def _split(call: Request) -> Estimate | None:
    """``train_test_split(X, y)``: two parts of each, of which either may be the small one."""
    parts: list[Estimate | None] = []
    for given in call.given:
        held = call.estimate(given)
        part = None if held is None else Estimate(held.kind, call.node, typed=held.typed)
        parts += [part, part]
    typed = any(part.typed for part in parts if part is not None)
    return Estimate(call.row.kind, call.node, typed=typed, parts=tuple(parts), mixed=None in parts)


def _transformed(call: Request) -> Estimate | None:
    """``scaler.fit_transform(X)``: normally as large as what is transformed, in a type that the settings choose."""
    held = call.estimate(call.given[1]) if len(call.given) > 1 else None
    return Estimate(UNKNOWN_TYPE, call.node, typed=held.typed or _is_long(held)) if held is not None else None


def _is_long(held: Estimate) -> bool:
    return held.at_least is not None and held.at_least > MIN_SIZE


RULES: dict[str, Callable[[Request], Estimate | None]] = {
    "same": _same,
    "copy": _copy,
    "like": _like,
    "item-by-item": _item_by_item,
    "flags": _flags,
    "reduced": _reduced,
    "reshaped": _reshaped,
    "turned": _turned,
    "squeezed": _squeezed,
    "gathered": _gathered,
    "joined": _joined,
    "stacked": _stacked,
    "together": lambda call: together(call, call.given[:1]),
    "written": _written,
    "converted": _converted,
    "listed": _listed,
    "repeated": _repeated,
    "product": _product,
    "split": _split,
    "transformed": _transformed,
}
"""The rules, by the names that rows give."""
