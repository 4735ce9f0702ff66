import type { WatchOptions } from "./difference-options.js";

/** Reports the progress of a long computation, and stops it if its signal is aborted. */
export class Watch {
  readonly #options: WatchOptions;
  readonly #total: number;
  #reported = 0;

  constructor(options: WatchOptions, total: number) {
    this.#options = options;
    this.#total = total;
  }

  /**
   * Must be called with 0 at the start, and each time that `count` has grown. More than the total counts as the total.
   *
   * @throws `signal.reason` if the signal is aborted.
   */
  check(count: number): void {
    const { onProgress, signal } = this.#options;
    signal?.throwIfAborted();
    const done = Math.min(count, this.#total);
    // There are about a hundred reports, or one for each element if there are fewer than a hundred.
    if (!onProgress || done === this.#reported) return;
    if (done < this.#total && done - this.#reported < this.#total / 100) return;
    this.#reported = done;
    onProgress({ done, total: this.#total });
    signal?.throwIfAborted();
  }
}
