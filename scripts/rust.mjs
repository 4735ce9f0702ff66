// What the builds of the core need: Rust, a C linker, Rust's target wasm32, wasm-pack and wasm-bindgen.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { atLeast, ENV, Failure, follow, must, readSetting, run, step, TOOLS } from "./tools.mjs";

const WASM_TARGET = "wasm32-unknown-unknown";
const WASM_PACK = "0.15.0";
const INSTALL_RUST = "Install Rust with: curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh -s -- -y";

// The build tools run for a second each. Without the optimiser they compile in 75 s instead of 205 s on 2 cores.
const UNOPTIMISED = {
  CARGO_PROFILE_RELEASE_OPT_LEVEL: "0",
  CARGO_PROFILE_RELEASE_LTO: "off",
  CARGO_PROFILE_RELEASE_CODEGEN_UNITS: "16",
};

/** Checks, without changing anything, that Rust is there, and all that is needed to compile with it. */
export function checkRust() {
  const needed = readSetting("Cargo.toml", /rust-version = "([\d.]+)"/);
  const rustc = run("rustc", ["--version"]);
  if (rustc.missing) throw new Failure(`rustc is missing. ${INSTALL_RUST}`);
  if (!rustc.ok)
    throw new Failure(`rustc does not run. Install it with: rustup default stable\n${rustc.output.trimEnd()}`);
  const version = rustc.output.match(/rustc ([\d.]+)/)?.[1] ?? "0";
  if (!atLeast(version, needed)) {
    throw new Failure(
      `Rust ${version} is too old, numgrad needs ${needed} or newer. Update it with: rustup update stable`,
    );
  }
  if (run("cargo", ["--version"]).missing) throw new Failure(`cargo is missing. ${INSTALL_RUST}`);
  if (!existsSync(wasmLibrary()) && run("rustup", ["--version"]).missing) {
    throw new Failure(`rustup, which adds the target ${WASM_TARGET}, is missing. ${INSTALL_RUST}`);
  }
  if (run("cc", ["--version"]).missing) {
    throw new Failure(
      "cc, the C linker that Rust needs, is missing. Install one with, for instance: sudo apt-get install build-essential",
    );
  }
}

/**
 * Checks Rust, and adds its target and the tools for WebAssembly, if the machine lacks them.
 *
 * @returns {Promise<boolean>} whether something was added
 */
export async function addWasmTools() {
  checkRust();
  const hasAddedTarget = addWasmTarget();
  return (await installWasmTools()) || hasAddedTarget;
}

/** The folder of the target's standard library. */
function wasmLibrary() {
  return join(must("rustc", ["--print", "sysroot"]).trim(), "lib/rustlib", WASM_TARGET, "lib");
}

function addWasmTarget() {
  const library = wasmLibrary();
  if (existsSync(library)) return false;
  step(`adding Rust's target ${WASM_TARGET}`, () => {
    const { ok, output } = run("rustup", ["target", "add", WASM_TARGET]);
    if (!ok) throw new Failure(`rustup target add ${WASM_TARGET} failed:\n${output}`);
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
 * tested on machines of every kind. npm's package wasm-pack does not contain the program either: it downloads the same
 * binaries. wasm-bindgen has no package there.
 */
async function installWasmTools() {
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
  let compiled = 0;
  await follow(
    `compiling ${crates.join(" and ")} (cargo install, once, a minute or two)`,
    "cargo",
    ["install", "--locked", "--root", TOOLS, ...crates],
    {
      env: { ...ENV, ...UNOPTIMISED },
      progressOf: (line) => (/^\s*Compiling /.test(line) ? `${++compiled} crates` : undefined),
    },
  );
  return true;
}
