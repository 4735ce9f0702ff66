import { checkFunction, checkInteger } from "../arguments.js";
import { isPromise } from "../brand.js";
import type { VectorAt, VectorTree } from "../derivatives/directional-derivative.js";
import { Probe } from "../derivatives/probe.js";
import { done, type Work } from "../derivatives/work.js";
import {
  checkWatchOptions,
  type DifferenceOptions,
  readDifferenceOptions,
  WATCH_OPTIONS,
  type WatchOptions,
} from "../differences/difference-options.js";
import { ignoreRejection } from "../differences/evaluation.js";
import { FloatType } from "../differences/float-type.js";
import { numbersLike } from "../differences/numbers-like.js";
import type { Point, PointLike, Received } from "../differences/point.js";
import { pointOf, type TreePoint } from "../differences/tree-point.js";
import { type AnyLimits, type AnySettings, limitsFor, stencilFor } from "../differences/tree-stencil.js";
import type { ReceivedTree, Tree, TreeOptions } from "../differences/tree-types.js";
import { Watch } from "../differences/watch.js";
import { ArgumentError, describe, FunctionError, messageOf } from "../errors.js";
import { Comparison } from "./comparison.js";
import { Directions } from "./directions.js";
import { Elements, type ElementWork } from "./elements.js";
import type { GradientReport } from "./gradient-report.js";
import { Tolerance } from "./tolerance.js";

/** How a gradient is checked. */
export interface CheckGradientOptions extends DifferenceOptions, WatchOptions {
  /**
   * Absolute tolerance, in units of f per unit of x. By default the tolerance follows from f: from its rounding, from
   * what its values for several steps say about the error of the difference quotient, and from the rounding of the
   * gradient. If `atol` or `rtol` is given, the tolerance is atol + rtol·|expected| instead.
   */
  atol?: number | undefined;
  /** Tolerance relative to the difference quotient: see `atol`. */
  rtol?: number | undefined;
  /**
   * Number of directions to compare; `false` compares every element. The first direction is along the signs of the
   * gradient, the others are random. Default: every element if x has at most 1,000 of them, else a direction for each
   * magnitude of the gradient's elements, and two random ones.
   */
  directions?: number | false | undefined;
  /** Seed of the random directions. Default 0. */
  seed?: number | undefined;
}

/** A gradient to be checked: an array of numbers, or for a Matrix also a Matrix. */
export type GradientLike<X extends PointLike> = VectorAt<X>;

/** How a gradient at a tree is checked. */
export interface CheckTreeOptions<V = never> extends Omit<CheckGradientOptions, "bounds">, TreeOptions<V> {}

/** The options of a check before they are checked. */
export interface AnyCheckOptions extends Omit<CheckGradientOptions, "bounds"> {
  adapter?: unknown;
}

/** A gradient at a tree to be checked. */
export type GradientTreeLike<X, V = never> = VectorTree<X, V>;

/** The largest number of elements of which each is compared by default. */
const MOST_ELEMENTS = 1000;

/** The error of all elements, relative to the gradient, from which on they are also compared together. */
const COARSE = 1e-3;

/**
 * Compares a gradient, written by hand or computed by backpropagation, with difference quotients of f, and reports
 * where they differ most. The report has a verdict: `"ok"`, `"wrong"`, `"kink"` or `"undecided"`.
 *
 * Nothing has to be chosen. Each slope of f comes with an error, by the quotients for several steps and by the rounding
 * of f, whose values tell whether it computes in float32. The gradient is wrong if it differs by more than this error and
 * its own rounding together: 1.5e-5 of the element (3.1e-5 in float32), because gradients by backpropagation leave out
 * small constants, as the 1e-7 in the book's log(y + 1e-7). For less, give `rtol`.
 * So a gradient of zeros does not pass where f changes by more than its rounding, however small the slope is. Where no
 * step shows the slope better, an error of it of up to 10 % is accepted, and where f is flat at x, as at a minimum, one of
 * 1/1024 of the slopes near x. Where f has
 * a kink at x, as max(0, x) at 0, a gradient between the slopes on both sides is a `"kink"`. Where f jumps, or is so noisy
 * that its slope cannot be known, the verdict is `"undecided"`.
 *
 * If x has many elements, f is differentiated along directions instead, in which many elements move at once. Along the
 * signs of the gradient its elements add up, so that an error of 1 % of all of them shows where single elements are lost
 * in the rounding of f. Wrong elements are then found by halving the set of elements that move.
 *
 * f is called at least three times at x, and must return the same value each time. f and `gradient` receive x itself, as
 * in `numericalGradient`, and must not change it.
 *
 * @param f The function.
 * @param gradient Its gradient at x: an array (for a Matrix also a Matrix), or a function of x that returns it.
 * @param x n numbers: an array, a Float64Array, a Float32Array, or a Matrix of either.
 * @param options.h The first and largest difference step. By default the steps suit f.
 * @returns A report. A gradient that is wrong or NaN is not an error.
 * @throws {ArgumentError} as `numericalGradient`, but not for a lost step without `h`, and if `gradient` has another
 * length or shape than x.
 * @throws {FunctionError} as `numericalGradient`, if `gradient` throws or changes x, and if f returns another value
 * when it is called with the same x again: an f that contains dropout or other random numbers cannot be checked. f may be
 * NaN or infinite beside x, but not for all steps.
 * @see Deep Learning from Scratch, section 5.7.3
 * @example
 * ```ts
 * const f = (x: number[]) => x[0]! ** 2 * x[1]!;
 * checkGradient(f, (x) => [2 * x[0]! * x[1]!, x[0]! ** 2], [3, 5]).ok; // true
 * const report = checkGradient(f, [30, 10], [3, 5]);
 * report.verdict; // "wrong"
 * report.worst[0]!.index; // 1
 * report.toString().split("\n")[0]; // "gradient wrong: 1 of 2 elements beyond the error of the differences"
 * checkGradient((x) => Math.max(0, x[0]!), [1], [0]).verdict; // "kink"
 * ```
 */
