"""From syntax to flow: statements, and with them the bodies of functions and modules."""

from __future__ import annotations

import ast
import functools
from collections.abc import Callable, Iterable, Sequence

from putfix import knowledge
from putfix.analysis.flow.bodies import Alias, Flow
from putfix.analysis.flow.effects import carried, dotted_path
from putfix.analysis.flow.expressions import ExpressionLowering
from putfix.analysis.flow.parts import (
    LEAVING,
    Arm,
    Bind,
    Branch,
    CellByCell,
    CellEnd,
    Change,
    Escape,
    Guard,
    Later,
    Loop,
    Opaque,
    Path,
    RayEffect,
    Share,
    Statement,
)
from putfix.analysis.names.nodes import children, walk
from putfix.analysis.names.positions import statements_of
from putfix.analysis.names.scopes import decorator_callee
from putfix.analysis.names.sites import is_remote
from putfix.analysis.names.variables import FunctionNode, Scope, parameters


class Lowering(ExpressionLowering):
    """Makes the flows of function and module bodies."""

    def flow(self, scope: Scope) -> Flow:
        """The flow of the body that makes ``scope``: a module or a function.

        It is made once, and part of those around it, unless something in it calls what has no summary yet.
        """
        if scope in self._bodies:
            return self._bodies[scope]
        around = self._flow, self._out, self._scope
        flow = self._flow = Flow(Arm())
        self._out, self._scope = flow.body.parts, scope
        missed = self._effects.missed
        self._body(scope)
        if missed == self._effects.missed:
            self._bodies[scope] = flow
        self._flow, self._out, self._scope = around
        return flow

    def _body(self, scope: Scope) -> None:
        assert isinstance(scope.node, ast.Module | FunctionNode)
        if self._cells is not None and isinstance(scope.node, ast.Module):
            self._out.append(CellByCell([self._cell(cell) for cell in statements_of(self._cells, scope.node.body)]))
        else:
            self._suite(scope.node.body)

    def _cell(self, statements: list[ast.stmt]) -> Arm:
        """What the last expression of a cell gives is shown, which runs its own code, and kept."""
        last = statements[-1] if statements else None
        arm = self._arm(statements)
        if isinstance(last, ast.Expr):
            shown = carried(last.value, self._scope, self._effects)
            arm.parts += [*[Share(last, path) for path in shown], Opaque(last)]
        if last is not None:
            arm.parts.append(CellEnd(last))
        return arm

    def _suite(self, statements: Iterable[ast.stmt]) -> None:
        for statement in statements:
            self._statement(statement)
            if isinstance(statement, LEAVING):
                break  # nothing runs what follows

    def _arm(self, statements: list[ast.stmt], *first: Callable[[], None]) -> Arm:
        last = statements[-1] if statements else None
        arm = Arm(leaves=isinstance(last, LEAVING), returns=isinstance(last, ast.Return))
        self._inside(arm, *first, lambda: self._suite(statements))
        return arm

    def _statement(self, node: ast.stmt) -> None:
        in_class = isinstance(self._scope.node, ast.ClassDef)
        part = Statement(node=node, insertable=not in_class and not self._is_elif(node))
        self._out.append(part)
        self._inside(part, lambda: self._lower(node))

    def _is_elif(self, node: ast.stmt) -> bool:
        line = self._lines[node.lineno - 1].encode() if isinstance(node, ast.If) else b""
        return line[node.col_offset : node.col_offset + 4] == b"elif"

    def lower_Assign(self, node: ast.Assign) -> None:
        self._lower(node.value)
        for target in node.targets:
            self._assign(target, node.value, node)
        # Several targets are names of one object.
        for target in node.targets[1:]:
            for other in node.targets[: node.targets.index(target)]:
                self._alias(target, other, node)

    def _alias(self, target: ast.expr, other: ast.expr, node: ast.AST) -> None:
        left, right = (carried(side, self._scope, self._effects) for side in (target, other))
        for path in left:
            self._keep(right, path, node)
        for path in right:
            self._keep(left, path, node)
        self._emit(*[Share(node, path) for path in [*left, *right] if path.attributes])
        if not all(isinstance(side, ast.Name) for side in (target, other)):
            self._emit(*[Share(node, path) for path in [*left, *right]])

    def lower_AnnAssign(self, node: ast.AnnAssign) -> None:
        self._annotate(node.annotation)
        if node.value is not None:
            self._lower(node.value)
            self._assign(node.target, node.value, node)

    def _annotate(self, annotation: ast.expr | None) -> None:
        """An annotation runs here, later or never, as the place, imports and the version of Python say (PEP 526, 563,
        649): remote calls in it are unknown code, and none to be served."""
        if annotation is None:
            return
        inside = walk(annotation)
        if any(isinstance(each, ast.Call) and is_remote(each) for each in inside):
            named = [dotted_path(each, self._scope) for each in inside if isinstance(each, ast.Name)]
            self._emit(*[Escape(annotation, path) for path in named if path is not None], Opaque(annotation))
        else:
            self._lower(annotation)

    def lower_AugAssign(self, node: ast.AugAssign) -> None:
        """In place where the type can; and the name, attribute or item is bound again."""
        for child in children(node.target):
            self._lower(child)
        self._lower(node.value)
        self._consume(node.value)
        held = carried(node.value, self._scope, self._effects)
        path = dotted_path(node.target, self._scope)
        if path is None:
            self._change(node.target, node, grows=True, held=held, inside=True)
            return
        self._emit(Change(node, path, grows=True))
        self._set_attribute(path, node)
        self._store(held, path, node)

    def lower_Delete(self, node: ast.Delete) -> None:
        for target in node.targets:
            self._delete(target, node)

    def _delete(self, target: ast.expr, node: ast.Delete) -> None:
        path = dotted_path(target, self._scope)
        if path is not None:
            self._emit(Bind(node, path, unbinds=True))
            self._set_attribute(path, node)
        elif isinstance(target, ast.Tuple | ast.List):
            for element in target.elts:
                self._delete(element, node)
        else:
            self._change(target, node, grows=False)

    def lower_Return(self, node: ast.Return) -> None:
        if node.value is not None:
            self._lower(node.value)
            returned = carried(node.value, self._scope, self._effects)
            self._flow.returned += returned
            self._emit(*[Share(node, path) for path in returned])

    def lower_Raise(self, node: ast.Raise) -> None:
        """Whoever catches the exception can reach what it holds."""
        for raised in filter(None, (node.exc, node.cause)):
            self._lower(raised)
            self._emit(*[Share(node, path) for path in carried(raised, self._scope, self._effects)])

    def lower_Import(self, node: ast.Import | ast.ImportFrom) -> None:
        """Importing runs the module's code; a star may bind any name of the scope."""
        names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
        if not all(map(knowledge.is_known_package, names)):
            self._emit(Opaque(node))
        if any(alias.name == "*" for alias in node.names):
            self._emit(*[Bind(node, Path(variable)) for variable in self._scope.variables.values()])
        for alias in node.names:
            variable = self._scope.variable(alias.asname or alias.name.split(".")[0])
            if variable is not None:
                self._emit(Bind(node, Path(variable)))

    lower_ImportFrom = lower_Import

    def lower_FunctionDef(self, node: FunctionNode) -> None:
        for decorator in node.decorator_list:
            self._lower(decorator)
        for annotation in [*(parameter.annotation for parameter in parameters(node.args)), node.returns]:
            self._annotate(annotation)
        self._defaults(node)
        made = self.flow(self._scopes.of[node])
        self._out.append(Later(made.body.parts, node=node))
        self._flow.take_in(made)
        self._decorate(node)
        self._bind_name(node.name, node)

    def _decorate(self, node: FunctionNode | ast.ClassDef) -> None:
        """A decorator is called with what it decorates."""
        for decorator in node.decorator_list:
            if not self._is_listed_maker(decorator):
                held = carried(decorator_callee(decorator), self._scope, self._effects)
                self._emit(*[Escape(decorator, path) for path in held], Opaque(decorator))

    def _is_listed_maker(self, node: ast.expr) -> bool:
        """Whether a base, metaclass or decorator of a class is known to leave the class as it is."""
        name = self._scopes.qualified(decorator_callee(node), self._scope)
        return name is not None and knowledge.reads(name) is not None

    lower_AsyncFunctionDef = lower_FunctionDef

    def lower_ClassDef(self, node: ast.ClassDef) -> None:
        for outside in [*node.decorator_list, *node.bases, *(keyword.value for keyword in node.keywords)]:
            self._lower(outside)
        inner = self._scopes.of[node]
        self._in_scope(inner, lambda: self._suite(node.body))
        self._decorate(node)
        owner = self._scope.variable(node.name)
        given = [keyword.value for keyword in node.keywords]
        makers = [*node.bases, *given, *node.decorator_list]
        held = [path for value in given for path in carried(value, self._scope, self._effects)]
        self._emit(*[Escape(node, path) for path in held])  # to the metaclass, and __init_subclass__ of a base
        if owner is not None and not all(map(self._is_listed_maker, makers)):
            self._emit(Escape(node, Path(owner)), Opaque(node))
        self._bind_name(node.name, node)
        if owner is not None:
            attributes = [Alias(Path(owner, (name,)), Path(variable)) for name, variable in inner.variables.items()]
            self._flow.aliases.update(dict.fromkeys(attributes))

    def lower_If(self, node: ast.If) -> None:
        self._lower(node.test)
        body, orelse = self._arm(node.body), self._arm(node.orelse)
        running = self._effects.arm_where_ray_runs(node.test, self._scope)
        if running is not None:
            (body if running else orelse).parts.insert(0, RayEffect(node.test, starts=True))
        self._out.append(Branch([body, orelse]))

    def lower_For(self, node: ast.For | ast.AsyncFor) -> None:
        each = self._iterate(node.iter)
        self._loop(
            _loop_of(node, self._sizes.length(node.iter, self._scope)),
            each,
            lambda: self._emit(Opaque(node)) if isinstance(node, ast.AsyncFor) else None,
            lambda: self._assign(node.target, None, node, carried(node.iter, self._scope, self._effects), node.iter),
            lambda: self._suite(node.body),
        )
        self._after_loop(node)

    lower_AsyncFor = lower_For

    def lower_While(self, node: ast.While) -> None:
        self._loop(_loop_of(node), lambda: self._lower(node.test), lambda: self._suite(node.body))
        self._after_loop(node)

    def _after_loop(self, node: ast.For | ast.AsyncFor | ast.While) -> None:
        """The ``else`` of a loop, which a ``break`` passes over."""
        breaks = any(isinstance(inner, ast.Break) for statement in node.body for inner in walk(statement))
        if breaks and node.orelse:
            self._out.append(Branch([self._arm(node.orelse), Arm()]))
        else:
            self._suite(node.orelse)

    def lower_Assert(self, node: ast.Assert) -> None:
        self._lower(node.test)
        if node.msg is not None:
            self._maybe([node.msg])

    def lower_With(self, node: ast.With | ast.AsyncWith) -> None:
        managers = [item.context_expr for item in node.items]
        unknown = [manager for manager in managers if not self._is_listed(manager)]
        for item in node.items:
            self._lower(item.context_expr)
            if item.context_expr in unknown:
                self._emit(Opaque(item.context_expr))
            if item.optional_vars is not None:
                held = carried(item.context_expr, self._scope, self._effects)
                self._assign(item.optional_vars, None, node, held)
        self._out.append(Guard(node, self._arm(node.body), swallows=not all(map(self._is_plain_manager, managers))))
        self._emit(*[Opaque(manager) for manager in unknown])
        if any(self._effects.name(manager, self._scope) == "ray.init" for manager in managers):
            self._emit(RayEffect(node, resets=True))  # leaving it shuts Ray down

    lower_AsyncWith = lower_With

    def _is_listed(self, node: ast.expr) -> bool:
        return isinstance(node, ast.Call) and self._effects.only_reads(node, self._scope)

    def _is_plain_manager(self, node: ast.expr) -> bool:
        """Whether the manager suppresses no exception."""
        name = self._effects.name(node, self._scope)
        return name is not None and knowledge.is_plain_manager(name)

    def lower_Try(self, node: ast.Try) -> None:
        body = self._arm([*node.body, *node.orelse])
        guard = Guard(node, body, [self._handler(handler) for handler in node.handlers])
        if node.finalbody:
            guard.finish = self._arm(node.finalbody)
        self._out.append(guard)

    lower_TryStar = lower_Try

    def _handler(self, node: ast.ExceptHandler) -> Arm:
        def caught() -> None:
            if node.type is not None:
                self._lower(node.type)
            bind(False)

        def bind(unbinds: bool) -> None:
            variable = self._scope.variable(node.name) if node.name is not None else None
            if variable is not None:
                self._emit(Bind(node, Path(variable), unbinds=unbinds))

        arm = self._arm(node.body, caught)
        self._inside(arm, lambda: bind(True))
        return arm

    def lower_Match(self, node: ast.Match) -> None:
        """A case that fails may have bound its names and run its guard: all that comes before any body."""
        self._lower(node.subject)
        held = carried(node.subject, self._scope, self._effects)
        for case in node.cases:
            tried = Arm()
            self._inside(tried, functools.partial(self._case, case, held))
            self._out.append(Branch([tried, Arm()]))
        self._out.append(Branch([*[self._arm(case.body) for case in node.cases], Arm()]))

    def _case(self, case: ast.match_case, held: Sequence[Path]) -> None:
        for pattern in walk(case.pattern):
            name = getattr(pattern, "rest", None) if isinstance(pattern, ast.MatchMapping) else None
            name = pattern.name if isinstance(pattern, ast.MatchAs | ast.MatchStar) else name
            if name is not None:
                self._bind_name(name, case.pattern, held)
        if case.guard is not None:
            self._lower(case.guard)


def _loop_of(node: ast.For | ast.AsyncFor | ast.While, times: int | None = None) -> Loop:
    """The part for a loop, whose body may end with a statement that leaves it in the first turn."""
    inside = [inner for statement in node.body for inner in walk(statement)]
    continues = any(isinstance(inner, ast.Continue) for inner in inside)
    breaks = any(isinstance(inner, ast.Break) for inner in inside)
    once = isinstance(node.body[-1], ast.Return | ast.Raise | ast.Break) and not continues
    return Loop(node=node, times=times, once=once, leaves=once and not breaks)
