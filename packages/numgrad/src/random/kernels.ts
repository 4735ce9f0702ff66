import { MemoryView, readLayout } from "../wasm/memory-view.js";
import { type Core, core, guard, type RawRandom } from "../wasm/runtime.js";
import { STATE_WORDS } from "./state.js";

/** Random words of a point in the square: two for each coordinate. */
const WORDS_PER_TRY = 4;

/** Order of the sizes and addresses in the layout of the core's generator (crates/numgrad-wasm/src/random.rs). */
const RANDOM_LAYOUT = ["mostTries", "key", "words", "tries", "values"] as const;

/**
 * The core's kernels for random numbers, the recurrence of MT19937 and Marsaglia's polar method, with their fixed
 * buffers.
 *
 * Both are in the core because of the time to the first network. JavaScript starts in an interpreter that allocates
 * every double and every second word on the heap. In that interpreter the 39,700 weights of the book's network took 21
 * ms, as long as everything else together.
 */
class RandomKernels {
  /** The instance of the core that the kernels belong to. */
  readonly core: Core;
  readonly #raw: RawRandom;
  readonly #mostTries: number;
  readonly #key: MemoryView<Uint32Array>;
  readonly #words: MemoryView<Uint32Array>;
  readonly #tries: MemoryView<Uint32Array>;
  readonly #values: MemoryView<Float64Array>;

  constructor(running: Core) {
    const { memory, random } = running;
    const { mostTries, key, words, tries, values } = readLayout(memory, random, RANDOM_LAYOUT);
    this.core = running;
    this.#raw = random;
    this.#mostTries = mostTries;
    this.#key = new MemoryView(memory, Uint32Array, key, STATE_WORDS);
    this.#words = new MemoryView(memory, Uint32Array, words, STATE_WORDS);
    this.#tries = new MemoryView(memory, Uint32Array, tries, WORDS_PER_TRY * mostTries);
    this.#values = new MemoryView(memory, Float64Array, values, 2 * mostTries);
  }

  /** Replaces the state `key` by the next state. */
  twist(key: Uint32Array): void {
    this.#key.array.set(key);
    guard(this.core, () => this.#raw.twist());
    key.set(this.#key.array);
  }

  /** Writes the random words of the state `key` into `words`. */
  temper(key: Uint32Array, words: Int32Array): void {
    this.#key.array.set(key);
    guard(this.core, () => this.#raw.temper());
    words.set(this.#words.array);
  }

  /**
   * Fills `out` with normal values, from `out[start]` on. They come in pairs, so one more value than needed may be
   * drawn.
   *
   * @param draw Fills an array with the generator's next words.
   * @returns The value that was not needed; undefined if there is none.
   */
  fillNormal(out: Float64Array, start: number, draw: (words: Uint32Array) => void): number | undefined {
    let filled = start;
    while (filled < out.length) {
      const room = out.length - filled;
      // A try gives one pair or none, so this never draws a word too many.
      const tries = Math.min(Math.ceil(room / 2), this.#mostTries);
      draw(this.#tries.array.subarray(0, WORDS_PER_TRY * tries));
      const found = guard(this.core, () => this.#raw.fill_normal(tries));
      const values = this.#values.array;
      out.set(values.subarray(0, Math.min(found, room)), filled);
      if (found > room) return values[room];
      filled += found;
    }
    return undefined;
  }
}

let instance: RandomKernels | undefined;

/**
 * The kernels for random numbers of the running core.
 *
 * @throws {CoreError} if the core cannot start here.
 */
export function randomKernels(): RandomKernels {
  const running = core();
  if (instance?.core !== running) instance = new RandomKernels(running);
  return instance;
}
