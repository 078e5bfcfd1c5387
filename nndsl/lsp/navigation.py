"""From a name to its places, in one text and across files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lsprotocol import types
from pygls import uris

from nndsl.ide.analysis import Analysis
from nndsl.ide.names import Symbol
from nndsl.ide.structure import links, outline
from nndsl.lsp.documents import Document
from nndsl.lsp.seeing import SYMBOLS, address
from nndsl.lsp.server import Server
from nndsl.source import Span
from nndsl.syntax import tree
from nndsl.syntax.tables import KEYWORDS


@dataclass(frozen=True, slots=True)
class Home:
    """A symbol in the text that defines it."""

    document: Document
    analysis: Analysis
    symbol: Symbol


def register(server: Server) -> None:
    """Answer the requests of this module."""
    _places(server)
    _renaming(server)


def _places(server: Server) -> None:
    @server.feature(types.TEXT_DOCUMENT_DEFINITION)
    def definition(ls: Server, params: types.DefinitionParams) -> list[types.Location] | None:
        document, analysis = ls.analysis(params.text_document.uri)
        offset = document.positions.offset(params.position)
        for start, end, kind, target in links(analysis):
            if kind == "file" and start - 1 <= offset <= end + 1:
                origin = types.Range(types.Position(0, 0), types.Position(0, 0))
                return [types.Location(address(document, kind, target), origin)]
        home = home_of(ls, document, analysis, offset)
        if home is None:
            return None
        place = home.symbol.definitions[0]
        return [types.Location(home.document.uri, home.document.positions.span(place))]

    @server.feature(types.TEXT_DOCUMENT_REFERENCES)
    def references(ls: Server, params: types.ReferenceParams) -> list[types.Location] | None:
        document, analysis = ls.analysis(params.text_document.uri)
        home = home_of(ls, document, analysis, document.positions.offset(params.position))
        if home is None:
            return None
        with_definition = params.context.include_declaration
        return [
            types.Location(where.uri, where.positions.span(span))
            for where, span in everywhere(ls, home)
            if with_definition or where is not home.document or span not in home.symbol.definitions
        ]

    @server.feature(types.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT)
    def highlight(
        ls: Server, params: types.DocumentHighlightParams
    ) -> list[types.DocumentHighlight] | None:
        document, analysis = ls.analysis(params.text_document.uri)
        met = analysis.names.at(document.positions.offset(params.position))
        if met is None:
            return None
        written, read = types.DocumentHighlightKind.Write, types.DocumentHighlightKind.Read
        return [
            types.DocumentHighlight(
                document.positions.span(place), written if place in met[0].definitions else read
            )
            for place in met[0].places
        ]

    @server.feature(types.WORKSPACE_SYMBOL)
    def workspace_symbols(
        ls: Server, params: types.WorkspaceSymbolParams
    ) -> list[types.WorkspaceSymbol]:
        wanted = params.query.lower()
        found = []
        for document in ls.documents.in_folders(ls.folders()):
            analysis = ls.documents.analysis(document)
            for one in outline(analysis):
                if wanted in one.name.lower() and one.kind != "train":
                    place = document.positions.range(one.name_start, one.name_end)
                    found.append(
                        types.WorkspaceSymbol(
                            types.Location(document.uri, place),
                            one.name,
                            SYMBOLS.get(one.kind, types.SymbolKind.Variable),
                            container_name=Path(document.path).name,
                        )
                    )
        return found


def _renaming(server: Server) -> None:
    @server.feature(types.TEXT_DOCUMENT_PREPARE_RENAME)
    def prepare(ls: Server, params: types.PrepareRenameParams) -> types.Range | None:
        document, analysis = ls.analysis(params.text_document.uri)
        offset = document.positions.offset(params.position)
        home = home_of(ls, document, analysis, offset)
        if home is None or not _may_change(home):
            return None
        met = analysis.names.at(offset)
        span = met[1] if met else analysis.names.outward_at(offset)
        place = span if isinstance(span, Span) else span[2] if span else None
        return document.positions.span(place) if place else None

    @server.feature(types.TEXT_DOCUMENT_RENAME, types.RenameOptions(prepare_provider=True))
    def rename(ls: Server, params: types.RenameParams) -> types.WorkspaceEdit | None:
        document, analysis = ls.analysis(params.text_document.uri)
        home = home_of(ls, document, analysis, document.positions.offset(params.position))
        name = params.new_name.strip()
        if home is None or not _may_change(home):
            return None
        _refuse(home, name)
        changes: dict[str, list[types.TextEdit]] = {}
        for where, span in everywhere(ls, home):
            edit = types.TextEdit(where.positions.span(span), name)
            changes.setdefault(where.uri, []).append(edit)
        return types.WorkspaceEdit(changes=changes)


def _may_change(home: Home) -> bool:
    """True for what is no part of the standard library."""
    return "/nndsl/std/" not in Path(home.document.path).as_posix()


def _refuse(home: Home, name: str) -> None:
    """Raise what says why a name cannot be taken."""
    from pygls.exceptions import JsonRpcInvalidParams

    if not name.isascii() or not name.isidentifier() or name in KEYWORDS:
        raise JsonRpcInvalidParams(f"`{name}` is no name of the language")
    index = home.analysis.names
    owner = home.symbol.owner
    scopes = [index.file]
    if owner is not None:
        scopes.append(index.bodies.get(owner.span.start, {}))
    else:
        scopes += index.bodies.values()
    prefix = "?" if home.symbol.kind == "size" else ""
    for scope in scopes:
        if prefix + name in scope and scope[prefix + name] is not home.symbol:
            raise JsonRpcInvalidParams(f"there is a `{name}` already")


def home_of(server: Server, document: Document, analysis: Analysis, offset: int) -> Home | None:
    """Return the symbol at an offset in the text that defines it, which an import may lead to."""
    met = analysis.names.at(offset)
    if met is not None:
        symbol = met[0]
        if symbol.kind != "import":
            return Home(document, analysis, symbol)
        return _imported(server, document, symbol)
    outward = analysis.names.outward_at(offset)
    if outward is None:
        return None
    callee, name, _ = outward
    home = _imported(server, document, analysis.names.file[callee])
    if home is None:
        return None
    found = home.analysis.names.body_of(callee).get(name)
    return Home(home.document, home.analysis, found) if found is not None else None


def _imported(server: Server, document: Document, symbol: Symbol, depth: int = 0) -> Home | None:
    """Return what an imported name stands for."""
    line = symbol.line
    if not isinstance(line, tree.Import) or depth > 64:
        return None
    other = server.document(_known_uri(server, address(document, "file", line.path)))
    analysis = server.documents.analysis(other)
    found = analysis.names.file.get(symbol.name)
    if found is None:
        return None
    if found.kind == "import":
        return _imported(server, other, found, depth + 1)
    return Home(other, analysis, found)


def _known_uri(server: Server, uri: str) -> str:
    """Return the address by which a client knows a file, if it has it open."""
    path = uris.to_fs_path(uri) or uri
    for document in server.documents.open.values():
        if str(Path(document.path).resolve()) == str(Path(path).resolve()):
            return document.uri
    return uri


def everywhere(server: Server, home: Home) -> Iterator[tuple[Document, Span]]:
    """Yield all places of a symbol, in its own text and in those that import it."""
    for span in home.symbol.places:
        yield home.document, span
    owner = home.symbol.owner
    name = owner.name.text if owner is not None else home.symbol.name
    outside = home.symbol.kind in ("block", "model", "extern") or (
        owner is not None and home.symbol.kind in ("parameter", "input")
    )
    if not outside:
        return
    path = str(Path(home.document.path).resolve())
    for document in server.documents.in_folders(server.folders()):
        if str(Path(document.path).resolve()) == path:
            continue
        analysis = server.documents.analysis(document)
        symbol = analysis.names.file.get(name)
        if symbol is None or symbol.kind != "import":
            continue
        imported = _imported(server, document, symbol)
        if imported is None or str(Path(imported.document.path).resolve()) != path:
            continue
        if owner is None:
            for span in symbol.places:
                yield document, span
        else:
            for callee, argument, span in analysis.names.outward:
                if (callee, argument) == (name, home.symbol.name):
                    yield document, span
