"""An editor: a client of the language server over standard input and output, that keeps what it is told.

    async with Editor.session(folder) as editor:
        uri = editor.open(folder / "job.py", text)
        told = await editor.told(uri)

``edited`` applies edits as the protocol has it, and shares no code with the server.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import re
import sys
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

from lsprotocol import types
from pygls.lsp.client import LanguageClient

SERVER = (sys.executable, "-m", "putfix.server")
LONGEST = 30
"""How many seconds anything is waited for."""
_ENCODINGS = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2), "utf-32": ("utf-32-le", 4)}

CAPABLE = types.ClientCapabilities(
    workspace=types.WorkspaceClientCapabilities(
        workspace_edit=types.WorkspaceEditClientCapabilities(document_changes=True),
        did_change_watched_files=types.DidChangeWatchedFilesClientCapabilities(dynamic_registration=True),
    ),
    text_document=types.TextDocumentClientCapabilities(
        publish_diagnostics=types.PublishDiagnosticsClientCapabilities(related_information=True),
        hover=types.HoverClientCapabilities(content_format=[types.MarkupKind.Markdown]),
        code_action=types.CodeActionClientCapabilities(
            data_support=True, resolve_support=types.ClientCodeActionResolveOptions(["edit"])
        ),
    ),
)
"""An editor that can do all that the server has a use for."""
PLAIN = types.ClientCapabilities()
"""One that can do nothing of that."""


class Editor(LanguageClient):
    """One session. ``texts`` are the documents by their addresses, and ``encoding`` is what positions are told in."""

    def __init__(self) -> None:
        super().__init__("editor", "1")
        self.texts: dict[str, str] = {}
        self.versions: dict[str, int] = {}
        self.encoding = "utf-16"
        self.messages: list[str] = []
        self.registered: list[str] = []
        self.answer: types.InitializeResult | None = None
        self.code: int | None = None
        self.errors = b""
        self._published: asyncio.Queue[types.PublishDiagnosticsParams] = asyncio.Queue()
        self._process: asyncio.subprocess.Process | None = None

    @classmethod
    @contextlib.asynccontextmanager
    async def session(
        cls, folder: Path, capabilities: types.ClientCapabilities = CAPABLE, encodings: Sequence[str] | None = None
    ) -> AsyncIterator[Editor]:
        """A session with a server whose current directory is ``folder``, ended in the end as the protocol has it."""
        editor = cls()
        await editor.begin(folder, capabilities, encodings)
        try:
            yield editor
            await asyncio.wait_for(editor.end(), LONGEST)
        finally:
            editor.kill()

    async def begin(
        self, folder: Path, capabilities: types.ClientCapabilities, encodings: Sequence[str] | None = None
    ) -> None:
        """Start the server, and tell it what the editor can do."""
        self.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)(lambda said: self._published.put_nowait(said))
        self.feature(types.WINDOW_SHOW_MESSAGE)(lambda said: self.messages.append(said.message))
        self.feature(types.CLIENT_REGISTER_CAPABILITY)(lambda params: self._register(params))
        await self.start_io(*SERVER, cwd=folder)
        self._process = self._server
        general = types.GeneralClientCapabilities(position_encodings=list(encodings) if encodings else None)
        given = types.ClientCapabilities(capabilities.workspace, capabilities.text_document, general=general)
        self.answer = await self.initialize_async(types.InitializeParams(given, root_uri=folder.as_uri()))
        self.encoding = types.PositionEncodingKind(self.answer.capabilities.position_encoding).value
        self.initialized(types.InitializedParams())

    def _register(self, params: types.RegistrationParams) -> None:
        self.registered += [each.method for each in params.registrations]

    async def end(self) -> None:
        """End the session; ``code`` is the exit code then, and ``errors`` what the server printed."""
        await self.shutdown_async(None)
        self.exit(None)
        await self.wait()

    async def wait(self) -> None:
        """Wait for the end of the server."""
        assert self._process is not None
        assert self._process.stderr is not None
        self.errors = await self._process.stderr.read()
        self.code = await self._process.wait()

    def kill(self) -> None:
        """End the server, if it still runs."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()

    def open(self, path: Path, text: str, language: str = "python") -> str:
        """Open a document; its address."""
        uri = path.as_uri()
        self.texts[uri], self.versions[uri] = text, 1
        self.text_document_did_open(types.DidOpenTextDocumentParams(types.TextDocumentItem(uri, language, 1, text)))
        return uri

    def type(self, uri: str, *edits: types.TextEdit) -> None:
        """Make one edit after the other, and tell the server of all at once."""
        self.versions[uri] += 1
        changes: list[types.TextDocumentContentChangeEvent] = []
        for edit in edits:
            self.texts[uri] = edited(self.texts[uri], [edit], self.encoding)
            changes.append(types.TextDocumentContentChangePartial(edit.range, edit.new_text))
        self._change(uri, changes)

    def replace(self, uri: str, text: str) -> None:
        """Put another text in place of that of a document."""
        self.versions[uri] += 1
        self.texts[uri] = text
        self._change(uri, [types.TextDocumentContentChangeWholeDocument(text)])

    def _change(self, uri: str, changes: list[types.TextDocumentContentChangeEvent]) -> None:
        identifier = types.VersionedTextDocumentIdentifier(self.versions[uri], uri)
        self.text_document_did_change(types.DidChangeTextDocumentParams(identifier, changes))

    def save(self, uri: str, path: Path) -> None:
        """Write a document to its file."""
        path.write_bytes(self.texts[uri].encode())
        self.text_document_did_save(types.DidSaveTextDocumentParams(types.TextDocumentIdentifier(uri)))

    async def told(self, uri: str) -> list[types.Diagnostic]:
        """What is said of a document, of the version that it has, when that comes."""
        while True:
            said = await asyncio.wait_for(self._published.get(), LONGEST)
            if said.uri == uri and said.version in (None, self.versions.get(uri)):
                return list(said.diagnostics)

    async def hover(self, uri: str, place: types.Position) -> str | None:
        """What is said at a place."""
        document = types.TextDocumentIdentifier(uri)
        found = await self.text_document_hover_async(types.HoverParams(document, place))
        if found is None:
            return None
        assert isinstance(found.contents, types.MarkupContent)
        return found.contents.value

    async def actions(self, uri: str, place: types.Range, only: list[str] | None = None) -> dict[str, types.CodeAction]:
        """The actions at a place, by their titles."""
        context = types.CodeActionContext([], list(only) if only is not None else None)
        asked = types.CodeActionParams(types.TextDocumentIdentifier(uri), place, context)
        found = await self.text_document_code_action_async(asked)
        return {each.title: each for each in found or [] if isinstance(each, types.CodeAction)}

    async def chosen(self, action: types.CodeAction) -> dict[str, str]:
        """The documents that an action changes, as it makes them. Those of other versions are refused."""
        if action.edit is None:
            action = await self.code_action_resolve_async(action)
        assert action.edit is not None
        texts = dict[str, str]()
        for uri, edits in (action.edit.changes or {}).items():
            texts[uri] = edited(self.texts[uri], edits, self.encoding)
        for each in action.edit.document_changes or []:
            assert isinstance(each, types.TextDocumentEdit)
            uri = each.text_document.uri
            assert each.text_document.version == self.versions[uri]
            plain = [edit for edit in each.edits if isinstance(edit, types.TextEdit)]
            assert len(plain) == len(each.edits)
            texts[uri] = edited(self.texts[uri], plain, self.encoding)
        return texts


