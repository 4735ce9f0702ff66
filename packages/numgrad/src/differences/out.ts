import { isFloat64Array } from "../brand.js";
import { overlap } from "../bytes.js";
import { ArgumentError, describe, FunctionError, ShapeError } from "../errors.js";
import { checkMatrix, formatShape, isMatrix, type Matrix, makeMatrix } from "../shape.js";

/** The place for a result: the object that the caller gets, and its numbers. */
export interface Out<R extends Float64Array | Matrix> {
  readonly result: R;
  readonly data: Float64Array;
}

/**
 * The place for a gradient at x: the caller's `options.out`, or a new array or Matrix.
 *
 * @throws {ArgumentError} if `out` is of another kind or shape than the result, or shares memory with x.
 */
export function gradientOut(x: unknown, length: number, out: unknown): Out<Float64Array | Matrix> {
  if (!isMatrix(x)) {
    if (out === undefined) return vectorOut(new Float64Array(length));
    if (!isFloat64Array(out)) throw new ArgumentError("options.out", "a Float64Array", describe(out));
    if (out.length !== length) throw new ShapeError("options.out", `${length} numbers, as in x`, describe(out));
    checkApart(out, x);
    return vectorOut(out);
  }
  if (out === undefined) return matrixOut(makeMatrix(x.shape[0], x.shape[1], new Float64Array(length)));
  checkMatrixOut(out, x.shape, x.data);
  return matrixOut(out);
}

/** Checks that `out` is a float64 Matrix of the given shape that shares no memory with x. */
export function checkMatrixOut(out: unknown, shape: readonly number[], x: unknown): asserts out is Matrix {
  checkMatrix("options.out", out);
  if (!isFloat64Array(out.data)) {
    throw new ArgumentError("options.out.data", "a Float64Array", describe(out.data));
  }
  if (out.shape[0] !== shape[0] || out.shape[1] !== shape[1]) {
    throw new ShapeError("options.out", `shape ${formatShape(shape)}`, formatShape(out.shape));
  }
  checkApart(out.data, x);
}

/** Checks at the end that `out` still has its memory. The memory is lost if f makes WebAssembly's memory grow. */
export function checkKept(data: Float64Array, length: number): void {
  if (data.length !== length) throw new FunctionError("options.out lost its memory while f ran", -1);
}

const vectorOut = (data: Float64Array) => ({ result: data, data });
const matrixOut = (result: Matrix) => ({ result, data: result.data });

function checkApart(out: Float64Array, x: unknown): void {
  if (overlap(out, x))
    throw new ArgumentError("options.out", "memory of its own", "an array that shares memory with x");
}
