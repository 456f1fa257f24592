"""Applying hoists to the text, so that every byte outside the edit is kept.

The places come from :mod:`ast`. LibCST is not used to print the file: it drops a form feed in an indentation, a
comment after the last statement of a file without a final newline, a lone carriage return and a lone backslash
(measured with LibCST 1.9), and its parser ends the process on very long expressions.
"""

from __future__ import annotations

import ast
import functools
import itertools
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence

from putfix.edits import applied
from putfix.model import Edit, Hoist, Span
from putfix.rewrite.parsed import Parsed, lines_of

_BACKSLASH_ONLY = re.compile(r"[ \t\f]*\\[\r\n]+\Z")


def reference_to_value(hoist: Hoist) -> str:
    """What gives the reference of a hoist that makes one, or the references to the parts of what is spread."""
    if hoist.spread:
        part = _made(hoist, "each", "")
        listed = f"[{part} for each in {hoist.value}]"
        parts = f"{{key: {part} for key, each in {hoist.value}.items()}}" if hoist.spread == "**" else listed
        return f"{parts} if {hoist.condition} else {hoist.value}" if hoist.condition else parts
    return _made(hoist, hoist.value, hoist.condition)


def _made(hoist: Hoist, value: str, condition: str) -> str:
    """The put of one ``value``, where it is no reference, and under the ``condition``."""
    put, held = f"{hoist.put}({value})", f"isinstance({value}, {hoist.guard})"
    if condition:
        return f"{put} if {f'{condition} and not {held}' if hoist.guard else condition} else {value}"
    return f"{value} if {held} else {put}" if hoist.guard else put


def rewrite(source: Parsed, hoists: Sequence[Hoist]) -> str:
    """``source``, which parses, with all ``hoists`` applied."""
    return applied(source.text, in_order(hoists, edits_of_each(source, hoists)))


def edits_of_each(source: Parsed, hoists: Sequence[Hoist]) -> list[tuple[Edit, ...]]:
    """What applying each of the ``hoists`` changes in ``source``, in its order; several may need the same import."""
    lines = _Lines(source)
    each = ([*_references(lines, hoist), *_put(lines, hoist), *_import(lines, hoist)] for hoist in hoists)
    return [tuple(sorted(edits, key=_place)) for edits in each]


def in_order(hoists: Sequence[Hoist], edits: Sequence[Sequence[Edit]]) -> list[Edit]:
    """What several hoists change together, given the edits of each."""
    latest_last = sorted(zip(hoists, edits, strict=True), key=lambda pair: pair[0].late)
    together = dict.fromkeys(edit for _, own in latest_last for edit in own)
    return sorted(together, key=_place)  # stable: puts keep their order


def _place(edit: Edit) -> tuple[int, int]:
    return edit.start, edit.end


def moved_spans(spans: Iterable[Span], source: str, changes: Sequence[Edit]) -> list[Span]:
    """Where ``spans`` of ``source``, in which nothing changes, stand when the changes are applied."""
    before, after = line_starts(source), line_starts(applied(source, changes))

    def moved(line: int, column: int) -> tuple[int, int]:
        place = before[line - 1] + column
        place += sum(len(edit.text) - (edit.end - edit.start) for edit in changes if edit.end <= place)
        new_line = bisect_right(after, place)
        return new_line, place - after[new_line - 1]

    return [Span(*moved(each.line, each.column), *moved(each.end_line, each.end_column)) for each in spans]


def line_starts(source: str) -> list[int]:
    """The places where the lines of a source begin."""
    return [0, *itertools.accumulate(map(len, lines_of(source)))][:-1]


