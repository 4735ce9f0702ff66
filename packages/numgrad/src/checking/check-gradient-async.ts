import { settled, started, type Work } from "../derivatives/work.js";
import { Claim } from "../differences/claim.js";
import type { MovablePoint, PointLike, Received } from "../differences/point.js";
import type { ReceivedTree, Tree } from "../differences/tree-types.js";
import {
  type AnyCheckOptions,
  type CheckGradientOptions,
  type CheckTreeOptions,
  compare,
  type GradientLike,
  type GradientTreeLike,
  type PreparedCheck,
  prepareCheck,
} from "./check-gradient.js";
import type { GradientReport } from "./gradient-report.js";

/**
 * `checkGradient` for an f or a gradient that may be async, because it reads its result from a GPU, a worker or a server.
 * The calls are the same in the same order, so the report is the same. f is called for one point at a time, and is
 * not called again before its promise has settled.
 *
 * f receives x itself with elements moved. Nobody else may use x until the promise of this function settles; then x
 * holds the bits it had before. A second call for the same x is refused until then, unless f makes it before its first
 * `await`, and awaits it. If x changes otherwise, the promise is rejected. The event loop gets a turn at least every
 * 25 ms, so a page stays responsive even if f never waits.
 *
 * @param f The function: it returns a number, or a promise of one.
 * @param gradient Its gradient at x, or a function of x that returns it or a promise of it.
 * @param options As for `checkGradient`. `signal` rejects the promise at once, also while f is at work: x is restored,
 * and the result of f is ignored.
 * @returns A promise of a report. It is rejected with the errors that `checkGradient` throws, also with those about the
 * arguments.
 * @example
 * ```ts
 * const remote = async (x: number[]) => x[0]! ** 2 * x[1]!;
 * const report = await checkGradientAsync(remote, async (x) => [2 * x[0]! * x[1]!, x[0]! ** 2], [3, 5]);
 * report.verdict; // "ok"
 * ```
 */
export function checkGradientAsync<X extends PointLike>(
  f: (x: Received<X>) => number | PromiseLike<number>,
  gradient: GradientLike<X> | ((x: Received<X>) => GradientLike<X> | PromiseLike<GradientLike<X>>),
  x: X,
  options?: CheckGradientOptions,
): Promise<GradientReport>;
/**
 * `checkGradient` at a tree, for an f or a gradient that may be async: see there. Values of another library that were
 * made for a call of f are freed when its promise settles.
 *
 * @returns A promise of a report.
 * @example
 * ```ts
 * const remote = async ({ w, b }: { w: Float64Array; b: number }) => b * w[0]! * w[1]!;
 * const x = { w: Float64Array.of(2, 3), b: 5 };
 * (await checkGradientAsync(remote, { w: [15, 11], b: 6 }, x)).worst[0]!.name; // "w[1]"
 * ```
 */
export function checkGradientAsync<X, V = never>(
  f: (x: ReceivedTree<X, NoInfer<V>>) => number | NoInfer<V> | PromiseLike<number | NoInfer<V>>,
  gradient:
    | GradientTreeLike<X, NoInfer<V>>
    | ((
        x: ReceivedTree<X, NoInfer<V>>,
      ) => GradientTreeLike<X, NoInfer<V>> | PromiseLike<GradientTreeLike<X, NoInfer<V>>>),
  x: X & Tree<X, NoInfer<V>>,
  options?: CheckTreeOptions<V>,
): Promise<GradientReport>;
export async function checkGradientAsync(
  f: (x: never) => unknown,
  gradient: unknown,
  x: unknown,
  options: AnyCheckOptions = {},
): Promise<GradientReport> {
  return new AsyncCheck(prepareCheck(f, gradient, x, options), "checkGradientAsync").settled();
}

/**
 * The report of `checkGradient` if f and the gradient are not async, else a promise of it.
 *
 * @param caller The function that the user has called.
 */
export function checkEither(
  { f, gradient, x, options = {} }: { f: unknown; gradient: unknown; x: unknown; options: AnyCheckOptions | undefined },
  caller: string,
): GradientReport | Promise<GradientReport> {
  return new AsyncCheck(prepareCheck(f, gradient, x, options), caller).settledOrNow();
}

/** A check of a function that may be async. x is claimed until the check has ended. */
class AsyncCheck {
  readonly #point: MovablePoint;
  readonly #claim: Claim;
  readonly #work: Work<GradientReport>;
  readonly #signal: AbortSignal | undefined;

  constructor(check: PreparedCheck, caller: string) {
    this.#point = check.point;
    this.#claim = new Claim(check.point, caller);
    this.#work = compare(check, (called, at) => promised(this.#claim.call(called, at)));
    this.#signal = check.options.signal;
  }

  async settled(begun?: IteratorResult<unknown, GradientReport>): Promise<GradientReport> {
    const afterCall = () => this.#claim.check(-1);
    try {
      return await settled(this.#work, { begun, signal: this.#signal, afterCall });
    } catch (error) {
      throw this.#failed(error);
    } finally {
      this.#claim.end();
    }
  }

  settledOrNow(): GradientReport | Promise<GradientReport> {
    try {
      const begun = started(this.#work);
      if (!begun.done) return this.settled(begun);
      this.#claim.end();
      return begun.value;
    } catch (error) {
      this.#claim.end();
      throw this.#failed(error);
    }
  }

  #failed(error: unknown): unknown {
    if (!this.#claim.isOrphan) this.#point.restore();
    return this.#point.named(error);
  }
}

/** A value; a promise for one that is awaited as a promise is. */
function promised(value: unknown): unknown {
  const isThenable = typeof value === "object" && value !== null && typeof Reflect.get(value, "then") === "function";
  return isThenable ? Promise.resolve(value) : value;
}
