import { isFloatArray } from "../brand.js";
import { ArgumentError, describe } from "../errors.js";
import { checkMatrix, checkVector, isArrayLike, isMatrix, type Matrix, makeMatrix, type Vector } from "../shape.js";
import { currentView } from "../view-registry.js";

/** A Matrix of float64 numbers, or of float32 numbers, which are converted to float64. */
export type AnyMatrix = Matrix<Float64Array | Float32Array>;

/**
 * The result of a function that keeps the shape of x: a number for a number, a Matrix for a Matrix, an array for a
 * vector.
 */
export type Mapped<X extends number | Vector | AnyMatrix> = X extends number
  ? number
  : X extends AnyMatrix
    ? Matrix
    : Float64Array;

/** An argument after its checks: a Matrix, or a vector as a single row. */
export interface Operand {
  readonly rows: number;
  readonly cols: number;
  /** The caller's own array if it holds floating-point numbers, else a copy. It must not be written to. */
  readonly data: Float64Array | Float32Array;
  readonly isVector: boolean;
}

/**
 * Checks and reads a vector or a Matrix.
 *
 * A view on the memory of a network is looked up again, because it looks like an empty array after the memory has
 * grown.
 *
 * @throws {ArgumentError} if the value is neither a vector nor a Matrix.
 * @throws {ShapeError} if the value is empty, or a Matrix whose data do not fit its shape.
 */
export function readOperand(argument: string, value: unknown): Operand {
  if (isMatrix(value)) {
    const { shape, data } = value;
    const current = isArrayLike(data) ? { shape, data: currentView(data) } : value;
    checkMatrix(argument, current);
    return { rows: current.shape[0], cols: current.shape[1], data: current.data, isVector: false };
  }
  if (!isArrayLike(value)) throw new ArgumentError(argument, "an array of numbers or a Matrix", describe(value));
  const current = currentView(value);
  checkVector(argument, current);
  return { rows: 1, cols: current.length, data: toFloats(current), isVector: true };
}

/** A result with one number for each number of `x`: a vector or a Matrix, as `x` is. */
export function likeOperand(x: Operand, data: Float64Array): Float64Array | Matrix {
  return x.isVector ? data : makeMatrix(x.rows, x.cols, data);
}

function toFloats(values: ArrayLike<number>): Float64Array | Float32Array {
  return isFloatArray(values) ? values : new Float64Array(values);
}
