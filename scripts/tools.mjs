// The base of the scripts: paths, the PATH of child processes, running a command, timing a step.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/** Folder into which `cargo install` puts the build tools that the machine lacks. */
export const TOOLS = join(ROOT, ".tools");

// The project's own tools come first. rustup's directory comes last; a shell that was open when rustup was installed
// has it not on its PATH yet.
const PATH = [join(ROOT, "node_modules/.bin"), join(TOOLS, "bin"), process.env.PATH, join(homedir(), ".cargo/bin")];

/**
 * Environment of every child process.
 *
 * @type {NodeJS.ProcessEnv}
 */
export const ENV = { ...process.env, PATH: PATH.join(delimiter) };

/** A failure that the user can mend. Only its message is printed. */
export class Failure extends Error {}

/**
 * @typedef {object} RunOptions
 * @property {NodeJS.ProcessEnv} [env] Environment of the command; `ENV` if omitted.
 * @property {string} [cwd] Working directory of the command; the root if omitted.
 * @property {boolean} [show] Whether the output goes straight to the terminal instead of into the result.
 */

/**
 * Runs a command to its end.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {RunOptions} [options]
 * @returns {{ ok: boolean, missing: boolean, output: string }} `missing`: the command does not exist; `output`: both
 *   streams
 */
export function run(command, args, { env = ENV, cwd = ROOT, show = false } = {}) {
  const stdio = show ? "inherit" : "pipe";
  const child = spawnSync(command, args, { cwd, env, stdio, encoding: "utf8", maxBuffer: 2 ** 28 });
  const missing = child.error !== undefined && "code" in child.error && child.error.code === "ENOENT";
  const output = `${child.stdout ?? ""}${child.stderr ?? ""}` || (child.error?.message ?? "");
  return { ok: child.status === 0, missing, output };
}

/**
 * Runs a command that must succeed. If it fails, its whole output is the message of the failure.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {RunOptions} [options]
 */
export function must(command, args, options) {
  const result = run(command, args, options);
  if (result.ok) return result.output;
  const remedy = result.output.includes("linker `cc` not found")
    ? "\nRust needs a C linker. Install one with, for instance: sudo apt-get install build-essential"
    : "";
  throw new Failure(`${[command, ...args].join(" ")} failed:\n${result.output.trimEnd()}${remedy}`);
}

/**
 * Prints a label, runs an action, and prints how long it took.
 *
 * @param {string} label
 * @param {() => void} action
 */
export function step(label, action) {
  const start = performance.now();
  process.stdout.write(`setup: ${label} … `);
  try {
    action();
  } catch (error) {
    process.stdout.write(`failed after ${seconds(start)}\n`);
    throw error;
  }
  process.stdout.write(`${seconds(start)}\n`);
}

/**
 * The seconds since `start` (a value of `performance.now()`) as text.
 *
 * @param {number} start
 */
export function seconds(start) {
  return `${((performance.now() - start) / 1000).toFixed(1)} s`;
}

/**
 * Whether version `a` is at least `b`, both like "1.88" or "20.19.0".
 *
 * @param {string} a
 * @param {string} b
 */
export function atLeast(a, b) {
  const [x, y] = [a, b].map((version) => version.split(".").map(Number));
  for (let i = 0; i < 3; i++) {
    const difference = (x?.[i] ?? 0) - (y?.[i] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

/**
 * The first group of `pattern` in a file of the repository. So each version is written down once, in the file in which
 * its tool reads it.
 *
 * @param {string} path
 * @param {RegExp} pattern
 */
export function readSetting(path, pattern) {
  const found = readFileSync(join(ROOT, path), "utf8").match(pattern)?.[1];
  if (found === undefined) throw new Failure(`${path}: found nothing that matches ${pattern}`);
  return found;
}

/**
 * Runs the body of a script. If it throws a `Failure`, the message is printed and the exit code is 1.
 *
 * @param {() => void | Promise<void>} body
 */
export async function main(body) {
  try {
    await body();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    console.error(error.message);
    process.exit(1);
  }
}
