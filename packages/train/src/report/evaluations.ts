import type { Evaluation, History } from "numgrad";
import type { Outcome } from "../summary.js";

/** Accuracies, and the time at which they were measured. */
export interface Measured extends Evaluation {
  /** Milliseconds that the run had worked by then; NaN if that is not known. */
  readonly time: number;
}

/**
 * The accuracies that a run has measured, and after them those of the network at the end of the run.
 *
 * @param epochs Passes over the training data that were made.
 */
export function withEnding({ evaluations, times, elapsed }: History, outcome: Outcome, epochs: number): Measured[] {
  const measured: Measured[] = evaluations.map((evaluation, i) => ({ ...evaluation, time: times[i] ?? Number.NaN }));
  const { steps, trainAccuracy, testAccuracy } = outcome;
  if (steps === 0 || evaluations.at(-1)?.step === steps - 1) return measured;
  // The epochs of a run are whole numbers, this one has the part of the next epoch as well. A run of less than one
  // epoch is drawn over its steps.
  const epoch = epochs < 1 ? 0 : epochs;
  return [...measured, { step: steps - 1, epoch, trainAccuracy, testAccuracy, time: elapsed }];
}
