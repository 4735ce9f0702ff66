import { checkFinite } from "../arguments.js";
import { FunctionError } from "../errors.js";
import type { DifferenceOptions } from "./difference-options.js";
import { functionValue } from "./evaluation.js";
import { numericalDiff } from "./numerical-diff.js";

/**
 * The tangent of a function of one number at x, as a function of t: t ↦ d·t + (f(x) − d·x), where d is the slope that
 * `numericalDiff` gives. The operations are those of the book's program, in the same order.
 *
 * @param options How the slope is taken, as for `numericalDiff`.
 * @returns The tangent. It throws an ArgumentError if t is not a finite number.
 * @throws {ArgumentError} as `numericalDiff`.
 * @throws {FunctionError} as `numericalDiff`, and if f(x) − d·x overflows.
 * @see Deep Learning from Scratch, section 4.3.2, figures 4-6 and 4-7
 * @example
 * ```ts
 * const tangent = tangentLine((x) => 0.01 * x ** 2 + 0.1 * x, 5);
 * tangent(5); // 0.75
 * tangent(0); // -0.24999999999544897
 * ```
 */
export function tangentLine(
  f: (x: number) => number,
  x: number,
  options: DifferenceOptions = {},
): (t: number) => number {
  const slope = numericalDiff(f, x, options);
  const value = functionValue(f, x, -1, "x");
  const intercept = value - slope * x;
  if (!Number.isFinite(intercept)) {
    throw new FunctionError(`the tangent of f overflows at x = ${x}: ${value} − ${slope} · ${x}`, -1, {
      value: intercept,
    });
  }
  return (t) => {
    checkFinite("t", t);
    return slope * t + intercept;
  };
}