class _Lines:
    """A source by lines, as Python's tokenizer divides it."""

    def __init__(self, source: Parsed) -> None:
        self.source = source
        self._texts = source.lines
        self._starts = [0, *itertools.accumulate(map(len, source.lines))]

    @functools.cached_property
    def _in_strings(self) -> frozenset[int]:
        return frozenset(_lines_in_strings(self.source.tree))

    def offset(self, line: int, column: int) -> int:
        """The place of a character in the source."""
        return self._starts[line - 1] + column

    def line(self, number: int) -> str:
        """A line with its end."""
        return self._texts[number - 1]

    def before(self, line: int, column: int, statement: str, *, above_comments: bool = True) -> Edit:
        """The insertion of ``statement`` before the one that begins at ``line`` and ``column``.

        A line of its own where that one begins its line, above the comments that belong to it; otherwise in
        front of it on the same line.
        """
        at = self.offset(line, column)
        if self._texts[line - 1][:column].strip(" \t\f"):
            return Edit(at, at, f"{statement}; ")
        while line > 1 and _BACKSLASH_ONLY.match(self._texts[line - 2]):
            line -= 1
        indentation = _indentation(self._texts[line - 1])
        end = _line_end(self._texts[max(line - 2, 0)]) or "\n"
        if above_comments:
            line = self._above_comments(line, indentation)
        return Edit(self._starts[line - 1], self._starts[line - 1], f"{indentation}{statement}{end}")

    def below(self, line: int, statement: str) -> Edit:
        """The insertion of ``statement`` on a line of its own below the one that ends on ``line``, and began a line."""
        text = self._texts[line - 1]
        end = _line_end(text) or _line_end(self._texts[max(line - 2, 0)]) or "\n"
        at = self._starts[line]
        return Edit(at, at, f"{statement}{end}" if _line_end(text) else f"{end}{statement}")

    def indentation(self, line: int) -> str:
        """The white space that a statement on a line is indented by."""
        return _indentation(self._texts[line - 1])

    def _above_comments(self, line: int, indentation: str) -> int:
        """The first of the comment lines just above ``line``; ``line`` where they begin the file."""
        first = line
        while first > 1 and self._is_comment(first - 1, indentation):
            first -= 1
        return first if first > 1 else line

    def _is_comment(self, line: int, indentation: str) -> bool:
        return self._texts[line - 1].startswith(f"{indentation}#") and line not in self._in_strings


def _references(lines: _Lines, hoist: Hoist) -> Iterator[Edit]:
    for site in hoist.call_sites:
        span = site.argument
        start, end = lines.offset(span.line, span.column), lines.offset(span.end_line, span.end_column)
        yield Edit(start, end, hoist.name)


def _put(lines: _Lines, hoist: Hoist) -> Iterator[Edit]:
    place, put = hoist.statement, f"{hoist.name} = {reference_to_value(hoist)}"
    if place is not None and hoist.constructed:
        yield lines.below(place.end_line, f"{lines.indentation(place.line)}{put}")
    elif place is not None:
        yield lines.before(place.line, place.column, put)


def _import(lines: _Lines, hoist: Hoist) -> Iterator[Edit]:
    """A new import goes before the first import from the same package, which loads it anyway."""
    if not hoist.imports:
        return
    package = hoist.imports.removeprefix("import ")
    follows = next(node for node in lines.source.tree.body if _imports_from(node, package))
    column = len(lines.line(follows.lineno).encode()[: follows.col_offset].decode(errors="replace"))
    yield lines.before(follows.lineno, column, hoist.imports, above_comments=False)


def _imports_from(node: ast.stmt, package: str) -> bool:
    return isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == package and not node.level


def _indentation(line: str) -> str:
    """The white space that the tokenizer measures: a form feed begins it anew."""
    space = line[: len(line) - len(line.lstrip(" \t\f"))]
    return space.rpartition("\f")[2]


def _line_end(line: str) -> str:
    return line[len(line.rstrip("\r\n")) :]


def _lines_in_strings(tree: ast.Module) -> Iterator[int]:
    """The lines of strings that go over several, without the first: what looks like a comment there is none."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant | ast.JoinedStr):
            yield from range(node.lineno + 1, (node.end_lineno or node.lineno) + 1)
