"""Which attributes of objects may share memory, as far as all assignments of the file together tell.

Each method has a ``self`` of its own, so what one method gives two names another knows by these names only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from putfix.analysis.flow.parts import Escape, Flow, Path, Share, Store, inner_parts
from putfix.analysis.names.attributes import self_name
from putfix.analysis.names.variables import Variable

_Key = Variable | str


class Sharing:
    """The answers for one module, from the flows of all its bodies."""

    def __init__(self, flows: Iterable[Flow]) -> None:
        self._leader: dict[_Key, _Key] = {}
        leaked: set[str] = set()
        for body in flows:
            for alias in body.aliases:
                leaked.update(alias.other.attributes)
                keys = [*_keys(alias.path), *_keys(alias.other)]
                for key in keys[1:]:
                    self._leader[self._find(key)] = self._find(keys[0])
            for effect in inner_parts(body.body.parts):
                if isinstance(effect, Escape | Share | Store):
                    leaked.update(effect.path.attributes)
        self._leaked = frozenset(leaked)

    def is_leaked(self, path: Path) -> bool:
        """Whether some function gives the object at an attribute another name, stores it, or hands it on."""
        return bool(path.attributes) and path.attributes[-1] in self._leaked

    def are_linked(self, path: Path, other: Path) -> bool:
        """Whether what is at the two may be one object, or one may hold the other."""
        mine = {self._find(key) for key in _keys(path)}
        return any(self._find(key) in mine for key in _keys(other))

    def _find(self, key: _Key) -> _Key:
        while key in self._leader and self._leader[key] is not key:
            key = self._leader[key]
        return key


def _keys(path: Path) -> Iterator[_Key]:
    """The variable, unless it is the ``self`` of a method, and the names of the attributes."""
    if not path.attributes or self_name(path.variable.scope) != path.variable.name:
        yield path.variable
    yield from path.attributes
