"""Applying hoists with LibCST, which keeps every byte outside the edit."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from typing import cast

import libcst as cst
from libcst.metadata import CodeRange, MetadataWrapper, PositionProvider

from putfix.model import Hoist, Span

_Place = tuple[int, int]


def rewrite(source: str, hoists: Sequence[Hoist]) -> str:
    """``source`` with all ``hoists`` applied.

    Raises :class:`libcst.ParserSyntaxError` where LibCST cannot read what :mod:`ast` could.
    """
    wrapper = MetadataWrapper(cst.parse_module(source), unsafe_skip_copy=True)
    printed = wrapper.module.code
    edited = wrapper.visit(_Edit(hoists)).code
    return edited if printed == source else _with_lines_of(source, printed, edited)


def _with_lines_of(source: str, printed: str, edited: str) -> str:
    """``edited``, with each line that LibCST left as it ``printed`` it taken from ``source``.

    LibCST drops a form feed inside an indentation and a lone carriage return at the end of a file.
    """
    ours, theirs, new = (text.split("\n") for text in (source, printed, edited))
    if len(ours) != len(theirs):
        return edited
    result: list[str] = []
    for kind, start, end, new_start, new_end in difflib.SequenceMatcher(None, theirs, new, False).get_opcodes():
        result += ours[start:end] if kind == "equal" else new[new_start:new_end]
    text = "\n".join(result)
    return f"{text}\r" if source.endswith("\r") and not text.endswith("\r") else text


class _Edit(cst.CSTTransformer):
    """Puts the references in place of the arguments, and each put before its statement."""

    METADATA_DEPENDENCIES = (PositionProvider,)

    def __init__(self, hoists: Sequence[Hoist]) -> None:
        super().__init__()
        self._references = {site.argument: hoist.name for hoist in hoists for site in hoist.call_sites}
        self._puts: dict[_Place, list[cst.Assign]] = {}
        for hoist in hoists:
            place = hoist.statement.line, hoist.statement.column
            self._puts.setdefault(place, []).append(_put(hoist))
        self._imports = sorted({hoist.imports for hoist in hoists if hoist.imports})

    def leave_Arg(self, original_node: cst.Arg, updated_node: cst.Arg) -> cst.Arg:
        name = self._references.get(self._span(original_node.value))
        return updated_node if name is None else updated_node.with_changes(value=cst.Name(name))

    def on_leave(
        self, original_node: cst.CSTNodeT, updated_node: cst.CSTNodeT
    ) -> cst.CSTNodeT | cst.RemovalSentinel | cst.FlattenSentinel[cst.CSTNodeT]:
        left = super().on_leave(original_node, updated_node)
        if isinstance(original_node, cst.BaseCompoundStatement) and isinstance(left, cst.BaseCompoundStatement):
            puts = self._puts.get(self._start(original_node), [])
            if puts:
                return cast("cst.FlattenSentinel[cst.CSTNodeT]", _before(puts, left))
        return left

    def leave_SimpleStatementLine(
        self, original_node: cst.SimpleStatementLine, updated_node: cst.SimpleStatementLine
    ) -> cst.BaseStatement | cst.FlattenSentinel[cst.BaseStatement]:
        first = self._puts.get(self._start(original_node.body[0]), [])
        rest = self._small(original_node.body[1:], updated_node.body[1:])
        line = updated_node.with_changes(body=[updated_node.body[0], *rest])
        return _before(first, line) if first else line

    def leave_SimpleStatementSuite(
        self, original_node: cst.SimpleStatementSuite, updated_node: cst.SimpleStatementSuite
    ) -> cst.SimpleStatementSuite:
        return updated_node.with_changes(body=self._small(original_node.body, updated_node.body))

    def leave_Module(self, original_node: cst.Module, updated_node: cst.Module) -> cst.Module:
        if not self._imports:
            return updated_node
        lines = [cst.ensure_type(cst.parse_statement(text), cst.SimpleStatementLine) for text in self._imports]
        body = list(updated_node.body)
        index = next((i for i, statement in enumerate(body) if not _must_stay_first(statement, i)), len(body))
        added = [lines[0].with_changes(leading_lines=getattr(body[index], "leading_lines", ())), *lines[1:]]
        following = body[index].with_changes(leading_lines=())
        return updated_node.with_changes(body=[*body[:index], *added, following, *body[index + 1 :]])

    def _small(
        self, originals: Sequence[cst.BaseSmallStatement], updated: Sequence[cst.BaseSmallStatement]
    ) -> list[cst.BaseSmallStatement]:
        """Statements on one line, each with its puts before it."""
        result: list[cst.BaseSmallStatement] = []
        for original, new in zip(originals, updated, strict=True):
            separator = cst.Semicolon(whitespace_after=cst.SimpleWhitespace(" "))
            result += [put.with_changes(semicolon=separator) for put in self._puts.get(self._start(original), [])]
            result.append(new)
        return result

    def _start(self, node: cst.CSTNode) -> _Place:
        position = self._position(node)
        return position.start.line, position.start.column

    def _span(self, node: cst.CSTNode) -> Span:
        position = self._position(node)
        return Span(position.start.line, position.start.column, position.end.line, position.end.column)

    def _position(self, node: cst.CSTNode) -> CodeRange:
        position = self.get_metadata(PositionProvider, node)
        assert isinstance(position, CodeRange)
        return position


def _put(hoist: Hoist) -> cst.Assign:
    call = cst.Call(_expression(hoist.put), [cst.Arg(_expression(hoist.value))])
    return cst.Assign([cst.AssignTarget(cst.Name(hoist.name))], call)


def _expression(text: str) -> cst.BaseExpression:
    return cst.parse_expression(text)


def _before(
    puts: Iterable[cst.Assign], statement: cst.SimpleStatementLine | cst.BaseCompoundStatement
) -> cst.FlattenSentinel[cst.BaseStatement]:
    """The puts on lines of their own. Blank lines go above them, comments stay with their statement."""
    leading = list(statement.leading_lines)
    blank = [index for index, line in enumerate(leading) if line.comment is None]
    above = blank[-1] + 1 if blank else 0
    lines: list[cst.BaseStatement] = [cst.SimpleStatementLine([put]) for put in puts]
    lines[0] = lines[0].with_changes(leading_lines=leading[:above])
    return cst.FlattenSentinel([*lines, statement.with_changes(leading_lines=leading[above:])])


def _must_stay_first(statement: cst.CSTNode, index: int) -> bool:
    """Whether it is the docstring of the module or a ``__future__`` import."""
    if not isinstance(statement, cst.SimpleStatementLine):
        return False
    first = statement.body[0]
    if isinstance(first, cst.ImportFrom):
        return isinstance(first.module, cst.Name) and first.module.value == "__future__"
    return (
        index == 0
        and isinstance(first, cst.Expr)
        and isinstance(first.value, cst.SimpleString | cst.ConcatenatedString)
    )
