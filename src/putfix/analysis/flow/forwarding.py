"""Which parameters a function of the file only hands on to remote calls, and how.

Ray replaces a reference that is an argument itself by its value. So where nothing else in a function reads a parameter,
every remote callable gets the same whether the function is given a value or a reference to it, and a call of the
function is as good as a remote call: the value can be put by whoever calls.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from putfix.analysis.flow.parts import Arm, Branch, Dispatch, Effect, Form, Guard, Later, Loop, Part, Path, Sent
from putfix.analysis.names.calls import RemoteCall
from putfix.analysis.names.nodes import walk
from putfix.analysis.names.scopes import own_nodes
from putfix.analysis.names.variables import FunctionNode, Scope, Variable, parameters


@dataclass(frozen=True)
class Forwarding:
    """What a function does with a parameter that it only hands on.

    ``calls`` are the remote calls that get it in the end, ``arguments`` where it is written as an argument on the way,
    and ``parameters`` the parameters that it goes through. ``around`` are the loops, branches and guards in which the
    function makes its calls.
    """

    calls: tuple[RemoteCall, ...]
    arguments: tuple[ast.expr, ...]
    parameters: tuple[Variable, ...]
    around: tuple[Part, ...]
    repeating: tuple[Scope, ...]
    """The functions that send it again and again themselves."""

    def may_be_given_by(self, scope: Scope) -> bool:
        """Whether a call in ``scope`` may give a reference: what sends again and again in another module may put the
        value there, as putfix decides for each module by itself, and a reference cannot be put."""
        return all(function.module is scope.module for function in self.repeating)

    def passed_on(self, sent: Sent) -> Sent:
        """What a call of the function sends, with the way that it goes."""
        return replace(sent, parameters=self.parameters, arguments=self.arguments, repeating=self.repeating)

    def enclosed(self, dispatch: Dispatch) -> Part:
        """The dispatch that a call of the function is, in what the function puts around it."""
        part: Part = dispatch
        for outer in reversed(self.around):
            if isinstance(outer, Loop):
                part = Loop([part], node=outer.node, times=outer.times, once=outer.once, elsewhere=True)
            elif isinstance(outer, Guard):
                part = Guard(outer.node, Arm([part]))
            else:
                part = Branch([Arm([part]), Arm()])
        return part


@dataclass(frozen=True)
class Reaching:
    """What a function sends that is a variable of a scope around it, or an attribute of what it is given: the value at
    ``path``. ``functions`` are the function, and those that it calls to send it."""

    path: Path
    forwarding: Forwarding
    functions: tuple[Scope, ...]

    def sent(self, path: Path) -> Sent:
        """What a call of the function sends, where the caller knows the value by ``path``."""
        argument = self.forwarding.arguments[0]
        return Sent(argument, path.expression, Form.VALUE, (path,), arguments=(argument,), reached=self.functions)


@dataclass(frozen=True, eq=False)
class Route:
    """One argument of one remote call in the body, with the parts around it, outermost first."""

    dispatch: Dispatch
    sent: Sent
    around: tuple[Part, ...]

    @property
    def control(self) -> tuple[Part, ...]:
        """The loops, arms and guards among the parts around it."""
        return tuple(part for part in self.around if isinstance(part, Loop | Arm | Guard))


def forwarded_parameters(scope: Scope, routes: Iterable[Route]) -> dict[Variable, Forwarding]:
    """The parameters that the function which makes ``scope`` only hands on, by the routes in its body."""
    assert isinstance(scope.node, FunctionNode)
    by_variable: dict[Variable, list[Route]] = {}
    for route in routes:
        if route.sent.path is not None:
            by_variable.setdefault(route.sent.path.variable, []).append(route)
    given = [scope.variables[parameter.arg] for parameter in parameters(scope.node.args)]
    handed = {variable: by_variable[variable] for variable in given if variable in by_variable}
    if not handed:
        return {}
    names = Counter(node.id for node in walk(scope.node) if isinstance(node, ast.Name))
    return {
        variable: _forwarding(found, scope)
        for variable, found in handed.items()
        if _is_only_handed_on(variable, found, names[variable.name])
    }


def reached_values(scope: Scope, routes: Iterable[Route]) -> tuple[Reaching, ...]:
    """What the function which makes ``scope`` sends without being given it itself, by the routes in its body."""
    found: dict[int, Reaching] = {}
    for route in routes:
        path, sent = route.sent.path, route.sent
        if path is None or sent.form is not Form.VALUE or sent.parameters:
            continue
        own = path.variable.scope is scope and not path.attributes
        later = any(isinstance(part, Later) for part in route.around)
        if not own and not later and path.variable.scope.module is scope.module:
            found.setdefault(id(sent.argument), Reaching(path, _forwarding([route], scope), (scope, *sent.reached)))
    return tuple(found.values())


def routes_of(parts: Sequence[Part], around: tuple[Part, ...] = ()) -> Iterator[Route]:
    """The arguments of the remote calls in ``parts``, in order."""
    for part in parts:
        if isinstance(part, Dispatch):
            yield from (Route(part, sent, around) for sent in part.sent)
        elif not isinstance(part, Effect):
            yield from routes_of(part.inner, (*around, part))


def _is_only_handed_on(variable: Variable, routes: list[Route], mentions: int) -> bool:
    """Whether the ``routes`` are all that the function does with a parameter, and hand it on whole, here and now."""
    written = {id(route.sent.argument) for route in routes}
    fixed = variable.only_binding is not None and not variable.rebound_inside
    return fixed and len(written) == mentions and all(_hands_on(variable, route) for route in routes)


def _hands_on(variable: Variable, route: Route) -> bool:
    """Whether a reference in place of the parameter, or of what it gathers, would still be an argument itself."""
    if route.sent.path != Path(variable) or any(isinstance(part, Later) for part in route.around):
        return False
    definition, call = variable.scope.node, route.dispatch.node
    assert isinstance(definition, FunctionNode)
    assert isinstance(call, ast.Call)
    positional, words = definition.args.vararg, definition.args.kwarg
    spread: list[ast.expr] = []
    if positional is not None and positional.arg == variable.name:
        spread = [argument.value for argument in call.args if isinstance(argument, ast.Starred)]
    elif words is not None and words.arg == variable.name:
        spread = [keyword.value for keyword in call.keywords if keyword.arg is None]
    else:
        return route.sent.form is Form.VALUE
    return route.sent.form is Form.STARRED and route.sent.argument in spread


def _forwarding(routes: list[Route], scope: Scope) -> Forwarding:
    calls = [call for route in routes for call in route.dispatch.reaches or (route.dispatch.call,)]
    arguments = [each for route in routes for each in (route.sent.argument, *route.sent.arguments)]
    through = [route.sent.path.variable for route in routes if route.sent.path is not None]
    through += [parameter for route in routes for parameter in route.sent.parameters]
    around = [*_around(routes)]
    if not any(isinstance(part, Arm) for part in around) and _may_end_before(routes, scope.node):
        around.insert(0, Arm())
    repeating = [scope for route in routes for scope in route.sent.repeating]
    if len(routes) > 1 or any(isinstance(part, Loop) and part.repeats for part in around):
        repeating.append(scope)
    unique = dict.fromkeys
    return Forwarding(
        tuple(unique(calls)), tuple(unique(arguments)), tuple(unique(through)), tuple(around), tuple(unique(repeating))
    )


def _around(routes: list[Route]) -> tuple[Part, ...]:
    """The loops, branches and guards of one route; of several, one that stands for them all."""
    if len(routes) == 1:
        return routes[0].control
    certain = [route for route in routes if not route.control]
    guards = [part for route in routes for part in route.control if isinstance(part, Guard)]
    repeats = any(isinstance(part, Loop) and part.repeats for route in routes for part in route.control)
    repeats = repeats or any(one is not other and not _are_exclusive(one, other) for one in certain for other in routes)
    number = len(routes) if len(certain) == len(routes) else None
    return (
        *guards[:1],
        *([] if certain else [Arm()]),
        *([Loop(node=routes[0].dispatch.node, times=number)] if repeats else []),
    )


def _are_exclusive(one: Route, other: Route) -> bool:
    """Whether the two stand in different arms of one branch."""
    depth = 0
    for left, right in zip(one.around, other.around, strict=False):
        if left is not right:
            break
        depth += 1
    return depth > 0 and isinstance(one.around[depth - 1], Branch)


def _may_end_before(routes: list[Route], definition: ast.AST) -> bool:
    """Whether the function may return, or raise by a statement, before it makes the first of the calls."""
    assert isinstance(definition, FunctionNode)
    first = min(getattr(route.dispatch.node, "lineno", 0) for route in routes)
    leaving = (node for node in own_nodes(definition) if isinstance(node, ast.Return | ast.Raise))
    return any(node.lineno < first and (node.end_lineno or 0) < first for node in leaving)
