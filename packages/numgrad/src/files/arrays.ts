import { brandOf } from "../brand.js";
import { isDetached } from "../bytes.js";
import { ArgumentError, describe, ShapeError } from "../errors.js";
import { formatShape, type Integers } from "../shape.js";
import { currentView } from "../view-registry.js";
import { decodeNarrow, encodeNarrow, type NarrowBits, type NarrowFormat } from "./narrow-floats.js";
import { forPieces, type Work } from "./pieces.js";

/** Typed arrays for the elements of a file. */
export type ArrayData = Integers | Float32Array | Float64Array;

/**
 * Type of an element, by NumPy's names. JavaScript has no typed array for some of them: `bool` is a Uint8Array of 0 and
 * 1; `float16`, `bfloat16` and the two float8 types are numbers in a Float32Array, which holds each of them exactly.
 */
export type Dtype =
  | "float64"
  | "float32"
  | "int64"
  | "uint64"
  | "int32"
  | "uint32"
  | "int16"
  | "uint16"
  | "float16"
  | "bfloat16"
  | "int8"
  | "uint8"
  | "bool"
  | "float8_e4m3fn"
  | "float8_e5m2";

/** An array in a file. Element [r, c] of a matrix is `data[r * shape[1] + c]`. The shape of a single number is `[]`. */
export interface FileArray {
  /** Length of each dimension. */
  readonly shape: readonly number[];
  /** The elements, row-major. */
  readonly data: ArrayData;
  /** Type of the elements in the file. */
  readonly dtype: Dtype;
}

/**
 * An array to be written: an object with `shape` and `data`, for instance a Matrix, or a typed array, which is written
 * as a vector. `dtype` names a type that has no typed array of its own: `"bool"` for a Uint8Array of 0 and 1,
 * `"float16"`, `"bfloat16"` and the float8 types for a Float32Array, whose numbers are rounded to the nearest of the
 * type, or for the bits of the numbers, in a Uint16Array (float8: a Uint8Array).
 */
export type ArrayInput =
  | ArrayData
  | {
      /** Length of each dimension. */
      readonly shape: readonly number[];
      /** The elements, row-major. */
      readonly data: ArrayData;
      /** Type of the elements in the file; the type of `data` if omitted. */
      readonly dtype?: Dtype;
    };

/** Arrays by name. */
export type ArrayInputs = ReadonlyMap<string, ArrayInput> | Readonly<Record<string, ArrayInput>>;

/** A type of element, with its name in each file format that has the type. */
export interface ElementType {
  readonly dtype: Dtype;
  /** Typed array of the elements in memory. */
  readonly Type: ArrayDataConstructor;
  /** Typed array of the elements in a file, and what their bits mean, if they differ from those in memory. */
  readonly stored?: { readonly Type: ArrayDataConstructor<NarrowBits>; readonly format: NarrowFormat };
  /** Kind and size in the `descr` of a `.npy` file, without the byte order. */
  readonly npy?: string;
  /** Name in the header of a safetensors file. */
  readonly safetensors?: string;
}

type ArrayDataConstructor<T extends ArrayData = ArrayData> = {
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): T;
  new (length: number): T;
  readonly BYTES_PER_ELEMENT: number;
};

/** A format of floating-point numbers, stored in typed arrays of the given type. */
const narrow = (Type: ArrayDataConstructor<NarrowBits>, exponentBits: number, fractionBits: number, hasInfinity = true) =>
  ({ Type, format: { exponentBits, fractionBits, hasInfinity } }) as const; // biome-ignore format: readable

