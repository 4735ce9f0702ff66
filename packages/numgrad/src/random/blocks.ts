import { MemoryView, readLayout } from "../wasm/memory-view.js";
import { type Core, core, guard, type RawRandom } from "../wasm/runtime.js";
import { STATE_WORDS } from "./state.js";

/** Random words of a point in the square: two for each coordinate. */
const WORDS_PER_TRY = 4;

/**
 * The core's part of the random numbers: the recurrence of MT19937, and Marsaglia's polar method.
 *
 * Both go through the core block by block for the sake of the first network. JavaScript starts in an interpreter that puts
 * every double and every second word on the heap: there its 39,700 weights took 21 ms, as long as all the rest.
 */
class Blocks {
  readonly #kernels: RawRandom;
  readonly #mostTries: number;
  readonly #key: MemoryView<Uint32Array>;
  readonly #words: MemoryView<Uint32Array>;
  readonly #tries: MemoryView<Uint32Array>;
  readonly #values: MemoryView<Float64Array>;

  constructor({ memory, random }: Core) {
    const names = ["mostTries", "key", "words", "tries", "values"] as const;
    const { mostTries, key, words, tries, values } = readLayout(memory, random, names);
    this.#kernels = random;
    this.#mostTries = mostTries;
    this.#key = new MemoryView(memory, Uint32Array, key, STATE_WORDS);
    this.#words = new MemoryView(memory, Uint32Array, words, STATE_WORDS);
    this.#tries = new MemoryView(memory, Uint32Array, tries, WORDS_PER_TRY * mostTries);
    this.#values = new MemoryView(memory, Float64Array, values, 2 * mostTries);
  }

  /** Moves `key` on to the next state. */
  twist(key: Uint32Array): void {
    this.#key.array.set(key);
    guard(() => this.#kernels.twist());
    key.set(this.#key.array);
  }

  /** Writes the random words of the state `key` into `words`. */
  temper(key: Uint32Array, words: Int32Array): void {
    this.#key.array.set(key);
    guard(() => this.#kernels.temper());
    words.set(this.#words.array);
  }

  /**
   * Writes normal values from `out[start]` on, until it is full. They come in pairs, so the last may be one too many.
   *
   * @param draw Fills an array with the generator's next words.
   * @returns that one, or undefined.
   */
  fillNormal(out: Float64Array, start: number, draw: (words: Uint32Array) => void): number | undefined {
    let filled = start;
    while (filled < out.length) {
      const room = out.length - filled;
      // A try gives one pair or none, so no word is drawn too many.
      const tries = Math.min(Math.ceil(room / 2), this.#mostTries);
      draw(this.#tries.array.subarray(0, WORDS_PER_TRY * tries));
      const found = guard(() => this.#kernels.fill_normal(tries));
      const values = this.#values.array;
      out.set(values.subarray(0, Math.min(found, room)), filled);
      if (found > room) return values[room];
      filled += found;
    }
    return undefined;
  }
}

let instance: Blocks | undefined;

/**
 * The random numbers of the running core.
 *
 * @throws {CoreError} if it cannot start here, or has failed before.
 */
export function blocks(): Blocks {
  const running = core();
  instance ??= new Blocks(running);
  return instance;
}
