import type { Targets, Vector } from "../shape.js";
import type { AnyMatrix } from "./operands.js";
import { readPair } from "./targets.js";

/**
 * The sum of squares error ½ Σ (y − t)², over all numbers of y: for a batch the sum too, not the mean.
 *
 * @param y Predictions: n numbers, or a Matrix of shape [rows, n].
 * @param t For a vector y: n targets, or a label (a number, or an array of one). For a Matrix: a Matrix of targets of the same
 *   shape, or a label per row. A label stands for its one-hot row. An array of one number is a target where y has length 1.
 * @returns In squared units of y. The squares are added from left to right, row after row. NaN where y or t has one.
 * @throws {ArgumentError} if an argument is of the wrong kind, or a label is no integer from 0 to n − 1.
 * @throws {ShapeError} if an argument is empty, or t does not go with y.
 * @see Deep Learning from Scratch, section 4.2.1
 * @example
 * ```ts
 * const y = [0.1, 0.05, 0.6, 0, 0.05, 0.1, 0, 0.1, 0, 0];
 * sumOfSquaresError(y, [0, 0, 1, 0, 0, 0, 0, 0, 0, 0]); // 0.09750000000000003
 * sumOfSquaresError(y, 2); // the same
 * ```
 */
export function sumOfSquaresError(y: Vector | AnyMatrix, t: number | Targets | AnyMatrix): number {
  const pair = readPair(y, t);
  const { rows, cols, data } = pair.y;
  let sum = 0;
  for (let row = 0; row < rows; row++) {
    for (let k = 0; k < cols; k++) {
      const i = row * cols + k;
      const target = pair.targets ? (pair.targets[i] as number) : k === pair.labels[row] ? 1 : 0;
      const difference = (data[i] as number) - target;
      sum += difference * difference;
    }
  }
  return 0.5 * sum;
}

/**
 * The same function as {@link sumOfSquaresError}, under the name that some notes on the chapter use: ½ Σ (y − t)², half the sum
 * and no mean.
 */
export const meanSquaredError = sumOfSquaresError;
