"""Numbers and shapes that are constants of the program, and the sizes of data types."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable

from putfix.analysis.names.scopes import Scopes
from putfix.analysis.names.variables import Scope

Constant = int | float | tuple[int, ...]

NUMBER_BYTES = 2
"""What pickle writes for a small integer; other numbers take up to 9 bytes (a float)."""

_PACKAGES = ("builtins", "jax", "numpy", "tensorflow", "torch")
"""Those that name data types as NumPy does."""

_LIMIT = 2**63
_OPERATIONS: dict[type[ast.operator], Callable[[int | float, int | float], int | float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
    ast.Div: operator.truediv,
    ast.Mod: operator.mod,
    ast.LShift: operator.lshift,
    ast.Pow: operator.pow,
}
_SMALL_EXPONENT = 64
_ITEM_BYTES = {
    "bool": 1,
    "bool_": 1,
    "int8": 1,
    "uint8": 1,
    "i1": 1,
    "u1": 1,
    "int16": 2,
    "uint16": 2,
    "float16": 2,
    "half": 2,
    "bfloat16": 2,
    "int32": 4,
    "uint32": 4,
    "float32": 4,
    "single": 4,
    "i4": 4,
    "f4": 4,
    "int": 8,
    "int64": 8,
    "uint64": 8,
    "long": 8,
    "float": 8,
    "float64": 8,
    "double": 8,
    "complex64": 8,
    "i8": 8,
    "f8": 8,
    "complex": 16,
    "complex128": 16,
}
"""NumPy user guide, Data types; PyTorch reference, torch.dtype."""


Guess = Callable[[ast.expr, Scope], Constant | None]
"""Gives the likely value of an expression that is no constant."""


def constant(node: ast.expr, scope: Scope, guess: Guess | None = None, depth: int = 8) -> Constant | None:
    """The number, or the tuple of integers, that ``node`` is in every run; None where that is not known.

    Names are followed where exactly one assignment in the file binds them. With ``guess`` it is what ``node`` is in a
    likely run.
    """
    found = _constant(node, scope, guess, depth) if depth else None
    return guess(node, scope) if found is None and guess is not None and depth else found


def _constant(node: ast.expr, scope: Scope, guess: Guess | None, depth: int) -> Constant | None:
    if isinstance(node, ast.Constant):
        plain = isinstance(node.value, int | float) and not isinstance(node.value, bool)
        return node.value if plain else None  # type: ignore[return-value]
    if isinstance(node, ast.Tuple | ast.List):
        parts = [constant(element, scope, guess, depth - 1) for element in node.elts]
        numbers = tuple(part for part in parts if isinstance(part, int))
        return numbers if len(numbers) == len(parts) else None
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        value = constant(node.operand, scope, guess, depth - 1)
        return -value if isinstance(value, int | float) else None
    if isinstance(node, ast.BinOp):
        right = constant(node.right, scope, guess, depth - 1)  # in a + b + c the left side is the longer one
        left = constant(node.left, scope, guess, depth - 1) if right is not None else None
        return _computed(node.op, left, right)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "int" and len(node.args) == 1:
        value = constant(node.args[0], scope, guess, depth - 1) if scope.variable("int") is None else None
        return int(value) if isinstance(value, int | float) and abs(value) < _LIMIT else None
    if isinstance(node, ast.Name):
        variable = scope.variable(node.id)
        only = variable.only_binding if variable is not None else None
        if variable is not None and only is not None and only.value is not None:
            return constant(only.value, variable.scope, guess, depth - 1)
    return None


def _computed(operator_node: ast.operator, left: Constant | None, right: Constant | None) -> int | float | None:
    operation = _OPERATIONS.get(type(operator_node))
    if operation is None or not isinstance(left, int | float) or not isinstance(right, int | float):
        return None
    if isinstance(operator_node, ast.Pow | ast.LShift) and abs(right) > _SMALL_EXPONENT:
        return None
    try:
        value = operation(left, right)
    except (ArithmeticError, TypeError, ValueError):
        return None
    return value if isinstance(value, int | float) and abs(value) < _LIMIT else None


def data_type_bytes(node: ast.expr, scopes: Scopes, scope: Scope) -> int | None:
    """The size of an item of the data type that ``node`` names: ``np.float32``, ``"f4"``, ``int``."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return _ITEM_BYTES.get(node.value.lstrip("<>=|"))
    qualified = scopes.qualified(node, scope)
    if qualified is None or qualified.partition(".")[0] not in _PACKAGES:
        return None
    package, _, name = qualified.rpartition(".")
    return 4 if package == "torch" and name in ("float", "int") else _ITEM_BYTES.get(name)
