import { checkByteArray } from "../arguments.js";
import { DataFormatError } from "../errors.js";
import { formatShape } from "../shape.js";

/** Typed arrays for the elements of an IDX file. */
export type IdxData = Uint8Array | Int8Array | Int16Array | Int32Array | Float32Array | Float64Array;

/** The contents of an IDX file, row-major: element [r, c] of a matrix is `data[r * shape[1] + c]`. */
export interface IdxArray {
  /** Length of each dimension. */
  readonly shape: readonly number[];
  /** The elements. The type of the array is that of the elements in the file. */
  readonly data: IdxData;
}

/** What the first bytes of an IDX file say about the rest. */
export interface IdxHeader {
  readonly shape: readonly number[];
  readonly element: IdxElement;
  /** Length of the header itself, in bytes. */
  readonly headerBytes: number;
  /** Length of the elements after it, in bytes. */
  readonly dataBytes: number;
}

/** Checks a header; throws if the file is not the expected one. */
export type HeaderCheck = (header: IdxHeader) => void;

/** A type of element. */
interface IdxElement {
  /** Third byte of the file. */
  readonly code: number;
  /** The type in messages. */
  readonly name: string;
  /** Size of an element in bytes. */
  readonly bytes: number;
}

const ELEMENTS: readonly IdxElement[] = [
  { code: 0x08, name: "unsigned bytes", bytes: 1 },
  { code: 0x09, name: "signed bytes", bytes: 1 },
  { code: 0x0b, name: "16-bit integers", bytes: 2 },
  { code: 0x0c, name: "32-bit integers", bytes: 4 },
  { code: 0x0d, name: "float32 numbers", bytes: 4 },
  { code: 0x0e, name: "float64 numbers", bytes: 8 },
];

/**
 * Reads the array in an IDX file, the format of MNIST. The file consists of two zero bytes, a type code, the number of
 * dimensions, each dimension as a big-endian 32-bit integer, and the elements, big-endian and row-major. All six
 * element types are read: 0x08 as Uint8Array, 0x09 Int8Array, 0x0B Int16Array, 0x0C Int32Array, 0x0D Float32Array,
 * 0x0E Float64Array.
 *
 * `data` is always a copy, also of bytes, because the caller may reuse its buffer (Node's buffers share a pool).
 * Copying MNIST's 47 MB takes about 10 ms.
 *
 * @param bytes The whole file, decompressed.
 * @returns The array, with its shape.
 * @throws {ArgumentError} if `bytes` is not a Uint8Array.
 * @throws {DataFormatError} if the bytes are not an IDX file, or fewer or more than the header promises.
 * @see http://yann.lecun.com/exdb/mnist/ (section "The IDX file format")
 * @example
 * ```ts
 * parseIdx(new Uint8Array([0, 0, 0x08, 1, 0, 0, 0, 3, 5, 0, 4])); // { shape: [3], data: Uint8Array [5, 0, 4] }
 * ```
 */
export function parseIdx(bytes: Uint8Array): IdxArray {
  checkByteArray("bytes", bytes);
  const header = readIdxHeader(bytes, "bytes");
  checkLength(header, bytes.length, "bytes");
  const view = new DataView(bytes.buffer, bytes.byteOffset + header.headerBytes, header.dataBytes);
  return { shape: header.shape, data: decode(view, header.element.code) };
}

/**
 * Reads the header at the start of `bytes`, which need not hold the rest.
 *
 * @param source Name of the file in errors.
 * @throws {DataFormatError} if the bytes do not begin with a complete IDX header.
 */
export function readIdxHeader(bytes: Uint8Array, source: string): IdxHeader {
  const [zero0 = 0, zero1 = 0, code, dimensions] = bytes;
  if (isGzip(bytes)) throw new DataFormatError(source, "not an IDX file but a gzip file: unpack it first");
  const promised = idxHeaderBytes(bytes);
  if (zero0 !== 0 || zero1 !== 0) {
    throw new DataFormatError(source, "not an IDX file: the first two bytes must be 0");
  }
  const element = ELEMENTS.find((candidate) => candidate.code === code);
  if (code !== undefined && element === undefined) {
    throw new DataFormatError(
      source,
      `not an IDX file: there is no element type 0x${code.toString(16).padStart(2, "0")}`,
    );
  }
  if (dimensions === 0)
    throw new DataFormatError(source, "an IDX file must have at least one dimension, this one has 0");
  if (element === undefined || bytes.length < promised) {
    throw new DataFormatError(
      source,
      `truncated: an IDX header of ${promised} bytes is needed, there are ${bytes.length}`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, promised);
  const shape = Array.from({ length: dimensions as number }, (_, d) => view.getUint32(4 + 4 * d));
  // In float64 the product of at most 255 dimensions is exact up to 2⁵³. A larger product stays larger or becomes
  // infinite (NaN, if a dimension is 0), so that the check finds it.
  const dataBytes = shape.reduce((product, size) => product * size, element.bytes);
  if (!(dataBytes + promised <= Number.MAX_SAFE_INTEGER)) {
    throw new DataFormatError(
      source,
      `no file can hold the ${formatShape(shape)} ${element.name} that the header promises`,
    );
  }
  return { shape, element, headerBytes: promised, dataBytes };
}

/** Whether bytes begin like a gzip file (RFC 1952, section 2.3.1). */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** Length in bytes of the header that begins with `bytes`; 4 as long as the number of dimensions is not among them. */
export function idxHeaderBytes(bytes: Uint8Array): number {
  return 4 + 4 * (bytes[3] ?? 0);
}

/** Checks that a file of `length` bytes is as long as its header says. */
export function checkLength(header: IdxHeader, length: number, source: string): void {
  const promised = header.headerBytes + header.dataBytes;
  if (length === promised) return;
  const fault = length < promised ? "truncated" : "oversized";
  throw new DataFormatError(
    source,
    `${fault}: the header promises ${promised} bytes (${describeIdx(header)}), there are ${length}`,
  );
}

/** The contents of a file as messages show them: `[60000, 28, 28] unsigned bytes`. */
export function describeIdx(header: IdxHeader): string {
  return `${formatShape(header.shape)} ${header.element.name}`;
}

function decode(view: DataView, code: number): IdxData {
  switch (code) {
    case 0x08:
      return new Uint8Array(view.buffer, view.byteOffset, view.byteLength).slice();
    case 0x09:
      return new Int8Array(view.buffer, view.byteOffset, view.byteLength).slice();
    case 0x0b:
      return fill(new Int16Array(view.byteLength / 2), (i) => view.getInt16(2 * i));
    case 0x0c:
      return fill(new Int32Array(view.byteLength / 4), (i) => view.getInt32(4 * i));
    case 0x0d:
      return fill(new Float32Array(view.byteLength / 4), (i) => view.getFloat32(4 * i));
    default:
      return fill(new Float64Array(view.byteLength / 8), (i) => view.getFloat64(8 * i));
  }
}

function fill<T extends IdxData>(out: T, element: (i: number) => number): T {
  for (let i = 0; i < out.length; i++) out[i] = element(i);
  return out;
}
