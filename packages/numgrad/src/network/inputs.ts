import { ArgumentError, describe, ShapeError } from "../errors.js";
import {
  checkMatrix,
  checkNumbers,
  checkPixels,
  formatShape,
  isPixels,
  type Matrix,
  type Pixels,
  readShaped,
  type Vector,
} from "../shape.js";

/** Rows of inputs, a row for each sample: numbers, or pixels, which are read as `float32(value) / 255`. */
export type Inputs = Matrix | Matrix<Float32Array> | Pixels;

/**
 * Checks rows of inputs for a network of `inputSize` inputs. Whether the numbers are finite is checked by the core,
 * when the rows are staged.
 *
 * @returns The inputs, whose shape is a copy. Their data are a view on the caller's memory, because a copy could be too
 * large; `inputData` gives them.
 * @throws {ArgumentError | ShapeError} naming the argument.
 */
export function readInputs(argument: string, x: Inputs, inputSize: number): Inputs {
  // Each field is read once, so that what is checked is what is used.
  const own = readShaped(x);
  if (isPixels(own)) checkPixels(argument, own);
  else checkMatrix(argument, own);
  const { shape, data } = own;
  if (shape[1] !== inputSize) {
    throw new ShapeError(argument, `rows of ${inputSize} inputs`, `shape ${formatShape(shape)}`);
  }
  return { ...own, data: viewOf(argument, data) } as Inputs;
}

/**
 * One sample, a vector of numbers, as a row of inputs.
 *
 * @throws {ArgumentError | ShapeError} if it does not hold `inputSize` numbers, or holds bytes: those of an image could
 * be meant as pixels.
 */
export function readSample(argument: string, sample: Vector, inputSize: number): Matrix {
  checkNumbers(argument, sample);
  if ((sample as { BYTES_PER_ELEMENT?: number }).BYTES_PER_ELEMENT === 1)
    throw new ArgumentError(argument, `numbers, or pixels([1, ${inputSize}], bytes)`, describe(sample));
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
