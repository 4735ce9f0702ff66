import { checkFunction, checkInteger, checkOptions } from "../arguments.js";
import { type Bounds, checkWatchOptions, WATCH_OPTIONS, type WatchOptions } from "../differences/difference-options.js";
import { Limits, UNBOUNDED } from "../differences/limits.js";
import { type AsFloats, checkNoTree, type GradientAt, Point, type PointLike } from "../differences/point.js";
import { Watch } from "../differences/watch.js";
import { ArgumentError, describe, FunctionError } from "../errors.js";
import { isMatrix, type Matrix, makeMatrix, type Vector } from "../shape.js";
import { covarianceOf } from "./covariance.js";
import {
  type Criteria,
  costOf,
  type LeastSquaresStatus,
  LevenbergMarquardt,
  type Place,
} from "./levenberg-marquardt.js";
import { Residuals } from "./residuals.js";

/** How {@link leastSquares} fits. X is the kind of x that the functions receive. */
export interface LeastSquaresOptions<X = Float64Array> extends WatchOptions {
  /**
   * The Jacobian of the residuals: element [i, j] is ∂rᵢ/∂xⱼ. A Matrix of shape [m, n], or m rows of n numbers. By
   * default it is taken by central differences, whose steps follow the size of each parameter.
   */
  jacobian?: ((x: X) => Matrix | ArrayLike<ArrayLike<number>>) | undefined;
  /** x never leaves [lower, upper], and the residuals are never evaluated outside. Equal limits fix a parameter. */
  bounds?: Bounds | undefined;
  /**
   * `true` if each residual is already divided by the standard deviation of its measurement, and these are known. The
   * covariance is then (JᵀJ)⁻¹. By default the standard deviation is estimated from the residuals.
   */
  absoluteSigma?: boolean | undefined;
  /** The fit ends if a step changes the cost by less than this part of it. Default 1e-12. */
  ftol?: number | undefined;
  /** The fit ends if steps are shorter than this part of x, both scaled by J. Default 1e-10. */
  xtol?: number | undefined;
  /** The fit ends if the cosine of the angle between the residuals and each column of J is at most this. Default 1e-12. */
  gtol?: number | undefined;
  /** The fit ends after about this many calls of the residuals. Default 1000·(n + 1). */
  maxEvaluations?: number | undefined;
  /**
   * Whether the last digits and the covariance are computed with the Jacobian of extrapolated differences, for about 20
   * calls per parameter, or more if the residuals are noisy. Default true. It is not used after `"maxEvaluations"`.
   */
  refine?: boolean | undefined;
}

/** A fit. X is the kind of x, G that of a gradient at x. */
export interface LeastSquaresFit<X = Float64Array, G = Float64Array> {
  /** The parameters. */
  readonly x: X;
  /** ½ Σ rᵢ² at x. */
  readonly cost: number;
  /** The m residuals at x. */
  readonly residuals: Float64Array;
  /**
   * The covariance of the parameters, of shape [n, n], in units of xᵢ·xⱼ: s² (JᵀJ)⁻¹ with s² = 2·cost / (m − n), where n
   * counts the parameters that are not fixed. Bounds are ignored. The variance of a parameter is ∞ if the residuals do
   * not determine it, or if m ≤ n; its covariances are NaN then.
   */
  readonly covariance: Matrix;
  /** The standard error of each parameter, in units of the parameter: √ of the covariance's diagonal. */
  readonly standardErrors: G;
  /** Which criterion ended the fit. `"maxEvaluations"`: none of the others was met, and x is the best place so far. */
  readonly status: LeastSquaresStatus;
  /** Number of steps. */
  readonly iterations: number;
  /** Number of calls of the residuals, with those for the Jacobian. */
  readonly evaluations: number;
  /** The rank of the Jacobian at x. If it is less than the number of parameters, other x fit as well. */
  readonly rank: number;
}

const OPTIONS = ["jacobian", "bounds", "absoluteSigma", "ftol", "xtol", "gtol", "maxEvaluations", "refine"];

/**
 * Fits parameters x so that ½ Σ rᵢ(x)² is least, by Levenberg and Marquardt's method with a trust region. A residual rᵢ
 * is model − measurement, divided by the standard deviation of the measurement if the measurements have different ones.
 *
 * `start` is never changed: the functions receive copies. If residuals are NaN or infinite at a point that is tried, the
 * step is shortened. The minimum may be a local one; other starts may lead to others.
 *
 * @param residuals Returns m numbers, with the same m each time. m may be less than n.
 * @param start n numbers: an array, a Float64Array, a Float32Array, or a Matrix of either. Each should have the right
 * order of magnitude. For an array of numbers, `residuals` receives a Float64Array.
 * @throws {ArgumentError} if an argument or option is wrong, `start` is out of bounds, or `jacobian` returns the wrong
 * shape.
 * @throws {FunctionError} if `residuals` or `jacobian` throws, returns anything but numbers, or changes x, or if the
 * residuals or their slopes are NaN or infinite at `start`, or the squares of all residuals underflow.
 * @see J. J. Moré, *The Levenberg–Marquardt algorithm: implementation and theory* (1978)
 * @example
 * ```ts
 * const times = [0, 1, 2, 3, 4];
 * const values = times.map((t) => 3 * Math.exp(-0.7 * t) + 1);
 * const residuals = ([a, k, c]: Float64Array) => times.map((t, i) => a! * Math.exp(-k! * t) + c! - values[i]!);
 * const { x, status } = leastSquares(residuals, [1, 1, 1]);
 * Array.from(x, (value) => value.toFixed(6)); // ["3.000000", "0.700000", "1.000000"]
 * status === "maxEvaluations"; // false
 * ```
 */
