import { readFileSync } from "node:fs";

/** Reads a float64 `.npy` file (version 1.0, with a header of 128 bytes) of test/golden/mnist. */
export function readGoldenArray(name: string): Float64Array {
  const bytes = readFileSync(new URL(`../golden/mnist/${name}`, import.meta.url));
  return new Float64Array(bytes.buffer.slice(bytes.byteOffset + 128, bytes.byteOffset + bytes.length));
}
