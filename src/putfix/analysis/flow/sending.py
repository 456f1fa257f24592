"""What a remote call sends: which values its arguments pass, and how."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from putfix.analysis.flow.effects import dotted_path
from putfix.analysis.flow.forwarding import Forwarding
from putfix.analysis.flow.invariants import Invariants
from putfix.analysis.flow.parts import Form, Path, Sent
from putfix.analysis.flow.summaries import Summaries
from putfix.analysis.names.nodes import children
from putfix.analysis.names.scopes import Scopes
from putfix.analysis.names.variables import Scope

_DISPLAYS = (ast.List, ast.Tuple, ast.Set, ast.Dict)


class Sending:
    """Reads the arguments of remote calls of one module."""

    def __init__(self, scopes: Scopes, invariants: Invariants, summaries: Summaries) -> None:
        self._scopes = scopes
        self._invariants = invariants
        self._summaries = summaries

    def sent_by(self, node: ast.Call, scope: Scope) -> Iterator[Sent]:
        """The values that the remote call ``node`` in ``scope`` sends, as far as they can be the same in another."""
        for argument in node.args:
            if isinstance(argument, ast.Starred):
                yield from self._inside(argument.value, scope, Form.STARRED)
            else:
                yield from self._passed(argument, scope)
        for keyword in node.keywords:
            if keyword.arg is None:
                yield from self._inside(keyword.value, scope, Form.STARRED)
            else:
                yield from self._passed(keyword.value, scope)

    def sent_through(self, node: ast.Call, scope: Scope) -> Iterator[tuple[Forwarding, tuple[Sent, ...]]]:
        """What the call ``node`` of a function of the file sends by giving it to parameters that are only handed on."""
        target = self._summaries.target(node, scope)
        if target is None:
            return
        forwarded = self._summaries.of(target).forwarded
        written = [*node.args, *(keyword.value for keyword in node.keywords)]
        spread = [keyword.value for keyword in node.keywords if keyword.arg is None]
        for parameter, argument, _ in target.arguments if forwarded else ():
            forwarding = forwarded.get(parameter)
            if forwarding is not None and argument in written and forwarding.may_be_given_by(scope):
                starred = isinstance(argument, ast.Starred) or argument in spread
                value = argument.value if isinstance(argument, ast.Starred) else argument
                found = self._inside(value, scope, Form.STARRED) if starred else self._passed(argument, scope)
                yield forwarding, tuple(forwarding.passed_on(sent) for sent in found)

    def sent_inside(self, node: ast.Call, scope: Scope) -> Iterator[tuple[Forwarding, Sent]]:
        """What the function of the file that ``node`` calls sends without being given it."""
        target = self._summaries.target(node, scope)
        if target is None or target.scope.module is not scope.module:
            return
        given = {parameter: dotted_path(argument, scope) for parameter, argument, _ in target.arguments}
        for reaching in self._summaries.of(target).reached:
            path = reaching.path
            base = given.get(path.variable) if path.variable.scope is target.scope else Path(path.variable)
            if base is not None:
                yield (
                    reaching.forwarding,
                    reaching.sent(Path(base.variable, (*base.attributes, *path.attributes))),
                )

    def _passed(self, argument: ast.expr, scope: Scope) -> Iterator[Sent]:
        if isinstance(argument, ast.Constant):
            return
        value, form = argument, Form.VALUE
        if self._is_put(argument, scope) and isinstance(argument, ast.Call):
            value, form = argument.args[0], Form.PUT
        invariant = self._invariants.of(value, scope)
        if invariant is not None:
            yield Sent(argument, value, form, tuple(dict.fromkeys(invariant.parts)), invariant.may_fail)
        if isinstance(value, _DISPLAYS):
            yield from self._inside(value, scope, Form.NESTED, within=argument)

    def _inside(self, node: ast.expr, scope: Scope, form: Form, within: ast.expr | None = None) -> Iterator[Sent]:
        """The variables and attributes in a display, or the one that ``node`` is."""
        path = dotted_path(node, scope)
        if path is not None:
            yield Sent(node, node, form, (path,), within=within)
        elif isinstance(node, _DISPLAYS):
            for element in children(node):
                if isinstance(element, ast.expr):
                    yield from self._inside(element, scope, form, within)

    def _is_put(self, node: ast.expr, scope: Scope) -> bool:
        """Whether ``node`` is ``ray.put(value)``, without anything else."""
        return (
            isinstance(node, ast.Call)
            and self._scopes.qualified(node.func, scope) == "ray.put"
            and len(node.args) == 1
            and not node.keywords
            and not isinstance(node.args[0], ast.Starred)
        )
