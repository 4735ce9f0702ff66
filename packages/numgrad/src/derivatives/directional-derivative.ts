import { checkFunction } from "../arguments.js";
import { UNIT } from "../differences/float-type.js";
import { numbersLike } from "../differences/numbers-like.js";
import type { Point, PointLike, Received } from "../differences/point.js";
import { pointOf, type TreePoint } from "../differences/tree-point.js";
import type { ReceivedTree, Tree } from "../differences/tree-types.js";
import { Watch } from "../differences/watch.js";
import { checkAllFinite, type Matrix, type Vector } from "../shape.js";
import { slopesAlong } from "./adaptive.js";
import {
  type AdaptiveCurvatureOptions,
  type AnyCurvatureOptions,
  type CurvatureOptions,
  checkCurvatureOptions,
  checkSlope,
} from "./curvature-options.js";
import type { Derivative } from "./derivative.js";
import { Direction } from "./direction.js";
import type { Line } from "./line.js";
import { moveBack, Probe, type ProbeLike } from "./probe.js";
import { done } from "./work.js";

/** A vector at x: an array of numbers, or for a Matrix also a Matrix. */
export type VectorAt<X extends PointLike> =
  | Vector
  | (X extends Matrix<Float64Array | Float32Array> ? Matrix<Float64Array | Float32Array> : never);

/** A vector at a tree: a tree of the same structure. */
export type VectorTree<X, V = never> = X extends V
  ? V | Vector
  : X extends number
    ? number
    : X extends PointLike
      ? VectorAt<X>
      : { readonly [K in keyof X]: VectorTree<X[K], V> };

/**
 * The derivative along a vector with an estimate of its error. All else is as without `adaptive`.
 *
 * @returns `{ value, error, evaluations }`, as `derivative`.
 * @example
 * ```ts
 * const f = (x: number[]) => x[0]! * Math.exp(x[1]!);
 * directionalDerivative(f, [2, 0], [1, 1], { adaptive: true }).error < 1e-10; // true: the value is 3
 * ```
 */
export function directionalDerivative<X extends PointLike>(
  f: (x: Received<X>) => number,
  x: X,
  v: VectorAt<X>,
  options: AdaptiveCurvatureOptions,
): Derivative;
/**
 * The derivative of a function of many numbers along a vector v: the product vᵀg with the gradient g, which is the slope
 * of t ↦ f(x + t·v) at 0. It takes about 30 evaluations of f, whatever the length of x is, at worst 100. v need not have
 * the length 1.
 *
 * The derivative is taken by Richardson extrapolation as in `derivative`, with steps that follow from f. f receives x
 * itself with all elements moved, and the same rules hold for f as in `numericalGradient`.
 *
 * @param f The function. It is also called twice at x, and must return the same value.
 * @param x n numbers: an array, a Float64Array, a Float32Array, or a Matrix of either.
 * @param v n finite numbers, or for a Matrix also a Matrix.
 * @param options.h The largest difference step, for the element that moves most, in units of max(1, |xᵢ|).
 * @param options.adaptive `true` asks for an error estimate: see the other signature.
 * @throws {ArgumentError} as `numericalGradient`, and if v is of another shape than x, or not finite.
 * @throws {FunctionError} as `hessian`.
 * @example
 * ```ts
 * const f = (x: number[]) => x[0]! ** 2 + x[1]! ** 2;
 * directionalDerivative(f, [3, 4], [1, 2]).toFixed(9); // "22.000000000"
 * ```
 */
export function directionalDerivative<X extends PointLike>(
  f: (x: Received<X>) => number,
  x: X,
  v: VectorAt<X>,
  options?: CurvatureOptions,
): number;
/**
 * The derivative along a tree, with an estimate of its error: see the other signatures.
 *
 * @example
 * ```ts
 * const f = ({ a, b }: { a: number; b: number }) => Math.sin(a * b);
 * directionalDerivative(f, { a: 1, b: 0 }, { a: 0, b: 2 }, { adaptive: true }).error < 1e-10; // true
 * ```
 */
