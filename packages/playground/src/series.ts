// What a run has told so far, in a form that is quickly drawn.

/** Losses of some successive steps. */
export interface Bucket {
  /** Steps in it, and their sum; lowest and highest. */
  readonly count: number;
  readonly sum: number;
  readonly low: number;
  readonly high: number;
}

/** Buckets at most; two become one when they are full. */
const MOST = 400;

/** The losses of all steps in a few hundred buckets, however many steps there are. */
export class LossSeries {
  /** Each of `width` steps, but for the last. */
  readonly buckets: Bucket[] = [];
  /** Steps of a full bucket. */
  width = 1;
  /** Losses so far. */
  length = 0;

  add(losses: ArrayLike<number>): void {
    for (let i = 0; i < losses.length; i++) this.#add(losses[i] as number);
  }

  #add(loss: number): void {
    const one = { count: 1, sum: loss, low: loss, high: loss };
    const last = this.buckets.at(-1);
    this.length++;
    if (last && last.count < this.width) {
      this.buckets[this.buckets.length - 1] = merged(last, one);
      return;
    }
    if (this.buckets.length === MOST) {
      for (let i = 0; i < MOST / 2; i++) {
        this.buckets[i] = merged(this.buckets[2 * i] as Bucket, this.buckets[2 * i + 1] as Bucket);
      }
      this.buckets.length = MOST / 2;
      this.width *= 2;
    }
    this.buckets.push(one);
  }
}

function merged(a: Bucket, b: Bucket): Bucket {
  return {
    count: a.count + b.count,
    sum: a.sum + b.sum,
    low: Math.min(a.low, b.low),
    high: Math.max(a.high, b.high),
  };
}

/** How far the losses of two runs are apart at the same steps. */
export class Agreement {
  /** Largest difference so far; 0 before the first step. */
  largest = 0;
  /** Steps that both have made. */
  steps = 0;
  /** Losses that wait for the other run's: of one run at most. */
  readonly #waiting: [number[], number[]] = [[], []];

  add(run: 0 | 1, losses: ArrayLike<number>): void {
    this.#waiting[run].push(...Array.from(losses));
    const [a, b] = this.#waiting;
    const both = Math.min(a.length, b.length);
    for (let i = 0; i < both; i++) this.largest = Math.max(this.largest, Math.abs((a[i] as number) - (b[i] as number)));
    this.steps += both;
    for (const waiting of this.#waiting) waiting.splice(0, both);
  }
}
