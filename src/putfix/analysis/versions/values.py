"""What begins a new version of a value: the rules, for one path."""

from __future__ import annotations

import ast
import functools
from collections.abc import Callable, Collection

from putfix import knowledge
from putfix.analysis.flow.bodies import Flow
from putfix.analysis.flow.parts import (
    Bind,
    Change,
    Consume,
    Dispatch,
    Effect,
    Escape,
    Opaque,
    Path,
    ReadItem,
    SetAttribute,
    Share,
    Store,
    leaves,
)
from putfix.analysis.flow.touching import keys_near
from putfix.analysis.names.assigned import self_name
from putfix.analysis.names.attributes import Attributes
from putfix.analysis.names.variables import Binding, FunctionNode, Scope, Variable
from putfix.analysis.sizes.estimates import UNCHANGEABLE
from putfix.analysis.sizes.evaluation import Sizes
from putfix.analysis.sizes.isolation import Isolation
from putfix.analysis.versions.sharing import Sharing
from putfix.analysis.versions.walk import Version


class ValueTracker:
    """Follows the value at one path through one body.

    A new version begins when the path, or what it hangs off, is bound; when the object is changed through
    any of its aliases; when it is handed to unknown code; and, once such code or another part of the
    program can reach it, whenever unknown code runs. In a file that makes ``threads`` that is at any time.
    """

    in_order = False
    always_changed_by_unknown_code = True

    def __init__(
        self,
        path: Path,
        body: Flow,
        scope: Scope,
        sizes: Sizes,
        isolation: Isolation,
        *,
        threads: bool,
        sharing: Callable[[], Sharing] | None,
        computed_from: bool,
        taken_along: frozenset[Variable] | None = None,
        also: Collection[Path] = (),
    ) -> None:
        """``sharing`` is needed for a path that has attributes, and found out when it is asked for. ``computed_from``
        when another value is computed from this one: then it matters if it is an iterator that is used up.
        ``taken_along`` where the value may be or hold anything, functions and the objects that it hangs off too: the
        variables that functions of the file would then take along into the pickle. ``also`` are paths of other
        values: that it matters where these are bound or sent, too.
        """
        self.path = path
        self._computed_from = computed_from
        self._sharing = sharing
        self._taken_along = taken_along
        self._threads = threads
        self._scope = scope
        self._sizes = sizes
        self._isolation = isolation
        self._body = body
        self._places = frozenset({path}) | self._others(path)
        self._touched: dict[Path, bool] = {}
        self._same = frozenset({path}) | (self._places - body.containers)
        self.near = keys_near({*self._places, *also}).union(path.attributes) if taken_along is None else None

    def _others(self, path: Path) -> frozenset[Path]:
        """Where else in the body what is at ``path``, or a part of it, may be reached."""
        return self._body.also_at(path)

    def begins(self, effect: Effect, exposed: bool) -> bool:
        """See :class:`putfix.analysis.versions.walk.Tracker`."""
        if self._taken_along is not None and self._reaches_what_is_taken_along(effect, self._taken_along):
            return True
        if isinstance(effect, Bind):
            return effect.path.starts(self.path)
        if isinstance(effect, Opaque):
            return exposed
        if isinstance(effect, SetAttribute):
            return self._loses_attribute(effect, exposed)
        if isinstance(effect, Change):
            places = self._places if effect.inside else self._same
            touches = any(effect.path.meets(place) for place in places)
            return touches or (exposed and self._may_be_the_same(effect.path, inside=effect.inside))
        if isinstance(effect, Dispatch):
            return exposed and self._threads
        if isinstance(effect, Consume):
            return (
                self._computed_from
                and self._touches(effect.path)
                and not knowledge.is_iterable_again(self._kind_at(self.path))
            )
        return isinstance(effect, Escape) and self._touches(effect.path)

    def _reaches_what_is_taken_along(self, effect: Effect, variables: frozenset[Variable]) -> bool:
        """Whether something changes that a value of unknown contents may be pickled with: a variable that a function
        reads, an object that may hold the value or be held by it, a dictionary that adds what is looked up."""
        if isinstance(effect, Bind):
            return not effect.path.attributes and effect.path.variable in variables
        if isinstance(effect, SetAttribute | Change):
            owner = effect.path.variable
            near = owner in variables or owner in {place.variable for place in self._places}
            return near or owner.scope is not self._scope or not self._isolation.of_variable(owner)
        return isinstance(effect, Opaque) or (isinstance(effect, ReadItem) and self._touches(effect.path))

    def _loses_attribute(self, effect: SetAttribute, exposed: bool) -> bool:
        """Whether an attribute is set of the object itself, or the one that the path goes through."""
        if any(place.starts(effect.path) for place in self._places):
            return True
        if effect.name in self.path.attributes:
            return self._touches(effect.path) or self._may_be_the_same(effect.path)
        owner = effect.path.variable
        is_self = not effect.path.attributes and self_name(owner.scope) == owner.name
        return exposed and not is_self and self._may_be_the_same(effect.path)

    def exposes(self, effect: Effect) -> bool | None:
        """See :class:`putfix.analysis.versions.walk.Tracker`."""
        if isinstance(effect, Bind) and effect.path.starts(self.path):
            own = not self.path.attributes and self.path.variable.scope is self._scope
            return not (own and self._isolation.holds(effect.source, self._scope))
        if isinstance(effect, Escape | Share) and self._touches(effect.path):
            return True
        if isinstance(effect, Bind) and effect.path.attributes and self._touches(effect.path):
            # What is unknown may be in reach of others, and now it is part of this.
            return True if not self._isolation.holds(effect.source, self._scope) else None
        if isinstance(effect, Store) and self._touches(effect.path):
            return True if not self._is_private(effect.container) else None
        return None

    def source(self, effect: Bind) -> ast.expr | None:
        """See :class:`putfix.analysis.versions.walk.Tracker`."""
        # What gives x does not give x.shape: that is what it then is.
        return effect.source if effect.path == self.path else self.path.expression

    @functools.cached_property
    def beginning(self) -> frozenset[type[Effect]]:
        """See :class:`putfix.analysis.versions.walk.Tracker`."""
        return _WHEN_EXPOSED | {Dispatch} if self._threads else _WHEN_EXPOSED

    def _is_private(self, container: Path) -> bool:
        """Whether only this body can reach what is at ``container``."""
        variable = container.variable
        made_here = all(self._isolation.holds(b.value, variable.scope) for b in variable.bindings)
        own = not container.attributes and variable.scope is self._scope and not variable.rebound_inside
        return own and made_here and variable not in self._body.leaked

    def _kind_at(self, path: Path) -> str | None:
        """The type of what is at ``path``, whatever of its bindings gave it."""
        return self._sizes.kind(path.expression, path.variable.scope)

    def _touches(self, path: Path) -> bool:
        """Whether what is at ``path`` is where the value may be reached, or on the way to it."""
        known = self._touched.get(path)
        if known is None:
            known = self._touched[path] = any(path.meets(place) for place in self._places)
        return known

    def _may_be_the_same(self, path: Path, *, inside: bool = False) -> bool:
        """Whether what is at ``path``, or something ``inside`` of it, may be this object, no alias being in sight.

        Not where everything that binds the variable makes a new object in this body, nor where the types differ.
        """
        variable = path.variable
        mine, other = self._kind_at(self.path), self._kind_at(path)
        if not inside and mine is not None and other is not None and _are_apart(mine, other):
            return False
        if variable is self.path.variable:
            return self._is_linked(path) or (bool(path.attributes) and self._is_leaked())
        if not path.attributes and not inside:
            if all(binding.kind in ("import", "function", "class") for binding in variable.bindings):
                return False
        if (inside or path.attributes) and variable in self._body.leaked:
            return True  # whoever had both may have put this object into that one
        if variable.scope is not self._scope or not self._isolation.of_variable(variable):
            return True
        return self._is_linked(path)

    def _is_linked(self, path: Path) -> bool:
        """Whether functions of the file make what is at an attribute this object, or give one the other to hold."""
        return self._sharing is not None and bool(path.attributes) and self._sharing().are_linked(self.path, path)

    def _is_leaked(self) -> bool:
        """Whether some function of the file gives this object, at its attribute, another name or owner."""
        return self._sharing is not None and self._sharing().is_leaked(self.path)


