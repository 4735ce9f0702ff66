// The build steps. A step is skipped if neither its inputs nor its outputs have changed since it last ran.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { shrinkCore } from "./shrink-core.mjs";
import { ENV, must, ROOT, step } from "./tools.mjs";

// The stamps are inside node_modules, so that the next set-up starts afresh when that folder is removed.
const STAMPS = join(ROOT, "node_modules/.numgrad-setup.json");

const RUST = ["crates", "Cargo.toml", "Cargo.lock", ".cargo", "scripts/build.mjs", "scripts/shrink-core.mjs"];
const PACKAGE = ["src", "package.json", "tsconfig.json", "tsup.config.ts"];
const GENERATED = "packages/numgrad/src/wasm/generated";
const DIST = "packages/numgrad/dist";
const SCALAR = "target/wasm-scalar";

// Panic messages contain the paths of the crates. The home directory of the builder is removed from them.
const CARGO_HOME = process.env.CARGO_HOME ?? join(homedir(), ".cargo");
const WITHOUT_HOME = `target.wasm32-unknown-unknown.rustflags=['--remap-path-prefix=${CARGO_HOME}=cargo']`;

/**
 * @typedef {object} Step
 * @property {string} name Key of its stamp.
 * @property {string} label Text for the user.
 * @property {string[]} inputs Files and directories that the step depends on.
 * @property {string[]} outputs Files and directories that the step writes.
 * @property {() => void} action
 */

/** @type {Step} */
export const wasmStep = {
  name: "wasm",
  label: "building the WebAssembly core (wasm-pack)",
  inputs: RUST,
  outputs: [`${GENERATED}/core.d.ts`, `${GENERATED}/core_bg.wasm`],
  action: () => {
    wasmPack(GENERATED, ["--", "--config", WITHOUT_HOME]);
    shrinkCore(join(ROOT, GENERATED, "core_bg.wasm"));
  },
};

/** @type {Step} */
export const bundleStep = {
  name: "bundle",
  label: "building the TypeScript package (tsup)",
  inputs: [
    ...[...PACKAGE, "worker-source.mjs"].map((name) => `packages/numgrad/${name}`),
    "tsconfig.base.json",
    "pnpm-lock.yaml",
    "LICENSE",
  ],
  outputs: [
    ...["index", "files", "worker"].flatMap((name) =>
      ["js", "d.ts", "cjs", "d.cts"].map((ending) => `${DIST}/${name}.${ending}`),
    ),
    ...["core-digits.js", "core-digits.cjs", "worker-source.js", "worker-source.cjs", "core.wasm"].map(
      (name) => `${DIST}/${name}`,
    ),
  ],
  action: () => must("tsup", [], { cwd: join(ROOT, "packages/numgrad") }),
};

const FIGURES = "packages/figures";

/** @type {Step} */
export const figuresStep = {
  name: "figures",
  label: "building the figures (tsup)",
  // The types of the figures use those of numgrad.
  inputs: [
    ...PACKAGE.map((name) => `${FIGURES}/${name}`),
    `${DIST}/index.d.ts`,
    "tsconfig.base.json",
    "pnpm-lock.yaml",
    "LICENSE",
  ],
  outputs: [
    ...["index.js", "index.d.ts", "node.js", "node.d.ts"].map((name) => `${FIGURES}/dist/${name}`),
    ...["Inter-Regular.ttf", "Inter-SemiBold.ttf"].map((name) => `${FIGURES}/fonts/${name}`),
  ],
  action: () => must("tsup", [], { cwd: join(ROOT, FIGURES) }),
};

const TRAIN = "packages/train";

/** @type {Step} */
export const trainStep = {
  name: "train",
  label: "building the main job (tsup)",
  inputs: [
    ...PACKAGE.map((name) => `${TRAIN}/${name}`),
    "packages/mnist-files/index.js",
    "packages/predictions/src",
    "packages/program/src",
    "tsconfig.base.json",
    "pnpm-lock.yaml",
    "LICENSE",
  ],
  outputs: [`${TRAIN}/dist`],
  action: () => must("tsup", [], { cwd: join(ROOT, TRAIN) }),
};

const SWEEP = "packages/sweep";

