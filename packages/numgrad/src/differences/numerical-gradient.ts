import { checkFunction } from "../arguments.js";
import { ArgumentError, describe } from "../errors.js";
import type { Matrix, Vector } from "../shape.js";
import {
  checkWatchOptions,
  type DifferenceOptions,
  readDifferenceOptions,
  WATCH_OPTIONS,
  type WatchOptions,
} from "./difference-options.js";
import { functionCall } from "./evaluation.js";
import { gradientLoop } from "./gradient-loop.js";
import { checkKept, gradientOut } from "./out.js";
import { type GradientAt, type MovablePoint, Point, type PointLike, type Points, type Received } from "./point.js";
import { PointBatches } from "./point-batches.js";
import { pointOf } from "./tree-point.js";
import { stencilFor } from "./tree-stencil.js";
import type { GradientTree, ReceivedTree, Tree, TreeOptions } from "./tree-types.js";
import { Watch } from "./watch.js";

/** How a gradient is taken. */
export interface DifferenceGradientOptions<Out extends Float64Array | Matrix = Float64Array>
  extends DifferenceOptions,
    WatchOptions {
  /** Receives the result, and is returned. If f fails, a part of the gradient has been written to it. */
  out?: Out | undefined;
}

/** How a gradient is taken if f evaluates many points at a time. */
export interface BatchedGradientOptions<Out extends Float64Array | Matrix = Float64Array>
  extends DifferenceGradientOptions<Out> {
  /** The largest number of points that f receives at a time, as the rows of a Matrix. x itself is not moved then. */
  batchSize: number;
}

/** How a gradient at a tree is taken. */
export interface TreeGradientOptions<V = never>
  extends Omit<DifferenceOptions, "bounds">,
    WatchOptions,
    TreeOptions<V> {}

/** The options of a gradient before they are checked. */
type AnyGradientOptions = Omit<DifferenceGradientOptions<Float64Array | Matrix>, "bounds"> &
  TreeOptions<unknown> & { batchSize?: number };

/**
 * The gradient of a function of many numbers that evaluates many points at a time: f receives a Matrix with at most
 * `batchSize` points, one in each row, and returns a number for each. x itself is not moved. The points, their order
 * and the digits of the gradient are those of `numericalGradient` without `batchSize`, and so are the errors.
 *
 * @param x n numbers: an array, a Float64Array, a Float32Array, or a Matrix of either. The points have n columns.
 * @param options.batchSize The largest number of points at a time.
 * @returns A Float64Array of length n for a vector, a float64 Matrix of x's shape for a Matrix.
 * @throws {ArgumentError} as without `batchSize`, and if `batchSize` is not a positive integer.
 * @throws {FunctionError} as without `batchSize`, and if f does not return one number for each point.
 * @example
 * ```ts
 * const f = ({ data, shape: [rows] }: Matrix) =>
 *   Array.from({ length: rows }, (_, r) => data[2 * r]! ** 2 + data[2 * r + 1]! ** 2);
 * numericalGradient(f, [3, 4], { batchSize: 4 }); // Float64Array [6.00000000000378, 7.999999999999119]
 * ```
 */
export function numericalGradient<X extends PointLike>(
  f: (points: Points<X>) => Vector,
  x: X,
  options: BatchedGradientOptions<GradientAt<X>>,
): GradientAt<X>;
/**
 * The gradient of a function of many numbers, by one difference quotient for each element of x:
 *
 * - `"central"`: gᵢ = (f(x + h·eᵢ) − f(x − h·eᵢ)) / (2h), 2n evaluations of f
 * - `"forward"`: gᵢ = (f(x + h·eᵢ) − f(x)) / h, n + 1 evaluations
 * - `"backward"`: gᵢ = (f(x) − f(x − h·eᵢ)) / h, n + 1 evaluations
 *
 * The operations are the book's, in the book's order, so the digits are the book's too.
 *
 * f receives x itself, with one element moved at a time. So f may also ignore its argument and look at x from outside:
 * `numericalGradient(() => net.loss(x, t), net.params.w1)`. Afterwards a typed array or a Matrix holds the bits it had
 * before, also if f throws. An array of numbers is copied: f receives the copy, and the caller's array is never
 * changed.
 *
 * f may call this library, also numericalGradient with the same x. f must not change x. If x is the memory of a
 * network, f must not create or dispose networks, because WebAssembly's memory moves when it grows.
 *
 * **Float32Array.** The step 1e-4 is lost in the rounding of float32 numbers: from |x| = 2048 on, it is below half a
 * unit in the last place, and it is inexact everywhere. So the default for float32 is h = max(1, |xᵢ|)·2⁻⁸ for
 * `"central"` and max(1, |xᵢ|)·2⁻¹¹ for the others, near the cube root and the square root of float32's precision. The
 * divisor is the distance between the two float32 numbers that f really received, so rounding x ± h costs no accuracy.
 * An `h` that is passed is used as it is, and is an error if float32 cannot tell x + h from x.
 *
 * With `batchSize`, f evaluates many points at a time: see the other signature.
 *
 * @param x n numbers: an array, a Float64Array, a Float32Array, or a Matrix of either.
 * @param options.h The difference step, default 1e-4.
 * @param options.relativeStep The difference step in units of max(1, |xᵢ|). The divisor is then the distance between
 * the points after rounding.
 * @param options.method Default `"central"`.
 * @param options.bounds Where f may be evaluated. If x ± h is outside, the point is moved to the other side, or h is
 * shortened.
 * @param options.out Receives the result.
 * @param options.onProgress Called about a hundred times.
 * @param options.signal Stops the loop: x is restored, and `signal.reason` is thrown.
 * @returns A Float64Array of length n for a vector, a float64 Matrix of x's shape for a Matrix.
 * @throws {ArgumentError} if f is not a function, x is empty, not finite, out of bounds or an array of integers (which
 * cannot hold x + h), the step is lost in the rounding of xᵢ ± h, or an option is wrong or unknown. It is thrown before
 * anything is changed and before f is called.
 * @throws {FunctionError} if f throws, returns anything but a finite number, changes x, or moves the memory of x. Its
 * `index` is the flat index of the element that was moved.
 * @see Deep Learning from Scratch, section 4.4
 * @example
 * ```ts
 * numericalGradient((x) => x[0]! ** 2 + x[1]! ** 2, [3, 4]); // Float64Array [6.00000000000378, 7.999999999999119]
 * numericalGradient((w) => w.data[0]! * w.data[3]!, matrix([[1, 2], [3, 4]])).shape; // [2, 2]
 * ```
 */
