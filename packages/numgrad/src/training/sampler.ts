import { ArgumentError } from "../errors.js";
import type { RandomState } from "../random/random-state.js";
import type { Settings } from "./options.js";

/** Draws the samples of one batch after the other. */
export interface Sampler {
  /** The numbers of the samples of the next batch. */
  next(): Int32Array;
  /** How many samples have been drawn. */
  readonly seen: number;
  /** The permutation of this epoch, if there is one. `createSampler` can go on from it and the number of steps. */
  readonly order?: Int32Array | undefined;
}

/** Where a sampler begins. */
export interface SamplerStart {
  /** Number of batches that have been drawn before. */
  readonly step: number;
  /** The permutation in whose middle it begins, if there is one. */
  readonly order?: Int32Array | undefined;
}

/** The sampler that the settings ask for, over `size` samples. */
export function createSampler(settings: Settings, size: number, start: SamplerStart = { step: 0 }): Sampler {
  const { sampling, random, batchSize } = settings;
  return sampling === "replacement"
    ? new ReplacementSampler(random, size, batchSize, start.step)
    : new ShuffleSampler(random, size, batchSize, start);
}

/** Whether a sampler is in the middle of a permutation after `step` batches, and so has an `order`. */
export function isMidOrder({ sampling, batchSize }: Settings, size: number, step: number): boolean {
  return sampling === "shuffle" && step % Math.ceil(size / batchSize) !== 0;
}

/** Draws each batch from all samples, as the book does: `np.random.choice(size, batchSize)`. */
class ReplacementSampler implements Sampler {
  readonly #random: RandomState;
  readonly #size: number;
  readonly #batchSize: number;
  #seen: number;

  constructor(random: RandomState, size: number, batchSize: number, step: number) {
    this.#random = random;
    this.#size = size;
    this.#batchSize = batchSize;
    this.#seen = step * batchSize;
  }

  get seen(): number {
    return this.#seen;
  }

  next(): Int32Array {
    this.#seen += this.#batchSize;
    return checkDrawn("choice", this.#random.choice(this.#size, this.#batchSize), this.#batchSize, this.#size);
  }
}

/**
 * Checks what the generator has drawn: a class of the caller's may be derived from RandomState.
 *
 * @returns A copy of the numbers of `count` samples.
 * @throws {ArgumentError} if there are more or fewer of them, or one is not a sample's number.
 */
function checkDrawn(method: string, drawn: ArrayLike<number>, count: number, size: number): Int32Array {
  const copy = Int32Array.from(drawn);
  if (copy.length === count && copy.every((index) => index >= 0 && index < size)) return copy;
  const expected = `a generator whose ${method} gives ${count} integers from 0 to ${size - 1}`;
  throw new ArgumentError("options.random", expected, "another");
}

/** Permutes all samples once an epoch, and takes them in turn. */
class ShuffleSampler implements Sampler {
  readonly #random: RandomState;
  readonly #size: number;
  readonly #batchSize: number;
  #order: Int32Array | undefined;
  #seen: number;

  constructor(random: RandomState, size: number, batchSize: number, { step, order }: SamplerStart) {
    this.#random = random;
    this.#size = size;
    this.#batchSize = batchSize;
    this.#order = order?.slice();
    const perEpoch = Math.ceil(size / batchSize);
    // The last batch of an epoch holds the rest, so all epochs have the same number of samples.
    this.#seen = Math.floor(step / perEpoch) * size + (step % perEpoch) * batchSize;
  }

  get seen(): number {
    return this.#seen;
  }

  get order(): Int32Array | undefined {
    return this.#order?.slice();
  }

  next(): Int32Array {
    this.#order ??= checkDrawn("permutation", this.#random.permutation(this.#size), this.#size, this.#size);
    const start = this.#seen % this.#size;
    const batch = this.#order.subarray(start, start + this.#batchSize);
    this.#seen += batch.length;
    if (this.#seen % this.#size === 0) this.#order = undefined;
    return batch;
  }
}
