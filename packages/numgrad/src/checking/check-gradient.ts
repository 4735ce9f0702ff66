import { checkFunction, checkInteger } from "../arguments.js";
import { isPromise } from "../brand.js";
import {
  checkWatchOptions,
  type DifferenceOptions,
  type DifferenceSettings,
  readDifferenceOptions,
  WATCH_OPTIONS,
  type WatchOptions,
} from "../differences/difference-options.js";
import { functionValue, ignoreRejection } from "../differences/evaluation.js";
import { gradientLoop } from "../differences/gradient-loop.js";
import { Point, type PointLike, type Received } from "../differences/point.js";
import { Stencil } from "../differences/stencil.js";
import { Watch } from "../differences/watch.js";
import { ArgumentError, describe, FunctionError, messageOf, ShapeError } from "../errors.js";
import { formatShape, isArrayLike, isMatrix, type Matrix, type Vector } from "../shape.js";
import { Comparison } from "./comparison.js";
import { Directions } from "./directions.js";
import type { GradientReport } from "./gradient-report.js";

/** How a gradient is checked. */
export interface CheckGradientOptions extends DifferenceOptions, WatchOptions {
  /** Absolute tolerance, in units of f per unit of x. Default 1e-6; 1e-3 if x holds float32 numbers. */
  atol?: number | undefined;
  /** Tolerance relative to the difference quotient. Default 1e-4; 1e-2 if x holds float32 numbers. */
  rtol?: number | undefined;
  /**
   * Number of random directions to compare; `false` compares every element. Default: every element (with two
   * evaluations of f each) if x has at most 1,000 of them, else 20 directions.
   */
  directions?: number | false | undefined;
  /** Seed of the random directions. Default 0. */
  seed?: number | undefined;
}

/** A gradient to be checked: an array of numbers, or for a Matrix also a Matrix. */
export type GradientLike<X extends PointLike> =
  | Vector
  | (X extends Matrix<Float64Array | Float32Array> ? Matrix<Float64Array | Float32Array> : never);

/** The largest number of elements of which each is compared by default. */
const MOST_ELEMENTS = 1000;

const DEFAULT_DIRECTIONS = 20;

/**
 * Compares a gradient, written by hand or computed by backpropagation, with difference quotients of f, and reports
 * where they differ most. An element passes if |expected − got| ≤ atol + rtol·|expected|, as in
 * `torch.autograd.gradcheck`, where `expected` is the difference quotient.
 *
 * If x has many elements, f is differentiated in random directions instead. All elements move at once, each by ±h/√n,
 * and the change of f is compared with the change that the gradient predicts. The tolerance is atol + rtol·(root mean
 * square of the gradient). A wrong element changes the result in every direction as much as it would alone. It is then
 * found by halving the set of elements that move, which takes about 4·log₂ n more evaluations.
 *
 * f is called three times at x, and must return the same value each time. f and `gradient` receive x itself, as in
 * `numericalGradient`, and must not change it.
 *
 * @param f The function.
 * @param gradient Its gradient at x: an array (for a Matrix also a Matrix), or a function of x that returns it.
 * @param x n numbers: an array, a Float64Array, a Float32Array, or a Matrix of either. For float32 numbers the default
 * h is that of `numericalGradient`, and the tolerances are wider.
 * @returns A report. A gradient that is wrong or NaN is not an error.
 * @throws {ArgumentError} as `numericalGradient`, and if `gradient` has another length or shape than x.
 * @throws {FunctionError} as `numericalGradient`, if `gradient` throws or changes x, and if f returns another value
 * when it is called with the same x again: an f that contains dropout or other random numbers cannot be checked.
 * @see Deep Learning from Scratch, section 5.7.3
 * @example
 * ```ts
 * const f = (x: number[]) => x[0]! ** 2 * x[1]!;
 * checkGradient(f, (x) => [2 * x[0]! * x[1]!, x[0]! ** 2], [3, 5]).ok; // true
 * const report = checkGradient(f, [30, 10], [3, 5]);
 * report.worst[0]!.index; // 1
 * report.toString().split("\n")[0]; // "gradient wrong: 1 of 2 elements beyond 0.000001 + 0.0001·|expected|"
 * ```
 */
