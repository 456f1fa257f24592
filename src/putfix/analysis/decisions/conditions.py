"""The condition under which all of the calls are made that one put serves: ``if parallel:`` inside of a loop.

Where Ray is only used on request, a put that is not under the same condition would start it all the same, or fail
where it is not installed. The condition is written again at the put, so only what can be asked twice counts: names,
attributes and constants, compared and joined.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence

from putfix.analysis.flow.effects import dotted_path
from putfix.analysis.flow.parts import Branch, Part, Path, Statement
from putfix.analysis.names.assigned import self_name
from putfix.analysis.names.variables import Scope
from putfix.analysis.versions.timelines import Send
from putfix.analysis.versions.walk import Walk

_PLAIN = (
    *(ast.BoolOp, ast.And, ast.Or, ast.UnaryOp, ast.Not, ast.Compare, ast.cmpop, ast.Constant),
    *(ast.Name, ast.Attribute, ast.expr_context),
)
"""What a condition may be made of, besides the call in ``"ray" in globals()``."""


class Conditions:
    """The question for one module. ``walk`` follows what is at a path through a body, where it matters at what is done
    to other paths, too."""

    def __init__(self, walk: Callable[[Path, ast.expr, Scope, tuple[Path, ...]], Walk]) -> None:
        self._walk = walk

    def of(self, sends: Sequence[Send], place: Statement, scope: Scope) -> str:
        """The condition as it can be written before ``place``; empty where there is none."""
        tests = [[test for test in _tests(send, place) if self._is_steady(test, send, place, scope)] for send in sends]
        shared = [test for test in tests[0] if all(_has(others, test) for others in tests[1:])]
        return " and ".join(_operand(test) for test in shared)

    def _is_steady(self, test: ast.expr, send: Send, place: Statement, scope: Scope) -> bool:
        """Whether the test has the outcome before ``place`` that it has at the call, as far as the body shows."""
        asked = _globals_asked_for(test)
        if not all(isinstance(node, _PLAIN) for node in ast.walk(test) if node not in asked):
            return False
        return all(self._lasts(node, send, place, scope) for node in _paths(test) if node not in asked)

    def _lasts(self, node: ast.expr, send: Send, place: Statement, scope: Scope) -> bool:
        path = dotted_path(node, scope)
        if path is None or len(path.attributes) > 1:
            return False
        walk = self._walk(path, node, scope, send.sent.parts)
        own = bool(path.attributes) and self_name(path.variable.scope) == path.variable.name
        before = walk.entries[place]
        return (before.bound or own) and before is walk.dispatched[send.dispatch]


def _tests(send: Send, place: Statement) -> Iterator[ast.expr]:
    """The tests of the ``if`` statements around the send, inside of ``place``, that must have come out true."""
    inside: Sequence[Part] = send.stack[send.stack.index(place) :] if place in send.stack else send.stack
    for statement, branch, arm in zip(inside, inside[1:], inside[2:], strict=False):
        if isinstance(statement, Statement) and isinstance(statement.node, ast.If) and isinstance(branch, Branch):
            if arm is branch.arms[0]:
                yield statement.node.test


def _has(tests: Sequence[ast.expr], test: ast.expr) -> bool:
    return any(ast.dump(each) == ast.dump(test) for each in tests)


def _operand(test: ast.expr) -> str:
    text = ast.unparse(test)
    return f"({text})" if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.Or) else text


def _paths(test: ast.expr) -> Iterator[ast.expr]:
    """The names and attributes in a test, those that are part of a longer one apart."""
    if isinstance(test, ast.Name | ast.Attribute):
        yield test
        return
    for child in ast.iter_child_nodes(test):
        if isinstance(child, ast.expr):
            yield from _paths(child)


def _globals_asked_for(test: ast.expr) -> list[ast.AST]:
    """The parts of ``"ray" in globals()`` in a test."""
    asked = [
        node.comparators[0]
        for node in ast.walk(test)
        if isinstance(node, ast.Compare) and isinstance(node.left, ast.Constant) and isinstance(node.ops[0], ast.In)
    ]
    calls = [node for node in asked if isinstance(node, ast.Call) and ast.unparse(node) == "globals()"]
    return [part for call in calls for part in ast.walk(call)]
