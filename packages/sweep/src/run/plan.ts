import { createRequire } from "node:module";
import { rungsOf } from "../sweep/halving.js";
import type { Sweep } from "../sweep/sweep-file.js";
import { identityOf, type Length, type Trial, trialsOf } from "../sweep/trials.js";
import type { Job } from "../trial/job.js";

/** numgrad's version, which is part of the identity of a result. */
export const NUMGRAD = (createRequire(import.meta.url)("numgrad/package.json") as { version: string }).version;

/** What a sweep asks for: its trials, and how far each one is trained. */
export class Plan {
  readonly sweep: Sweep;
  readonly trials: readonly Trial[];
  /** The lengths of the rungs; one without halving. */
  readonly lengths: readonly Length[];
  readonly dataHash: string;

  constructor(sweep: Sweep, dataHash: string) {
    const { budget, halving } = sweep;
    this.sweep = sweep;
    this.trials = trialsOf(sweep);
    this.dataHash = dataHash;
    this.lengths =
      halving && "epochs" in budget ? rungsOf(halving, budget.epochs).map((epochs) => ({ epochs })) : [budget];
  }

  /** The job of a trial on a rung. */
  job(number: number, rung: number): Job {
    const { options } = this.trials[number]!;
    const length = this.lengths[rung]!;
    const from = rung === 0 ? {} : { from: this.id(number, rung - 1) };
    const keep = rung + 1 < this.lengths.length;
    return { id: this.id(number, rung), trial: number, rung, options, length, ...from, keep };
  }

  /** The identity of the result of a trial on a rung. */
  id(number: number, rung: number): string {
    return identityOf(this.trials[number]!.options, this.lengths[rung]!, this.dataHash, NUMGRAD);
  }
}
