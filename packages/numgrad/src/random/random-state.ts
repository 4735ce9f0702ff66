import { checkInteger, checkNoMore, checkOptions } from "../arguments.js";
import { brandOf } from "../brand.js";
import { ArgumentError, describe, ShapeError } from "../errors.js";
import { isArrayLike } from "../shape.js";
import { currentView } from "../view-registry.js";
import { randomKernels } from "./kernels.js";
import { Mt19937 } from "./mt19937.js";
import {
  checkRandomState,
  checkWords,
  LARGEST_WORD,
  type RandomStateData,
  type RandomStateInput,
  STATE_WORDS,
} from "./state.js";

export type { RandomStateData, RandomStateInput };

/** Options of {@link RandomState.choice}. */
export interface ChoiceOptions {
  /** Whether an item may be drawn more than once. Default true. */
  replace?: boolean;
}

/**
 * The generator that an option asks for: the given generator, or a new one from a seed or from the platform's entropy.
 *
 * @throws {ArgumentError} if `random` is neither a RandomState nor an integer from 0 to 2³² − 1.
 */
export function toRandomState(argument: string, random: RandomState | number | undefined): RandomState {
  if (random instanceof RandomState) return random;
  if (random !== undefined) checkInteger(argument, random, 0, LARGEST_WORD);
  return new RandomState(random);
}

/** Any typed array. */
export type TypedArray =
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array
  | BigInt64Array
  | BigUint64Array;

/** What a caller learns who gives a size for each dimension, as in NumPy. */
const ONE_SIZE = "one count of numbers, the product of the sizes of an array's dimensions";

/** Most numbers that one call draws, and largest population: an Int32Array holds indices below it. */
const MOST_NUMBERS = 2 ** 31;

/**
 * A generator of random numbers. They are the numbers of NumPy's `np.random.RandomState(seed)`, and those of
 * `np.random.*` after `np.random.seed(seed)`.
 *
 * The same calls in the same order give the same numbers, bit for bit, with one exception: `randn` takes a logarithm,
 * which NumPy leaves to the C library. So one normal value in 3,000 differs by a few units in the last place (3 is the
 * most seen); NumPy's own values differ as much from one processor to another. numgrad's have the same bits on every
 * engine.
 *
 * Every method checks its arguments before it draws, so a call that throws does not advance the generator. It is not
 * for cryptography.
 *
 * @see https://numpy.org/doc/stable/reference/random/legacy.html
 * @see Deep Learning from Scratch, section 4.2.3 (mini-batches by `choice`) and 4.5.1 (weights by `randn`)
 * @example
 * ```ts
 * const random = new RandomState(0);
 * random.random(); // 0.5488135039273248, as np.random.rand() after np.random.seed(0)
 * random.choice(60_000, 100); // the indices of a mini-batch
 * ```
 */
export class RandomState {
  #bits: Mt19937;
  #gauss: number | undefined;

  /**
   * @param seed An integer from 0 to 2³² − 1, or an array of at least one such integer. `[5]` and `5` are different
   *   seeds. A typed array is the same seed as the plain array with its elements (NumPy reads its own arrays of one
   *   element like the integer). Default: 624 words of the platform's entropy; `getState()` then tells with which state
   *   the generator began.
   * @throws {ArgumentError} if the seed is anything else, or if it is left out and the platform has no
   * `crypto.getRandomValues`.
   */
  constructor(seed?: number | ArrayLike<number>) {
    this.#bits = seedGenerator(seed);
  }

  /**
   * A number from the uniform distribution over [0, 1), a multiple of 2⁻⁵³: NumPy's `random_sample` and `rand`. Each
   * number takes two words of the generator.
   *
   * @throws {ArgumentError} if `n` is no integer from 0 to 2³¹, or if more sizes follow.
   * @example
   * ```ts
   * new RandomState(0).random(); // 0.5488135039273248
   * new RandomState(0).random(2); // Float64Array [0.5488135039273248, 0.7151893663724195]
   * ```
   */
  random(): number;
  /** `n` numbers from the uniform distribution over [0, 1): NumPy's `random_sample(n)` and `rand(n)`. */
  random(n: number): Float64Array;
  random(n?: number, ...more: unknown[]): number | Float64Array {
    if (n === undefined) return this.#bits.nextDouble();
    checkNoMore(more, ONE_SIZE, n);
    checkCount("n", n);
    const out = new Float64Array(n);
    for (let i = 0; i < n; i++) out[i] = this.#bits.nextDouble();
    return out;
  }

