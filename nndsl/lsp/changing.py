"""What changes the text when it is asked for: fixes, blocks, commands; diagnostics on request."""

from __future__ import annotations

import asyncio
import sys
from typing import Any

from lsprotocol import types

from nndsl.ide.actions import Action, extract_block, fix_all, quick_fixes
from nndsl.ide.flattening import flatten_block
from nndsl.ide.structure import place_of_layer
from nndsl.lsp.diagnostics import text_edits, to_protocol
from nndsl.lsp.documents import Document
from nndsl.lsp.server import Server

_KINDS = [
    types.CodeActionKind.QuickFix,
    types.CodeActionKind.SourceFixAll,
    types.CodeActionKind.RefactorExtract,
    types.CodeActionKind.RefactorInline,
]
#: Commands of nndsl that a client may ask for: what they print is their answer.
_COMMANDS = {
    "nndsl.compile": ["compile"],
    "nndsl.summary": ["summary", "-"],
    "nndsl.graph": ["graph", "-", "-o", "-"],
}
#: So many seconds a command may take.
_PATIENCE = 60


def register(server: Server) -> None:
    """Answer the requests of this module."""
    _actions(server)
    _commands(server)

    @server.feature(
        types.TEXT_DOCUMENT_DIAGNOSTIC,
        types.DiagnosticOptions(
            identifier="nndsl", inter_file_dependencies=True, workspace_diagnostics=False
        ),
    )
    async def pulled(
        ls: Server, params: types.DocumentDiagnosticParams
    ) -> types.RelatedFullDocumentDiagnosticReport | types.RelatedUnchangedDocumentDiagnosticReport:
        document, analysis = await ls.settled(params.text_document.uri)
        identifier = f"{document.version}.{id(analysis)}"
        if params.previous_result_id == identifier:
            return types.RelatedUnchangedDocumentDiagnosticReport(identifier)
        items = to_protocol(ls.documents, document, analysis.diagnostics)
        return types.RelatedFullDocumentDiagnosticReport(items, result_id=identifier)


def _actions(server: Server) -> None:
    @server.feature(
        types.TEXT_DOCUMENT_CODE_ACTION, types.CodeActionOptions(code_action_kinds=list(_KINDS))
    )
    def actions(ls: Server, params: types.CodeActionParams) -> list[types.CodeAction]:
        document, analysis = ls.analysis(params.text_document.uri)
        start = document.positions.offset(params.range.start)
        end = document.positions.offset(params.range.end)
        found: list[Action] = []
        if _wanted(params, types.CodeActionKind.QuickFix):
            found += quick_fixes(analysis, start, end)
        if start < end and _wanted(params, types.CodeActionKind.RefactorExtract):
            extracted = extract_block(analysis, start, end)
            found += [extracted] if extracted else []
        if _wanted(params, types.CodeActionKind.RefactorInline):
            written = flatten_block(analysis, start)
            found += [written] if written else []
        if params.context.only and _wanted(params, types.CodeActionKind.SourceFixAll):
            edits = fix_all(analysis, ls.documents.options(document), ls.documents.files(document))
            if edits:
                found.append(Action("mend all that can be mended safely", "source.fixAll", edits))
        return [_code_action(ls, document, action) for action in found]


def _wanted(params: types.CodeActionParams, kind: types.CodeActionKind) -> bool:
    only = params.context.only
    if not only:
        return True
    asked = [str(getattr(one, "value", one)) for one in only]
    return any(one == "" or f"{kind.value}.".startswith(f"{one}.") for one in asked) or any(
        one.startswith(f"{kind.value}.") for one in asked
    )


def _code_action(server: Server, document: Document, action: Action) -> types.CodeAction:
    findings = (action.finding,) if action.finding else ()
    return types.CodeAction(
        action.title,
        kind=action.kind,
        diagnostics=to_protocol(server.documents, document, findings) or None,
        is_preferred=action.preferred or None,
        edit=_workspace_edit(document, action),
    )


def _workspace_edit(document: Document, action: Action) -> types.WorkspaceEdit:
    return types.WorkspaceEdit(
        changes={document.uri: list(text_edits(document.positions, action.edits))}
    )


def _commands(server: Server) -> None:
    def command(name: str) -> None:
        @server.command(name)
        async def run(ls: Server, *arguments: Any) -> dict[str, Any]:
            return await _run(ls, name, [str(argument) for argument in arguments])

    for name in _COMMANDS:
        command(name)

    @server.command("nndsl.locate")
    def locate(ls: Server, *arguments: Any) -> types.Location | None:
        """Return where the layer or tensor of a name is made, for one who points at a picture."""
        if len(arguments) < 2:
            return None
        document, analysis = ls.analysis(str(arguments[0]))
        place = place_of_layer(analysis, str(arguments[1]))
        if place is None:
            return None
        return types.Location(document.uri, document.positions.range(*place))


async def _run(server: Server, name: str, arguments: list[str]) -> dict[str, Any]:
    """Run a command of nndsl on a text, in a process of its own; return what it says."""
    if not arguments:
        return {"status": 2, "output": "", "errors": "of which file? give its address"}
    document = server.document(arguments[0])
    words = list(_COMMANDS[name])
    from_input = "-" in words
    if not from_input:
        words.append(document.path)
    if len(arguments) > 1:
        words += ["--model", arguments[1]]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "nndsl", *words,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE, cwd=_folder(document),
    )  # fmt: skip
    given = document.source.text.encode() if from_input else b""
    try:
        output, errors = await asyncio.wait_for(process.communicate(given), _PATIENCE)
    except asyncio.TimeoutError:
        process.kill()
        return {"status": 3, "output": "", "errors": f"it took more than {_PATIENCE} seconds"}
    return {
        "status": process.returncode,
        "output": output.decode(errors="replace"),
        "errors": errors.decode(errors="replace"),
    }


def _folder(document: Document) -> str | None:
    from pathlib import Path

    folder = Path(document.path).parent
    return str(folder) if folder.is_dir() else None
