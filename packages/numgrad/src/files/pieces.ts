import { EventLoop } from "../event-loop.js";

/** Long work in pieces of some milliseconds: it yields after each piece, and gives its result in the end. */
export type Work<T> = Generator<undefined, T>;

/** Bytes, or elements, that are worked on at a time. It is a multiple of every size of an element. */
const PIECE = 2 ** 18;

/** Does work at once. */
export function atOnce<T>(work: Work<T>): T {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}

/**
 * Does work piece by piece, and lets the event loop run in between.
 *
 * @throws the reason of `signal`, as soon as it is aborted.
 */
export async function inPieces<T>(work: Work<T>, signal: AbortSignal | undefined): Promise<T> {
  const eventLoop = new EventLoop();
  for (;;) {
    signal?.throwIfAborted();
    const { done, value } = work.next();
    if (done) return value;
    if (eventLoop.isDue) await eventLoop.yield();
  }
}

/** Calls `action` for each piece of `length` bytes or elements. */
export function* forPieces(length: number, action: (start: number, end: number) => void): Work<void> {
  for (let start = 0; start < length; start += PIECE) {
    action(start, Math.min(start + PIECE, length));
    yield;
  }
}
