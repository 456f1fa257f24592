"""What of the program a comment speaks of.

* On the line where a statement with a block begins, or just above it: the whole statement, a loop for instance.
* On an ``else``, ``finally`` or ``case``: the block below it.
* On a line where a remote call begins or ends: that call.
* Alone above a statement: that.
* On any other: the largest parts of the program that begin or end there, such as an argument, the ``for`` of a
  comprehension (the whole comprehension), or the end of a statement of several lines (the whole statement); of what is
  called there, the call.
"""

from __future__ import annotations

import ast
import functools
import itertools
from collections.abc import Iterator, Sequence

from putfix.analysis.names.nodes import children, parents, walk
from putfix.analysis.names.positions import Placed, span, text_of
from putfix.analysis.names.sites import is_remote
from putfix.analysis.names.variables import target_names
from putfix.comments.reading import Comment, Word
from putfix.model import Claim, Span

_Function = ast.FunctionDef | ast.AsyncFunctionDef
_WithBlock = (ast.stmt, ast.excepthandler)
_Comprehended = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


class Regions:
    """The parts of one program, by the lines where they begin and end."""

    def __init__(self, tree: ast.Module, lines: list[str]) -> None:
        self._lines = lines
        self._parents = parents(tree)
        self._on: dict[int, list[Placed]] = {}
        self._blocks: dict[int, ast.stmt | ast.excepthandler] = {}
        self._arms: dict[int, list[ast.stmt]] = {}
        for node in self._parents:
            if isinstance(node, _WithBlock) and _blocks(node):
                self._arms.update(_arms(node))
                for line in _head(node):
                    self._blocks.setdefault(line, node)  # the outer one comes first
            elif isinstance(node, Placed):
                for line in {node.lineno, node.end_lineno or node.lineno}:
                    self._on.setdefault(line, []).append(node)

    def spans(self, comment: Comment) -> list[Span]:
        """The parts that a comment speaks of; none where it stands beside nothing."""
        block = self._blocks.get(comment.target)
        parts: Sequence[Placed] = self._arms.get(comment.target, ())
        if not parts and comment.is_alone:
            parts = self._statements(comment.target)
        return [self._span(node) for node in parts or ([block] if block is not None else self._parts(comment.target))]

    def claims(self, comment: Comment) -> list[Claim]:
        """What a comment says of the sizes of arguments, assigned values and parameters."""
        block = self._blocks.get(comment.target)
        named: list[tuple[ast.expr | ast.arg, bool]] = []
        if block is not None:
            named += ((node, True) for node in _parameters(block, comment.target))
            if comment.items or comment.word is Word.LARGE:  # for i in ...:  # putfix: small, says what it is not about
                named += ((name, False) for name in target_names(block))
            head = [each for each in children(block) if each not in _blocks(block)]
            named += (each for part in ([block] if comment.items else head) for each in _sent(part))
        else:
            named += (each for part in self._parts(comment.target) for each in _values(part))
        wanted = set(comment.items)
        return [
            Claim(self._span(node), comment.word is Word.LARGE, comment.line, certain or bool(wanted))
            for node, certain in named
            if not wanted or self._names(node) & wanted
        ]

    def calls_around(self, place: Span) -> Span:
        """The call that the argument at ``place`` belongs to."""
        around = [
            self._span(node)
            for line in range(place.line, 0, -1)
            for node in self._on.get(line, [])
            if isinstance(node, ast.Call) and node.lineno == line
        ]
        return next((each for each in _inner_first(around) if is_inside(place, each) and place != each), place)

    def statements_around(self, place: Span) -> list[int]:
        """The first lines of the statements that the argument at ``place`` is in, inner ones first."""
        found = [node for node in self._parents if isinstance(node, ast.stmt) and is_inside(place, self._span(node))]
        return [_head(node)[0] if _blocks(node) else node.lineno for node in reversed(found)]

    def _parts(self, line: int) -> list[Placed]:
        """The remote calls that begin or end on a line, or else the largest parts that do."""
        here = self._on.get(line, [])
        calls = [node for node in here if isinstance(node, ast.Call) and is_remote(node)]
        largest = dict.fromkeys(self._largest(node, set(map(id, here))) for node in here)
        return _outermost(calls, self._parents) or list(largest)

    def _largest(self, node: Placed, here: set[int]) -> Placed:
        """The largest part around ``node`` that begins or ends on the line, where ``here`` is what does."""
        parent = self._parents.get(node)
        while parent is not None:
            if isinstance(parent, ast.comprehension):
                parent = self._parents[parent]
                if isinstance(parent, Placed):
                    node = parent
            elif isinstance(parent, Placed) and (id(parent) in here or _is_called(node, parent)):
                node = parent
            elif isinstance(parent, Placed):
                break
            parent = self._parents.get(parent)
        return node

    def _statements(self, line: int) -> list[Placed]:
        """The statements without blocks on a line that begins with one."""
        found = [node for node in self._on.get(line, []) if isinstance(node, ast.stmt) and node.lineno == line]
        before = self._lines[line - 1].encode()[: found[0].col_offset] if found else b""
        return [] if before.strip(b" \t\f") else list[Placed](found)

    def _names(self, node: Placed) -> set[str]:
        """What a value may be called in brackets: the argument, or what it is assigned to."""
        if isinstance(node, ast.arg):
            return {node.arg}
        parent = self._parents.get(node)
        targets: list[ast.expr] = []
        if isinstance(parent, ast.Assign):
            targets = parent.targets
        elif isinstance(parent, ast.AnnAssign | ast.NamedExpr):
            targets = [parent.target]
        named = [*targets, node] if isinstance(node, ast.expr) else targets
        found = {" ".join(text_of(each, self._lines).split()) for each in named}
        return found | {text for name in found for text in self._put.get(name, ())}

    @functools.cached_property
    def _put(self) -> dict[str, set[str]]:
        """What the program puts, by the names that the references get."""
        found: dict[str, set[str]] = {}
        for node in self._parents:
            if isinstance(node, ast.Assign):
                calls = (each for each in walk(node.value) if isinstance(each, ast.Call) and len(each.args) == 1)
                texts = {text_of(call.args[0], self._lines) for call in calls if _is_put(call.func)}
                for target in node.targets if texts else ():
                    found.setdefault(text_of(target, self._lines), set()).update(texts)
        return found

    def _span(self, node: Placed) -> Span:
        return span(node, self._lines)