export function numericalGradient<X extends PointLike>(
  f: (x: Received<X>) => number,
  x: X,
  options?: DifferenceGradientOptions<GradientAt<X>>,
): GradientAt<X>;
/**
 * The gradient of a function of a tree: an object or an array around numbers, arrays of numbers, floating-point arrays,
 * Matrices, and further objects and arrays, such as `{ layers: [{ w, b }], scale: 2 }`. An array that begins with a
 * number has numbers only. The result is a tree of the same structure. It has a number for each number, a float64 Matrix
 * for each Matrix, and a Float64Array for each other array.
 *
 * For each evaluation f receives a tree with new objects and arrays. The floating-point arrays and Matrices in it are
 * the caller's own, which are moved and restored as those of a single x are; no two of them may share memory. Arrays of
 * numbers are copies, and numbers are in the tree that f receives only: so f must use its argument for those. Each array
 * has the step fit for its type, float64 or float32. Messages name an element by its path: `layers[1].w[3, 17]`.
 *
 * @param f Returns a number, or with `adapter` also a value of one number.
 * @param x The tree. Objects are plain objects; the fields of an object of a class are passed as `{ ...object }`.
 * @param options.adapter For values of another library, such as tensors: how they become numbers and back. x may also
 * be such a value itself.
 * @param options.bounds Each limit is a number for all elements, or a tree in which a number stands for all below it.
 * @returns A tree with the structure of x.
 * @throws {ArgumentError} as for a single array, and if a value of the tree is none of these, two floating-point arrays
 * share memory, or the tree contains itself. Its `argument` is the path from x: `"x.layers[1].w"`.
 * @throws {FunctionError} as for a single array. Its `index` counts the elements of all arrays, in the tree's order.
 * @example
 * ```ts
 * const f = ({ w, layers: [b] }: { w: Float64Array; layers: number[] }) => w[0]! ** 2 + w[1]! * b!;
 * numericalGradient(f, { w: Float64Array.of(3, 4), layers: [5] });
 * // { w: Float64Array [6.00000000000378, 4.999999999988347], layers: Float64Array [4.000000000008441] }
 * ```
 */
export function numericalGradient<X, V = never>(
  f: (x: ReceivedTree<X, NoInfer<V>>) => number | NoInfer<V>,
  x: X & Tree<X, NoInfer<V>>,
  options?: TreeGradientOptions<V>,
): GradientTree<X, V>;
export function numericalGradient(f: (x: never) => unknown, x: unknown, options: object = {}): unknown {
  const { point, stencil, out, watch, batchSize } = prepareGradient(f, x, options);
  const n = point.elements.length;
  const call = point.bind(f as (x: unknown) => unknown, true);
  if (batchSize === undefined) gradientLoop(call, point, stencil, { start: 0, end: n, out: out.data, watch });
  else gradientByBatches(call, point, new PointBatches(point, stencil, batchSize, out.data), watch);
  checkKept(out.data, n);
  return point instanceof Point ? out.result : point.shaped(out.data);
}

/** Checks the arguments of a gradient, before f is called and before anything changes. */
export function prepareGradient(f: unknown, x: unknown, options: AnyGradientOptions) {
  checkFunction("f", f);
  const known = ["out", "batchSize", "adapter", ...WATCH_OPTIONS];
  const settings = readDifferenceOptions(options as DifferenceOptions, known);
  const { adapter, batchSize, out } = options as AnyGradientOptions;
  checkWatchOptions(options);
  const point = pointOf(x, adapter);
  const isTree = !(point instanceof Point);
  for (const [name, value] of Object.entries({ out, batchSize })) {
    if (isTree && value !== undefined) throw new ArgumentError(`options.${name}`, "none for a tree", describe(value));
  }
  const n = point.elements.length;
  const stencil = stencilFor(settings, point);
  const isWatched = options.onProgress !== undefined || options.signal !== undefined;
  const watch = isWatched ? new Watch(options, n) : undefined;
  return { point, stencil, watch, batchSize, out: gradientOut(isTree ? undefined : x, n, out) };
}

function gradientByBatches(
  f: (x: unknown) => unknown,
  point: MovablePoint,
  batches: PointBatches,
  watch: Watch | undefined,
): void {
  try {
    watch?.check(0);
    for (let points = batches.next(); points; points = batches.next()) {
      batches.accept(functionCall(f, points, -1, point.name));
      watch?.check(batches.done);
    }
    point.checkUnchanged();
  } catch (error) {
    point.restore();
    throw error;
  }
}
