import { ShapeError } from "../errors.js";
import { checkMatrix, checkPixels, formatShape, isPixels, type Matrix, type Pixels } from "../shape.js";

/** Rows of inputs: numbers, or pixels that are read as `float32(value) / 255`. */
export type Inputs = Matrix | Matrix<Float32Array> | Pixels;

/**
 * Checks rows of inputs for a network of `inputSize` inputs. Whether the numbers are finite the core checks as it stages them.
 *
 * @throws {ArgumentError | ShapeError} naming the argument.
 */
export function checkInputs(argument: string, x: Inputs, inputSize: number): void {
  if (isPixels(x)) checkPixels(argument, x);
  else checkMatrix(argument, x);
  if (x.shape[1] !== inputSize) {
    throw new ShapeError(argument, `rows of ${inputSize} inputs`, `shape ${formatShape(x.shape)}`);
  }
}
