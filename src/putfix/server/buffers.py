"""What the editor has open: files, and notebooks with their cells, as they are on its screen."""

from __future__ import annotations

import functools
import io
import json
import os
import tokenize
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from lsprotocol import types
from pygls.uris import to_fs_path

from putfix.server.texts import Text

_PYTHON = "python"
_SUFFIXES = (".py", ".pyw")


@dataclass(frozen=True)
class Part:
    """A document of the editor's: a file, or a cell of a notebook."""

    uri: str
    version: int
    language: str
    text: Text

    @functools.cached_property
    def data(self) -> bytes:
        """The bytes that the file would have, in the encoding that it declares."""
        text = self.text.text
        data = text.encode("utf-8", "surrogatepass")
        try:
            return text.encode(tokenize.detect_encoding(io.BytesIO(data).readline)[0])
        except (SyntaxError, UnicodeError):
            return data  # which is then found to be no text

    @property
    def is_python(self) -> bool:
        """Whether it is a file, or a cell, of Python."""
        return self.language == _PYTHON or self.uri.endswith(_SUFFIXES)


@dataclass(frozen=True)
class Program:
    """What is analysed as a whole: a file, or a notebook.

    ``source`` is its text, of a notebook the JSON that a file would have, and ``parts`` are the documents by the
    numbers of the cells, as :class:`putfix.model.Result` counts them; a file is 0.
    """

    uri: str
    path: Path
    version: int
    source: str
    parts: Mapping[int, Part]

    def cell_of(self, uri: str) -> int | None:
        """The number of a document that is a part."""
        return next((number for number, part in self.parts.items() if part.uri == uri), None)


class Buffers:
    """The documents that are open. The texts of each count columns in units of ``encoding``."""

    def __init__(self, encoding: str = types.PositionEncodingKind.Utf16.value) -> None:
        self.encoding = encoding
        self.revision = 0
        """How often anything has changed."""
        self._parts: dict[str, Part] = {}
        self._notebooks: dict[str, types.NotebookDocument] = {}
        self._programs: dict[str, Program] = {}
        """Those that were asked for since they changed."""

    def open(self, document: types.TextDocumentItem) -> None:
        """A document was opened."""
        text = Text(document.text, self.encoding)
        self._keep(Part(document.uri, document.version, document.language_id, text))

    def change(
        self,
        document: types.VersionedTextDocumentIdentifier,
        changes: Sequence[types.TextDocumentContentChangeEvent],
    ) -> None:
        """A document, which is open, was changed in one way after the other."""
        part = self._parts.get(document.uri)
        if part is None:
            return
        text = part.text
        for change in changes:
            text = text.changed(change)
        self._keep(replace(part, version=document.version, text=text))

    def close(self, uri: str) -> None:
        """A document is no longer open."""
        self._parts.pop(uri, None)
        self._has_changed(uri)

    def open_notebook(self, opened: types.DidOpenNotebookDocumentParams) -> None:
        """A notebook was opened."""
        self._notebooks[opened.notebook_document.uri] = opened.notebook_document
        for each in opened.cell_text_documents:
            self.open(each)

    def change_notebook(self, params: types.DidChangeNotebookDocumentParams) -> None:
        """A notebook, which is open, was changed."""
        uri = params.notebook_document.uri
        notebook = self._notebooks.get(uri)
        if notebook is None:
            return
        changed = params.change.cells
        cells = list(notebook.cells)
        if changed is not None and changed.structure is not None:
            array = changed.structure.array
            cells[array.start : array.start + array.delete_count] = array.cells or []
            for opened in changed.structure.did_open or []:
                self.open(opened)
            for closed in changed.structure.did_close or []:
                self.close(closed.uri)
        for content in (changed.text_content if changed is not None else None) or []:
            self.change(content.document, content.changes)
        self._notebooks[uri] = types.NotebookDocument(
            uri, notebook.notebook_type, params.notebook_document.version, cells, notebook.metadata
        )
        self._has_changed(uri)

    def close_notebook(self, closed: types.DidCloseNotebookDocumentParams) -> None:
        """A notebook is no longer open."""
        for each in closed.cell_text_documents:
            self.close(each.uri)
        self._notebooks.pop(closed.notebook_document.uri, None)
        self._has_changed(closed.notebook_document.uri)

    def program(self, uri: str) -> Program | None:
        """The program that is, or has a part that is, the document at ``uri``; None where that is not open, or not of
        Python."""
        owner = self._owner(uri)
        if owner not in self._programs:
            made = self._of_notebook(self._notebooks[owner]) if owner in self._notebooks else self._of_file(owner)
            if made is None:
                return None
            self._programs[owner] = made
        return self._programs[owner]

    def is_open(self, program: Program) -> bool:
        """Whether a program is open, and has not changed."""
        return self._programs.get(program.uri) is program

    def programs(self) -> list[Program]:
        """All that is open."""
        return [program for uri in {*map(self._owner, self._parts)} if (program := self.program(uri)) is not None]

    def held(self) -> dict[str, bytes]:
        """What Python files hold in place of what is on disk, by their real paths."""
        return {os.path.realpath(path): part.data for path, part in self._files() if part.is_python}

    def are_held(self, events: Iterable[types.FileEvent]) -> bool:
        """Whether all changes on disk are of files that are open: what these hold here counts anyway."""
        held = self.held()
        changed = types.FileChangeType.Changed
        paths = [_path_of(event.uri) if event.type == changed else None for event in events]
        return all(path is not None and os.path.realpath(path) in held for path in paths)

    def _files(self) -> Iterator[tuple[str, Part]]:
        for uri, part in self._parts.items():
            path = _path_of(uri)
            if path is not None and self._owner(uri) == uri:
                yield path, part

    def _keep(self, part: Part) -> None:
        self._parts[part.uri] = part
        self._has_changed(part.uri)

    def _has_changed(self, uri: str) -> None:
        self._programs.pop(self._owner(uri), None)
        self.revision += 1

    def _owner(self, uri: str) -> str:
        """The notebook that a document is a cell of; any other is its own."""
        for notebook in self._notebooks.values():
            if any(cell.document == uri for cell in notebook.cells):
                return notebook.uri
        return uri

    def _of_file(self, uri: str) -> Program | None:
        part = self._parts.get(uri)
        if part is None or not part.is_python:
            return None
        return Program(uri, _file_of(uri, "untitled.py"), part.version, part.text.text, {0: part})

    def _of_notebook(self, notebook: types.NotebookDocument) -> Program:
        parts: dict[int, Part] = {}
        cells: list[dict[str, object]] = []
        for number, cell in enumerate(notebook.cells, start=1):
            part = self._parts.get(cell.document)
            is_code = cell.kind == types.NotebookCellKind.Code and part is not None and part.language == _PYTHON
            source = part.text.text if part is not None else ""
            cells.append({"cell_type": "code" if is_code else "markdown", "source": source})
            if part is not None:
                parts[number] = part
        path = _file_of(notebook.uri, "untitled.ipynb").with_suffix(".ipynb")
        return Program(notebook.uri, path, notebook.version, json.dumps({"cells": cells}), parts)


def _path_of(uri: str) -> str | None:
    return to_fs_path(uri) if uri.startswith("file:") else None


def _file_of(uri: str, name: str) -> Path:
    """The file of a document; where it has none, one of that name in the current directory, whose settings count."""
    path = _path_of(uri)
    return Path(path) if path is not None else Path(name)
