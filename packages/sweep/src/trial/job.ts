import type { Length, TrialOptions } from "../sweep/trials.js";

/** What one worker does in one piece: it trains a trial up to a length. */
export interface Job {
  /** Identity of the result. */
  readonly id: string;
  /** Number of the trial in its sweep. */
  readonly trial: number;
  /** Number of the rung; 0 without halving. */
  readonly rung: number;
  readonly options: TrialOptions;
  readonly length: Length;
  /** Identity of the result on the rung below, from whose checkpoint this job continues. */
  readonly from?: string;
  /** Whether the checkpoint at the end is needed by the rung above. */
  readonly keep: boolean;
}

/** What a trial has come to: its line in results.jsonl. */
export interface TrialResult {
  readonly id: string;
  readonly trial: number;
  readonly rung: number;
  readonly options: TrialOptions;
  readonly length: Length;
  readonly status: "finished" | "diverged";
  /** Steps made. */
  readonly steps: number;
  /** Accuracies of the network after its last step; of one that diverged, with its last finite parameters. */
  readonly trainAccuracy: number;
  readonly testAccuracy: number;
  /** Mean loss of the last steps in nats, 100 of them at most; null if no step was made. */
  readonly loss: number | null;
  /** Seconds of work, without those before a checkpoint. */
  readonly seconds: number;
  /** Start and end, in milliseconds since 1970. */
  readonly started: number;
  readonly ended: number;
  /** Who has trained it: a machine and a process. */
  readonly worker: string;
}

/** Times that a job is tried, and milliseconds before the second time; before each later one twice as many. */
export const ATTEMPTS = 4;
export const BACK_OFF = 1000;

/** How a job ends. A job that is hopeless would fail in the same way again. */
export type Outcome =
  | { readonly kind: "result"; readonly result: TrialResult }
  | { readonly kind: "stopped" }
  | { readonly kind: "failed"; readonly message: string; readonly isHopeless: boolean };

/** Where jobs are done. */
export interface Engine {
  /** Jobs that the engine should have at hand to keep all of its workers busy. */
  readonly window: number;
  /** Does a job. It never rejects but if the whole sweep cannot go on. */
  run(job: Job): Promise<Outcome>;
  /** Ends all jobs soon, with checkpoints. */
  stop(): void;
  /** Frees what the engine holds. `finished` says that no job is left, so that checkpoints are not needed any more. */
  close(finished: boolean): Promise<void>;
}
