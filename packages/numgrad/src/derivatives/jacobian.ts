import { checkFunction } from "../arguments.js";
import {
  checkWatchOptions,
  type DifferenceOptions,
  type DifferenceSettings,
  readAdaptiveOptions,
  readDifferenceOptions,
  WATCH_OPTIONS,
  type WatchOptions,
} from "../differences/difference-options.js";
import { isFiniteVector, valueError, vectorValue } from "../differences/evaluation.js";
import { Limits, UNBOUNDED } from "../differences/limits.js";
import { checkKept, checkMatrixOut } from "../differences/out.js";
import { type AsFloats, Point, type PointLike } from "../differences/point.js";
import { Stencil } from "../differences/stencil.js";
import { Watch } from "../differences/watch.js";
import { ArgumentError, FunctionError } from "../errors.js";
import { type Matrix, makeMatrix, type Vector } from "../shape.js";
import { slopesAlong } from "./adaptive.js";

/** How a Jacobian is taken. */
export interface JacobianOptions extends DifferenceOptions, WatchOptions {
  /** Receives the result, and is returned. If f fails, a part of the Jacobian has been written to it. */
  out?: Matrix | undefined;
  /** `true` is for {@link AdaptiveJacobianOptions}. */
  adaptive?: false | undefined;
}

/** How a Jacobian with error estimates is taken: by Richardson extrapolation, as in `derivative`. */
export interface AdaptiveJacobianOptions extends Omit<DifferenceOptions, "relativeStep">, WatchOptions {
  /** Asks for error estimates. */
  adaptive: true;
}

/** A Jacobian with an estimate of the error of each element. */
export interface AdaptiveJacobian {
  /** The Jacobian, of shape [outputs, inputs]. */
  readonly value: Matrix;
  /** An upper bound of each element's error if f is smooth, of shape [outputs, inputs]. Large at a kink, ∞ at a jump. */
  readonly error: Matrix;
  /** Number of calls of f. */
  readonly evaluations: number;
}

/**
 * The Jacobian with an estimate of the error of each element. Each element is taken by Richardson extrapolation, as in
 * `derivative`. All outputs of f share the same difference steps; `options.h` is the first and largest of them. All
 * else is as without `adaptive`.
 *
 * @param f Returns an array of m numbers, with the same m each time.
 * @param x n numbers: an array, a Float64Array, a Float32Array, or a Matrix of either.
 * @returns `{ value, error, evaluations }`, with Matrices of shape [m, n].
 * @throws {ArgumentError} as without `adaptive`.
 * @throws {FunctionError} as without `adaptive`. Beside x the numbers may be NaN or infinite for some difference steps,
 * but not for all.
 * @example
 * ```ts
 * const polar = (x: Float64Array) => [x[0]! * Math.cos(x[1]!), x[0]! * Math.sin(x[1]!)];
 * jacobian(polar, [2, 0], { adaptive: true }).error.data.every((error) => error < 1e-11); // true
 * ```
 */
export function jacobian<X extends PointLike>(
  f: (x: AsFloats<X>) => Vector,
  x: X,
  options: AdaptiveJacobianOptions,
): AdaptiveJacobian;
/**
 * The Jacobian of a function of many numbers that returns many numbers: the element in row k, column i is ∂fₖ/∂xᵢ.
 * There is a difference quotient for each input. The Jacobian of `numericalGradient` is a Hessian.
 *
 * f receives x itself with one element moved, as in `numericalGradient`, and the same rules hold for f. If x is an
 * array of numbers, f receives a Float64Array. f may return the same array each time, because it is copied.
 *
 * With `adaptive: true`, each element comes with an estimate of its error: see the other signature.
 *
 * @param f Returns an array of m numbers, with the same m each time.
 * @param x n numbers: an array, a Float64Array, a Float32Array, or a Matrix of either.
 * @returns A Matrix of shape [m, n].
 * @throws {ArgumentError} as `numericalGradient`.
 * @throws {FunctionError} if f throws, returns anything but an array of m finite numbers, changes x, or moves the
 * memory of x.
 * @example
 * ```ts
 * const polar = (x: Float64Array) => [x[0]! * Math.cos(x[1]!), x[0]! * Math.sin(x[1]!)];
 * jacobian(polar, [2, 0]).data; // Float64Array [1.000000000001, 0, 0, 1.9999999966666668]
 * const f = (x: Float64Array) => x[0]! ** 2 * x[1]!;
 * jacobian((x) => numericalGradient(f, x), Float64Array.of(3, 5)).shape; // [2, 2]: the Hessian
 * ```
 */
export function jacobian<X extends PointLike>(f: (x: AsFloats<X>) => Vector, x: X, options?: JacobianOptions): Matrix;
export function jacobian(
  f: (x: never) => Vector,
  x: PointLike,
  options: JacobianOptions | AdaptiveJacobianOptions = {},
): Matrix | AdaptiveJacobian {
  checkFunction("f", f);
  const settings = readOptions(options);
  const point = new Point(x, { asFloat64: true });
  const watch = new Watch(options, point.elements.length);
  const work: Work = { f: f as (x: unknown) => unknown, point, settings, watch };
  try {
    watch.check(0);
    const result = options.adaptive ? adaptiveJacobian(work) : differenceJacobian(work, options.out);
    point.checkUnchanged();
    return result;
  } catch (error) {
    point.restore();
    throw error;
  }
}