  /**
   * A number from the standard normal distribution (mean 0, variance 1): NumPy's `randn`, by Marsaglia's polar method.
   * The method gives pairs: the second value of a pair waits for the next `randn`, even if other numbers are drawn in
   * between.
   *
   * @throws {ArgumentError} if `n` is no integer from 0 to 2³¹, or if more sizes follow.
   * @example
   * ```ts
   * new RandomState(0).randn(); // 1.764052345967664
   * new RandomState(0).randn(784 * 50); // the book's first weights, row by row, before the factor 0.01
   * ```
   */
  randn(): number;
  /** `n` numbers from the standard normal distribution: NumPy's `randn(n)`. */
  randn(n: number): Float64Array;
  randn(n?: number, ...more: unknown[]): number | Float64Array {
    if (n === undefined) return this.#gauss === undefined ? this.#normal(1)[0]! : this.#takeGauss();
    checkNoMore(more, ONE_SIZE, n);
    checkCount("n", n);
    return this.#normal(n);
  }

  /**
   * An integer from `low` to, but without, `high`: NumPy's `randint(low, high)`. All are equally likely.
   *
   * @throws {ArgumentError} unless `low` < `high` ≤ `low` + 2³² are integers, and `n` is an integer from 0 to 2³¹,
   * without further sizes.
   * @example
   * ```ts
   * new RandomState(0).randint(-5, 5); // 0
   * new RandomState(0).randint(0, 2 ** 32); // 2357136044, a word of the generator as it is
   * ```
   */
  randint(low: number, high: number): number;
  /**
   * `n` integers from `low` to, but without, `high`: NumPy's `randint(low, high, n)`. They are in an Int32Array, or in
   * a Float64Array if some integers of the range do not fit there (below −2³¹ or above 2³¹ − 1).
   */
  randint(low: number, high: number, n: number): Int32Array | Float64Array;
  randint(low: number, high: number, n?: number, ...more: unknown[]): number | Int32Array | Float64Array {
    checkInteger("low", low);
    checkInteger("high", high, low + 1, low + 2 ** 32);
    const max = high - low - 1;
    if (n === undefined) return low + this.#bits.nextBounded(max);
    checkNoMore(more, ONE_SIZE, n);
    checkCount("n", n);
    const out = low >= -(2 ** 31) && high <= 2 ** 31 ? new Int32Array(n) : new Float64Array(n);
    for (let i = 0; i < n; i++) out[i] = low + this.#bits.nextBounded(max);
    return out;
  }

  /**
   * Draws from the integers 0 to n − 1, or from the items of an array: NumPy's `choice`. All are equally likely.
   *
   * With replacement (the default) an item may be drawn more than once. Without replacement the whole population is
   * shuffled and its first `size` items are taken, as NumPy does. For a small sample of a large population that is
   * slow.
   *
   * @param population An integer n, at most 2³¹, or an array or typed array of items. It is not changed.
   * @param size Number of draws. Default: one draw, whose item is returned without an array.
   * @param options.replace Whether an item may be drawn more than once. Default true.
   * @returns For n an Int32Array, for a typed array one of the same type, for an array an array; each of length `size`.
   * @throws {ArgumentError} if the population is neither, or is empty although something is to be drawn; if `size` is
   *   no integer from 0 to 2³¹, or is larger than the population without replacement; if an option is wrong or unknown.
   * @example
   * ```ts
   * new RandomState(0).choice(60_000, 3); // Int32Array [2732, 43567, 42613]
   * new RandomState(0).choice(["a", "b", "c"], 2, { replace: false }); // ["c", "b"]
   * ```
   */
  choice(population: number, size?: undefined, options?: ChoiceOptions): number;
  /** `size` integers from 0 to n − 1: NumPy's `choice(n, size)`, by which the book draws its mini-batches. */
  choice(population: number, size: number, options?: ChoiceOptions): Int32Array;
  /** `size` items of a typed array, in one of the same type. */
  choice<A extends TypedArray>(population: A, size: number, options?: ChoiceOptions): A;
  /** One item of an array. */
  choice<T>(population: ArrayLike<T>, size?: undefined, options?: ChoiceOptions): T;
  /** `size` items of an array. */
  choice<T>(population: readonly T[], size: number, options?: ChoiceOptions): T[];
  choice(population: number | ArrayLike<unknown>, size?: number, options?: ChoiceOptions): unknown {
    const replace = options === undefined || readReplace(options);
    if (size !== undefined) checkCount("size", size);
    const draws = size ?? 1;
    const items = typeof population === "number" ? undefined : readItems("population", population);
    const count = items ? items.length : readPopulation(population as number, draws === 0 ? 0 : 1);
    if (count === 0 && draws > 0) throw new ShapeError("population", "at least one item", "an empty array");
    if (!replace && draws > count) {
      throw new ArgumentError("size", `at most ${count}, the population, as options.replace is false`, describe(draws));
    }
    const indices = replace ? this.#integers(count, draws) : this.permutation(count).subarray(0, draws);
    if (size === undefined) return items ? items[indices[0]!] : indices[0];
    // The copy of a part of the permutation lets the rest be freed.
    if (!items) return replace ? indices : indices.slice();
    const out = emptyLike(items, draws);
    for (let i = 0; i < draws; i++) out[i] = items[indices[i]!];
    return out;
  }

