import { checkByteArray } from "../arguments.js";
import { ArgumentError, DataFormatError, describe } from "../errors.js";
import { formatShape } from "../shape.js";
import { encodeText } from "../text.js";
import {
  type ArrayData,
  type ArrayInput,
  bytesOf,
  bytesPerElement,
  type CheckedArray,
  checkArray,
  decodeElements,
  elementNamed,
  type FileArray,
  findNonBoolean,
  sizeOf,
} from "./arrays.js";
import { readFile, writeFileAtomically } from "./file.js";
import { formatNpyHeader, LONGEST_HEADER, type NpyHeader, parseNpyHeader } from "./npy-header.js";

/** First bytes of a `.npy` file: `\x93NUMPY`. */
const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

/** NumPy begins the data at a multiple of this many bytes. */
const ALIGNMENT = 64;

/**
 * Reads the array in a `.npy` file of NumPy, version 1 to 3: booleans, integers or floating-point numbers, in either
 * byte order. An array in Fortran order becomes row-major. Pickled objects, structures, strings and complex numbers are
 * refused.
 *
 * @param bytes The whole file.
 * @returns The array. Its data are a copy, which shares no memory with `bytes`.
 * @throws {ArgumentError} if `bytes` is not a Uint8Array.
 * @throws {DataFormatError} if the bytes are not such a file, or fewer or more than the header promises.
 * @see https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 * @example
 * ```ts
 * parseNpy(encodeNpy(matrix([[1, 2], [3, 4]]))).shape; // [2, 2]
 * ```
 */
export function parseNpy(bytes: Uint8Array): FileArray {
  checkBytes(bytes);
  return readNpy(bytes, "bytes");
}

/**
 * Writes an array as a `.npy` file, byte for byte as `np.save` does.
 *
 * @returns The bytes of the file.
 * @throws {ArgumentError} if `array` is not an array, or has a type that NumPy does not have.
 * @throws {ShapeError} if the data of `array` do not fit its shape.
 * @example
 * ```ts
 * encodeNpy(matrix([[1, 2], [3, 4]])).length; // 160: a header of 128 bytes, and 4 numbers
 * ```
 */
export function encodeNpy(array: ArrayInput): Uint8Array {
  return writeNpy("array", checkArray("array", array));
}

/**
 * Reads the array in a `.npy` file on disk (in Node.js, Deno and Bun).
 *
 * @throws {DataNotFoundError} if the file cannot be read.
 * @throws {DataFormatError} as by `parseNpy`; the error names the file.
 * @example
 * ```ts no-run
 * const { shape, data } = await loadNpy("x.npy"); // written by np.save("x.npy", x)
 * ```
 */
export async function loadNpy(path: string): Promise<FileArray> {
  return readNpy(await readFile(path), path, true);
}

/**
 * Writes an array to a file that `np.load` reads. The file is replaced at once or not at all.
 *
 * @throws {ArgumentError | ShapeError} as by `encodeNpy`.
 * @throws {FileWriteError} if the file cannot be written.
 * @example
 * ```ts no-run
 * await saveNpy("x.npy", matrix([[1, 2], [3, 4]])); // for np.load("x.npy")
 * ```
 */
export async function saveNpy(path: string, array: ArrayInput): Promise<void> {
  await writeFileAtomically(path, encodeNpy(array));
}

/** Checks that `bytes` is a Uint8Array. */
export function checkBytes(bytes: unknown): asserts bytes is Uint8Array {
  checkByteArray("bytes", bytes);
}

/**
 * Does what {@link parseNpy} does, with the name of the file in errors. If `owned` is true, the array may use the memory
 * of the bytes.
 */
export function readNpy(bytes: Uint8Array, source: string, owned = false): FileArray {
  const [header, start] = readHeader(bytes, source);
  const element = elementNamed("npy", header.descr.slice(1));
  const order = header.descr[0] as string;
  if (!element || !"<>|=".includes(order) || (order === "|") !== (bytesPerElement(element) === 1)) {
    throw new DataFormatError(source, `elements of type ${describe(header.descr)} are not supported`);
  }
  const size = sizeOf(header.shape, element);
  if ("wrong" in size) throw new DataFormatError(source, size.wrong);
  if (bytes.length !== start + size.bytes) {
    const fault = bytes.length < start + size.bytes ? "truncated" : "oversized";
    const promise = `the header promises ${start + size.bytes} bytes (${formatShape(header.shape)} ${element.dtype})`;
    throw new DataFormatError(source, `${fault}: ${promise}, there are ${bytes.length}`);
  }
  const data = decodeElements(bytes.subarray(start), element, owned);
  if (order === ">") swapBytes(bytesOf(data), bytesPerElement(element));
  const wrong = element.dtype === "bool" ? findNonBoolean(data as Uint8Array) : -1;
  if (wrong >= 0) throw new DataFormatError(source, `element ${wrong} is ${data[wrong]}, expected 0 or 1`);
  const { shape } = header;
  return {
    shape,
    data: header.fortranOrder && shape.length > 1 && size.bytes > 0 ? toRowMajor(data, shape) : data,
    dtype: element.dtype,
  };
}

