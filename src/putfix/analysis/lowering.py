"""From syntax to flow: statements and expressions in the order Python evaluates them.

What a call does to values is decided in :mod:`putfix.analysis.effects`; here stands only the order.
"""

from __future__ import annotations

import ast
import functools
from collections.abc import Callable, Iterable

from putfix.analysis.calls import RemoteCalls
from putfix.analysis.effects import CallEffects, carried, dotted_path, innermost_path
from putfix.analysis.flow import (
    Arm,
    Bind,
    Branch,
    Change,
    Dispatch,
    Effect,
    Escape,
    Flow,
    Guard,
    Later,
    Loop,
    Opaque,
    Part,
    Path,
    RayEffect,
    Suite,
    Share,
    Statement,
)
from putfix.analysis.scopes import Comprehension, FunctionNode, Scope, Scopes, parameters
from putfix.analysis.sizes import Sizes

_LEAVING = (ast.Return, ast.Raise, ast.Continue, ast.Break)


class Lowering:
    """Makes the flow of one function or module body."""

    def __init__(self, scopes: Scopes, calls: RemoteCalls, sizes: Sizes, lines: list[str]) -> None:
        self._scopes = scopes
        self._calls = calls
        self._sizes = sizes
        self._effects = CallEffects(scopes, sizes)
        self._lines = lines
        self._flow = Flow(Arm())
        self._out: list[Part] = []
        self._scope = scopes.module

    def flow(self, scope: Scope) -> Flow:
        """The flow of the body that makes ``scope``: a module or a function."""
        assert isinstance(scope.node, ast.Module | FunctionNode)
        self._flow = Flow(Arm())
        self._out = self._flow.body.parts
        self._scope = scope
        self._suite(scope.node.body)
        return self._flow

    # Structure

    def _suite(self, statements: Iterable[ast.stmt]) -> None:
        for statement in statements:
            self._statement(statement)

    def _inside(self, part: Suite, *steps: Callable[[], None]) -> None:
        """Run ``steps`` so that what they make goes into ``part``."""
        saved, self._out = self._out, part.parts
        for step in steps:
            step()
        self._out = saved

    def _arm(self, statements: list[ast.stmt], *first: Callable[[], None]) -> Arm:
        arm = Arm(leaves=bool(statements) and isinstance(statements[-1], _LEAVING))
        self._inside(arm, *first, lambda: self._suite(statements))
        return arm

    def _in_scope(self, scope: Scope, step: Callable[[], None]) -> None:
        saved, self._scope = self._scope, scope
        step()
        self._scope = saved

    def _emit(self, *effects: Effect) -> None:
        self._out.extend(effects)

    def _statement(self, node: ast.stmt) -> None:
        part = Statement(node=node, insertable=not self._is_elif(node))
        self._out.append(part)
        self._inside(part, lambda: self._lower(node))

    def _is_elif(self, node: ast.stmt) -> bool:
        line = self._lines[node.lineno - 1].encode() if isinstance(node, ast.If) else b""
        return line[node.col_offset : node.col_offset + 4] == b"elif"

    # Statements

    @functools.singledispatchmethod
    def _lower(self, node: ast.AST) -> None:
        for child in ast.iter_child_nodes(node):
            self._lower(child)

    @_lower.register
    def _(self, node: ast.Assign) -> None:
        self._lower(node.value)
        for target in node.targets:
            self._assign(target, node.value, node)

    @_lower.register
    def _(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self._lower(node.value)
            self._assign(node.target, node.value, node)

    @_lower.register
    def _(self, node: ast.AugAssign) -> None:
        if not isinstance(node.target, ast.Name):
            self._lower(node.target.value)
        self._lower(node.value)
        path = innermost_path(node.target, self._scope)
        if path is not None:
            self._emit(Change(node, path, grows=True))
            self._keep(carried(node.value, self._scope, self._effects), path, node)

    @_lower.register
    def _(self, node: ast.Delete) -> None:
        for target in node.targets:
            path = dotted_path(target, self._scope)
            if path is not None:
                self._emit(Bind(node, path, unbinds=True))
            elif isinstance(target, ast.Subscript):
                self._change(target, node, grows=False)

    @_lower.register
    def _(self, node: ast.Return) -> None:
        if node.value is not None:
            self._lower(node.value)

    @_lower.register
    def _(self, node: ast.Import | ast.ImportFrom) -> None:
        for alias in node.names:
            variable = self._scope.variable(alias.asname or alias.name.split(".")[0])
            if variable is not None:
                self._emit(Bind(node, Path(variable)))

    @_lower.register
    def _(self, node: FunctionNode) -> None:
        for outside in [*node.decorator_list, *node.args.defaults, *node.args.kw_defaults]:
            if outside is not None:
                self._lower(outside)
        later = Later(node=node)
        self._inside(later, lambda: self._in_scope(self._scopes.of[node], lambda: self._suite(node.body)))
        self._out.append(later)
        self._bind_name(node.name, node)

    @_lower.register
    def _(self, node: ast.ClassDef) -> None:
        for outside in [*node.decorator_list, *node.bases, *(keyword.value for keyword in node.keywords)]:
            self._lower(outside)
        later = Later(node=node)
        self._inside(later, lambda: self._in_scope(self._scopes.of[node], lambda: self._suite(node.body)))
        self._out.append(later)
        self._bind_name(node.name, node)

    @_lower.register
    def _(self, node: ast.If) -> None:
        self._lower(node.test)
        self._out.append(Branch([self._arm(node.body), self._arm(node.orelse)]))

    @_lower.register
    def _(self, node: ast.For | ast.AsyncFor) -> None:
        each = self._iterate(node.iter)
        self._loop(
            Loop(node=node, times=self._sizes.length(node.iter, self._scope)),
            each,
            lambda: self._emit(Opaque(node)) if isinstance(node, ast.AsyncFor) else None,
            lambda: self._assign(node.target, None, node, carried(node.iter, self._scope, self._effects)),
            lambda: self._suite(node.body),
        )
        self._suite(node.orelse)

    @_lower.register
    def _(self, node: ast.While) -> None:
        self._loop(Loop(node=node), lambda: self._lower(node.test), lambda: self._suite(node.body))
        self._suite(node.orelse)

    def _loop(self, loop: Loop, *steps: Callable[[], None]) -> None:
        self._out.append(loop)
        self._inside(loop, *steps)

    @_lower.register
    def _(self, node: ast.With | ast.AsyncWith) -> None:
        unknown = [item.context_expr for item in node.items if not self._is_harmless_manager(item.context_expr)]
        for item in node.items:
            self._lower(item.context_expr)
            if item.context_expr in unknown:
                self._emit(Opaque(item.context_expr))
            if item.optional_vars is not None:
                held = carried(item.context_expr, self._scope, self._effects)
                self._assign(item.optional_vars, None, node, held)
        self._out.append(Guard(node, self._arm(node.body)))
        self._emit(*[Opaque(manager) for manager in unknown])

    def _is_harmless_manager(self, node: ast.expr) -> bool:
        return isinstance(node, ast.Call) and self._effects.only_reads(node, self._scope)

    def _lower_try(self, node: ast.Try) -> None:
        body = self._arm([*node.body, *node.orelse])
        guard = Guard(node, body, [self._handler(handler) for handler in node.handlers])
        if node.finalbody:
            guard.finish = self._arm(node.finalbody)
        self._out.append(guard)

    def _handler(self, node: ast.ExceptHandler) -> Arm:
        def bind(unbinds: bool) -> None:
            variable = self._scope.variable(node.name) if node.name is not None else None
            if variable is not None:
                self._emit(Bind(node, Path(variable), unbinds=unbinds))

        arm = self._arm(node.body, lambda: bind(False))
        self._inside(arm, lambda: bind(True))
        return arm

    @_lower.register
    def _(self, node: ast.Match) -> None:
        self._lower(node.subject)
        held = carried(node.subject, self._scope, self._effects)
        arms = [self._arm(case.body, functools.partial(self._case, case, held)) for case in node.cases]
        self._out.append(Branch([*arms, Arm()]))

    def _case(self, case: ast.match_case, held: list[Path]) -> None:
        for pattern in ast.walk(case.pattern):
            name = getattr(pattern, "rest", None) if isinstance(pattern, ast.MatchMapping) else None
            name = pattern.name if isinstance(pattern, ast.MatchAs | ast.MatchStar) else name
            if name is not None:
                self._bind_name(name, case.pattern, held)
        if case.guard is not None:
            self._lower(case.guard)

    # Binding

    def _bind_name(self, name: str, node: ast.AST, held: Iterable[Path] = ()) -> None:
        variable = self._scope.variable(name)
        if variable is not None:
            path = Path(variable)
            self._emit(Bind(node, path))
            self._keep(held, path, node)

    def _assign(
        self, target: ast.expr, value: ast.expr | None, node: ast.AST, held: list[Path] | None = None
    ) -> None:
        """Give ``target`` the value of ``value``, or a part of what ``held`` holds."""
        if held is None:
            held = carried(value, self._scope, self._effects) if value is not None else []
        if isinstance(target, ast.Tuple | ast.List):
            values = value.elts if isinstance(value, ast.Tuple | ast.List) else []
            paired = len(values) == len(target.elts) and not any(
                isinstance(element, ast.Starred) for element in [*values, *target.elts]
            )
            for index, element in enumerate(target.elts):
                if paired:
                    self._assign(element, values[index], node)
                else:
                    self._assign(element, None, node, held)
        elif isinstance(target, ast.Starred):
            self._assign(target.value, None, node, held)
        elif isinstance(target, ast.Name | ast.Attribute):
            path = dotted_path(target, self._scope)
            if path is not None:
                self._emit(Bind(node, path, value))
                self._keep(held, path, node)
            else:
                self._change(target, node, grows=True, held=held)
        elif isinstance(target, ast.Subscript):
            self._change(target, node, grows=True, held=held)

    def _change(self, target: ast.expr, node: ast.AST, *, grows: bool, held: Iterable[Path] = ()) -> None:
        """``target`` is an item or an attribute of something: that changes."""
        for child in ast.iter_child_nodes(target):
            self._lower(child)
        path = innermost_path(target, self._scope)
        if path is not None:
            self._emit(Change(node, path, grows=grows))
            self._keep(held, path, node)
        else:
            self._emit(*[Share(node, kept) for kept in held])

    def _keep(self, held: Iterable[Path], path: Path, node: ast.AST) -> None:
        """From here on the objects at ``held`` may be reached through ``path`` too."""
        for kept in held:
            self._flow.aliases.append((path, kept))
            if path.attributes or path.variable.scope.node is not self._scope.node:
                self._emit(Share(node, kept))

    # Expressions

    @_lower.register
    def _(self, node: ast.NamedExpr) -> None:
        self._lower(node.value)
        self._assign(node.target, node.value, node)

    @_lower.register
    def _(self, node: ast.Await) -> None:
        self._lower(node.value)
        self._emit(Opaque(node))

    @_lower.register
    def _(self, node: ast.Yield | ast.YieldFrom) -> None:
        if node.value is not None:
            self._lower(node.value)
            self._emit(*[Escape(node, path) for path in carried(node.value, self._scope, self._effects)])
        self._emit(Opaque(node))

    @_lower.register
    def _(self, node: ast.BoolOp) -> None:
        self._lower(node.values[0])
        rest = Arm()
        self._inside(rest, *[functools.partial(self._lower, value) for value in node.values[1:]])
        self._out.append(Branch([rest, Arm()]))

    @_lower.register
    def _(self, node: ast.IfExp) -> None:
        self._lower(node.test)
        arms = [Arm(), Arm()]
        self._inside(arms[0], lambda: self._lower(node.body))
        self._inside(arms[1], lambda: self._lower(node.orelse))
        self._out.append(Branch([*arms]))

    @_lower.register
    def _(self, node: ast.Dict) -> None:
        for key, value in zip(node.keys, node.values, strict=True):
            if key is not None:
                self._lower(key)
            self._lower(value)

    @_lower.register
    def _(self, node: ast.Lambda) -> None:
        for default in [*node.args.defaults, *node.args.kw_defaults]:
            if default is not None:
                self._lower(default)
        later = Later(node=node)
        self._inside(later, lambda: self._lambda_body(node))
        self._out.append(later)

    def _lambda_body(self, node: ast.Lambda) -> None:
        inner = self._scopes.of[node]
        self._emit(*[Bind(node, Path(inner.variables[parameter.arg])) for parameter in parameters(node.args)])
        self._in_scope(inner, lambda: self._lower(node.body))

    @_lower.register
    def _(self, node: ast.ListComp | ast.SetComp | ast.DictComp) -> None:
        self._iterate(node.generators[0].iter, then=lambda each: self._comprehension(node, each))

    @_lower.register
    def _(self, node: ast.GeneratorExp) -> None:
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
            self._assign(generator.target, None, generator, held)
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

    def _iterate(
        self, node: ast.expr, then: Callable[[Callable[[], None]], None] | None = None
    ) -> Callable[[], None]:
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
            if not isinstance(node.args[0], ast.Lambda) and self._effects.name(node, self._scope) in _CALLING:
                steps.append(functools.partial(self._emit, Opaque(node)))
            each = functools.partial(_run_all, steps)
        else:
            self._lower(node)
            each = functools.partial(self._emit, *([] if self._is_container(node, self._scope) else [Opaque(node)]))
        if then is not None:
            then(each)
        return each

    def _is_container(self, node: ast.expr, scope: Scope, depth: int = 8) -> bool:
        """Whether iterating over ``node`` runs no unknown code.

        Parameters and attributes are taken for containers; the result of an unknown call may be a generator.
        """
        if isinstance(node, ast.Call):
            return self._effects.only_reads(node, scope) or self._sizes.kind(node, scope) is not None
        if isinstance(node, ast.Name) and depth:
            variable = scope.variable(node.id)
            values = [b.value for b in variable.bindings if b.value is not None] if variable is not None else []
            return variable is None or all(self._is_container(v, variable.scope, depth - 1) for v in values)
        return not isinstance(node, ast.GeneratorExp | ast.Await)

    def _is_lazy_call(self, node: ast.expr) -> bool:
        return (
            isinstance(node, ast.Call)
            and bool(node.args)
            and not any(isinstance(argument, ast.Starred) for argument in node.args)
            and self._effects.name(node, self._scope) in _LAZY
        )

    @_lower.register
    def _(self, node: ast.Starred) -> None:
        if isinstance(node.value, ast.GeneratorExp) or self._is_lazy_call(node.value):
            each = self._iterate(node.value)
            self._loop(Loop(node=node.value, times=None), each)
        else:
            self._lower(node.value)

    @_lower.register
    def _(self, node: ast.Call) -> None:
        remote = self._calls.find(node, self._scope)
        if remote is not None:
            self._receiver(remote.receiver)
            for argument in [*node.args, *(keyword.value for keyword in node.keywords)]:
                self._lower(argument)
            named = [*node.args, *(keyword.value for keyword in node.keywords if keyword.arg is not None)]
            paths = [(argument, dotted_path(argument, self._scope)) for argument in named]
            sent = tuple((argument, path) for argument, path in paths if path is not None)
            self._emit(Dispatch(node, remote, sent), RayEffect(node, starts=True))
            return
        if isinstance(node.func, ast.Attribute):
            self._lower(node.func.value)
        elif not isinstance(node.func, ast.Name):
            self._lower(node.func)
        consumes = self._effects.name(node, self._scope) in _CONSUMING
        for argument in [*node.args, *(keyword.value for keyword in node.keywords)]:
            if consumes and (isinstance(argument, ast.GeneratorExp) or self._is_lazy_call(argument)):
                length = self._sizes.length(argument.args[-1], self._scope) if isinstance(argument, ast.Call) else None
                self._loop(Loop(node=argument, times=length), self._iterate(argument))
            elif isinstance(argument, ast.Lambda) and self._effects.only_reads(node, self._scope):
                self._loop(Loop(node=argument), functools.partial(self._lambda_body, argument))
            else:
                self._lower(argument)
        effects, aliases = self._effects.of(node, self._scope)
        self._emit(*effects)
        for path, kept in aliases:
            self._keep([kept], path, node)

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


for _try in (ast.Try, getattr(ast, "TryStar", ast.Try)):
    Lowering._lower.register(_try, Lowering._lower_try)  # type: ignore[attr-defined]

_LAZY = frozenset(f"builtins.{name}" for name in ("map", "filter", "zip", "enumerate", "reversed"))
_CALLING = frozenset({"builtins.map", "builtins.filter"})
_CONSUMING = frozenset(
    f"builtins.{name}" for name in ("all", "any", "dict", "frozenset", "list", "max", "min", "set", "sorted", "sum", "tuple")
)


def _run_all(steps: list[Callable[[], None]]) -> None:
    for step in steps:
        step()
