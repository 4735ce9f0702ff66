import { isFloatArray, isIntegerArray, isUint8Array } from "./brand.js";
import { ArgumentError, describe, NonFiniteError, ShapeError } from "./errors.js";
import { showAsTable } from "./table.js";

/** A matrix: `data[r * cols + c]` is the element in row r, column c. */
export interface Matrix<T extends Float64Array | Float32Array = Float64Array> {
  /** Rows and columns. */
  readonly shape: readonly [rows: number, cols: number];
  /** The rows × cols elements, row after row. */
  readonly data: T;
}

/** Rows of bytes, which are read as `float32(value) / 255`: the numbers that NumPy makes of an image. */
export interface Pixels {
  /** Distinguishes Pixels from a Matrix. */
  readonly kind: "pixels";
  /** Number of images, and of pixels in each. */
  readonly shape: readonly [rows: number, cols: number];
  /** The pixels, one byte each, image after image. */
  readonly data: Uint8Array;
}

/** A vector: an array of numbers or a typed array. */
export type Vector = ArrayLike<number>;

/** Typed arrays of integers. */
export type Integers =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

/**
 * An array as files of NumPy hold it (a FileArray of numgrad/files): numbers or integers, row-major, with their shape.
 * Integers stand for their values. Bytes (Uint8Array) are labels and targets only: as inputs they could be meant as
 * {@link Pixels}, which are divided by 255, and are an error.
 */
export interface NumericArray {
  /** Length of each dimension. */
  readonly shape: readonly number[];
  /** The elements, row-major. */
  readonly data: Float64Array | Float32Array | Integers;
}

/** Targets: a class index for each sample, or a Matrix with a row of targets (one-hot or soft) for each sample. */
export type Targets = ArrayLike<number> | Matrix;

/** {@link Targets} as files of NumPy hold them: integers of 64 bits, or an array with its shape. */
export type NumericTargets = BigInt64Array | BigUint64Array | NumericArray;

/**
 * Makes a Matrix from rows of numbers.
 *
 * @param rows The rows, all of the same length.
 * @throws {ShapeError} if there are no rows, a row is empty, or rows have different lengths.
 * @throws {ArgumentError} if an element is no number.
 * @example
 * ```ts
 * matrix([[1, 2, 3], [4, 5, 6]]).shape; // [2, 3]
 * ```
 */
export function matrix(rows: ArrayLike<ArrayLike<number>>): Matrix {
  if (!isArrayLike(rows) || rows.length === 0)
    throw new ShapeError("rows", "at least one row of numbers", describe(rows));
  const first: unknown = rows[0];
  if (!isArrayLike(first)) throw new ShapeError("rows[0]", "a row, as in matrix([[1, 2], [3, 4]])", describe(first));
  const cols = first.length;
  if (cols === 0) throw new ShapeError("rows[0]", "at least one number", describe(first));
  const data = new Float64Array(rows.length * cols);
  for (let r = 0; r < rows.length; r++) {
    const row = rows[r];
    if (!isArrayLike(row) || row.length !== cols)
      throw new ShapeError(`rows[${r}]`, `${cols} numbers, as in rows[0]`, describe(row));
    checkNumbers(`rows[${r}]`, row);
    data.set(row, r * cols);
  }
  return makeMatrix(rows.length, cols, data);
}

/** A Matrix of the package's own, which consoles print as a table. */
export function makeMatrix<T extends Float64Array | Float32Array>(rows: number, cols: number, data: T): Matrix<T> {
  const result: Matrix<T> = { shape: [rows, cols], data };
  showAsTable(result);
  return result;
}

/**
 * Makes Pixels from the bytes of images.
 *
 * @param shape Number of images, and of pixels in each.
 * @param bytes The pixels, one byte each, image after image. They are kept, not copied.
 * @throws {ArgumentError} if `bytes` is no Uint8Array.
 * @throws {ShapeError} if `shape` is no pair of positive integers, or `bytes` does not hold rows × cols values.
 * @example
 * ```ts
 * pixels([1, 4], new Uint8Array([0, 51, 102, 255]));
 * ```
 */
export function pixels(shape: readonly [rows: number, cols: number], bytes: Uint8Array): Pixels {
  const result: Pixels = { kind: "pixels", shape: [shape?.[0], shape?.[1]], data: bytes };
  checkPixels("pixels", result);
  return result;
}

/** Whether `value` has the fields of a Matrix. Their contents are checked by `checkMatrix`. */
export function isMatrix(value: unknown): value is Matrix<Float64Array | Float32Array> {
  return isShaped(value) && !isPixels(value);
}

/** Whether `value` has the fields of Pixels. Their contents are checked by `checkPixels`. */
export function isPixels(value: unknown): value is Pixels {
  return isShaped(value) && (value as { kind?: unknown }).kind === "pixels";
}

/** Whether `value` is an array or a typed array; a string or a Matrix is not. */
export function isArrayLike(value: unknown): value is ArrayLike<number> {
  try {
    // Of all views only a DataView has no length.
    return Array.isArray(value) || (ArrayBuffer.isView(value) && "length" in value);
  } catch {
    return false; // a Proxy that has been revoked
  }
}

/** A Matrix or Pixels with the fields of `value`, each of which is read once; any other value as it is. */
export function readShaped<T>(value: T): T {
  if (!isShaped(value)) return value;
  const { kind, shape, data } = value as unknown as Pixels;
  const own = { shape: isArrayLike(shape) ? Array.from(shape) : shape, data };
  return (kind === "pixels" ? { kind, ...own } : own) as T;
}

