"""Which variable a name means, against Python's own symbol tables."""

from __future__ import annotations

import ast
import symtable
from pathlib import Path

import pytest

from putfix.analysis.names.scopes import Scopes
from putfix.analysis.names.variables import Scope


def names(scope: Scope) -> set[str]:
    return set(scope.variables)


def test_names_belong_to_the_scope_that_binds_them() -> None:
    tree = ast.parse("""
x = 1
class K:
    y = x
    def m(self, a, *b, c=1, **d):
        global g
        g = [z for z in a if (w := z)]
        def inner():
            nonlocal a
            a = lambda q: q
        for i, (j, *k) in b: del j
        with c as e, d as (f,): pass
        try: import os.path, sys as system
        except OSError as error: pass
        match a:
            case {"k": n, **rest}: pass
            case [first, *others] | (first as others): pass
""")
    scopes = Scopes(tree)
    assert names(scopes.module) == {"x", "K", "g"}
    method = next(scope for scope in scopes.of.values() if getattr(scope.node, "name", "") == "m")
    assert names(method) == set("self a b c d w inner i j k e f os system error n rest first others".split())
    assert [binding.kind for binding in method.variables["a"].bindings] == ["parameter", "assign"]
    assert method.variables["a"].rebound_inside
    assert method.variable("y") is None
    assert method.variable("x") is scopes.module.variables["x"]
    assert method.variable("g") is scopes.module.variables["g"]


@pytest.mark.parametrize(
    ("source", "qualified"),
    [
        ("import numpy as np\nnp.random.rand", "numpy.random.rand"),
        ("import os.path\nos.path.join", "os.path.join"),
        ("from ray import remote as r\nr", "ray.remote"),
        ("from . import a\na.b", ".a.b"),
        ("len", "builtins.len"),
        ("len = 3\nlen", None),
        ("try:\n import ray\nexcept ImportError:\n ray = None\nray.get", None),
        ("unknown", None),
    ],
)
def test_imports_give_qualified_names(source: str, qualified: str | None) -> None:
    tree = ast.parse(source)
    scopes = Scopes(tree)
    last = tree.body[-1]
    assert isinstance(last, ast.Expr)
    assert scopes.qualified(last.value, scopes.module) == qualified


def tables(table: symtable.SymbolTable) -> list[symtable.SymbolTable]:
    return [table, *(inner for child in table.get_children() for inner in tables(child))]


@pytest.mark.parametrize("module", [ast, symtable, pytest], ids=lambda module: module.__name__)
def test_functions_have_the_locals_that_python_says(module: object) -> None:
    path = Path(str(getattr(module, "__file__", "")))
    source = path.read_text(encoding="utf-8")
    mine = [
        (scope.node.name, scope.node.lineno, frozenset(scope.variables))
        for scope in Scopes(ast.parse(source)).of.values()
        if isinstance(scope.node, ast.FunctionDef | ast.AsyncFunctionDef) and not scope.node.decorator_list
    ]
    theirs = {
        (table.get_name(), table.get_lineno()): {s.get_name() for s in table.get_symbols() if s.is_local()}
        for table in tables(symtable.symtable(source, str(path), "exec"))
        if isinstance(table, symtable.Function)
    }
    assert mine or module is pytest
    for name, line, found in mine:
        # From Python 3.12 on, the variables of comprehensions are listed with the function's.
        assert found <= theirs[name, line]
