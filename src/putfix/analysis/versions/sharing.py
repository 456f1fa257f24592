"""Which attributes of objects may share memory, as far as all assignments of the file together tell.

Each method has a ``self`` of its own, so what one method gives two names another knows by these names only.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from putfix.analysis.flow.bodies import Flow
from putfix.analysis.flow.parts import Bind, Change, Escape, Part, Path, SetAttribute, Share, Store, inner_parts
from putfix.analysis.names.assigned import self_name
from putfix.analysis.names.variables import Scope, Variable

_Key = Variable | str
_WHOLE = ("",)
"""In place of an attribute's name, where an object itself was given."""


class Sharing:
    """The answers for one module, from the flows of all its bodies."""

    def __init__(self, flows: Iterable[Flow]) -> None:
        self._leaders: dict[bool, dict[_Key, _Key]] = {True: {}, False: {}}
        """Who leads a group of names of what may share memory: where the result of a call may be what the call was
        given, and where it is not."""
        self._changed: dict[str, set[Scope]] = {}
        self._together: dict[str, set[str]] = {}
        leaked: set[str] = set()
        for body in flows:
            for alias in body.aliases:
                leaked.update(alias.other.attributes)
                keys = [*_keys(alias.path), *_keys(alias.other)]
                for leader in self._leaders.values() if alias.callee is None else [self._leaders[True]]:
                    for key in keys[1:]:
                        leader[_find(leader, key)] = _find(leader, keys[0])
            given: dict[int, set[str]] = {}
            for effect in inner_parts(body.body.parts):
                if isinstance(effect, Escape | Share | Store):
                    leaked.update(effect.path.attributes)
                if isinstance(effect, Escape):
                    handed = effect.path.attributes or (_WHOLE if _is_argument(effect) else ())
                    given.setdefault(id(effect.node), set()).update(handed)
                self._note_change(effect)
            for names in given.values():
                for name in names:
                    self._together.setdefault(name, set()).update(names - {name})
        self._leaked = frozenset(leaked)

    def _note_change(self, part: Part) -> None:
        if not isinstance(part, Bind | Change | SetAttribute):
            return
        scope = part.path.variable.scope
        if getattr(scope.node, "name", "") == "__init__":
            return
        for name in (*part.path.attributes, *([part.name] if isinstance(part, SetAttribute) else [])):
            self._changed.setdefault(name, set()).add(scope)

    def is_changed_outside(self, path: Path, scope: Scope) -> bool:
        """Whether another function than the one that makes ``scope``, constructors apart, binds or changes what an
        attribute of that name holds."""
        return any(self._changed.get(name, set()) - {scope} for name in path.attributes)

    def were_given_together(self, path: Path, other: Path) -> bool:
        """Whether some call was given both, or one of them and the whole object that the other is an attribute of."""
        near = {each for name in (*path.attributes, *_WHOLE) for each in self._together.get(name, ())}
        return bool(near & set(other.attributes))

    def is_leaked(self, path: Path) -> bool:
        """Whether some function gives the object at an attribute another name, stores it, or hands it on."""
        return bool(path.attributes) and path.attributes[-1] in self._leaked

    def are_linked(self, path: Path, other: Path, *, results: bool = True) -> bool:
        """Whether what is at the two may be one object, or one may hold the other; with ``results``, because a call was
        given the one and returned the other, too."""
        leader = self._leaders[results]
        mine = {_find(leader, key) for key in _keys(path)}
        return any(_find(leader, key) in mine for key in _keys(other))


def _find(leader: dict[_Key, _Key], key: _Key) -> _Key:
    while key in leader and leader[key] is not key:
        key = leader[key]
    return key


def _is_argument(effect: Escape) -> bool:
    """Whether what is handed over is an argument of the call by itself, and not only the object of a method."""
    values = (
        [*effect.node.args, *(each.value for each in effect.node.keywords)] if isinstance(effect.node, ast.Call) else []
    )
    return any(isinstance(each, ast.Name) and each.id == effect.path.variable.name for each in values)


def _keys(path: Path) -> Iterator[_Key]:
    """The variable, unless it is the ``self`` of a method, and the names of the attributes."""
    if not path.attributes or self_name(path.variable.scope) != path.variable.name:
        yield path.variable
    yield from path.attributes