export function checkGradient<X extends PointLike>(
  f: (x: Received<X>) => number,
  gradient: GradientLike<X> | ((x: Received<X>) => GradientLike<X>),
  x: X,
  options?: CheckGradientOptions,
): GradientReport;
/**
 * Compares the gradient of a function of a tree, an object or array of arrays and numbers, such as
 * `{ layers: [{ w, b }], scale: 2 }`. f receives the tree as in `numericalGradient`. The report names elements by their
 * paths, as `layers[0].w[3, 17]`, and tells the verdict for each array of the tree (`report.parts`).
 *
 * If x has more than 1,000 elements, each array has a direction of its own, along the signs of the gradient, beside those
 * of the magnitudes and the random ones. So the report says also then which array is wrong.
 *
 * @param gradient A tree of the structure of x, or a function of x that returns it. For a Matrix it has a Matrix or an
 * array, for an array an array, for a value of another library such a value or an array.
 * @param options.adapter For values of another library, as in `numericalGradient`. Values that the function `gradient`
 * returns are freed.
 * @throws {ArgumentError} as for a single array, as `numericalGradient` for a tree, and if `gradient` has another
 * structure than x. Its `argument` is the path: `"gradient.layers[0].w"`.
 * @example
 * ```ts
 * const f = ({ w, b }: { w: Float64Array; b: number }) => b * w[0]! * w[1]!;
 * const x = { w: Float64Array.of(2, 3), b: 5 };
 * checkGradient(f, { w: [15, 10], b: 6 }, x).ok; // true
 * checkGradient(f, { w: [15, 11], b: 6 }, x).worst[0]!.name; // "w[1]"
 * ```
 */
export function checkGradient<X, V = never>(
  f: (x: ReceivedTree<X, NoInfer<V>>) => number | NoInfer<V>,
  gradient: GradientTreeLike<X, NoInfer<V>> | ((x: ReceivedTree<X, NoInfer<V>>) => GradientTreeLike<X, NoInfer<V>>),
  x: X & Tree<X, NoInfer<V>>,
  options?: CheckTreeOptions<V>,
): GradientReport;
export function checkGradient(
  f: (x: never) => unknown,
  gradient: unknown,
  x: unknown,
  options: AnyCheckOptions = {},
): GradientReport {
  const check = prepareCheck(f, gradient, x, options);
  try {
    return done(compare(check, (called, at) => called(at)));
  } catch (error) {
    check.point.restore();
    throw check.point.named(error);
  }
}

/** A check whose arguments are checked. */
export interface PreparedCheck {
  readonly f: (x: unknown) => unknown;
  readonly gradient: unknown;
  readonly point: Point | TreePoint;
  /** The numbers of a gradient that is no function. */
  readonly given: Float64Array | undefined;
  readonly options: AnyCheckOptions;
  readonly settings: AnySettings;
  /** The limits of x, if there are any. */
  readonly limits: AnyLimits | undefined;
  readonly directions: number | undefined | false;
}

/** Checks the arguments of a check before f is called. @throws {ArgumentError} if one is wrong. */
export function prepareCheck(f: unknown, gradient: unknown, x: unknown, options: AnyCheckOptions): PreparedCheck {
  const prepared = prepare(f, x, options);
  const given = typeof gradient === "function" ? undefined : numbersLike("gradient", gradient, prepared.point);
  return { ...prepared, gradient, given };
}

/**
 * Checks the arguments of a check but for what is checked.
 *
 * @param form How f receives x: see `pointOf`.
 * @throws {ArgumentError} if one is wrong.
 */
