import { describe } from "../errors.js";
import { GradientReport } from "./gradient-report.js";

/** The result of a matcher, in the protocol of vitest, jest and others. */
export interface MatcherResult {
  /** Whether the gradient is right. */
  pass: boolean;
  /** The message for a failure: the report. After `not` it says that the gradient is right. */
  message: () => string;
}

/**
 * A matcher for vitest, jest, bun and every other test runner that has `expect.extend`. If it fails, the message is the
 * report: the worst entries, each with the slope that was expected and the slope of the gradient.
 *
 * For TypeScript, declare the matcher once beside your tests. A test that imports `expect` declares it for the module of
 * that name; only `@jest/globals` takes it from `"expect"`. Where `expect` is a global of `@types/jest`, the declaration
 * stands in a file `.d.ts` without imports.
 *
 * ```text
 * declare module "vitest" { interface Matchers<T> { toPassGradientCheck(): T } }
 * declare module "expect" { interface Matchers<R> { toPassGradientCheck(): R } } // for @jest/globals
 * declare namespace jest { interface Matchers<R> { toPassGradientCheck(): R } } // for @types/jest
 * ```
 *
 * @example
 * ```ts
 * import { expect } from "vitest";
 * expect.extend(gradientMatchers);
 * const square = (x: number[]) => x[0]! ** 2;
 * expect(checkGradient(square, [6], [3])).toPassGradientCheck();
 * ```
 */
export const gradientMatchers = {
  /** Passes if the received GradientReport is ok. @throws {TypeError} if a value of another kind is received. */
  toPassGradientCheck(received: unknown): MatcherResult {
    if (!(received instanceof GradientReport)) {
      const message = `toPassGradientCheck takes the GradientReport of checkGradient, it received ${describe(received)}`;
      throw new TypeError(message);
    }
    return {
      pass: received.ok,
      message: () => (received.ok ? `expected a wrong gradient\n${received}` : String(received)),
    };
  },
};
