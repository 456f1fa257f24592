"""What begins a new version of a value for one who trusts unknown code that is not given the value.

That code changes nothing which it was never handed is no proof: it may reach the value through what it holds already.
An unsafe fix may rest on it, and says so. Code is trusted no further: not where it was given the value, what holds it,
or something that was handed on together with it before (an optimizer that got a model's parameters), and not where a
function of the file that changes the value may be what it calls.
"""

from __future__ import annotations

import ast
import functools
from collections.abc import Collection
from dataclasses import dataclass

from putfix.analysis.flow.bodies import Alias, Flow
from putfix.analysis.flow.parts import Consume, Dispatch, Effect, Escape, Later, Opaque, Path, inner_parts, leaves
from putfix.analysis.names.assigned import self_name
from putfix.analysis.names.nodes import walk
from putfix.analysis.versions.values import ValueTracker
from putfix.knowledge import expectations, running

_REBINDING = frozenset({"eval", "exec", "globals", "locals", "vars", "setattr"})


_DISPLAYS = (ast.List, ast.Tuple, ast.Set, ast.Dict, ast.ListComp, ast.SetComp, ast.DictComp)
_OF_CODE = frozenset({"may-be-changed", "changed"})
TRUSTED = _OF_CODE | {"ray-may-not-run"}
"""The codes of the obstacles that trust may overcome."""


@dataclass(frozen=True)
class Trust:
    """What is taken for granted: that unknown ``code`` changes nothing that it was not given, that ``ray`` runs where a
    function begins, and that no two ``attributes`` hold one object."""

    code: bool = False
    ray: bool = False
    attributes: bool = False

    @classmethod
    def of(cls, codes: Collection[str]) -> Trust:
        """The trust that overcomes obstacles with these codes."""
        return cls(not _OF_CODE.isdisjoint(codes), "ray-may-not-run" in codes)


NO_TRUST = Trust()


def trusted(body: Flow) -> Flow:
    """The same body where what a method gives is not taken to hold the object that it is a method of, and what the
    remote calls run gives new objects where there is no Ray, too, as it does in a task."""
    remote = _remote_callees(body)

    def is_kept(alias: Alias) -> bool:
        if is_self(alias.path) or is_self(alias.other):
            return False
        return alias.callee is None or not remote or ast.unparse(alias.callee) not in remote

    return body.with_aliases(is_kept)


def _remote_callees(body: Flow, path: Path | None = None) -> frozenset[str]:
    """What the remote calls of a body call, or those that send what is at ``path``, as it is written. What it does to
    its arguments is lost in a task, so a program that also calls it without Ray does not rely on it."""
    dispatches = (part for part in leaves(body.body.parts, into_later=True) if isinstance(part, Dispatch))
    chosen = (each for each in dispatches if path is None or any(path in sent.parts for sent in each.sent))
    return frozenset(ast.unparse(each.call.receiver) for each in chosen)


def is_self(path: Path) -> bool:
    """Whether the path is the object that a method is of, and no attribute of it."""
    scope = path.variable.scope
    return not path.attributes and scope.enclosing_class is not None and self_name(scope) == path.variable.name


class WholeObjectTracker(ValueTracker):
    """Follows the object that a method is of as :class:`ValueTracker` does, for one who trusts that going through what
    one of its attributes holds uses nothing up. Unknown code is not trusted: it may know any part of the object."""

    def begins(self, effect: Effect, exposed: bool) -> bool:
        """See :class:`putfix.analysis.versions.walk.Tracker`."""
        if isinstance(effect, Consume) and effect.path != self.path and self.path.starts(effect.path):
            return False
        return super().begins(effect, exposed)


