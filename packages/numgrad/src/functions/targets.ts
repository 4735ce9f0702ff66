import { checkInteger } from "../arguments.js";
import { ArgumentError, describe, ShapeError } from "../errors.js";
import { checkLabels, formatShape, isArrayLike, isMatrix } from "../shape.js";
import { type Rows, readRows } from "./operands.js";

/** Predictions with what they should have been: a class index for each row, or a target for each number. */
export type Pair =
  | { readonly y: Rows; readonly labels: ArrayLike<number>; readonly targets?: undefined }
  | { readonly y: Rows; readonly targets: Float64Array | Float32Array; readonly labels?: undefined };

/**
 * Checks and reads predictions and targets.
 *
 * For a vector y, t is a label (a number, or an array of one) or one row of targets, which is what an array of y's length is,
 * also where that is 1. For a Matrix y, t is a label per row or a Matrix of y's shape.
 *
 * @throws {ArgumentError} if one is of the wrong kind, or a label is no class.
 * @throws {ShapeError} if they do not fit together.
 */
export function readPair(yArgument: unknown, t: unknown): Pair {
  const y = readRows("y", yArgument);
  const { rows, cols, isVector } = y;
  if (typeof t === "number" && isVector) {
    checkInteger("t", t, 0, cols - 1);
    return { y, labels: [t] };
  }
  if (isMatrix(t)) {
    const { rows: tRows, cols: tCols, data } = readRows("t", t);
    if (tRows === rows && tCols === cols) return { y, targets: data };
    throw new ShapeError("t", expected(y), `shape ${formatShape([tRows, tCols])}`);
  }
  if (!isArrayLike(t)) throw new ArgumentError("t", expected(y), describe(t));
  const { data } = readRows("t", t);
  if (isVector && data.length === cols) return { y, targets: data };
  if (data.length !== rows) throw new ShapeError("t", expected(y), `length ${data.length}`);
  checkLabels("t", data, rows, cols);
  return { y, labels: data };
}

function expected({ rows, cols, isVector }: Rows): string {
  return isVector
    ? `a label or a row of targets, for y of shape ${formatShape([cols])}`
    : `a label per row or a Matrix of targets, for y of shape ${formatShape([rows, cols])}`;
}
