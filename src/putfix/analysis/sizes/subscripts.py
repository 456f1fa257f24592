"""How large items, slices and attributes of a value are."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from putfix import knowledge
from putfix.analysis.names.variables import Scope
from putfix.analysis.sizes.constants import constant
from putfix.analysis.sizes.estimates import ARRAY, FRAME, OVERHEAD, SERIES, Estimate, Shape, array_of

if TYPE_CHECKING:
    from putfix.analysis.sizes.evaluation import Sizes

_TEXTS = ("builtins.str", "builtins.bytes")


class Subscripts:
    """Evaluates the subscripts and attributes of one module; ``sizes`` evaluates what they are taken from."""

    def __init__(self, sizes: Sizes) -> None:
        self._sizes = sizes

    def attribute(self, node: ast.Attribute, base: Estimate) -> Estimate | None:
        """``x.T``, ``df.values``."""
        if node.attr == "T" and base.kind == ARRAY:
            return replace(base, shape=base.shape[::-1] if base.shape is not None else None)
        row = knowledge.methods(base.kind)
        kind = dict(row.parts).get(node.attr) if row is not None else None
        return Estimate(kind, base.node, base.at_least, typed=base.typed) if kind is not None else None

    def item(self, node: ast.Subscript, scope: Scope) -> Estimate | None:
        """``x[...]``."""
        if isinstance(node.value, ast.Call) and self._sizes.callee(node.value, scope) == "numpy.load":
            return Estimate(ARRAY, node, typed=True)  # an archive of arrays
        base = self._sizes.estimate(node.value, scope)
        if base is None:
            return self._located(node, scope)
        row = knowledge.methods(base.kind)
        if row is not None and row.slices:
            return base
        if base.kind == ARRAY:
            return self._of_array(node, base, scope)
        if base.parts is not None:
            index = constant(node.slice, scope)
            inside = isinstance(index, int) and -len(base.parts) <= index < len(base.parts)
            return base.parts[index] if inside and isinstance(index, int) else None
        if isinstance(node.slice, ast.Slice) and base.kind in (*_TEXTS, "builtins.list", "builtins.tuple"):
            return self._of_sequence(node, base, node.slice, scope)
        return self._of_frame(node, base, scope) if base.kind == FRAME else None

    def _of_frame(self, node: ast.Subscript, frame: Estimate, scope: Scope) -> Estimate | None:
        """Columns of a table, or the rows where a condition holds."""
        if isinstance(node.slice, ast.Constant):
            return Estimate(SERIES, frame.node, typed=frame.typed)
        several = (
            isinstance(node.slice, ast.Compare | ast.Slice) or self._sizes.kind(node.slice, scope) == "builtins.list"
        )
        return Estimate(FRAME, frame.node, typed=frame.typed) if several else None

    def _located(self, node: ast.Subscript, scope: Scope) -> Estimate | None:
        """``df.loc[condition]``, ``df.iloc[:1000, :]``: rows of a table."""
        if not isinstance(node.value, ast.Attribute) or node.value.attr not in ("loc", "iloc"):
            return None
        frame = self._sizes.estimate(node.value.value, scope)
        rows = node.slice.elts[0] if isinstance(node.slice, ast.Tuple) and node.slice.elts else node.slice
        columns = node.slice.elts[1:] if isinstance(node.slice, ast.Tuple) else []
        several = isinstance(rows, ast.Slice | ast.Compare) and all(self._are_several(each, scope) for each in columns)
        known = several and frame is not None and frame.kind in (FRAME, SERIES)
        return Estimate(frame.kind, frame.node, typed=frame.typed) if known and frame is not None else None

    def _are_several(self, node: ast.expr, scope: Scope) -> bool:
        return isinstance(node, ast.Slice) or self._sizes.kind(node, scope) == "builtins.list"

    def _of_sequence(self, node: ast.expr, base: Estimate, cut: ast.Slice, scope: Scope) -> Estimate | None:
        """``xs[a:b]``."""
        items = base.items if base.kind not in _TEXTS else base.at_least
        kept = self._extent(cut, items, scope)
        if kept is None or not items:
            return Estimate(base.kind, node, mixed=base.mixed)
        least = (base.at_least or 0) * kept // items
        shape = (kept,) if base.kind not in _TEXTS else None
        return Estimate(base.kind, node, least, shape=shape, mixed=base.mixed, certain=base.certain)

    def _of_array(self, node: ast.Subscript, base: Estimate, scope: Scope) -> Estimate | None:
        """``x[:1000]``, ``x[:, 3]``, ``x[::2]``; with anything else than slices and integers it is not known."""
        cuts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        if all(isinstance(cut, ast.Slice) for cut in cuts) and base.shape is None:
            whole = all(_is_whole(cut) for cut in cuts)
            return replace(base, node=node) if whole else Estimate(ARRAY, node)
        if base.shape is None or len(cuts) > len(base.shape):
            return None
        shape: list[int | None] = []
        certain = base.certain
        for extent, cut in zip(base.shape, cuts, strict=False):
            if isinstance(cut, ast.Slice):
                shape.append(self._extent(cut, extent, scope))
                certain = certain and all(constant(bound, scope) is not None for bound in _bounds(cut))
            elif self._sizes.kind(cut, scope) != "builtins.int":
                return None
        shape += base.shape[len(cuts) :]
        if not shape:
            return Estimate("builtins.float", node, 0, OVERHEAD)
        return self._with_shape(node, replace(base, certain=certain), tuple(shape))

    def _with_shape(self, node: ast.expr, base: Estimate, shape: Shape) -> Estimate:
        if base.item_bytes is None or None in shape:
            return Estimate(ARRAY, node, shape=shape, item_bytes=base.item_bytes)
        found = array_of(ARRAY, node, shape, base.item_bytes, certain=base.certain)
        return replace(found, default_numbers=base.default_numbers)

    def _extent(self, cut: ast.Slice, extent: int | None, scope: Scope) -> int | None:
        """How many items a slice keeps."""
        bounds = [
            None if bound is None else self._sizes.likely(bound, scope) for bound in (cut.lower, cut.upper, cut.step)
        ]
        numbers = [bound for bound in bounds if isinstance(bound, int)]
        if len(numbers) < len(_bounds(cut)) or extent is None or (cut.step is not None and bounds[2] == 0):
            return None
        lower, upper, step = (bound if isinstance(bound, int) else None for bound in bounds)
        return len(range(*slice(lower, upper, step).indices(extent)))


def _bounds(cut: ast.Slice) -> list[ast.expr]:
    return [bound for bound in (cut.lower, cut.upper, cut.step) if bound is not None]


def _is_whole(cut: ast.expr) -> bool:
    return isinstance(cut, ast.Slice) and cut.lower is None and cut.upper is None and cut.step is None
