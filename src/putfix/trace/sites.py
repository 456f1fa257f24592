"""From a running frame to the call site in the source, and to the activation of the function around it."""

from __future__ import annotations

import ast
import dataclasses
import itertools
import linecache
import os
import re
import sys
import weakref
from collections.abc import Callable
from dataclasses import dataclass, field
from types import CodeType, FrameType

from putfix.marks import CELL
from putfix.model import Span
from putfix.trace.records import text_hash

_CELL_FILE = re.compile(r".*[/\\]ipykernel_\d+[/\\](\d+)\.py")
"""What ipykernel compiles a cell under; :func:`putfix.trace.records.cell_name` says what the number is."""

_INNER = frozenset({"<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>", "<lambda>"})
"""Functions that belong to the function that they are written in."""

_FARTHEST = 60
"""How many frames are looked through for the function around a generator expression or lambda."""


@dataclass(frozen=True, eq=False)
class Place:
    """One call expression of the running program: all of a site but its callee.

    Equal to itself only, which is quick to find out: :class:`Sites` makes one for each call expression.
    """

    file: str
    line: int
    column: int | None
    end_line: int
    end_column: int | None
    text: str
    source: str = field(repr=False)
    """The lines of the call, empty where they are out of reach."""

    def writes(self, keyword: str) -> bool:
        """Whether the keyword stands in the call; otherwise it comes out of a ``**mapping``."""
        if not self.source:
            return keyword.isidentifier()
        return re.search(rf"(?<!\w){re.escape(keyword)}\s*=(?!=)", self.source) is not None


class Activation:
    """One run of a function: the fingerprint of what each call site sent last.

    Sits in the ``f_trace`` of a frame, which Python calls only where the program itself begins to trace with
    :func:`sys.settrace`; it does nothing then. So it goes when the frame does, and keeps nothing of the frame alive.
    """

    __slots__ = ("last",)

    def __init__(self) -> None:
        self.last: dict[tuple[Place, int | str], object] = {}

    def __call__(self, frame: FrameType, event: str, argument: object) -> Activation:
        """Stay where it is."""
        return self


def activation(frame: FrameType) -> Activation:
    """The activation that a call in ``frame`` belongs to: a new one each time where a debugger has the frame."""
    frame = _function_around(frame)
    found = frame.f_trace
    if isinstance(found, Activation):
        return found
    new = Activation()
    if found is None and sys.gettrace() is None:
        frame.f_trace = new
    return new


def _function_around(frame: FrameType) -> FrameType:
    """The frame of the function that a comprehension, generator expression or lambda is written in.

    It is the frame itself where that function is not running any more.
    """
    while frame.f_code.co_name in _INNER:
        outer = frame.f_back
        for _ in range(_FARTHEST):
            if outer is None or any(constant is frame.f_code for constant in outer.f_code.co_consts):
                break
            outer = outer.f_back
        else:
            outer = None
        if outer is None:
            break
        frame = outer
    return frame


class Sites:
    """The places of the calls of one process, each worked out once.

    ``root`` is the directory that file names are made relative to.
    """

    def __init__(self, root: str) -> None:
        self._root = root
        self._places: dict[int, tuple[weakref.ref[CodeType], dict[int, Place]]] = {}
        self._distinct: dict[tuple[object, ...], Place] = {}
        self._chains: dict[str, dict[tuple[int, int], ast.Call]] = {}

    def place(self, frame: FrameType) -> Place:
        """The call expression that ``frame`` is executing."""
        code = frame.f_code
        known = self._places.get(id(code))
        if known is None:
            # A weak reference, as codes hold constants of the program; not a key, as equal codes may differ in file.
            known = self._places[id(code)] = (weakref.ref(code, self._forget(id(code))), {})
        place = known[1].get(frame.f_lasti)
        if place is None:
            place = known[1][frame.f_lasti] = self._locate(frame)
        return place

    def _forget(self, identity: int) -> Callable[[object], object]:
        return lambda _reference: self._places.pop(identity, None)

    def _locate(self, frame: FrameType) -> Place:
        filename = frame.f_code.co_filename
        lines = linecache.getlines(filename, frame.f_globals)
        span = _span_of_instruction(frame)
        if span is None:
            found = _only_call(self._calls(filename, lines), frame.f_lineno)
            span = _span(found) if found else None
        elif not lines[span.line - 1 : span.line] or not _begins_an_expression(lines[span.line - 1], span.column):
            # Python gives a call of a method that stands on a later line the position of the method's name.
            found = self._calls(filename, lines).get((span.line, span.column))
            span = _span(found) if found else span
        line, end_line = (span.line, span.end_line) if span else (frame.f_lineno, frame.f_lineno)
        source = lines[line - 1 : end_line]
        place = Place(
            self._name(filename),
            line,
            _characters(lines, line, span.column) if span else None,
            end_line,
            _characters(lines, end_line, span.end_column) if span else None,
            text_hash(source) if source else "",
            "".join(source),
        )
        # A notebook cell that runs again is compiled again: its calls are the same.
        return self._distinct.setdefault(dataclasses.astuple(place), place)

    def _calls(self, filename: str, lines: list[str]) -> dict[tuple[int, int], ast.Call]:
        """The calls of methods in a file, by where the name of the method begins."""
        if filename not in self._chains:
            try:
                tree = ast.parse("".join(lines))
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                tree = ast.Module([], [])
            self._chains[filename] = {
                (node.func.end_lineno or 0, (node.func.end_col_offset or 0) - len(node.func.attr.encode())): node
                for node in ast.walk(tree)
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
            }
        return self._chains[filename]

    def _name(self, filename: str) -> str:
        if cell := _CELL_FILE.fullmatch(filename):
            return CELL + cell[1]
        if filename.startswith("<"):
            return filename
        path = os.path.normpath(os.path.join(self._root, filename))
        inside = path.startswith(os.path.join(self._root, ""))
        return os.path.relpath(path, self._root).replace(os.sep, "/") if inside else path


def _span_of_instruction(frame: FrameType) -> Span | None:
    """The span of what ``frame`` executes, columns in bytes; None where Python does not tell (before 3.11)."""
    if sys.version_info < (3, 11):
        return None
    positions = next(itertools.islice(frame.f_code.co_positions(), frame.f_lasti // 2, None), (None,) * 4)
    line, end_line, column, end_column = positions
    if line is None or end_line is None or column is None or end_column is None:
        return None  # run with -X no_debug_ranges
    return Span(line, column, end_line, end_column)


def _begins_an_expression(line: str, column: int) -> bool:
    """Whether what stands before the column (in bytes) shows that no method name begins there."""
    before = line.encode("utf-8", "surrogatepass")[:column].strip()
    return bool(before) and not before.endswith(b".")


def _only_call(calls: dict[tuple[int, int], ast.Call], line: int) -> ast.Call | None:
    """The call of ``remote`` that begins, or whose name stands, on the line, if it is the only one."""
    found = [
        node
        for (at, _), node in calls.items()
        if line in (at, node.lineno)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("remote", "_remote")
    ]
    return found[0] if len(found) == 1 else None


def _span(node: ast.Call) -> Span:
    return Span(node.lineno, node.col_offset, node.end_lineno or node.lineno, node.end_col_offset or 0)


def _characters(lines: list[str], line: int, column: int) -> int:
    """The column in characters; in bytes it is the same where the line is not at hand."""
    text = "".join(lines[line - 1 : line]).encode("utf-8", "surrogatepass")
    return len(text[:column].decode("utf-8", "replace")) if text else column