/** @type {Step} */
export const sweepStep = {
  name: "sweep",
  label: "building the sweeps (tsup)",
  inputs: [
    ...PACKAGE.map((name) => `${SWEEP}/${name}`),
    `${SWEEP}/sweep.schema.json`,
    "packages/mnist-files/index.js",
    "packages/program/src",
    "tsconfig.base.json",
    "pnpm-lock.yaml",
    "LICENSE",
  ],
  outputs: [`${SWEEP}/dist`],
  action: () => must("tsup", [], { cwd: join(ROOT, SWEEP) }),
};

/**
 * The core without SIMD, which the tests compare with the core with SIMD. It has a target directory of its own, because
 * the RUSTFLAGS differ: in a shared directory each build would discard the results of the other.
 *
 * @type {Step}
 */
export const scalarStep = {
  name: "scalar",
  label: "building the core without SIMD, for the tests (wasm-pack)",
  inputs: RUST,
  outputs: [`${SCALAR}/core_bg.wasm`],
  action: () => {
    // These replace the flags of .cargo/config.toml.
    const RUSTFLAGS = "-C target-feature=-simd128 -C link-arg=--max-memory=3758030848";
    wasmPack(SCALAR, ["--", "--features", "scalar", "--target-dir", `${SCALAR}/build`], { RUSTFLAGS });
  },
};

/**
 * Runs a step, unless the results of its last run are still valid.
 *
 * @param {Step} buildStep
 * @param {{ force?: boolean }} [options]
 * @returns {boolean} whether the step ran
 */
export function build(buildStep, { force = false } = {}) {
  if (!force && isCurrent(buildStep)) return false;
  step(buildStep.label, buildStep.action);
  writeStamp(buildStep.name, stampOfNow(buildStep));
  return true;
}

/**
 * Whether the results of the last run of a step are still valid.
 *
 * @param {Step} buildStep
 */
export function isCurrent(buildStep) {
  return readStamps()[buildStep.name] === stampOfNow(buildStep);
}

/**
 * The outputs are part of the stamp, so that an output that was built by hand from other sources is built again.
 *
 * @param {Step} buildStep
 */
function stampOfNow({ inputs, outputs }) {
  return JSON.stringify([hashFiles(inputs), hashFiles(outputs)]);
}

/**
 * Runs wasm-pack on the bridge.
 *
 * @param {string} outDir
 * @param {string[]} extra
 * @param {Record<string, string>} [env]
 */
function wasmPack(outDir, extra, env = {}) {
  // RUSTFLAGS in the user's environment would replace those of .cargo/config.toml, and +simd128 with them.
  const { RUSTFLAGS, CARGO_ENCODED_RUSTFLAGS, CARGO_BUILD_RUSTFLAGS, ...rest } = ENV;
  // no-install: everything that wasm-pack needs is on the PATH by now, and its own downloads are not pinned.
  const args = ["build", "crates/numgrad-wasm", "--mode", "no-install", "--target", "web", "--release", "--no-pack"];
  const out = ["--out-name", "core", "--out-dir", join(ROOT, outDir)];
  must("wasm-pack", [...args, ...out, ...extra], { env: { ...rest, ...env } });
}

/**
 * SHA-256 over the names and contents of files and directories. A missing file counts as missing, not as empty.
 *
 * @param {string[]} paths
 */
export function hashFiles(paths) {
  const hash = createHash("sha256");
  for (const path of paths) addToHash(hash, path);
  return hash.digest("hex");
}

/**
 * @param {import("node:crypto").Hash} hash
 * @param {string} path
 */
function addToHash(hash, path) {
  const full = join(ROOT, path);
  if (!existsSync(full)) {
    hash.update(`${path} missing\n`);
  } else if (statSync(full).isDirectory()) {
    for (const name of readdirSync(full).sort()) addToHash(hash, `${path}/${name}`);
  } else {
    const content = readFileSync(full);
    hash.update(`${path} ${content.length}\n`).update(content);
  }
}

/** @returns {Record<string, string>} */
export function readStamps() {
  return existsSync(STAMPS) ? JSON.parse(readFileSync(STAMPS, "utf8")) : {};
}

/**
 * @param {string} name
 * @param {string} value
 */
export function writeStamp(name, value) {
  mkdirSync(dirname(STAMPS), { recursive: true });
  writeFileSync(STAMPS, `${JSON.stringify({ ...readStamps(), [name]: value }, null, 2)}\n`);
}
