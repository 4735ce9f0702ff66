import type { History } from "./history.js";

/**
 * Adds the time that a run works to its history's `elapsed`. The time that its caller takes between steps does not
 * count.
 */
export class Stopwatch {
  readonly #history: History;
  #since: number | undefined;

  constructor(history: History) {
    this.#history = history;
  }

  start(): void {
    this.#since = performance.now();
  }

  /** Brings `elapsed` up to date, and returns it. */
  read(): number {
    if (this.#since !== undefined) {
      const now = performance.now();
      this.#history.elapsed += now - this.#since;
      this.#since = now;
    }
    return this.#history.elapsed;
  }

  stop(): void {
    this.read();
    this.#since = undefined;
  }
}
