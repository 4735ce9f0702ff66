import type { Targets, Vector } from "../shape.js";
import type { AnyMatrix } from "./operands.js";
import { readPair } from "./targets.js";

/**
 * The sum of squares error ½ Σ (y − t)², over all numbers of y. For a batch this is the sum too, not the mean.
 *
 * @param y Predictions: n numbers, or a Matrix of shape [rows, n].
 * @param t For a vector y: n targets, or a label (a number, or an array of one number). For a Matrix: a Matrix of
 *   targets with the shape of y, or a label for each row. A label stands for its one-hot row. If y has length 1, an
 *   array of one number is a target.
 * @returns The error in squared units of y. The squares are added from left to right, row after row. It is NaN if y or
 *   t has a NaN.
 * @throws {ArgumentError} if an argument is of the wrong kind, or a label is not an integer from 0 to n − 1.
 * @throws {ShapeError} if an argument is empty, or t does not fit y.
 * @see Deep Learning from Scratch, section 4.2.1
 * @example
 * ```ts
 * const y = [0.1, 0.05, 0.6, 0, 0.05, 0.1, 0, 0.1, 0, 0];
 * sumOfSquaresError(y, [0, 0, 1, 0, 0, 0, 0, 0, 0, 0]); // 0.09750000000000003
 * sumOfSquaresError(y, 2); // 0.09750000000000003
 * ```
 */
export function sumOfSquaresError(y: Vector | AnyMatrix, t: number | Targets | AnyMatrix): number {
  const pair = readPair(y, t);
  const { rows, cols, data } = pair.y;
  let sum = 0;
  for (let row = 0; row < rows; row++) {
    for (let k = 0; k < cols; k++) {
      const i = row * cols + k;
      const target = pair.targets ? pair.targets[i]! : k === pair.labels[row] ? 1 : 0;
      const difference = data[i]! - target;
      sum += difference * difference;
    }
  }
  return 0.5 * sum;
}

/**
 * Another name of {@link sumOfSquaresError}, for programs that follow the notes on the chapter. Some notes call ½ Σ (y
 * − t)² the mean squared error. It is not a mean: it is half of the sum, and grows with the number of rows.
 */
export const meanSquaredError = sumOfSquaresError;
