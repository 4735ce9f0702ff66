import { checkInteger } from "../arguments.js";
import { ArgumentError } from "../errors.js";
import { checkMatrix, checkPixels, describeRows, isMatrix, isPixels, type Pixels } from "../shape.js";
import type { AnyMatrix } from "./operands.js";

/**
 * The rows of a Matrix, or the images of Pixels, as windows on its data: who writes to a row writes to the Matrix.
 *
 * @throws {ArgumentError | ShapeError} if m is not a Matrix or Pixels.
 * @example
 * ```ts
 * const m = matrix([[1, 2], [3, 4]]);
 * rows(m)[1]; // Float64Array [3, 4]
 * for (const row of rows(m)) row[0] = 0;
 * m.data; // Float64Array [0, 2, 0, 4]
 * ```
 */
export function rows<M extends AnyMatrix | Pixels>(m: M): M["data"][] {
  checkReadable(m);
  const [count, cols] = m.shape;
  return Array.from({ length: count }, (_, row) => m.data.subarray(row * cols, (row + 1) * cols));
}

/**
 * An element of a Matrix, or a pixel of Pixels.
 *
 * @param row The row, from 0 on; −1 is the last one.
 * @param col The column, from 0 on; −1 is the last one.
 * @throws {ArgumentError | ShapeError} if m is not a Matrix or Pixels, or there is no such row or column.
 * @example
 * ```ts
 * const m = matrix([[1, 2, 3], [4, 5, 6]]);
 * at(m, 1, 0); // 4
 * at(m, -1, -1); // 6
 * ```
 */
export function at(m: AnyMatrix | Pixels, row: number, col: number): number {
  checkReadable(m);
  const [count, cols] = m.shape;
  checkInteger("row", row, -count, count - 1);
  checkInteger("col", col, -cols, cols - 1);
  return m.data[(row < 0 ? row + count : row) * cols + (col < 0 ? col + cols : col)]!;
}

function checkReadable(m: unknown): void {
  if (isPixels(m)) checkPixels("m", m);
  else if (isMatrix(m)) checkMatrix("m", m);
  else throw new ArgumentError("m", "a Matrix or Pixels", describeRows(m));
}
