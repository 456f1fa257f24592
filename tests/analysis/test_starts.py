"""Where the module may start Ray above a function: else it is not lowered to know that."""

from __future__ import annotations

import ast

import pytest

from putfix.analysis.names.attributes import Attributes
from putfix.analysis.names.calls import RemoteCalls
from putfix.analysis.names.scopes import Scopes
from putfix.analysis.versions.starts import Starts

_HEAD = "import ray\n@ray.remote\ndef task(x): pass\n@ray.remote(num_cpus=1)\nclass Actor: pass\n"
_DEFINITION = "def last(x): return [task.remote(x) for i in range(3)]\n"

ABOVE = {
    "init": "ray.init()",
    "get": "ray.get(x)",
    "remote call": "task.remote(x)",
    "call with options": "task.options(num_cpus=2).remote(x)",
    "remote class": "Actor.remote()",
    "what ray.remote makes": "ray.remote(len).remote(x)",
    "other name": "from ray import init as begin\nbegin()",
    "question": "if not ray.is_initialized():\n    pass",
    "class": "class A:\n    ray.init()",
    "lambda": "f = lambda: ray.get(x)",
    "comprehension": "[task.remote(i) for i in range(3)]",
    "default": "def f(y=ray.put(1)): pass",
    "decorator": "@g(ray.put(1))\ndef f(): pass",
    "star": "from tools import *",
    "with": "with ray.init():",
}
NOWHERE = {
    "nothing": "pass",
    "other calls": "print(1)",
    "functions": "def f(): ray.init()",
    "methods": "class A:\n    def f(self): ray.init()",
    "remote by another name": "from ray import remote as r\n@r\ndef f(): pass",
}


def _may_be_above(text: str) -> bool:
    scopes = Scopes(ast.parse(text))
    calls = RemoteCalls(scopes, Attributes(scopes))
    starts = Starts(scopes, calls, lambda node: scopes.qualified(node, scopes.module))
    last = next(node for node in scopes.nodes if getattr(node, "name", "") == "last")
    return starts.may_be_above(last)


@pytest.mark.parametrize("code", ABOVE.values(), ids=ABOVE)
def test_what_may_start_ray_counts_above_a_function_only(code: str) -> None:
    """What starts Ray, or says that it runs, counts where it is above the function, and not below it."""
    indent = "    " if code.endswith(":") else ""
    assert _may_be_above(f"{_HEAD}{code}\n{indent}{_DEFINITION}")
    if not code.startswith("from tools"):  # a star may bind anything
        assert not _may_be_above(f"{_HEAD}{_DEFINITION}{code}\n{indent}pass\n")


@pytest.mark.parametrize("code", NOWHERE.values(), ids=NOWHERE)
def test_what_only_makes_functions_starts_nothing(code: str) -> None:
    """Neither does ``ray.remote`` as a decorator, nor code in functions that nothing runs there."""
    assert not _may_be_above(f"{_HEAD}{code}\n{_DEFINITION}")
