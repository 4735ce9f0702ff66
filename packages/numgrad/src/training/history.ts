import { NumgradError } from "../errors.js";

/** Accuracies at one step. */
export interface Evaluation {
  /** Step after which they were measured, from 0. */
  step: number;
  /** Samples seen by then / size of the training data, rounded down. */
  epoch: number;
  /** Fraction of the training data that is classified correctly, in [0, 1]. */
  trainAccuracy: number;
  /** The same of the test data, if there are any. */
  testAccuracy?: number;
}

/** How a run stands: still going, through, ended by `signal` or by leaving the loop, or ended by numbers out of bounds. */
export type RunStatus = "running" | "finished" | "aborted" | "diverged";

/** What a training run has recorded. */
export interface History {
  /** The loss of each step's batch in nats; empty if none was recorded. */
  losses: number[];
  evaluations: Evaluation[];
  status: RunStatus;
  /** Number of steps made, where the run ended early. */
  stoppedAt?: number;
}

/**
 * A training run went out of bounds: a loss or an updated parameter was NaN or infinite. The network keeps its last finite
 * parameters.
 */
export class DivergenceError extends NumgradError {
  override name = "DivergenceError";
  /** The step that could not be made, from 0. */
  readonly step: number;
  /** What was recorded until then. */
  readonly history: History;

  constructor(step: number, history: History, options: { cause?: unknown }) {
    const reason = options.cause instanceof Error ? options.cause.message : String(options.cause);
    super(`training diverged at step ${step} (${reason}); a smaller learning rate may help`, options);
    this.step = step;
    this.history = history;
  }
}
