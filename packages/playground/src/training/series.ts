// The losses of a run in a form that is quickly drawn.

/** Losses of some successive steps. */
export interface Bucket {
  /** Number of steps; sum, lowest and highest of their losses. */
  readonly count: number;
  readonly sum: number;
  readonly low: number;
  readonly high: number;
}

/** Most buckets. When they are full, each two become one. */
const MOST = 400;

/** The losses of all steps in a few hundred buckets, for any number of steps. */
export class LossSeries {
  /** Each bucket has `width` steps; the last one may have fewer. */
  readonly buckets: Bucket[] = [];
  /** Steps of a full bucket. */
  width = 1;
  /** Number of losses. */
  length = 0;

  add(losses: ArrayLike<number>): void {
    for (let i = 0; i < losses.length; i++) this.#add(losses[i]!);
  }

  #add(loss: number): void {
    const bucket = { count: 1, sum: loss, low: loss, high: loss };
    const last = this.buckets.at(-1);
    this.length++;
    if (last && last.count < this.width) {
      this.buckets[this.buckets.length - 1] = merge(last, bucket);
      return;
    }
    if (this.buckets.length === MOST) {
      for (let i = 0; i < MOST / 2; i++) {
        this.buckets[i] = merge(this.buckets[2 * i]!, this.buckets[2 * i + 1]!);
      }
      this.buckets.length = MOST / 2;
      this.width *= 2;
    }
    this.buckets.push(bucket);
  }
}

/** The list, or where it is longer than `MOST` every second element of it and the last one. */
export function thinned<T>(list: readonly T[]): T[] {
  return list.length > MOST ? list.filter((_, i) => i % 2 === 0 || i === list.length - 1) : [...list];
}

function merge(a: Bucket, b: Bucket): Bucket {
  return {
    count: a.count + b.count,
    sum: a.sum + b.sum,
    low: Math.min(a.low, b.low),
    high: Math.max(a.high, b.high),
  };
}

/** The difference of the losses of two runs at the same steps. */
export class Agreement {
  /** Largest difference so far; 0 before the first step. */
  largest = 0;
  /** The differences at all steps. */
  readonly series = new LossSeries();
  /** Steps that both have made. */
  steps = 0;
  /** Losses for which the other run has none yet. At most one of the two lists has any. */
  readonly #waiting: [number[], number[]] = [[], []];

  add(run: 0 | 1, losses: ArrayLike<number>): void {
    this.#waiting[run].push(...Array.from(losses));
    const [a, b] = this.#waiting;
    const both = Math.min(a.length, b.length);
    const differences = Array.from({ length: both }, (_, i) => Math.abs(a[i]! - b[i]!));
    for (const difference of differences) this.largest = Math.max(this.largest, difference);
    this.series.add(differences);
    this.steps += both;
    for (const waiting of this.#waiting) waiting.splice(0, both);
  }
}
