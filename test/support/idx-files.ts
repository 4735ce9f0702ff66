import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** The bytes of an IDX file: a header with `shape` and the given element type, followed by the bytes `data`. */
export function idxFile(shape: readonly number[], data: ArrayLike<number>, code = 0x08): Uint8Array {
  const bytes = new Uint8Array(4 + 4 * shape.length + data.length);
  const view = new DataView(bytes.buffer);
  bytes.set([0, 0, code, shape.length]);
  for (const [d, size] of shape.entries()) view.setUint32(4 + 4 * d, size);
  bytes.set(data, 4 + 4 * shape.length);
  return bytes;
}

/** A directory with the given files, which is removed when the test ends. */
export function temporaryDirectory(files: Record<string, Uint8Array>): string {
  const directory = mkdtempSync(join(tmpdir(), "numgrad-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(directory, name), bytes);
  return directory;
}

/** Three training and two test images of 2 × 2 pixels. */
export const small = {
  "train-images-idx3-ubyte": idxFile([3, 2, 2], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]),
  "train-labels-idx1-ubyte": idxFile([3], [5, 0, 4]),
  "t10k-images-idx3-ubyte": idxFile([2, 2, 2], [20, 21, 22, 23, 24, 25, 26, 27]),
  "t10k-labels-idx1-ubyte": idxFile([2], [7, 2]),
};
