"""What is shown beside and over the text: hover, hints, outline, colours, folds, links, lenses."""

from __future__ import annotations

from pathlib import Path

from lsprotocol import types
from pygls import uris

from nndsl.ide.hints import hints
from nndsl.ide.hover import hover
from nndsl.ide.structure import (
    TOKEN_MODIFIERS,
    TOKEN_TYPES,
    Outlined,
    folds,
    links,
    meaning_tokens,
    outline,
    selections,
)
from nndsl.lsp.documents import Document
from nndsl.lsp.server import Server
from nndsl.syntax import tree

_LEGEND = types.SemanticTokensLegend(list(TOKEN_TYPES), list(TOKEN_MODIFIERS))
SYMBOLS = {
    "model": types.SymbolKind.Class,
    "block": types.SymbolKind.Function,
    "extern": types.SymbolKind.Interface,
    "constant": types.SymbolKind.Constant,
    "input": types.SymbolKind.Field,
    "tensor": types.SymbolKind.Variable,
    "layer": types.SymbolKind.Object,
    "train": types.SymbolKind.Namespace,
    "setting": types.SymbolKind.Property,
}


def register(server: Server) -> None:
    """Answer the requests of this module."""
    _over_the_text(server)
    _beside_the_text(server)
    _colours(server)


def _over_the_text(server: Server) -> None:
    @server.feature(types.TEXT_DOCUMENT_HOVER)
    def on_hover(ls: Server, params: types.HoverParams) -> types.Hover | None:
        document, analysis = ls.analysis(params.text_document.uri)
        found = hover(analysis, document.positions.offset(params.position))
        if found is None:
            return None
        content = types.MarkupContent(types.MarkupKind.Markdown, found.text)
        return types.Hover(content, document.positions.range(found.start, found.end))

    @server.feature(types.TEXT_DOCUMENT_INLAY_HINT)
    async def on_hints(ls: Server, params: types.InlayHintParams) -> list[types.InlayHint]:
        document, analysis = await ls.settled(params.text_document.uri)
        start = document.positions.offset(params.range.start)
        end = document.positions.offset(params.range.end)
        found = hints(
            analysis,
            start,
            end,
            shapes=ls.setting("inlayHints.shapes"),
            parameters=ls.setting("inlayHints.parameters"),
        )
        return [
            types.InlayHint(
                document.positions.position(hint.offset),
                hint.text,
                kind=types.InlayHintKind.Type if hint.kind == "shape" else None,
                tooltip=hint.tooltip or None,
                padding_left=True,
            )
            for hint in found
        ]

    @server.feature(types.TEXT_DOCUMENT_CODE_LENS)
    def on_lenses(ls: Server, params: types.CodeLensParams) -> list[types.CodeLens]:
        document, analysis = ls.analysis(params.text_document.uri)
        found = []
        for line in analysis.module.definitions:
            if not isinstance(line, tree.Model):
                continue
            place = document.positions.range(line.span.start, line.span.end)
            shaped = analysis.checked.shaped.models.get(line.name.text)
            arguments = [document.uri, line.name.text]
            if shaped is not None and shaped.trainable is not None:
                total = shaped.trainable + (shaped.non_trainable or 0)
                title = f"{total:,} parameters"
                if shaped.multiply_adds:
                    title += f", {shaped.multiply_adds:,} multiply-adds"
                found.append(_lens(place, title, "nndsl.summary", arguments))
            found.append(_lens(place, "show graph", "nndsl.graph", arguments))
            found.append(_lens(place, "compile", "nndsl.compile", arguments))
        return found


def _lens(place: types.Range, title: str, command: str, arguments: list[str]) -> types.CodeLens:
    return types.CodeLens(place, types.Command(title, command, arguments=arguments))