export function leastSquares<X extends PointLike>(
  residuals: (x: AsFloats<X>) => Vector,
  start: X,
  options: LeastSquaresOptions<AsFloats<X>> = {},
): LeastSquaresFit<AsFloats<X>, GradientAt<X>> {
  checkFunction("residuals", residuals);
  checkNoTree("start", start, "pass its numbers as one array");
  const point = new Point(start, { name: "start" });
  const { elements, single } = point;
  const { jacobian, bounds, criteria, absoluteSigma, refine } = readOptions(options, elements.length);
  const limits = new Limits(bounds, point);
  const watch = new Watch(options, criteria.maxEvaluations);
  const functions = new Residuals(residuals as never, jacobian as never, { start, limits, watch });
  const round = single ? Math.fround : (value: number) => value;
  const method = new LevenbergMarquardt(functions, placeAtStart(functions, elements), { limits, criteria, round });
  const status = method.run();
  const place = refine && status !== "maxEvaluations" ? method.refine() : method.place;
  watch.check(criteria.maxEvaluations);
  const n = elements.length;
  const fixed = (j: number) => limits.lower(j) === limits.upper(j);
  const freedom = place.residuals.length - elements.filter((_: number, j: number) => !fixed(j)).length;
  const variance = absoluteSigma ? 1 : freedom > 0 ? (2 * place.cost) / freedom : Number.POSITIVE_INFINITY;
  const { data, rank } = covarianceOf(place.columns, { variance, precision: place.precision, fixed });
  const errors = elements.map((_, j) => Math.sqrt(data[j * n + j]!));
  return {
    x: functions.likeStart(place.x) as AsFloats<X>,
    cost: place.cost,
    residuals: place.residuals,
    covariance: makeMatrix(n, n, data),
    standardErrors: (isMatrix(start) ? makeMatrix(start.shape[0], start.shape[1], errors) : errors) as GradientAt<X>,
    status,
    iterations: method.iterations,
    evaluations: functions.evaluations,
    rank,
  };
}

function placeAtStart(functions: Residuals, elements: Float64Array): Place {
  const x = elements.slice();
  const residuals = functions.atStart(x);
  const cost = costOf(residuals);
  if (!Number.isFinite(cost)) {
    throw new FunctionError("the sum of the squared residuals overflows at start", -1, { value: cost });
  }
  if (cost === 0 && residuals.some((residual) => residual !== 0)) {
    throw new FunctionError("the sum of the squared residuals underflows at start", -1, { value: cost });
  }
  const slopes = functions.slopes(x, residuals);
  if (!slopes) {
    throw new FunctionError("the slopes of residuals are not finite at start", -1, { value: Number.NaN });
  }
  return { x, residuals, cost, ...slopes };
}

function readOptions(options: LeastSquaresOptions<never>, n: number) {
  checkOptions(options, [...OPTIONS, ...WATCH_OPTIONS]);
  const { jacobian, bounds = UNBOUNDED, absoluteSigma = false, refine = true } = options;
  const { ftol = 1e-12, xtol = 1e-10, gtol = 1e-12, maxEvaluations = 1000 * (n + 1) } = options;
  if (jacobian !== undefined) checkFunction("options.jacobian", jacobian);
  for (const [name, value] of Object.entries({ ftol, xtol, gtol })) checkTolerance(`options.${name}`, value);
  for (const [name, value] of Object.entries({ absoluteSigma, refine })) checkFlag(`options.${name}`, value);
  checkInteger("options.maxEvaluations", maxEvaluations, 1);
  checkWatchOptions(options);
  const criteria: Criteria = { ftol, xtol, gtol, maxEvaluations };
  return { jacobian, bounds, absoluteSigma, refine, criteria };
}

function checkTolerance(argument: string, value: unknown): void {
  if (typeof value === "number" && value >= 0 && value < 1) return;
  throw new ArgumentError(argument, "a number from 0 to less than 1", describe(value));
}

function checkFlag(argument: string, value: unknown): void {
  if (typeof value !== "boolean") throw new ArgumentError(argument, "true or false", describe(value));
}
