"""The building of a flow, whatever the syntax: parts inside of parts, and what an assignment does."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Sequence

from putfix import knowledge
from putfix.analysis.flow.bodies import Alias, Flow
from putfix.analysis.flow.containers import Containers
from putfix.analysis.flow.effects import CallEffects, carried, dotted_path
from putfix.analysis.flow.parts import (
    Arm,
    Bind,
    Change,
    Consume,
    Effect,
    Loop,
    Opaque,
    Part,
    Path,
    SetAttribute,
    Share,
    Store,
    Suite,
)
from putfix.analysis.flow.sending import Sending
from putfix.analysis.names.calls import RemoteCalls
from putfix.analysis.names.nodes import children
from putfix.analysis.names.scopes import Scopes
from putfix.analysis.names.variables import Scope, paired_values, part_of
from putfix.analysis.sizes.evaluation import Sizes
from putfix.model import Cells

_COPYING = ("builtins.", "numpy.", "pandas.")
"""The types that copy the items they are given, or whose items are counted with them."""
_HOLDING = frozenset(f"builtins.{name}" for name in ("list", "tuple", "dict", "set"))
_DISPLAYS = (ast.List, ast.Tuple, ast.Set, ast.Dict, ast.ListComp, ast.SetComp, ast.DictComp)


class FlowBuilder:
    """Makes the flow of one body: parts in their order, assignments, and what they make reachable by other names."""

    def __init__(
        self,
        scopes: Scopes,
        calls: RemoteCalls,
        sizes: Sizes,
        effects: CallEffects,
        sending: Sending,
        lines: list[str],
        cells: Cells | None = None,
    ) -> None:
        self._scopes = scopes
        self._calls = calls
        self._sizes = sizes
        self._effects = effects
        self._sending = sending
        self._containers = Containers(scopes, sizes, effects)
        self._lines = lines
        self._cells = cells
        self._bodies: dict[Scope, Flow] = {}
        """The flows that are made already, and stay as they are."""
        self._flow = Flow(Arm())
        self._out: list[Part] = []
        self._scope = scopes.module

    def _lower(self, node: ast.AST) -> None:
        """Lower ``node`` by the method named after its type; without one, its children in order."""
        method = getattr(self, f"lower_{type(node).__name__}", None)
        if method is not None:
            method(node)
            return
        for child in children(node):
            self._lower(child)

    def _inside(self, part: Suite, *steps: Callable[[], None]) -> None:
        """Run ``steps`` so that what they make goes into ``part``."""
        saved, self._out = self._out, part.parts
        for step in steps:
            step()
        self._out = saved

    def _in_scope(self, scope: Scope, step: Callable[[], None]) -> None:
        saved, self._scope = self._scope, scope
        step()
        self._scope = saved

    def _emit(self, *effects: Effect) -> None:
        self._out.extend(effects)

    def _loop(self, loop: Loop, *steps: Callable[[], None]) -> None:
        self._out.append(loop)
        self._inside(loop, *steps)

    def _bind_name(self, name: str, node: ast.AST, held: Iterable[Path] = ()) -> None:
        variable = self._scope.variable(name)
        if variable is not None:
            path = Path(variable)
            self._emit(Bind(node, path))
            self._keep(held, path, node)

    def _assign(
        self,
        target: ast.expr,
        value: ast.expr | None,
        node: ast.AST,
        held: Sequence[Path] | None = None,
        whole: ast.expr | None = None,
        part: ast.expr | None = None,
    ) -> None:
        """Give ``target`` the value of ``value``, or a part of ``whole``, which may be at ``held``: that which ``part``
        names."""
        if isinstance(value, ast.Subscript) and not isinstance(value.slice, ast.Slice):
            whole = value.value
        if held is None:
            held = carried(value, self._scope, self._effects) if value is not None else []
        if isinstance(target, ast.Tuple | ast.List):
            self._unpack(target, value, node, held, whole, part)
        elif isinstance(target, ast.Starred):
            self._assign(target.value, None, node, held, whole)
        elif isinstance(target, ast.Name | ast.Attribute | ast.Subscript):
            path = dotted_path(target, self._scope)
            if path is None:
                self._change(target, node, grows=True, held=held)
                return
            self._emit(Bind(node, path, value or part))
            self._set_attribute(path, node)
            if whole is not None and self._is_container_with_a_name(whole):
                self._keep_part(held, path, node)
            else:
                self._keep(held, path, node, holds=isinstance(value, _DISPLAYS))

    def _is_container_with_a_name(self, whole: ast.expr) -> bool:
        """Whether ``whole`` is a list or the like at a path, or inside of one: a display or a call holds what has."""
        named = whole
        while isinstance(named, ast.Subscript):
            named = named.value
        return dotted_path(named, self._scope) is not None and self._sizes.kind(whole, self._scope) in _HOLDING

    def _unpack(
        self,
        target: ast.Tuple | ast.List,
        value: ast.expr | None,
        node: ast.AST,
        held: Sequence[Path],
        whole: ast.expr | None,
        part: ast.expr | None,
    ) -> None:
        if value is not None and not isinstance(value, _DISPLAYS):
            self._consume(value)
        values = paired_values(target, value)
        for index, element in enumerate(target.elts):
            if values is not None:
                self._assign(element, values[index], node)
            else:
                self._assign(element, None, node, held, whole, part_of(value or part, index, target))

    def _change(
        self, target: ast.expr, node: ast.AST, *, grows: bool, held: Iterable[Path] = (), inside: bool = False
    ) -> None:
        """``target`` is an item or an attribute of something: that changes."""
        for child in children(target):
            self._lower(child)
        assert isinstance(target, ast.Attribute | ast.Subscript)
        inside = inside or dotted_path(target.value, self._scope) is None
        bases = carried(target.value, self._scope, self._effects)
        kind = self._sizes.kind(target.value, self._scope)
        for path in bases:
            self._emit(Change(node, path, grows=grows, inside=inside))
            self._store(held, path, node)
            if kind is not None and not kind.startswith(_COPYING):
                self._emit(Share(node, path))  # what is put in may be in reach of others
        if not bases:
            self._emit(*[Share(node, kept) for kept in held])

    def _set_attribute(self, path: Path, node: ast.AST) -> None:
        if path.attributes:
            self._emit(SetAttribute(node, Path(path.variable, path.attributes[:-1]), path.attributes[-1]))

    def _keep(self, held: Iterable[Path], path: Path, node: ast.AST, *, holds: bool = False) -> None:
        """From here on the objects at ``held`` may be reached through ``path`` too."""
        for kept in held:
            self._flow.aliases[Alias(path, kept, holds, _callee(node))] = None
            if path.attributes or path.variable.scope.node is not self._scope.node:
                self._emit(Share(node, kept))

    def _keep_part(self, held: Iterable[Path], path: Path, node: ast.AST) -> None:
        """The same for a part of lists or dictionaries at ``held``: it stays what it is when they change."""
        for kept in held:
            self._flow.aliases[Alias(kept, path, holds=True)] = None
            if path.attributes or path.variable.scope.node is not self._scope.node:
                self._emit(Share(node, kept))

    def _store(self, held: Iterable[Path], container: Path, node: ast.AST) -> None:
        """From here on the objects at ``held`` may be reached through what is at ``container``."""
        for kept in held:
            self._flow.aliases[Alias(container, kept, holds=True, callee=_callee(node))] = None
            self._emit(Store(node, kept, container))

    def _consume(self, node: ast.expr) -> None:
        """``node`` is iterated over here and now."""
        if not self._containers.is_container(node, self._scope):
            self._emit(Opaque(node))
        self._use_up(node)

    def _use_up(self, node: ast.expr) -> None:
        """If ``node`` is an iterator, it may have less to give from here on."""
        imported = self._scopes.qualified(node, self._scope) is not None
        if not imported and not knowledge.is_iterable_again(self._sizes.kind(node, self._scope)):
            self._emit(*[Consume(node, path) for path in carried(node, self._scope, self._effects)])


def _callee(node: ast.AST) -> ast.expr | None:
    """What is called where ``node`` keeps the result of a call, or a list of them: ``x = f(y)``, ``x.append(f(y))``."""
    kept: ast.AST | None = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
    if isinstance(node, ast.Call) and len(node.args) == 1 and not node.keywords:
        kept = node.args[0]
    if isinstance(kept, ast.ListComp):
        kept = kept.elt
    return kept.func if isinstance(kept, ast.Call) else None
