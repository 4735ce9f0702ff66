import { ArgumentError, describe } from "../errors.js";
import { isArrayLike, isMatrix, type Vector } from "../shape.js";
import { functionKernels } from "./kernels.js";
import { type AnyMatrix, likeOperand, type Mapped, readOperand } from "./operands.js";

/**
 * The identity x, for every element. It is the activation of the output layer for a regression.
 *
 * @returns A number for a number. For a vector or a Matrix a copy in float64.
 * @throws {ArgumentError} if x is not a number, an array of numbers or a Matrix.
 * @throws {ShapeError} if x is empty.
 * @see Deep Learning from Scratch, section 3.4.3
 * @example
 * ```ts
 * identity([1, -2]); // Float64Array [1, -2]
 * ```
 */
export function identity<X extends number | Vector | AnyMatrix>(x: X): Mapped<X> {
  return mapElements(x, () => {});
}

/**
 * The step function, for every element: 1 if x > 0, else 0. It is 0 at 0 and at NaN.
 *
 * @returns A number for a number, a Float64Array for a vector, a Matrix for a Matrix.
 * @throws {ArgumentError} if x is not a number, an array of numbers or a Matrix.
 * @throws {ShapeError} if x is empty.
 * @see Deep Learning from Scratch, section 3.2.2
 * @example
 * ```ts
 * stepFunction([-1, 0, 2]); // Float64Array [0, 0, 1]
 * ```
 */
export function stepFunction<X extends number | Vector | AnyMatrix>(x: X): Mapped<X> {
  return mapElements(x, (data) => {
    for (let i = 0; i < data.length; i++) data[i] = data[i]! > 0 ? 1 : 0;
  });
}

/**
 * The sigmoid 1 / (1 + e^(−x)), for every element. It is the activation of the hidden layer.
 *
 * It is 0 at −∞ and below −709.78 (where NumPy warns of an overflow), 1 at ∞, and NaN at NaN. It has the same bits on
 * every engine.
 *
 * @returns A number for a number, a Float64Array for a vector, a Matrix for a Matrix.
 * @throws {ArgumentError} if x is not a number, an array of numbers or a Matrix.
 * @throws {ShapeError} if x is empty.
 * @see Deep Learning from Scratch, section 3.2.4
 * @example
 * ```ts
 * sigmoid(0); // 0.5
 * sigmoid(matrix([[0, 1000], [-1000, 0]])).data; // Float64Array [0.5, 1, 0, 0.5]
 * ```
 */
export function sigmoid<X extends number | Vector | AnyMatrix>(x: X): Mapped<X> {
  return mapElements(x, (data) => {
    const kernels = functionKernels();
    kernels.forEachPiece(data.length, kernels.capacity, (start, end) => {
      kernels.a.set(data.subarray(start, end));
      kernels.raw.sigmoid(end - start);
      data.set(kernels.out.subarray(0, end - start), start);
    });
  });
}

/**
 * The rectified linear unit max(0, x), for every element. It is NaN at NaN.
 *
 * @returns A number for a number, a Float64Array for a vector, a Matrix for a Matrix.
 * @throws {ArgumentError} if x is not a number, an array of numbers or a Matrix.
 * @throws {ShapeError} if x is empty.
 * @see Deep Learning from Scratch, section 3.2.7
 * @example
 * ```ts
 * relu([-1, 0, 2]); // Float64Array [0, 0, 2]
 * ```
 */
export function relu<X extends number | Vector | AnyMatrix>(x: X): Mapped<X> {
  return mapElements(x, (data) => {
    for (let i = 0; i < data.length; i++) data[i] = Math.max(0, data[i]!);
  });
}

/** A copy of x in float64, after `apply` has changed its elements in place. */
function mapElements<X extends number | Vector | AnyMatrix>(x: X, apply: (data: Float64Array) => void): Mapped<X> {
  if (typeof x === "number") {
    const data = Float64Array.of(x);
    apply(data);
    return data[0] as Mapped<X>;
  }
  if (!isArrayLike(x) && !isMatrix(x)) {
    throw new ArgumentError("x", "a number, an array of numbers or a Matrix", describe(x));
  }
  const operand = readOperand("x", x);
  const data = new Float64Array(operand.data);
  apply(data);
  return likeOperand(operand, data) as Mapped<X>;
}
