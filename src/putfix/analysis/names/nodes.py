"""The nodes of a tree: what is inside each, outer ones first.

:func:`ast.walk` finds it out anew each time, which took two thirds of an analysis. Here a tree is listed once, and what
is inside a node is a slice of that list. Contexts and operators (``Load``, ``Add``) are left out: Python shares one
object of each among all trees, and the nodes that have them say what they are.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence

_CHILDREN, _PART = "_putfix_children", "_putfix_part"
"""The names under which a node keeps what was found: its children, and the list it is in with its start and its end."""

_WITHOUT_NODES = frozenset(
    ("arg", "asname", "attr", "conversion", "ctx", "id", "is_async", "kind", "kwd_attrs", "level", "module", "op")
) | {"ops", "rest", "simple", "type_comment"}
"""The fields that hold no nodes, whatever kind of node has them (the abstract grammar in the documentation of
:mod:`ast`), or such that are shared."""

_Part = tuple[list[ast.AST], int, int]


def children(node: ast.AST) -> Sequence[ast.AST]:
    """What is directly inside ``node``, as :func:`ast.iter_child_nodes` gives it."""
    found: Sequence[ast.AST] | None = node.__dict__.get(_CHILDREN)
    if found is None:
        found = node.__dict__[_CHILDREN] = _children(node)
    return found


def walk(node: ast.AST) -> Sequence[ast.AST]:
    """``node`` and all that is inside of it."""
    part: _Part | None = node.__dict__.get(_PART)
    if part is None:
        part = _listed(node, [])
    nodes, start, end = part
    return nodes[start:end]


def parents(tree: ast.AST) -> dict[ast.AST, ast.AST]:
    """What each node below ``tree`` is directly inside of."""
    return {child: node for node in walk(tree) for child in children(node)}


def _listed(node: ast.AST, nodes: list[ast.AST]) -> _Part:
    """List the tree below ``node``, and tell each node in it its part of the list."""
    start = len(nodes)
    nodes.append(node)
    for child in children(node):
        _listed(child, nodes)
    part = node.__dict__[_PART] = nodes, start, len(nodes)
    return part


def _children(node: ast.AST) -> list[ast.AST]:
    found: list[ast.AST] = []
    for name in _fields_with_nodes(type(node)):
        value = getattr(node, name, None)
        if isinstance(value, list):
            found += [each for each in value if isinstance(each, ast.AST)]
        elif isinstance(value, ast.AST):
            found.append(value)
    return found


_FIELDS: dict[type[ast.AST], tuple[str, ...]] = {}
"""The fields that may hold nodes, by the kinds of nodes."""


def _fields_with_nodes(kind: type[ast.AST]) -> tuple[str, ...]:
    if kind not in _FIELDS:
        _FIELDS[kind] = tuple(name for name in kind._fields if name not in _WITHOUT_NODES)
    return _FIELDS[kind]
