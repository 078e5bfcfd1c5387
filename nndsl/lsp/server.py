"""The server: which request is answered by what of `nndsl.ide`."""

from __future__ import annotations

import asyncio
import gc
import logging
from collections.abc import Iterable
from importlib import import_module
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.lsp.server import LanguageServer

from nndsl import __version__
from nndsl.ide.analysis import Analysis
from nndsl.lsp.diagnostics import to_protocol
from nndsl.lsp.documents import Document, Documents, Host, settings_of

#: So long a text is let alone before it is checked; what is typed meanwhile comes first.
PAUSE = 0.001
#: So long nothing is typed before what is no longer needed is looked for, which takes time.
IDLE = 0.3
#: So many objects more than before are worth it; with so many, it is not put off.
SOME_OBJECTS, MANY_OBJECTS = 50_000, 1_000_000
#: What the first findings need not wait for.
LATER = ("nndsl.ide.completion", "nndsl.fmt")
#: So long a request that takes time waits for newer text, which would make its answer useless.
OVERTAKING = 0.002
CONTENT_MODIFIED = -32801


class Server(LanguageServer):
    """Holds the open texts, and publishes what is found in them."""

    def __init__(self, host: Host) -> None:
        super().__init__(
            "nndsl", __version__, text_document_sync_kind=types.TextDocumentSyncKind.Incremental
        )
        self.documents = Documents(host)
        self.settings: dict[str, Any] = {}
        self.tasks: dict[str, asyncio.Task[None]] = {}
        #: The last tokens of each text, for those who ask what changed.
        self.tokens: dict[str, tuple[str, list[int]]] = {}
        self.token_count = 0

    # ---- Texts

    def document(self, uri: str) -> Document:
        return self.documents.get(uri)

    def analysis(self, uri: str) -> tuple[Document, Analysis]:
        document = self.document(uri)
        return document, self.documents.analysis(document)

    async def settled(self, uri: str) -> tuple[Document, Analysis]:
        """Return a text for a request that takes time; one that is overtaken by typing is ended."""
        before = self.document(uri)
        await asyncio.sleep(OVERTAKING)
        if before.version is not None and self.document(uri).version != before.version:
            raise JsonRpcException("the text has changed", CONTENT_MODIFIED)
        return self.analysis(uri)

    def setting(self, name: str, default: bool = True) -> bool:
        return settings_of(self.settings, name, default)

    def folders(self) -> list[str]:
        from pygls import uris

        found = [uris.to_fs_path(uri) for uri in self.workspace.folders]
        if not found and self.workspace.root_path:
            found = [self.workspace.root_path]
        return [folder for folder in found if folder]

    # ---- Diagnostics

    def changed(self, uri: str) -> None:
        """Take over a text from the client, and check it as soon as nothing else is to be done."""
        text = self.workspace.get_text_document(uri)
        document = self.documents.update(uri, text.version, text.source)
        self.schedule(document)
        for other in self.documents.importing(document.path):
            if other.uri != uri:
                self.schedule(other)

    def schedule(self, document: Document) -> None:
        running = self.tasks.pop(document.uri, None)
        if running is not None:
            running.cancel()
        self.tasks[document.uri] = asyncio.ensure_future(self._publish_soon(document.uri))

    async def _publish_soon(self, uri: str) -> None:
        await asyncio.sleep(PAUSE)
        self.publish(uri)
        # The collector is off: it would begin in the middle of a check.
        await asyncio.sleep(0 if gc.get_count()[0] > MANY_OBJECTS else IDLE)
        if gc.get_count()[0] > SOME_OBJECTS:
            gc.collect()
        for module in LATER:
            import_module(module)

    def publish(self, uri: str) -> None:
        """Check a text and publish what is found."""
        if uri not in self.documents.open:
            return
        document, analysis = self.analysis(uri)
        self.text_document_publish_diagnostics(
            types.PublishDiagnosticsParams(
                uri, to_protocol(self.documents, document, analysis.diagnostics), document.version
            )
        )

    def refresh(self) -> None:
        """Ask the client to ask again for what it shows beside the text."""
        capabilities = self.client_capabilities.workspace
        if capabilities is None:
            return
        hints = capabilities.inlay_hint
        if hints is not None and hints.refresh_support:
            self.workspace_inlay_hint_refresh(None)


def make_server(host: Host) -> Server:
    """Return a server that answers all requests."""
    from nndsl.lsp import changing, editing, navigation, seeing

    logging.getLogger("pygls").addFilter(_is_a_fault)
    for name in ("pygls.protocol.json_rpc", "pygls.server"):
        logging.getLogger(name).addFilter(_is_a_fault)
    server = Server(host)
    _follow_texts(server)
    for room in (editing, seeing, navigation, changing):
        room.register(server)
    return server


def _is_a_fault(record: logging.LogRecord) -> bool:
    """False for a request that was refused with a reason, which the client is told."""
    return record.exc_info is None or not isinstance(record.exc_info[1], JsonRpcException)


def _follow_texts(server: Server) -> None:
    @server.feature(types.INITIALIZED)
    def initialized(ls: Server, params: types.InitializedParams) -> None:
        ls.documents.encoding = str(
            getattr(ls.workspace.position_encoding, "value", ls.workspace.position_encoding)
            or "utf-16"
        )

    @server.feature(types.INITIALIZE)
    def initialize(ls: Server, params: types.InitializeParams) -> None:
        if isinstance(params.initialization_options, dict):
            ls.settings = params.initialization_options

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def did_open(ls: Server, params: types.DidOpenTextDocumentParams) -> None:
        ls.changed(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def did_change(ls: Server, params: types.DidChangeTextDocumentParams) -> None:
        ls.changed(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    def did_save(ls: Server, params: types.DidSaveTextDocumentParams) -> None:
        check_again(ls, [params.text_document.uri])

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def did_close(ls: Server, params: types.DidCloseTextDocumentParams) -> None:
        uri = params.text_document.uri
        ls.documents.close(uri)
        ls.tokens.pop(uri, None)
        task = ls.tasks.pop(uri, None)
        if task is not None:
            task.cancel()
        ls.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, []))

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def watched(ls: Server, params: types.DidChangeWatchedFilesParams) -> None:
        check_again(ls, [change.uri for change in params.changes])

    @server.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)
    def configured(ls: Server, params: types.DidChangeConfigurationParams) -> None:
        given = params.settings
        if isinstance(given, dict):
            ls.settings = given.get("nndsl", given)
        check_again(ls, list(ls.documents.open))
        ls.refresh()


def check_again(server: Server, uris_changed: Iterable[str]) -> None:
    """Check what may have changed on the disk, and all that imports it."""
    from pygls import uris

    for uri in uris_changed:
        path = uris.to_fs_path(uri) or uri
        touched = server.documents.importing(path)
        if uri in server.documents.open:
            touched = [server.documents.open[uri], *touched]
        for document in touched:
            document.analysis = None
            server.schedule(document)
