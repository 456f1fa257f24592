"""What begins a new version of a value: the rules, for one path."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from putfix.analysis import flow
from putfix.analysis.flow import Bind, Change, Dispatch, Effect, Escape, Flow, Opaque, Path, Share
from putfix.analysis.scopes import Scope
from putfix.analysis.sizes import Sizes
from putfix.analysis.versions import Version


class ValueTracker:
    """Follows the value at one path through one body.

    A new version begins when the path, or what it hangs off, is bound; when the object is changed through
    any of its aliases; when it is handed to unknown code; and, once such code or another part of the
    program can reach it, whenever unknown code runs.
    """

    def __init__(self, path: Path, body: Flow, scope: Scope, sizes: Sizes) -> None:
        self.path = path
        self._scope = scope
        self._sizes = sizes
        self._places = frozenset({path}) | body.also_at(path)

    def begins(self, effect: Effect, exposed: bool) -> bool:
        """See :class:`putfix.analysis.versions.Tracker`."""
        if isinstance(effect, Bind):
            return effect.path.starts(self.path)
        if isinstance(effect, Opaque):
            return exposed
        if isinstance(effect, Change):
            return self._touches(effect.path) or (exposed and self._may_be_the_same(effect.path))
        return isinstance(effect, Escape) and self._touches(effect.path)

    def exposes(self, effect: Effect) -> bool | None:
        """See :class:`putfix.analysis.versions.Tracker`."""
        if isinstance(effect, Bind) and effect.path.starts(self.path):
            own = not self.path.attributes and self.path.variable.scope is self._scope
            return not (own and self._sizes.is_fresh(effect.source, self._scope))
        if isinstance(effect, Escape | Share) and self._touches(effect.path):
            return True
        return None

    def sends(self, dispatch: Dispatch) -> Iterable[ast.expr]:
        """See :class:`putfix.analysis.versions.Tracker`."""
        return [argument for argument, path in dispatch.sent if path == self.path]

    def _touches(self, path: Path) -> bool:
        return any(path.meets(place) for place in self._places)

    def _may_be_the_same(self, path: Path) -> bool:
        """Whether an object reached from another variable may be this one, no alias being in sight.

        Not where everything that binds that variable makes a new object.
        """
        variable = path.variable
        if variable is self.path.variable:
            return False
        return not all(
            binding.kind == "augment" or self._sizes.is_fresh(binding.value, variable.scope)
            for binding in variable.bindings
        )


def at_the_start(path: Path, argument: ast.expr, scope: Scope) -> Version:
    """The version that a body begins with: a parameter's, an outer variable's, or none for its own variables.

    ``argument`` is the path as an expression: what it holds is looked up in the whole file.
    """
    variable = path.variable
    own = variable.scope is scope and all(binding.kind != "parameter" for binding in variable.bindings)
    return Version(None, () if own else (argument,), bound=not own)


def is_constant(path: Path, owner: Flow, tracker: ValueTracker) -> bool:
    """Whether a variable of an outer scope is bound once and nothing in the file changes it or hands it on."""
    if path.attributes or path.variable.only_binding is None or path.variable.rebound_inside:
        return False
    effects = list(flow.effects(owner.body.parts, into_later=True))
    events = [effect for effect in effects if tracker.begins(effect, False)]
    shared = [effect for effect in effects if isinstance(effect, Escape | Share) and tracker.exposes(effect)]
    return len(events) == 1 and not shared
