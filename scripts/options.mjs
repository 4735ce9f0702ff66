// Reads the options of the main job in a clone in which nothing is installed or built yet.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import * as nodeModule from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { npxArguments, ROOT, readSetting, run } from "./tools.mjs";

const SOURCES = join(ROOT, "packages/train/src");

/**
 * What the main job would answer without doing anything: its help, or the error of a wrong option.
 *
 * @param {string[]} args
 * @returns {Promise<{ text: string, exitCode: number } | undefined>} undefined if the job can begin, or if its options
 *   cannot be read yet
 */
export async function answerOptions(args) {
  if (args.length === 0) return undefined;
  const options = await loadOptions();
  if (options === undefined) return undefined;
  try {
    return options.parseOptions(args) === "help" ? { text: options.HELP, exitCode: 0 } : undefined;
  } catch (error) {
    if (!(error instanceof Error) || error.constructor.name !== "UsageError") throw error;
    return { text: `${error.message}\n`, exitCode: 2 };
  }
}

/**
 * The module options.ts of the main job, as JavaScript. It imports nothing but types, Node's modules and the files
 * beside it.
 *
 * @returns {Promise<{ HELP: string, parseOptions: (args: string[]) => unknown } | undefined>}
 */
async function loadOptions() {
  mkdirSync(join(ROOT, "target"), { recursive: true });
  const folder = mkdtempSync(join(ROOT, "target/options-"));
  const file = join(folder, "options.js");
  try {
    writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
    const isWritten = "stripTypeScriptTypes" in nodeModule ? stripTypes(folder) : bundle(file);
    return isWritten ? await import(pathToFileURL(file).href) : undefined;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * Takes the types out of options.ts and of the files that it imports. Node can do that from 22.13 on.
 *
 * @param {string} folder
 */
function stripTypes(folder) {
  const { stripTypeScriptTypes } = /** @type {{ stripTypeScriptTypes: (code: string) => string }} */ (
    /** @type {unknown} */ (nodeModule)
  );
  const { emitWarning } = process;
  // The function is experimental and would warn.
  process.emitWarning = () => {};
  const names = ["options"];
  for (const name of names) {
    const code = stripTypeScriptTypes(readFileSync(join(SOURCES, `${name}.ts`), "utf8"));
    writeFileSync(join(folder, `${name}.js`), code);
    for (const [, other = ""] of code.matchAll(/from "\.\/(.*)\.js"/g)) if (!names.includes(other)) names.push(other);
  }
  process.emitWarning = emitWarning;
  return true;
}

/** Longest time in milliseconds for fetching esbuild. After it the set-up goes on, and its errors are clearer. */
const PATIENCE = 20_000;

/**
 * Bundles the options by esbuild, which older Node needs. If it is not installed yet, npm fetches it, 10 MB.
 *
 * @param {string} file
 */
function bundle(file) {
  const isInstalled = existsSync(join(ROOT, "node_modules/esbuild"));
  const version = readSetting("package.json", /"esbuild": "([\d.]+)"/);
  const [command, first] = isInstalled
    ? [join(ROOT, "node_modules/esbuild/bin/esbuild"), []]
    : ["npx", npxArguments(`esbuild@${version}`)];
  const args = ["--bundle", "--format=esm", "--platform=node", `--outfile=${file}`];
  return run(command, [...first, join(SOURCES, "options.ts"), ...args], { timeout: PATIENCE }).ok;
}
