import { checkFunction, checkInteger } from "../arguments.js";
import { type DifferenceOptions, readDifferenceOptions } from "./difference-options.js";
import { gradientLoop } from "./gradient-loop.js";
import { checkNoTree, Point, type PointLike, type Received } from "./point.js";
import { Stencil } from "./stencil.js";

/**
 * The partial derivative ∂f/∂xᵢ of a function of many numbers: one element of `numericalGradient`, for two evaluations
 * of f. f and x are treated as in `numericalGradient`.
 *
 * @param index The index i of the element of x, from 0 on. In a Matrix the element in row r, column c has the index
 * `r * cols + c`.
 * @returns A number, in units of f per unit of x.
 * @throws {ArgumentError} as `numericalGradient`, if x is a tree, and if x has no element with this index.
 * @throws {FunctionError} as `numericalGradient`.
 * @see Deep Learning from Scratch, section 4.3.3
 * @example
 * ```ts
 * const f = (x: number[]) => x[0]! ** 2 + x[1]! ** 2;
 * partialDerivative(f, [3, 4], 0); // 6.00000000000378
 * partialDerivative(f, [3, 4], 1); // 7.999999999999119
 * ```
 */
export function partialDerivative<X extends PointLike>(
  f: (x: Received<X>) => number,
  x: X,
  index: number,
  options: DifferenceOptions = {},
): number {
  checkFunction("f", f);
  const settings = readDifferenceOptions(options);
  checkNoTree("x", x, "numericalGradient takes it");
  const point = new Point(x);
  checkInteger("index", index, 0, point.elements.length - 1);
  const stencil = new Stencil(settings, point);
  const out = new Float64Array(1);
  gradientLoop(f as (x: unknown) => unknown, point, stencil, { start: index, end: index + 1, out });
  return out[0]!;
}
