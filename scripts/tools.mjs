// The base of the scripts: paths, the PATH of child processes, running a command, timing a step.
import { spawn, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { createInterface } from "node:readline";
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
 * @property {number} [timeout] Milliseconds after which the command is ended; it may take any time if omitted.
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
export function run(command, args, { env = ENV, cwd = ROOT, timeout, show = false } = {}) {
  const stdio = show ? "inherit" : "pipe";
  const child = spawnSync(command, args, { cwd, env, timeout, stdio, encoding: "utf8", maxBuffer: 2 ** 28 });
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
  const { ok, output } = run(command, args, options);
  if (ok) return output;
  throw failureOf(command, args, output);
}

/**
 * @param {string} command
 * @param {readonly string[]} args
 * @param {string} output
 */
function failureOf(command, args, output) {
  return new Failure(`${[command, ...args].join(" ")} failed:\n${output.trimEnd()}`);
}

/**
 * @typedef {object} FollowOptions
 * @property {(line: string) => string | undefined} progressOf How far the command is, by a line of its output;
 *   undefined if the line does not say.
 * @property {NodeJS.ProcessEnv} [env] Environment of the command; `ENV` if omitted.
 * @property {number} [interval] Milliseconds between two signs of life.
 */

/**
 * Runs a long command that must succeed as a step, and prints every ten seconds how far it is.
 *
 * @param {string} label
 * @param {string} command
 * @param {string[]} args
 * @param {FollowOptions} options
 */
export async function follow(label, command, args, { progressOf, env = ENV, interval = 10_000 }) {
  const start = performance.now();
  process.stdout.write(`setup: ${label} … `);
  const child = spawn(command, args, { cwd: ROOT, env, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  let progress = "";
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on("line", (line) => {
      output += `${line}\n`;
      progress = progressOf(line) ?? progress;
    });
  }
  const timer = setInterval(() => process.stdout.write(progress && `${progress} … `), interval);
  const isDone = await new Promise((resolve) => {
    child.on("error", ({ message }) => {
      output += message;
      resolve(false);
    });
    child.on("close", (code) => resolve(code === 0));
  });
  clearInterval(timer);
  process.stdout.write(`${isDone ? "" : "failed after "}${seconds(start)}\n`);
  if (!isDone) throw failureOf(command, args, output);
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
