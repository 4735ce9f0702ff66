// Makes a fresh clone ready: npm packages, the wasm32 target, wasm-pack and wasm-bindgen, the build. When everything is
// there, the script does nothing; `--force` builds again. It uses Node's built-in modules only, because it runs before
// anything is installed.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { build, bundleStep, figuresStep, hashFiles, readStamps, trainStep, wasmStep, writeStamp } from "./build.mjs";
import { atLeast, ENV, Failure, main, must, ROOT, readSetting, run, seconds, step, TOOLS } from "./tools.mjs";

const WASM_TARGET = "wasm32-unknown-unknown";
const WASM_PACK = "0.15.0";
const INSTALL_RUST = "Install Rust with: curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh -s -- -y";

// The build tools run for a second each. Without the optimiser they compile in 75 s instead of 205 s on 2 cores.
const UNOPTIMISED = {
  CARGO_PROFILE_RELEASE_OPT_LEVEL: "0",
  CARGO_PROFILE_RELEASE_LTO: "off",
  CARGO_PROFILE_RELEASE_CODEGEN_UNITS: "16",
};

main(() => {
  const force = process.argv.includes("--force");
  const start = performance.now();
  checkNode();
  const done = [installPackages(), checkRust(), addWasmTarget(), installWasmTools()];
  for (const buildStep of [wasmStep, bundleStep, figuresStep, trainStep]) done.push(build(buildStep, { force }));
  if (done.includes(true)) console.log(`setup: ready after ${seconds(start)}\n`);
});

function checkNode() {
  const needed = readSetting("package.json", /"node": ">=([\d.]+)"/);
  if (atLeast(process.versions.node, needed)) return;
  throw new Failure(
    `Node ${process.versions.node} is too old, numgrad needs ${needed} or newer. Install it with: nvm install 22`,
  );
}

function installPackages() {
  const manifests = ["packages", "examples"].flatMap((room) =>
    readdirSync(join(ROOT, room)).map((name) => `${room}/${name}/package.json`),
  );
  const inputs = hashFiles(["pnpm-lock.yaml", "pnpm-workspace.yaml", "package.json", ...manifests]);
  if (readStamps().install === inputs) return false;
  const pnpm = readSetting("package.json", /"packageManager": "(pnpm@[\d.]+)"/);
  // pnpm replaces a node_modules of another package manager without a question, which nobody might answer.
  const args = ["--yes", pnpm, "install", "--frozen-lockfile", "--config.confirmModulesPurge=false"];
  step("installing the npm packages (pnpm)", () => must("npx", args));
  writeStamp("install", inputs);
  return true;
}

function checkRust() {
  const needed = readSetting("Cargo.toml", /rust-version = "([\d.]+)"/);
  const rustc = run("rustc", ["--version"]);
  if (rustc.missing) throw new Failure(`rustc is missing. ${INSTALL_RUST}`);
  if (!rustc.ok) throw new Failure(`rustc does not run. Install it with: rustup default stable\n${rustc.output}`);
  const version = rustc.output.match(/rustc ([\d.]+)/)?.[1] ?? "0";
  if (!atLeast(version, needed)) {
    throw new Failure(
      `Rust ${version} is too old, numgrad needs ${needed} or newer. Update it with: rustup update stable`,
    );
  }
  if (run("cargo", ["--version"]).missing) throw new Failure(`cargo is missing. ${INSTALL_RUST}`);
  return false;
}

function addWasmTarget() {
  const library = join(must("rustc", ["--print", "sysroot"]).trim(), "lib/rustlib", WASM_TARGET, "lib");
  if (existsSync(library)) return false;
  step(`adding Rust's target ${WASM_TARGET}`, () => {
    const added = run("rustup", ["target", "add", WASM_TARGET]);
    if (added.missing) throw new Failure(`rustup, which adds the target, is missing. ${INSTALL_RUST}`);
    if (!added.ok) throw new Failure(`rustup target add ${WASM_TARGET} failed:\n${added.output}`);
    if (existsSync(library)) return;
    throw new Failure(`rustup did not bring ${library}: rustc and rustup on the PATH do not belong together`);
  });
  return true;
}

/**
 * Installs wasm-pack, and wasm-bindgen in the version of the crate, if the machine lacks them.
 *
 * Both are compiled by `cargo install`. The binaries on GitHub would save a minute once, but those of wasm-pack come
 * without a checksum, while Cargo verifies everything that it fetches; and a second way of installing would have to be
 * tested on machines of every kind.
 */
function installWasmTools() {
  const bindgen = readSetting("crates/numgrad-wasm/Cargo.toml", /wasm-bindgen = \{ version = "=([\d.]+)"/);
  const wanted = [
    { command: "wasm-pack", crate: "wasm-pack", version: WASM_PACK },
    { command: "wasm-bindgen", crate: "wasm-bindgen-cli", version: bindgen },
  ];
  const lacking = wanted.filter(
    ({ command, version }) => run(command, ["--version"]).output.trim() !== `${command} ${version}`,
  );
  if (lacking.length === 0) return false;
  const crates = lacking.map(({ crate, version }) => `${crate}@${version}`);
  step(`compiling ${crates.join(" and ")} (cargo install, once, a minute or two)`, () => {
    must("cargo", ["install", "--locked", "--root", TOOLS, ...crates], { env: { ...ENV, ...UNOPTIMISED } });
  });
  return true;
}
