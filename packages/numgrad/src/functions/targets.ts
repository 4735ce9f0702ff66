import { checkInteger } from "../arguments.js";
import { ArgumentError, describe, ShapeError } from "../errors.js";
import { checkLabels, formatShape, isArrayLike, isMatrix, toNumbers } from "../shape.js";
import { type Operand, readOperand } from "./operands.js";

/** Predictions with the truth: a label (a class index) for each row, or a target for each number. */
export type Pair =
  | { readonly y: Operand; readonly labels: ArrayLike<number>; readonly targets?: undefined }
  | { readonly y: Operand; readonly targets: Float64Array | Float32Array; readonly labels?: undefined };

/**
 * Checks and reads predictions and targets.
 *
 * For a vector y, t is a label (a number, or an array of one number) or a row of targets. An array with the length of y
 * is a row of targets, also if this length is 1. For a Matrix y, t is a label for each row or a Matrix with the shape
 * of y.
 *
 * @throws {ArgumentError} if an argument is of the wrong kind, or a label is not a class.
 * @throws {ShapeError} if y and t do not fit together.
 */
export function readPair(yArgument: unknown, tArgument: unknown): Pair {
  const y = readOperand("y", yArgument);
  const t = toNumbers("t", tArgument);
  const { rows, cols, isVector } = y;
  if (typeof t === "number" && isVector) {
    checkInteger("t", t, 0, cols - 1);
    return { y, labels: [t] };
  }
  if (isMatrix(t)) {
    const { rows: tRows, cols: tCols, data } = readOperand("t", t);
    if (tRows === rows && tCols === cols) return { y, targets: data };
    throw new ShapeError("t", describeTargets(y), `shape ${formatShape([tRows, tCols])}`);
  }
  if (!isArrayLike(t)) throw new ArgumentError("t", describeTargets(y), describe(t));
  const { data } = readOperand("t", t);
  if (isVector && data.length === cols) return { y, targets: data };
  if (data.length !== rows) throw new ShapeError("t", describeTargets(y), `length ${data.length}`);
  checkLabels("t", data, rows, cols);
  return { y, labels: data };
}

/** Which t fits this y, for messages. */
function describeTargets({ rows, cols, isVector }: Operand): string {
  return isVector
    ? `a label or a row of targets, for y of shape ${formatShape([cols])}`
    : `a label per row or a Matrix of targets, for y of shape ${formatShape([rows, cols])}`;
}
