import { checkNoMore } from "../arguments.js";
import type { Vector } from "../shape.js";
import { type FunctionKernels, functionKernels } from "./kernels.js";
import { type AnyMatrix, likeOperand, type Mapped, readOperand } from "./operands.js";

/**
 * The softmax of a vector, or of each row of a Matrix: e^(xₖ − max x) / Σ e^(x_q − max x). The results of a row are
 * positive and add up to 1.
 *
 * Subtracting the maximum leaves the value unchanged, and nothing can overflow. The terms are added from left to right.
 * −∞ gives 0. A row with NaN or ∞, or with −∞ alone, gives NaN, as in NumPy. The bits are the same on every engine.
 *
 * @param x Scores (logits): a vector of n numbers, or a Matrix of shape [rows, n].
 * @returns A Float64Array for a vector, a Matrix for a Matrix.
 * @throws {ArgumentError} if x is not an array of numbers or a Matrix, or if there is an axis behind a Matrix.
 * @throws {ShapeError} if x is empty.
 * @see Deep Learning from Scratch, section 3.5.1–3.5.2
 * @example
 * ```ts
 * softmax([0.3, 2.9, 4.0]); // Float64Array [0.01821127329554753, 0.24519181293507392, 0.7365969137693786]
 * softmax([1010, 1000, 990]); // Float64Array [0.999954600070331, 0.00004539786860886666, 2.061060046209062e-9]
 * ```
 */
export function softmax<X extends Vector | AnyMatrix>(x: X): Mapped<X>;
export function softmax<X extends Vector | AnyMatrix>(x: X, ...more: unknown[]): Mapped<X> {
  const operand = readOperand("x", x);
  if (!operand.isVector) checkNoMore(more, "x alone, as that of each row is what NumPy calls axis=1", x);
  const data = new Float64Array(operand.data);
  const kernels = functionKernels();
  const { cols } = operand;
  if (cols <= kernels.capacity) applyToRows(kernels, data, cols);
  else kernels.forEachPiece(data.length, cols, (start, end) => applyToLongRow(kernels, data.subarray(start, end)));
  return likeOperand(operand, data) as Mapped<X>;
}

/** Replaces each row by its softmax. As many whole rows as fit go through the buffer at a time. */
function applyToRows(kernels: FunctionKernels, data: Float64Array, cols: number): void {
  const rowsThatFit = Math.floor(kernels.capacity / cols);
  kernels.forEachPiece(data.length, rowsThatFit * cols, (start, end) => {
    const piece = data.subarray(start, end);
    kernels.a.set(piece);
    kernels.raw.softmax(piece.length / cols, cols);
    piece.set(kernels.a.subarray(0, piece.length));
  });
}

/**
 * Replaces a row that does not fit into the buffer by its softmax. The operations are those of the core's kernel in the
 * same order: the sum is carried from piece to piece.
 */
function applyToLongRow(kernels: FunctionKernels, row: Float64Array): void {
  let max = Number.NEGATIVE_INFINITY;
  for (let k = 0; k < row.length; k++) if (row[k]! > max) max = row[k]!;
  let sum = 0;
  kernels.forEachPiece(row.length, kernels.capacity, (start, end) => {
    const piece = row.subarray(start, end);
    kernels.a.set(piece);
    sum = kernels.raw.exp_minus(piece.length, max, sum);
    piece.set(kernels.a.subarray(0, piece.length));
  });
  for (let k = 0; k < row.length; k++) row[k]! /= sum;
}
