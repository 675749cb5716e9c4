// What the tests of this folder share: the program, the examples, and the
// packages, which `cargo xtask web` keeps outside of the repository.

import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import path from "node:path";

function variable(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run this as \`cargo xtask web\``);
  return value;
}

export const root = path.resolve(import.meta.dirname, "../..");
export const packages = createRequire(path.join(variable("PACKAGES"), "package.json"));
export const chromium = variable("CHROMIUM");

/** The exit code of a program that found something. */
const FINDINGS = 1;

/** What the program prints; that it has findings is no failure. */
export function frontend(...words) {
  const options = { cwd: root, encoding: "utf8", maxBuffer: 1 << 26, stdio: ["ignore", "pipe", "ignore"] };
  try {
    return execFileSync(variable("FRONTEND"), words, options);
  } catch (failure) {
    if (failure.status === FINDINGS) return failure.stdout;
    throw failure;
  }
}

export function example(name) {
  return path.join(root, "examples", name, "dynamo.yaml");
}
