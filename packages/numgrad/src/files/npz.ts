import { checkOptions } from "../arguments.js";
import { ArgumentError, DataFormatError, describe, printable } from "../errors.js";
import { type ArrayInputs, checkArrays, type FileArray } from "./arrays.js";
import {
  type LoadOptions,
  type MemoryOptions,
  memoryLimitOf,
  readFile,
  settleLoad,
  writeFileAtomically,
} from "./file.js";
import { checkBytes, readNpy, writeNpy } from "./npy.js";
import { atOnce, inPieces, type Work } from "./pieces.js";
import { readZip } from "./zip.js";
import { writeZip } from "./zip-writer.js";

/** The arrays in a `.npz` file by name, in the order of the file. */
export interface NpzArrays extends Map<string, FileArray> {
  /**
   * The arrays and other members of the file that could not be read, by name, each with an error that says why: texts,
   * objects and other types that are not supported, a README, the files that macOS adds.
   */
  readonly skipped: ReadonlyMap<string, DataFormatError>;
}

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
 * An array of a type that is not supported does not keep the others from being read. It is listed in `skipped`, and so is
 * any other member of the ZIP file that is no `.npy` file. Only if nothing can be read, the first reason is thrown.
 *
 * @param bytes The whole file.
 * @param options.memoryLimit Most bytes that the unpacked arrays may have; 1 GiB if omitted. Reading a file of NumPy's
 * takes no more memory than that, beside `bytes`. An array in Fortran order takes twice its size while it is reordered.
 * @returns The arrays by name, in the order of the file. A name is that of the member without `.npy`.
 * @throws {ArgumentError} if `bytes` is not a Uint8Array, or if an option is wrong.
 * @throws {DataFormatError} if the bytes are not such a file, are damaged, or exceed the limit.
 * @see https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 * @example
 * ```ts
 * const arrays = parseNpz(encodeNpz({ x: matrix([[1, 2]]), labels: Int32Array.of(3) }));
 * arrays.get("x")?.shape; // [1, 2]
 * ```
 */
export function parseNpz(bytes: Uint8Array, options: MemoryOptions = {}): NpzArrays {
  checkBytes(bytes);
  checkOptions(options, ["memoryLimit"]);
  return atOnce(readNpz(bytes, "bytes", memoryLimitOf(options)));
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
 * Reads the arrays in a `.npz` file on disk (in Node.js, Deno and Bun), as `parseNpz` does. A large file is unpacked in
 * pieces, between which the event loop runs.
 *
 * @param path Path of the file, or its file: URL.
 * @param options.memoryLimit Most bytes that the file may have, and most that its unpacked arrays may have; 1 GiB if
 * omitted.
 * @param options.signal Stops the loading: the promise rejects with `signal.reason`.
 * @returns The arrays by name, in the order of the file, and in `skipped` what could not be read.
 * @throws {DataNotFoundError} if the file cannot be read, or if it is not a regular file.
 * @throws {DataFormatError} as by `parseNpz`; the error names the file.
 * @example
 * ```ts no-run
 * const arrays = await loadNpz("arrays.npz"); // written by np.savez("arrays.npz", x=x)
 * const x = arrays.get("x");
 * for (const [name, error] of arrays.skipped) console.warn(name, error.message);
 * ```
 */
export async function loadNpz(path: string | URL, options: LoadOptions = {}): Promise<NpzArrays> {
  const { memoryLimit, signal } = settleLoad(options);
  return inPieces(readNpz(await readFile(path, memoryLimit), String(path), memoryLimit), signal);
}

/**
 * Writes arrays to a file that `np.load` reads. The file is replaced at once or not at all.
 *
 * @param path Path of the file, or its file: URL.
 * @throws {ArgumentError | ShapeError} as by `encodeNpz`.
 * @throws {FileWriteError} if the file cannot be written.
 * @example
 * ```ts no-run
 * await saveNpz("arrays.npz", { x: matrix([[1, 2]]) }); // for np.load("arrays.npz")["x"]
 * ```
 */
export async function saveNpz(path: string | URL, arrays: ArrayInputs, options: NpzOptions = {}): Promise<void> {
  await writeFileAtomically(path, encodeNpz(arrays, options));
}

/** Does what {@link parseNpz} does, with the name of the file in errors. */
export function* readNpz(bytes: Uint8Array, source: string, memoryLimit: number): Work<NpzArrays> {
  const arrays = new Map<string, FileArray>();
  const skipped = new Map<string, DataFormatError>();
  const files = yield* readZip(bytes, source, memoryLimit);
  for (const [file, contents] of files) {
    if (file.endsWith("/")) continue; // a folder
    const stem = file.replace(/\.npy$/, "");
    // As in NumPy, a member without the ending has its name, too. If both are there, the other one keeps its ending.
    const name = files.has(stem) ? file : stem;
    try {
      if (contents.fault) throw contents.fault;
      arrays.set(name, yield* readNpy(contents.bytes, `${source}, ${printable(file)}`, contents.isUnpacked));
    } catch (error) {
      if (!(error instanceof DataFormatError)) throw error;
      skipped.set(name, error);
    }
  }
  const [first] = skipped.values();
  if (first && arrays.size === 0) throw first;
  // The property is not enumerable, so that the arrays compare as those of any other Map.
  return Object.defineProperty(arrays, "skipped", { value: skipped }) as NpzArrays;
}
