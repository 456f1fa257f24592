"""Jupyter notebooks: the cells of Python as one program, and edits of it that change only the lines they are in.

The formats are those of nbformat 4 and 3 (nbformat documentation, "The Notebook file format").
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from putfix.edits import applied
from putfix.formats.documents import LINE, Place, UnreadableError, offset
from putfix.formats.json_strings import Path, StringList, Token, between, strings
from putfix.formats.magics import StandIn, stand_in
from putfix.formats.mistakes import problem_of
from putfix.model import Cells, ChangedCell, Edit
from putfix.problems import Problem

_SOURCES = ("source", "input")
"""The keys of a cell's text, in nbformat 4 and 3."""
_PYTHON = ("python", "ipython", "python3", "ipython3")


@dataclass(frozen=True)
class Cell:
    """A cell of Python: its number among all cells, from 1, its text, and where its Python stands in the program."""

    number: int
    text: StringList
    python: StandIn
    line: int
    """The line of the program that is its first."""
    start: int
    """The place of that line."""

    @property
    def source(self) -> str:
        """The text of the cell."""
        return self.text.value

    @property
    def program(self) -> str:
        """Its Python."""
        return "".join(self.python.lines)

    @property
    def blank_lines(self) -> int:
        """How many blank lines it begins with, which IPython drops."""
        text = self.source
        return len(LINE.findall(text[: len(text) - len(text.lstrip())]))


class Notebook:
    """See :class:`putfix.formats.documents.Document`."""

    compiles = False

    def __init__(self, text: str, sources: Sequence[tuple[int, StringList]]) -> None:
        """``sources`` are the numbers and the texts of the cells of Python."""
        self.text = text
        """That of the file."""
        self._cells: list[Cell] = []
        parts: list[str] = []
        line, start = 1, 0
        for number, source in sources:
            python = stand_in(source.value)
            first = LINE.match(source.value)
            end = "\r\n" if first is not None and first.group().endswith("\r\n") else "\n"
            self._cells.append(Cell(number, source, python, line + 1, start + len(end)))
            # An empty line, so that a comment at the end of one cell is none above the next.
            code = "".join([end, *python.lines])
            code += "" if code.endswith("\n") else end
            parts.append(code)
            line += len(LINE.findall(code))
            start += len(code)
        self.program = "".join(parts)
        """The Python text that is analysed."""
        self.cells = self._as_cells()
        """The parts of the program that are run one by one."""

    def _as_cells(self) -> Cells:
        fixed = frozenset(cell.line + index for cell in self._cells for index in cell.python.fixed)
        words = frozenset(word for cell in self._cells for word in cell.python.words)
        return Cells(tuple(cell.line for cell in self._cells), fixed, words)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong with some cells."""
        found = [(cell.python.problem, cell.number) for cell in self._cells]
        return tuple(replace(problem, cell=number) for problem, number in found if problem is not None)

    @property
    def sources(self) -> Sequence[Cell]:
        """The cells of Python."""
        return self._cells

    def place(self, line: int, column: int = 0) -> Place:
        """See :class:`putfix.formats.documents.Document`."""
        index = bisect_right(self.cells.firsts, line) - 1
        cell = self._cells[max(index, 0)]
        inside = line - cell.line
        return Place(inside + 1, column + dict(cell.python.shifts).get(inside, 0), cell.number)

    @property
    def texts(self) -> tuple[tuple[int, str], ...]:
        """See :class:`putfix.formats.documents.Document`."""
        return tuple((cell.number, cell.source) for cell in self._cells)

    def offset(self, place: Place) -> int:
        """See :class:`putfix.formats.documents.Document`."""
        text = next(cell.text for cell in self._cells if cell.number == place.cell)
        return text.place(offset(text.value, place.line, place.column))

    def in_text(self, edits: Sequence[Edit]) -> list[Edit]:
        """See :class:`putfix.formats.documents.Document`."""
        inside = [(cell.text, edit) for cell, own in self._by_cell(edits) for edit in own]
        return [Edit(*text.edit(edit.start, edit.end, edit.text)) for text, edit in inside]

    def changed_cells(self, edits: Sequence[Edit]) -> tuple[ChangedCell, ...]:
        """See :class:`putfix.formats.documents.Document`."""
        return tuple(_changed(cell, inside) for cell, inside in self._by_cell(edits))

    def _by_cell(self, edits: Sequence[Edit]) -> Iterator[tuple[Cell, list[Edit]]]:
        """The cells that are edited, in their order in the text, with the edits of their own text."""
        starts = [cell.start for cell in self._cells]
        found: dict[int, list[Edit]] = {}
        for edit in edits:
            index = bisect_right(starts, edit.start) - 1
            found.setdefault(index, []).append(self._inside(self._cells[index], edit))
        for index in sorted(found):
            yield self._cells[index], found[index]

    def _inside(self, cell: Cell, edit: Edit) -> Edit:
        """An edit of the program as one of the cell's own text, in which other lines may be longer."""
        shift = cell.start
        place = 0
        for mine, line in zip(LINE.findall(cell.source), cell.python.lines, strict=True):
            if place + len(line) > edit.start - cell.start:
                break
            place += len(line)
            shift += len(line) - len(mine)
        return Edit(edit.start - shift, edit.end - shift, edit.text)


