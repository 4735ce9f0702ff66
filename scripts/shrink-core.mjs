// Removes what nobody needs from the core that wasm-pack has built.
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Failure, must, ROOT } from "./tools.mjs";

/** Bytes of a `core::panic::Location`: the address and the length of its file's name, the line, the column. */
const LOCATION = 16;
/** A file's name as a Location has it. It has no 0 at its end. */
const RUST_FILE = /^[\w./-]+\.rs$/;
/** Ids and a kind in WebAssembly's binary format. */
const DATA_SECTION = 11;
const ACTIVE = 0;

/** The extensions of WebAssembly that the core uses. With others wasm-opt might write what engines do not read. */
const FEATURES = readFileSync(join(ROOT, "crates/numgrad-wasm/Cargo.toml"), "utf8").match(/--enable-[\w-]+/g) ?? [];

/** Names of the exports that the package uses. */
const USED = /^(memory|live_\w+|raw[a-z]+_\w+|__wbg_raw(images|session)_free)$/;

/**
 * Removes all that nobody needs from a module.
 *
 * @param {string} path
 */
export function shrinkCore(path) {
  removeUnusedExports(path);
  removePanicLocations(path);
}

/**
 * Removes what wasm-bindgen exports for its own glue, which is not used (packages/numgrad/src/wasm/glue.ts), and what is there
 * for these exports only. The objects for functions and random numbers are never freed.
 *
 * @param {string} path
 */
function removeUnusedExports(path) {
  const exports = WebAssembly.Module.exports(new WebAssembly.Module(readFileSync(path))).map(({ name }) => name);
  const used = exports.filter((name) => USED.test(name));
  const graph = `${path}.graph.json`;
  const nodes = used.map((name) => ({ name, export: name, root: true }));
  writeFileSync(graph, JSON.stringify(nodes));
  must("wasm-metadce", [path, ...FEATURES, "--graph-file", graph, "--output", path]);
  rmSync(graph);
}

/**
 * A part of the memory as it is at the start.
 *
 * @typedef {object} Segment
 * @property {number} address In the memory.
 * @property {number} offset In the module.
 * @property {number} length
 */

/**
 * Removes where each panic would have happened: file, line and column, which stable Rust has no option to leave out. The
 * core's panics trap, so wasm-opt removes these values from every call, but it cannot take them out of the data, where
 * they are 5.6 KB. Here those that no instruction mentions become zeros, which wasm-opt then leaves out.
 *
 * @param {string} path
 */
function removePanicLocations(path) {
  const module = readFileSync(path);
  const segments = readSegments(module);
  const mentioned = readNumbers(path);
  /** @param {number} address @param {number} length */
  const isMentioned = (address, length) => mentioned.some((number) => number >= address && number < address + length);
  /** @param {number} address @param {number} length */
  const find = (address, length) => {
    const segment = segments.find((it) => address >= it.address && address + length <= it.address + it.length);
    return segment && module.subarray(segment.offset + address - segment.address).subarray(0, length);
  };

  /** @type {Buffer[]} */
  const unused = [];
  /** Names of files by their addresses. @type {Map<number, { name: Buffer, isUsed: boolean }>} */
  const names = new Map();
  for (const segment of segments) {
    const end = segment.address + segment.length;
    // Rust aligns a Location to four bytes.
    for (let address = Math.ceil(segment.address / 4) * 4; address + LOCATION <= end; address += 4) {
      const location = find(address, LOCATION);
      if (!location) continue;
      const nameAddress = location.readUInt32LE(0);
      const name = find(nameAddress, location.readUInt32LE(4));
      if (!name || !RUST_FILE.test(name.toString("latin1"))) continue;
      const isUsed = isMentioned(address, LOCATION);
      if (!isUsed) unused.push(location);
      names.set(nameAddress, { name, isUsed: isUsed || (names.get(nameAddress)?.isUsed ?? false) });
    }
  }
  for (const [address, { name, isUsed }] of names) {
    if (!isUsed && !isMentioned(address, name.length)) unused.push(name);
  }
  if (unused.length === 0) throw new Failure(`${path} has no location of a panic: has the layout of rustc changed?`);
  for (const bytes of unused) bytes.fill(0);
  writeFileSync(path, module);
  must("wasm-opt", [path, ...FEATURES, "--memory-packing", "--output", path]);
}

/**
 * The data of a module.
 *
 * @param {Buffer} module
 */
function readSegments(module) {
  /** @type {Segment[]} */
  const segments = [];
  // After the magic number and the version.
  let at = 8;
  const readByte = () => module.readUInt8(at++);
  /** LEB128; addresses are below 2³¹, where signed and unsigned ones are the same. */
  const readNumber = () => {
    let number = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = readByte();
      number += (byte & 127) * factor;
      if (byte < 128) return number;
    }
  };
  while (at < module.length) {
    const section = readByte();
    const length = readNumber();
    const end = at + length;
    for (let left = section === DATA_SECTION ? readNumber() : 0; left > 0; left--) {
      if (readNumber() !== ACTIVE) throw new Failure("the core has data that is not in its memory from the start");
      readByte(); // i32.const
      const address = readNumber();
      readByte(); // end
      const bytes = readNumber();
      segments.push({ address, offset: at, length: bytes });
      at += bytes;
    }
    at = end;
  }
  return segments;
}

/**
 * All whole numbers in the text of a module but those in its data: each could be an address.
 *
 * @param {string} path
 */
function readNumbers(path) {
  const code = must("wasm-dis", [...FEATURES, path]).replace(/^ *\(data .*$/gm, "");
  return Array.from(new Set(code.match(/\b\d+\b/g)), Number);
}
