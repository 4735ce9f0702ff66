import { checkOptions } from "../arguments.js";
import { ArgumentError, DataFormatError, describe } from "../errors.js";
import { type ArrayInputs, checkArrays, type FileArray } from "./arrays.js";
import { type MemoryOptions, memoryLimitOf, readFile, writeFileAtomically } from "./file.js";
import { checkBytes, readNpy, writeNpy } from "./npy.js";
import { readZip, writeZip } from "./zip.js";

/** How to write an npz file. */
export interface NpzOptions {
  /**
   * Whether to compress the arrays, as `np.savez_compressed` does; `false` if omitted, because weights hardly shrink.
   */
  compress?: boolean;
}

/**
 * Reads the arrays in a `.npz` file of NumPy: a ZIP file of `.npy` files.
 *
 * The file may come from an untrusted source. Nothing is unpacked before the directory and all headers agree and fit
 * the limit, the unpacking stops as soon as it gives more bytes than promised, and the contents are checked by their
 * CRC-32.
 *
 * @param bytes The whole file.
 * @param options.memoryLimit Most bytes that the unpacked arrays may have; 1 GiB if omitted. Reading a file of NumPy's
 * takes no more memory than that, beside `bytes`. An array in Fortran order takes twice its size while it is reordered.
 * @returns The arrays by name, in the order of the file.
 * @throws {ArgumentError} if `bytes` is not a Uint8Array, or if an option is wrong.
 * @throws {DataFormatError} if the bytes are not such a file, are damaged, or exceed the limit.
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
 * Writes arrays as a `.npz` file, which `np.load` reads. The same arrays give the same bytes.
 *
 * @returns The bytes of the file.
 * @throws {ArgumentError} if a value is not an array or has a type that NumPy does not have, or if an option is wrong.
 * @throws {ShapeError} if the data of an array do not fit its shape.
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
 * Reads the arrays in a `.npz` file on disk (in Node.js, Deno and Bun).
 *
 * @param options.memoryLimit Most bytes that the file may have, and most that its unpacked arrays may have; 1 GiB if
 * omitted.
 * @throws {DataNotFoundError} if the file cannot be read.
 * @returns The arrays by name, in the order of the file.
 * @throws {DataFormatError} as by `parseNpz`; the error names the file.
 * @example
 * ```ts no-run
 * const arrays = await loadNpz("arrays.npz"); // written by np.savez("arrays.npz", x=x)
 * const x = arrays.get("x");
 * ```
 */
export async function loadNpz(path: string, options: MemoryOptions = {}): Promise<Map<string, FileArray>> {
  checkOptions(options, ["memoryLimit"]);
  const memoryLimit = memoryLimitOf(options);
  return readNpz(await readFile(path, memoryLimit), path, memoryLimit);
}

/**
 * Writes arrays to a file that `np.load` reads. The file is replaced at once or not at all.
 *
 * @throws {ArgumentError | ShapeError} as by `encodeNpz`.
 * @throws {FileWriteError} if the file cannot be written.
 * @example
 * ```ts no-run
 * await saveNpz("arrays.npz", { x: matrix([[1, 2]]) }); // for np.load("arrays.npz")["x"]
 * ```
 */
export async function saveNpz(path: string, arrays: ArrayInputs, options: NpzOptions = {}): Promise<void> {
  await writeFileAtomically(path, encodeNpz(arrays, options));
}

/** {@link parseNpz} with the name of the file in errors. */
export function readNpz(bytes: Uint8Array, source: string, memoryLimit: number): Map<string, FileArray> {
  const arrays = new Map<string, FileArray>();
  for (const [file, { bytes: contents, isUnpacked }] of readZip(bytes, source, memoryLimit)) {
    const place = `${source}, ${file}`;
    if (!file.endsWith(".npy")) throw new DataFormatError(place, "its name does not end in .npy");
    arrays.set(file.slice(0, -".npy".length), readNpy(contents, place, isUnpacked));
  }
  return arrays;
}
