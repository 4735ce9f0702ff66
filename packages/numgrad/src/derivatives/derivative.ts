import { checkFinite, checkFunction } from "../arguments.js";
import { type DifferenceMethod, readAdaptiveOptions } from "../differences/difference-options.js";
import { functionCall, valueError } from "../differences/evaluation.js";
import { Limits, UNBOUNDED } from "../differences/limits.js";
import { scalarPoint } from "../differences/point.js";
import { ArgumentError, FunctionError } from "../errors.js";
import { slopesAlong } from "./adaptive.js";
import type { Line } from "./line.js";
import { done, doneWork } from "./work.js";

/** How {@link derivative} is taken. */
export interface DerivativeOptions {
  /** The first and largest difference step. By default the steps suit f, from just above the rounding of x on. */
  h?: number | undefined;
  /** `"central"` (default), or `"forward"` or `"backward"` for an f that is defined on one side only. */
  method?: DifferenceMethod | undefined;
  /** f is never evaluated outside of [lower, upper]. Near a limit the derivative is taken from the inside. */
  bounds?: readonly [lower: number, upper: number] | undefined;
}

/** A derivative with an estimate of its error. */
export interface Derivative {
  /** df/dx in units of f per unit of x. */
  readonly value: number;
  /**
   * An upper bound of |value − true derivative| if f is smooth. Large at a kink; ∞ at a jump, or if float64 has too few
   * digits at x to resolve f.
   */
  readonly error: number;
  /** Number of calls of f. */
  readonly evaluations: number;
}

/**
 * The derivative of a function of one number as exactly as float64 allows, with an estimate of the error. It is taken
 * by adaptive Richardson extrapolation: difference quotients for several h are extrapolated to h = 0. For functions of
 * ordinary scale twelve digits are right, after about 25 evaluations of f.
 *
 * The steps follow from f, not from |x|: they begin just above the rounding of x and grow as long as the quotients
 * agree. So the period of an oscillating f is found, and a kink beside x does not matter. If all values of f are float32
 * numbers, or if f is noisy, the steps become larger and the error too. If f has the same value at all x near by, it is
 * evaluated as far as 10⁶·max(1, |x|) from x.
 *
 * The estimate covers truncation, rounding and noise of f, and is usually a hundred times the true error. At a kink
 * (|x| at 0) it is of the size of the jump of the slope; at a jump of f it is ∞. It cannot cover a feature of f that lies
 * between all points where f is evaluated.
 *
 * If f is NaN or infinite for some h, this h is taken to be too large, and a smaller one is tried. So log needs no
 * bounds.
 *
 * @param options.h The first and largest difference step.
 * @param options.method Default `"central"`.
 * @param options.bounds Where f is defined.
 * @throws {ArgumentError} if f is not a function, x is not a finite number or is out of bounds, or an option is wrong
 * or unknown.
 * @throws {FunctionError} if f throws, returns anything but a number, or is NaN or infinite at x or for every h,
 * or if the slope overflows.
 * @see C. Ridders, *Accurate computation of F′(x) and F′(x)F″(x)*, Advances in Engineering Software 4 (1982)
 * @example
 * ```ts
 * const { value, error } = derivative(Math.exp, 1);
 * Math.abs(value - Math.E) <= error; // true
 * error < 1e-11; // true
 * derivative(Math.abs, 0).error > 1; // true: a kink
 * ```
 */
export function derivative(f: (x: number) => number, x: number, options: DerivativeOptions = {}): Derivative {
  checkFunction("f", f);
  checkFinite("x", x);
  const { h, method, bounds = UNBOUNDED } = readAdaptiveOptions(options);
  const limits = new Limits(bounds, scalarPoint(x));
  let evaluations = 0;
  let lastFailure: { value: number; x: number } | undefined;
  const valueAt = (t: number, index: number) => {
    evaluations++;
    const value = functionCall(f, t, index, "x");
    if (typeof value !== "number") throw valueError(value, t, index, "x");
    return value;
  };
  const here = valueAt(x, -1);
  if (!Number.isFinite(here)) throw valueError(here, x, -1, "x");
  const line: Line = {
    x,
    method,
    lower: limits.lower(0),
    upper: limits.upper(0),
    h,
    single: false,
    here: Float64Array.of(here),
    valuesAt(t) {
      const value = valueAt(t, 0);
      if (Number.isFinite(value)) return doneWork(Float64Array.of(value));
      lastFailure = { value, x: t };
      return doneWork(undefined);
    },
  };
  const slope = done(slopesAlong(line))?.[0];
  if (slope) {
    const { value, error } = slope;
    if (!Number.isFinite(value)) throw new FunctionError(`the slope of f overflows at x = ${x}`, -1, { value });
    return { value, error, evaluations };
  }
  if (lastFailure) throw valueError(lastFailure.value, lastFailure.x, 0, "x");
  throw new ArgumentError("options.bounds", `room for a step at x = ${x}`, `[${line.lower}, ${line.upper}]`);
}
