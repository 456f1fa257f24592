"""What a file does with a value that is not large: opens it as a file, compares it with a text, calls its actor,
makes objects of it."""

from __future__ import annotations

import ast

from putfix.analysis.names.nodes import walk
from putfix.analysis.names.scopes import Scopes, root_of
from putfix.analysis.names.variables import Scope
from putfix.knowledge import expectations


class Usage:
    """The question for the names of one module."""

    def __init__(self, scopes: Scopes) -> None:
        self._scopes = scopes
        self._known: dict[tuple[str, Scope], bool] = {}

    def is_of_something_small(self, text: str, scope: Scope) -> bool:
        """Whether ``text`` in ``scope`` is used as a path, a text, a number, a reference, a handle or a class."""
        if (text, scope) not in self._known:
            nodes = walk(scope.node)
            self._known[text, scope] = any(_is_small_use(node, text) for node in nodes)
        return self._known[text, scope]


def _is_small_use(node: ast.AST, text: str) -> bool:
    if isinstance(node, ast.Call):
        return _is_small_call(node, text) or _makes_object(node, text)
    if isinstance(node, ast.FormattedValue):
        return _is(node.value, text)
    if isinstance(node, ast.Compare):
        return _is(node.left, text) and any(map(_is_text, _constants(node.comparators)))
    if isinstance(node, ast.Subscript):
        return _is(node.slice, text)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mod):
        texts = [side for side in (node.left, node.right) if _is_text(side)]
        return bool(texts) and (_is(node.left, text) or _is(node.right, text))
    if isinstance(node, ast.For | ast.ListComp | ast.GeneratorExp):
        first = node if isinstance(node, ast.For) else node.generators[0]
        return _is(first.iter, text) and isinstance(first.target, ast.Name) and _has_remote(node, first.target.id)
    return False


def _is_small_call(node: ast.Call, text: str) -> bool:
    function = node.func
    first = node.args[0] if node.args else None
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    if isinstance(function, ast.Attribute):
        if name in expectations.TEXT_METHODS and _is(function.value, text):
            return True
        if name == "remote" and _is_of_handle(function.value, text):
            return True
        root = root_of(function.value)
        if name in expectations.GETTING and getattr(root, "id", "") == "ray" and first is not None:
            inside = first.elts if isinstance(first, ast.List | ast.Tuple) else [first]
            return any(_is(each, text) for each in inside)
    if first is None or not _is(first, text):
        return False
    if name == "isinstance" and len(node.args) > 1:
        return ast.unparse(node.args[1]).rpartition(".")[2] in ("str", "Path", "ObjectRef", "ActorHandle")
    return name in expectations.TAKING_NAMES or ast.unparse(function).startswith("os.path.")


def _makes_object(node: ast.Call, text: str) -> bool:
    """Whether what is called ``text``, or a copy of it, is called as a class is: ``estimator()``."""
    called = node.func
    made = [called, *called.args] if isinstance(called, ast.Call) else [called]
    return not node.args and not node.keywords and any(_is(each, text) for each in made)


def _is_of_handle(node: ast.expr, text: str) -> bool:
    """Whether ``node`` is a method of the actor that ``text`` is, or of one that it holds."""
    if not isinstance(node, ast.Attribute):
        return _is(node, text)
    owner = node.value.value if isinstance(node.value, ast.Subscript) else node.value
    return _is(owner, text)


def _has_remote(node: ast.AST, name: str) -> bool:
    functions = (each.func for each in walk(node) if isinstance(each, ast.Call))
    methods = (each for each in functions if isinstance(each, ast.Attribute) and each.attr == "remote")
    return any(_is_of_handle(each.value, name) for each in methods)


def _constants(nodes: list[ast.expr]) -> list[ast.expr]:
    displays = [node.elts if isinstance(node, ast.List | ast.Tuple | ast.Set) else [node] for node in nodes]
    return [each for display in displays for each in display]


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def _is(node: ast.expr, text: str) -> bool:
    if isinstance(node, ast.Name):
        return node.id == text
    return isinstance(node, ast.Attribute) and text.endswith(f".{node.attr}") and ast.unparse(node) == text
