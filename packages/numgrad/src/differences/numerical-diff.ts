import { checkFinite, checkFunction } from "../arguments.js";
import { type DifferenceOptions, readDifferenceOptions } from "./difference-options.js";
import { functionValue } from "./evaluation.js";
import { scalarPoint } from "./point.js";
import { Stencil } from "./stencil.js";

/**
 * The slope of a function of one number, by a difference quotient:
 *
 * - `"central"`: (f(x + h) − f(x − h)) / (2h)
 * - `"forward"`: (f(x + h) − f(x)) / h
 * - `"backward"`: (f(x) − f(x − h)) / h
 *
 * The operations are the book's, in the book's order, so the digits are the book's too. Cancellation adds an error of
 * about |f|·1e-16/h. The divisor is 2h or h also where the rounding of x ± h has changed the distance: by 1e-3 of it
 * for x = 1e9 and the default h. If it changes by more than a tenth (above 5e11), there is an error: pass a larger `h`
 * or a `relativeStep`.
 *
 * @param options.h The difference step, default 1e-4.
 * @param options.relativeStep The difference step in units of max(1, |x|). The divisor is then the distance between the
 * points after rounding.
 * @param options.bounds Where f may be evaluated. If x ± h is outside, the point is moved to the other side, or h is
 * shortened.
 * @param options.method Default `"central"`.
 * @returns df/dx in units of f per unit of x.
 * @throws {ArgumentError} if f is not a function, x is not a finite number or is out of bounds, the step is lost in the
 * rounding of x ± h, or an option is wrong or unknown.
 * @throws {FunctionError} if f throws or returns anything but a finite number. Its `index` is 0, or −1 at x itself.
 * @see Deep Learning from Scratch, section 4.3.1–4.3.2
 * @example
 * ```ts
 * numericalDiff((x) => 0.01 * x ** 2 + 0.1 * x, 5); // 0.1999999999990898
 * numericalDiff((x) => 0.01 * x ** 2 + 0.1 * x, 10); // 0.2999999999986347
 * numericalDiff(Math.sqrt, 0, { method: "forward" }); // 100: sqrt has no value at −h
 * numericalDiff((x) => x * x, 2 ** 31, { relativeStep: 2 ** -20 }); // 4294967296
 * ```
 */
export function numericalDiff(f: (x: number) => number, x: number, options: DifferenceOptions = {}): number {
  checkFunction("f", f);
  checkFinite("x", x);
  const stencil = new Stencil(readDifferenceOptions(options), scalarPoint(x));
  const here = stencil.usesHere ? functionValue(f, x, -1, "x") : Number.NaN;
  stencil.place(0);
  const first = functionValue(f, stencil.first, 0, "x");
  const second = stencil.hasSecond ? functionValue(f, stencil.second, 0, "x") : Number.NaN;
  return stencil.slope(first, second, here);
}
