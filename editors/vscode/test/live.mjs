// Drives the packed extension in a real editor, as a person would, and takes pictures of it.
//
//     npm run package && CODE_SERVER=/path/to/code-server npm run live -- PICTURES
//
// CODE_SERVER is the command of code-server (VS Code in a browser), CHROMIUM that of Chromium, and PYTHON the
// Python that has nndsl; without them, those on the path are taken. What is not as it should be ends the run with a 1.

import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { chromium } from "playwright-core";

const CODE_SERVER = process.env.CODE_SERVER ?? "code-server";
const CHROMIUM = process.env.CHROMIUM ?? "chromium";
const PYTHON = process.env.PYTHON ?? "python3";
const PORT = Number(process.env.PORT ?? 8765);
const pictures = path.resolve(process.argv[2] ?? "pictures");

const TEXT = `# Digits, read by a small convolutional network.
model Digits {
    input image: [28, 28, 1]
    image -> Conv2D(32, 3, activation=relu) -> MaxPooling2D(2)
    -> Conv2D(64, 3, activation=relu) -> MaxPooling2D(2)
          -> Flatten -> Dropout(0.5) -> Dense(10, activation=sofmax) as digit
    output digit
}

train Digits {
    optimizer: Adam(1e-3)
    loss: sparse_categorical_crossentropy
    metrics: accuracy
    epochs: 5
}
`;

const home = mkdtempSync(path.join(tmpdir(), "nndsl-vscode-"));
const project = path.join(home, "project");
const file = path.join(project, "digits.nn");
const folders = ["--user-data-dir", path.join(home, "data"), "--extensions-dir", path.join(home, "extensions")];

function prepare() {
  mkdirSync(project, { recursive: true });
  mkdirSync(pictures, { recursive: true });
  mkdirSync(path.join(home, "data", "User"), { recursive: true });
  writeFileSync(file, TEXT);
  const settings = {
    "nndsl.python": PYTHON,
    "workbench.startupEditor": "none",
    "security.workspace.trust.enabled": false,
    "editor.minimap.enabled": false,
    "files.autoSave": "off",
  };
  writeFileSync(path.join(home, "data", "User", "settings.json"), JSON.stringify(settings));
  execFileSync(CODE_SERVER, [...folders, "--install-extension", path.resolve("nndsl.vsix")], { stdio: "pipe" });
}

async function serve() {
  const server = spawn(CODE_SERVER, [
    ...["--auth", "none", "--bind-addr", `127.0.0.1:${PORT}`, ...folders],
    ...["--disable-telemetry", "--disable-update-check", "--disable-workspace-trust"],
  ]);
  await new Promise((ready, failed) => {
    server.stdout.on("data", (said) => String(said).includes("HTTP server listening") && ready());
    server.on("exit", () => failed(new Error("code-server ended")));
  });
  return server;
}

/** Wait until a check holds; the last thing that it threw is thrown if it never does. */
async function until(what, check, milliseconds = 30_000) {
  const end = Date.now() + milliseconds;
  for (;;) {
    try {
      const found = await check();
      console.log(`ok    ${what}`);
      return found;
    } catch (error) {
      if (Date.now() > end) {
        console.log(`FAILS ${what}`);
        throw error;
      }
      await new Promise((go) => setTimeout(go, 200));
    }
  }
}

async function command(page, title) {
  await page.keyboard.press("F1");
  await page.waitForSelector(".quick-input-widget input");
  await page.keyboard.type(title);
  await page.waitForTimeout(700);
  await page.keyboard.press("Enter");
}

async function visit(page) {
  const picture = (name) => page.screenshot({ path: path.join(pictures, `${name}.png`) });
  const shown = (selector) => page.locator(selector);
  const lines = async () => (await shown(".view-line").allInnerTexts()).map((line) => line.replaceAll("\u00a0", " "));
  const word = (text) => page.locator(".view-line span", { hasText: text }).last();

  await page.goto(`http://127.0.0.1:${PORT}/?folder=${project}`, { waitUntil: "domcontentloaded" });
  await page.locator(".explorer-folders-view .monaco-list-row", { hasText: "digits.nn" }).dblclick();
  await until("the mistake is underlined", async () => assert.equal(await shown(".squiggly-error").count(), 1), 60_000);
  await until("shapes stand behind the stages", async () => assert.match((await lines()).join("\n"), /\[26, 26, 32\]/));
  await picture("mistake");

  await word("sofmax").hover();
  await until("the message hovers over it", async () =>
    assert.match((await shown(".monaco-hover-content").allInnerTexts()).join("\n"), /softmax/));
  await picture("message");

  await word("sofmax").click();
  await page.keyboard.press("Control+.");
  await until("a fix is offered", async () => assert.match((await shown(".action-widget").innerText()), /softmax/));
  await picture("fix");
  await page.keyboard.press("Enter");
  await until("the fix mends it", async () => {
    assert.match((await lines()).join("\n"), /activation=softmax/);
    assert.equal(await shown(".squiggly-error").count(), 0);
  });

  await word("MaxPooling2D").hover();
  await until("a layer is explained", async () =>
    assert.match((await shown(".monaco-hover-content").allInnerTexts()).join("\n"), /pool_size/));
  await picture("hover");
  await page.keyboard.press("Escape");

  await command(page, "Format Document");
  await until("the text is laid out", async () =>
    assert.ok((await lines()).some((line) => /^ {10}-> Conv2D\(64/.test(line)), (await lines()).join("\n")));

  await command(page, "nndsl: Show graph");
  const inside = page.frameLocator("iframe.webview").frameLocator("iframe");
  await until("the graph stands beside it", async () => assert.ok((await inside.locator("svg").count()) > 0));
  await picture("graph");
  await inside.locator("svg text", { hasText: /^Flatten$/ }).first().click();
  await until("a click on a layer goes to its line", async () =>
    assert.match(await shown(".statusbar-item", { hasText: "Ln " }).filter({ hasText: "Ln" }).first().innerText(), /Ln 6/));
  await picture("clicked");

  await shown(".view-line").first().click();
  await command(page, "nndsl: Compile to Keras");
  await until("the code is written", () => assert.match(readFileSync(path.join(project, "digits.py"), "utf8"), /import keras/));
  await page.waitForTimeout(1500);
  await picture("compiled");
}

prepare();
const server = await serve();
const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
const page = await browser.newPage({ viewport: { width: 1400, height: 840 } });
try {
  await visit(page);
  console.log(`pictures in ${pictures}`);
} catch (error) {
  await page.screenshot({ path: path.join(pictures, "failed.png") });
  console.error(error);
  process.exitCode = 1;
} finally {
  await browser.close();
  server.kill();
}
