import { isPromise } from "../brand.js";
import type { PointLike, Received } from "../differences/point.js";
import type { ReceivedTree, Tree } from "../differences/tree-types.js";
import { NumgradError } from "../errors.js";
import type { CheckGradientOptions, CheckTreeOptions, GradientLike, GradientTreeLike } from "./check-gradient.js";
import { checkEither } from "./check-gradient-async.js";
import type { GradientReport } from "./gradient-report.js";

/** A gradient is not right. The message is the report. Test runners show it as they show an AssertionError of Node. */
export class GradientAssertionError extends NumgradError {
  override name = "AssertionError";
  /** By this code Node's test runner knows assertions. */
  readonly code = "ERR_ASSERTION";
  /** The report of `checkGradient`. */
  declare readonly report: GradientReport;

  constructor(report: GradientReport) {
    super(String(report));
    // It is not enumerable, because the message says all of it.
    Object.defineProperty(this, "report", { value: report });
  }
}

/**
 * Asserts that a gradient is right, by `checkGradient`: for node:test, Deno, and every test that fails if something
 * throws. If f or `gradient` returns a promise, so does this function, and the test must await it.
 *
 * In Node from 22.14 on, `assert.register("gradient", assertGradient)` of node:test makes it a method of `t.assert`.
 *
 * @throws {GradientAssertionError} if the verdict is not `"ok"`. Its `report` is that of `checkGradient`.
 * @throws {ArgumentError} as `checkGradient`.
 * @throws {FunctionError} as `checkGradient`.
 * @example
 * ```ts
 * const square = (x: number[]) => x[0]! ** 2;
 * assertGradient(square, (x) => [2 * x[0]!], [3]);
 * await assertGradient(async (x: number[]) => square(x), [6], [3]);
 * ```
 */
export function assertGradient<X extends PointLike, R extends number | PromiseLike<number>>(
  f: (x: Received<X>) => R,
  gradient: GradientLike<X> | ((x: Received<X>) => GradientLike<X>),
  x: X,
  options?: CheckGradientOptions,
): R extends number ? void : Promise<void>;
/** Asserts that an async gradient, for instance one that comes from a GPU, is right. The test must await it. */
export function assertGradient<X extends PointLike>(
  f: (x: Received<X>) => number | PromiseLike<number>,
  gradient: (x: Received<X>) => PromiseLike<GradientLike<X>>,
  x: X,
  options?: CheckGradientOptions,
): Promise<void>;
/** Asserts that the gradient at a tree is right. The test must await it if f or `gradient` is async. */
export function assertGradient<X, V = never>(
  f: (x: ReceivedTree<X, NoInfer<V>>) => number | NoInfer<V> | PromiseLike<number | NoInfer<V>>,
  gradient:
    | GradientTreeLike<X, NoInfer<V>>
    | ((
        x: ReceivedTree<X, NoInfer<V>>,
      ) => GradientTreeLike<X, NoInfer<V>> | PromiseLike<GradientTreeLike<X, NoInfer<V>>>),
  x: X & Tree<X, NoInfer<V>>,
  options?: CheckTreeOptions<V>,
): void | Promise<void>;
export function assertGradient(
  f: (x: never) => unknown,
  gradient: unknown,
  x: unknown,
  options?: CheckTreeOptions<unknown>,
): void | Promise<void> {
  const report = checkEither({ f, gradient, x, options }, "assertGradient");
  return isPromise(report) ? report.then(assertOk) : assertOk(report);
}

function assertOk(report: GradientReport): void {
  if (!report.ok) throw new GradientAssertionError(report);
}
