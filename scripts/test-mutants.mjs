// Mutation testing: the tests must notice when a line of the numerical code is changed. Stryker changes the TypeScript
// and cargo-mutants the core; both are installed on demand, into target/mutants, and write their reports there.
// `npm run test:mutants` takes everything, which takes hours; `npm run test:mutants -- random network/targets` takes a
// room and a file of another, and `npm run test:mutants -- core 3/40` the third of forty parts of the core.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { checkRust } from "./rust.mjs";
import { ENV, Failure, main, must, ROOT, run, step } from "./tools.mjs";

const STRYKER = ["@stryker-mutator/core@10.1.1", "@stryker-mutator/vitest-runner@10.1.1"];
/** Stryker needs a newer Node than numgrad. */
const NODE = 22;
const CARGO_MUTANTS = "27.1.0";

const FOLDER = "target/mutants";

/** Random networks of the differential test, which runs again for each change: fewer than the usual 2,000. */
const NUMGRAD_NETWORKS = "100";

/**
 * The rooms of the TypeScript: the files that are changed, and the tests that must notice.
 *
 * @type {Record<string, { files: string[], tests: string[] }>}
 */
const ROOMS = {
  functions: { files: ["*"], tests: ["functions/*"] },
  random: { files: ["*"], tests: ["random/*"] },
  training: {
    files: ["sampler", "moving-average"],
    tests: ["training/{moving-average,train,resume,changed-arguments}"],
  },
  network: { files: ["*"], tests: ["network/*", "training/{train,changed-arguments}", "wasm/trap"] },
};

/** The files of the core whose code is changed. */
const CORE = ["kernels/*.rs", "samples/*.rs", "gradients/**/*.rs", "two_layer.rs"];
/** Its tests but those of the millions of arguments of exp and ln, which would take minutes for each change. */
const CORE_TESTS = ["--lib", "--test", "gradients", "--test", "same_bits", "--test", "session_bytes"];
/** Which part of the core is taken if none is given. */
const PART = "1/40";

main(() => {
  const [first, ...rest] = process.argv.slice(2);
  if (first === "core") return core(rest[0] ?? PART);
  const names = first === undefined ? Object.keys(ROOMS) : [first, ...rest];
  for (const name of names) typescript(name);
  if (first === undefined) core(PART);
});

/**
 * Changes a room, or a file of it.
 *
 * @param {string} name Such as "random" or "random/mt19937".
 */
function typescript(name) {
  const [folder = "", file] = name.split("/");
  const room = ROOMS[folder];
  if (!room) throw new Failure(`the rooms are ${Object.keys(ROOMS).join(", ")}, core; got ${name}`);
  installStryker();
  const base = `${FOLDER}/${name.replace("/", "-")}`;
  const options = {
    testRunner: "vitest",
    vitest: { related: false },
    coverageAnalysis: "perTest",
    mutate: (file ? [file] : room.files).map((path) => `packages/numgrad/src/${folder}/${path}.ts`),
    testFiles: room.tests.map((path) => `test/${path}.test.ts`),
    ignorePatterns: ["target", ".tools", "docs", "tarballs", ".peers", ".checkers", ".libraries"],
    tempDirName: `${base}-sandbox`,
    // A busy machine must not count as a test that noticed an endless loop.
    timeoutMS: 30_000,
    allowConsoleColors: false,
    reporters: ["progress-append-only", "json"],
    jsonReporter: { fileName: `${base}.json` },
  };
  writeFileSync(join(ROOT, `${base}.config.json`), JSON.stringify(options, null, 2));
  const stryker = [join(FOLDER, "node_modules/@stryker-mutator/core/bin/stryker.js"), "run", `${base}.config.json`];
  const isNew = Number(process.versions.node.split(".")[0]) >= NODE;
  const [command, args] = isNew
    ? [process.execPath, stryker]
    : ["npm", ["exec", "--yes", `--package=node@${NODE}`, "--", "node", ...stryker]];
  const { ok } = run(command, args, { env: { ...ENV, NUMGRAD_NETWORKS }, show: true });
  if (!ok) throw new Failure(`${name}: Stryker has failed`);
  summarize(name, `${base}.json`);
}

function installStryker() {
  if (existsSync(join(ROOT, FOLDER, "node_modules/@stryker-mutator/vitest-runner"))) return;
  mkdirSync(join(ROOT, FOLDER), { recursive: true });
  writeFileSync(join(ROOT, FOLDER, "package.json"), '{ "private": true, "type": "module" }\n');
  // Without its own vitest it finds that of the workspace.
  const install = ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--legacy-peer-deps", ...STRYKER];
  step(`installing ${STRYKER.join(" and ")}`, () => must("npm", install, { cwd: join(ROOT, FOLDER) }));
}

/**
 * Prints each mutant that no test has noticed, and the counts.
 *
 * @param {string} name
 * @param {string} report
 */
function summarize(name, report) {
  /** @type {Record<string, number>} */
  const counts = {};
  /** @type {{ files: Record<string, { source: string, mutants: Mutant[] }> }} */
  const { files } = JSON.parse(readFileSync(join(ROOT, report), "utf8"));
  for (const [file, { source, mutants }] of Object.entries(files)) {
    const lines = source.split("\n");
    for (const { status, mutatorName, replacement, location } of mutants) {
      counts[status] = (counts[status] ?? 0) + 1;
      if (status !== "Survived" && status !== "NoCoverage") continue;
      const { start, end } = location;
      const line = lines[start.line - 1] ?? "";
      const old = line.slice(start.column - 1, end.line === start.line ? end.column - 1 : undefined);
      console.log(`${file}:${start.line}:${start.column} ${status}, ${mutatorName}: ${old} -> ${replacement}`);
    }
  }
  console.log(
    `${name}: ${Object.entries(counts)
      .map(([status, count]) => `${count} ${status}`)
      .join(", ")}`,
  );
}

/** @typedef {{ line: number, column: number }} Place */
/**
 * @typedef {object} Mutant
 * @property {string} status
 * @property {string} mutatorName
 * @property {string} replacement
 * @property {{ start: Place, end: Place }} location
 */

/**
 * Changes every n-th place of the core, from the k-th on, in a copy of the repository with a target folder of its own.
 *
 * @param {string} part k/n, such as "1/40".
 */
function core(part) {
  const [k, n] = part.split("/").map(Number);
  if (!k || !n || k > n) throw new Failure(`core: expected a part such as ${PART}, got ${part}`);
  checkRust();
  const tools = join(ROOT, FOLDER, "cargo");
  if (!existsSync(join(tools, "bin"))) {
    const install = ["install", "cargo-mutants", "--version", CARGO_MUTANTS, "--locked", "--root", tools];
    step(`building cargo-mutants ${CARGO_MUTANTS}`, () => must("cargo", install));
  }
  const files = CORE.flatMap((path) => ["--file", `crates/numgrad-core/src/${path}`]);
  const sample = ["--shard", `${k - 1}/${n}`, "--sharding", "round-robin", "--jobs", "1"];
  const mutants = [
    "mutants",
    "--package",
    "numgrad-core",
    ...files,
    ...sample,
    "--output",
    FOLDER,
    "--colors",
    "never",
  ];
  // It fails if a mutant survives; its last lines are the survivors and the counts.
  run(join(tools, "bin/cargo-mutants"), [...mutants, "--", ...CORE_TESTS], { show: true });
}
