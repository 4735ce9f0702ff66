import { checkNoMore } from "../arguments.js";
import type { Vector } from "../shape.js";
import { type AnyMatrix, readOperand } from "./operands.js";

/**
 * The index of the largest number of a vector, or of each row of a Matrix: the book's `np.argmax(x)` and `np.argmax(x,
 * axis=1)`. If several numbers are the largest, the first counts, and NaN counts as the largest, both as in NumPy.
 *
 * @param x n numbers, or a Matrix of shape [rows, n].
 * @returns A number for a vector, an Int32Array with a number for each row of a Matrix.
 * @throws {ArgumentError} if x is not an array of numbers or a Matrix, or if there is an axis behind a Matrix.
 * @throws {ShapeError} if x is empty.
 * @see Deep Learning from Scratch, section 3.6.2
 * @example
 * ```ts
 * argmax([0.1, 0.8, 0.1]); // 1
 * argmax(matrix([[0.1, 0.9], [0.8, 0.2]])); // Int32Array [1, 0]
 * ```
 */
export function argmax<X extends Vector | AnyMatrix>(x: X): X extends AnyMatrix ? Int32Array : number;
export function argmax(x: Vector | AnyMatrix, ...more: unknown[]): number | Int32Array {
  const { rows, cols, data, isVector } = readOperand("x", x);
  if (isVector) return largestOf(data, 0, cols);
  checkNoMore(more, "x alone, as the largest of each row is what NumPy calls axis=1", x);
  return Int32Array.from({ length: rows }, (_, row) => largestOf(data, row * cols, cols));
}

/** The index, from 0 on, of the first largest of `count` numbers from `start` on. NaN is larger than all numbers. */
export function largestOf(data: ArrayLike<number>, start: number, count: number): number {
  let index = 0;
  let largest = data[start]!;
  // If `largest` is NaN, nothing is larger.
  for (let k = 1; k < count && !Number.isNaN(largest); k++) {
    const value = data[start + k]!;
    if (value <= largest) continue;
    index = k;
    largest = value;
  }
  return index;
}