// A typed array is written as the first entry with its type, unless the caller gives a dtype.
const ELEMENTS: readonly ElementType[] = [
  { dtype: "float64", Type: Float64Array, npy: "f8", safetensors: "F64" },
  { dtype: "float32", Type: Float32Array, npy: "f4", safetensors: "F32" },
  { dtype: "int64", Type: BigInt64Array, npy: "i8", safetensors: "I64" },
  { dtype: "uint64", Type: BigUint64Array, npy: "u8", safetensors: "U64" },
  { dtype: "int32", Type: Int32Array, npy: "i4", safetensors: "I32" },
  { dtype: "uint32", Type: Uint32Array, npy: "u4", safetensors: "U32" },
  { dtype: "int16", Type: Int16Array, npy: "i2", safetensors: "I16" },
  { dtype: "uint16", Type: Uint16Array, npy: "u2", safetensors: "U16" },
  { dtype: "float16", Type: Float32Array, stored: narrow(Uint16Array, 5, 10), npy: "f2", safetensors: "F16" },
  { dtype: "bfloat16", Type: Float32Array, stored: narrow(Uint16Array, 8, 7), safetensors: "BF16" },
  { dtype: "int8", Type: Int8Array, npy: "i1", safetensors: "I8" },
  { dtype: "uint8", Type: Uint8Array, npy: "u1", safetensors: "U8" },
  { dtype: "bool", Type: Uint8Array, npy: "b1", safetensors: "BOOL" },
  { dtype: "float8_e4m3fn", Type: Float32Array, stored: narrow(Uint8Array, 4, 3, false), safetensors: "F8_E4M3" },
  { dtype: "float8_e5m2", Type: Float32Array, stored: narrow(Uint8Array, 5, 2), safetensors: "F8_E5M2" },
];

/** NumPy makes no array with more dimensions. */
const MOST_DIMENSIONS = 64;

/** The element type that a format calls `name`. */
export function elementNamed(format: "npy" | "safetensors" | "dtype", name: string): ElementType | undefined {
  return ELEMENTS.find((element) => element[format] === name);
}

/** Size of an element in a file, in bytes. */
export function bytesPerElement({ Type, stored }: ElementType): number {
  return (stored?.Type ?? Type).BYTES_PER_ELEMENT;
}

/**
 * Size in bytes of an array of this shape, or the reason why no file can hold it. The size is exact. A shape with
 * absurd dimensions is refused even if another dimension is 0, which would make the product 0.
 */
export function sizeOf(shape: readonly number[], element: ElementType): { bytes: number } | { wrong: string } {
  if (shape.length > MOST_DIMENSIONS) return { wrong: `${shape.length} dimensions, more than ${MOST_DIMENSIONS}` };
  // A product of safe integers is exact up to 2⁵³. A larger product stays larger or becomes infinite.
  const most = shape.reduce((product, size) => product * Math.max(size, 1), bytesPerElement(element));
  if (!(most <= Number.MAX_SAFE_INTEGER)) {
    return { wrong: `no file can hold the shape ${formatShape(shape)} of ${element.dtype} elements` };
  }
  return { bytes: shape.includes(0) ? 0 : most };
}

/**
 * The elements with these bytes. (WebAssembly is little-endian, and so is every platform that numgrad runs on.) The
 * elements are copied, unless `owned` says that the memory of the bytes may be used.
 */
