import { printable } from "../errors.js";
import type { Job, TrialResult } from "../trial/job.js";
import type { Follower } from "./coordinator.js";
import type { Plan } from "./plan.js";

/** Milliseconds between two lines of progress, if the output is no terminal. */
const LINE_EVERY = 5000;

/** Prints the progress of a run: on a terminal one line that changes, else a line now and then. */
export class Progress implements Follower {
  readonly #plan: Plan;
  readonly #quiet: boolean;
  readonly #started = Date.now();
  #known = 0;
  #done = 0;
  #best: TrialResult | undefined;
  #printed = 0;

  constructor(plan: Plan, quiet: boolean) {
    this.#plan = plan;
    this.#quiet = quiet;
  }

  /** Says what is about to be done. The first result may take a while. */
  begin(): void {
    if (this.#quiet) return;
    const { trials, lengths } = this.#plan;
    const count = trials.length === 1 ? "1 trial" : `${trials.length} trials`;
    const [length] = lengths.slice(-1);
    const most = length && "epochs" in length ? `${length.epochs} epochs` : `${length?.steps} steps`;
    console.log(`${count} of ${lengths.length > 1 ? "up to " : ""}${most}; each is counted when it has ended`);
  }

  result(result: TrialResult, known: boolean): void {
    if (known) this.#known++;
    else this.#done++;
    const isBetter = result.status === "finished" && result.testAccuracy > (this.#best?.testAccuracy ?? -1);
    if (isBetter) this.#best = result;
    if (!known) this.#show();
  }

  failed({ trial, options }: Job, message: string): void {
    this.warn(`trial ${trial} (${describeOptions(options)}) has failed: ${message}`);
  }

  warn(text: string): void {
    this.#clear();
    console.error(printable(text));
  }

  /** Ends the line on a terminal. */
  end(): void {
    this.#clear();
  }

  #show(): void {
    if (this.#quiet) return;
    const now = Date.now();
    if (!process.stdout.isTTY && now - this.#printed < LINE_EVERY) return;
    if (process.stdout.isTTY && now - this.#printed < 100) return;
    this.#printed = now;
    const rate = this.#done / ((now - this.#started) / 1000);
    const all = this.#plan.trials.length;
    const count = this.#known + this.#done;
    // With halving, the number of jobs is not known before the end.
    const of = this.#plan.lengths.length === 1 ? `${count}/${all} trials` : `${count} trainings of ${all} trials`;
    const best = this.#best ? ` | best ${(100 * this.#best.testAccuracy).toFixed(2)} %` : "";
    const left = this.#plan.lengths.length === 1 ? ` | ${formatDuration((1000 * (all - count)) / rate)} left` : "";
    const line = `${of} | ${formatRate(rate)}${left}${best}`;
    if (process.stdout.isTTY) process.stdout.write(`\r\x1b[K${line}`);
    else console.log(line);
  }

  #clear(): void {
    if (process.stdout.isTTY && !this.#quiet) process.stdout.write("\r\x1b[K");
  }
}

/** The options of a trial in one line. */
export function describeOptions(options: object): string {
  return Object.entries(options)
    .map(([name, value]) => `${name} ${value}`)
    .join(", ");
}

/** Trials per second, or per minute or hour if they are slow. */
export function formatRate(perSecond: number): string {
  if (perSecond >= 1) return `${perSecond.toPrecision(3)} trials/s`;
  if (perSecond >= 1 / 60) return `${(60 * perSecond).toPrecision(3)} trials/min`;
  return `${(3600 * perSecond).toPrecision(3)} trials/h`;
}

/** A duration in the unit in which it is easily read. */
export function formatDuration(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (!Number.isFinite(seconds)) return "an unknown time";
  if (seconds < 120) return `${seconds.toFixed(1)} s`;
  if (seconds < 7200) return `${(seconds / 60).toFixed(1)} minutes`;
  return `${(seconds / 3600).toFixed(1)} hours`;
}
