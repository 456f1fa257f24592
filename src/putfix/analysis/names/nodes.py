"""The nodes of a tree: what is inside each, outer ones first.

:func:`ast.walk` finds it out anew each time, which took two thirds of an analysis. Here a tree is listed once, and what
is inside a node is a slice of that list. Contexts and operators (``Load``, ``Add``) are left out: Python shares one
object of each among all trees, and the nodes that have them say what they are.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence

_SHARED = ast.expr_context | ast.boolop | ast.operator | ast.unaryop | ast.cmpop

_CHILDREN, _PART = "_putfix_children", "_putfix_part"
"""The names under which a node keeps what was found: its children, and the list it is in with its start and its end."""


def children(node: ast.AST) -> Sequence[ast.AST]:
    """What is directly inside ``node``, as :func:`ast.iter_child_nodes` gives it."""
    found: Sequence[ast.AST] | None = node.__dict__.get(_CHILDREN)
    if found is None:
        found = node.__dict__[_CHILDREN] = _children(node)
    return found


def walk(node: ast.AST) -> Sequence[ast.AST]:
    """``node`` and all that is inside of it."""
    nodes, start, end = _part(node)
    return nodes[start:end]


def _part(node: ast.AST) -> tuple[list[ast.AST], int, int]:
    part: tuple[list[ast.AST], int, int] | None = node.__dict__.get(_PART)
    return part if part is not None else _listed(node)


def _listed(root: ast.AST) -> tuple[list[ast.AST], int, int]:
    """List the tree below ``root``, and tell each node its part of the list."""
    nodes: list[ast.AST] = []
    outer: list[int] = []
    pending = [(root, 0)]
    while pending:
        node, parent = pending.pop()
        index = len(nodes)
        nodes.append(node)
        outer.append(parent)
        pending += [(child, index) for child in reversed(children(node))]
    ends = [*range(1, len(nodes) + 1)]
    for index in range(len(nodes) - 1, -1, -1):
        end = ends[index]
        nodes[index].__dict__[_PART] = nodes, index, end
        if ends[outer[index]] < end:
            ends[outer[index]] = end
    return nodes, 0, len(nodes)


def _children(node: ast.AST) -> list[ast.AST]:
    found: list[ast.AST] = []
    for name in node._fields:
        value = getattr(node, name, None)
        if isinstance(value, list):
            found += [each for each in value if isinstance(each, ast.AST) and not isinstance(each, _SHARED)]
        elif isinstance(value, ast.AST) and not isinstance(value, _SHARED):
            found.append(value)
    return found
