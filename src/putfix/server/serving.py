"""The server: what the editor tells and asks, and what it is told."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcContentModified, JsonRpcException
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol, lsp_method

from putfix.analysis.decisions.advice import ADVICE
from putfix.analysis.decisions.obstacles import REASONS
from putfix.files.configuration import NAMES, BrokenConfiguration
from putfix.model import Result
from putfix.report import editor
from putfix.report.notices import NOTICES
from putfix.server import actions, diagnostics
from putfix.server.buffers import Buffers, Program
from putfix.server.examiner import Examiner, OutdatedError, Snapshot
from putfix.server.surroundings import Surroundings
from putfix.version import __version__

DELAY = 0.15
"""How many seconds of rest after a change the findings are looked for, where that takes long."""
_SOON = 0.1
"""How many seconds of processor time that may take where it is begun at once: a key is pressed every 0.2 s or so."""
_WATCHED = ("**/*.py", "**/*.pyw", *(f"**/{name}" for name in NAMES))
_REGISTRATION = "putfix-files"
_REASONS: dict[str, Callable[..., object]] = {**NOTICES, **REASONS, **ADVICE}
"""What gives each code, and explains it."""


class Protocol(LanguageServerProtocol):
    """Leaves changes of texts to :class:`Buffers`, which divides them into lines as editors do."""

    @lsp_method(types.TEXT_DOCUMENT_DID_CHANGE)
    def lsp_text_document__did_change(self, params: types.DidChangeTextDocumentParams) -> Iterator[Any]:
        """A document was changed."""
        yield self.fm.features[types.TEXT_DOCUMENT_DID_CHANGE], (params,), None

    @lsp_method(types.NOTEBOOK_DOCUMENT_DID_CHANGE)
    def lsp_notebook_document__did_change(self, params: types.DidChangeNotebookDocumentParams) -> Iterator[Any]:
        """A notebook was changed."""
        yield self.fm.features[types.NOTEBOOK_DOCUMENT_DID_CHANGE], (params,), None


class Server(LanguageServer):
    """One session with an editor."""

    def __init__(self) -> None:
        super().__init__(
            "putfix",
            __version__,
            notebook_document_sync=types.NotebookDocumentSyncOptions(
                # All cells, so that they are counted as on the screen.
                [types.NotebookDocumentFilterWithNotebook(types.NotebookDocumentFilterNotebookType("jupyter-notebook"))]
            ),
            protocol_cls=Protocol,
        )
        self.was_shut_down = False
        self.watches = False
        """Whether the editor tells of changes on disk."""
        self.buffers = Buffers()
        self.surroundings = Surroundings()
        self.examiner = Examiner(lambda program: self.buffers.is_open(program))
        self._checks: dict[str, asyncio.Task[None]] = {}
        self._shown: dict[str, set[str]] = {}
        """The documents of each program that something is said of."""
        self._told: set[tuple[int, BrokenConfiguration]] = set()
        """The configuration files that the user was told of, each time that they were read."""

    def snapshot(self, uri: str) -> Snapshot | None:
        """What is to be analysed for the document at ``uri``; None where it is none of Python, or its configuration
        cannot be used, of which the user is told once."""
        program = self.buffers.program(uri)
        if program is None:
            return None
        settings = self.surroundings.settings(program.path)
        if isinstance(settings, BrokenConfiguration):
            self._tell(settings)
            return None
        return Snapshot(program, settings, self.surroundings.project, self.buffers.held(), self.buffers.revision)

    def check(self, uri: str, *, resting: bool = False) -> None:
        """Say what is found in the program that a document is of: at once, but where that takes long, and the program
        is ``resting``, only if nothing changes for a moment."""
        self.examiner.rest()
        program = self.buffers.program(uri)
        if program is None:
            return
        waiting = self._checks.pop(program.uri, None)
        if waiting is not None:
            waiting.cancel()
        after = DELAY if resting and self.examiner.took(program.uri) > _SOON else 0
        self._checks[program.uri] = asyncio.ensure_future(self._check(program.uri, after))

    def check_all(self) -> None:
        """The same for all that is open: what is around it has changed."""
        for program in self.buffers.programs():
            self.check(program.uri, resting=True)

    def close(self, uri: str) -> None:
        """A program is no longer open: nothing is said of it any more."""
        waiting = self._checks.pop(uri, None)
        if waiting is not None:
            waiting.cancel()
        self.examiner.forget(uri)
        self._clear(uri)

    async def _check(self, uri: str, after: float) -> None:
        await asyncio.sleep(after)
        snapshot = self.snapshot(uri)
        if snapshot is None:
            self._clear(uri)
            return
        try:
            result = await self.examiner.found(snapshot)
        except OutdatedError:
            return  # another check waits
        if not diagnostics.is_unfinished(result) and self.buffers.is_open(snapshot.program):
            self._publish(snapshot.program, result)
            if any(finding.may_be_assumed for finding in result.findings):
                self.examiner.prepare([(snapshot.with_unsafe(), None)])  # which offers will need

    def _publish(self, program: Program, result: Result) -> None:
        capabilities = self.client_capabilities.text_document
        shows = capabilities.publish_diagnostics if capabilities is not None else None
        found = diagnostics.diagnostics(program, result, related=bool(shows and shows.related_information))
        versions = {part.uri: part.version for part in program.parts.values()}
        for uri in self._shown.pop(program.uri, set()) - found.keys():
            self._say(uri, [], None)
        for uri, said in found.items():
            self._say(uri, said, versions[uri])
        self._shown[program.uri] = set(found)

    def _clear(self, uri: str) -> None:
        for each in self._shown.pop(uri, set()):
            self._say(each, [], None)

    def _say(self, uri: str, said: list[types.Diagnostic], version: int | None) -> None:
        self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, said, version))

    def _tell(self, broken: BrokenConfiguration) -> None:
        said = self.surroundings.readings, broken
        if said not in self._told:
            self._told.add(said)
            for problem in broken.problems:
                message = editor.broken(broken.path, problem)
                self.window_show_message(types.ShowMessageParams(types.MessageType.Error, message))


def make() -> Server:
    """A server that is ready to be started."""
    server = Server()
    for name, (handle, options) in _HANDLERS.items():
        server.feature(name, options)(handle)
    return server


def _initialize(server: Server, _params: types.InitializeParams) -> None:
    encoding = server.workspace.position_encoding or types.PositionEncodingKind.Utf16
    server.buffers = Buffers(types.PositionEncodingKind(encoding).value)


def _initialized(server: Server, _params: types.InitializedParams) -> None:
    """Ask to be told of changes on disk, where the editor can do that."""
    workspace = server.client_capabilities.workspace
    watching = workspace.did_change_watched_files if workspace is not None else None
    if watching is None or not watching.dynamic_registration:
        return
    server.watches = True
    options = types.DidChangeWatchedFilesRegistrationOptions([types.FileSystemWatcher(each) for each in _WATCHED])
    registration = types.Registration(_REGISTRATION, types.WORKSPACE_DID_CHANGE_WATCHED_FILES, options)
    server.client_register_capability(types.RegistrationParams([registration]))


def _shutdown(server: Server, _params: None) -> None:
    server.was_shut_down = True


def _opened(server: Server, params: types.DidOpenTextDocumentParams) -> None:
    server.buffers.open(params.text_document)
    _look_around(server)
    server.check(params.text_document.uri)


def _changed(server: Server, params: types.DidChangeTextDocumentParams) -> None:
    server.buffers.change(params.text_document, params.content_changes)
    server.check(params.text_document.uri, resting=True)


def _saved(server: Server, _params: types.DidSaveTextDocumentParams) -> None:
    _look_around(server)
    server.check_all()


def _closed(server: Server, params: types.DidCloseTextDocumentParams) -> None:
    server.buffers.close(params.text_document.uri)
    server.surroundings.renew()  # what is on disk counts again
    server.close(params.text_document.uri)


def _opened_notebook(server: Server, params: types.DidOpenNotebookDocumentParams) -> None:
    server.buffers.open_notebook(params)
    _look_around(server)
    server.check(params.notebook_document.uri)


def _changed_notebook(server: Server, params: types.DidChangeNotebookDocumentParams) -> None:
    server.buffers.change_notebook(params)
    server.check(params.notebook_document.uri, resting=True)


def _saved_notebook(server: Server, _params: types.DidSaveNotebookDocumentParams) -> None:
    _look_around(server)
    server.check_all()


def _closed_notebook(server: Server, params: types.DidCloseNotebookDocumentParams) -> None:
    server.buffers.close_notebook(params)
    server.close(params.notebook_document.uri)


def _changed_on_disk(server: Server, params: types.DidChangeWatchedFilesParams) -> None:
    if not server.buffers.are_held(params.changes):
        server.surroundings.renew()
    server.check_all()


def _look_around(server: Server) -> None:
    """Read anew what is on disk, where the editor does not tell of changes."""
    if not server.watches:
        server.surroundings.renew()


async def _hover(server: Server, params: types.HoverParams) -> types.Hover | None:
    uri = params.text_document.uri
    snapshot = server.snapshot(uri)
    if snapshot is None:
        return None
    result = await _found(server, snapshot)
    document = server.client_capabilities.text_document
    formats = document.hover.content_format if document is not None and document.hover is not None else None
    markdown = types.MarkupKind.Markdown in (formats or ())
    return diagnostics.hover(snapshot.program, uri, params.position, result, _REASONS, markdown=markdown)


async def _offer(server: Server, params: types.CodeActionParams) -> list[types.CodeAction]:
    """The actions for a place, or for the file that it is in."""
    uri, only = params.text_document.uri, params.context.only
    snapshot = server.snapshot(uri)
    if snapshot is None:
        return []
    program, result = snapshot.program, await _found(server, snapshot)
    offers: list[actions.Offer] = []
    if actions.is_asked_for(actions.QUICK_FIX, only):
        near = actions.near(program, uri, params.range, result)
        assumable = any(finding.may_be_assumed for finding in near)
        offers += actions.about(near, await _found(server, snapshot.with_unsafe()) if assumable else None)
    if actions.is_asked_for(actions.FIX_ALL, only):
        offers += actions.about_all(result)
    offered = [offer.action(program) for offer in offers]
    if not _resolves(server):
        return await _resolved(server, offered)
    server.examiner.prepare((_meant(snapshot, offer.does), offer.wanted) for offer in actions.likely(offers))
    return offered


def _meant(snapshot: Snapshot, does: actions.Does) -> Snapshot:
    """The snapshot that an action is about."""
    return snapshot.with_unsafe() if does is actions.Does.HOIST_UNSAFE else snapshot


async def _resolved(server: Server, offered: list[types.CodeAction]) -> list[types.CodeAction]:
    """The actions with their edits, those that can have one."""
    made: list[types.CodeAction] = []
    for action in offered:
        with contextlib.suppress(JsonRpcException):
            made.append(await _resolve(server, action))
    return made


async def _resolve(server: Server, action: types.CodeAction) -> types.CodeAction:
    """The action with its edit."""
    try:
        choice = actions.Choice.of(action)
    except ValueError as error:
        raise JsonRpcContentModified(str(error)) from error
    snapshot = server.snapshot(choice.uri)
    if snapshot is None or snapshot.program.version != choice.version:
        raise JsonRpcContentModified(editor.GONE)
    result = await _made(server, snapshot, choice)
    workspace = server.client_capabilities.workspace
    edits = workspace.workspace_edit if workspace is not None else None
    versioned = edits is not None and bool(edits.document_changes)
    action.edit = actions.workspace_edit(snapshot.program, result, versioned=versioned)
    return action


async def _made(server: Server, snapshot: Snapshot, choice: actions.Choice) -> Result:
    """What an action makes of a program."""
    snapshot = _meant(snapshot, choice.does)
    finding = choice.finding(await _found(server, snapshot))
    if finding is None and choice.does is not actions.Does.HOIST_ALL:
        raise JsonRpcContentModified(editor.GONE)
    try:
        result = await server.examiner.made(snapshot, choice.does.wanted(finding))
    except OutdatedError as error:
        raise JsonRpcContentModified(editor.GONE) from error
    refusal = choice.refusal(result, finding)
    if refusal is not None:
        raise JsonRpcException(refusal, types.LSPErrorCodes.RequestFailed)
    return result


async def _found(server: Server, snapshot: Snapshot) -> Result:
    try:
        return await server.examiner.found(snapshot)
    except OutdatedError as error:
        raise JsonRpcContentModified(editor.GONE) from error


def _resolves(server: Server) -> bool:
    """Whether the editor asks for the edit of an action when that is chosen, and keeps what the server knows it by."""
    document = server.client_capabilities.text_document
    offering = document.code_action if document is not None else None
    support = offering.resolve_support if offering is not None else None
    return support is not None and "edit" in support.properties and bool(offering and offering.data_support)


_HANDLERS: dict[str, tuple[Callable[..., Any], Any]] = {
    types.INITIALIZE: (_initialize, None),
    types.INITIALIZED: (_initialized, None),
    types.SHUTDOWN: (_shutdown, None),
    types.TEXT_DOCUMENT_DID_OPEN: (_opened, None),
    types.TEXT_DOCUMENT_DID_CHANGE: (_changed, None),
    types.TEXT_DOCUMENT_DID_SAVE: (_saved, None),
    types.TEXT_DOCUMENT_DID_CLOSE: (_closed, None),
    types.NOTEBOOK_DOCUMENT_DID_OPEN: (_opened_notebook, None),
    types.NOTEBOOK_DOCUMENT_DID_CHANGE: (_changed_notebook, None),
    types.NOTEBOOK_DOCUMENT_DID_SAVE: (_saved_notebook, None),
    types.NOTEBOOK_DOCUMENT_DID_CLOSE: (_closed_notebook, None),
    types.WORKSPACE_DID_CHANGE_WATCHED_FILES: (_changed_on_disk, None),
    types.TEXT_DOCUMENT_HOVER: (_hover, None),
    types.TEXT_DOCUMENT_CODE_ACTION: (
        _offer,
        types.CodeActionOptions([actions.QUICK_FIX, actions.FIX_ALL], resolve_provider=True),
    ),
    types.CODE_ACTION_RESOLVE: (_resolve, None),
}
"""What is done at each message, and what the editor is told about that."""