export function directionalDerivative<X, V = never>(
  f: (x: ReceivedTree<X, NoInfer<V>>) => number | NoInfer<V>,
  x: X & Tree<X, NoInfer<V>>,
  v: VectorTree<X, NoInfer<V>>,
  options: AdaptiveCurvatureOptions<V>,
): Derivative;
/**
 * The derivative of a function of a tree along a tree v of the same structure.
 *
 * @param options.adapter For values of another library. f may also return one.
 * @throws {ArgumentError} as `numericalGradient` for a tree, and if v has another structure than x. Its `argument` is the
 * path: `"v.layers[0].w"`.
 * @throws {FunctionError} as for a single array.
 * @example
 * ```ts
 * const f = ({ w, b }: { w: number[]; b: number }) => b * w[0]! * w[1]!;
 * directionalDerivative(f, { w: [2, 3], b: 5 }, { w: [1, 0], b: 1 }).toFixed(9); // "21.000000000"
 * ```
 */
export function directionalDerivative<X, V = never>(
  f: (x: ReceivedTree<X, NoInfer<V>>) => number | NoInfer<V>,
  x: X & Tree<X, NoInfer<V>>,
  v: VectorTree<X, NoInfer<V>>,
  options?: CurvatureOptions<V>,
): number;
export function directionalDerivative(
  f: (x: never) => unknown,
  x: unknown,
  v: unknown,
  options: AnyCurvatureOptions = {},
): number | Derivative {
  checkFunction("f", f);
  checkCurvatureOptions(options);
  const point = pointOf(x, options.adapter);
  const vector = readVector(v, point);
  const probe = new Probe(f as (x: unknown) => unknown, point, "directionalDerivative takes no async f");
  try {
    new Watch(options, 1).check(0);
    done(probe.checkHere());
    const { value, error } = along(probe, Direction.along(point, vector), options.h);
    done(probe.checkHere());
    point.checkUnchanged();
    new Watch(options, 1).check(1);
    return options.adaptive ? { value, error, evaluations: probe.evaluations } : value;
  } catch (error) {
    point.restore();
    throw point.named(error);
  }
}

/** The numbers of v. @throws {ArgumentError} if they are not finite, or do not fit x. */
export function readVector(v: unknown, point: Point | TreePoint): Float64Array {
  const vector = numbersLike("v", v, point);
  checkAllFinite("v", vector);
  return vector;
}

function along(probe: Probe, direction: Direction | undefined, h: number | undefined) {
  if (!direction) return { value: 0, error: 0 };
  for (const i of direction.indices) probe.point.checkUnmoved(i);
  const slope = done(slopesAlong(lineAlong(probe, direction, h)))?.[0];
  moveBack(probe.point, direction.indices);
  const { value, error } = checkSlope(slope, probe, h);
  return { value: direction.factor * value, error: direction.factor * error };
}

/** f along a direction as a function of t; x is t = 0. */
export function lineAlong(probe: ProbeLike, direction: Direction, h: number | undefined): Line {
  const unit = direction.isSingle ? UNIT.single : UNIT.double;
  const { here } = probe;
  let nearest = { t: Number.POSITIVE_INFINITY, slope: 0 };
  return {
    x: 0,
    method: "central",
    lower: Number.NEGATIVE_INFINITY,
    upper: Number.POSITIVE_INFINITY,
    h,
    single: false,
    isLocal: true,
    finest: Math.max(2 ** -40, direction.least),
    least: direction.least,
    // The elements that move are rounded.
    noise: () => 2 * unit * Math.abs(nearest.slope),
    here: Float64Array.of(here),
    *valuesAt(t) {
      const steps = direction.stepsAt(Math.abs(t)).map((step) => Math.sign(t) * step);
      const value = yield* probe.along(direction.indices, steps);
      if (value === undefined) return undefined;
      if (Math.abs(t) < nearest.t) nearest = { t: Math.abs(t), slope: (value - here) / t };
      return Float64Array.of(value);
    },
  };
}
