import { EventLoop } from "../event-loop.js";
import type { Vector } from "../shape.js";
import { Claim } from "./claim.js";
import { settledValue, valueError } from "./evaluation.js";
import {
  type BatchedGradientOptions,
  type DifferenceGradientOptions,
  prepareGradient,
  type TreeGradientOptions,
} from "./numerical-gradient.js";
import { checkKept } from "./out.js";
import { type GradientAt, type MovablePoint, Point, type PointLike, type Points, type Received } from "./point.js";
import { PointBatches } from "./point-batches.js";
import type { AnyStencil } from "./tree-stencil.js";
import type { GradientTree, ReceivedTree, Tree } from "./tree-types.js";
import type { Watch } from "./watch.js";

/**
 * `numericalGradient` for an f that may be async and evaluates many points at a time: f receives a Matrix with at most
 * `batchSize` points, one in each row, and returns a number for each, or a promise of them. f is not called again
 * before its promise has settled. x itself is not moved.
 *
 * @param options As for `numericalGradient` with `batchSize`.
 * @returns A promise of what `numericalGradient` returns. It is rejected with the errors that `numericalGradient`
 * throws.
 * @example
 * ```ts
 * const remote = async ({ data }: Matrix) => data.map((x) => x ** 2);
 * await numericalGradientAsync(remote, [3], { batchSize: 2 }); // Float64Array [6.000000000012662]
 * ```
 */
export function numericalGradientAsync<X extends PointLike>(
  f: (points: Points<X>) => Vector | PromiseLike<Vector>,
  x: X,
  options: BatchedGradientOptions<GradientAt<X>>,
): Promise<GradientAt<X>>;
/**
 * `numericalGradient` for an f that may be async: the same differences in the same order, with the same digits. f is
 * called for one point at a time, and is not called again before its promise has settled. With `batchSize`, f evaluates
 * many points at a time: see the other signature.
 *
 * f receives x itself with one element moved, as in `numericalGradient`. Nobody else may use x until the promise of
 * this function settles; then x holds the bits it had before. A second call for the same x is refused until then,
 * unless f makes it before its first `await`, and awaits it. If x changes otherwise, the promise is rejected. Between
 * two elements x is as it was, and the event loop gets a turn at least every 25 ms, so a page stays responsive even if f
 * never waits.
 *
 * @param options As for `numericalGradient`. `signal` rejects the promise at once, also while f is at work: x is
 * restored, and the result of f is ignored.
 * @returns A promise of what `numericalGradient` returns. It is rejected with the errors that `numericalGradient`
 * throws, also with those about the arguments.
 * @example
 * ```ts
 * const remote = async (x: number[]) => x[0]! ** 2 + x[1]! ** 2;
 * await numericalGradientAsync(remote, [3, 4]); // Float64Array [6.00000000000378, 7.999999999999119]
 * ```
 */
export function numericalGradientAsync<X extends PointLike>(
  f: (x: Received<X>) => number | PromiseLike<number>,
  x: X,
  options?: DifferenceGradientOptions<GradientAt<X>>,
): Promise<GradientAt<X>>;
/**
 * `numericalGradient` at a tree, for an f that may be async: see there.
 *
 * @returns A promise of a tree with the structure of x.
 * @example
 * ```ts
 * const remote = async ({ a, b }: { a: number; b: number }) => a * b;
 * await numericalGradientAsync(remote, { a: 3, b: 4 }); // { a: 4.000000000008441, b: 3.00000000000189 }
 * ```
 */
export function numericalGradientAsync<X, V = never>(
  f: (x: ReceivedTree<X, NoInfer<V>>) => number | NoInfer<V> | PromiseLike<number | NoInfer<V>>,
  x: X & Tree<X, NoInfer<V>>,
  options?: TreeGradientOptions<V>,
): Promise<GradientTree<X, V>>;
export async function numericalGradientAsync(
  f: (x: never) => unknown,
  x: unknown,
  options: { signal?: AbortSignal | undefined } = {},
): Promise<unknown> {
  const { point, stencil, out, watch, batchSize } = prepareGradient(f, x, options);
  const claim = new Claim(point);
  const bound = point.bind(f as (x: unknown) => unknown, true);
  const call = (at: unknown) => claim.call(bound, at);
  const work = { f: call, point, claim, watch, signal: options.signal, eventLoop: new EventLoop() };
  try {
    watch?.check(0);
    if (batchSize === undefined) await gradientByPoints(work, stencil, out.data);
    else await gradientByBatches(work, new PointBatches(point, stencil, batchSize, out.data));
    point.checkUnchanged();
  } catch (error) {
    if (!claim.isOrphan) point.restore();
    throw point.named(error);
  } finally {
    claim.end();
  }
  checkKept(out.data, point.elements.length);
  return point instanceof Point ? out.result : point.shaped(out.data);
}

interface Work {
  readonly f: (x: unknown) => unknown;
  readonly point: MovablePoint;
  readonly claim: Claim;
  readonly watch: Watch | undefined;
  readonly signal: AbortSignal | undefined;
  readonly eventLoop: EventLoop;
}

async function gradientByPoints(work: Work, stencil: AnyStencil, out: Float64Array): Promise<void> {
  const { point, watch, eventLoop } = work;
  const here = stencil.usesHere ? await valueAt(work, -1, point.elements[0]!) : Number.NaN;
  for (let i = 0; i < out.length; i++) {
    stencil.place(i);
    point.checkUnmoved(i);
    const first = await valueAt(work, i, stencil.first);
    const second = stencil.hasSecond ? await valueAt(work, i, stencil.second) : Number.NaN;
    point.move(i, point.elements[i]!);
    out[i] = stencil.slope(first, second, here);
    // The turn of the event loop comes before the check, because the signal may be aborted in this turn.
    if (eventLoop.isDue) await eventLoop.yield();
    watch?.check(i + 1);
  }
}

async function gradientByBatches(
  { f, point, claim, watch, signal, eventLoop }: Work,
  batches: PointBatches,
): Promise<void> {
  for (let points = batches.next(); points; points = batches.next()) {
    batches.accept(await settledValue(f, points, { index: -1, name: point.name, signal }));
    claim.check(-1);
    if (eventLoop.isDue) await eventLoop.yield();
    watch?.check(batches.done);
  }
}

/** f with element `index` at `value`, where the element stays; for the index −1 f at x itself. */
async function valueAt({ f, point, claim, signal }: Work, index: number, value: number): Promise<number> {
  const { input, name } = point;
  if (index >= 0) point.move(index, value);
  const result = await settledValue(f, input, { index, name, signal });
  if (typeof result !== "number" || !Number.isFinite(result)) throw valueError(result, input, index, name);
  claim.check(index);
  point.checkMoved(index, value);
  return result;
}
