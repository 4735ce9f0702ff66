import { EventLoop } from "../event-loop.js";
import type { Matrix, Vector } from "../shape.js";
import { Batches } from "./batches.js";
import { overflow, settledValue, unusable } from "./evaluation.js";
import { type BatchedGradientOptions, type DifferenceGradientOptions, prepareGradient } from "./numerical-gradient.js";
import { checkKept } from "./out.js";
import type { Point, PointLike } from "./point.js";
import type { Steps } from "./steps.js";
import type { Watch } from "./watch.js";

/**
 * `numericalGradient` for an f that is async: the same differences, in the same order, with the same digits. f is
 * called for one point at a time, or with `batchSize` for a batch of points, and awaited.
 *
 * f receives x itself with one element moved, as in `numericalGradient`: x belongs to this call until its promise
 * settles, and then holds the bits it had before. Between two elements x is whole, and the event loop gets a turn at
 * least every 25 ms, so a page stays alive also where f never waits. With `batchSize` x is not touched at all.
 *
 * @param options As `numericalGradient` takes them. `signal` rejects the promise at once, also while f is at work: x is
 * restored, and what f still does is ignored.
 * @returns A promise of what `numericalGradient` returns. It is rejected with the errors that `numericalGradient`
 * throws, those about the arguments included.
 * @example
 * ```ts
 * const remote = async (x: number[]) => x[0] ** 2 + x[1] ** 2;
 * await numericalGradientAsync(remote, [3, 4]); // Float64Array [6.00000000000378, 7.999999999999119]
 * ```
 */
export function numericalGradientAsync<T extends Float64Array | Float32Array>(
  f: (points: Matrix<T>) => Vector | PromiseLike<Vector>,
  x: Matrix<T>,
  options: BatchedGradientOptions<Matrix>,
): Promise<Matrix>;
export function numericalGradientAsync<T extends Float64Array | Float32Array>(
  f: (points: Matrix<T>) => Vector | PromiseLike<Vector>,
  x: T,
  options: BatchedGradientOptions,
): Promise<Float64Array>;
export function numericalGradientAsync(
  f: (points: Matrix) => Vector | PromiseLike<Vector>,
  x: readonly number[],
  options: BatchedGradientOptions,
): Promise<Float64Array>;
export function numericalGradientAsync<T extends Float64Array | Float32Array>(
  f: (x: Matrix<T>) => number | PromiseLike<number>,
  x: Matrix<T>,
  options?: DifferenceGradientOptions<Matrix>,
): Promise<Matrix>;
export function numericalGradientAsync<T extends Float64Array | Float32Array>(
  f: (x: T) => number | PromiseLike<number>,
  x: T,
  options?: DifferenceGradientOptions,
): Promise<Float64Array>;
export function numericalGradientAsync(
  f: (x: number[]) => number | PromiseLike<number>,
  x: readonly number[],
  options?: DifferenceGradientOptions,
): Promise<Float64Array>;
export async function numericalGradientAsync(
  f: (x: never) => number | Vector | PromiseLike<number | Vector>,
  x: PointLike,
  options: DifferenceGradientOptions<Float64Array | Matrix> & { batchSize?: number } = {},
): Promise<Float64Array | Matrix> {
  const { point, steps, out, watch } = prepareGradient(f, x, options);
  const work = { f: f as (x: unknown) => unknown, point, watch, signal: options.signal, air: new EventLoop() };
  try {
    watch?.check(0);
    if (options.batchSize === undefined) await onePointAtATime(work, steps, out.data);
    else await byBatches(work, new Batches(point, steps, options.batchSize, out.data));
    point.checkUnchanged();
  } catch (error) {
    point.restore();
    throw error;
  }
  checkKept(out.data, point.elements.length);
  return out.result;
}

interface Work {
  readonly f: (x: unknown) => unknown;
  readonly point: Point;
  readonly watch: Watch | undefined;
  readonly signal: AbortSignal | undefined;
  readonly air: EventLoop;
}

async function onePointAtATime(work: Work, steps: Steps, out: Float64Array): Promise<void> {
  const { point, watch, air } = work;
  const here = steps.usesHere ? await valueAt(work, -1, point.elements[0] as number) : Number.NaN;
  for (let i = 0; i < out.length; i++) {
    steps.place(i);
    const first = await valueAt(work, i, steps.first);
    const second = Number.isNaN(steps.second) ? Number.NaN : await valueAt(work, i, steps.second);
    point.move(i, point.elements[i] as number);
    const difference = steps.difference(first, second, here);
    const slope = difference / steps.width;
    if (!Number.isFinite(slope)) throw overflow(difference, steps.width, point.input, i, point.name);
    out[i] = slope;
    // First the turn, in which the signal may come.
    if (air.isDue) await air.yield();
    watch?.check(i + 1);
  }
}

/** f with element `index` at `value`; −1 for x as it is. */
async function valueAt({ f, point, signal }: Work, index: number, value: number): Promise<number> {
  const { input, name } = point;
  if (index >= 0) point.move(index, value);
  const result = await settledValue(f, input, { index, name, signal });
  if (!Number.isFinite(result)) throw unusable(result, input, index, name);
  point.checkMoved(index, value);
  return result as number;
}

async function byBatches({ f, point, watch, signal, air }: Work, batches: Batches): Promise<void> {
  for (let points = batches.next(); points; points = batches.next()) {
    batches.accept(await settledValue(f, points, { index: -1, name: point.name, signal }));
    if (air.isDue) await air.yield();
    watch?.check(batches.done);
  }
}
