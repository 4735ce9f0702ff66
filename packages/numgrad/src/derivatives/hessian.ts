import { checkFunction } from "../arguments.js";
import type { PointLike, Received } from "../differences/point.js";
import { pointOf } from "../differences/tree-point.js";
import type { ReceivedTree, Tree } from "../differences/tree-types.js";
import { Watch } from "../differences/watch.js";
import { type Matrix, makeMatrix } from "../shape.js";
import { alongAxis } from "./along-axis.js";
import { Curvature } from "./curvature.js";
import {
  type AdaptiveCurvatureOptions,
  type AnyCurvatureOptions,
  type CurvatureOptions,
  checkCurvatureOptions,
  checkSlope,
} from "./curvature-options.js";
import { Direction } from "./direction.js";
import type { AdaptiveJacobian } from "./jacobian.js";
import type { Slope } from "./line.js";
import { Probe } from "./probe.js";
import { done } from "./work.js";

/**
 * The Hessian with an estimate of the error of each element. All else is as without `adaptive`.
 *
 * @returns `{ value, error, evaluations }`, with Matrices of shape [n, n].
 * @example
 * ```ts
 * const f = (x: number[]) => Math.exp(x[0]! * x[1]!);
 * const { value, error } = hessian(f, [1, 0], { adaptive: true });
 * Math.abs(value.data[3]! - 1) <= error.data[3]!; // true: ∂²f/∂x₁² = x₀² exp(x₀ x₁)
 * error.data.every((e) => e < 1e-9); // true
 * ```
 */
export function hessian<X extends PointLike>(
  f: (x: Received<X>) => number,
  x: X,
  options: AdaptiveCurvatureOptions,
): AdaptiveJacobian;
/**
 * The Hessian of a function of many numbers: the element in row i, column j is ∂²f/∂xᵢ∂xⱼ. It is symmetric, bit for bit.
 *
 * Each element is a second difference quotient, extrapolated to a step of 0 as in `derivative`. The steps follow from f:
 * from its rounding, and from the scale on which it changes. About ten digits are right for a smooth f of ordinary scale
 * that is computed in float64, and four for one that is computed in float32.
 *
 * An element of the diagonal needs about 30 evaluations of f, each of the n(n − 1)/2 others about 60, and at worst 100
 * and 200. If you have the gradient, `jacobian(gradient, x, { adaptive: true })` needs about 25 n of its evaluations, and
 * gives more digits.
 *
 * f receives x itself with one or two elements moved, as in `numericalGradient`, and the same rules hold for f. Where f
 * is NaN or infinite beside x, smaller steps are taken.
 *
 * @param f The function. It is also called twice at x, and must return the same value.
 * @param x n numbers: an array, a Float64Array, a Float32Array, or a Matrix of either, whose elements are counted row by
 * row.
 * @param options.h The largest difference step, in units of max(1, |xᵢ|).
 * @param options.adaptive `true` asks for error estimates: see the other signature.
 * @param options.onProgress Called about a hundred times, with the number of elements of the upper triangle.
 * @param options.signal Stops the computation: x is restored, and `signal.reason` is thrown.
 * @returns A Matrix of shape [n, n].
 * @throws {ArgumentError} as `numericalGradient`.
 * @throws {FunctionError} if f throws, returns anything but a number, changes x, moves the memory of x, gives another
 * value for the same x, or is NaN or infinite at x or for all steps.
 * @example
 * ```ts
 * const f = (x: number[]) => x[0]! ** 2 * x[1]!;
 * hessian(f, [3, 5]).data.map(Math.round); // Float64Array [10, 6, 6, 0]
 * ```
 */
export function hessian<X extends PointLike>(f: (x: Received<X>) => number, x: X, options?: CurvatureOptions): Matrix;
/**
 * The Hessian at a tree, with an estimate of the error of each element: see the other signatures.
 *
 * @returns `{ value, error, evaluations }`, with Matrices of shape [n, n].
 * @example
 * ```ts
 * const f = ({ a, b }: { a: number; b: number }) => Math.sin(a * b);
 * hessian(f, { a: 1, b: 0 }, { adaptive: true }).error.data.every((e) => e < 1e-9); // true
 * ```
 */
export function hessian<X, V = never>(
  f: (x: ReceivedTree<X, NoInfer<V>>) => number | NoInfer<V>,
  x: X & Tree<X, NoInfer<V>>,
  options: AdaptiveCurvatureOptions<V>,
): AdaptiveJacobian;
/**
 * The Hessian at a tree of n numbers. f receives the tree as in `numericalGradient`. The rows and columns are in the order
 * of the tree: the elements of one array after those of the other.
 *
 * @param options.adapter For values of another library. f may also return one.
 * @returns A Matrix of shape [n, n].
 * @throws {ArgumentError} as `numericalGradient` for a tree.
 * @throws {FunctionError} as for a single array.
 * @example
 * ```ts
 * const f = ({ w, b }: { w: number[]; b: number }) => b * w[0]! * w[1]!;
 * hessian(f, { w: [2, 3], b: 5 }).data.map(Math.round); // Float64Array [0, 5, 3, 5, 0, 2, 3, 2, 0]
 * ```
 */
export function hessian<X, V = never>(
  f: (x: ReceivedTree<X, NoInfer<V>>) => number | NoInfer<V>,
  x: X & Tree<X, NoInfer<V>>,
  options?: CurvatureOptions<V>,
): Matrix;
export function hessian(
  f: (x: never) => unknown,
  x: unknown,
  options: AnyCurvatureOptions = {},
): Matrix | AdaptiveJacobian {
  checkFunction("f", f);
  checkCurvatureOptions(options);
  const point = pointOf(x, options.adapter);
  const n = point.elements.length;
  const watch = new Watch(options, (n * (n + 1)) / 2);
  const probe = new Probe(f as (x: unknown) => unknown, point, "hessian takes no async f");
  try {
    watch.check(0);
    done(probe.checkHere());
    const result = allOf(probe, options.h, watch);
    done(probe.checkHere());
    point.checkUnchanged();
    return options.adaptive ? { ...result, evaluations: probe.evaluations } : result.value;
  } catch (error) {
    point.restore();
    throw point.named(error);
  }
}

function allOf(probe: Probe, h: number | undefined, watch: Watch): { value: Matrix; error: Matrix } {
  const n = probe.point.elements.length;
  const value = makeMatrix(n, n, new Float64Array(n * n));
  const error = makeMatrix(n, n, new Float64Array(n * n));
  let known = 0;
  const set = (i: number, j: number, slope: Slope) => {
    value.data[i * n + j] = value.data[j * n + i] = slope.value;
    error.data[i * n + j] = error.data[j * n + i] = slope.error;
    watch.check(++known);
  };
  // The second derivative by one element also tells the scale on which f changes with it.
  const axes = Array.from({ length: n }, (_, i) => {
    const { slope, unit } = alongAxis(probe, i, h);
    set(i, i, slope);
    return Direction.axis(probe.point, i, unit);
  });
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) {
      const curvature = new Curvature(probe, { v: axes[i]!, w: axes[j]!, isLocal: true });
      set(i, j, checkSlope(curvature.measure(), probe, h));
    }
  }
  return { value, error };
}
