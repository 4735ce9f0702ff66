import { isPromise } from "../brand.js";
import { untilAborted } from "../differences/evaluation.js";
import { EventLoop } from "../event-loop.js";

/**
 * Work that calls a function which may be async. It is a generator: it yields what a call has returned, and is given
 * back the value, which comes later if the call has returned a promise. So the same work is done for both kinds of functions.
 */
export type Work<T> = Generator<unknown, T, unknown>;

/** Work that is done already. */
// biome-ignore lint/correctness/useYield: it calls nothing
export function* doneWork<T>(value: T): Work<T> {
  return value;
}

/** Does work at once: it is given back what its calls have returned, also a promise. */
export function done<T>(work: Work<T>): T {
  let next = work.next();
  while (!next.done) next = work.next(next.value);
  return next.value;
}

/** Does work up to its first promise, or to its end. */
export function started<T>(work: Work<T>): IteratorResult<unknown, T> {
  let next = work.next();
  while (!next.done && !isPromise(next.value)) next = work.next(next.value);
  return next;
}

/**
 * Does work whose calls may return promises, each before the next call. The event loop gets a turn at least every 25 ms.
 *
 * @param options.begun Where the work is, if it was started.
 * @param options.afterCall Called after each call, when its promise has settled. If it throws, the work ends there.
 * @throws `signal.reason` as soon as the signal is aborted, also while a call is at work.
 */
export async function settled<T>(
  work: Work<T>,
  {
    begun,
    signal,
    afterCall,
  }: { begun?: IteratorResult<unknown, T> | undefined; signal: AbortSignal | undefined; afterCall: () => void },
): Promise<T> {
  const eventLoop = new EventLoop();
  let next = begun ?? work.next();
  while (!next.done) {
    let resume: () => typeof next;
    try {
      const value = await untilAborted(next.value, signal);
      resume = () => work.next(value);
    } catch (cause) {
      resume = () => work.throw(cause);
    }
    if (eventLoop.isDue) await eventLoop.yield();
    // A function may end by the same signal, and its error is then that of the signal.
    signal?.throwIfAborted();
    afterCall();
    next = resume();
  }
  return next.value;
}
