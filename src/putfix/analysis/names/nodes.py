"""The nodes of a tree: what is inside each, outer ones first.

:func:`ast.walk` finds it out anew each time, which took two thirds of an analysis. Here a tree is listed once, and what
is inside a node is a slice of that list. Contexts and operators (``Load``, ``Add``) are left out: Python shares one
object of each among all trees, and the nodes that have them say what they are.
"""

from __future__ import annotations

import ast
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence

_CHILDREN, _PART, _KINDS = "_putfix_children", "_putfix_part", "_putfix_kinds"
"""The names under which a node keeps what was found: its children, the list it is in with its start and its end, and
what is inside of it by kinds."""

_WITHOUT_NODES = frozenset(
    ("arg", "asname", "attr", "conversion", "ctx", "id", "is_async", "kind", "kwd_attrs", "level", "module", "op")
) | {"ops", "rest", "simple", "type_comment"}
"""The fields that hold no nodes, whatever kind of node has them (the abstract grammar in the documentation of
:mod:`ast`), or such that are shared."""

_Part = tuple[list[ast.AST], int, int]

_NOTHING: Sequence[ast.AST] = ()


def children(node: ast.AST) -> Sequence[ast.AST]:
    """What is directly inside ``node``, as :func:`ast.iter_child_nodes` gives it."""
    names = _FIELDS.get(type(node))
    if names is None:
        names = _fields_with_nodes(type(node))
    if not names:
        return _NOTHING
    known = node.__dict__
    found: Sequence[ast.AST] | None = known.get(_CHILDREN)
    if found is None:
        found = known[_CHILDREN] = _in_fields(known, names)
    return found


def walk(node: ast.AST) -> Sequence[ast.AST]:
    """``node`` and all that is inside of it."""
    nodes, start, end = _part(node)
    return nodes[start:end]


def forget(tree: ast.AST) -> None:
    """Free a tree from its list, in which all nodes hold each other, when nothing needs it any more."""
    tree.__dict__.pop(_KINDS, None)
    part: _Part | None = tree.__dict__.get(_PART)
    if part is not None:
        part[0].clear()


def parents(tree: ast.AST) -> dict[ast.AST, ast.AST]:
    """What each node below ``tree`` is directly inside of."""
    return {child: node for node in walk(tree) for child in children(node)}


def by_kind(tree: ast.AST) -> Mapping[type[ast.AST], list[ast.AST]]:
    """What is in a tree, by the kinds of nodes, outer ones first."""
    known: Mapping[type[ast.AST], list[ast.AST]] | None = tree.__dict__.get(_KINDS)
    if known is None:
        known = tree.__dict__[_KINDS] = defaultdict(list)
        for node in walk(tree):
            known[type(node)].append(node)
    return known


class Positions:
    """Where in a tree nodes of some kinds are: tells of each part of the tree, without looking through it, whether it
    has any."""

    def __init__(self, tree: ast.AST, kinds: tuple[type[ast.AST], ...]) -> None:
        self._kinds = kinds
        self._nodes, _, _ = _part(tree)
        found = by_kind(tree)
        self._places = sorted(_part(node)[1] for kind in kinds if kind in found for node in found[kind])

    def __bool__(self) -> bool:
        """Whether there are any."""
        return bool(self._places)

    def inside(self, node: ast.AST) -> list[ast.AST]:
        """Those in a part of the tree, outer ones first."""
        _, start, end = _part(node)
        first, last = bisect_left(self._places, start), bisect_left(self._places, end)
        return [self._nodes[place] for place in self._places[first:last]]

    def are_inside(self, node: ast.AST) -> bool:
        """Whether ``node``, which is in the tree, is of one of the kinds or has one inside of it."""
        nodes, start, end = _part(node)
        if nodes is not self._nodes:
            return any(isinstance(each, self._kinds) for each in nodes[start:end])
        first = bisect_left(self._places, start)
        return first < len(self._places) and self._places[first] < end


def _part(node: ast.AST) -> _Part:
    """The list that ``node`` is in, with the start and the end of what is inside of it."""
    part: _Part | None = node.__dict__.get(_PART)
    return _listed(node, []) if part is None else part


def _listed(node: ast.AST, nodes: list[ast.AST]) -> _Part:
    """List the tree below ``node``, and tell each node in it its part of the list; one without anything inside, as half
    of all are, gets a list of its own when it is asked for."""
    start = len(nodes)
    nodes.append(node)
    for child in children(node):
        if _FIELDS.get(type(child)) == ():
            nodes.append(child)
        else:
            _listed(child, nodes)
    part = node.__dict__[_PART] = nodes, start, len(nodes)
    return part


def _in_fields(held: Mapping[str, object], names: tuple[str, ...]) -> list[ast.AST]:
    """The nodes in the fields with these ``names`` of a node, which ``held`` are the attributes of."""
    found: list[ast.AST] = []
    for name in names:
        value = held.get(name)
        if isinstance(value, ast.AST):
            found.append(value)
        elif value and isinstance(value, list):
            found += [each for each in value if isinstance(each, ast.AST)]
    return found


_FIELDS: dict[type[ast.AST], tuple[str, ...]] = {ast.Constant: ()}
"""The fields that may hold nodes, by the kinds of nodes."""


def _fields_with_nodes(kind: type[ast.AST]) -> tuple[str, ...]:
    if kind not in _FIELDS:
        _FIELDS[kind] = tuple(name for name in kind._fields if name not in _WITHOUT_NODES)
    return _FIELDS[kind]