  /**
   * The integers 0 to n − 1, or the items of an array, in random order: NumPy's `permutation`. All orders are equally
   * likely.
   *
   * @param items An integer n from 0 to 2³¹, or an array or typed array. It is not changed.
   * @returns For n an Int32Array, for a typed array one of the same type, for an array an array.
   * @throws {ArgumentError} if `items` is neither.
   * @example
   * ```ts
   * new RandomState(0).permutation(5); // Int32Array [2, 0, 1, 3, 4]
   * ```
   */
  permutation(items: number): Int32Array;
  /** The items of a typed array in random order, in one of the same type. */
  permutation<A extends TypedArray>(items: A): A;
  /** The items of an array in random order, in a new array. */
  permutation<T>(items: readonly T[]): T[];
  permutation(items: number | ArrayLike<unknown>): unknown {
    const array = typeof items === "number" ? undefined : readItems("items", items);
    const count = array ? array.length : (items as number);
    if (!array) checkInteger("items", count, 0, MOST_NUMBERS);
    const out: Writable = array ? emptyLike(array, count) : new Int32Array(count);
    for (let i = 0; i < count; i++) out[i] = array ? array[i] : i;
    this.#shuffle(out);
    return out;
  }

  /**
   * Brings the items of an array or typed array into random order, in place: NumPy's `shuffle` (Fisher and Yates, from
   * the end). To shuffle the rows of a Matrix, take a permutation of the row numbers.
   *
   * @throws {ArgumentError} if `items` is neither, or is frozen.
   * @example
   * ```ts
   * const letters = ["a", "b", "c"];
   * new RandomState(0).shuffle(letters); // letters is ["c", "b", "a"]
   * ```
   */
  shuffle(items: unknown[] | TypedArray): void {
    const array = readItems("items", items, "an array or a typed array");
    if (Object.isFrozen(array) && array.length > 0) {
      throw new ArgumentError("items", "an array that can be changed", "a frozen one");
    }
    this.#shuffle(array as Writable);
  }

