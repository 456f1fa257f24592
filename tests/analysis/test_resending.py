"""Which functions are looked into at all: each that may send something twice, and few others."""

from __future__ import annotations

import ast

import pytest

from putfix.analysis.names.resending import may_send_again
from putfix.analysis.names.scopes import Scopes

AGAIN = {
    "loop": "for i in range(3): f.remote(x)",
    "while": "while True: f.remote(x)",
    "comprehension": "[f.remote(x) for i in range(3)]",
    "generator": "list(f.remote(x) for i in range(3))",
    "lambda": "list(map(lambda i: f.remote(x), range(3)))",
    "two calls": "f.remote(x); g.remote(1, x)",
    "one call": "f.remote(x, x)",
    "keyword": "f.remote(a=x); g.remote(b=x)",
    "star": "f.remote(*x); g.remote(*x)",
    "in displays": "f.remote([x]); g.remote((x, y))",
    "computed": "f.remote(x[:10]); g.remote(x[:10])",
    "attribute": "f.remote(x.data); g.remote(x.data)",
    "with options": "f.options(num_cpus=1).remote(x); f.remote(x)",
    "below a class": "class A:\n    for i in range(3): f.remote(x)",
    "default": "def g(y=[f.remote(x) for i in range(3)]): pass",
    "handed on": "send(x)",
    "handed on by a method": "self.send(x)",
}
ONCE = {
    "one argument": "f.remote(x)",
    "different names": "f.remote(x); g.remote(y)",
    "constants": "for i in range(3): f.remote(1, 'a', flag=None)",
    "no argument": "for i in range(3): f.remote()",
    "other calls": "for i in range(3): f(x)",
    "inner function": "def g():\n    for i in range(3): f.remote(x)",
}


def answer(body: str, *, repeated: bool = False) -> bool:
    scopes = Scopes(ast.parse(body))
    return may_send_again(scopes.module, {"send"}, repeated=repeated)


@pytest.mark.parametrize("body", AGAIN.values(), ids=AGAIN.keys())
def test_what_may_send_again(body: str) -> None:
    assert answer(body)


@pytest.mark.parametrize("body", ONCE.values(), ids=ONCE.keys())
def test_what_cannot(body: str) -> None:
    assert not answer(body)


def test_a_cell_may_be_run_again() -> None:
    assert answer("f.remote(x)", repeated=True)
