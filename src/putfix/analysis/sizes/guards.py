"""The guard of a put: ``x if isinstance(x, ray.ObjectRef) else ray.put(x)``, which is a reference either way."""

from __future__ import annotations

import ast

from putfix.analysis.names.scopes import Scopes
from putfix.analysis.names.variables import Scope
from putfix.analysis.sizes.estimates import REFERENCE


def is_guarded_put(node: ast.IfExp, scopes: Scopes, scope: Scope) -> bool:
    """Whether ``node`` is such an expression."""
    test, put = node.test, node.orelse
    if not isinstance(test, ast.Call) or not isinstance(put, ast.Call) or len(test.args) != 2 or len(put.args) != 1:
        return False
    tests = scopes.qualified(test.func, scope) == "builtins.isinstance"
    tests = tests and scopes.qualified(test.args[1], scope) == REFERENCE
    puts = scopes.qualified(put.func, scope) == "ray.put"
    values = {ast.dump(each) for each in (node.body, test.args[0], put.args[0])}
    return tests and puts and len(values) == 1