export function checkGradient<X extends PointLike>(
  f: (x: Received<X>) => number,
  gradient: GradientLike<X> | ((x: Received<X>) => GradientLike<X>),
  x: X,
  options: CheckGradientOptions = {},
): GradientReport {
  checkFunction("f", f);
  const settings = readDifferenceOptions(options, ["atol", "rtol", "directions", "seed", ...WATCH_OPTIONS]);
  checkWatchOptions(options);
  const point = new Point(x);
  const directions = chooseDirections(options, settings, point.elements.length);
  const comparison = new Comparison(point, readTolerance(options, point.single), directions > 0);
  const stencil = new Stencil(settings, point);
  const given = typeof gradient === "function" ? undefined : readGradient(gradient, point);
  const call = f as (x: unknown) => unknown;
  const watch = new Watch(options, directions || point.elements.length);
  try {
    watch.check(0);
    const here = valueHere(call, point);
    checkSame(here, valueHere(call, point));
    const got = given ?? gradientHere(gradient as (x: unknown) => unknown, point);
    if (directions > 0)
      new Directions(call, point, stencil, got, options.seed ?? 0).compare(directions, comparison, watch);
    else compareElements(call, point, stencil, { got, comparison, watch });
    checkSame(here, valueHere(call, point));
    point.checkUnchanged();
  } catch (error) {
    point.restore();
    throw error;
  }
  return comparison.report();
}

function compareElements(
  f: (x: unknown) => unknown,
  point: Point,
  stencil: Stencil,
  { got, comparison, watch }: { got: Float64Array; comparison: Comparison; watch: Watch },
): void {
  const expected = new Float64Array(got.length);
  gradientLoop(f, point, stencil, { start: 0, end: got.length, out: expected, watch });
  for (const [i, value] of expected.entries()) comparison.add(i, value, got[i]!, Math.abs(value));
}

/** The number of directions; 0 if every element is compared. */
function chooseDirections(
  { directions, seed = 0 }: CheckGradientOptions,
  settings: DifferenceSettings,
  n: number,
): number {
  checkInteger("options.seed", seed);
  const isPossible = settings.method === "central" && settings.bounds === undefined;
  if (directions === undefined) return isPossible && n > MOST_ELEMENTS ? DEFAULT_DIRECTIONS : 0;
  if (directions === false) return 0;
  checkInteger("options.directions", directions, 1);
  if (isPossible) return directions;
  const expected = 'none with bounds, or another method than "central"';
  throw new ArgumentError("options.directions", expected, describe(directions));
}

function readTolerance({ atol, rtol }: CheckGradientOptions, single: boolean): { atol: number; rtol: number } {
  const tolerance = { atol: atol ?? (single ? 1e-3 : 1e-6), rtol: rtol ?? (single ? 1e-2 : 1e-4) };
  for (const [name, value] of Object.entries(tolerance)) {
    if (Number.isFinite(value) && value >= 0) continue;
    throw new ArgumentError(`options.${name}`, "a finite number of at least 0", describe(value));
  }
  return tolerance;
}

function valueHere(f: (x: unknown) => unknown, point: Point): number {
  const value = functionValue(f, point.input, -1, point.name);
  point.checkHere();
  return value;
}

function checkSame(first: number, again: number): void {
  if (first === again) return;
  const message = `f must give the same value for the same x, it gave ${first} and then ${again}`;
  throw new FunctionError(message, -1, { value: again });
}

/** What the function `gradient` returns at x. */
function gradientHere(gradient: (x: unknown) => unknown, point: Point): Float64Array {
  let value: unknown;
  try {
    value = gradient(point.input);
  } catch (cause) {
    throw new FunctionError(`gradient threw at ${point.name}: ${messageOf(cause)}`, -1, { cause });
  }
  if (isPromise(value)) {
    ignoreRejection(value);
    throw new FunctionError("gradient must return an array of numbers, it returned a Promise", -1, { value });
  }
  const got = readGradient(value, point);
  point.checkUnchanged();
  return got;
}

/** A copy of the numbers of a gradient. They may be NaN or infinite. */
function readGradient(value: unknown, { input, elements }: Point): Float64Array {
  const kind = isMatrix(input) ? "a Matrix or an array of numbers" : "an array of numbers";
  const values: unknown = isMatrix(input) && isMatrix(value) ? value.data : value;
  if (!isArrayLike(values)) throw new ArgumentError("gradient", kind, describe(value));
  if (isMatrix(input) && isMatrix(value) && formatShape(value.shape) !== formatShape(input.shape)) {
    throw new ShapeError("gradient", `shape ${formatShape(input.shape)}, as x`, formatShape(value.shape));
  }
  if (values.length !== elements.length) {
    throw new ShapeError("gradient", `${elements.length} numbers, as in x`, describe(values));
  }
  for (let i = 0; i < values.length; i++) {
    if (typeof values[i] !== "number") throw new ArgumentError(`gradient[${i}]`, "a number", describe(values[i]));
  }
  return Float64Array.from(values);
}
