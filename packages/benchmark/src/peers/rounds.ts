import { join } from "node:path";
import { type Provided, packagesOf, provide, type Ready } from "./install.js";
import { type Group, type Peer, REFERENCE } from "./peers.js";
import { type Core, measure, PeerError } from "./process.js";
import {
  addRounds,
  emptyResult,
  equalDigits,
  type JobResult,
  medianJob,
  type PeerResult,
  wholeJob,
} from "./results.js";
import { JOB, type Measure, type Measurement, writeTask } from "./task.js";

/** How much is measured. Times are in milliseconds. */
interface Effort {
  readonly rounds: number;
  readonly step: Required<Measure>["step"];
  readonly evaluation: Required<Measure>["evaluation"];
  /** Time for some parameters of a numerical gradient. */
  readonly numerical: number;
  /**
   * Times for some steps of the job. A job that is expected to be shorter than `whole` is run to its end, and one that is
   * expected to be shorter than `repeated` in each round.
   */
  readonly job: { readonly warmup: number; readonly ms: number; readonly whole: number; readonly repeated: number };
}

const THOROUGH: Effort = {
  rounds: 3,
  step: { warmup: 700, ms: 1500 },
  evaluation: { ms: 1000 },
  numerical: 3000,
  job: { warmup: 300, ms: 1500, whole: 45_000, repeated: 25_000 },
};
const QUICK: Effort = {
  rounds: 1,
  step: { warmup: 150, ms: 200 },
  evaluation: { ms: 0 },
  numerical: 200,
  job: { warmup: 100, ms: 200, whole: 0, repeated: 0 },
};

/**
 * Largest error of a gradient by float64 difference quotients, divided by the largest derivative. If the error is
 * larger, the gradient is left out.
 */
const QUOTIENT_ERROR = 1e-7;

/** A peer in the race. */
interface Entrant {
  readonly peer: Peer;
  readonly provided: Ready;
  readonly result: PeerResult;
}

/** The phases of a race, in the order in which they are called. */
export class Race {
  /** Results of all chosen peers, also of those that could not be installed. */
  readonly results: PeerResult[] = [];
  #entrants: Entrant[] = [];
  readonly #data: string;
  readonly #core: Core;
  readonly #effort: Effort;
  readonly #jobs: boolean;

  /** @param data Folder that `writeData` has filled. */
  constructor(data: string, core: Core, { quick, jobs }: { quick: boolean; jobs: boolean }) {
    this.#data = data;
    this.#core = core;
    this.#effort = quick ? QUICK : THOROUGH;
    this.#jobs = jobs;
  }

  /** Installs missing packages. A peer that cannot be installed leaves the race, with a line that says why. */
  install(peers: readonly Peer[], folder: string): void {
    const groups = new Map<Group, Provided>();
    for (const peer of peers) {
      const result = emptyResult(peer, packagesOf(peer.group));
      this.results.push(result);
      const provided = groups.get(peer.group) ?? provide(peer.group, folder);
      groups.set(peer.group, provided);
      if ("command" in provided) this.#entrants.push({ peer, provided, result });
      else leave(result, "missing", provided.missing);
    }
  }

