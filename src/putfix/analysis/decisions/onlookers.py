"""What else in a file sees or changes variables: threads at any time, and functions that look at them by name."""

from __future__ import annotations

import ast
import functools

from putfix.analysis.flow.parts import Path
from putfix.analysis.names.scopes import Scopes
from putfix.analysis.names.variables import Scope
from putfix.knowledge import running


class Onlookers:
    """The onlookers of one module."""

    def __init__(self, scopes: Scopes) -> None:
        self._scopes = scopes
        self._seeing: dict[Scope, list[tuple[ast.Call, str]]] = {}
        self._seeing_inside: dict[Scope, list[tuple[ast.Call, str]]] = {}
        imported = scopes.imported()
        attributes = {node.attr for node in scopes.nodes_of(ast.Attribute)}
        packages = {name.partition(".")[0] for name in imported}
        self.threads = bool(packages & running.THREADING or attributes & running.TO_THREADS)
        """Whether the file makes threads, which change what they can reach at any time."""
        self._frames = bool(
            attributes & {name.rpartition(".")[2] for name in running.FRAMES} or imported & running.FRAMES
        )

    def call_seeing(self, path: Path, scope: Scope) -> ast.Call | None:
        """A call that looks at the variables of ``scope``, or at the one of ``path``, by their names.

        It stands in that body or in a function inside of it, which may be what sends the value, or anywhere where the
        variables are the module's or frames are looked at.
        """
        of_module = any(isinstance(s.node, ast.Module) for s in (scope, path.variable.scope))
        near = self._anywhere if of_module or self._frames else self._calls_inside(scope)
        return next((call for call, name in near if of_module or name != _OF_MODULE), None)

    @functools.cached_property
    def _anywhere(self) -> list[tuple[ast.Call, str]]:
        return [each for scope in self._scopes.of.values() for each in self._calls_in(scope)]

    def _calls_inside(self, scope: Scope) -> list[tuple[ast.Call, str]]:
        if scope not in self._seeing_inside:
            inner = self._scopes.inside(scope)
            self._seeing_inside[scope] = [each for one in inner for each in self._calls_in(one)]
        return self._seeing_inside[scope]

    def _calls_in(self, scope: Scope) -> list[tuple[ast.Call, str]]:
        if scope not in self._seeing:
            names = ((call, self._scopes.qualified(call.func, scope) or "") for call in self._scopes.calls(scope))
            self._seeing[scope] = [each for each in names if each[1] in running.BY_NAME | running.FRAMES]
        return self._seeing[scope]


_OF_MODULE = "builtins.globals"
"""What shows none but the module's variables."""