export function* decodeElements(
  bytes: Uint8Array,
  element: ElementType,
  { owned = false, bigEndian = false } = {},
): Work<ArrayData> {
  const width = bytesPerElement(element);
  let window = bytes;
  if (!owned || bytes.byteOffset % width !== 0) {
    // bytes.slice() would not do: the slice of a Node Buffer shares its memory.
    window = new Uint8Array(bytes.length);
    yield* forPieces(bytes.length, (start, end) => window.set(bytes.subarray(start, end), start));
  }
  if (bigEndian) yield* forPieces(bytes.length, (start, end) => swapBytes(window.subarray(start, end), width));
  const [buffer, offset, length] = [window.buffer, window.byteOffset, window.length / width];
  const { Type, stored } = element;
  return stored
    ? yield* decodeNarrow(new stored.Type(buffer, offset, length), stored.format)
    : new Type(buffer, offset, length);
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

/** The bytes of the elements: a window on the same memory. */
export function bytesOf({ buffer, byteOffset, byteLength }: ArrayData): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** What is wrong with the elements of an array, if they are truth values and one is neither 0 nor 1. */
export function* faultOfElements(data: ArrayData, { dtype }: ElementType): Work<string | undefined> {
  if (dtype !== "bool") return undefined;
  let wrong = -1;
  yield* forPieces(data.length, (start, end) => {
    if (wrong < 0) wrong = findNonBoolean(data as Uint8Array, start, end);
  });
  return wrong < 0 ? undefined : `element ${wrong} is ${data[wrong]}, expected 0 or 1`;
}

/** Index of the first byte that is neither 0 nor 1; −1 if there is none. */
function findNonBoolean(bytes: Uint8Array, start = 0, end = bytes.length): number {
  for (let i = start; i < end; i++) if (bytes[i]! > 1) return i;
  return -1;
}

/** A checked array, with the type of its elements. */
export interface CheckedArray extends FileArray {
  readonly element: ElementType;
  /** The elements as they stand in a file. */
  readonly stored: ArrayData;
}

/**
 * Checks an array that is to be written.
 *
 * @throws {ArgumentError} if the value is not an array, or if its data have another type than its `dtype`.
 * @throws {ShapeError} if the data do not fit the shape.
 */
export function checkArray(argument: string, value: ArrayInput): CheckedArray {
  const given = ArrayBuffer.isView(value) ? { shape: undefined, data: value, dtype: undefined } : value;
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    throw new ArgumentError(
      argument,
      "a typed array (as Float64Array.from(…) makes one) or { shape, data }",
      describe(value),
    );
  }
  // If the data are a window on a network's memory, the memory may have moved.
  const data = ArrayBuffer.isView(given.data) ? (currentView(given.data) as ArrayData) : given.data;
  const isOf = (Type: ArrayDataConstructor | undefined) => brandOf(data) === Type?.name;
  const ofType = ArrayBuffer.isView(data)
    ? ELEMENTS.filter(({ Type, stored }) => isOf(Type) || isOf(stored?.Type))
    : [];
  if (ofType.length === 0) throw new ArgumentError(`${argument}.data`, "a typed array", describe(data));
  if (isDetached(data))
    throw new ArgumentError(`${argument}.data`, "a typed array", "one whose memory was transferred");
  const { shape = [data.length], dtype = ofType[0]!.dtype } = given;
  const element = ofType.find((candidate) => candidate.dtype === dtype);
  if (!element) {
    const choices = ofType.map((candidate) => JSON.stringify(candidate.dtype)).join(" or ");
    throw new ArgumentError(`${argument}.dtype`, `${choices} for ${describe(data)}`, describe(dtype));
  }
  checkShape(argument, shape, element, data);
  const wrong = dtype === "bool" ? findNonBoolean(data as Uint8Array) : -1;
  if (wrong >= 0) throw new ArgumentError(`${argument}.data[${wrong}]`, "0 or 1", String(data[wrong]));
  const stored = isOf(element.Type) ? toStored(argument, data, element) : data;
  return { shape: Array.from(shape), data, dtype: element.dtype, element, stored };
}

/** @throws {ArgumentError} if a number is too large for its type. */
function toStored(argument: string, data: ArrayData, { dtype, stored }: ElementType): ArrayData {
  if (!stored) return data;
  const bits = encodeNarrow(data as Float32Array, stored.format, new stored.Type(data.length));
  if (typeof bits !== "number") return bits;
  throw new ArgumentError(`${argument}.data[${bits}]`, `a number that ${dtype} can hold`, String(data[bits]));
}

/** Checks a text that is to be written as UTF-8: a string without a lone half of a surrogate pair. */
export function checkText(argument: string, text: unknown): asserts text is string {
  if (typeof text === "string" && !/\p{Surrogate}/u.test(text)) return;
  throw new ArgumentError(argument, "a string of whole characters", describe(text));
}

/** Checks arrays with their names. */
export function checkArrays(argument: string, arrays: ArrayInputs): Map<string, CheckedArray> {
  if (typeof arrays !== "object" || arrays === null || ArrayBuffer.isView(arrays)) {
    throw new ArgumentError(argument, "an object or a Map of arrays", describe(arrays));
  }
  const entries = brandOf(arrays) === "Map" ? [...(arrays as ReadonlyMap<string, ArrayInput>)] : Object.entries(arrays);
  const checked = new Map<string, CheckedArray>();
  for (const [name, array] of entries) {
    checkText(argument, name);
    checked.set(name, checkArray(`${argument}.${name}`, array));
  }
  return checked;
}

function checkShape(argument: string, shape: readonly number[], element: ElementType, data: ArrayData): void {
  const isShape = Array.isArray(shape) && shape.every((size) => Number.isSafeInteger(size) && size >= 0);
  if (!isShape) {
    const shown = Array.isArray(shape) ? formatShape(shape) : describe(shape);
    throw new ShapeError(`${argument}.shape`, "an array of integers of at least 0", shown);
  }
  const size = sizeOf(shape, element);
  if ("wrong" in size) throw new ShapeError(`${argument}.shape`, "a shape that can be written", size.wrong);
  const product = size.bytes / bytesPerElement(element);
  if (product === data.length) return;
  throw new ShapeError(`${argument}.data`, `${product} elements for the shape ${formatShape(shape)}`, `${data.length}`);
}
