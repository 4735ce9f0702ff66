import { checkChoice, checkOptions } from "../arguments.js";
import { ArgumentError, describe } from "../errors.js";

/** Which quotient stands for the slope. */
export type DifferenceMethod = "central" | "forward" | "backward";

/** How a difference is taken. */
export interface DifferenceOptions {
  /** The step, in units of x. Default 1e-4, the book's. */
  h?: number;
  /**
   * `"central"` (default): (f(x+h) − f(x−h)) / 2h, error of order h². `"forward"`: (f(x+h) − f(x)) / h and
   * `"backward"`: (f(x) − f(x−h)) / h, error of order h, for an f that is defined on one side only.
   */
  method?: DifferenceMethod;
}

/** The book's step. */
export const DEFAULT_H = 1e-4;

/** Checks the options. `h` stays undefined where the caller left it out: the default depends on the kind of x. */
export function readDifferenceOptions(options: DifferenceOptions): { h: number | undefined; method: DifferenceMethod } {
  checkOptions(options, ["h", "method"]);
  const { h, method = "central" } = options;
  checkChoice("options.method", method, ["central", "forward", "backward"]);
  // 2h must be finite as well: divided by an infinite 2h, every difference would be a slope of 0.
  if (h !== undefined && !(typeof h === "number" && h > 0 && 2 * h < Number.POSITIVE_INFINITY)) {
    throw new ArgumentError("options.h", "a positive finite number", describe(h));
  }
  return { h, method };
}