def edited(text: str, edits: Sequence[types.TextEdit], encoding: str) -> str:
    """A text with edits whose places are all of the text before, and do not overlap."""
    places = [(_offset(text, each.range.start, encoding), _offset(text, each.range.end, encoding)) for each in edits]
    ordered = sorted(zip(places, edits, strict=True), key=lambda each: each[0])
    assert len({start for (start, _), _ in ordered}) == len(ordered), "which one comes first is up to the editor"
    assert all(one[0][1] <= other[0][0] for one, other in itertools.pairwise(ordered))
    for (start, end), edit in reversed(ordered):
        text = f"{text[:start]}{edit.new_text}{text[end:]}"
    return text


def _offset(text: str, place: types.Position, encoding: str) -> int:
    codec, width = _ENCODINGS[encoding]
    begins = [0, *(match.end() for match in re.finditer(r"\r\n|\r|\n", text))]
    line = re.split(r"\r\n|\r|\n", text[begins[place.line] :], maxsplit=1)[0]
    data = line.encode(codec)
    assert place.character * width <= len(data), "behind the end of the line"
    return begins[place.line] + len(data[: place.character * width].decode(codec))


def whole(text: str) -> types.Range:
    """All of a text."""
    return types.Range(types.Position(0, 0), types.Position(text.count("\n"), 0))


def at(text: str, words: str, encoding: str = "utf-16") -> types.Position:
    """Where some words begin in a text whose lines end with LF."""
    before = text[: text.index(words)].rpartition("\n")[2]
    codec, width = _ENCODINGS[encoding]
    return types.Position(text[: text.index(words)].count("\n"), len(before.encode(codec)) // width)


def run(scenario: Any) -> None:
    """Go through a scenario."""
    asyncio.run(asyncio.wait_for(scenario, 2 * LONGEST))
