import { checkChoice, checkOptions } from "../arguments.js";
import type { Targets, Vector } from "../shape.js";
import { guard } from "../wasm/runtime.js";
import { buffers, forEachPiece } from "./buffers.js";
import type { AnyMatrix, Rows } from "./operands.js";
import { readPair } from "./targets.js";

/** Options of {@link crossEntropyError}. */
export interface CrossEntropyOptions {
  /** `"mean"` (default): divided by the number of rows. `"sum"`: not, as some notes on the chapter print it. */
  reduction?: "mean" | "sum";
}

/**
 * The cross entropy error −Σ t log(y + 1e-7) in nats, divided by the rows of y (a vector is one row). With labels that is
 * −Σ log(y[row, label] + 1e-7).
 *
 * The 1e-7 keeps log 0 away: an impossible label costs 16.118…, a certain one −1e-7. Targets are used as they are: where the
 * book's code replaces rows of targets by their argmax, this function stays with the formula (the same for one-hot rows, which
 * give the bits of their labels). Terms with t = 0 are left out, the others added from left to right, row after row. Same bits
 * on every engine. NaN in y where t is not 0, a y below −1e-7 or NaN in t give NaN.
 *
 * @param y Probabilities: n numbers, or a Matrix of shape [rows, n].
 * @param t For a vector y: a label (a number, or an array of one) or n targets. For a Matrix: a label per row, or a Matrix of
 *   targets of the same shape. An array of one number is a target where y has length 1.
 * @throws {ArgumentError} if an argument is of the wrong kind, a label is no integer from 0 to n − 1, or an option is wrong
 *   or unknown.
 * @throws {ShapeError} if an argument is empty, or t does not go with y.
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
  t: number | Targets | AnyMatrix,
  options: CrossEntropyOptions = {},
): number {
  checkOptions(options, ["reduction"]);
  const { reduction = "mean" } = options;
  checkChoice("options.reduction", reduction, ["mean", "sum"]);
  const pair = readPair(y, t);
  const sum = pair.targets ? targetLosses(pair.y, pair.targets) : labelLosses(pair.y, pair.labels);
  return reduction === "mean" ? sum / pair.y.rows : sum;
}

function targetLosses({ data }: Rows, targets: Rows["data"]): number {
  const memory = buffers();
  const { kernels, capacity } = memory;
  let sum = 0;
  guard(() =>
    forEachPiece(data.length, capacity, (start, end) => {
      memory.a.set(data.subarray(start, end));
      memory.b.set(targets.subarray(start, end));
      sum = kernels.target_losses(end - start, sum);
    }),
  );
  return sum;
}

function labelLosses({ rows, cols, data }: Rows, labels: ArrayLike<number>): number {
  const memory = buffers();
  const { kernels, capacity } = memory;
  let sum = 0;
  guard(() =>
    forEachPiece(rows, capacity, (start, end) => {
      const { a } = memory;
      for (let row = start; row < end; row++) a[row - start] = data[row * cols + (labels[row] as number)] as number;
      sum = kernels.label_losses(end - start, sum);
    }),
  );
  return sum;
}
