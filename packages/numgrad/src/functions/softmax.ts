import type { Vector } from "../shape.js";
import { guard } from "../wasm/runtime.js";
import { type Buffers, buffers, forEachPiece } from "./buffers.js";
import { type AnyMatrix, likeRows, type Mapped, readRows } from "./operands.js";

/**
 * Softmax of a vector, or of each row of a Matrix: e^(xₖ − max x) / Σ e^(x_q − max x), positive numbers that add up to 1.
 *
 * Subtracting the maximum leaves the value unchanged and nothing can overflow. The terms are added from left to right. −∞
 * gives 0; a row with NaN or ∞, or of −∞ alone, gives NaN, as in NumPy. Same bits on every engine.
 *
 * @param x Scores (logits): n of them, or shape [rows, n].
 * @returns A Float64Array for a vector, a Matrix for a Matrix.
 * @throws {ArgumentError} if x is no array of numbers and no Matrix.
 * @throws {ShapeError} if x is empty.
 * @see Deep Learning from Scratch, section 3.5.1–3.5.2
 * @example
 * ```ts
 * softmax([0.3, 2.9, 4.0]); // Float64Array [0.01821127329554753, 0.24519181293507392, 0.7365969137693786]
 * softmax([1010, 1000, 990]); // Float64Array [0.999954600070331, 0.00004539786860886666, 2.061060046209062e-9]
 * ```
 */
export function softmax<X extends Vector | AnyMatrix>(x: X): Mapped<X> {
  const rows = readRows("x", x);
  const data = new Float64Array(rows.data);
  const memory = buffers();
  guard(() => {
    if (rows.cols <= memory.capacity) softmaxRowsInPlace(memory, data, rows.cols);
    else forEachPiece(data.length, rows.cols, (start, end) => softmaxLongRowInPlace(memory, data.subarray(start, end)));
  });
  return likeRows(rows, data) as Mapped<X>;
}

/** As many whole rows at a time as fit. */
function softmaxRowsInPlace(memory: Buffers, data: Float64Array, cols: number): void {
  const { kernels, capacity } = memory;
  forEachPiece(data.length, Math.floor(capacity / cols) * cols, (start, end) => {
    const piece = data.subarray(start, end);
    memory.a.set(piece);
    kernels.softmax(piece.length / cols, cols);
    piece.set(memory.a.subarray(0, piece.length));
  });
}

/** A row that does not fit, with the operations of the core in the same order: the sum goes from piece to piece. */
function softmaxLongRowInPlace(memory: Buffers, row: Float64Array): void {
  const { kernels, capacity } = memory;
  let max = Number.NEGATIVE_INFINITY;
  for (let k = 0; k < row.length; k++) if ((row[k] as number) > max) max = row[k] as number;
  let sum = 0;
  forEachPiece(row.length, capacity, (start, end) => {
    const piece = row.subarray(start, end);
    memory.a.set(piece);
    sum = kernels.exp_minus(piece.length, max, sum);
    piece.set(memory.a.subarray(0, piece.length));
  });
  for (let k = 0; k < row.length; k++) row[k] = (row[k] as number) / sum;
}
