import { isPromise } from "../brand.js";
import { describe } from "../errors.js";
import type { AnyCheckOptions } from "./check-gradient.js";
import { checkEither } from "./check-gradient-async.js";
import { GradientReport } from "./gradient-report.js";

/** The result of a matcher, in the protocol of vitest, Jest and others. */
export interface MatcherResult {
  /** Whether the assertion holds; after `not`, whether its contrary does not. */
  pass: boolean;
  /** The message for a failure: the report. After `not` it says that a wrong gradient was expected. */
  message: () => string;
}

/** The types of {@link gradientMatchers}, from which the `Matchers` of a test runner are extended. `R` is what matchers return. */
export interface GradientMatchers<R> {
  /**
   * `expect(f).toHaveGradient(gradient, x, options?)` passes if the verdict of `checkGradient` is `"ok"`. If f or `gradient`
   * is async, the assertion is a promise, and must be awaited.
   */
  toHaveGradient(gradient: unknown, x: unknown, options?: object): R;
  /** `expect(checkGradient(…)).toPassGradientCheck()` passes if the verdict is `"ok"`. */
  toPassGradientCheck(): R;
}

/**
 * Matchers for vitest, Jest, bun and every other test runner that has `expect.extend`. If one fails, the message is the
 * report: the worst entries, each with the slope that was expected and the slope of the gradient.
 *
 * For TypeScript, declare the matchers once beside your tests. A test that imports `expect` declares them for the module
 * of that name; only `@jest/globals` takes them from `"expect"`. Where `expect` is a global of `@types/jest`, the
 * declaration stands in a file `.d.ts` without imports.
 *
 * ```text
 * import type { GradientMatchers } from "numgrad";
 * declare module "vitest" { interface Matchers<T> extends GradientMatchers<T> {} }
 * declare module "expect" { interface Matchers<R> extends GradientMatchers<R> {} } // for @jest/globals
 *
 * declare namespace jest { // for @types/jest
 *   type Gradients<R> = import("numgrad").GradientMatchers<R>;
 *   interface Matchers<R> extends Gradients<R> {}
 * }
 * ```
 *
 * @see {@link assertGradient} for node:test
 * @example
 * ```ts
 * import { expect } from "vitest";
 * expect.extend(gradientMatchers);
 * const square = (x: number[]) => x[0]! ** 2;
 * expect(square).toHaveGradient([6], [3]);
 * await expect(async (x: number[]) => square(x)).toHaveGradient((x: number[]) => [2 * x[0]!], [3]);
 * expect(checkGradient(square, [6], [3])).toPassGradientCheck();
 * ```
 */
export const gradientMatchers = {
  /**
   * Passes if the gradient of the received function is right at x. After `not` it passes only if the gradient is wrong:
   * not at a kink, and not if f is too noisy to tell.
   *
   * @throws {TypeError} if no function is received.
   * @throws {ArgumentError} as `checkGradient`.
   * @throws {FunctionError} as `checkGradient`.
   */
  toHaveGradient(
    this: unknown,
    received: unknown,
    gradient: unknown,
    x: unknown,
    options?: object,
  ): MatcherResult | Promise<MatcherResult> {
    if (typeof received !== "function") {
      throw new TypeError(`toHaveGradient takes the function f, it received ${describe(received)}`);
    }
    const isNot = (this as { isNot?: unknown } | undefined)?.isNot === true;
    const result = (report: GradientReport) => resultOf(report, isNot ? report.verdict !== "wrong" : report.ok);
    const report = checkEither({ f: received, gradient, x, options: options as AnyCheckOptions }, "toHaveGradient");
    return isPromise(report) ? report.then(result) : result(report);
  },

  /** Passes if the received GradientReport is ok. @throws {TypeError} if a value of another kind is received. */
  toPassGradientCheck(received: unknown): MatcherResult {
    if (!(received instanceof GradientReport)) {
      const message = `toPassGradientCheck takes the GradientReport of checkGradient, it received ${describe(received)}`;
      throw new TypeError(message);
    }
    return resultOf(received, received.ok);
  },
};

function resultOf(report: GradientReport, pass: boolean): MatcherResult {
  return { pass, message: () => (pass ? `expected a wrong gradient\n${report}` : String(report)) };
}
