import { checkChoice, checkFinite, checkInteger, checkOptions } from "../arguments.js";
import { ArgumentError, describe } from "../errors.js";

/** The accuracies at one step. */
export interface Evaluation {
  /** The step after which they were measured, counted from 0. */
  step: number;
  /** Samples seen until then / size of the training data, rounded down. */
  epoch: number;
  /** Fraction of the training data that is classified correctly, in [0, 1]. */
  trainAccuracy: number;
  /** Fraction of the test data that is classified correctly, in [0, 1]; missing if there are no test data. */
  testAccuracy?: number;
}

/**
 * Status of a run: `"running"`; `"finished"` after its last step; `"aborted"` if `signal`, an error or leaving the loop
 * has ended it; `"diverged"` if a loss or a parameter was no longer finite.
 */
export type RunStatus = "running" | "finished" | "aborted" | "diverged";

/** What a run records: a part of its history and of its checkpoints. */
export interface RunRecord {
  /** The loss of each step's batch in nats; empty if none was recorded. */
  readonly losses: readonly number[];
  /** The accuracies that were measured, in the order of their steps. */
  readonly evaluations: readonly Evaluation[];
  /** Milliseconds that the run had worked at each evaluation. */
  readonly times: readonly number[];
  /** Milliseconds that the run has worked. */
  readonly elapsed: number;
}

/** A history as plain data, for JSON. */
export interface HistoryData {
  /** Version of this format. */
  version: 1;
  /** Status of the run. */
  status: RunStatus;
  /** Number of steps that were made, if the run ended early. */
  stoppedAt?: number;
  /** Milliseconds that the run has worked. */
  elapsed: number;
  /** The loss of each step's batch in nats; empty if none was recorded. */
  losses: number[];
  /** The accuracies that were measured, in the order of their steps. */
  evaluations: Evaluation[];
  /** Milliseconds that the run had worked at each evaluation. */
  times: number[];
}

const NAMES = ["version", "status", "stoppedAt", "elapsed", "losses", "evaluations", "times"];

/**
 * Checks that `data` is a history as plain data.
 *
 * @throws {ArgumentError} naming the first place that is wrong.
 */
export function checkHistory(argument: string, data: unknown): asserts data is HistoryData {
  checkOptions(data, NAMES, argument);
  const { version, status, stoppedAt, losses } = data as Record<string, unknown>;
  if (version !== 1) throw new ArgumentError(`${argument}.version`, "1", describe(version));
  checkChoice(`${argument}.status`, status, ["running", "finished", "aborted", "diverged"]);
  checkArray(`${argument}.losses`, losses);
  checkStop(`${argument}.stoppedAt`, stoppedAt, status, losses.length);
  const stop = (stoppedAt as number | undefined) ?? Number.MAX_SAFE_INTEGER;
  checkRecord(argument, data as RunRecord, losses.length > 0 ? losses.length : stop);
}

/**
 * Checks that a record of `steps` steps is possible: losses are finite, evaluations are in the order of their steps,
 * accuracies are in [0, 1], and each evaluation has a time, which is neither later than the next time nor than
 * `elapsed`.
 *
 * @throws {ArgumentError} naming the first place that is wrong.
 */
export function checkRecord(argument: string, record: RunRecord, steps: number): void {
  const { losses, evaluations, times, elapsed }: Record<keyof RunRecord, unknown> = record;
  checkArray(`${argument}.losses`, losses);
  for (const [i, loss] of losses.entries()) checkFinite(`${argument}.losses[${i}]`, loss);
  checkArray(`${argument}.evaluations`, evaluations);
  let previous: Evaluated = { step: -1, epoch: 0 };
  for (const [i, evaluation] of evaluations.entries()) {
    previous = checkEvaluation(`${argument}.evaluations[${i}]`, evaluation, previous, steps);
  }
  checkTimes(argument, times, elapsed, evaluations.length);
}

/** A copy of a record. */
export function copyRecord({ elapsed, losses, evaluations, times }: RunRecord): Pick<HistoryData, keyof RunRecord> {
  return {
    elapsed,
    losses: losses.slice(),
    evaluations: evaluations.map((evaluation) => ({ ...evaluation })),
    times: times.slice(),
  };
}

/** Where an evaluation was made. */
interface Evaluated {
  readonly step: number;
  readonly epoch: number;
}

function checkEvaluation(argument: string, evaluation: unknown, previous: Evaluated, steps: number): Evaluated {
  checkOptions(evaluation, ["step", "epoch", "trainAccuracy", "testAccuracy"], argument);
  const { step, epoch, trainAccuracy, testAccuracy } = evaluation as Record<string, unknown>;
  checkInteger(`${argument}.step`, step, previous.step + 1, steps - 1);
  checkInteger(`${argument}.epoch`, epoch, previous.epoch);
  checkFraction(`${argument}.trainAccuracy`, trainAccuracy);
  if (testAccuracy !== undefined) checkFraction(`${argument}.testAccuracy`, testAccuracy);
  return { step, epoch };
}

/** Checks `stoppedAt`: it is there if and only if the run has ended early. */
function checkStop(argument: string, stoppedAt: unknown, status: string, recorded: number): void {
  if (status !== "aborted" && status !== "diverged") {
    if (stoppedAt === undefined) return;
    throw new ArgumentError(argument, `nothing, as status is ${describe(status)}`, describe(stoppedAt));
  }
  checkInteger(argument, stoppedAt, recorded);
}

/** Checks that there is one time for each evaluation, which is neither later than the next time nor than `elapsed`. */
function checkTimes(argument: string, times: unknown, elapsed: unknown, count: number): void {
  checkMilliseconds(`${argument}.elapsed`, elapsed, 0, Number.MAX_VALUE);
  checkArray(`${argument}.times`, times);
  if (times.length !== count) {
    throw new ArgumentError(`${argument}.times`, `${count} times, one for each evaluation`, `${times.length}`);
  }
  let previous = 0;
  for (const [i, time] of times.entries()) {
    checkMilliseconds(`${argument}.times[${i}]`, time, previous, elapsed);
    previous = time;
  }
}

function checkMilliseconds(argument: string, value: unknown, min: number, max: number): asserts value is number {
  if (typeof value === "number" && value >= min && value <= max) return;
  const range = max < Number.MAX_VALUE ? `from ${min} to ${max}` : `of at least ${min}`;
  throw new ArgumentError(argument, `a number of milliseconds ${range}`, describe(value));
}

function checkFraction(argument: string, value: unknown): void {
  if (typeof value === "number" && value >= 0 && value <= 1) return;
  throw new ArgumentError(argument, "a fraction from 0 to 1", describe(value));
}

function checkArray(argument: string, value: unknown): asserts value is unknown[] {
  if (!Array.isArray(value)) throw new ArgumentError(argument, "an array", describe(value));
}
