import { ShapeError } from "../errors.js";
import {
  checkMatrix,
  checkPixels,
  formatShape,
  isPixels,
  type Matrix,
  type NumericArray,
  type Pixels,
  toNumbers,
} from "../shape.js";

/** Rows of inputs, a row for each sample: numbers, or pixels, which are read as `float32(value) / 255`. */
export type Inputs = Matrix | Matrix<Float32Array> | Pixels;

/**
 * Checks rows of inputs for a network of `inputSize` inputs. Whether the numbers are finite is checked by the core,
 * when the rows are staged.
 *
 * @returns The inputs, in which integers have become numbers.
 * @throws {ArgumentError | ShapeError} naming the argument.
 */
export function checkInputs(argument: string, given: Inputs | NumericArray, inputSize: number): Inputs {
  const x = (isPixels(given) ? given : toNumbers(argument, given)) as Inputs;
  if (isPixels(x)) checkPixels(argument, x);
  else checkMatrix(argument, x);
  if (x.shape[1] !== inputSize) {
    throw new ShapeError(argument, `rows of ${inputSize} inputs`, `shape ${formatShape(x.shape)}`);
  }
  return x;
}