def _beside_the_text(server: Server) -> None:
    @server.feature(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
    def on_symbols(ls: Server, params: types.DocumentSymbolParams) -> list[types.DocumentSymbol]:
        document, analysis = ls.analysis(params.text_document.uri)
        return [_symbol(document, one) for one in outline(analysis)]

    @server.feature(types.TEXT_DOCUMENT_FOLDING_RANGE)
    def on_folds(ls: Server, params: types.FoldingRangeParams) -> list[types.FoldingRange]:
        _, analysis = ls.analysis(params.text_document.uri)
        return [types.FoldingRange(start, end, kind=kind) for start, end, kind in folds(analysis)]

    @server.feature(types.TEXT_DOCUMENT_SELECTION_RANGE)
    def on_selections(ls: Server, params: types.SelectionRangeParams) -> list[types.SelectionRange]:
        document, analysis = ls.analysis(params.text_document.uri)
        found = []
        for position in params.positions:
            made: types.SelectionRange | None = None
            parts = selections(analysis, document.positions.offset(position))
            for start, end in reversed(parts):
                made = types.SelectionRange(document.positions.range(start, end), made)
            found.append(made or types.SelectionRange(types.Range(position, position)))
        return found

    @server.feature(types.TEXT_DOCUMENT_DOCUMENT_LINK)
    def on_links(ls: Server, params: types.DocumentLinkParams) -> list[types.DocumentLink]:
        document, analysis = ls.analysis(params.text_document.uri)
        return [
            types.DocumentLink(
                document.positions.range(start, end), address(document, kind, target)
            )
            for start, end, kind, target in links(analysis)
        ]


def address(document: Document, kind: str, target: str) -> str:
    """Return where a link leads: a page, or the file that an import names."""
    if kind == "web":
        return target
    if target.startswith("std/"):
        from nndsl.resources import standard_path

        return uris.from_fs_path(standard_path(target.removeprefix("std/"))) or ""
    return uris.from_fs_path(str((Path(document.path).parent / target).resolve())) or ""


def _symbol(document: Document, one: Outlined) -> types.DocumentSymbol:
    return types.DocumentSymbol(
        one.name or "?",
        SYMBOLS.get(one.kind, types.SymbolKind.Variable),
        document.positions.range(one.start, one.end),
        document.positions.range(one.name_start, one.name_end),
        detail=one.detail or None,
        children=[_symbol(document, child) for child in one.children],
    )


# ---- Colours -------------------------------------------------------------------------------------


def _colours(server: Server) -> None:
    @server.feature(
        types.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL,
        types.SemanticTokensRegistrationOptions(
            legend=_LEGEND, full=types.SemanticTokensFullDelta(delta=True), range=True
        ),
    )
    async def full(ls: Server, params: types.SemanticTokensParams) -> types.SemanticTokens:
        uri = params.text_document.uri
        document, analysis = await ls.settled(uri)
        data = _encoded(document, meaning_tokens(analysis))
        return types.SemanticTokens(data, _remember(ls, uri, data))

    @server.feature(types.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL_DELTA)
    async def delta(
        ls: Server, params: types.SemanticTokensDeltaParams
    ) -> types.SemanticTokens | types.SemanticTokensDelta:
        uri = params.text_document.uri
        document, analysis = await ls.settled(uri)
        known = ls.tokens.get(uri)
        data = _encoded(document, meaning_tokens(analysis))
        identifier = _remember(ls, uri, data)
        if known is None or known[0] != params.previous_result_id:
            return types.SemanticTokens(data, identifier)
        return types.SemanticTokensDelta(_difference(known[1], data), identifier)

    @server.feature(types.TEXT_DOCUMENT_SEMANTIC_TOKENS_RANGE)
    async def in_range(ls: Server, params: types.SemanticTokensRangeParams) -> types.SemanticTokens:
        document, analysis = await ls.settled(params.text_document.uri)
        start = document.positions.offset(params.range.start)
        end = document.positions.offset(params.range.end)
        return types.SemanticTokens(_encoded(document, meaning_tokens(analysis, start, end)))


def _remember(server: Server, uri: str, data: list[int]) -> str:
    server.token_count += 1
    server.tokens[uri] = (str(server.token_count), data)
    return str(server.token_count)


def _encoded(document: Document, tokens: list[tuple[int, int, int, int]]) -> list[int]:
    """Return tokens as the protocol wants them: each by its distance from the one before."""
    data: list[int] = []
    line = column = 0
    for start, end, kind, modifiers in tokens:
        place = document.positions.position(start)
        data += (
            place.line - line,
            place.character - column if place.line == line else place.character,
            document.positions.length(start, end),
            kind,
            modifiers,
        )
        line, column = place.line, place.character
    return data


def _difference(before: list[int], after: list[int]) -> list[types.SemanticTokensEdit]:
    """Return the one edit between what is the same at both ends, in whole tokens."""
    start = 0
    shortest = min(len(before), len(after))
    while start < shortest and before[start] == after[start]:
        start += 1
    end = 0
    while end < shortest - start and before[-1 - end] == after[-1 - end]:
        end += 1
    if start == len(before) == len(after):
        return []
    return [
        types.SemanticTokensEdit(start, len(before) - end - start, after[start : len(after) - end])
    ]
