import { checkChoice, checkOptions } from "../arguments.js";
import type { NumericTargets, Targets, Vector } from "../shape.js";
import { functionKernels } from "./kernels.js";
import type { AnyMatrix, Operand } from "./operands.js";
import { readPair } from "./targets.js";

/** Options of {@link crossEntropyError}. */
export interface CrossEntropyOptions {
  /** `"mean"` (default) divides the sum by the number of rows. `"sum"` does not, as in some notes on the chapter. */
  reduction?: "mean" | "sum";
}

/**
 * The cross entropy error −Σ t log(y + 1e-7) in nats, divided by the number of rows of y (a vector is one row). For
 * labels this is −Σ log(y[row, label] + 1e-7).
 *
 * The 1e-7 avoids log 0: an impossible label costs 16.118…, a certain label −1e-7. Targets are used as they are. (The
 * book's code replaces each row of targets by its argmax. For one-hot rows this is the same, and gives the same bits as
 * labels.) Terms with t = 0 are left out. The others are added from left to right, row after row. The bits are the same
 * on every engine. The result is NaN if t has a NaN, or if y has a NaN or a number below −1e-7 where t is not 0.
 *
 * @param y Probabilities: n numbers, or a Matrix of shape [rows, n].
 * @param t For a vector y: a label (a number, or an array of one number) or n targets. For a Matrix: a label for each
 *   row, or a Matrix of targets with the shape of y. If y has length 1, an array of one number is a target.
 * @throws {ArgumentError} if an argument is of the wrong kind, a label is not an integer from 0 to n − 1, or an option
 *   is wrong or unknown.
 * @throws {ShapeError} if an argument is empty, or t does not fit y.
 * @see Deep Learning from Scratch, section 4.2.2 and 4.2.4
 * @example
 * ```ts
 * const y = [0.1, 0.05, 0.6, 0, 0.05, 0.1, 0, 0.1, 0, 0];
 * crossEntropyError(y, 2); // 0.510825457099338
 * crossEntropyError(matrix([[0.5, 0.5], [0.5, 0.5]]), [0, 1], { reduction: "sum" }); // 1.3862939611199308
 * ```
 */
export function crossEntropyError(
  y: Vector | AnyMatrix,
  t: number | Targets | NumericTargets | AnyMatrix,
  options: CrossEntropyOptions = {},
): number {
  checkOptions(options, ["reduction"]);
  const { reduction = "mean" } = options;
  checkChoice("options.reduction", reduction, ["mean", "sum"]);
  const pair = readPair(y, t);
  const sum = pair.targets ? sumOverTargets(pair.y, pair.targets) : sumOverLabels(pair.y, pair.labels);
  return reduction === "mean" ? sum / pair.y.rows : sum;
}

/** −Σ t log(y + 1e-7). */
function sumOverTargets({ data }: Operand, targets: Operand["data"]): number {
  const kernels = functionKernels();
  let sum = 0;
  kernels.forEachPiece(data.length, kernels.capacity, (start, end) => {
    kernels.a.set(data.subarray(start, end));
    kernels.b.set(targets.subarray(start, end));
    sum = kernels.raw.target_losses(end - start, sum);
  });
  return sum;
}

/** −Σ log(y[row, label] + 1e-7). */
function sumOverLabels({ rows, cols, data }: Operand, labels: ArrayLike<number>): number {
  const kernels = functionKernels();
  let sum = 0;
  kernels.forEachPiece(rows, kernels.capacity, (start, end) => {
    const { a } = kernels;
    for (let row = start; row < end; row++) a[row - start] = data[row * cols + labels[row]!]!;
    sum = kernels.raw.label_losses(end - start, sum);
  });
  return sum;
}
