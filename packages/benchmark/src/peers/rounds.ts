import { join } from "node:path";
import { type Provided, packagesOf, provide } from "./install.js";
import { type Group, type Peer, REFERENCE } from "./peers.js";
import { type Core, measure, PeerError } from "./process.js";
import { addRounds, emptyResult, equalDigits, type PeerResult, wholeJob } from "./results.js";
import { JOB, type Measure, type Measurement, writeTask } from "./task.js";

/** How much is measured; times in milliseconds. */
interface Effort {
  readonly rounds: number;
  readonly step: Required<Measure>["step"];
  readonly evaluation: Required<Measure>["evaluation"];
  /** For a part of a numerical gradient. */
  readonly numerical: number;
  /** For a part of the job; a job that is shorter than `whole` is run whole. */
  readonly job: { readonly warmup: number; readonly ms: number; readonly whole: number };
}

const THOROUGH: Effort = {
  rounds: 3,
  step: { warmup: 700, ms: 1500 },
  evaluation: { ms: 1000 },
  numerical: 3000,
  job: { warmup: 300, ms: 1500, whole: 45_000 },
};
const QUICK: Effort = {
  rounds: 1,
  step: { warmup: 150, ms: 200 },
  evaluation: { ms: 0 },
  numerical: 200,
  job: { warmup: 100, ms: 200, whole: 0 },
};

/** Error of a float64 difference quotient, as a part of the largest derivative, beyond which it is not this gradient. */
const QUOTIENT_ERROR = 1e-7;

interface Entrant {
  readonly peer: Peer;
  readonly provided: Extract<Provided, { command: readonly string[] }>;
  readonly result: PeerResult;
}

/** The phases of a race, in the order in which they are called. */
export class Race {
  /** Of all that were asked for, also those who can't be had. */
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

  /** Installs what is missing; who can't be had is out, with a line that says why. */
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

  /** Steps through the same batches with all of them: whoever ends with another loss is out. */
  async compare(): Promise<void> {
    const own = this.#entrants.find(({ peer }) => peer === REFERENCE);
    const provided = provide(REFERENCE.group, "") as Entrant["provided"];
    const reference = own ?? { peer: REFERENCE, provided, result: emptyResult(REFERENCE, []) };
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
      const own = measured.get(entrant);
      if (!own) continue;
      addRounds(entrant.result, own);
      entrant.result.runtime = own[0]!.runtime;
    }
  }

  /** Times what takes long, once: numerical gradients and jobs. */
  async runOnce(): Promise<void> {
    for (const entrant of this.#entrants) {
      const { peer, result } = entrant;
      const measurement = await this.#measure(entrant, {
        ...(peer.numerical ? { numerical: { ms: this.#timeFor(peer.numerical) } } : {}),
        ...(result.step ? { job: this.#job(result) } : {}),
      });
      if (!measurement) continue;
      const { numerical, job, runtime } = measurement;
      result.runtime = runtime;
      if (job && result.evaluation) result.job = wholeJob(job, result.evaluation);
      if (numerical) {
        const error = numerical.error.toExponential(1);
        // Rounding alone makes those of float32 wrong: they are shown with their error.
        if (numerical.error <= QUOTIENT_ERROR || peer.setting.dtype === "float32") result.numerical = numerical;
        else result.numericalReason = `its numerical gradient does not count, ${error} of the largest derivative off`;
      }
      const times = [
        numerical ? `gradient ${seconds(numerical.ms)}` : "",
        result.job ? `job ${seconds(result.job.ms)}` : "",
      ];
      say("once", entrant, times.filter((text) => text !== "").join(", "));
    }
    this.#drop();
  }

  #timeFor(numerical: "whole" | "part"): number | null {
    return numerical === "whole" && this.#effort !== QUICK ? null : this.#effort.numerical;
  }

  /** All of the job where it is short, or where that was asked for; else as many steps as fit into the time. */
  #job({ step, evaluation }: PeerResult): Required<Measure>["job"] {
    const { warmup, ms, whole } = this.#effort.job;
    const about = JOB.steps * step!.median + JOB.evaluations * (evaluation?.median ?? 0);
    if (this.#jobs || about < whole) return { steps: JOB.steps, every: JOB.every, warmup: 0 };
    return { steps: Math.min(JOB.steps, Math.ceil(16 + ms / step!.median)), every: 0, warmup };
  }

  /** What a process of this peer measures; undefined after a failure, which puts it out. */
  async #measure({ peer, provided, result }: Entrant, what: Measure): Promise<Measurement | undefined> {
    try {
      const program = join(provided.folder, peer.program);
      return await measure(provided.command, program, writeTask(this.#data, peer, what), this.#core);
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

/** Puts a peer out of the race and says so. */
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