def is_inside(inner: Span, outer: Span) -> bool:
    """Whether all of ``inner`` is in ``outer``."""
    begins = (outer.line, outer.column) <= (inner.line, inner.column)
    return begins and (inner.end_line, inner.end_column) <= (outer.end_line, outer.end_column)


def _is_put(node: ast.expr) -> bool:
    return (node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")) == "put"


def _blocks(node: ast.stmt | ast.excepthandler) -> list[ast.AST]:
    """What stands below the head of a statement; what comes first there is the first."""
    fields = ("body", "orelse", "handlers", "finalbody", "cases")
    return [inner for name in fields for inner in getattr(node, name, [])]


def _arms(node: ast.stmt | ast.excepthandler) -> Iterator[tuple[int, list[ast.stmt]]]:
    """The lines of ``else``, ``finally`` and ``case``, which no node begins on, each with the block below."""
    for case in getattr(node, "cases", []):
        yield from ((line, case.body) for line in range(case.pattern.lineno, _first(case.body)))
    blocks = [getattr(node, name, []) for name in ("body", "handlers", "orelse", "finalbody")]
    present = [block for block in blocks if isinstance(block, list) and block]
    for before, block in itertools.pairwise(present):
        if isinstance(block[0], ast.stmt):
            yield from ((line, block) for line in range(max(_lines(before[-1])) + 1, _first(block)))


def _first(block: list[ast.stmt]) -> int:
    return min(_lines(block[0]))


def _is_called(node: ast.AST, parent: ast.AST) -> bool:
    """Whether ``node`` is what is called, or what that is an attribute of."""
    return node is getattr(parent, "func" if isinstance(parent, ast.Call) else "value", None) and isinstance(
        parent, ast.Call | ast.Attribute
    )


def _head(node: ast.stmt | ast.excepthandler) -> list[int]:
    """The lines from which a comment speaks of a statement with a block: its first, and the last before the block."""
    below = _blocks(node)
    decorators = getattr(node, "decorator_list", [])
    first = min([node.lineno, *(each.lineno for each in decorators)])
    inside = min(_lines(below[0]))
    above = [line for each in children(node) if each not in below for line in _lines(each)]
    last = max([node.lineno, *(line for line in above if line < inside)])
    return [*range(first, node.lineno + 1), *range(max(last, node.lineno + 1), inside)]


def _lines(node: ast.AST) -> list[int]:
    """The first and the last lines of all that is in ``node``."""
    found = [line for each in walk(node) for line in (getattr(each, "lineno", None), getattr(each, "end_lineno", None))]
    return [line for line in found if line is not None]


def _parameters(block: ast.stmt | ast.excepthandler, line: int) -> list[ast.arg]:
    """The parameters of a function on a line, all where that has none."""
    if not isinstance(block, _Function):
        return []
    found = [node for node in ast.walk(block.args) if isinstance(node, ast.arg)]
    return [node for node in found if line in (node.lineno, node.end_lineno)] or found


def _values(part: Placed) -> Iterator[tuple[ast.expr | ast.arg, bool]]:
    """The values in a part of the program that may be said to be large, each with whether it alone can be meant."""
    if isinstance(part, ast.arg):
        yield part, True
        return
    calls = [node for node in ast.walk(part) if isinstance(node, ast.Call)]
    if isinstance(part, ast.Assign | ast.AnnAssign | ast.NamedExpr) and part.value is not None:
        targets = part.targets if isinstance(part, ast.Assign) else [part.target]
        if all(isinstance(each, ast.Name | ast.Attribute) for each in targets) and not any(map(is_remote, calls)):
            yield part.value, True
        elif not any(map(is_remote, calls)):
            yield from ((name, False) for name in target_names(part))
    if isinstance(part, ast.expr):
        yield part, True
    if isinstance(part, ast.keyword):
        yield part.value, True
    yield from ((node, False) for call in calls for node in _arguments(call))


def _sent(part: ast.AST) -> Iterator[tuple[ast.expr, bool]]:
    """The same of what is given to remote calls in a part, or gets a name by ``:=``."""
    for node in ast.walk(part):
        if isinstance(node, ast.NamedExpr):
            yield node.value, True
        elif isinstance(node, ast.Call) and is_remote(node):
            yield from ((each, False) for each in _arguments(node))


def _arguments(call: ast.Call) -> list[ast.expr]:
    return [*call.args, *(keyword.value for keyword in call.keywords)]


def _outermost(calls: list[ast.Call], parents: dict[ast.AST, ast.AST]) -> list[Placed]:
    """The calls that are in none of the others."""
    found: list[Placed] = []
    for call in calls:
        node = parents.get(call)
        while node is not None and node not in calls:
            node = parents.get(node)
        if node is None:
            found.append(call)
    return found


def _inner_first(spans: list[Span]) -> list[Span]:
    return sorted(spans, key=lambda each: (-each.line, -each.column, each.end_line, each.end_column))
