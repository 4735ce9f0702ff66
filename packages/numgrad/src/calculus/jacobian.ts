import { checkFunction } from "../arguments.js";
import { ArgumentError, FunctionError } from "../errors.js";
import type { Matrix, Vector } from "../shape.js";
import { type Slope, slopesAlong } from "./adaptive.js";
import {
  checkWatchOptions,
  type DifferenceOptions,
  type DifferenceSettings,
  readAdaptiveOptions,
  readDifferenceOptions,
  WATCH_OPTIONS,
  type WatchOptions,
} from "./difference-options.js";
import { isFiniteVector, overflow, unusable, vectorValue } from "./evaluation.js";
import { Limits } from "./limits.js";
import { checkKept, checkMatrixOut } from "./out.js";
import { Point, type PointLike } from "./point.js";
import { Steps } from "./steps.js";
import { Watch } from "./watch.js";

/** How a Jacobian is taken. */
export interface JacobianOptions extends DifferenceOptions, WatchOptions {
  /** Takes the result, and is what is returned. It holds a part of the Jacobian where f fails half-way. */
  out?: Matrix | undefined;
  /** With `true` the options are {@link AdaptiveJacobianOptions}. */
  adaptive?: false | undefined;
}

/** How a Jacobian with error estimates is taken: by Richardson extrapolation, as `derivative` does it. */
export interface AdaptiveJacobianOptions extends Omit<DifferenceOptions, "relativeStep">, WatchOptions {
  /** Asks for it. */
  adaptive: true;
}

/** A Jacobian with an estimate of each element's error. */
export interface AdaptiveJacobian {
  /** [outputs, inputs]. */
  readonly value: Matrix;
  /** How far each element is from the truth at most, if f is smooth. Large at a kink or a jump. */
  readonly error: Matrix;
  /** How often f was called. */
  readonly evaluations: number;
}

/**
 * The Jacobian of a function of many numbers that gives many numbers: row k, column i is ∂fₖ/∂xᵢ, by a difference
 * quotient for each input. The Jacobian of `numericalGradient` is a Hessian.
 *
 * What f receives, how x is moved and restored, and what f must not do is as in `numericalGradient`; an array of numbers
 * is given to f as a Float64Array. f may return the same array each time: it is copied.
 *
 * With `adaptive: true` each element is taken by Richardson extrapolation, as `derivative` does it, and comes with an
 * estimate of its error. The steps are common to all outputs of f; `h` is the first of them then.
 *
 * @param f Gives an array of m numbers, the same m each time.
 * @param x n numbers: an array, a Float64Array, a Float32Array, or a Matrix of either.
 * @returns A Matrix [m, n]; with `adaptive: true` `{ value, error, evaluations }`.
 * @throws {ArgumentError} as `numericalGradient`.
 * @throws {FunctionError} if f throws, returns anything but an array of as many finite numbers as at first, changes x, or
 * moves x's memory.
 * @example
 * ```ts
 * const polar = (x: Float64Array) => [x[0] * Math.cos(x[1]), x[0] * Math.sin(x[1])];
 * jacobian(polar, [2, 0]).data; // Float64Array [1.000000000001, 0, 0, 1.9999999966666668]
 * const f = (x: Float64Array) => x[0] ** 2 * x[1];
 * jacobian((x) => numericalGradient(f, x), Float64Array.of(3, 5)).shape; // [2, 2]: the Hessian
 * jacobian(polar, [2, 0], { adaptive: true }).error.data.every((error) => error < 1e-11); // true
 * ```
 */