class TrustingTracker(ValueTracker):
    """Follows a value as :class:`ValueTracker` does, apart from what unknown code might do that was not given it."""

    always_changed_by_unknown_code = False

    @functools.cached_property
    def beginning(self) -> frozenset[type[Effect]]:
        """See :class:`putfix.analysis.versions.walk.Tracker`."""
        return super().beginning | {Escape}

    def _others(self, path: Path) -> frozenset[Path]:
        return self._body.also_at(path, results=False)

    def begins(self, effect: Effect, exposed: bool) -> bool:
        """See :class:`putfix.analysis.versions.walk.Tracker`."""
        if isinstance(effect, Opaque):
            return exposed and self._may_reach(effect)
        if isinstance(effect, Dispatch):
            return exposed and self._threads and self._is_changed_elsewhere
        if isinstance(effect, Escape):
            if self._is_harmless(effect.node):
                return False
            if exposed and self._is_accomplice(effect.path):
                return True
        return super().begins(effect, exposed)

    def _may_be_the_same(self, path: Path, *, inside: bool = False) -> bool:
        """Whether the file says so: not of a container that this body makes, nor of another attribute of the object
        that the method is of, where nothing gives both one object."""
        if self._is_own_attribute(path) and self._is_own_attribute(self.path) and self._sharing is not None:
            if not self._sharing().are_linked(self.path, path, results=False):
                return path.attributes[0] == self.path.attributes[0]
        if not inside and not path.attributes and path.variable.scope is self._scope:
            if all(isinstance(binding.value, _DISPLAYS) for binding in path.variable.bindings):
                return False
        return super()._may_be_the_same(path, inside=inside)

    def _is_own_attribute(self, path: Path) -> bool:
        return len(path.attributes) == 1 and is_self(Path(path.variable))

    def _is_harmless(self, node: ast.AST) -> bool:
        """Whether a call that is given the value runs what the remote calls run, where there is no Ray, or is a method
        of the value that only reads by its name."""
        if not isinstance(node, ast.Call):
            return False
        known = self._harmless.get(node)
        if known is None:
            known = self._harmless[node] = self._calls_what_is_harmless(node)
        return known

    @functools.cached_property
    def _harmless(self) -> dict[ast.Call, bool]:
        """The calls that were asked about, of which each has several effects."""
        return {}

    def _calls_what_is_harmless(self, node: ast.Call) -> bool:
        if ast.unparse(node.func) in self._callees:
            return True
        method = node.func if isinstance(node.func, ast.Attribute) else None
        return (
            method is not None and method.attr in expectations.READING and ast.unparse(method.value) == self.path.text
        )

    @functools.cached_property
    def _callees(self) -> frozenset[str]:
        """What the remote calls that send the value call; all, where none sends it."""
        return _remote_callees(self._body, self.path) or _remote_callees(self._body)

    def _may_reach(self, effect: Opaque) -> bool:
        """Whether what runs had the value, or may rebind it or call a function that changes it."""
        node = effect.node
        if self._is_harmless(node):
            return False
        if isinstance(node, ast.Name) and running.SHOWN.fullmatch(node.id):
            return True  # what a cell has shown, which the code at hand has from here on
        near = {place.variable.name for place in self._places | self._accomplices if not place.attributes}
        if self._is_changed_by_functions or any(isinstance(e, ast.Name) and e.id in near for e in walk(node)):
            return True  # a generator that was made of it, for one
        if isinstance(node, ast.Await | ast.AsyncFor | ast.AsyncWith | ast.Yield | ast.YieldFrom):
            return self._is_changed_elsewhere
        name = getattr(node.func, "id", getattr(node.func, "attr", "")) if isinstance(node, ast.Call) else ""
        return name in _REBINDING and not self.path.attributes and self.path.variable.scope is not self._scope

    @functools.cached_property
    def _is_changed_by_functions(self) -> bool:
        """Whether a function or lambda that is made in this body changes the value, whoever then calls it."""
        made = [part for part in inner_parts(self._body.body.parts, into_later=True) if isinstance(part, Later)]
        return any(
            not isinstance(effect, Opaque | Dispatch) and super(TrustingTracker, self).begins(effect, False)
            for part in made
            for effect in leaves(part.parts, into_later=True)
        )

    @functools.cached_property
    def _is_changed_elsewhere(self) -> bool:
        """Whether another function of the file changes the value, which another thread or coroutine may run."""
        if self._is_changed_by_functions or self.path.variable.rebound_inside:
            return True
        return self._sharing is not None and self._sharing().is_changed_outside(self.path, self._scope)

    def _is_accomplice(self, path: Path) -> bool:
        """Whether what is at ``path`` may hold the value, because some code was given both."""
        if any(path.meets(place) for place in self._accomplices):
            return True
        if self._sharing is None or not path.attributes:
            return False
        sharing = self._sharing()
        return sharing.are_linked(self.path, path) or sharing.were_given_together(self.path, path)

    @functools.cached_property
    def _accomplices(self) -> frozenset[Path]:
        given: dict[int, list[Path]] = {}
        for effect in leaves(self._body.body.parts, into_later=True):
            if isinstance(effect, Escape) and not self._is_harmless(effect.node):
                given.setdefault(id(effect.node), []).append(effect.path)
        together = (paths for paths in given.values() if any(map(self._touches, paths)))
        return frozenset(path for paths in together for path in paths if not self._touches(path))
