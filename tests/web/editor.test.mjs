// The schema in an editor: yaml-language-server as editors start it, with the
// committed schema. What it underlines, offers and explains.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { pathToFileURL } from "node:url";

import { example, frontend, packages, root } from "./frontend.mjs";

const { createMessageConnection } = packages("vscode-jsonrpc/node");
const SCHEMA = pathToFileURL(path.join(root, "docs/dynamo.schema.json")).href;
const MODELINE = `# yaml-language-server: $schema=${SCHEMA}\n`;
const ERROR = 1;

let server;
let client;
let number = 0;
const waiting = new Map();

before(async () => {
  const bin = packages.resolve("yaml-language-server/bin/yaml-language-server");
  server = spawn(process.execPath, [bin, "--stdio"], { stdio: ["pipe", "pipe", "inherit"] });
  client = createMessageConnection(server.stdout, server.stdin);
  client.onNotification("textDocument/publishDiagnostics", ({ uri, diagnostics }) => {
    waiting.get(uri)?.(diagnostics);
  });
  // What an editor is asked: it has no settings besides these.
  const settings = { yaml: { validate: true, hover: true, completion: true, schemaStore: { enable: false }, schemas: { [SCHEMA]: "/associated/*.yaml" } } };
  client.onRequest("workspace/configuration", ({ items }) => items.map(({ section }) => settings[section] ?? {}));
  client.onRequest("client/registerCapability", () => null);
  client.listen();
  const capabilities = {
    textDocument: { publishDiagnostics: {}, completion: { completionItem: { snippetSupport: true, documentationFormat: ["markdown"] } }, hover: { contentFormat: ["markdown"] } },
    workspace: { configuration: true, didChangeConfiguration: { dynamicRegistration: true } },
  };
  await client.sendRequest("initialize", { processId: process.pid, rootUri: null, capabilities });
  await client.sendNotification("initialized", {});
  await client.sendNotification("workspace/didChangeConfiguration", { settings });
});

after(() => {
  client?.dispose();
  server?.kill();
});

/** Opens a spec in the editor, and gives what the server says of it. */
async function open(text, folder = "spec") {
  const uri = `file:///${folder}/${number += 1}.yaml`;
  const found = new Promise((resolve) => waiting.set(uri, resolve));
  await client.sendNotification("textDocument/didOpen", { textDocument: { uri, languageId: "yaml", version: 1, text } });
  return { uri, found: await found };
}

/** A spec with a `|` where the cursor is. */
async function at(text) {
  const before = (MODELINE + text).split("|")[0].split("\n");
  const { uri } = await open(MODELINE + text.replace("|", ""));
  return { textDocument: { uri }, position: { line: before.length - 1, character: before.at(-1).length } };
}

async function offered(text) {
  const { items } = await client.sendRequest("textDocument/completion", await at(text));
  return items.map((one) => one.label);
}

async function explained(text) {
  const hover = await client.sendRequest("textDocument/hover", await at(text));
  return hover?.contents?.value ?? "";
}

// Side by side, as the server waits a while before it looks at a text.
describe("nothing is underlined in an example", { concurrency: true }, () => {
  // Folders without a spec are about what is around a build.
  const folders = fs.readdirSync(path.join(root, "examples"));
  for (const name of folders.filter((name) => fs.existsSync(example(name)))) {
    test(name, async () => {
      const { found } = await open(MODELINE + fs.readFileSync(example(name), "utf8"));
      assert.deepEqual(found, []);
    });
  }
});

test("a spec is checked by its name too, as editors associate schemas", async () => {
  const { found } = await open("framewrok: vllm\n", "associated");
  assert.equal(found.length, 1);
});

describe("a mistake is underlined at its line", { concurrency: true }, () => {
  // Each with the line that is underlined, from 0, the modeline not counted, and
  // a part of what is said.
  for (const [what, text, line, words] of [
    ["an unknown key", "framework: vllm\nframewrok: vllm\n", 1, /framewrok/],
    ["an unknown key of a section", "components:\n  ucx:\n    rev: v1\n", 2, /rev/],
    ["an unknown key of a choice", "dynamo:\n  source:\n    gti: {}\n", 2, /gti/],
    ["a word that is none of a choice", "dynamo:\n  source: contxt\n", 1, /"context"/],
    ["an unknown word", "target: runtime\nframework: vlm\n", 1, /vllm/],
    ["a wrong type", "components:\n  nats: []\n", 1, /type/i],
    ["a text where a switch stands", "efa: perhaps\n", 0, /neither `true` nor `false`/],
    ["a CUDA that no release has", "framework: vllm\ncuda: 11.8\n", 1, /12\.9/],
    ["a missing key", "dynamo:\n  source:\n    git:\n      ref: main\n", 2, /url/],
  ]) {
    test(what, async () => {
      const { found } = await open(MODELINE + text);
      const errors = found.filter((one) => one.severity === ERROR);
      assert.ok(errors.length > 0, JSON.stringify(found));
      for (const one of errors) assert.equal(one.range.start.line, line + 1, one.message);
      assert.match(errors.map((one) => one.message).join("\n"), words);
    });
  }
});

