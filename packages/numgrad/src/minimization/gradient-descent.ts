import { checkFinite, checkFunction, checkInteger, checkOptions } from "../arguments.js";
import {
  checkWatchOptions,
  DIFFERENCE_OPTIONS,
  type DifferenceMethod,
  type DifferenceSettings,
  readDifferenceOptions,
  WATCH_OPTIONS,
  type WatchOptions,
} from "../differences/difference-options.js";
import { gradientLoop } from "../differences/gradient-loop.js";
import { type AsFloats, checkNoTree, Point, type PointLike, type Received } from "../differences/point.js";
import { Stencil } from "../differences/stencil.js";
import { Watch } from "../differences/watch.js";
import { ArgumentError, FunctionError } from "../errors.js";
import { isMatrix, makeMatrix } from "../shape.js";

/** How {@link gradientDescent} descends. */
export interface GradientDescentOptions extends WatchOptions {
  /** The learning rate η: a step is −η times the gradient. Default 0.01. */
  learningRate?: number | undefined;
  /** Number of steps; default 100. */
  steps?: number | undefined;
  /** Difference step h of the gradients. The default is that of `numericalGradient`. */
  h?: number | undefined;
  /** Difference step in units of |x|, as for `numericalGradient`. */
  relativeStep?: number | undefined;
  /** Difference quotient of the gradients; default `"central"`. */
  method?: DifferenceMethod | undefined;
}

/** The path of a descent. X is Float64Array for a vector, Float32Array for a Float32Array, a Matrix for a Matrix. */
export interface Descent<X> {
  /** The last position, which is also the last entry of `history`. */
  readonly x: X;
  /** All positions, from the start on. */
  readonly history: X[];
  /** `"diverged"` if f, its gradient or the next position was NaN or infinite. */
  readonly status: "finished" | "diverged";
  /** The number, from 0 on, of the step that could not be made. It is there only if the descent diverged. */
  readonly stoppedAt?: number;
}

/** The numbers of a position. */
type Numbers = Float64Array | Float32Array;

/**
 * Gradient descent: x ← x − η ∂f/∂x for a number of steps, with difference quotients for the gradient. The operations
 * are the book's, in the book's order, so the digits are the book's too.
 *
 * `start` is never changed: f receives a copy, whose elements are moved. If the descent leads to a place where f is NaN
 * or infinite, which happens if the learning rate is too large, it stops there with the status `"diverged"` and no
 * error.
 *
 * @param start n numbers: an array, a Float64Array, a Float32Array, or a Matrix of either.
 * @returns The last position, and all positions on the path.
 * @throws {ArgumentError} as `numericalGradient`, but not for a lost step, and if `learningRate` is not a finite number or `steps` is not an
 * integer ≥ 0.
 * @throws {FunctionError} if f throws, returns anything but a number, or changes x.
 * @see Deep Learning from Scratch, section 4.4.1
 * @example
 * ```ts
 * const f = (x: number[]) => x[0]! ** 2 + x[1]! ** 2;
 * const { x } = gradientDescent(f, [-3, 4], { learningRate: 0.1, steps: 100 });
 * x; // Float64Array [-6.111107928998789e-10, 8.148143905314271e-10]
 * // √x has no value left of 0. The step with the number 2 would lead there.
 * const { status, stoppedAt, history } = gradientDescent((x) => Math.sqrt(x[0]!), [1], { learningRate: 1 });
 * status; // "diverged"
 * stoppedAt; // 2
 * history.length; // 3
 * ```
 */
export function gradientDescent<X extends PointLike>(
  f: (x: Received<X>) => number,
  start: X,
  options: GradientDescentOptions = {},
): Descent<AsFloats<X>> {
  checkFunction("f", f);
  const { learningRate, steps, difference } = readOptions(options);
  checkNoTree("start", start, "move its numbers along its numericalGradient");
  const { elements, single } = new Point(start, { name: "start" });
  let position: Numbers = single ? Float32Array.from(elements) : elements;
  const likeStart = (values: Numbers) =>
    (isMatrix(start) ? makeMatrix(start.shape[0], start.shape[1], values) : values) as AsFloats<X>;
  const history = [likeStart(position)];
  const watch = new Watch(options, steps);
  watch.check(0);
  for (let step = 0; step < steps; step++) {
    // f receives a copy, because it may keep what it receives. For an array of numbers the copy is an array of numbers.
    const x = Array.isArray(start) ? Array.from(position) : likeStart(position.slice());
    const gradient = gradientAt(f as (x: never) => number, x as number[], difference, step);
    const next = gradient && nextPosition(position, learningRate, gradient);
    if (!next) return { x: history.at(-1)!, history, status: "diverged", stoppedAt: step };
    history.push(likeStart(next));
    position = next;
    watch.check(step + 1);
  }
  return { x: history.at(-1)!, history, status: "finished" };
}

function readOptions(options: GradientDescentOptions) {
  const differenceOptions = DIFFERENCE_OPTIONS.filter((name) => name !== "bounds");
  checkOptions(options, ["learningRate", "steps", ...differenceOptions, ...WATCH_OPTIONS]);
  const { learningRate = 0.01, steps = 100, h, relativeStep, method, onProgress, signal } = options;
  checkFinite("options.learningRate", learningRate);
  checkInteger("options.steps", steps, 0);
  checkWatchOptions({ onProgress, signal });
  return { learningRate, steps, difference: readDifferenceOptions({ h, relativeStep, method }) };
}

/**
 * The gradient; undefined if f, or the difference of two values of f, is NaN or infinite. Far from 0, where x + h rounds
 * to x, it is 0, as in NumPy.
 */
function gradientAt(f: (x: never) => number, x: number[], settings: DifferenceSettings, step: number) {
  try {
    const point = new Point(x);
    const gradient = new Float64Array(point.elements.length);
    const stencil = new Stencil(settings, point, true);
    gradientLoop(f as (x: unknown) => unknown, point, stencil, { start: 0, end: gradient.length, out: gradient });
    return gradient;
  } catch (error) {
    if (error instanceof FunctionError && typeof error.value === "number") return undefined;
    // Only `start` can be a wrong argument. A later x that h does not move has grown too large.
    if (error instanceof ArgumentError && step > 0) return undefined;
    throw error;
  }
}

/** The next position; undefined if it is not finite. */
function nextPosition(position: Numbers, learningRate: number, gradient: ArrayLike<number>): Numbers | undefined {
  const next = position.slice();
  for (let i = 0; i < next.length; i++) next[i]! -= learningRate * gradient[i]!;
  return next.every((value: number) => Number.isFinite(value)) ? next : undefined;
}
