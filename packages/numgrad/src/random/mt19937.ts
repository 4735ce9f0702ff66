import { randomKernels } from "./kernels.js";
import { STATE_WORDS, UPPER_BIT } from "./state.js";

/**
 * The Mersenne Twister MT19937 of Matsumoto and Nishimura, seeded and tempered as in the authors' `mt19937ar.c`, which
 * NumPy, Python and many others use. It is not for cryptography: 624 words in a row reveal the state.
 *
 * The state has 624 words, of which `position` have been used. The core computes the recurrence and the tempering; this
 * class does the seeding and the counting. Its callers check the arguments.
 *
 * @see http://www.math.sci.hiroshima-u.ac.jp/m-mat/MT/MT2002/emt19937ar.html
 */
export class Mt19937 {
  readonly #key: Uint32Array;
  /** The random words of the state; undefined until they are needed. Those from `#position` on have not been used. */
  #words: Int32Array | undefined;
  #position: number;

  private constructor(key: Uint32Array, position: number) {
    this.#key = key;
    this.#position = position;
  }

  /** Seeded with one integer from 0 to 2³² − 1 (`init_genrand`). */
  static fromInteger(seed: number): Mt19937 {
    const key = new Uint32Array(STATE_WORDS);
    let word = seed;
    key[0] = word;
    for (let i = 1; i < STATE_WORDS; i++) {
      word = Math.imul(1812433253, word ^ (word >>> 30)) + i;
      key[i] = word;
    }
    return new Mt19937(key, STATE_WORDS);
  }

  /** Seeded with any number of integers from 0 to 2³² − 1, at least one (`init_by_array`). */
  static fromArray(seed: ArrayLike<number>): Mt19937 {
    const generator = Mt19937.fromInteger(19650218);
    const key = generator.#key;
    let [i, j] = [1, 0];
    const mixWithPrevious = (factor: number) => {
      const previous = key[i - 1]!;
      return key[i]! ^ Math.imul(previous ^ (previous >>> 30), factor);
    };
    const advance = () => {
      i++;
      if (i < STATE_WORDS) return;
      key[0] = key[STATE_WORDS - 1]!;
      i = 1;
    };
    for (let round = Math.max(STATE_WORDS, seed.length); round > 0; round--) {
      key[i] = mixWithPrevious(1664525) + seed[j]! + j;
      advance();
      j = (j + 1) % seed.length;
    }
    for (let round = STATE_WORDS - 1; round > 0; round--) {
      key[i] = mixWithPrevious(1566083941) - i;
      advance();
    }
    // The state cannot be all zeros, whatever the seed.
    key[0] = UPPER_BIT;
    return generator;
  }

  /** With a given state: 624 words, not all of them zero, of which `position` (0 to 624) have been used. */
  static fromState(key: ArrayLike<number>, position: number): Mt19937 {
    return new Mt19937(Uint32Array.from(key), position);
  }

  /** A copy of the 624 words of the state. */
  get key(): Uint32Array {
    return this.#key.slice();
  }

  /** Number of words that have been used, 0 to 624. */
  get position(): number {
    return this.#position;
  }

  /**
   * The next 32 random bits, as a signed integer. Callers take bits of it, so its sign does not matter to them; and
   * while the engine has not optimised a loop yet, a signed integer of 32 bits needs no heap object.
   */
  nextBits(): number {
    const words = this.#current();
    return words[this.#position++]!;
  }

  /** Fills `out` with the words that as many calls of `nextBits` would give. */
  fillBits(out: Uint32Array): void {
    for (let filled = 0; filled < out.length; ) {
      const piece = this.#current().subarray(this.#position, this.#position + out.length - filled);
      out.set(piece, filled);
      filled += piece.length;
      this.#position += piece.length;
    }
  }

  /**
   * An integer from 0 to `max` (at most 2³² − 1), by masking and rejection. Each try takes one word; max = 0 takes
   * none.
   */
  nextBounded(max: number): number {
    if (max === 0) return 0;
    const mask = 0xffff_ffff >>> Math.clz32(max);
    for (;;) {
      const value = (this.nextBits() & mask) >>> 0;
      if (value <= max) return value;
    }
  }

  /** A number in [0, 1), a multiple of 2⁻⁵³, from 27 bits of one word and 26 bits of the next. */
  nextDouble(): number {
    const high = this.nextBits() >>> 5;
    const low = this.nextBits() >>> 6;
    return (high * 67108864 + low) / 9007199254740992;
  }

  /** The random words of the state. If all of them have been used, those of the next state. */
  #current(): Int32Array {
    if (this.#words && this.#position < STATE_WORDS) return this.#words;
    // If the core fails in one of these calls, there are no words of the state, and the next call begins there.
    const words = this.#words ?? new Int32Array(STATE_WORDS);
    this.#words = undefined;
    if (this.#position === STATE_WORDS) {
      randomKernels().twist(this.#key);
      this.#position = 0;
    }
    randomKernels().temper(this.#key, words);
    this.#words = words;
    return words;
  }
}