export function jacobian<T extends Float64Array | Float32Array>(
  f: (x: Matrix<T>) => Vector,
  x: Matrix<T>,
  options: AdaptiveJacobianOptions,
): AdaptiveJacobian;
export function jacobian<T extends Float64Array | Float32Array>(
  f: (x: T) => Vector,
  x: T,
  options: AdaptiveJacobianOptions,
): AdaptiveJacobian;
export function jacobian(
  f: (x: Float64Array) => Vector,
  x: readonly number[],
  options: AdaptiveJacobianOptions,
): AdaptiveJacobian;
export function jacobian<T extends Float64Array | Float32Array>(
  f: (x: Matrix<T>) => Vector,
  x: Matrix<T>,
  options?: JacobianOptions,
): Matrix;
export function jacobian<T extends Float64Array | Float32Array>(
  f: (x: T) => Vector,
  x: T,
  options?: JacobianOptions,
): Matrix;
export function jacobian(f: (x: Float64Array) => Vector, x: readonly number[], options?: JacobianOptions): Matrix;
export function jacobian(
  f: (x: never) => Vector,
  x: PointLike,
  options: JacobianOptions | AdaptiveJacobianOptions = {},
): Matrix | AdaptiveJacobian {
  checkFunction("f", f);
  const settings = readOptions(options);
  const point = new Point(x, { asFloat64: true });
  const work: Work = {
    f: f as (x: unknown) => unknown,
    point,
    settings,
    watch: new Watch(options, point.elements.length),
  };
  try {
    work.watch.check(0);
    const result = options.adaptive ? adaptive(work) : differences(work, (options as JacobianOptions).out);
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

/** f with element i there (−1: nowhere), which stays there; m numbers, or as many as there are if m is undefined. */
function outputsAt({ f, point }: Work, i: number, value: number, m?: number): Float64Array {
  if (i >= 0) point.move(i, value);
  const outputs = vectorValue(f, point.input, { index: i, name: point.name, length: m });
  point.checkMoved(i, value);
  return outputs;
}

function outputsHere(work: Work): Float64Array {
  const { point } = work;
  const here = outputsAt(work, -1, point.elements[0] as number);
  checkFinite(here, point, -1);
  return here;
}

function differences(work: Work, out: Matrix | undefined): Matrix {
  const { point, watch } = work;
  const { elements } = point;
  const n = elements.length;
  const steps = new Steps(work.settings, elements, point.single, point.label);
  const here = steps.usesHere ? outputsHere(work) : undefined;
  let result: Matrix | undefined;
  for (let i = 0; i < n; i++) {
    steps.place(i);
    const first = outputsAt(work, i, steps.first, here?.length ?? result?.shape[0]);
    checkFinite(first, point, i);
    const second = Number.isNaN(steps.second) ? first : outputsAt(work, i, steps.second, first.length);
    checkFinite(second, point, i);
    point.move(i, elements[i] as number);
    result ??= makeResult(out, [first.length, n], point);
    for (let k = 0; k < first.length; k++) {
      const difference = steps.difference(first[k] as number, second[k] as number, here ? (here[k] as number) : 0);
      const slope = difference / steps.width;
      if (!Number.isFinite(slope)) throw overflow(difference, steps.width, point.input, i, point.name);
      result.data[k * n + i] = slope;
    }
    watch.check(i + 1);
  }
  checkKept((result as Matrix).data, (result as Matrix).shape[0] * n);
  return result as Matrix;
}

/** How many outputs there are is known after the first call of f only. */
function makeResult(out: Matrix | undefined, shape: readonly [number, number], { input }: Point): Matrix {
  if (out === undefined) return { shape, data: new Float64Array(shape[0] * shape[1]) };
  checkMatrixOut(out, shape, (input as { data?: unknown }).data ?? input);
  return out;
}

function adaptive(work: Work): AdaptiveJacobian {
  const { point, settings, watch } = work;
  const { elements, single, label } = point;
  const n = elements.length;
  const limits = new Limits(settings.bounds, elements, single, label);
  const here = outputsHere(work);
  const m = here.length;
  const value: Matrix = { shape: [m, n], data: new Float64Array(m * n) };
  const error: Matrix = { shape: [m, n], data: new Float64Array(m * n) };
  let evaluations = 1;
  for (let i = 0; i < n; i++) {
    const x = elements[i] as number;
    let failed: Float64Array | undefined;
    const slopes = slopesAlong({
      x,
      method: settings.method,
      lower: limits.lower(i),
      upper: limits.upper(i),
      h: settings.h,
      single,
      here,
      valuesAt(at) {
        evaluations++;
        const outputs = outputsAt(work, i, at, m);
        if (isFiniteVector(outputs)) return outputs;
        failed = outputs;
        return undefined;
      },
    });
    point.move(i, x);
    if (!slopes) throw noSlope(point, i, failed, limits);
    for (const [k, slope] of (slopes as Slope[]).entries()) {
      value.data[k * n + i] = slope.value;
      error.data[k * n + i] = slope.error;
    }
    watch.check(i + 1);
  }
  return { value, error, evaluations };
}

function noSlope(point: Point, i: number, failed: Float64Array | undefined, limits: Limits): Error {
  if (failed)
    return unusable(
      failed.find((v) => !Number.isFinite(v)),
      point.input,
      i,
      point.name,
    );
  const room = `room for a step at ${point.label(i)} = ${point.elements[i]}`;
  return new ArgumentError("options.bounds", room, `[${limits.lower(i)}, ${limits.upper(i)}]`);
}

function checkFinite(outputs: Float64Array, point: Point, index: number): void {
  if (isFiniteVector(outputs)) return;
  const k = outputs.findIndex((v) => !Number.isFinite(v));
  const error = unusable(outputs[k], point.input, index, point.name);
  throw new FunctionError(`${error.message} as element ${k} of its result`, index, { value: outputs[k] });
}
