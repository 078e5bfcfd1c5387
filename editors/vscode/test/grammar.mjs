// The TextMate grammar colours what it should: each line below says which scopes its words have.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const oniguruma = require("vscode-oniguruma");
const textmate = require("vscode-textmate");

const wasm = readFileSync(require.resolve("vscode-oniguruma/release/onig.wasm")).buffer;
await oniguruma.loadWASM(wasm);
const registry = new textmate.Registry({
  onigLib: Promise.resolve({
    createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
    createOnigString: (text) => new oniguruma.OnigString(text),
  }),
  loadGrammar: async () => {
    const path = new URL("../syntaxes/nndsl.tmLanguage.json", import.meta.url);
    return textmate.parseRawGrammar(readFileSync(path, "utf8"), path.pathname);
  },
});
const grammar = await registry.loadGrammar("source.nndsl");

const cases = [
  ["model Small(width = 32) {  # why", { model: "storage.type", Small: "entity.name.function", width: "variable.parameter", 32: "constant.numeric", "# why": "comment" }],
  ["    input image: [8, ?T]", { input: "storage.type" }],
  ["    image -> Conv2D(3, padding=same) -> relu as x, skips[]", { "->": "keyword.operator.arrow", Conv2D: "support.class", padding: "variable.parameter", relu: "support.function", as: "keyword.operator", x: "variable.other.definition" }],
  ['import A from "std/convolution.nn"', { import: "keyword.control.import", from: "keyword.control.import", "std/convolution.nn": "string.quoted" }],
  ["    x -> ops.repeat(2, axis=1) as y", { ops: "support.module", repeat: "support.function" }],
  ["    x -> repeat 3 { Dense(8) }", { repeat: "keyword.control" }],
  ["extern layer Gate(units) from \"m\"", { extern: "storage.type", layer: "storage.type", Gate: "entity.name.function" }],
  ["    batch_size: 32", { batch_size: "support.type.property-name" }],
  ["    if deep and not none == 1.5e-3 {", { if: "keyword.control", and: "keyword.operator", none: "constant.language", "==": "keyword.operator.comparison", "1.5e-3": "constant.numeric" }],
];

let failures = 0;
for (const [line, expected] of cases) {
  const { tokens } = grammar.tokenizeLine(line, textmate.INITIAL);
  for (const [word, scope] of Object.entries(expected)) {
    const at = line.search(new RegExp(`(?<!\\w)${word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}(?!\\w)`));
    const token = tokens.find((one) => one.startIndex <= at && at < one.endIndex);
    if (at < 0 || !token?.scopes.some((one) => one.startsWith(scope))) {
      failures += 1;
      console.error(`${line}\n  ${word}: expected ${scope}, received ${token?.scopes.join(" ")}`);
    }
  }
}
console.log(failures === 0 ? "the grammar colours what it should" : `${failures} failures`);
process.exit(failures === 0 ? 0 : 1);
