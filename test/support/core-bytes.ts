import { readFileSync } from "node:fs";

/** The bytes of the core, as they are built. */
export function coreBytes(): Uint8Array<ArrayBuffer> {
  return new Uint8Array(
    readFileSync(new URL("../../packages/numgrad/src/wasm/generated/core_bg.wasm", import.meta.url)),
  );
}

/** The number of the memory section, and of the first section, in a WebAssembly module. */
const MEMORY = 5;

/** The first and the most pages of 64 KiB that the core's memory may have, and where the latter stands. */
function memoryLimits(bytes: Uint8Array): { initial: number; most: number; at: number; end: number } {
  for (let at = 8; at < bytes.length; ) {
    const id = bytes[at]!;
    const [size, start] = readNumber(bytes, at + 1);
    if (id === MEMORY) {
      // One memory; 1 says that it has a limit.
      if (bytes[start] !== 1 || bytes[start + 1] !== 1) throw new Error("the core's memory has no limit");
      const [initial, limit] = readNumber(bytes, start + 2);
      const [most, end] = readNumber(bytes, limit);
      return { initial, most, at: limit, end };
    }
    at = start + size;
  }
  throw new Error("the core has no memory");
}

/** The pages of 64 KiB with which the core's memory begins, and to which it may grow. */
export function corePages(bytes = coreBytes()): { initial: number; most: number } {
  const { initial, most } = memoryLimits(bytes);
  return { initial, most };
}

/** The core with another limit of its memory, in pages of 64 KiB. */
export function withMemoryLimit(pages: number, bytes = coreBytes()): Uint8Array<ArrayBuffer> {
  const { at, end } = memoryLimits(bytes);
  const changed = bytes.slice();
  // The number keeps its length, so that nothing behind it moves.
  for (let i = at, rest = pages; i < end; i++, rest >>>= 7) changed[i] = (rest & 127) | (i + 1 < end ? 128 : 0);
  return changed;
}

/** The places at which some bytes stand in the core. */
export function placesOf(pattern: readonly number[], bytes = coreBytes()): number[] {
  const found: number[] = [];
  const text = Buffer.from(bytes);
  const wanted = Buffer.from(pattern);
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + 1)) found.push(at);
  return found;
}

/** The core with other bytes at some places. */
export function withBytes(
  places: readonly number[],
  to: readonly number[],
  bytes = coreBytes(),
): Uint8Array<ArrayBuffer> {
  const changed = bytes.slice();
  for (const at of places) changed.set(to, at);
  return changed;
}

/** A number in LEB128 at `at`, and where what follows it stands. */
function readNumber(bytes: Uint8Array, at: number): [number, number] {
  let number = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++]!;
    number |= (byte & 127) << shift;
    if (byte < 128) return [number >>> 0, at];
  }
}