def _changed(cell: Cell, edits: Sequence[Edit]) -> ChangedCell:
    return ChangedCell(cell.number, cell.source, applied(cell.source, edits), tuple(edits))


def read(text: str) -> Notebook:
    """The notebook that ``text`` is. Raises :class:`putfix.formats.documents.UnreadableError`."""
    try:
        content = json.loads(text)
    except json.JSONDecodeError as error:
        raise UnreadableError(Problem(f"not valid JSON: {error.msg}", error.lineno, error.colno - 1)) from error
    except RecursionError as error:
        raise UnreadableError(problem_of(error)) from error
    except ValueError as error:  # a number of more digits than Python reads
        raise UnreadableError(Problem(f"not valid JSON: {error}")) from error
    cells = _cells_of(content)
    if cells is None:
        raise UnreadableError(Problem("not a notebook: it has no list of cells"))
    if not _is_python(content):
        raise UnreadableError
    found = strings(text, lambda path: len(path) > 2 and path[0] in ("cells", "worksheets") and bool(_source_of(path)))
    tokens: dict[Path, list[tuple[Path, Token]]] = {}
    for path, token in found.items():
        tokens.setdefault(_source_of(path), []).append((path, token))
    lists = ([token for _, token in inside] for inside in tokens.values())
    usual = next((between(text, each) for each in lists if len(each) > 1), ", ")
    sources = [
        (
            number,
            StringList(text, [token for _, token in inside], is_list=len(inside[0][0]) > len(place) + 1, between=usual),
        )
        for number, (place, cell) in enumerate(cells, start=1)
        if (inside := tokens.get(place)) is not None and _is_code(cell)
    ]
    if any(source.value != _text_of(cells[number - 1][1]) for number, source in sources):
        raise UnreadableError(Problem("not a notebook: it has a cell with two texts"))
    return Notebook(text, sources)


def _text_of(cell: Mapping[str, Any]) -> str:
    """The text of a cell, as :mod:`json` reads it."""
    text = next(cell[key] for key in _SOURCES if key in cell)
    return text if isinstance(text, str) else "".join(text)


def _source_of(path: Path) -> Path:
    """The place of the cell whose text, or a line of it, a path leads to; empty for any other."""
    depth = 2 if path[0] == "cells" else 4
    is_source = len(path) in (depth + 1, depth + 2) and path[depth] in _SOURCES
    return path[:depth] if is_source and (depth == 2 or path[2] == "cells") else ()


def _cells_of(content: Any) -> list[tuple[Path, Any]] | None:
    """The cells, each with its place; None where the JSON is no notebook."""
    if not isinstance(content, dict):
        return None
    if isinstance(content.get("cells"), list):
        return [(("cells", index), cell) for index, cell in enumerate(content["cells"])]
    sheets = content.get("worksheets")
    if not isinstance(sheets, list):
        return None
    return [
        (("worksheets", outer, "cells", index), cell)
        for outer, sheet in enumerate(sheets)
        if isinstance(sheet, dict) and isinstance(sheet.get("cells"), list)
        for index, cell in enumerate(sheet["cells"])
    ]


def _is_python(content: Mapping[str, Any]) -> bool:
    """Whether the notebook says that it is of Python, or nothing."""
    metadata = _inside(content, "metadata")
    language = _inside(metadata, "language_info").get("name") or _inside(metadata, "kernelspec").get("language")
    return not isinstance(language, str) or language.lower() in _PYTHON


def _is_code(cell: Any) -> bool:
    """Whether a cell is of code, and of no other language than the notebook."""
    if not isinstance(cell, dict) or cell.get("cell_type") != "code":
        return False
    language = cell.get("language") or _inside(_inside(cell, "metadata"), "vscode").get("languageId")
    return not isinstance(language, str) or language.lower() in _PYTHON


def _inside(content: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = content.get(key)
    return found if isinstance(found, dict) else {}