interface Work {
  readonly f: (x: unknown) => unknown;
  readonly point: Point;
  readonly settings: DifferenceSettings;
  readonly watch: Watch;
}

function readOptions(options: JacobianOptions | AdaptiveJacobianOptions): DifferenceSettings {
  const isAdaptive = (options as { adaptive?: unknown } | null)?.adaptive;
  if (isAdaptive !== undefined && typeof isAdaptive !== "boolean") {
    throw new ArgumentError("options.adaptive", "true or false", String(isAdaptive));
  }
  const known = ["adaptive", ...WATCH_OPTIONS];
  const settings = isAdaptive ? readAdaptiveOptions(options, known) : readDifferenceOptions(options, [...known, "out"]);
  checkWatchOptions(options);
  return settings;
}

function differenceJacobian(work: Work, out: Matrix | undefined): Matrix {
  const { point, watch } = work;
  const { elements } = point;
  const n = elements.length;
  const stencil = new Stencil(work.settings, point);
  const here = stencil.usesHere ? outputsHere(work) : undefined;
  let result: Matrix | undefined;
  for (let i = 0; i < n; i++) {
    stencil.place(i);
    point.checkUnmoved(i);
    const first = outputsAt(work, i, stencil.first, here?.length ?? result?.shape[0]);
    checkFinite(first, point, i);
    const second = stencil.hasSecond ? outputsAt(work, i, stencil.second, first.length) : first;
    checkFinite(second, point, i);
    point.move(i, elements[i]!);
    // The number of outputs is known only after the first call of f.
    result ??= matrixFor(out, [first.length, n], point);
    for (let k = 0; k < first.length; k++) {
      result.data[k * n + i] = stencil.slope(first[k]!, second[k]!, here ? here[k]! : Number.NaN);
    }
    watch.check(i + 1);
  }
  checkKept(result!.data, result!.shape[0] * n);
  return result!;
}

/** The place for the Jacobian: the caller's `options.out`, or a new Matrix. */
function matrixFor(out: Matrix | undefined, shape: readonly [number, number], { input }: Point): Matrix {
  if (out === undefined) return makeMatrix(shape[0], shape[1], new Float64Array(shape[0] * shape[1]));
  checkMatrixOut(out, shape, (input as { data?: unknown }).data ?? input);
  return out;
}

function adaptiveJacobian(work: Work): AdaptiveJacobian {
  const { point, settings, watch } = work;
  const { elements, single } = point;
  const n = elements.length;
  const { bounds = UNBOUNDED } = settings;
  const limits = new Limits(bounds, point);
  const here = outputsHere(work);
  const m = here.length;
  const value = makeMatrix(m, n, new Float64Array(m * n));
  const error = makeMatrix(m, n, new Float64Array(m * n));
  let evaluations = 1;
  for (let i = 0; i < n; i++) {
    const x = elements[i]!;
    point.checkUnmoved(i);
    let lastFailure: Float64Array | undefined;
    const valuesAt = (element: number) => {
      evaluations++;
      const outputs = outputsAt(work, i, element, m);
      if (isFiniteVector(outputs)) return outputs;
      lastFailure = outputs;
      return undefined;
    };
    const [lower, upper] = [limits.lower(i), limits.upper(i)];
    const slopes = slopesAlong({ x, method: settings.method, lower, upper, h: settings.h, single, here, valuesAt });
    point.move(i, x);
    if (!slopes) throw noSlopeError(point, i, lastFailure, limits);
    for (const [k, slope] of slopes.entries()) {
      if (!Number.isFinite(slope.value)) {
        throw new FunctionError(`the slope of f overflows with ${point.label(i)} moved`, i, { value: slope.value });
      }
      value.data[k * n + i] = slope.value;
      error.data[k * n + i] = slope.error;
    }
    watch.check(i + 1);
  }
  return { value, error, evaluations };
}

/** The error for an element whose slope is unknown: f was not finite for any h, or the bounds leave no room for h. */
function noSlopeError(point: Point, i: number, failure: Float64Array | undefined, limits: Limits): Error {
  if (failure) {
    const value = failure.find((output) => !Number.isFinite(output));
    return valueError(value, point.input, i, point.name);
  }
  const room = `room for a step at ${point.label(i)} = ${point.elements[i]}`;
  return new ArgumentError("options.bounds", room, `[${limits.lower(i)}, ${limits.upper(i)}]`);
}

/**
 * The outputs of f with element i at `value`, where the element stays; for i = −1 those at x itself.
 *
 * @param m The number of outputs; undefined as long as it is unknown.
 */
function outputsAt({ f, point }: Work, i: number, value: number, m?: number): Float64Array {
  if (i >= 0) point.move(i, value);
  const outputs = vectorValue(f, point.input, { index: i, name: point.name, length: m });
  point.checkMoved(i, value);
  return outputs;
}

function outputsHere(work: Work): Float64Array {
  const outputs = outputsAt(work, -1, work.point.elements[0]!);
  checkFinite(outputs, work.point, -1);
  return outputs;
}

function checkFinite(outputs: Float64Array, point: Point, index: number): void {
  if (isFiniteVector(outputs)) return;
  const k = outputs.findIndex((output) => !Number.isFinite(output));
  const { message } = valueError(outputs[k], point.input, index, point.name);
  throw new FunctionError(`${message} as element ${k} of its result`, index, { value: outputs[k] });
}
