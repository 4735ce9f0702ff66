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
  type ElementType,
  elementNamed,
  type FileArray,
  faultOfElements,
  sizeOf,
} from "./arrays.js";
import { type LoadOptions, readFile, settleLoad, writeFileAtomically } from "./file.js";
import { formatNpyHeader, LONGEST_HEADER, type NpyHeader, parseNpyHeader } from "./npy-header.js";
import { atOnce, forPieces, inPieces, type Work } from "./pieces.js";

/** First bytes of a `.npy` file: `\x93NUMPY`. */
const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

/** NumPy begins the data at a multiple of this many bytes. */
const ALIGNMENT = 64;

/** NumPy's one-letter names of types. `l` is left out, because its size depends on the platform. */
const LETTERS: Readonly<Record<string, string>> = {
  "?": "b1", b: "i1", B: "u1", h: "i2", H: "u2", i: "i4", I: "u4", q: "i8", Q: "u8", e: "f2", f: "f4", d: "f8",
}; // biome-ignore format: two lines

/**
 * Reads the array in a `.npy` file of NumPy, version 1 to 3: booleans, integers or floating-point numbers, in either
 * byte order, whose type may be written in any way that NumPy reads (`<f8`, `f8`, `d`, `float64`). An array in Fortran
 * order becomes row-major; float16 numbers become a Float32Array. Pickled objects, structures, strings, dates, complex
 * numbers and long doubles are refused.
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
  return atOnce(readNpy(bytes, "bytes"));
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
 * Reads the array in a `.npy` file on disk (in Node.js, Deno and Bun). A large file is decoded in pieces, between which
 * the event loop runs.
 *
 * @param path Path of the file, or its file: URL.
 * @param options.memoryLimit Most bytes that the file may have; 1 GiB if omitted.
 * @param options.signal Stops the loading: the promise rejects with `signal.reason`.
 * @throws {DataNotFoundError} if the file cannot be read, or if it is not a regular file.
 * @throws {DataFormatError} as by `parseNpy`; the error names the file.
 * @example
 * ```ts no-run
 * const { shape, data } = await loadNpy("x.npy"); // written by np.save("x.npy", x)
 * ```
 */
export async function loadNpy(path: string | URL, options: LoadOptions = {}): Promise<FileArray> {
  const { memoryLimit, signal } = settleLoad(options);
  return inPieces(readNpy(await readFile(path, memoryLimit), String(path), true), signal);
}

/**
 * Writes an array to a file that `np.load` reads. The file is replaced at once or not at all.
 *
 * @param path Path of the file, or its file: URL.
 * @throws {ArgumentError | ShapeError} as by `encodeNpy`.
 * @throws {FileWriteError} if the file cannot be written.
 * @example
 * ```ts no-run
 * await saveNpy("x.npy", matrix([[1, 2], [3, 4]])); // for np.load("x.npy")
 * ```
 */
export async function saveNpy(path: string | URL, array: ArrayInput): Promise<void> {
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
export function* readNpy(bytes: Uint8Array, source: string, owned = false): Work<FileArray> {
  const [{ descr, shape, fortranOrder }, start] = readHeader(bytes, source);
  const element = elementOf(descr);
  if (!element) throw new DataFormatError(source, `elements of type ${describe(descr)} are not supported`);
  const size = sizeOf(shape, element);
  if ("wrong" in size) throw new DataFormatError(source, size.wrong);
  if (bytes.length !== start + size.bytes) {
    const fault = bytes.length < start + size.bytes ? "truncated" : "oversized";
    const promise = `the header promises ${start + size.bytes} bytes (${formatShape(shape)} ${element.dtype})`;
    throw new DataFormatError(source, `${fault}: ${promise}, there are ${bytes.length}`);
  }
  const data = yield* decodeElements(bytes.subarray(start), element, { owned, bigEndian: descr.startsWith(">") });
  const fault = yield* faultOfElements(data, element);
  if (fault !== undefined) throw new DataFormatError(source, fault);
  const isReordered = fortranOrder && shape.length > 1 && size.bytes > 0;
  return { shape, data: isReordered ? yield* toRowMajor(data, shape) : data, dtype: element.dtype };
}

/** The type that a `descr` names: a byte order, kind and size (`<f8`), a letter (`<d`), or the name of the type. */
function elementOf(descr: string): ElementType | undefined {
  const name = descr.replace(/^[<>|=]/, "");
  const element = elementNamed("npy", LETTERS[name] ?? name) ?? elementNamed("dtype", descr);
  return element?.npy === undefined ? undefined : element;
}

/** {@link encodeNpy} for an array that has been checked. */
export function writeNpy(argument: string, { shape, stored, element }: CheckedArray): Uint8Array {
  if (element.npy === undefined) {
    throw new ArgumentError(`${argument}.dtype`, "a type that NumPy has", describe(element.dtype));
  }
  const descr = `${bytesPerElement(element) === 1 ? "|" : "<"}${element.npy}`;
  const text = formatNpyHeader({ descr, fortranOrder: false, shape });
  const start = Math.ceil((MAGIC.length + 4 + text.length + 1) / ALIGNMENT) * ALIGNMENT;
  const bytes = new Uint8Array(start + stored.byteLength);
  const length = start - MAGIC.length - 4;
  bytes.set([...MAGIC, 1, 0, length & 255, length >> 8]);
  bytes.set(encodeText(`${text.padEnd(length - 1)}\n`), MAGIC.length + 4);
  bytes.set(bytesOf(stored), start);
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

/** The elements as unsigned integers on the same memory: one for each, and two for an element of 64 bits. */
function toUnits({ buffer, byteOffset, byteLength, BYTES_PER_ELEMENT: width }: ArrayData) {
  const Type = width === 1 ? Uint8Array : width === 2 ? Uint16Array : Uint32Array;
  return new Type(buffer as ArrayBuffer, byteOffset, byteLength / Type.BYTES_PER_ELEMENT);
}

/** Copies the elements of an array in Fortran order (the first index runs fastest) into row-major order. */
function* toRowMajor(data: ArrayData, shape: readonly number[]): Work<ArrayData> {
  // Dimensions of 1 change nothing. Without them the inner loop takes at most two turns per element on average.
  const sizes = shape.filter((size) => size > 1);
  const strides = sizes.map((_, d) => sizes.slice(0, d).reduce((product, size) => product * size, 1));
  const out = data.slice();
  // The bits are moved, not numbers: a NaN that is read as a number may get other bits.
  const [source, target] = [toUnits(data), toUnits(out)];
  const isWide = source.length > data.length;
  const index = sizes.map(() => 0);
  let from = 0;
  yield* forPieces(out.length, (start, end) => {
    for (let i = start; i < end; i++) {
      if (isWide) {
        target[2 * i] = source[2 * from]!;
        target[2 * i + 1] = source[2 * from + 1]!;
      } else target[i] = source[from]!;
      for (let d = sizes.length - 1; d >= 0; d--) {
        from += strides[d]!;
        if (++index[d]! < sizes[d]!) break;
        from -= sizes[d]! * strides[d]!;
        index[d] = 0;
      }
    }
  });
  return out;
}
