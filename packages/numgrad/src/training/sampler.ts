import type { RandomState } from "../random/random-state.js";
import type { Settings } from "./options.js";

/** Indices of one batch after the other. */
export interface Sampler {
  next(): Int32Array;
}

/** The sampler that the settings ask for, over `size` samples. */
export function createSampler({ sampling, random, batchSize }: Settings, size: number): Sampler {
  return sampling === "replacement"
    ? new ReplacementSampler(random, size, batchSize)
    : new ShuffleSampler(random, size, batchSize);
}

/** The book's way: `np.random.choice(size, batchSize)`. */
class ReplacementSampler implements Sampler {
  readonly #random: RandomState;
  readonly #size: number;
  readonly #batchSize: number;

  constructor(random: RandomState, size: number, batchSize: number) {
    this.#random = random;
    this.#size = size;
    this.#batchSize = batchSize;
  }

  next(): Int32Array {
    return this.#random.choice(this.#size, this.#batchSize);
  }
}

/** A permutation of all samples for each epoch, slice by slice. */
class ShuffleSampler implements Sampler {
  readonly #random: RandomState;
  readonly #size: number;
  readonly #batchSize: number;
  #order = new Int32Array(0);
  #start = 0;

  constructor(random: RandomState, size: number, batchSize: number) {
    this.#random = random;
    this.#size = size;
    this.#batchSize = batchSize;
  }

  next(): Int32Array {
    if (this.#start >= this.#order.length) {
      this.#order = this.#random.permutation(this.#size) as Int32Array<ArrayBuffer>;
      this.#start = 0;
    }
    const batch = this.#order.subarray(this.#start, this.#start + this.#batchSize);
    this.#start += this.#batchSize;
    return batch;
  }
}