  /**
   * The state of the generator, as plain data from which `RandomState.fromState` makes a generator that goes on. It is
   * a copy, not connected to this generator.
   *
   * The fields are those of NumPy's `get_state()`: `('MT19937', key, position, hasGauss, gauss)`.
   *
   * @example
   * ```ts
   * const random = new RandomState(0);
   * const saved = JSON.stringify(random.getState());
   * const resumed = RandomState.fromState(JSON.parse(saved));
   * resumed.random() === random.random(); // true
   * ```
   */
  getState(): RandomStateData {
    return {
      algorithm: "MT19937",
      key: Array.from(this.#bits.key),
      position: this.#bits.position,
      hasGauss: this.#gauss !== undefined,
      gauss: this.#gauss ?? 0,
    };
  }

  /**
   * A generator that goes on from the state that `getState` (or NumPy's `get_state`) returned.
   *
   * @param state The state; `key` may be a typed array.
   * @throws {ArgumentError} naming the field that is missing, wrong or unknown.
   * @throws {ShapeError} if `key` does not have 624 words.
   */
  static fromState(state: RandomStateInput): RandomState {
    const random = new RandomState(0);
    random.setState(state);
    return random;
  }

  /**
   * Sets the state of this generator to one that `getState` (or NumPy's `get_state`) returned: NumPy's `set_state`.
   *
   * @param state The state; `key` may be a typed array.
   * @throws {ArgumentError} naming the field that is missing, wrong or unknown. The generator has not changed then.
   * @throws {ShapeError} if `key` does not have 624 words.
   */
  setState(state: RandomStateInput): void {
    // The words are copied before they are checked, so that what is checked is what is used.
    const key = state?.key;
    const copy = isArrayLike(key) ? { ...state, key: Array.from(key) } : state;
    checkRandomState("state", copy);
    this.#bits = Mt19937.fromState(copy.key, copy.position);
    this.#gauss = copy.hasGauss ? copy.gauss : undefined;
  }

  /** `n` normal values. The first is the waiting one, if there is one. */
  #normal(n: number): Float64Array {
    const kernels = randomKernels();
    const out = new Float64Array(n);
    if (n === 0) return out;
    const start = this.#gauss === undefined ? 0 : 1;
    if (start === 1) out[0] = this.#takeGauss();
    this.#gauss = kernels.fillNormal(out, start, (words) => this.#bits.fillBits(words));
    return out;
  }

  /** The normal value that waits, which stops waiting. */
  #takeGauss(): number {
    const waiting = this.#gauss!;
    this.#gauss = undefined;
    return waiting;
  }

  #integers(count: number, size: number): Int32Array {
    const out = new Int32Array(size);
    for (let i = 0; i < size; i++) out[i] = this.#bits.nextBounded(count - 1);
    return out;
  }

  #shuffle(items: Writable): void {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.#bits.nextBounded(i);
      const item = items[i];
      items[i] = items[j];
      items[j] = item;
    }
  }
}

/** An array to write to. Its callers make sure that each item fits its type. */
interface Writable {
  readonly length: number;
  [index: number]: unknown;
}

function seedGenerator(seed: unknown): Mt19937 {
  if (seed === undefined) return Mt19937.fromArray(drawEntropy());
  if (!isArrayLike(seed)) {
    if (typeof seed === "number") checkInteger("seed", seed, 0, LARGEST_WORD);
    else throw new ArgumentError("seed", `an integer from 0 to ${LARGEST_WORD}, or an array of them`, describe(seed));
    return Mt19937.fromInteger(seed);
  }
  if (seed.length === 0) throw new ShapeError("seed", "at least one integer", "an empty array");
  checkWords("seed", seed);
  return Mt19937.fromArray(seed);
}

function drawEntropy(): Uint32Array {
  const crypto = globalThis.crypto as Crypto | undefined;
  if (!crypto?.getRandomValues) {
    throw new ArgumentError("seed", "an integer, as this platform has no crypto.getRandomValues", "undefined");
  }
  return crypto.getRandomValues(new Uint32Array(STATE_WORDS));
}

function checkCount(argument: string, count: unknown): asserts count is number {
  checkInteger(argument, count, 0, MOST_NUMBERS);
}

function readReplace(options: ChoiceOptions): boolean {
  checkOptions(options, ["replace"]);
  const { replace = true } = options;
  if (typeof replace !== "boolean") throw new ArgumentError("options.replace", "true or false", describe(replace));
  return replace;
}

function readPopulation(population: number, least: number): number {
  checkInteger("population", population, least, MOST_NUMBERS);
  return population;
}

/** The array itself, or the current view if it is a live view on a network's memory that has been detached. */
function readItems(
  argument: string,
  items: unknown,
  expected = "an integer, an array or a typed array",
): ArrayLike<unknown> {
  if (!isArrayLike(items)) throw new ArgumentError(argument, expected, describe(items));
  return currentView(items) as ArrayLike<unknown>;
}

function emptyLike(items: ArrayLike<unknown>, length: number): Writable {
  // A typed array of this realm, whatever realm or class the items come from: Node's Buffer has no constructor to call.
  const types = globalThis as unknown as Record<string, new (length: number) => Writable>;
  return ArrayBuffer.isView(items) ? new types[brandOf(items)]!(length) : new Array(length);
}
