import { checkFunction } from "../arguments.js";
import { ArgumentError, describe } from "../errors.js";
import { isMatrix, type Matrix } from "../shape.js";
import {
  DEFAULT_H,
  type DifferenceMethod,
  type DifferenceOptions,
  readDifferenceOptions,
} from "./difference-options.js";
import { overflow, Point, type PointLike } from "./evaluation.js";

/**
 * The gradient of a function of many numbers, one difference quotient for each element of x:
 *
 * - `"central"`: gᵢ = (f(x + h·eᵢ) − f(x − h·eᵢ)) / (2h), 2n evaluations of f
 * - `"forward"`: gᵢ = (f(x + h·eᵢ) − f(x)) / h, n + 1 evaluations
 * - `"backward"`: gᵢ = (f(x) − f(x − h·eᵢ)) / h, n + 1 evaluations
 *
 * The operations are the book's, in the book's order, so the digits are the book's too.
 *
 * f receives x itself, with one element moved at a time, so a function that ignores its argument and looks at x works
 * as well: `numericalGradient(() => net.loss(x, t), net.params.w1)`. Afterwards a typed array or a Matrix holds the
 * bits it had before, also when f throws. A `number[]` is copied, f receives the copy, and the caller's array is never
 * changed. f may call this library, numericalGradient on the same x included; it must not change x, and if x is a
 * network's own memory it must not create or dispose networks, because WebAssembly's memory moves when it grows.
 *
 * **Float32Array.** The step 1e-4 drowns in a float32's rounding (it is below half a unit in the last place from |x| =
 * 2048 on, and inexact everywhere), so the default is h = max(1, |xᵢ|)·2⁻⁸ for `"central"` and max(1, |xᵢ|)·2⁻¹¹ for
 * the others, near the cube and square root of float32's precision. The divisor is the distance between the two float32
 * values that f really got, so rounding x ± h costs nothing. An `h` of the caller's is kept, and is an error where
 * float32 cannot tell x + h from x.
 *
 * @param x n numbers: an array, a Float64Array, a Float32Array, or a Matrix of either.
 * @param options.h The step, default 1e-4.
 * @param options.method Default `"central"`.
 * @returns A Float64Array of length n for a vector, a float64 Matrix of x's shape for a Matrix.
 * @throws {ArgumentError} if f is no function, x is empty, not finite or an integer array (which cannot hold x + h), or
 * an option is wrong or unknown. Nothing has been changed or called then.
 * @throws {FunctionError} if f throws, returns anything but a finite number, changes x, or moves x's memory. `index` is
 * the flat index of the element that was moved.
 * @see Deep Learning from Scratch, section 4.4
 * @example
 * ```ts
 * numericalGradient((x) => x[0] ** 2 + x[1] ** 2, [3, 4]); // Float64Array [6.00000000000378, 7.999999999999119]
 * numericalGradient((w) => w.data[0] * w.data[3], matrix([[1, 2], [3, 4]])).shape; // [2, 2]
 * ```
 */
export function numericalGradient<T extends Float64Array | Float32Array>(
  f: (x: Matrix<T>) => number,
  x: Matrix<T>,
  options?: DifferenceOptions,
): Matrix;
export function numericalGradient<T extends Float64Array | Float32Array>(
  f: (x: T) => number,
  x: T,
  options?: DifferenceOptions,
): Float64Array;
export function numericalGradient(
  f: (x: number[]) => number,
  x: readonly number[],
  options?: DifferenceOptions,
): Float64Array;
export function numericalGradient(
  f: (x: never) => number,
  x: PointLike,
  options: DifferenceOptions = {},
): Float64Array | Matrix {
  checkFunction("f", f);
  const { h, method } = readDifferenceOptions(options);
  const point = new Point(x);
  if (point.single) checkSteps(point, h, method);
  const gradient = differences(f, point, h, method);
  return isMatrix(x) ? { shape: [x.shape[0], x.shape[1]], data: gradient } : gradient;
}

function differences(
  f: (x: never) => number,
  point: Point,
  h: number | undefined,
  method: DifferenceMethod,
): Float64Array {
  const { elements, single } = point;
  const fixed = h ?? (single ? undefined : DEFAULT_H);
  const relative = singleStep(method);
  const gradient = new Float64Array(elements.length);
  try {
    const here = method === "central" ? 0 : point.evaluateHere(f);
    for (let i = 0; i < gradient.length; i++) {
      const value = elements[i] as number;
      const step = fixed ?? relative * Math.max(1, Math.abs(value));
      const right = single ? Math.fround(value + step) : value + step;
      const left = single ? Math.fround(value - step) : value - step;
      const high = method === "backward" ? here : point.evaluateMoved(f, i, right);
      const low = method === "forward" ? here : point.evaluateMoved(f, i, left);
      point.move(i, value);
      const from = method === "forward" ? value : left;
      const to = method === "backward" ? value : right;
      // In float64 the book's divisor. In float32 the distance that is left after rounding: exact, in float64.
      const width = single ? to - from : method === "central" ? 2 * step : step;
      const slope = (high - low) / width;
      if (slope - slope !== 0) throw overflow(high - low, width, point.input, i, point.name);
      gradient[i] = slope;
    }
    point.checkUnchanged();
  } catch (error) {
    point.restore();
    throw error;
  }
  return gradient;
}

/**
 * The step, relative to max(1, |x|), that balances the truncation error (h² or h) against float32's rounding error (ε/h
 * with ε = 2⁻²³): the powers of two next to ∛ε and √ε, because `Math.cbrt` differs from engine to engine.
 */
function singleStep(method: DifferenceMethod): number {
  return method === "central" ? 2 ** -8 : 2 ** -11;
}

/** Checks that float32 tells x + h and x − h from x everywhere: an unmoved x would give a slope of 0. */
function checkSteps({ elements, name }: Point, h: number | undefined, method: DifferenceMethod): void {
  const relative = singleStep(method);
  for (let i = 0; i < elements.length; i++) {
    const value = elements[i] as number;
    const size = Math.abs(value);
    const step = h ?? relative * Math.max(1, size);
    const larger = Math.fround(size + step);
    if (larger > size && Math.fround(size - step) < size && larger < Number.POSITIVE_INFINITY) continue;
    if (h === undefined)
      throw new ArgumentError(`${name}[${i}]`, `a float32 with room for a step of ${step}`, describe(value));
    throw new ArgumentError("options.h", `a step that moves the float32 ${name}[${i}] = ${value}`, describe(h));
  }
}
