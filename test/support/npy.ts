import { readFileSync } from "node:fs";

/** The numbers of a float64 `.npy` file (version 1.0, 128 bytes of header) of test/golden/mnist. */
export function readGoldenArray(name: string): Float64Array {
  const bytes = readFileSync(new URL(`../golden/mnist/${name}`, import.meta.url));
  return new Float64Array(bytes.buffer.slice(bytes.byteOffset + 128, bytes.byteOffset + bytes.length));
}
