"""What an expert would expect to be large by its name alone: enough for an unsafe fix, and for no other."""

from __future__ import annotations

import ast

from putfix.analysis.sizes.estimates import UNKNOWN_TYPE, Estimate
from putfix.knowledge import expectations


def expected_of_type(annotation: ast.expr, named: ast.expr) -> Estimate | None:
    """What the name of a class lets an expert expect of its objects."""
    name = getattr(named, "attr", getattr(named, "id", ""))
    expected = name.endswith(expectations.ENDINGS)
    return Estimate(UNKNOWN_TYPE, annotation, mixed=True, expected=True) if expected else None


def expected_of_call(node: ast.Call) -> Estimate | None:
    """The same of the name of a method."""
    name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
    given = [argument.value for argument in node.args if isinstance(argument, ast.Constant)]
    fits = not node.keywords and len(given) == len(node.args) and given == (["cpu"] if name == "to" else [])
    expected = name in expectations.METHODS and fits
    return Estimate(UNKNOWN_TYPE, node, mixed=True, expected=True) if expected else None
