import { median } from "../harness.js";
import { PEERS, type Peer, type Threads } from "./peers.js";
import { JOB, type JobTimes, type Measurement, type NumericalTimes, type Times } from "./task.js";

/** Results of a peer. Times are in milliseconds, memory is in bytes. */
export interface PeerResult {
  readonly name: string;
  readonly label: string;
  /** The threads that it uses: one, or as many as it takes by default. */
  readonly threads: Threads;
  /** Installed packages, for instance `torch 2.15.0`. */
  readonly packages: readonly string[];
  runtime?: string;
  /**
   * `missing`: could not be installed; `disqualified`: its loss differs; `failed`: one of its processes ended with an
   * error.
   */
  status: "raced" | "missing" | "disqualified" | "failed";
  /** One line that explains any other status than `raced`. */
  reason?: string;
  /** Loss after 64 steps. */
  loss?: number;
  /** Number of digits in which the loss equals that of the reference. */
  digits?: number;
  /** The reason why fewer digits than float64 has are enough. */
  readonly digitsReason?: string;
  step?: Times;
  /** Share of the core that the peer had in its worst round. Below 1, other programs were running, too. */
  share?: number;
  evaluation?: Times;
  /** From the start of the process to the end of the first step. */
  first?: number;
  peakRss?: number;
  job?: JobResult;
  numerical?: NumericalTimes;
  /** The reason why a measured gradient is left out. */
  numericalReason?: string;
}

/** Times of the whole job. */
export interface JobResult {
  /** Milliseconds of everything: start, compilation, steps and evaluations. */
  readonly ms: number;
  /** Milliseconds from the start of the process to the first step. */
  readonly startMs: number;
  /** Milliseconds of the evaluations alone. */
  readonly evaluationMs: number;
  /** Steps that were really made. The time of the others is extrapolated. */
  readonly steps: number;
  /** Accuracy on the test images at the last evaluation; null if there was none. */
  readonly testAccuracy: number | null;
  /** How often the job was run. The times are those of the run with the median time. */
  readonly runs?: number;
}

/** The job whose time is the median: of an even number the shorter one of both in the middle. */
export function medianJob(jobs: readonly JobResult[]): JobResult {
  const sorted = [...jobs].sort((a, b) => a.ms - b.ms);
  return { ...sorted[Math.floor((sorted.length - 1) / 2)]!, runs: sorted.length };
}

/** The result of a peer before the race. */
export function emptyResult({ name, label, setting, digitsReason }: Peer, packages: readonly string[]): PeerResult {
  return {
    name,
    label,
    threads: setting.threads,
    packages,
    status: "raced",
    ...(digitsReason ? { digitsReason } : {}),
  };
}

/** Adds the measurements of all rounds to a result: minimum of the minima, median of the medians. */
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

/**
 * Extrapolates the whole job from the measured steps. If no evaluation was measured in it, those of the rounds count.
 */
export function wholeJob(
  { startMs, steps, stepMs, evaluations, evaluationMs, testAccuracy }: JobTimes,
  { median }: Times,
): JobResult {
  // A round evaluates 60,000 images, the job 10,000 more.
  const evaluating =
    evaluations > 0 ? (evaluationMs / evaluations) * JOB.evaluations : (median * JOB.evaluations * 7) / 6;
  const stepping = (stepMs / steps) * JOB.steps;
  return {
    ms: startMs + stepping + evaluating,
    startMs,
    evaluationMs: evaluating,
    steps,
    testAccuracy: evaluations > 0 ? testAccuracy : null,
  };
}

/** Number of significant digits in which two numbers agree: at most 16; NaN if one of them is NaN. */
export function equalDigits(a: number, b: number): number {
  return Math.min(16, Math.floor(-Math.log10(Math.abs(a - b) / Math.abs(b))));
}

/** Results of an earlier race with the labels and reasons that this version of the program gives its peers. */
export function withCurrentLabels(results: readonly PeerResult[]): PeerResult[] {
  return results.map((result) => {
    const peer = PEERS.find(({ name }) => name === result.name);
    if (!peer) return result;
    const { label, digitsReason } = peer;
    return { ...result, label, ...(digitsReason ? { digitsReason } : {}) };
  });
}

function overall(times: readonly Times[]): Times {
  return { min: Math.min(...times.map(({ min }) => min)), median: median(times.map((time) => time.median)) };
}
