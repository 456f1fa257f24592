"""Which functions may send a value more than once, as far as their syntax alone tells: no others need a closer look.

Two arguments of remote calls can only be the same value where they are made of the same names, and one argument is sent
twice only where something runs its call again: a loop, a comprehension, or a function that is called in one.
"""

from __future__ import annotations

import ast
from collections.abc import Container, Iterator
from typing import get_args

from putfix.analysis.names.nodes import children, walk
from putfix.analysis.names.sites import is_remote
from putfix.analysis.names.variables import Comprehension, Scope

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_REPEATING = (ast.For, ast.AsyncFor, ast.While, ast.Lambda, *get_args(Comprehension))
_DISPLAYS = (ast.List, ast.Tuple, ast.Set, ast.Dict)


def may_send_again(unit: Scope, handing_on: Container[str], *, repeated: bool = False) -> bool:
    """Whether the function or module that makes ``unit`` may send one value twice in one run of its body: itself, or by
    calls of functions with the names in ``handing_on``. ``repeated`` says that all of the body may run again."""
    sent: set[frozenset[str]] = set()
    for call, again in _calls(unit, repeated=repeated):
        if is_remote(call):
            for value in _sent_by(call):
                names = frozenset(each.id for each in walk(value) if isinstance(each, ast.Name))
                if again or names in sent:
                    return True
                sent.add(names)
        elif getattr(call.func, "id", getattr(call.func, "attr", "")) in handing_on:
            return True
    return False


def _calls(unit: Scope, *, repeated: bool) -> Iterator[tuple[ast.Call, bool]]:
    """The calls in a body, those in the functions inside of it left out, each with whether it may be made again."""
    pending: list[tuple[ast.AST, bool]] = [(each, repeated) for each in getattr(unit.node, "body", ())]
    while pending:
        node, again = pending.pop()
        if isinstance(node, ast.Call):
            yield node, again
        again = again or isinstance(node, _REPEATING)
        inside = children(node)
        if isinstance(node, _FUNCTIONS):
            body = {*node.body}
            inside = [each for each in inside if each not in body]
        pending += [(each, again) for each in inside]


def _sent_by(call: ast.Call) -> Iterator[ast.expr]:
    """The arguments of a remote call that may be worth a put, and what is in those that are displays."""
    pending = [*call.args, *(keyword.value for keyword in call.keywords)]
    while pending:
        value = pending.pop()
        if isinstance(value, ast.Starred):
            pending.append(value.value)
        elif not isinstance(value, ast.Constant):
            yield value
            if isinstance(value, _DISPLAYS):
                pending += [each for each in children(value) if isinstance(each, ast.expr)]
