// Everything that CI demands besides the tests: lint, format, types, walls, budgets, packages, known vulnerabilities. After a failed step the
// others still run.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { buildSync } from "esbuild";
import { PACKAGE_STEPS } from "./check-packages.mjs";
import { SECURITY_STEPS } from "./check-security.mjs";
import { ENV, main, ROOT, readSetting, run, seconds } from "./tools.mjs";

const CLIPPY = ["clippy", "--workspace", "--quiet"];
const WASM = ["--target", "wasm32-unknown-unknown"];
const DENY = ["--", "-D", "warnings"];

const TYPEDOC = ["--options", "docs/typedoc.json"];

/** rustdoc treats broken links as errors. */
const RUSTDOC = { ...ENV, RUSTDOCFLAGS: "-D warnings" };

const DIST = join(ROOT, "packages/numgrad/dist");

/** Projects of TypeScript, each with its own tsconfig.json. */
const PROJECTS = [
  "packages/numgrad",
  "packages/figures",
  "packages/train",
  "packages/sweep",
  "packages/predictions",
  "packages/program",
  "packages/playground",
  "packages/docs-figures",
  "packages/benchmark",
  "examples/chapter-4",
  "examples/check-libraries",
  "examples/mnist",
  "test",
  "scripts",
];

/**
 * The most bytes that a user may have to download, raw and gzipped: for the core; for a page without a bundler that
 * imports the main entry; and for the README's first program in a bundle,
 * whose goal is 50 KB gzipped (docs/decisions.md, The bundle). In the last two a byte of the core is two digits.
 */
const BUDGETS = {
  "core.wasm": { raw: 70 * 1024, gzipped: 31 * 1024 },
  "index.js": { raw: 343 * 1024, gzipped: 105 * 1024 },
  "README's program": { raw: 205 * 1024, gzipped: 60 * 1024 },
};

/** @typedef {{ ok: boolean, output: string, note?: string }} Result `note` is always printed, `output` on failure. */

/** @type {[label: string, action: () => Result][]} */
const STEPS = [
  ["biome: lint, format, import walls", () => run("biome", ["check", "--error-on-warnings", "."])],
  ["rustfmt", () => run("cargo", ["fmt", "--all", "--check"])],
  ["clippy, native", () => run("cargo", [...CLIPPY, "--all-targets", ...DENY])],
  ["clippy, wasm32", () => run("cargo", [...CLIPPY, ...WASM, ...DENY])],
  ["clippy, wasm32 without SIMD", () => run("cargo", [...CLIPPY, ...WASM, "--features", "scalar", ...DENY])],
  ["rustdoc", () => run("cargo", ["doc", "--quiet", "--no-deps", "--workspace"], { env: RUSTDOC })],
  ...PROJECTS.map(checkTypes),
  ["knip: no unused file, export or dependency", () => run("knip", [])],
  ["typedoc: all that is public is documented", () => run("typedoc", [...TYPEDOC, "--emit", "none"])],
  ["size of dist/core.wasm", () => checkSize("core.wasm", [readDist("core.wasm")])],
  ["size of dist/index.js and what it imports", () => checkSize("index.js", withImports("index.js").map(readDist))],
  ["size of the README's program in a bundle", () => checkSize("README's program", [readmeBundle()])],
  ["dist/*.js without import.meta", checkBundles],
  ...PACKAGE_STEPS,
  ...SECURITY_STEPS,
  ["nothing generated in git", checkTracked],
];

await main(() => {
  const start = performance.now();
  const before = gitStatus();
  /** @type {string[]} */
  const failed = [];
  for (const [label, action] of [...STEPS, clean(before)]) {
    const begin = performance.now();
    const { ok, output, note } = action();
    console.log(`${ok ? "ok    " : "FAILED"} ${label}${note ? `: ${note}` : ""} (${seconds(begin)})`);
    if (!ok) failed.push(label);
    if (!ok) console.log(`\n${output.trim()}\n`);
  }
  const summary = failed.length === 0 ? "all passed" : `${failed.length} failed: ${failed.join("; ")}`;
  console.log(`\ncheck: ${STEPS.length + 1} steps, ${summary} (${seconds(start)})`);
  if (failed.length > 0) process.exitCode = 1;
});

/**
 * The step that checks the types of a project.
 *
 * @param {string} project
 * @returns {[string, () => Result]}
 */
function checkTypes(project) {
  return [`types: ${project}`, () => run("tsc", ["-p", project])];
}

/**
 * Compares the size of files with their budget.
 *
 * @param {keyof typeof BUDGETS} name
 * @param {Uint8Array[]} files
 */
function checkSize(name, files) {
  const raw = files.reduce((sum, { length }) => sum + length, 0);
  const gzipped = files.reduce((sum, file) => sum + gzipSync(file, { level: 9 }).length, 0);
  const budget = BUDGETS[name];
  const ok = files.length > 0 && raw <= budget.raw && gzipped <= budget.gzipped;
  const note = `${raw} bytes, ${gzipped} gzipped`;
  return { ok, note, output: `the budget is ${budget.raw} bytes, ${budget.gzipped} gzipped` };
}

/** @param {string} name */
function readDist(name) {
  return readFileSync(join(DIST, name));
}

/**
 * The names of a file of the bundle and of the files that it imports.
 *
 * @param {string} name
 * @returns {string[]}
 */
function withImports(name) {
  const found = [name];
  for (const file of found) {
    const imports = readDist(file)
      .toString()
      .matchAll(/(?:from|import)\s*\(?"\.\/([\w.-]+\.js)"/g);
    for (const [, chunk = ""] of imports) if (!found.includes(chunk)) found.push(chunk);
  }
  return found;
}

/** The first program of the README, bundled and minified by esbuild. */
function readmeBundle() {
  const contents = readSetting("README.md", /```js\n(.*?)```/s);
  const stdin = { contents, resolveDir: ROOT };
  const { outputFiles } = buildSync({
    stdin,
    bundle: true,
    minify: true,
    format: "esm",
    tsconfigRaw: {},
    write: false,
  });
  return outputFiles?.[0]?.contents ?? new Uint8Array();
}

function checkBundles() {
  const found = readdirSync(DIST).filter(
    (name) => name.endsWith(".js") && readFileSync(join(DIST, name), "utf8").includes("import.meta"),
  );
  return { ok: found.length === 0, output: `import.meta breaks bundlers, see docs/decisions.md, The bundle: ${found}` };
}

/** Checks that no file that .gitignore names is committed. */
function checkTracked() {
  const { ok, output } = git(["ls-files", "--cached", "--ignored", "--exclude-standard"]);
  return { ok: ok && output === "", output };
}

/**
 * The step that checks that building, testing and checking leave no file behind. On a developer's machine `git status`
 * must be the same before and after; in CI, where the checkout is clean, it must be empty.
 *
 * @param {string} before
 * @returns {[string, () => Result]}
 */
function clean(before) {
  const expected = process.env.CI ? "" : before;
  return [
    "git status clean of generated files",
    () => {
      const after = gitStatus();
      return { ok: after === expected, output: after };
    },
  ];
}

function gitStatus() {
  return git(["status", "--porcelain", "--untracked-files=all"]).output;
}

/**
 * Runs git. It also works in a checkout that belongs to another user, as in a container.
 *
 * @param {string[]} args
 */
function git(args) {
  return run("git", ["-c", "safe.directory=*", ...args]);
}
