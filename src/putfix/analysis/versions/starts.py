"""Where Ray may be started, as far as names tell: a body that starts it nowhere need not be lowered to know that."""

from __future__ import annotations

import ast
import functools
from collections.abc import Callable, Iterator

from putfix.analysis.flow.parts import Statement
from putfix.analysis.names.calls import RemoteCalls
from putfix.analysis.names.scopes import Scopes
from putfix.analysis.names.variables import Scope
from putfix.knowledge import ray_core


class Starts:
    """What may start Ray in the bodies of one module: what they name, remote calls, and puts that they are given."""

    def __init__(
        self, scopes: Scopes, calls: RemoteCalls, qualified_anywhere: Callable[[ast.expr], str | None]
    ) -> None:
        """``qualified_anywhere`` gives the name of what an expression is by the imports of any scope."""
        self._scopes = scopes
        self._calls = calls
        self._qualified_anywhere = qualified_anywhere
        self._puts: set[Statement] = set()
        self._named: dict[Scope, bool] = {}

    def has_put(self, place: Statement) -> bool:
        """Whether there is a put before ``place``."""
        return place in self._puts

    def add_put(self, place: Statement) -> None:
        """Take note of a put before ``place``."""
        self._puts.add(place)
        self.__dict__.pop("_first_line", None)

    def may_be_in(self, body: Scope) -> bool:
        """Whether a body may start Ray itself; a function, once there are puts anywhere."""
        if body is self._scopes.module:
            return self._first_line is not None
        return bool(self._puts) or self._are_named_in(body)

    def may_be_above(self, definition: ast.AST) -> bool:
        """Whether the module itself may start Ray before it comes to the function or class."""
        line = getattr(definition, "lineno", None)
        return line is not None and self._first_line is not None and self._first_line <= line

    @functools.cached_property
    def _first_line(self) -> int | None:
        """The first line on which the module itself may start Ray."""
        module = self._scopes.module
        if not self._puts and not self._are_named_in(module):
            return None
        if module.stars:
            return 0
        before = {place.node for place in self._puts}
        lines = [
            node.lineno
            for node, scope in self._own_nodes(module)
            if isinstance(node, ast.expr | ast.stmt) and (node in before or self._starts_when_called(node, scope))
        ]
        return min(lines, default=None)

    def _starts_when_called(self, node: ast.AST, scope: Scope) -> bool:
        """Whether a call of ``node`` may start Ray, or say that it runs; one of ``ray.remote`` does neither."""
        if not isinstance(node, ast.Name | ast.Attribute):
            return False
        if getattr(node, "attr", "") == "remote" and not self._calls.is_ray_remote(node, scope):
            return True
        return self._scopes.qualified(node, scope) in ray_core.STARTING

    def _are_named_in(self, body: Scope) -> bool:
        if body not in self._named:
            self._named[body] = any(self._is_named(node) for node, _ in self._own_nodes(body))
        return bool(self._scopes.module.stars) or self._named[body]

    def _is_named(self, node: ast.AST) -> bool:
        if not isinstance(node, ast.Name | ast.Attribute):
            return False
        return getattr(node, "attr", "") == "remote" or self._qualified_anywhere(node) in ray_core.STARTING

    def _own_nodes(self, body: Scope) -> Iterator[tuple[ast.AST, Scope]]:
        """What a body runs itself, that of its classes, lambdas and comprehensions included; each with its scope."""
        scopes = (scope for scope in self._scopes.inside(body) if scope.unit is body)
        return ((node, scope) for scope in scopes for node in self._scopes.own_part(scope))
