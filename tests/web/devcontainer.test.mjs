// The file of `devcontainer`, read by the program of the specification as it does
// before it opens a container. No engine is asked.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { test } from "node:test";

import { frontend, packages } from "./frontend.mjs";

const program = packages.resolve("@devcontainers/cli/devcontainer.js");

/** What the program makes of the file for a spec. */
function read(spec) {
  const checkout = fs.mkdtempSync(path.join(os.tmpdir(), "dev,container-"));
  const file = path.join(checkout, ".devcontainer/devcontainer.json");
  try {
    fs.mkdirSync(path.dirname(file));
    fs.writeFileSync(path.join(checkout, "dynamo.yaml"), spec);
    frontend("devcontainer", "-f", path.join(checkout, "dynamo.yaml"), "-o", file);
    const words = [program, "read-configuration", "--workspace-folder", checkout, "--docker-path", "true"];
    const env = { ...process.env, HOME: "/home/me", HF_TOKEN: "hf_mine" };
    const said = execFileSync(process.execPath, words, { encoding: "utf8", env, stdio: ["ignore", "pipe", "ignore"] });
    return { checkout, ...JSON.parse(said) };
  } finally {
    fs.rmSync(checkout, { recursive: true });
  }
}

const IDS = "user: {uid: 1234, gid: 1234}\n";

for (const framework of ["vllm", "sglang", "trtllm", "dynamo"]) {
  test(`a Dev Container of ${framework} is read with what is this machine's in its place`, () => {
    const { checkout, configuration, workspace } = read(`framework: ${framework}\n${IDS}`);
    assert.equal(configuration.image, `dynamo:latest-${framework}-local-dev`);
    assert.equal(configuration.workspaceMount, `type=bind,"source=${checkout}",target=/workspace`);
    assert.equal(workspace.workspaceFolder, "/workspace");
    assert.deepEqual(configuration.hostRequirements, { gpu: "optional" });
    assert.equal(configuration.mounts[0].source, "/home/me/.cache/huggingface");
    assert.deepEqual(configuration.initializeCommand.models, ["mkdir", "-p", "/home/me/.cache/huggingface"]);
    assert.equal(configuration.remoteEnv.HF_TOKEN, "hf_mine");
    assert.equal(configuration.remoteUser, "dynamo");
  });
}

test("on Intel's devices no GPU of NVIDIA is asked for", () => {
  const { configuration } = read(`framework: vllm\ndevice: xpu\n${IDS}`);
  assert.equal(configuration.hostRequirements, undefined);
  assert.ok(configuration.runArgs.includes("/dev/dri"));
});
