import { median } from "../harness.js";
import type { Peer } from "./peers.js";
import { JOB, type JobTimes, type Measurement, type NumericalTimes, type Times } from "./task.js";

/** What the race has found out about a peer. Times in milliseconds, memory in bytes. */
export interface PeerResult {
  readonly name: string;
  readonly label: string;
  /** What was installed, `torch 2.15.0`. */
  readonly packages: readonly string[];
  runtime?: string;
  /** `missing`: could not be installed; `disqualified`: its results differ; `failed`: a process of it ended with an error. */
  status: "raced" | "missing" | "disqualified" | "failed";
  /** For any other status than `raced`, in a line. */
  reason?: string;
  /** After 64 steps. */
  loss?: number;
  /** In how many digits it equals the reference's. */
  digits?: number;
  /** Why fewer digits than float64 has are enough. */
  readonly digitsReason?: string;
  step?: Times;
  /** The part of the core that it had in the worst of its rounds: below 1, others were at work, too. */
  share?: number;
  evaluation?: Times;
  /** From the start of the process to the end of the first step. */
  first?: number;
  peakRss?: number;
  job?: JobResult;
  numerical?: NumericalTimes;
  /** Why there is no `numerical`, though it was measured. */
  numericalReason?: string;
}

/** The whole job. */
export interface JobResult {
  readonly ms: number;
  /** Of them. */
  readonly evaluationMs: number;
  /** Steps that were really made; the rest is extrapolated. */
  readonly steps: number;
  /** At the last evaluation; null if there was none. */
  readonly testAccuracy: number | null;
}

/** A peer of which nothing is known yet. */
export function emptyResult({ name, label, digitsReason }: Peer, packages: readonly string[]): PeerResult {
  return { name, label, packages, status: "raced", ...(digitsReason ? { digitsReason } : {}) };
}

/** Takes in what a peer's rounds have measured: minimum of the minima, median of the medians. */
export function addRounds(result: PeerResult, rounds: readonly Measurement[]): void {
  const all = <T>(pick: (round: Measurement) => T | undefined) => rounds.map(pick).filter((x) => x !== undefined);
  const [steps, evaluations] = [all(({ step }) => step), all(({ evaluation }) => evaluation)];
  if (steps.length > 0) result.step = overall(steps);
  const shares = all(({ share }) => share);
  if (shares.length > 0) result.share = Math.min(...shares);
  if (evaluations.length > 0) result.evaluation = overall(evaluations);
  const first = all((round) => round.first);
  if (first.length > 0) result.first = median(first);
  result.peakRss = Math.max(...rounds.map(({ peakRss }) => peakRss));
}

/** The whole job from what was measured of it, with the rounds' evaluations where it had none. */
export function wholeJob(
  { steps, stepMs, evaluations, evaluationMs, testAccuracy }: JobTimes,
  { median }: Times,
): JobResult {
  // The rounds evaluate 60,000 images, the job 10,000 more.
  const evaluating =
    evaluations > 0 ? (evaluationMs / evaluations) * JOB.evaluations : (median * JOB.evaluations * 7) / 6;
  const stepping = (stepMs / steps) * JOB.steps;
  return {
    ms: stepping + evaluating,
    evaluationMs: evaluating,
    steps,
    testAccuracy: evaluations > 0 ? testAccuracy : null,
  };
}

/** In how many significant digits two numbers are equal; 16 at most, NaN if one of them is no number. */
export function equalDigits(a: number, b: number): number {
  return Math.min(16, Math.floor(-Math.log10(Math.abs(a - b) / Math.abs(b))));
}

function overall(times: readonly Times[]): Times {
  return { min: Math.min(...times.map(({ min }) => min)), median: median(times.map((time) => time.median)) };
}