_WHEN_EXPOSED: frozenset[type[Effect]] = frozenset({Opaque, Change, SetAttribute})
"""What may begin a version of a value that unknown code can reach, whatever it is about; remote calls too, where there
are threads."""

_LEAVES = UNCHANGEABLE | {"builtins.bytearray", "numpy.ndarray", "scipy.sparse.matrix", "torch.Tensor"}
"""Types whose objects hold no others."""


def _are_apart(kind: str, other: str) -> bool:
    """Whether an object of type ``kind`` cannot be one of the ``other``, nor hold it or share memory with it."""
    known = kind in _LEAVES and other != "pickle.loaded"
    return known and kind != other and any(name.startswith("builtins.") for name in (kind, other))


def at_the_start(path: Path, argument: ast.expr, scope: Scope, attributes: Attributes) -> Version:
    """The version that a body begins with: a parameter's, an outer variable's, or none for its own variables.

    ``argument`` is the path as an expression: what it holds is looked up in the whole file.
    """
    variable = path.variable
    if variable.scope is scope and all(binding.kind != "parameter" for binding in variable.bindings):
        return Version(None, (), bound=False)
    kinds = {binding.kind for binding in variable.bindings}
    first = any(_comes_first(binding, scope) for binding in variable.bindings) and "delete" not in kinds
    bound = variable.scope is scope or first
    if isinstance(argument, ast.Attribute):
        held = attributes.find(argument.value, argument.attr, scope)
        bound = bound and (held is None or held.always_bound)
    return Version(None, (argument,), bound=bound)


def _comes_first(binding: Binding, scope: Scope) -> bool:
    """Whether an outer variable is certainly bound before anything can call the function that makes ``scope``.

    So it is when a statement of the outer body itself binds it, above the function.
    """
    inner = scope
    while inner.parent is not None and not isinstance(inner.parent.node, ast.Module | FunctionNode):
        inner = inner.parent
    owner = inner.parent
    if binding.kind == "parameter" or owner is None:
        return binding.kind == "parameter"
    body: list[ast.AST] = list(owner.node.body) if isinstance(owner.node, ast.Module | FunctionNode) else []
    if binding.node not in body:
        return _comes_first(binding, owner)
    return getattr(binding.node, "lineno", 0) < getattr(inner.node, "lineno", 0)


def is_constant(path: Path, owner: Flow, tracker: ValueTracker) -> bool:
    """Whether a variable of an outer scope is bound once and nothing in the file changes it or hands it on."""
    if path.attributes or path.variable.only_binding is None or path.variable.rebound_inside:
        return False
    everything = leaves(owner.body.parts, into_later=True)
    effects = list(owner.body.effects_on(tracker.near) if tracker.near is not None else everything)
    events = [effect for effect in effects if tracker.begins(effect, False)]
    shared = [effect for effect in effects if isinstance(effect, Escape | Share | Store) and tracker.exposes(effect)]
    return len(events) == 1 and not shared