/** {@link encodeNpy} for an array that has been checked. */
export function writeNpy(argument: string, { shape, data, element }: CheckedArray): Uint8Array {
  if (element.npy === undefined) {
    throw new ArgumentError(`${argument}.dtype`, "a type that NumPy has", describe(element.dtype));
  }
  const descr = `${bytesPerElement(element) === 1 ? "|" : "<"}${element.npy}`;
  const text = formatNpyHeader({ descr, fortranOrder: false, shape });
  const start = Math.ceil((MAGIC.length + 4 + text.length + 1) / ALIGNMENT) * ALIGNMENT;
  const bytes = new Uint8Array(start + data.byteLength);
  const length = start - MAGIC.length - 4;
  bytes.set([...MAGIC, 1, 0, length & 255, length >> 8]);
  bytes.set(encodeText(`${text.padEnd(length - 1)}\n`), MAGIC.length + 4);
  bytes.set(bytesOf(data), start);
  return bytes;
}

/** The header, and the position at which the data begin. */
function readHeader(bytes: Uint8Array, source: string): [NpyHeader, number] {
  const truncated = (needed: number) =>
    new DataFormatError(source, `truncated: a .npy header of ${needed} bytes is needed, there are ${bytes.length}`);
  for (const [i, byte] of MAGIC.entries()) {
    if (i >= bytes.length) throw truncated(MAGIC.length + 4);
    if (bytes[i] !== byte) throw new DataFormatError(source, "not a .npy file: it does not begin with \\x93NUMPY");
  }
  if (bytes.length < MAGIC.length + 2) throw truncated(MAGIC.length + 4);
  const [major, minor] = [bytes[MAGIC.length]!, bytes[MAGIC.length + 1]!];
  if (major < 1 || major > 3 || minor !== 0) {
    throw new DataFormatError(source, `version ${major}.${minor} of the .npy format is not supported`);
  }
  const textStart = MAGIC.length + (major === 1 ? 4 : 6);
  if (bytes.length < textStart) throw truncated(textStart);
  const view = new DataView(bytes.buffer, bytes.byteOffset, textStart);
  const length = major === 1 ? view.getUint16(MAGIC.length + 2, true) : view.getUint32(MAGIC.length + 2, true);
  if (length > LONGEST_HEADER) {
    throw new DataFormatError(source, `a header of ${length} bytes, more than the ${LONGEST_HEADER} that NumPy reads`);
  }
  const start = textStart + length;
  if (bytes.length < start) throw truncated(start);
  // The text is Latin-1 or UTF-8, which are the same for all characters in a header of plain numbers.
  const text = Array.from(bytes.subarray(textStart, start), (byte) => String.fromCharCode(byte)).join("");
  return [parseNpyHeader(text, source), start];
}

/** Reverses the bytes of each element in place. */
function swapBytes(bytes: Uint8Array, width: number): void {
  for (let start = 0; start < bytes.length; start += width) {
    for (let a = start, b = start + width - 1; a < b; a++, b--) {
      const byte = bytes[a]!;
      bytes[a] = bytes[b]!;
      bytes[b] = byte;
    }
  }
}

/** Copies the elements of an array in Fortran order (the first index runs fastest) into row-major order. */
function toRowMajor(data: ArrayData, shape: readonly number[]): ArrayData {
  // Dimensions of 1 change nothing. Without them the inner loop takes at most two turns per element on average.
  const sizes = shape.filter((size) => size > 1);
  const strides = sizes.map((_, d) => sizes.slice(0, d).reduce((product, size) => product * size, 1));
  const out = data.slice();
  const index = sizes.map(() => 0);
  for (let i = 0, from = 0; i < out.length; i++) {
    out[i] = data[from] as never;
    for (let d = sizes.length - 1; d >= 0; d--) {
      from += strides[d]!;
      if (++index[d]! < sizes[d]!) break;
      from -= sizes[d]! * strides[d]!;
      index[d] = 0;
    }
  }
  return out;
}
