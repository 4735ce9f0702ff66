import { isBytes } from "../brand.js";
import { ArgumentError, describe, ShapeError } from "../errors.js";
import {
  checkMatrix,
  checkNumbers,
  checkPixels,
  formatShape,
  isMatrix,
  isPixels,
  type Matrix,
  type NumericArray,
  type Pixels,
  readShaped,
  toNumbers,
  type Vector,
} from "../shape.js";

/** Rows of inputs, a row for each sample: numbers, or pixels, which are read as `float32(value) / 255`. */
export type Inputs = Matrix | Matrix<Float32Array> | Pixels;

/**
 * Checks rows of inputs for a network of `inputSize` inputs. Whether the numbers are finite is checked by the core,
 * when the rows are staged.
 *
 * @returns The inputs, in which integers have become numbers, and whose shape is a copy. Data that are no integers are a
 * view on the caller's memory, because a copy could be too large; `inputData` gives them.
 * @throws {ArgumentError | ShapeError} naming the argument.
 */
export function readInputs(argument: string, x: Inputs | NumericArray, inputSize: number): Inputs {
  // Each field is read once, so that what is checked is what is used.
  const given: unknown = readShaped(x);
  if (isMatrix(given)) checkNoBytes(`${argument}.data`, given.data, given.shape?.[0], inputSize);
  if (isMatrix(given) && (given as NumericArray).shape?.length === 1) {
    throw new ShapeError(argument, `rows of ${inputSize} inputs`, `shape ${formatShape(given.shape)}`);
  }
  const own = isPixels(given) ? given : toNumbers(argument, given);
  if (isPixels(own)) checkPixels(argument, own);
  else checkMatrix(argument, own);
  const { shape, data } = own;
  if (shape[1] !== inputSize) {
    throw new ShapeError(argument, `rows of ${inputSize} inputs`, `shape ${formatShape(shape)}`);
  }
  return { ...own, data: viewOf(argument, data) } as Inputs;
}

/**
 * Checks that inputs are not bytes. Those of an image are mostly meant as pixels, which are divided by 255. Their values
 * from 0 to 255 would saturate a network that was trained on pixels, and nothing would show it.
 */
function checkNoBytes(argument: string, data: unknown, rows: number, inputSize: number): void {
  if (isBytes(data))
    throw new ArgumentError(argument, `numbers, or pixels([${rows}, ${inputSize}], bytes)`, describe(data));
}

/**
 * One sample, a vector of numbers, as a row of inputs.
 *
 * @throws {ArgumentError | ShapeError} if it does not hold `inputSize` numbers, or holds bytes.
 */
export function readSample(argument: string, sample: Vector, inputSize: number): Matrix {
  checkNumbers(argument, sample);
  checkNoBytes(argument, sample, 1, inputSize);
  if (sample.length !== inputSize) throw new ShapeError(argument, `${inputSize} inputs`, `${sample.length}`);
  return { shape: [1, inputSize], data: Float64Array.from(sample) };
}

/**
 * The data of inputs that `readInputs` has returned.
 *
 * @throws {ArgumentError} if they have lost their memory since: the buffer was transferred or made smaller.
 */
export function inputData(x: Inputs): Inputs["data"] {
  const { shape, data } = x;
  const expected = shape[0] * shape[1];
  if (data.length === expected) return data;
  throw new ArgumentError("x.data", `${expected} values, as at the call`, "an array that has lost its memory");
}

/** A plain view, of this realm, on the elements of a typed array: a class of the caller's may be derived from one. */
function viewOf<T extends Inputs["data"]>(argument: string, data: T): T {
  const Type = { 1: Uint8Array, 4: Float32Array, 8: Float64Array }[data.BYTES_PER_ELEMENT] as unknown as new (
    buffer: ArrayBufferLike,
    byteOffset: number,
    length: number,
  ) => T;
  try {
    return new Type(data.buffer, data.byteOffset, data.length);
  } catch {
    throw new ArgumentError(`${argument}.data`, "a typed array with its memory", describe(data));
  }
}
