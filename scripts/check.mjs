// Everything that CI demands besides the tests: lint, format, types, walls, budgets, packages. Every step runs, also after a failure.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { buildSync } from "esbuild";
import { PACKAGE_STEPS } from "./check-packages.mjs";
import { ENV, main, ROOT, readSetting, run, seconds } from "./tools.mjs";

const CLIPPY = ["clippy", "--workspace", "--quiet"];
const WASM = ["--target", "wasm32-unknown-unknown"];
const DENY = ["--", "-D", "warnings"];

const TYPEDOC = ["--options", "docs/typedoc.json"];

/** Links that lead nowhere are errors. */
const RUSTDOC = { ...ENV, RUSTDOCFLAGS: "-D warnings" };

const DIST = join(ROOT, "packages/numgrad/dist");

/**
 * Bytes that a user downloads, as they are and gzipped: the core; what a page without a bundler loads by importing the main
 * entry; and what a bundler keeps of the README's first program.
 */
const BUDGETS = {
  "core.wasm": { raw: 64 * 1024, gzipped: 26 * 1024 },
  "index.js": { raw: 240 * 1024, gzipped: 68 * 1024 },
  "README's program": { raw: 180 * 1024, gzipped: 48 * 1024 },
};

/** @typedef {{ ok: boolean, output: string, note?: string }} Result `note` is for everybody, `output` for failures. */

/** @type {[label: string, action: () => Result][]} */
const STEPS = [
  ["biome: lint, format, import walls", () => run("biome", ["check", "--error-on-warnings", "."])],
  ["rustfmt", () => run("cargo", ["fmt", "--all", "--check"])],
  ["clippy, native", () => run("cargo", [...CLIPPY, "--all-targets", ...DENY])],
  ["clippy, wasm32", () => run("cargo", [...CLIPPY, ...WASM, ...DENY])],
  ["clippy, wasm32 without SIMD", () => run("cargo", [...CLIPPY, ...WASM, "--features", "scalar", ...DENY])],
  ["rustdoc", () => run("cargo", ["doc", "--quiet", "--no-deps", "--workspace"], { env: RUSTDOC })],
  ["types: packages/numgrad", () => run("tsc", ["-p", "packages/numgrad"])],
  ["types: packages/figures", () => run("tsc", ["-p", "packages/figures"])],
  ["types: packages/benchmark", () => run("tsc", ["-p", "packages/benchmark"])],
  ["types: test", () => run("tsc", ["-p", "test"])],
  ["types: examples/chapter-4", () => run("tsc", ["-p", "examples/chapter-4"])],
  ["types: examples/figures", () => run("tsc", ["-p", "examples/figures"])],
  ["types: examples/mnist", () => run("tsc", ["-p", "examples/mnist"])],
  ["types: examples/playground", () => run("tsc", ["-p", "examples/playground"])],
  ["types: scripts", () => run("tsc", ["-p", "scripts"])],
  ["knip: no unused file, export or dependency", () => run("knip", [])],
  ["typedoc: all that is public is documented", () => run("typedoc", [...TYPEDOC, "--emit", "none"])],
  ["size of dist/core.wasm", () => checkSize("core.wasm", [readDist("core.wasm")])],
  ["size of dist/index.js and what it imports", () => checkSize("index.js", withImports("index.js").map(readDist))],
  ["size of the README's program in a bundle", () => checkSize("README's program", [readmeBundle()])],
  ["dist/*.js without import.meta", checkBundles],
  ...PACKAGE_STEPS,
  ["nothing generated in git", checkTracked],
];

main(() => {
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
 * Files against their budget.
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
 * A file of the bundle, and the files that it imports.
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

/** What esbuild makes of the first program in the README. */
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
  return { ok: found.length === 0, output: `import.meta breaks bundlers, see ARCHITECTURE.md, Decisions: ${found}` };
}

/** No file that .gitignore names is committed. */
function checkTracked() {
  const { ok, output } = git(["ls-files", "--cached", "--ignored", "--exclude-standard"]);
  return { ok: ok && output === "", output };
}

/**
 * Building, testing and checking leave nothing behind. At home that means: what was changed before is what is changed
 * after; in CI, where the checkout is clean, it means nothing at all.
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
 * Git, also in a checkout that belongs to somebody else, as in a container.
 *
 * @param {string[]} args
 */
function git(args) {
  return run("git", ["-c", "safe.directory=*", ...args]);
}
