import { checkFunction } from "../arguments.js";
import { shapedLike } from "../differences/numbers-like.js";
import type { GradientAt, PointLike, Received } from "../differences/point.js";
import { pointOf } from "../differences/tree-point.js";
import type { GradientTree, ReceivedTree, Tree } from "../differences/tree-types.js";
import { Watch } from "../differences/watch.js";
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
import { readVector, type VectorAt, type VectorTree } from "./directional-derivative.js";
import type { AdaptiveJacobian } from "./jacobian.js";
import type { Slope } from "./line.js";
import { Probe } from "./probe.js";
import { done } from "./work.js";

/** The second derivative by one element, and a step that suits f. */
type Axis = ReturnType<typeof alongAxis>;

/**
 * The product of the Hessian and a vector, with an estimate of the error of each element. All else is as without
 * `adaptive`.
 *
 * @returns `{ value, error, evaluations }`; value and error have the shape of a gradient.
 * @example
 * ```ts
 * const f = (x: number[]) => x[0]! * Math.exp(x[1]!);
 * const { error } = hessianVectorProduct(f, [2, 0], [1, 1], { adaptive: true });
 * error.every((e) => e < 1e-8); // true: the value is [1, 3]
 * ```
 */
export function hessianVectorProduct<X extends PointLike>(
  f: (x: Received<X>) => number,
  x: X,
  v: VectorAt<X>,
  options: AdaptiveCurvatureOptions,
): AdaptiveJacobian<GradientAt<X>>;
/**
 * The product Hv of the Hessian of a function of many numbers and a vector v, without the Hessian. Each of the n elements
 * is a second difference quotient, extrapolated as in `hessian`, with about 90 evaluations of f, at worst 300. If you
 * have the gradient, the derivative of t ↦ gradient(x + t·v) is the same product, with more digits.
 *
 * @param f The function. It is also called twice at x, and must return the same value.
 * @param x n numbers: an array, a Float64Array, a Float32Array, or a Matrix of either.
 * @param v n finite numbers, or for a Matrix also a Matrix.
 * @param options.h The largest difference step, for the element that moves most, in units of max(1, |xᵢ|).
 * @param options.adaptive `true` asks for error estimates: see the other signature.
 * @returns Hv in the shape of a gradient: a Matrix for a Matrix, else a Float64Array.
 * @throws {ArgumentError} as `numericalGradient`, and if v is of another shape than x, or not finite.
 * @throws {FunctionError} as `hessian`.
 * @example
 * ```ts
 * const f = (x: number[]) => x[0]! ** 2 * x[1]!;
 * hessianVectorProduct(f, [3, 5], [1, 2]).map(Math.round); // Float64Array [22, 6]
 * ```
 */
export function hessianVectorProduct<X extends PointLike>(
  f: (x: Received<X>) => number,
  x: X,
  v: VectorAt<X>,
  options?: CurvatureOptions,
): GradientAt<X>;
/**
 * The product of the Hessian at a tree and a tree, with error estimates: see the other signatures.
 *
 * @example
 * ```ts
 * const f = ({ a, b }: { a: number; b: number }) => Math.sin(a * b);
 * hessianVectorProduct(f, { a: 1, b: 0 }, { a: 1, b: 0 }, { adaptive: true }).error.b < 1e-8; // true
 * ```
 */
export function hessianVectorProduct<X, V = never>(
  f: (x: ReceivedTree<X, NoInfer<V>>) => number | NoInfer<V>,
  x: X & Tree<X, NoInfer<V>>,
  v: VectorTree<X, NoInfer<V>>,
  options: AdaptiveCurvatureOptions<V>,
): AdaptiveJacobian<GradientTree<X, V>>;
/**
 * The product of the Hessian of a function of a tree and a tree v of the same structure.
 *
 * @param options.adapter For values of another library. f may also return one.
 * @returns A tree of the structure of x, as a gradient.
 * @throws {ArgumentError} as `directionalDerivative` for a tree.
 * @throws {FunctionError} as for a single array.
 * @example
 * ```ts
 * const f = ({ w, b }: { w: number[]; b: number }) => b * w[0]! * w[1]!;
 * Math.round(hessianVectorProduct(f, { w: [2, 3], b: 5 }, { w: [1, 0], b: 0 }).b); // 3
 * ```
 */
export function hessianVectorProduct<X, V = never>(
  f: (x: ReceivedTree<X, NoInfer<V>>) => number | NoInfer<V>,
  x: X & Tree<X, NoInfer<V>>,
  v: VectorTree<X, NoInfer<V>>,
  options?: CurvatureOptions<V>,
): GradientTree<X, V>;
export function hessianVectorProduct(
  f: (x: never) => unknown,
  x: unknown,
  v: unknown,
  options: AnyCurvatureOptions = {},
): unknown {
  checkFunction("f", f);
  checkCurvatureOptions(options);
  const point = pointOf(x, options.adapter);
  const vector = readVector(v, point);
  const n = vector.length;
  const watch = new Watch(options, n);
  const probe = new Probe(f as (x: unknown) => unknown, point, "hessianVectorProduct takes no async f");
  const [value, error] = [new Float64Array(n), new Float64Array(n)];
  try {
    watch.check(0);
    done(probe.checkHere());
    const axes = Array.from(vector, (_, i) => alongAxis(probe, i, options.h));
    const w = Direction.along(
      point,
      vector,
      Float64Array.from(axes, ({ unit }) => unit),
    );
    for (let i = 0; i < n; i++) {
      const slope = w ? productAt(probe, i, { weight: vector[i]!, w, axis: axes[i]! }) : { value: 0, error: 0 };
      value[i] = slope.value;
      error[i] = slope.error;
      watch.check(i + 1);
    }
    done(probe.checkHere());
    point.checkUnchanged();
  } catch (cause) {
    point.restore();
    throw point.named(cause);
  }
  if (!options.adaptive) return shapedLike(point, value);
  return { value: shapedLike(point, value), error: shapedLike(point, error), evaluations: probe.evaluations };
}

/** Element i of Hv, where w is the direction of v, and `weight` is element i of v. */
function productAt(probe: Probe, i: number, { weight, w, axis }: { weight: number; w: Direction; axis: Axis }): Slope {
  if (w.indices.length === 1 && w.indices[0] === i) {
    return { value: weight * axis.slope.value, error: Math.abs(weight) * axis.slope.error };
  }
  const curvature = new Curvature(probe, { v: Direction.axis(probe.point, i, axis.unit), w, isLocal: true });
  return checkSlope(curvature.measure(), probe, undefined);
}