export function prepare(
  f: unknown,
  x: unknown,
  options: AnyCheckOptions,
  form?: { asFloat64: boolean },
): Omit<PreparedCheck, "gradient" | "given"> {
  checkFunction("f", f);
  const known = ["atol", "rtol", "directions", "seed", "adapter", ...WATCH_OPTIONS];
  const settings: AnySettings = readDifferenceOptions(options as DifferenceOptions, known);
  checkWatchOptions(options);
  const point = pointOf(x, options.adapter, form);
  const directions = chooseDirections(options, settings, point.elements.length);
  // Checks the bounds, and a step that is given, before f is called.
  const limits = settings.bounds === undefined ? undefined : limitsFor(settings.bounds, point);
  if (isStepGiven(settings)) stencilFor(settings, point);
  new Tolerance(options, new Float64Array(), false);
  return { f: f as (x: unknown) => unknown, point, options, settings, limits, directions };
}

/**
 * The comparison of a check. x is not restored if it fails.
 *
 * @param call Calls f and the function `gradient`.
 */
export function* compare(check: PreparedCheck, call: Caller): Work<GradientReport> {
  const { f, gradient, point, given, options, settings, limits, directions } = check;
  const n = point.elements.length;
  const probe = new Probe((at) => call(f, at), point, "an async f needs checkGradientAsync");
  const watchOf = (total: number) => new Watch(options, total);
  watchOf(n).check(0);
  yield* probe.checkHere();
  yield* probe.checkHere();
  const got = given ?? (yield* gradientHere((at) => call(gradient as (x: unknown) => unknown, at), point));
  const tolerance = new Tolerance(options, got, point.single || probe.type.isSingle || isSingle(got));
  const comparison = new Comparison(probe, tolerance, directions !== false);
  const work: ElementWork<Probe> = { probe, settings, limits, tolerance, got };
  const elements = new Elements(work);
  const along = new Directions(work, elements, options.seed ?? 0);
  if (directions !== false) yield* along.compareAll(directions, comparison, watchOf);
  else {
    const error = yield* elements.compareAll(comparison, watchOf(n));
    const isPossible = settings.method === "central" && settings.bounds === undefined && !isStepGiven(settings);
    if (isPossible && n > 1 && error > COARSE && comparison.isOk) yield* along.compareSigns(comparison);
  }
  yield* probe.checkHere();
  point.checkUnchanged();
  return comparison.report();
}

/** Calls a function with x. */
type Caller = (called: (x: unknown) => unknown, x: unknown) => unknown;

function isStepGiven({ h, relativeStep }: AnySettings): boolean {
  return h !== undefined || relativeStep !== undefined;
}

/** Whether all numbers of a gradient are float32 numbers. */
export function isSingle(got: Float64Array): boolean {
  const type = new FloatType();
  for (const value of got) if (Number.isFinite(value)) type.see(value);
  return type.isSingle;
}

/** The number of directions, undefined for the default; `false` if every element is compared. */
export function chooseDirections(
  { directions, seed = 0 }: Pick<CheckGradientOptions, "directions" | "seed">,
  settings: Pick<AnySettings, "method" | "bounds">,
  n: number,
  most = MOST_ELEMENTS,
): number | undefined | false {
  checkInteger("options.seed", seed);
  const isPossible = settings.method === "central" && settings.bounds === undefined;
  if (directions === undefined) return isPossible && n > most ? undefined : false;
  if (directions === false) return false;
  checkInteger("options.directions", directions, 1, undefined, " or false");
  if (isPossible) return directions;
  const expected = 'none with bounds, or another method than "central"';
  throw new ArgumentError("options.directions", expected, describe(directions));
}

/** What the function `gradient` returns at x. */
function* gradientHere(gradient: (x: unknown) => unknown, point: Point | TreePoint): Work<Float64Array> {
  const failed = (cause: unknown) =>
    new FunctionError(`gradient threw at ${point.name}: ${messageOf(cause)}`, -1, { cause });
  // A gradient may hold x itself, so its numbers are read before those are freed.
  const read = (value: unknown) => ({ numbers: numbersLike("gradient", value, point, true) });
  const called = (x: unknown) => {
    let value: unknown;
    try {
      value = gradient(x);
    } catch (cause) {
      throw failed(cause);
    }
    if (!isPromise(value)) return read(value);
    return value.then(read, (cause) => {
      throw failed(cause);
    });
  };
  const value = yield point.bind(called, true)(point.input);
  if (isPromise(value)) {
    ignoreRejection(value);
    const message = "gradient must return an array of numbers, it returned a Promise";
    throw new FunctionError(`${message}; an async gradient needs checkGradientAsync`, -1, { value });
  }
  point.checkUnchanged();
  return (value as { numbers: Float64Array }).numbers;
}
