import { describe } from "../errors.js";
import { GradientReport } from "./gradient-report.js";

/** What a matcher tells vitest, jest and others with their protocol. */
export interface MatcherResult {
  /** Whether the gradient is right. */
  pass: boolean;
  /** What is wrong with it; after `not`, that nothing is. */
  message: () => string;
}

/**
 * A matcher for vitest, jest, bun and whatever else has `expect.extend`. Where it fails, the message is the report: the
 * worst entries, with what was expected and what came.
 *
 * For TypeScript, declare it once beside your tests:
 *
 * ```text
 * declare module "vitest" { interface Matchers<T> { toPassGradientCheck(): T } }
 * declare namespace jest { interface Matchers<R> { toPassGradientCheck(): R } }
 * ```
 *
 * @example
 * ```ts
 * import { expect } from "vitest";
 * expect.extend(gradientMatchers);
 * const square = (x: number[]) => x[0] ** 2;
 * expect(checkGradient(square, [6], [3])).toPassGradientCheck();
 * ```
 */
export const gradientMatchers = {
  /** Passes if the received GradientReport is ok. */
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
