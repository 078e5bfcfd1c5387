"""While one types: completion, signatures, formatting."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from nndsl.ide.continuing import continue_chain
from nndsl.ide.hover import name_text
from nndsl.lsp.diagnostics import text_edits
from nndsl.lsp.server import Server

if TYPE_CHECKING:
    from nndsl.ide.completion import Item

_KINDS = {
    "layer": types.CompletionItemKind.Class,
    "operation": types.CompletionItemKind.Function,
    "activation": types.CompletionItemKind.Function,
    "block": types.CompletionItemKind.Function,
    "model": types.CompletionItemKind.Module,
    "argument": types.CompletionItemKind.Property,
    "value": types.CompletionItemKind.EnumMember,
    "tensor": types.CompletionItemKind.Variable,
    "constant": types.CompletionItemKind.Constant,
    "keyword": types.CompletionItemKind.Keyword,
    "setting": types.CompletionItemKind.Property,
    "object": types.CompletionItemKind.Class,
    "file": types.CompletionItemKind.File,
}


def register(server: Server) -> None:
    """Answer the requests of this module."""

    @server.feature(
        types.TEXT_DOCUMENT_COMPLETION,
        types.CompletionOptions(
            trigger_characters=[">", " ", "(", ",", "=", ".", '"', ":", "|"], resolve_provider=True
        ),
    )
    def completion(ls: Server, params: types.CompletionParams) -> types.CompletionList:
        from nndsl.ide.completion import complete  # for which the first findings need not wait

        document, analysis = ls.analysis(params.text_document.uri)
        offset = document.positions.offset(params.position)
        snippets = _takes_snippets(ls)
        items = [_item(item, snippets) for item in complete(analysis, offset)]
        return types.CompletionList(is_incomplete=False, items=items)

    @server.feature(types.COMPLETION_ITEM_RESOLVE)
    def resolve(ls: Server, item: types.CompletionItem) -> types.CompletionItem:
        key = item.data.get("key", "") if isinstance(item.data, dict) else ""
        text = name_text(key) if key else ""
        if text:
            item.documentation = types.MarkupContent(types.MarkupKind.Markdown, text)
        return item

    @server.feature(
        types.TEXT_DOCUMENT_SIGNATURE_HELP,
        types.SignatureHelpOptions(trigger_characters=["(", ","], retrigger_characters=["="]),
    )
    def signature(ls: Server, params: types.SignatureHelpParams) -> types.SignatureHelp | None:
        from nndsl.ide.completion import signature_help  # likewise

        document, analysis = ls.analysis(params.text_document.uri)
        found = signature_help(analysis, document.positions.offset(params.position))
        if found is None:
            return None
        arguments = [
            types.ParameterInformation(label=(start, end), documentation=takes or None)
            for start, end, takes in found.arguments
        ]
        information = types.SignatureInformation(
            found.label, parameters=arguments, active_parameter=found.active
        )
        return types.SignatureHelp([information], 0, found.active)

    @server.feature(types.TEXT_DOCUMENT_FORMATTING)
    def formatting(
        ls: Server, params: types.DocumentFormattingParams
    ) -> list[types.TextEdit] | None:
        from nndsl.fmt import format_edits  # likewise

        document = ls.document(params.text_document.uri)
        edits = format_edits(document.source)
        return None if edits is None else text_edits(document.positions, edits)

    @server.feature(types.TEXT_DOCUMENT_RANGE_FORMATTING)
    def range_formatting(
        ls: Server, params: types.DocumentRangeFormattingParams
    ) -> list[types.TextEdit] | None:
        from nndsl.fmt import format_edits  # likewise

        document = ls.document(params.text_document.uri)
        start = document.positions.offset(params.range.start)
        end = document.positions.offset(params.range.end)
        edits = format_edits(document.source, start, end)
        return None if edits is None else text_edits(document.positions, edits)

    @server.feature(
        types.TEXT_DOCUMENT_ON_TYPE_FORMATTING,
        types.DocumentOnTypeFormattingOptions(first_trigger_character="\n"),
    )
    def on_type(
        ls: Server, params: types.DocumentOnTypeFormattingParams
    ) -> list[types.TextEdit] | None:
        document, analysis = ls.analysis(params.text_document.uri)
        edits = continue_chain(analysis, document.positions.offset(params.position))
        return text_edits(document.positions, edits) if edits else None


def _takes_snippets(server: Server) -> bool:
    text = server.client_capabilities.text_document
    completion = text.completion if text else None
    item = completion.completion_item if completion else None
    return bool(item and item.snippet_support)


def _item(item: Item, snippets: bool) -> types.CompletionItem:
    made = types.CompletionItem(
        item.label,
        kind=_KINDS[item.kind],
        detail=item.detail or None,
        sort_text=f"{item.rank}{item.label.lower()}",
        data={"key": item.key} if item.key else None,
    )
    if item.snippet and snippets:
        made.insert_text = item.snippet
        made.insert_text_format = types.InsertTextFormat.Snippet
    elif item.kind in ("argument", "setting"):
        made.insert_text = item.snippet.replace("$0", "")
    return made
