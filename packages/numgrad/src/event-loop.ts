/**
 * Longest time without yielding to the event loop, in milliseconds. At 60 frames a second a longer pause is visible.
 */
const LONGEST_WORK = 25;

/** Lets long work yield to the event loop, whenever its last turn is long enough ago. */
export class EventLoop {
  #lastTurn = performance.now();

  /** Whether it is time to call {@link EventLoop.yield}. */
  get isDue(): boolean {
    return performance.now() - this.#lastTurn > LONGEST_WORK;
  }

  /** Waits for one turn of the event loop, in which timers, input and painting run. */
  async yield(): Promise<void> {
    await waitForTurn();
    this.#lastTurn = performance.now();
  }
}

/**
 * Waits for one turn of the event loop. A timer would do so too, but waits a millisecond in Node and four in browsers.
 * It is used only where there is nothing else, as on Cloudflare Workers before August 2025.
 */
function waitForTurn(): Promise<void> {
  const callbacks: Callbacks = globalThis;
  return new Promise((resolve) => {
    if (callbacks.setImmediate) {
      callbacks.setImmediate(() => resolve());
      return;
    }
    // In Node, reading this property loads 350 KB of modules.
    const { MessageChannel } = callbacks;
    if (MessageChannel) {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => {
        port1.close();
        resolve();
      };
      port2.postMessage(undefined);
    } else {
      setTimeout(resolve, 0);
    }
  });
}

/** Ways to be called back in the next turn of the event loop. A platform may lack some of them. */
interface Callbacks {
  readonly setImmediate?: (callback: () => void) => unknown;
  readonly MessageChannel?: typeof MessageChannel;
}
