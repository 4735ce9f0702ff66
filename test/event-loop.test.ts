import { afterEach, expect, test, vi } from "vitest";
import { EventLoop } from "../packages/numgrad/src/event-loop.js";

afterEach(() => vi.unstubAllGlobals());

test.each([
  ["setImmediate, as in Node", []],
  ["a MessageChannel, as in browsers", ["setImmediate"]],
  ["a timer, where there is nothing else", ["setImmediate", "MessageChannel"]],
])("timers run while the event loop has its turn, by %s", async (_, missing) => {
  let fired = false;
  setTimeout(() => {
    fired = true;
  }, 0);
  for (const name of missing) vi.stubGlobal(name, undefined);
  const eventLoop = new EventLoop();
  for (const end = performance.now() + 5000; !fired && performance.now() < end; ) await eventLoop.yield();
  expect(fired).toBe(true);
});
