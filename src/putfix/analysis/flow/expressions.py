"""From syntax to flow: expressions, in the order Python evaluates them.

What a call does to values is decided in :mod:`putfix.analysis.flow.effects`; here stands only the order.
"""

from __future__ import annotations

import ast
import functools
from collections.abc import Callable

from putfix.analysis.flow.bodies import Alias
from putfix.analysis.flow.building import FlowBuilder
from putfix.analysis.flow.effects import carried, dotted_path
from putfix.analysis.flow.parts import (
    Arm,
    Bind,
    Branch,
    Dispatch,
    Enter,
    Escape,
    Form,
    Later,
    Loop,
    Opaque,
    Path,
    RayEffect,
    ReadItem,
)
from putfix.analysis.names.calls import Callee, RemoteCall
from putfix.analysis.names.variables import Comprehension, FunctionNode, parameters
from putfix.knowledge import running


class ExpressionLowering(FlowBuilder):
    """Makes the parts of expressions. A method ``lower_X`` lowers the nodes of type ``X``."""

    def lower_NamedExpr(self, node: ast.NamedExpr) -> None:
        self._lower(node.value)
        self._assign(node.target, node.value, node)

    def lower_Await(self, node: ast.Await) -> None:
        self._lower(node.value)
        self._emit(Opaque(node))

    def lower_Yield(self, node: ast.Yield | ast.YieldFrom) -> None:
        if node.value is not None:
            self._lower(node.value)
            self._emit(*[Escape(node, path) for path in carried(node.value, self._scope, self._effects)])
        self._emit(Opaque(node))

    lower_YieldFrom = lower_Yield

    def lower_Name(self, node: ast.Name) -> None:
        path = dotted_path(node, self._scope) if isinstance(node.ctx, ast.Load) else None
        if path is not None:
            self._flow.read.add(path)
        elif self._cells is not None and running.SHOWN.fullmatch(node.id):
            self._emit(Opaque(node))

    def lower_Attribute(self, node: ast.Attribute) -> None:
        path = dotted_path(node, self._scope)
        if path is None:
            self._lower(node.value)
        else:
            self._flow.read.add(path)

    def lower_Subscript(self, node: ast.Subscript) -> None:
        self._lower(node.value)
        self._lower(node.slice)
        if isinstance(node.ctx, ast.Load) and self._sizes.kind(node.value, self._scope) is None:
            self._emit(*[ReadItem(node, path) for path in carried(node.value, self._scope, self._effects)])

    def lower_Compare(self, node: ast.Compare) -> None:
        """A chain stops at the first comparison that fails."""
        if self._asks_for_a_name(node):
            return
        for always in [node.left, node.comparators[0]]:
            self._lower(always)
        if node.comparators[1:]:
            self._maybe(node.comparators[1:])
        for operator, compared in zip(node.ops, node.comparators, strict=True):
            if isinstance(operator, _MEMBERSHIP):
                self._consume(compared)

    def _asks_for_a_name(self, node: ast.Compare) -> bool:
        """``"ray" in globals()``, which only looks whether the name is bound."""
        asked = node.comparators[0]
        plain = isinstance(node.left, ast.Constant) and len(node.ops) == 1 and isinstance(node.ops[0], _MEMBERSHIP)
        called = self._effects.name(asked, self._scope)
        return plain and called == "builtins.globals" and isinstance(asked, ast.Call) and not asked.args

    def lower_BoolOp(self, node: ast.BoolOp) -> None:
        self._lower(node.values[0])
        self._maybe(node.values[1:])

    def _maybe(self, nodes: list[ast.expr]) -> None:
        rest = Arm()
        self._inside(rest, *[functools.partial(self._lower, node) for node in nodes])
        self._out.append(Branch([rest, Arm()]))

    def lower_IfExp(self, node: ast.IfExp) -> None:
        self._lower(node.test)
        arms = [Arm(), Arm()]
        self._inside(arms[0], lambda: self._lower(node.body))
        self._inside(arms[1], lambda: self._lower(node.orelse))
        self._out.append(Branch([*arms]))

    def lower_Dict(self, node: ast.Dict) -> None:
        for key, value in zip(node.keys, node.values, strict=True):
            if key is not None:
                self._lower(key)
            self._lower(value)

    def lower_Lambda(self, node: ast.Lambda) -> None:
        self._defaults(node)
        later = Later(node=node)
        self._inside(later, lambda: self._lambda_body(node))
        self._out.append(later)

    def _defaults(self, node: FunctionNode | ast.Lambda) -> None:
        """Defaults are evaluated now; the parameters are other names for them."""
        inner = self._scopes.of[node]
        positional = [*node.args.posonlyargs, *node.args.args]
        last = len(node.args.defaults)
        pairs = [*zip(positional[len(positional) - last :], node.args.defaults, strict=True)]
        pairs += [(p, d) for p, d in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True) if d is not None]
        for parameter, default in pairs:
            self._lower(default)
            path = Path(inner.variables[parameter.arg])
            for kept in carried(default, self._scope, self._effects):
                self._flow.aliases[Alias(path, kept)] = None

    def _alias_parameters(self, node: ast.expr, given: list[ast.expr]) -> None:
        """The parameters of a lambda are names for what the iterables ``given`` along with it hold."""
        if isinstance(node, ast.Lambda):
            inner = self._scopes.of[node]
            kept = [path for iterable in given for path in carried(iterable, self._scope, self._effects)]
            for parameter in parameters(node.args):
                path = Path(inner.variables[parameter.arg])
                self._flow.aliases.update(dict.fromkeys(Alias(path, other) for other in kept))

    def _lambda_body(self, node: ast.Lambda) -> None:
        inner = self._scopes.of[node]
        self._emit(*[Bind(node, Path(inner.variables[parameter.arg])) for parameter in parameters(node.args)])
        self._in_scope(inner, lambda: self._lower(node.body))

    def lower_ListComp(self, node: ast.ListComp | ast.SetComp | ast.DictComp) -> None:
        self._iterate(node.generators[0].iter, then=lambda each: self._comprehension(node, each))

    lower_SetComp = lower_ListComp
    lower_DictComp = lower_ListComp

    def lower_GeneratorExp(self, node: ast.GeneratorExp) -> None:
        each = self._iterate(node.generators[0].iter)
        later = Later(node=node)
        self._inside(later, lambda: self._comprehension(node, each))
        self._out.append(later)

    def _comprehension(self, node: Comprehension, each: Callable[[], None], index: int = 0) -> None:
        """The loop of one ``for`` of a comprehension, and inside it those that follow."""
        scope = self._scopes.of[node]
        generator = node.generators[index]
        last = index + 1 == len(node.generators)
        held = carried(generator.iter, self._scope, self._effects)

        def element() -> None:
            if generator.is_async:
                self._emit(Opaque(generator.iter))
            self._assign(generator.target, None, generator, held, generator.iter)
            for condition in generator.ifs:
                self._lower(condition)
            if not last:
                inner = self._iterate(node.generators[index + 1].iter)
                self._comprehension(node, inner, index + 1)
                return
            for part in [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]:
                self._lower(part)

        times = None if generator.ifs else self._sizes.length(generator.iter, self._scope)
        self._loop(Loop(node=node, times=times), each, lambda: self._in_scope(scope, element))

    def _iterate(self, node: ast.expr, then: Callable[[Callable[[], None]], None] | None = None) -> Callable[[], None]:
        """Lower what iterating over ``node`` evaluates once; what it evaluates for each element is returned.

        A generator expression and ``map`` with a lambda run their code as they are iterated over.
        """
        each: Callable[[], None]
        if isinstance(node, ast.GeneratorExp):
            first = self._iterate(node.generators[0].iter)
            each = functools.partial(self._comprehension, node, first)
        elif self._is_lazy_call(node) and isinstance(node, ast.Call):
            steps = [self._iterate(argument) for argument in node.args if not isinstance(argument, ast.Lambda)]
            steps += [functools.partial(self._lambda_body, a) for a in node.args if isinstance(a, ast.Lambda)]
            for keyword in node.keywords:
                self._lower(keyword.value)
            self._alias_parameters(node.args[0], node.args[1:])
            if not isinstance(node.args[0], ast.Lambda) and self._effects.name(node, self._scope) in running.CALLING:
                called = [path for argument in node.args for path in carried(argument, self._scope, self._effects)]
                steps.append(functools.partial(self._emit, *[Escape(node, path) for path in called], Opaque(node)))
            each = functools.partial(_run_all, steps)
        else:
            self._lower(node)
            each = functools.partial(self._consume, node)
        if then is not None:
            then(each)
        return each

    def _is_lazy_call(self, node: ast.expr) -> bool:
        return (
            isinstance(node, ast.Call)
            and bool(node.args)
            and not any(isinstance(argument, ast.Starred) for argument in node.args)
            and self._effects.name(node, self._scope) in running.LAZY
        )

    def lower_Starred(self, node: ast.Starred) -> None:
        if isinstance(node.value, ast.GeneratorExp) or self._is_lazy_call(node.value):
            each = self._iterate(node.value)
            self._loop(Loop(node=node.value, times=None), each)
        else:
            self._lower(node.value)
            self._consume(node.value)

    def lower_Call(self, node: ast.Call) -> None:
        remote = self._calls.find(node, self._scope)
        if remote is not None:
            self._remote_call(node, remote)
            return
        known = self._effects.runs_known_code(node, self._scope)
        if not isinstance(node.func, ast.Attribute):
            self._lower(node.func)
        elif not known or not isinstance(node.func.value, ast.Name):
            self._lower(node.func.value)
        for argument in [*node.args, *(keyword.value for keyword in node.keywords)]:
            self._argument(node, argument)
        if known:
            self._enter(node)
            return
        effects, stored = self._effects.of(node, self._scope)
        self._emit(*effects)
        for path, kept in stored:
            self._store([kept], path, node)

    def _enter(self, node: ast.Call) -> None:
        """A call of a function of the file: any of what its body does, or none of it."""
        effects, aliases = self._effects.of_body(node, self._scope)
        self._emit(Enter(node))
        self._flow.read.update(self._effects.read_by(node, self._scope))
        given = [*node.args, *(keyword.value for keyword in node.keywords)]
        if not all(self._containers.is_container(argument, self._scope) for argument in given):
            self._emit(Opaque(node))  # the body may iterate over it
        if effects:
            body = Arm()
            self._inside(body, lambda: self._emit(*effects))
            self._out.append(Branch([body, Arm()]))
        self._flow.aliases.update(dict.fromkeys(aliases))
        self._hand_on(node)

    def _hand_on(self, node: ast.Call) -> None:
        """The arguments that the function only hands on to remote calls, each as if it were sent here."""
        call = RemoteCall(node, node.func, Callee("function"), self._scope)
        for forwarding, sent in self._sending.sent_through(node, self._scope):
            dispatch = Dispatch(node, call, sent, forwarding.calls)
            put_here = any(each.form is Form.PUT for each in sent)  # once, whatever the function does with it
            self._out.append(dispatch if put_here else forwarding.enclosed(dispatch))
        for forwarding, reached in self._sending.sent_inside(node, self._scope):
            self._out.append(forwarding.enclosed(Dispatch(node, call, (reached,), forwarding.calls)))

    def _remote_call(self, node: ast.Call, remote: RemoteCall) -> None:
        self._receiver(remote.receiver)
        for argument in [*node.args, *(keyword.value for keyword in node.keywords)]:
            self._lower(argument)
        sent = tuple(self._sending.sent_by(node, self._scope))
        self._emit(Dispatch(node, remote, sent), RayEffect(node, starts=True))

    def _argument(self, node: ast.Call, argument: ast.expr) -> None:
        """An argument of the call ``node``, with the code in it that the call itself runs."""
        if isinstance(argument, _WITH_CODE) and self._effects.forgets(node, self._scope):
            if isinstance(argument, ast.GeneratorExp) or self._is_lazy_call(argument):
                length = self._sizes.length(argument.args[-1], self._scope) if isinstance(argument, ast.Call) else None
                self._loop(Loop(node=argument, times=length), self._iterate(argument))
                return
            if isinstance(argument, ast.Lambda):
                self._defaults(argument)
                self._alias_parameters(argument, node.args)
                self._loop(Loop(node=argument), functools.partial(self._lambda_body, argument))
                return
        self._lower(argument)
        if isinstance(argument, ast.Lambda | ast.GeneratorExp):
            self._emit(Opaque(argument))  # it may run now as well as later
        elif self._effects.iterates(node, self._scope):
            self._consume(argument)
        elif self._effects.is_listed(node, self._scope):
            self._use_up(argument)

    def _receiver(self, node: ast.expr) -> None:
        """What stands before ``.remote``; Ray's ``.options(...)`` only makes a copy of it with settings."""
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "options":
            self._receiver(node.func.value)
            for argument in [*node.args, *(keyword.value for keyword in node.keywords)]:
                self._lower(argument)
        elif isinstance(node, ast.Attribute):
            self._receiver(node.value)
        else:
            self._lower(node)


_MEMBERSHIP = ast.In | ast.NotIn
_WITH_CODE = ast.GeneratorExp | ast.Lambda | ast.Call
"""What a call may run as it goes through what it is given."""


def _run_all(steps: list[Callable[[], None]]) -> None:
    for step in steps:
        step()