// Specs where an editor underlines another line than the program, and why.
const ELSEWHERE = {
  "ConflictingInstall/git_and_image": "the section, of two keys that exclude each other",
  "ConflictingInstall/two_ways_to_get_dynamo": "the section, of two keys that exclude each other",
  "ConflictingInstall/two_ways_to_get_trtllm": "the section, of two keys that exclude each other",
  "InvalidValue/block_scalar": "the line on which the text is announced",
  "InvalidValue/same_alias_twice": "what an alias stands for",
  "InvalidValue/through_an_alias": "what an alias stands for",
  "UnknownKey/merge_key": "what is merged",
  "WrongType/through_an_alias": "what an alias stands for",
};

test("what breaks a rule is underlined where the program shows it", async () => {
  const rules = path.join(root, "tests/rules");
  const cases = fs.readdirSync(rules).flatMap((rule) => {
    const files = fs.readdirSync(path.join(rules, rule)).filter((file) => file.endsWith(".yaml"));
    return files.map((file) => `${rule}/${path.basename(file, ".yaml")}`);
  });
  // Of what is no YAML, its reader says what it likes.
  const readable = cases.filter((name) => !name.startsWith("InvalidYaml/"));
  let underlined = 0;
  const elsewhere = await Promise.all(readable.map(async (name) => {
    const file = path.join(rules, `${name}.yaml`);
    const shown = JSON.parse(frontend("check", "--format", "json", "--platform", "linux/amd64", "-f", file));
    const lines = new Set(shown.map((one) => one.primary?.start.line));
    const { found } = await open(MODELINE + fs.readFileSync(file, "utf8"));
    const errors = found.filter((one) => one.severity === ERROR);
    underlined += errors.length > 0;
    // The modeline is a line more, and lines count from 0 here.
    return errors.every((one) => lines.has(one.range.start.line)) ? [] : [name];
  }));
  assert.deepEqual(elsewhere.flat().toSorted(), Object.keys(ELSEWHERE));
  assert.ok(underlined > 50, String(underlined));
});

test("the frameworks are offered as a framework", async () => {
  const words = await offered("framework: |\n");
  assert.deepEqual(words.toSorted(), ["dynamo", "sglang", "trtllm", "vllm"]);
});

test("keys are offered where there are none yet", async () => {
  const words = await offered("framework: vllm\n|\n");
  for (const key of ["target", "device", "components", "dynamo", "packages"]) assert.ok(words.includes(key), `${key} of ${words}`);
  assert.ok(!words.includes("framework"), "what is there is not offered again");
});

test("keys are offered inside of a section", async () => {
  const components = await offered("components:\n  |\n");
  for (const key of ["ucx", "nixl", "libfabric", "ffmpeg"]) assert.ok(components.includes(key), `${key} of ${components}`);
  assert.ok(!components.includes("target"), String(components));
  const ucx = await offered("components:\n  ucx:\n    |\n");
  for (const key of ["ref", "url"]) assert.ok(ucx.includes(key), `${key} of ${ucx}`);
});

test("words are offered in place of a section, and keys in it", async () => {
  assert.deepEqual(await offered("dynamo:\n  source: |\n"), ["context"]);
  assert.deepEqual((await offered("dynamo:\n  source:\n    g|\n")).toSorted(), ["git", "index"]);
});

test("a CUDA release is offered as text, so that `13.0` stays what it is", async () => {
  assert.deepEqual(await offered("cuda: |\n"), ['"12.9"', '"13.0"', '"13.1"']);
});

test("a key is explained where the cursor rests", async () => {
  assert.match(await explained("frame|work: vllm\n"), /inference engine/);
  assert.match(await explained("frame|work: vllm\n"), /`sglang`: SGLang/);
  assert.match(await explained("components:\n  uc|x:\n    ref: v1.20.0\n"), /UCX/);
  assert.match(await explained("components:\n  ucx:\n    re|f: v1.20.0\n"), /tag|branch|commit/i);
});
