import { checkOptions } from "../arguments.js";
import { ArgumentError, DataFormatError, describe } from "../errors.js";
import { type ArrayInputs, checkArrays, type FileArray } from "./arrays.js";
import { type MemoryOptions, memoryLimitOf, readFile, writeFileAtomically } from "./file.js";
import { checkBytes, readNpy, writeNpy } from "./npy.js";
import { readZip, writeZip } from "./zip.js";

/** How to write an npz file. */
export interface NpzOptions {
  /** Whether the arrays are compressed, as by `np.savez_compressed`. Default `false`: weights are noise, and hardly shrink. */
  compress?: boolean;
}

/**
 * The arrays in a `.npz` file of NumPy, by name: a ZIP file of `.npy` files.
 *
 * The file may come from anywhere: nothing is unpacked before its directory and all headers agree and fit the limit, the
 * unpacking stops where it gives more than was promised, and contents are held against their CRC-32.
 *
 * @param options.memoryLimit Most bytes that the arrays, unpacked, may have; 1 GiB if omitted. NumPy's files take no more
 *   than that beside `bytes`; an array in Fortran order is there twice while it is turned.
 * @throws {ArgumentError} if `bytes` is no Uint8Array, or an option is wrong.
 * @throws {DataFormatError} if it is no such file, damaged, or too large.
 * @see https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 * @example
 * ```ts
 * const arrays = parseNpz(encodeNpz({ x: matrix([[1, 2]]), labels: Int32Array.of(3) }));
 * arrays.get("x")?.shape; // [1, 2]
 * ```
 */
export function parseNpz(bytes: Uint8Array, options: MemoryOptions = {}): Map<string, FileArray> {
  checkBytes(bytes);
  checkOptions(options, ["memoryLimit"]);
  return readNpz(bytes, "bytes", memoryLimitOf(options));
}

/**
 * A `.npz` file with the given arrays, for `np.load`. The same arrays give the same bytes.
 *
 * @throws {ArgumentError | ShapeError} if an array is none, or of a type that NumPy does not have, or an option is wrong.
 * @example
 * ```ts
 * const file = encodeNpz({ x: matrix([[1, 2]]), labels: Int32Array.of(3) }, { compress: true });
 * parseNpz(file).get("labels")?.data; // Int32Array [3]
 * ```
 */
export function encodeNpz(arrays: ArrayInputs, options: NpzOptions = {}): Uint8Array {
  checkOptions(options, ["compress"]);
  const { compress = false } = options;
  if (typeof compress !== "boolean") throw new ArgumentError("options.compress", "true or false", describe(compress));
  const files = new Map<string, Uint8Array>();
  for (const [name, array] of checkArrays("arrays", arrays)) {
    files.set(`${name}.npy`, writeNpy(`arrays.${name}`, array));
  }
  return writeZip(files, { compress });
}

/**
 * The arrays in a `.npz` file on disk (in Node.js, Deno and Bun).
 *
 * @param options.memoryLimit Most bytes that the file, and its arrays unpacked, may have; 1 GiB each if omitted.
 * @throws {DataNotFoundError} if the file cannot be read.
 * @throws {DataFormatError} as `parseNpz`, naming the file.
 * @example
 * ```ts no-run
 * const arrays = await loadNpz("arrays.npz"); // of np.savez("arrays.npz", x=x)
 * const x = arrays.get("x");
 * ```
 */
export async function loadNpz(path: string, options: MemoryOptions = {}): Promise<Map<string, FileArray>> {
  checkOptions(options, ["memoryLimit"]);
  const memoryLimit = memoryLimitOf(options);
  return readNpz(await readFile(path, memoryLimit), path, memoryLimit);
}

/**
 * Writes arrays for `np.load`. The file is replaced at once or not at all.
 *
 * @throws {ArgumentError | ShapeError} as `encodeNpz`.
 * @throws {FileWriteError} if the file cannot be written.
 * @example
 * ```ts no-run
 * await saveNpz("arrays.npz", { x: matrix([[1, 2]]) }); // for np.load("arrays.npz")["x"]
 * ```
 */
export async function saveNpz(path: string, arrays: ArrayInputs, options: NpzOptions = {}): Promise<void> {
  await writeFileAtomically(path, encodeNpz(arrays, options));
}

/** {@link parseNpz} with the file's name for errors. */
export function readNpz(bytes: Uint8Array, source: string, memoryLimit: number): Map<string, FileArray> {
  const arrays = new Map<string, FileArray>();
  for (const [file, { bytes: contents, unpacked }] of readZip(bytes, source, memoryLimit)) {
    const part = `${source}, ${file}`;
    if (!file.endsWith(".npy")) throw new DataFormatError(part, "not a .npy file by its name");
    arrays.set(file.slice(0, -".npy".length), readNpy(contents, part, unpacked));
  }
  return arrays;
}
