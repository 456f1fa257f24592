"""Which invariant expressions certainly raise no exception: a short list, for all others may."""

from __future__ import annotations

import ast
import functools

from putfix import knowledge
from putfix.analysis.flow.effects import dotted_path
from putfix.analysis.names.scopes import Scopes
from putfix.analysis.names.variables import Scope
from putfix.analysis.sizes.constants import data_type_bytes
from putfix.analysis.sizes.estimates import ARRAY, NUMBERS, SEQUENCES, Estimate
from putfix.analysis.sizes.evaluation import Sizes

_ARITHMETIC = ast.Add | ast.Sub | ast.Mult
_COPYING = frozenset({"copy", "flatten", "ravel", "tobytes", "tolist", "state_dict"})
_FROM_SHAPES = frozenset({"numpy.zeros", "numpy.ones"})
_FROM_NUMBERS = frozenset({"numpy.full", "numpy.eye", "numpy.identity", "numpy.arange", "numpy.linspace"})
_FROM_ARRAYS = frozenset({"numpy.array", "numpy.asarray", "numpy.ascontiguousarray", "numpy.copy"})


class Failures:
    """The question for the expressions of one module."""

    def __init__(self, scopes: Scopes, sizes: Sizes) -> None:
        self._scopes = scopes
        self._sizes = sizes

    def first_in(self, node: ast.expr, scope: Scope) -> ast.expr | None:
        """The first part of ``node`` that may raise; None where all of it certainly succeeds."""
        if isinstance(node, ast.Constant) or dotted_path(node, scope) is not None:
            return None
        parts = self._parts_of_certain(node, scope)
        if parts is None:
            return node
        return next(filter(None, (self.first_in(part, scope) for part in parts)), None)

    def _parts_of_certain(self, node: ast.expr, scope: Scope) -> list[ast.expr] | None:
        """What is computed first, where ``node`` succeeds whenever that does; None where it may fail."""
        if isinstance(node, ast.Tuple | ast.List):
            return node.elts
        if isinstance(node, ast.Dict):
            return node.values
        if isinstance(node, ast.Attribute):
            return [node.value] if node.attr == "T" and self._of_numbers(node.value, scope) else None
        if isinstance(node, ast.UnaryOp):
            plain = isinstance(node.op, ast.USub | ast.UAdd) and self._of_numbers(node.operand, scope)
            return [node.operand] if plain else None
        if isinstance(node, ast.BinOp):
            kinds = [self._sizes.kind(side, scope) for side in (node.left, node.right)]
            arrays = [side for side, kind in zip((node.left, node.right), kinds, strict=True) if kind == ARRAY]
            plain = isinstance(node.op, _ARITHMETIC) and len(arrays) == 1 and any(kind in NUMBERS for kind in kinds)
            checked = plain and self._of_numbers(arrays[0], scope) and not self._numpy_may_raise
            return [node.left, node.right] if checked else None
        if isinstance(node, ast.Subscript):
            return [node.value] if self._is_plain_slice(node, scope) else None
        return self._parts_of_call(node, scope) if isinstance(node, ast.Call) else None

    def _of_numbers(self, node: ast.expr, scope: Scope) -> bool:
        """Whether ``node`` is an array of float64 or int64 in a known number."""
        estimate = self._sizes.estimate(node, scope)
        return estimate is not None and estimate.kind == ARRAY and estimate.default_numbers and estimate.certain

    def _is_plain_slice(self, node: ast.Subscript, scope: Scope) -> bool:
        """``x[a:b]`` of a sequence, or of an array of known size, with integers."""
        estimate: Estimate | None = self._sizes.estimate(node.value, scope)
        known = estimate is not None and (
            estimate.kind in SEQUENCES or (estimate.items is not None and estimate.certain)
        )
        if not known or not isinstance(node.slice, ast.Slice) or node.slice.step is not None:
            return False
        bounds = [bound for bound in (node.slice.lower, node.slice.upper) if bound is not None]
        return all(self._sizes.kind(bound, scope) == "builtins.int" for bound in bounds)

    def _parts_of_call(self, node: ast.Call, scope: Scope) -> list[ast.expr] | None:
        name = self._scopes.qualified(node.func, scope)
        words = {keyword.arg for keyword in node.keywords}
        if name is None:
            return self._parts_of_method(node, scope)
        if name in _FROM_SHAPES and words <= {"shape", "dtype"}:
            types = [*node.args[1:], *(keyword.value for keyword in node.keywords if keyword.arg == "dtype")]
            known = all(data_type_bytes(each, self._scopes, scope) is not None for each in types)
            return [] if known and self._is_measured(node, scope) else None
        if name in _FROM_NUMBERS and words <= {"shape", "fill_value", "num"}:
            return [] if self._of_numbers(node, scope) else None
        if len(node.args) != 1 or words:
            return None
        if name in _FROM_ARRAYS:
            return [*node.args] if self._of_numbers(node.args[0], scope) else None
        if name in ("builtins.list", "builtins.tuple"):
            return [*node.args] if self._sizes.kind(node.args[0], scope) in SEQUENCES else None
        return None

    def _parts_of_method(self, node: ast.Call, scope: Scope) -> list[ast.expr] | None:
        """Methods without arguments that copy, and ``x.astype(t)`` of numbers."""
        if not isinstance(node.func, ast.Attribute) or node.keywords:
            return None
        if node.func.attr in _COPYING and not node.args:
            kind = self._sizes.kind(node.func.value, scope)
            row = knowledge.methods(kind) if kind is not None else None
            return [node.func.value] if row is not None and node.func.attr in row.repeatable else None
        converts = node.func.attr == "astype" and len(node.args) == 1 and self._of_numbers(node.func.value, scope)
        converts = converts and not self._numpy_may_raise
        known = converts and data_type_bytes(node.args[0], self._scopes, scope) is not None
        return [node.func.value] if known else None

    def _is_measured(self, node: ast.expr, scope: Scope) -> bool:
        estimate = self._sizes.estimate(node, scope)
        return estimate is not None and estimate.items is not None and estimate.certain

    @functools.cached_property
    def _numpy_may_raise(self) -> bool:
        """Whether the file lets NumPy raise where it would only warn."""
        names = {node.attr for node in self._scopes.nodes_of(ast.Attribute)}
        return bool(
            {"seterr", "errstate", "simplefilter", "filterwarnings"}
            & (names | {name.rpartition(".")[2] for name in self._scopes.imported()})
        )
