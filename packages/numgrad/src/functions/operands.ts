import { ArgumentError, describe } from "../errors.js";
import { checkMatrix, checkVector, isArrayLike, isMatrix, type Matrix, type Vector } from "../shape.js";
import { currentView } from "../view-registry.js";

/** A Matrix of float64 numbers, or of float32 numbers, which are widened. */
export type AnyMatrix = Matrix<Float64Array | Float32Array>;

/** What a function gives that keeps the shape: a number for a number, a Matrix for a Matrix, an array for a vector. */
export type Mapped<X extends number | Vector | AnyMatrix> = X extends number
  ? number
  : X extends AnyMatrix
    ? Matrix
    : Float64Array;

/** A checked argument: a Matrix, or a vector as one row. */
export interface Rows {
  readonly rows: number;
  readonly cols: number;
  /** The caller's own array, or a copy of what is no array of floating-point numbers. Only for reading. */
  readonly data: Float64Array | Float32Array;
  readonly isVector: boolean;
}

/**
 * Checks and reads a vector or a Matrix.
 *
 * A window on a network's memory that has moved is read where it is now: detached, it would look like an empty array.
 *
 * @throws {ArgumentError} if it is neither.
 * @throws {ShapeError} if it is empty, or a Matrix whose data do not fit its shape.
 */
export function readRows(argument: string, value: unknown): Rows {
  if (isMatrix(value)) {
    const { shape, data } = value;
    const current = isArrayLike(data) ? { shape, data: currentView(data) } : value;
    checkMatrix(argument, current);
    return { rows: current.shape[0], cols: current.shape[1], data: current.data, isVector: false };
  }
  if (!isArrayLike(value)) throw new ArgumentError(argument, "an array of numbers or a Matrix", describe(value));
  const current = currentView(value);
  checkVector(argument, current);
  return { rows: 1, cols: current.length, data: asFloats(current), isVector: true };
}

/** Results, one for each number of `x`, in the form of `x`. */
export function likeRows(x: Rows, data: Float64Array): Float64Array | Matrix {
  return x.isVector ? data : { shape: [x.rows, x.cols], data };
}

function asFloats(values: ArrayLike<number>): Float64Array | Float32Array {
  return values instanceof Float64Array || values instanceof Float32Array ? values : new Float64Array(values);
}
