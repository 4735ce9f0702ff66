import { ArgumentError, describe } from "../errors.js";
import { isArrayLike, isMatrix, type Vector } from "../shape.js";
import { guard } from "../wasm/runtime.js";
import { buffers, forEachPiece } from "./buffers.js";
import { type AnyMatrix, likeRows, type Mapped, readRows } from "./operands.js";

/**
 * The identity x, for every element; the output layer of a regression.
 *
 * @returns A number for a number. For a vector or a Matrix a copy, as float64 numbers.
 * @throws {ArgumentError} if x is no number, array of numbers or Matrix.
 * @throws {ShapeError} if x is empty.
 * @see Deep Learning from Scratch, section 3.4.3
 * @example
 * ```ts
 * identity([1, -2]); // Float64Array [1, -2]
 * ```
 */
export function identity<X extends number | Vector | AnyMatrix>(x: X): Mapped<X> {
  return mapped(x, () => {});
}

/**
 * The step function, 1 where x > 0 and 0 elsewhere (at 0 and NaN too), for every element.
 *
 * @returns A number for a number, a Float64Array for a vector, a Matrix for a Matrix.
 * @throws {ArgumentError} if x is no number, array of numbers or Matrix.
 * @throws {ShapeError} if x is empty.
 * @see Deep Learning from Scratch, section 3.2.2
 * @example
 * ```ts
 * stepFunction([-1, 0, 2]); // Float64Array [0, 0, 1]
 * ```
 */
export function stepFunction<X extends number | Vector | AnyMatrix>(x: X): Mapped<X> {
  return mapped(x, (data) => {
    for (let i = 0; i < data.length; i++) data[i] = (data[i] as number) > 0 ? 1 : 0;
  });
}

/**
 * The sigmoid 1 / (1 + e^(−x)), for every element; the activation of the hidden layer.
 *
 * It is 0 at −∞ and below −709.78 (where NumPy warns of an overflow), 1 at ∞, and NaN at NaN. Same bits on every engine.
 *
 * @returns A number for a number, a Float64Array for a vector, a Matrix for a Matrix.
 * @throws {ArgumentError} if x is no number, array of numbers or Matrix.
 * @throws {ShapeError} if x is empty.
 * @see Deep Learning from Scratch, section 3.2.4
 * @example
 * ```ts
 * sigmoid(0); // 0.5
 * sigmoid(matrix([[0, 1000], [-1000, 0]])).data; // Float64Array [0.5, 1, 0, 0.5]
 * ```
 */
export function sigmoid<X extends number | Vector | AnyMatrix>(x: X): Mapped<X> {
  return mapped(x, sigmoidInPlace);
}

/**
 * The rectified linear unit max(0, x), for every element. NaN stays NaN.
 *
 * @returns A number for a number, a Float64Array for a vector, a Matrix for a Matrix.
 * @throws {ArgumentError} if x is no number, array of numbers or Matrix.
 * @throws {ShapeError} if x is empty.
 * @see Deep Learning from Scratch, section 3.2.7
 * @example
 * ```ts
 * relu([-1, 0, 2]); // Float64Array [0, 0, 2]
 * ```
 */
export function relu<X extends number | Vector | AnyMatrix>(x: X): Mapped<X> {
  return mapped(x, (data) => {
    for (let i = 0; i < data.length; i++) data[i] = Math.max(0, data[i] as number);
  });
}

/** A copy of x, as float64 numbers, that `applyInPlace` has worked on. */
function mapped<X extends number | Vector | AnyMatrix>(x: X, applyInPlace: (data: Float64Array) => void): Mapped<X> {
  if (typeof x === "number") {
    const data = Float64Array.of(x);
    applyInPlace(data);
    return data[0] as Mapped<X>;
  }
  if (!isArrayLike(x) && !isMatrix(x)) {
    throw new ArgumentError("x", "a number, an array of numbers or a Matrix", describe(x));
  }
  const rows = readRows("x", x);
  const data = new Float64Array(rows.data);
  applyInPlace(data);
  return likeRows(rows, data) as Mapped<X>;
}

function sigmoidInPlace(data: Float64Array): void {
  const memory = buffers();
  const { kernels, capacity } = memory;
  guard(() =>
    forEachPiece(data.length, capacity, (start, end) => {
      const piece = data.subarray(start, end);
      memory.a.set(piece);
      kernels.sigmoid(piece.length);
      piece.set(memory.out.subarray(0, piece.length));
    }),
  );
}
