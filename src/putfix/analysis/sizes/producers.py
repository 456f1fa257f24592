"""How large the results of listed functions are: the rules that the rows of :mod:`putfix.knowledge` name."""

from __future__ import annotations

import ast
from dataclasses import replace
from math import prod
from typing import TYPE_CHECKING

from putfix.analysis.names.scopes import Scopes
from putfix.analysis.names.variables import Scope
from putfix.analysis.sizes.constants import NUMBER_BYTES, Constant, constant, data_type_bytes
from putfix.analysis.sizes.estimates import NUMBERS, OVERHEAD, Estimate, array_of
from putfix.knowledge.rows import Producers

if TYPE_CHECKING:
    from putfix.analysis.sizes.evaluation import Sizes

_MEASURABLE = ("numpy.ndarray", "builtins.list", "builtins.tuple")
_CONTENT_RULES = ("contents", "fetched", "items", "file", "made-from", "number", "unknown")


class ProducedSizes:
    """Evaluates calls of producers; ``sizes`` evaluates their arguments."""

    def __init__(self, scopes: Scopes, sizes: Sizes) -> None:
        self._scopes = scopes
        self._sizes = sizes

    def estimate(self, row: Producers, node: ast.Call, scope: Scope) -> Estimate | None:
        """What the call ``node`` of a function of ``row`` returns."""
        keywords = {keyword.arg: keyword.value for keyword in node.keywords}
        if None in keywords or any(word in keywords for word in row.unless) or len(node.args) > row.at_most:
            return None
        if any(isinstance(argument, ast.Starred) for argument in node.args):
            return Estimate(row.kind, node)
        if row.size in _CONTENT_RULES:
            return self._contents(row, node, scope)
        items = None if self._is_refused(row, node, keywords, scope) else self._items(row, node, keywords, scope)
        if items is None:
            return Estimate(row.kind, node, typed=row.size == "")
        if row.size == "bytes":
            return Estimate(row.kind, node, items, items + OVERHEAD)
        if row.size == "filled" and row.data_type_at is not None and "dtype" not in keywords and len(node.args) < 3:
            value = keywords.get("fill_value", node.args[1] if len(node.args) > 1 else None)
            number = value is not None and self._sizes.kind(value, scope) in NUMBERS
            return array_of(row.kind, node, items, 8, default_numbers=True) if number else Estimate(row.kind, node)
        where = row.data_type_at
        data_type = keywords.get("dtype")
        if data_type is None and where is not None and len(node.args) > where:
            data_type = node.args[where]
        item_bytes = row.item_bytes if data_type is None else data_type_bytes(data_type, self._scopes, scope)
        if not item_bytes:
            return Estimate(row.kind, node)
        own = data_type is None and row.kind == "numpy.ndarray"
        return array_of(row.kind, node, items, item_bytes, default_numbers=own)

    def _contents(self, row: Producers, node: ast.Call, scope: Scope) -> Estimate | None:
        """Producers that are as large as what they are given."""
        first = node.args[0] if node.args else None
        if row.size == "number":
            return Estimate(row.kind, node, NUMBER_BYTES, OVERHEAD)
        if row.size == "unknown" or first is None:
            return Estimate(row.kind, node, mixed=bool(node.args or node.keywords))
        if row.size == "fetched":  # a list for a list of references, for one reference its value
            several = self._sizes.kind(first, scope) in ("builtins.list", "builtins.tuple")
            return Estimate(row.kind, node, mixed=True) if several else None
        if row.size == "made-from":
            shape = constant(first, scope) is not None
            return Estimate(row.kind, node, typed=not shape)
        if row.size == "file":
            archive = isinstance(first, ast.Constant) and str(first.value).endswith(".npz")
            return None if archive else Estimate(row.kind, node, typed=True)
        return self._copied(row, node, first, scope)

    def _copied(self, row: Producers, node: ast.Call, first: ast.expr, scope: Scope) -> Estimate | None:
        """What is made of the items of ``first``."""
        if row.size == "items":
            count = self._sizes.length(first, scope)
            ranged = isinstance(first, ast.Call) and self._sizes.callee(first, scope) == "builtins.range"
            if count is not None and ranged:
                return Estimate(row.kind, node, 2 * count, 9 * count + OVERHEAD, items=count)
        held = self._sizes.estimate(first, scope)
        if held is None or held.kind not in _MEASURABLE:
            return Estimate(row.kind, node, mixed=True)
        plain = {keyword.arg for keyword in node.keywords} <= {"columns", "index", "name"} and len(node.args) == 1
        array = held.kind == "numpy.ndarray" == row.kind
        if array and plain:
            return replace(held, kind=row.kind, node=node)
        if held.kind == "numpy.ndarray" and plain:
            return Estimate(row.kind, node, held.at_least, typed=held.typed)
        return Estimate(row.kind, node)

    def _is_refused(self, row: Producers, node: ast.Call, keywords: dict[str | None, ast.expr], scope: Scope) -> bool:
        """Whether the shape has a negative part."""
        shapes = [keywords[word] for word in ("shape", "size", "num") if word in keywords]
        if row.size in ("dimensions", "square"):
            shapes += node.args
        elif row.shape_at is not None:
            shapes += node.args[row.shape_at : row.shape_at + 1]
        return any(_is_negative(constant(shape, scope)) for shape in shapes)

    def _items(self, row: Producers, node: ast.Call, keywords: dict[str | None, ast.expr], scope: Scope) -> int | None:
        """How many items the result has, by the row's rule."""
        values = [constant(argument, scope) for argument in node.args]
        numbers = [value for value in values if isinstance(value, int)]
        shape = next((constant(keywords[word], scope) for word in ("shape", "size") if word in keywords), None)
        if row.size == "bytes":
            return numbers[0] if values and numbers and len(values) == 1 else None
        if row.size == "dimensions":
            if len(values) == 1 and isinstance(values[0], tuple):
                return prod(values[0])
            return prod(numbers) if values and len(numbers) == len(values) else None
        if row.size in ("shape", "filled"):
            if shape is None and row.shape_at is not None and len(values) > row.shape_at:
                shape = values[row.shape_at]
            return prod(shape) if isinstance(shape, tuple) else shape if isinstance(shape, int) else None
        if row.size == "dense":
            return (numbers[0] + 1) * numbers[1] if len(values) == len(numbers) == 2 else None
        if row.size == "square":
            return numbers[0] ** 2 if len(values) == 1 and numbers else None
        if row.size == "range":
            return len(range(*numbers)) if 1 <= len(values) == len(numbers) <= 3 and 0 not in numbers[2:] else None
        if row.size == "samples":
            count = constant(keywords["num"], scope) if "num" in keywords else values[2] if len(values) > 2 else 50
            return count if isinstance(count, int) else None
        return None


def _is_negative(shape: Constant | None) -> bool:
    parts = shape if isinstance(shape, tuple) else (shape,)
    return any(isinstance(part, int) and part < 0 for part in parts)
