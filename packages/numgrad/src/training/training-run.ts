import type { Checkpoint } from "./checkpoint.js";
import type { History } from "./history.js";

/** The report of one step. */
export interface StepReport {
  /** Number of the step, counted from 0. */
  step: number;
  /** Samples seen so far / size of the training data, rounded down. */
  epoch: number;
  /** Loss of the step's batch in nats, if it is recorded. */
  loss?: number;
  /** The accuracies, at the steps that are evaluated. */
  evaluation?: {
    /** Fraction of the training data that is classified correctly, in [0, 1]. */
    trainAccuracy: number;
    /** Fraction of the test data that is classified correctly, in [0, 1]; missing if there are no test data. */
    testAccuracy?: number;
  };
}

/** A training run. Each iteration makes one step and gives its report. */
export interface TrainingRun extends AsyncIterable<StepReport> {
  /** Steps of the whole run. */
  readonly steps: number;
  /** What the run has recorded so far. */
  readonly history: History;
  /** Milliseconds that the steps of this run have taken, without evaluations; those before a resume do not count. */
  readonly stepTime: number;
  /** Number of threads that are at work: 1 before the first step and after the last. */
  readonly threads: number;
  /** Why fewer threads are at work than `threads` asked for, after the first step; undefined if none is missing. */
  readonly threadsMissing: string | undefined;
  /** Makes the remaining steps, and returns the whole record. */
  finish(): Promise<History>;
  /**
   * The state of the run between two steps, as plain data for `train`'s option `resume`. The resumed run ends with the
   * same bits, now or later, in this process or another. A run that has ended has a checkpoint too, unless it ended by
   * an error.
   *
   * @throws {ArgumentError} if the optimizer is not SGD and has no `getState` and `setState`.
   * @throws {DisposedError} if the network has been disposed of.
   * @throws {NumgradError} in the middle of a step, or if an error has ended the run in a step.
   */
  checkpoint(): Checkpoint;
}
