import { numbersLike } from "../differences/numbers-like.js";
import type { Point } from "../differences/point.js";
import type { TreePoint } from "../differences/tree-point.js";

/**
 * A copy of the numbers of a gradient, which is an array, a Matrix or a tree as x is. They may be NaN or infinite.
 *
 * @param isOwn Whether values of another library in it are freed, because nobody else has them.
 * @throws {ArgumentError} if the gradient has another structure, length or shape than x.
 */
export function readGradient(value: unknown, point: Point | TreePoint, isOwn = false): Float64Array {
  return numbersLike("gradient", value, point, isOwn);
}
