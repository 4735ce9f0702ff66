// The build steps. A step is skipped if neither its inputs nor its outputs have changed since it last ran.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { removePanicLocations } from "./panic-locations.mjs";
import { ENV, must, ROOT, step } from "./tools.mjs";

// The stamps are inside node_modules, so that the next set-up starts afresh when that folder is removed.
const STAMPS = join(ROOT, "node_modules/.numgrad-setup.json");

const RUST = ["crates", "Cargo.toml", "Cargo.lock", ".cargo", "scripts/build.mjs", "scripts/panic-locations.mjs"];
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
  outputs: [`${GENERATED}/core.js`, `${GENERATED}/core.d.ts`, `${GENERATED}/core_bg.wasm`],
  action: () => {
    wasmPack(GENERATED, ["--", "--config", WITHOUT_HOME]);
    removePanicLocations(join(ROOT, GENERATED, "core_bg.wasm"));
    makeFactory(join(ROOT, GENERATED));
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
  outputs: [`${SCALAR}/core.js`, `${SCALAR}/core_bg.wasm`],
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

/** Makes the object that frees what a class of the glue has in the core, when its object is collected. */
const REGISTRY = `function registry(free) {
  return globalThis.FinalizationRegistry ? new FinalizationRegistry(free) : { register() {}, unregister() {} };
}
`;

/** The function of the glue that starts the instance. */
const START = `function initSync({ module }) {
  wasm = new WebAssembly.Instance(module, __wbg_get_imports()).exports;
  wasm.__wbindgen_start();
  return wasm;
}
`;

/**
 * What is edited in wasm-bindgen's glue. Its code becomes the body of a function, which makes the glue of one instance,
 * so that there can be a second instance after a failure, and importing the glue has no side effects.
 *
 * @type {readonly [RegExp, string][]}
 */
const EDITS = [
  [/^export (?=class|function)/gm, ""],
  [/^export \{.*\};\n/gm, ""],
  // Nobody uses the glue's classes with `using`.
  [/^if \(Symbol\.dispose\).*\n/gm, ""],
  // The objects of these classes live as long as their instance: nobody frees them.
  [/^const Raw(?:Functions|Random)Finalization = .*\n.*\n.*\n/gm, ""],
  [/(^class Raw(?:Functions|Random) \{\n) *__destroy_into_raw[\s\S]*? free\(\) \{[\s\S]*?\}\n/gm, "$1"],
  [/^ *Raw(?:Functions|Random)Finalization\..*\n/gm, ""],
  // Some platforms have no FinalizationRegistry. One function says so for all classes.
  [/\(typeof FinalizationRegistry === 'undefined'\)\n.*\n\s*: new FinalizationRegistry\((.*)\);/g, "registry($1);"],
  // Some platforms have no TextDecoder. The only texts that come from Rust are those of wasm-bindgen's own errors.
  [/getStringFromWasm0\(arg0, arg1\)/g, '"wasm-bindgen has refused a call"'],
  [/new TextDecoder\(.*\);/g, "undefined;"],
  [/^ *cachedTextDecoder\.decode\(\);\n/gm, ""],
  // wasm/runtime.ts always passes a module, and once.
  [/^function initSync\(module\) \{[\s\S]*?^\}\n/gm, START],
];

/**
 * Makes wasm-bindgen's glue in a folder a function `createGlue`.
 *
 * @param {string} folder
 */
function makeFactory(folder) {
  let code = readFileSync(join(folder, "core.js"), "utf8");
  const names = Array.from(code.matchAll(/^export (?:class|function) (\w+)/gm), ([, name]) => name);
  for (const [pattern, replacement] of EDITS) {
    if (code.search(pattern) < 0) throw new Error(`the glue of this wasm-bindgen has no ${pattern}`);
    code = code.replace(pattern, replacement);
  }
  // After a failure, the finalizers of the objects of this instance must not call into it.
  const abandon = "abandon() { wasm = new Proxy({}, { get: () => () => {} }); }";
  const result = `return { initSync, ${names.join(", ")}, ${abandon} };`;
  writeFileSync(join(folder, "core.js"), `export function createGlue() {\n${code}\n${REGISTRY}${result}\n}\n`);
  const types = readFileSync(join(folder, "core.d.ts"), "utf8");
  const own =
    'export type Glue = typeof import("./core.js") & { abandon(): void };\nexport function createGlue(): Glue;\n';
  writeFileSync(join(folder, "core.d.ts"), `${types}\n${own}`);
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
