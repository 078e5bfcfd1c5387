// Starts the language server of nndsl, and shows the graph of a model beside its text.

import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import * as path from "node:path";
import * as vscode from "vscode";
import { LanguageClient, LanguageClientOptions, ServerOptions } from "vscode-languageclient/node";

interface Answer {
  status: number;
  output: string;
  errors: string;
}

interface Start {
  command: string;
  args: string[];
}

let client: LanguageClient | undefined;
let status: vscode.StatusBarItem;
let graph: Graph | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  status = vscode.window.createStatusBarItem("nndsl", vscode.StatusBarAlignment.Right, 50);
  status.name = "nndsl";
  status.command = "nndsl.restart";
  context.subscriptions.push(
    status,
    vscode.commands.registerCommand("nndsl.restart", restart),
    vscode.commands.registerCommand("nndsl.showGraph", (uri?: unknown, model?: unknown) => showGraph(uri, model)),
    vscode.commands.registerCommand("nndsl.compileFile", (uri?: unknown, model?: unknown) => compile(uri, model)),
    vscode.commands.registerCommand("nndsl.showSummary", (uri?: unknown, model?: unknown) => summary(uri, model)),
    vscode.workspace.onDidChangeConfiguration(async (change) => {
      if (change.affectsConfiguration("nndsl.python")) {
        await restart();
      }
    }),
    vscode.workspace.onDidChangeTextDocument((change) => graph?.changed(change.document)),
  );
  await restart();
}

export async function deactivate(): Promise<void> {
  await client?.stop();
}

// ---- The server ---------------------------------------------------------------------------------

async function restart(): Promise<void> {
  await client?.stop().catch(() => undefined);
  client = undefined;
  const start = await findServer();
  if (start === undefined) {
    show("$(error) nndsl", "no Python with nndsl was found");
    const choice = await vscode.window.showErrorMessage(
      'No Python with nndsl was found. Type: pip install "nndsl[lsp]", or say in the settings which Python has it.',
      "Open Settings",
    );
    if (choice === "Open Settings") {
      await vscode.commands.executeCommand("workbench.action.openSettings", "nndsl.python");
    }
    return;
  }
  const server: ServerOptions = { command: start.command, args: start.args };
  const options: LanguageClientOptions = {
    documentSelector: [{ language: "nndsl" }],
    initializationOptions: vscode.workspace.getConfiguration("nndsl"),
    synchronize: {
      configurationSection: "nndsl",
      fileEvents: vscode.workspace.createFileSystemWatcher("**/{*.nn,pyproject.toml}"),
    },
    middleware: {
      // The lenses ask for commands of the server whose answers are shown here.
      provideCodeLenses: async (document, token, next) => {
        const names: Record<string, string> = {
          "nndsl.graph": "nndsl.showGraph",
          "nndsl.compile": "nndsl.compileFile",
          "nndsl.summary": "nndsl.showSummary",
        };
        const lenses = (await next(document, token)) ?? [];
        for (const lens of lenses) {
          if (lens.command !== undefined) {
            lens.command.command = names[lens.command.command] ?? lens.command.command;
          }
        }
        return lenses;
      },
    },
  };
  client = new LanguageClient("nndsl", "nndsl", server, options);
  try {
    await client.start();
    show("nndsl", `${[start.command, ...start.args].join(" ")}: click to start it anew`);
  } catch (error) {
    show("$(error) nndsl", String(error));
  }
}

function show(text: string, tooltip: string): void {
  status.text = text;
  status.tooltip = tooltip;
  status.show();
}

/** Return how the server is started by the first Python that has it. */
async function findServer(): Promise<Start | undefined> {
  const module = ["-m", "nndsl", "lsp"];
  const configured = vscode.workspace.getConfiguration("nndsl").get<string>("python", "");
  const starts: Start[] = [];
  if (configured !== "") {
    starts.push({ command: configured, args: module });
  } else {
    for (const python of [await chosenPython(), ...environments()]) {
      if (python !== undefined) {
        starts.push({ command: python, args: module });
      }
    }
    starts.push({ command: "nndsl", args: ["lsp"] });
    starts.push(...["python3", "python"].map((command) => ({ command, args: module })));
  }
  for (const start of starts) {
    if (await works(start)) {
      return start;
    }
  }
  return undefined;
}

function works(start: Start): Promise<boolean> {
  return new Promise((resolve) => {
    execFile(start.command, [...start.args, "--help"], { timeout: 20_000 }, (error) => resolve(error === null));
  });
}

async function chosenPython(): Promise<string | undefined> {
  const extension = vscode.extensions.getExtension("ms-python.python");
  if (extension === undefined) {
    return undefined;
  }
  try {
    const api = extension.isActive ? extension.exports : await extension.activate();
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
    return api.environments.getActiveEnvironmentPath(folder).path;
  } catch {
    return undefined;
  }
}

function environments(): string[] {
  const inside = process.platform === "win32" ? ["Scripts", "python.exe"] : ["bin", "python"];
  const folders = vscode.workspace.workspaceFolders ?? [];
  return folders
    .flatMap((folder) => [".venv", "venv"].map((name) => path.join(folder.uri.fsPath, name, ...inside)))
    .filter((python) => existsSync(python));
}

// ---- Commands -----------------------------------------------------------------------------------

/** Return the text that is meant: the one of a lens, or the one that is open. */
async function chosen(uri: unknown): Promise<vscode.TextDocument | undefined> {
  if (typeof uri === "string") {
    return vscode.workspace.openTextDocument(vscode.Uri.parse(uri));
  }
  const open = vscode.window.activeTextEditor?.document;
  return open?.languageId === "nndsl" ? open : undefined;
}

