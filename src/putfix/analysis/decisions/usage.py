"""What a file does with a value that is not large: opens it as a file, compares it with a text, calls its actor,
makes objects of it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from putfix.analysis.names.nodes import walk
from putfix.analysis.names.scopes import Scopes, root_of
from putfix.analysis.names.variables import Scope
from putfix.knowledge import expectations


@dataclass
class _Uses:
    """What one scope uses as something small: names and attributes as they are written, and those that are gone through
    by loops, in which that depends on what is done with each element."""

    small: set[str] = field(default_factory=set)
    loops: dict[str, list[tuple[ast.AST, str]]] = field(default_factory=dict)


class Usage:
    """The question for the names of one module."""

    def __init__(self, scopes: Scopes) -> None:
        self._scopes = scopes
        self._known: dict[Scope, _Uses] = {}

    def is_of_something_small(self, text: str, scope: Scope) -> bool:
        """Whether ``text`` in ``scope`` is used as a path, a text, a number, a reference, a handle or a class."""
        if scope not in self._known:
            self._known[scope] = _uses_in(scope)
        uses = self._known[scope]
        return text in uses.small or any(_has_remote(*each) for each in uses.loops.get(text, ()))


def _uses_in(scope: Scope) -> _Uses:
    found = _Uses()
    for node in walk(scope.node):
        found.small.update(filter(None, map(_written, _small_uses(node))))
        if isinstance(node, ast.For | ast.ListComp | ast.GeneratorExp):
            first = node if isinstance(node, ast.For) else node.generators[0]
            text = _written(first.iter)
            if text is not None and isinstance(first.target, ast.Name):
                found.loops.setdefault(text, []).append((node, first.target.id))
    return found


def _small_uses(node: ast.AST) -> Iterator[ast.expr]:
    """What ``node`` uses as something small."""
    if isinstance(node, ast.Call):
        yield from _small_in_call(node)
        yield from _made_objects_of(node)
    elif isinstance(node, ast.FormattedValue):
        yield node.value
    elif isinstance(node, ast.Compare):
        if any(map(_is_text, _constants(node.comparators))):
            yield node.left
    elif isinstance(node, ast.Subscript):
        yield node.slice
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mod):
        if _is_text(node.left) or _is_text(node.right):
            yield from (node.left, node.right)


def _small_in_call(node: ast.Call) -> Iterator[ast.expr]:
    function = node.func
    first = node.args[0] if node.args else None
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    if isinstance(function, ast.Attribute):
        if name in expectations.TEXT_METHODS:
            yield function.value
        if name == "remote":
            yield _handle_of(function.value)
        root = root_of(function.value)
        if name in expectations.GETTING and getattr(root, "id", "") == "ray" and first is not None:
            yield from first.elts if isinstance(first, ast.List | ast.Tuple) else [first]
    if first is None or _written(first) is None:
        return
    if name == "isinstance" and len(node.args) > 1:
        if ast.unparse(node.args[1]).rpartition(".")[2] in ("str", "Path", "ObjectRef", "ActorHandle"):
            yield first
    elif name in expectations.TAKING_NAMES or ast.unparse(function).startswith("os.path."):
        yield first


def _made_objects_of(node: ast.Call) -> Iterator[ast.expr]:
    """What, or a copy of what, is called as a class is: ``estimator()``."""
    if not node.args and not node.keywords:
        yield node.func
        if isinstance(node.func, ast.Call):
            yield from node.func.args


def _handle_of(node: ast.expr) -> ast.expr:
    """The actor, or what holds it, that ``node`` is a method of; itself where it is none."""
    if not isinstance(node, ast.Attribute):
        return node
    return node.value.value if isinstance(node.value, ast.Subscript) else node.value


def _has_remote(node: ast.AST, name: str) -> bool:
    functions = (each.func for each in walk(node) if isinstance(each, ast.Call))
    methods = (each for each in functions if isinstance(each, ast.Attribute) and each.attr == "remote")
    return any(_written(_handle_of(each.value)) == name for each in methods)


def _constants(nodes: list[ast.expr]) -> list[ast.expr]:
    displays = [node.elts if isinstance(node, ast.List | ast.Tuple | ast.Set) else [node] for node in nodes]
    return [each for display in displays for each in display]


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def _written(node: ast.expr) -> str | None:
    """A name, or an attribute reached from one, as it is written; None for anything else."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else None
