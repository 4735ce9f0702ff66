import type { Method, Settings } from "./protocol.js";

/** What tells one run from another. */
export interface Traits extends Omit<Settings, "learningRate"> {
  readonly method: Method;
  /** The learning rates in their order: the first, one between where there were more than two, and the last. */
  readonly rates: readonly number[];
  /** Whether the run has begun from a loaded network. */
  readonly isLoaded: boolean;
}

/** The settings of a run, with the learning rates that it has had. */
export class Run {
  readonly settings: Settings;
  readonly isLoaded: boolean;
  readonly #rates: number[];
  /** Step from which the last learning rate holds. */
  #from = 0;

  constructor(settings: Settings, isLoaded: boolean) {
    this.settings = settings;
    this.isLoaded = isLoaded;
    this.#rates = [settings.learningRate];
  }

  /** Notes a learning rate that holds from a step on. One that no step was made with is forgotten. */
  changeRate(learningRate: number, from: number): void {
    if (from === this.#from) this.#rates.pop();
    this.#from = from;
    if (this.#rates.at(-1) !== learningRate) this.#rates.push(learningRate);
    if (this.#rates.length > 3) this.#rates.splice(1, 1);
  }

  /** The traits after so many steps. A learning rate that no step has been made with yet is none of them. */
  traitsOf(method: Method, steps: number): Traits {
    const { hiddenSize, batchSize, seed, h } = this.settings;
    const isUnused = this.#rates.length > 1 && this.#from >= steps;
    const rates = isUnused ? this.#rates.slice(0, -1) : [...this.#rates];
    return { hiddenSize, batchSize, seed, h, method, rates, isLoaded: this.isLoaded };
  }
}