  /** Trains all peers on the same batches. A peer whose loss differs at the end leaves the race. */
  async compare(): Promise<void> {
    const entered = this.#entrants.find(({ peer }) => peer === REFERENCE);
    const provided = provide(REFERENCE.group, "") as Ready;
    const reference = entered ?? { peer: REFERENCE, provided, result: emptyResult(REFERENCE, []) };
    const expected = (await this.#measure(reference, { agree: true }))?.loss ?? Number.NaN;
    for (const entrant of this.#entrants) {
      const { peer, result } = entrant;
      const measurement = entrant === reference ? undefined : await this.#measure(entrant, { agree: true });
      if (result.status !== "raced") continue;
      result.loss = measurement?.loss ?? expected;
      result.digits = equalDigits(result.loss, expected);
      if (measurement) result.runtime = measurement.runtime;
      say("loss", entrant, `${result.loss}, ${result.digits} equal digits`);
      if (result.digits >= peer.digits) continue;
      leave(result, "disqualified", `the loss after the same steps is ${result.loss} instead of ${expected}`);
    }
    this.#drop();
  }

  /** Times steps and evaluations in rounds, one process for each peer and round. */
  async runRounds(): Promise<void> {
    const { rounds, step, evaluation } = this.#effort;
    const measured = new Map<Entrant, Measurement[]>();
    for (let round = 1; round <= rounds; round++) {
      for (const entrant of this.#entrants.filter(({ peer }) => peer.trains)) {
        const measurement = await this.#measure(entrant, { first: true, step, evaluation });
        if (!measurement) continue;
        measured.set(entrant, [...(measured.get(entrant) ?? []), measurement]);
        say(`round ${round}`, entrant, `${measurement.step!.median.toPrecision(3)} ms a step`);
      }
      this.#drop();
    }
    for (const entrant of this.#entrants) {
      const measurements = measured.get(entrant);
      if (!measurements) continue;
      addRounds(entrant.result, measurements);
      entrant.result.runtime = measurements[0]!.runtime;
    }
  }

  /** Times numerical gradients, once each because they take long, each in a process of its own. */
  async runGradients(): Promise<void> {
    for (const entrant of this.#entrants) await this.#timeGradient(entrant);
    this.#drop();
  }

  /** Times jobs, one process for each peer and round. Long ones are timed in the first round only. */
  async runJobs(): Promise<void> {
    const jobs = new Map<Entrant, JobResult[]>();
    for (let round = 1; round <= this.#effort.rounds; round++) {
      for (const entrant of this.#entrants) {
        if (round > 1 && expectedJob(entrant.result) > this.#effort.job.repeated) continue;
        const job = await this.#timeJob(entrant);
        if (job) jobs.set(entrant, [...(jobs.get(entrant) ?? []), job]);
      }
      this.#drop();
    }
    for (const [{ result }, measured] of jobs) {
      if (result.status === "raced") result.job = medianJob(measured);
    }
  }

  async #timeGradient(entrant: Entrant): Promise<void> {
    const { peer, result } = entrant;
    if (!peer.numerical) return;
    const measurement = await this.#measure(entrant, { numerical: { ms: this.#timeFor(peer.numerical) } });
    if (!measurement) return;
    const numerical = measurement.numerical!;
    result.runtime = measurement.runtime;
    say("gradient", entrant, seconds(numerical.ms));
    const error = numerical.error.toExponential(1);
    // Rounding alone makes a gradient in float32 wrong, so it is shown with its error.
    if (numerical.error <= QUOTIENT_ERROR || peer.setting.dtype === "float32") result.numerical = numerical;
    else result.numericalReason = `its gradient by central differences is left out, because its error is ${error}`;
  }

  async #timeJob(entrant: Entrant): Promise<JobResult | undefined> {
    const { result } = entrant;
    if (result.status !== "raced" || !result.step || !result.evaluation) return undefined;
    const measurement = await this.#measure(entrant, { job: this.#job(result) });
    if (!measurement) return undefined;
    const job = wholeJob(measurement.job!, result.evaluation);
    say("job", entrant, seconds(job.ms));
    return job;
  }

  #timeFor(numerical: "whole" | "part"): number | null {
    return numerical === "whole" && this.#effort !== QUICK ? null : this.#effort.numerical;
  }

  /** The whole job if it is short or `--jobs` is given; otherwise as many steps as fit into the time. */
  #job(result: PeerResult): Required<Measure>["job"] {
    const { warmup, ms, whole } = this.#effort.job;
    if (this.#jobs || expectedJob(result) < whole) return { steps: JOB.steps, every: JOB.every, warmup: 0 };
    return { steps: Math.min(JOB.steps, Math.ceil(16 + ms / result.step!.median)), every: 0, warmup };
  }

  /** Measurements of a process of this peer; undefined if it fails, in which case the peer leaves the race. */
  async #measure({ peer, provided, result }: Entrant, what: Measure): Promise<Measurement | undefined> {
    try {
      const program = join(provided.folder, peer.program);
      const core = peer.setting.threads === "one" ? this.#core : undefined;
      return await measure(provided, program, writeTask(this.#data, peer, what), core);
    } catch (error) {
      if (!(error instanceof PeerError)) throw error;
      leave(result, "failed", error.message);
      return undefined;
    }
  }

  #drop(): void {
    this.#entrants = this.#entrants.filter(({ result }) => result.status === "raced");
  }
}

/** Milliseconds that the job of a peer takes by what was measured in the rounds; infinite without that. */
function expectedJob({ step, evaluation }: PeerResult): number {
  if (!step || !evaluation) return Number.POSITIVE_INFINITY;
  return JOB.steps * step.median + JOB.evaluations * evaluation.median;
}

/** Takes a peer out of the race and prints the reason. */
function leave(result: PeerResult, status: "missing" | "disqualified" | "failed", reason: string): void {
  Object.assign(result, { status, reason });
  console.log(`${result.name}: ${status === "missing" ? "skipped" : status}, ${reason}`);
}

function say(phase: string, { peer }: Entrant, text: string): void {
  console.log(`${phase.padEnd(8)} ${peer.name.padEnd(18)} ${text}`);
}

function seconds(ms: number): string {
  return `${(ms / 1000).toPrecision(3)} s`;
}
