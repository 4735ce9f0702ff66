// Everything that CI demands besides the tests: lint, format, types, walls, budgets, packages. Every step runs, also after a failure.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { PACKAGE_STEPS } from "./check-packages.mjs";
import { ENV, main, ROOT, run, seconds } from "./tools.mjs";

const CLIPPY = ["clippy", "--workspace", "--quiet"];
const WASM = ["--target", "wasm32-unknown-unknown"];
const DENY = ["--", "-D", "warnings"];

const TYPEDOC = ["--options", "docs/typedoc.json"];

/** Links that lead nowhere are errors. */
const RUSTDOC = { ...ENV, RUSTDOCFLAGS: "-D warnings" };

const DIST = join(ROOT, "packages/numgrad/dist");

/** Bytes that a user downloads, as they are and gzipped. */
const BUDGETS = {
  "core.wasm": { raw: 64 * 1024, gzipped: 26 * 1024 },
  // TODO until the whole main entry fits into 50 KB, as it should: 28 KB of these are the core, and what a bundler keeps of
  // the README's program is 42 KB. Downloads and the adaptive differences came last.
  "index.js": { raw: 256 * 1024, gzipped: 69 * 1024 },
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
  ["types: examples/figures", () => run("tsc", ["-p", "examples/figures"])],
  ["types: examples/mnist", () => run("tsc", ["-p", "examples/mnist"])],
  ["types: scripts", () => run("tsc", ["-p", "scripts"])],
  ["knip: no unused file, export or dependency", () => run("knip", [])],
  ["typedoc: all that is public is documented", () => run("typedoc", [...TYPEDOC, "--emit", "none"])],
  ["size of dist/core.wasm", () => checkSize("core.wasm")],
  ["size of dist/index.js", () => checkSize("index.js")],
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
 * A file of the package against its budget, with the chunks that it imports.
 *
 * @param {keyof typeof BUDGETS} name
 */
function checkSize(name) {
  const files = withChunks(name).map((file) => readFileSync(join(DIST, file)));
  const raw = files.reduce((sum, { length }) => sum + length, 0);
  const gzipped = files.reduce((sum, file) => sum + gzipSync(file, { level: 9 }).length, 0);
  const budget = BUDGETS[name];
  const ok = raw <= budget.raw && gzipped <= budget.gzipped;
  const note = `${raw} bytes, ${gzipped} gzipped`;
  return { ok, note, output: `the budget is ${budget.raw} bytes, ${budget.gzipped} gzipped` };
}

/**
 * A file of the bundle, and the files that it imports.
 *
 * @param {string} name
 * @returns {string[]}
 */
function withChunks(name) {
  const found = [name];
  for (const file of found) {
    if (!file.endsWith(".js")) continue;
    const imports = readFileSync(join(DIST, file), "utf8").matchAll(/(?:from|import)\s*"\.\/([\w.-]+\.js)"/g);
    for (const [, chunk = ""] of imports) if (!found.includes(chunk)) found.push(chunk);
  }
  return found;
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
