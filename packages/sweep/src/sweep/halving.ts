import type { Halving } from "./sweep-file.js";

/** A trial on a rung. */
export interface Climber {
  /** Number of the trial. */
  readonly trial: number;
  /** Number of the rung, from 0. */
  readonly rung: number;
}

/** The epochs of each rung: minEpochs, and eta times as many on each next one, up to those of the sweep. */
export function rungsOf({ minEpochs, eta }: Halving, epochs: number): number[] {
  const rungs: number[] = [];
  for (let length = minEpochs; length < epochs; length *= eta) rungs.push(length);
  return [...rungs, epochs];
}

/** A trial whose value on a rung is known. */
interface Ranked {
  readonly trial: number;
  readonly value: number;
}

/** The trials on one rung. */
class Rung {
  /** The trials in the order in which they came to this rung. */
  readonly order: number[] = [];
  readonly #values = new Map<number, number>();
  /** The trials that have been considered: the best one first. */
  readonly #ranking: Ranked[] = [];
  readonly #promoted = new Set<number>();

  /** Notes a value, and returns the trials that are now among the best part, one in `eta`. */
  record(trial: number, value: number, eta: number): number[] {
    this.#values.set(trial, value);
    const promoted: number[] = [];
    for (;;) {
      const next = this.order[this.#ranking.length];
      const known = next === undefined ? undefined : this.#values.get(next);
      if (next === undefined || known === undefined) return promoted;
      this.#values.delete(next);
      const place = this.#consider({ trial: next, value: known });
      // The best part were promoted before, except one: the trial that is new in it, or the last one if it has grown.
      const best = Math.floor(this.#ranking.length / eta);
      const candidate = this.#ranking[Math.min(place, best - 1)];
      if (!candidate || candidate.value === Number.NEGATIVE_INFINITY || this.#promoted.has(candidate.trial)) continue;
      this.#promoted.add(candidate.trial);
      promoted.push(candidate.trial);
    }
  }

  /** Puts a trial behind those that are better or equal, and returns its place. */
  #consider(ranked: Ranked): number {
    let [low, high] = [0, this.#ranking.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#ranking[middle]!.value >= ranked.value) low = middle + 1;
      else high = middle;
    }
    this.#ranking.splice(low, 0, ranked);
    return low;
  }
}

/**
 * Asynchronous successive halving (ASHA), with decisions that do not depend on the number of workers.
 *
 * ASHA promotes a trial when it is among the best 1 / eta of the trials of its rung so far. If "so far" meant the order
 * in which workers finish, each run would promote other trials. Here it means the order of the trials: the decision
 * about the n-th trial of a rung looks at the first n trials of the rung, and waits for those of them that are still
 * being trained. No decision waits for a trial that comes later. By induction over the rungs, the trials come to each
 * rung in the same order, whoever trains them: the decisions are those of ASHA with one worker.
 *
 * @see Li et al., A System for Massively Parallel Hyperparameter Tuning, 2020, algorithm 2
 */
export class SuccessiveHalving {
  readonly #rungs: readonly Rung[];
  readonly #eta: number;

  /** @param rungs Number of rungs; with one rung, no trial is promoted. */
  constructor(rungs: number, eta: number) {
    this.#rungs = Array.from({ length: rungs }, () => new Rung());
    this.#eta = eta;
  }

  /** A trial enters at the lowest rung. */
  enter(trial: number): Climber {
    this.#rungs[0]!.order.push(trial);
    return { trial, rung: 0 };
  }

  /**
   * Notes the value of a trial on a rung (−∞ if it has none), and returns the trials that enter the next rung.
   */
  record({ trial, rung }: Climber, value: number): Climber[] {
    const next = this.#rungs[rung + 1];
    if (!next) return [];
    const promoted = this.#rungs[rung]!.record(trial, value, this.#eta);
    next.order.push(...promoted);
    return promoted.map((trial) => ({ trial, rung: rung + 1 }));
  }
}