async function ask(command: string, document: vscode.TextDocument, ...more: unknown[]): Promise<Answer | undefined> {
  const uri = client?.code2ProtocolConverter.asUri(document.uri);
  const known = more.filter((one) => typeof one === "string");
  return client?.sendRequest<Answer>("workspace/executeCommand", { command, arguments: [uri, ...known] });
}

async function compile(uri: unknown, model: unknown): Promise<void> {
  const document = await chosen(uri);
  if (document === undefined || !(await document.save())) {
    return;
  }
  const answer = await ask("nndsl.compile", document, model);
  if (answer?.status !== 0) {
    await vscode.window.showErrorMessage(answer?.errors ?? "nndsl does not run");
    return;
  }
  const written = document.uri.with({ path: document.uri.path.replace(/\.nn$/, ".py") });
  await vscode.window.showTextDocument(written, { viewColumn: vscode.ViewColumn.Beside });
}

async function summary(uri: unknown, model: unknown): Promise<void> {
  const document = await chosen(uri);
  if (document === undefined) {
    return;
  }
  const answer = await ask("nndsl.summary", document, model);
  const content = answer?.status === 0 ? answer.output : (answer?.errors ?? "nndsl does not run");
  const table = await vscode.workspace.openTextDocument({ content, language: "plaintext" });
  await vscode.window.showTextDocument(table, { viewColumn: vscode.ViewColumn.Beside, preview: true });
}

async function showGraph(uri: unknown, model: unknown): Promise<void> {
  const document = await chosen(uri);
  if (document === undefined) {
    return;
  }
  graph ??= new Graph(() => (graph = undefined));
  await graph.show(document, typeof model === "string" ? model : undefined);
}

// ---- The graph ----------------------------------------------------------------------------------

/** The picture of one model beside its text; it is drawn again when the text changes. */
class Graph {
  private readonly panel: vscode.WebviewPanel;
  private document: vscode.TextDocument | undefined;
  private model: string | undefined;
  private waiting: NodeJS.Timeout | undefined;

  constructor(closed: () => void) {
    const where = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true };
    this.panel = vscode.window.createWebviewPanel("nndsl.graph", "Graph", where, { enableScripts: true });
    this.panel.webview.html = page();
    this.panel.webview.onDidReceiveMessage((message: { name: string }) => this.goTo(message.name));
    this.panel.onDidDispose(() => {
      clearTimeout(this.waiting);
      closed();
    });
  }

  async show(document: vscode.TextDocument, model: string | undefined): Promise<void> {
    this.document = document;
    this.model = model;
    this.panel.title = `Graph: ${path.basename(document.fileName)}`;
    this.panel.reveal(undefined, true);
    await this.draw();
  }

  changed(document: vscode.TextDocument): void {
    if (document === this.document) {
      clearTimeout(this.waiting);
      this.waiting = setTimeout(() => void this.draw(), 300);
    }
  }

  private async draw(): Promise<void> {
    if (this.document === undefined) {
      return;
    }
    const answer = await ask("nndsl.graph", this.document, this.model);
    // A text that is not right, at the moment, keeps its last picture.
    const message = answer?.status === 0 ? { svg: answer.output } : { wrong: answer?.errors ?? "nndsl does not run" };
    await this.panel.webview.postMessage(message);
  }

  private async goTo(name: string): Promise<void> {
    if (this.document === undefined || client === undefined) {
      return;
    }
    const uri = client.code2ProtocolConverter.asUri(this.document.uri);
    const place = await client.sendRequest<{ range: { start: { line: number; character: number } } } | null>(
      "workspace/executeCommand",
      { command: "nndsl.locate", arguments: [uri, name] },
    );
    if (place === null) {
      return;
    }
    const start = new vscode.Position(place.range.start.line, place.range.start.character);
    const selection = new vscode.Range(start, start);
    await vscode.window.showTextDocument(this.document, { viewColumn: vscode.ViewColumn.One, selection });
  }
}

/** The page of the picture: nothing is loaded from elsewhere, and only this script runs. */
function page(): string {
  const nonce = Array.from({ length: 24 }, () => Math.floor(Math.random() * 36).toString(36)).join("");
  const policy = `default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'nonce-${nonce}'`;
  return `<!DOCTYPE html>
<html>
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<style>
  body { padding: 0; margin: 0; }
  #picture svg { max-width: 100%; height: auto; display: block; margin: auto; }
  #picture g[id] { cursor: pointer; }
  #wrong { white-space: pre-wrap; font-family: var(--vscode-editor-font-family); margin: 0.5em; opacity: 0.8; }
</style>
</head>
<body>
<div id="wrong"></div>
<div id="picture"></div>
<script nonce="${nonce}">
  const vscode = acquireVsCodeApi();
  const picture = document.getElementById("picture");
  const wrong = document.getElementById("wrong");
  window.addEventListener("message", (event) => {
    wrong.textContent = event.data.wrong ?? "";
    if (event.data.svg !== undefined) {
      const parsed = new DOMParser().parseFromString(event.data.svg, "image/svg+xml");
      picture.replaceChildren(document.importNode(parsed.documentElement, true));
    }
  });
  picture.addEventListener("click", (event) => {
    const box = event.target.closest("g[id]");
    const title = box?.querySelector("title")?.textContent ?? "";
    const name = /^[A-Za-z_][A-Za-z0-9_]*/.exec(title);
    if (name !== null) {
      vscode.postMessage({ name: name[0] });
    }
  });
</script>
</body>
</html>`;
}
