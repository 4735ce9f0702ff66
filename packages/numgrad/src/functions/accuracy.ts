import type { NumericTargets, Targets, Vector } from "../shape.js";
import { largestOf } from "./argmax.js";
import type { AnyMatrix } from "./operands.js";
import { readPair } from "./targets.js";

/**
 * The fraction of rows whose largest prediction is at the label: a number from 0 to 1. If several numbers are the
 * largest, the first counts, and NaN counts as the largest, both as in NumPy's `argmax`.
 *
 * @param y Predictions: n numbers (one row), or a Matrix of shape [rows, n].
 * @param t For a vector y: a label (a number, or an array of one number) or n targets. For a Matrix: a label for each
 *   row, or a Matrix of targets with the shape of y. The label of a row of targets is the index of its largest number.
 *   If y has length 1, an array of one number is a target.
 * @throws {ArgumentError} if an argument is of the wrong kind, or a label is not an integer from 0 to n − 1.
 * @throws {ShapeError} if an argument is empty, or t does not fit y.
 * @see Deep Learning from Scratch, section 3.6.2 and 4.5.1
 * @example
 * ```ts
 * accuracy(matrix([[0.1, 0.9], [0.8, 0.2], [0.3, 0.7]]), [1, 0, 0]); // 0.6666666666666666
 * ```
 */
export function accuracy(y: Vector | AnyMatrix, t: number | Targets | NumericTargets | AnyMatrix): number {
  const pair = readPair(y, t);
  const { rows, cols, data } = pair.y;
  let correct = 0;
  for (let row = 0; row < rows; row++) {
    const label = pair.targets ? largestOf(pair.targets, row * cols, cols) : pair.labels[row];
    if (largestOf(data, row * cols, cols) === label) correct++;
  }
  return correct / rows;
}
