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
import { UNBOUNDED } from "../differences/limits.js";
import { checkKept, checkMatrixOut } from "../differences/out.js";
import { type AsFloats, type MovablePoint, Point, type PointLike } from "../differences/point.js";
import { pointOf, type TreePoint } from "../differences/tree-point.js";
import { type AnyLimits, limitsFor, stencilFor } from "../differences/tree-stencil.js";
import type { MatrixTree, ReceivedTree, Tree, TreeOptions } from "../differences/tree-types.js";
import { Watch } from "../differences/watch.js";
import { ArgumentError, describe, FunctionError } from "../errors.js";
import { type Matrix, makeMatrix, type Vector } from "../shape.js";
import { slopesAlong } from "./adaptive.js";
import { done, doneWork } from "./work.js";

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

/** How a Jacobian at a tree is taken. */
export interface TreeJacobianOptions<V = never>
  extends Omit<DifferenceOptions, "bounds">,
    WatchOptions,
    TreeOptions<V> {
  /** `true` is for {@link AdaptiveTreeJacobianOptions}. */
  adaptive?: false | undefined;
}

/** How a Jacobian at a tree is taken with error estimates. */
export interface AdaptiveTreeJacobianOptions<V = never>
  extends Omit<DifferenceOptions, "bounds" | "relativeStep">,
    WatchOptions,
    TreeOptions<V> {
  /** Asks for error estimates. */
  adaptive: true;
}

