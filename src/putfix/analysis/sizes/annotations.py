"""Which type an annotation names."""

from __future__ import annotations

import ast

_OPTIONAL = frozenset({"Optional", "Annotated", "Final", "ClassVar"})
_PLAIN = frozenset({"None", "str", "Path"})
"""What may stand beside a type in a union without making the value anything else that is large or a reference."""


def named_type(annotation: ast.expr | None) -> ast.expr | None:
    """The type that an annotation names, without its parameters; also where it is written as a string, or None or the
    path of a file may stand in its place."""
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        try:
            annotation = ast.parse(annotation.value, mode="eval").body
        except SyntaxError:
            return None
    if isinstance(annotation, ast.BinOp) and isinstance(annotation.op, ast.BitOr):
        return _only([annotation.left, annotation.right])
    if not isinstance(annotation, ast.Subscript):
        return annotation
    name = getattr(annotation.value, "attr", getattr(annotation.value, "id", ""))
    inner = annotation.slice.elts if isinstance(annotation.slice, ast.Tuple) else [annotation.slice]
    if name == "Union":
        return _only(inner)
    return named_type(inner[0]) if name in _OPTIONAL else annotation.value


def _only(choices: list[ast.expr]) -> ast.expr | None:
    """The one of several types that is not plain."""
    named = [each for each in choices if not _is_plain(each)]
    return named_type(named[0]) if len(named) == 1 else None


def _is_plain(node: ast.expr) -> bool:
    if isinstance(node, ast.Constant):
        return node.value is None
    return getattr(node, "attr", getattr(node, "id", "")) in _PLAIN
