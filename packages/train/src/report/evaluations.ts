import type { Evaluation, History } from "numgrad";
import type { Outcome } from "../summary.js";

/** Accuracies, and when they were measured. */
export interface Measured extends Evaluation {
  /** Milliseconds that the run had worked by then; NaN where that is not known. */
  readonly time: number;
}

/**
 * The accuracies that a run has measured, and as the last ones those of the network as it is left.
 *
 * @param epochs Passes over the training data that were made.
 */
export function withEnding({ evaluations, times, elapsed }: History, outcome: Outcome, epochs: number): Measured[] {
  const measured: Measured[] = evaluations.map((each, i) => ({ ...each, time: times[i] ?? Number.NaN }));
  const { steps, trainAccuracy, testAccuracy } = outcome;
  if (steps === 0 || evaluations.at(-1)?.step === steps - 1) return measured;
  // A run's epochs are whole numbers, this one says how far into the next it came. Less than one is told by the steps.
  const epoch = epochs < 1 ? 0 : epochs;
  return [...measured, { step: steps - 1, epoch, trainAccuracy, testAccuracy, time: elapsed }];
}