/**
 * Turns integers of NumPy's into numbers: the data of a Matrix into floating-point numbers, a vector of 64-bit integers
 * into an array of numbers, and an array with one dimension into its data. Any other value is returned as it is, and
 * nothing else is checked.
 *
 * @throws {ArgumentError} if an integer has no exact number.
 */
export function toNumbers(argument: string, value: unknown): unknown {
  if (!isMatrix(value)) return isIntegers(value) ? fromBigints(argument, value) : value;
  const { shape, data }: NumericArray = value;
  const numbers = isIntegers(data) ? Float64Array.from(fromBigints(`${argument}.data`, data)) : data;
  if (shape?.length === 1) return numbers;
  return numbers === data ? value : { shape, data: numbers };
}

/** Whether `value` is a typed array of integers, of any realm. */
export function isIntegers(value: unknown): value is Integers {
  return isIntegerArray(value);
}

/** Bigints as float64 numbers; other integers as they are. */
export function fromBigints(argument: string, integers: Integers): ArrayLike<number> {
  if (typeof integers[0] !== "bigint") return integers as ArrayLike<number>;
  return Float64Array.from(integers as BigInt64Array as ArrayLike<unknown>, (integer, i) => {
    const number = Number(integer);
    if (Number.isSafeInteger(number)) return number;
    throw new ArgumentError(`${argument}[${i}]`, "an integer from −(2⁵³ − 1) to 2⁵³ − 1", describe(integer));
  });
}

/** Checks that `value` is a Matrix whose data fit its shape. */
export function checkMatrix(argument: string, value: unknown): asserts value is Matrix<Float64Array | Float32Array> {
  if (!isMatrix(value)) throw new ArgumentError(argument, "a Matrix { shape, data }", describeRows(value));
  if (!isFloatArray(value.data)) {
    throw new ArgumentError(`${argument}.data`, "a Float64Array or Float32Array", describe(value.data));
  }
  checkShape(argument, value);
}

/** Describes a value in place of a Matrix. Rows are what a beginner gives. */
export function describeRows(value: unknown): string {
  return Array.isArray(value) ? describe(value) + (Array.isArray(value[0]) ? ROWS : "") : describe(value);
}

/** Describes an element in place of a number: of a row it says what makes a Matrix of rows. */
function describeElement(value: unknown): string {
  return Array.isArray(value) ? describe(value) + ROWS : describe(value);
}

const ROWS = ": matrix(rows) makes a Matrix of rows";

/** Checks that `value` is Pixels whose data fit its shape. */
export function checkPixels(argument: string, value: unknown): asserts value is Pixels {
  if (!isPixels(value)) throw new ArgumentError(argument, "Pixels { kind, shape, data }", describe(value));
  if (!isUint8Array(value.data)) throw new ArgumentError(`${argument}.data`, "a Uint8Array", describe(value.data));
  checkShape(argument, value);
}

/** Checks that `value` is a non-empty array of numbers, or a typed array. */
export function checkVector(argument: string, value: unknown): asserts value is Vector {
  if (!isArrayLike(value)) throw new ArgumentError(argument, "an array of numbers or a typed array", describe(value));
  if (value.length === 0) throw new ShapeError(argument, "at least one number", "an empty array");
  checkNumbers(argument, value);
}

/**
 * Checks that each element is a number. A typed array holds only numbers, unless it is one of bigints.
 *
 * @param show Describes an element that is none.
 */
export function checkNumbers(argument: string, values: ArrayLike<unknown>, show = describeElement): void {
  if (ArrayBuffer.isView(values) && typeof values[0] !== "bigint") return;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (typeof value !== "number") throw new ArgumentError(`${argument}[${i}]`, "a number", show(value));
  }
}

/** Checks that no element from index `start` on is NaN or infinite. */
export function checkAllFinite(argument: string, values: ArrayLike<number>, start = 0): void {
  for (let i = start; i < values.length; i++) {
    const value = values[i]!;
    // x − x is 0 for every finite x, and NaN otherwise.
    if (value - value !== 0) throw new NonFiniteError(argument, i, value);
  }
}

/** Checks labels, one for each row: `rows` integers from 0 to `classes` − 1. */
export function checkLabels(argument: string, labels: ArrayLike<number>, rows: number, classes: number): void {
  if (labels.length !== rows) throw new ShapeError(argument, `${rows} labels, one per row`, `${labels.length}`);
  for (let i = 0; i < rows; i++) {
    const label = labels[i]!;
    if (!(Number.isInteger(label) && label >= 0 && label < classes)) {
      throw new ArgumentError(`${argument}[${i}]`, `a class index from 0 to ${classes - 1}`, describe(label));
    }
  }
}

/** A shape as messages show it, for instance `[100, 784]`. */
export function formatShape(shape: readonly number[]): string {
  return `[${Array.from(shape).join(", ")}]`;
}

function isShaped(value: unknown): value is { shape: unknown; data: unknown } {
  try {
    return typeof value === "object" && value !== null && "shape" in value && "data" in value;
  } catch {
    return false; // a Proxy that has been revoked
  }
}

/** Checks that `shape` is sound, and that `data` fit it. */
function checkShape(argument: string, value: { shape: readonly [number, number]; data: ArrayLike<number> }): void {
  const { shape, data } = value;
  const sound =
    isArrayLike(shape) && shape.length === 2 && Array.from(shape).every((n) => Number.isSafeInteger(n) && n > 0);
  if (!sound) {
    const shown = isArrayLike(shape) ? formatShape(shape) : describe(shape);
    throw new ShapeError(`${argument}.shape`, "[rows, cols], both at least 1", shown);
  }
  const [rows, cols] = shape;
  if (data.length !== rows * cols) {
    throw new ShapeError(`${argument}.data`, `${rows} × ${cols} = ${rows * cols} values`, `${data.length}`);
  }
}