/** A Jacobian with an estimate of the error of each element. */
export interface AdaptiveJacobian<J = Matrix> {
  /** The Jacobian, of shape [outputs, inputs]; for a tree a tree of such matrices. */
  readonly value: J;
  /** An upper bound of each element's error if f is smooth, of the same shape. Large at a kink, ∞ at a jump. */
  readonly error: J;
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
/**
 * The Jacobian at a tree, with an estimate of the error of each element: see the other signatures.
 *
 * @returns `{ value, error, evaluations }`, with trees of Matrices of shape [outputs, elements].
 * @example
 * ```ts
 * const f = ({ r, t }: { r: number; t: number }) => [r * Math.cos(t), r * Math.sin(t)];
 * jacobian(f, { r: 2, t: 0 }, { adaptive: true }).error.t.data.every((error) => error < 1e-11); // true
 * ```
 */
export function jacobian<X, V = never>(
  f: (x: ReceivedTree<X, NoInfer<V>>) => Vector | NoInfer<V>,
  x: X & Tree<X, NoInfer<V>>,
  options: AdaptiveTreeJacobianOptions<V>,
): AdaptiveJacobian<MatrixTree<X, V>>;
/**
 * The Jacobian at a tree of arrays and numbers. f receives the tree as in `numericalGradient`. The result is a tree of
 * the same structure: a Matrix of shape [outputs, elements] for each array, number, Matrix and value of another library.
 *
 * @param options.adapter For values of another library. f may also return one.
 * @returns A tree of Matrices.
 * @throws {ArgumentError} as `numericalGradient` for a tree.
 * @throws {FunctionError} as for a single array.
 * @example
 * ```ts
 * const f = ({ r, t }: { r: number; t: number }) => [r * Math.cos(t), r * Math.sin(t)];
 * jacobian(f, { r: 2, t: 0 }).r.data; // Float64Array [1.000000000001, 0]
 * ```
 */
export function jacobian<X, V = never>(
  f: (x: ReceivedTree<X, NoInfer<V>>) => Vector | NoInfer<V>,
  x: X & Tree<X, NoInfer<V>>,
  options?: TreeJacobianOptions<V>,
): MatrixTree<X, V>;
export function jacobian(f: (x: never) => unknown, x: unknown, options: AnyJacobianOptions = {}): unknown {
  checkFunction("f", f);
  const settings = readOptions(options);
  const point = pointOf(x, options.adapter, { asFloat64: true });
  const { out } = options;
  if (out !== undefined && !(point instanceof Point)) {
    throw new ArgumentError("options.out", "none for a tree", describe(out));
  }
  const watch = new Watch(options, point.elements.length);
  const work: Work = { f: point.bind(f as (x: unknown) => unknown, false), point, settings, watch };
  try {
    watch.check(0);
    const result = options.adaptive ? adaptiveJacobian(work) : differenceJacobian(work, out);
    point.checkUnchanged();
    if (point instanceof Point) return result;
    if (!("evaluations" in result)) return matrixTree(result, point);
    return { ...result, value: matrixTree(result.value, point), error: matrixTree(result.error, point) };
  } catch (error) {
    point.restore();
    throw point.named(error);
  }
}

/** The options of a Jacobian before they are checked. */
interface AnyJacobianOptions extends WatchOptions {
  adaptive?: boolean | undefined;
  out?: Matrix | undefined;
  adapter?: unknown;
}

/** A tree of x's structure with the columns of a Matrix that belong to each part. */
function matrixTree({ shape: [m, n], data }: Matrix, { tree, parts }: TreePoint): unknown {
  return tree.map((_, k) => {
    const { start, end } = parts[k]!;
    const columns = makeMatrix(m, end - start, new Float64Array(m * (end - start)));
    for (let row = 0; row < m; row++) {
      columns.data.set(data.subarray(row * n + start, row * n + end), row * (end - start));
    }
    return columns;
  });
}

interface Work {
  readonly f: (x: unknown) => unknown;
  readonly point: Point | TreePoint;
  readonly settings: DifferenceSettings;
  readonly watch: Watch;
}

function readOptions(options: AnyJacobianOptions): DifferenceSettings {
  const isAdaptive = (options as { adaptive?: unknown } | null)?.adaptive;
  if (isAdaptive !== undefined && typeof isAdaptive !== "boolean") {
    throw new ArgumentError("options.adaptive", "true or false", String(isAdaptive));
  }
  const known = ["adaptive", "adapter", ...WATCH_OPTIONS];
  const given = options as DifferenceOptions;
  const settings = isAdaptive ? readAdaptiveOptions(given, known) : readDifferenceOptions(given, [...known, "out"]);
  checkWatchOptions(options);
  return settings;
}

function differenceJacobian(work: Work, out: Matrix | undefined): Matrix {
  const { point, watch } = work;
  const { elements } = point;
  const n = elements.length;
  const stencil = stencilFor(work.settings, point);
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
function matrixFor(out: Matrix | undefined, shape: readonly [number, number], { input }: MovablePoint): Matrix {
  if (out === undefined) return makeMatrix(shape[0], shape[1], new Float64Array(shape[0] * shape[1]));
  checkMatrixOut(out, shape, (input as { data?: unknown }).data ?? input);
  return out;
}

function adaptiveJacobian(work: Work): AdaptiveJacobian {
  const { point, settings, watch } = work;
  const { elements } = point;
  const n = elements.length;
  const { bounds = UNBOUNDED } = settings;
  const limits = limitsFor(bounds, point);
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
      if (isFiniteVector(outputs)) return doneWork(outputs);
      lastFailure = outputs;
      return doneWork(undefined);
    };
    const [lower, upper, single] = [limits.lower(i), limits.upper(i), point.isSingle(i)];
    const line = { x, method: settings.method, lower, upper, h: settings.h, single, here, valuesAt };
    const slopes = done(slopesAlong(line));
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
function noSlopeError(point: MovablePoint, i: number, failure: Float64Array | undefined, limits: AnyLimits): Error {
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
  const asyncHint = "jacobian takes no async f";
  const outputs = vectorValue(f, point.input, { index: i, name: point.name, length: m, asyncHint });
  point.checkMoved(i, value);
  return outputs;
}

function outputsHere(work: Work): Float64Array {
  const outputs = outputsAt(work, -1, work.point.elements[0]!);
  checkFinite(outputs, work.point, -1);
  return outputs;
}

function checkFinite(outputs: Float64Array, point: MovablePoint, index: number): void {
  if (isFiniteVector(outputs)) return;
  const k = outputs.findIndex((output) => !Number.isFinite(output));
  const { message } = valueError(outputs[k], point.input, index, point.name);
  throw new FunctionError(`${message} as element ${k} of its result`, index, { value: outputs[k] });
}
