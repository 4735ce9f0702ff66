import { type Climber, SuccessiveHalving } from "../sweep/halving.js";
import type { Engine, Job, TrialResult } from "../trial/job.js";
import type { Plan } from "./plan.js";
import type { ResultsFile } from "./results.js";

/** What a run tells about its progress. */
export interface Follower {
  /** A result has come, or was there before. */
  result(result: TrialResult, known: boolean): void;
  /** A job has failed for good. */
  failed(job: Job, message: string): void;
}

/** How a run has ended. */
export interface Ending {
  readonly status: "finished" | "stopped";
  /** Jobs without a result, as all attempts have failed. */
  readonly failures: number;
}

/**
 * Does the jobs of a plan that have no result yet, until none is left or the engine is stopped.
 *
 * @throws {SweepError} if a result cannot be written.
 */
export async function coordinate(plan: Plan, engine: Engine, file: ResultsFile, follower: Follower): Promise<Ending> {
  const halving = halvingOf(plan);
  // The queue of each rung. Jobs of higher rungs come first, so that the best trials are known early.
  const waiting = plan.lengths.map((): Climber[] => []);
  const heads = plan.lengths.map(() => 0);
  for (const { number } of plan.trials) waiting[0]!.push(halving.enter(number));
  let [running, failures, stopped] = [0, 0, false];

  const take = (): Climber | undefined => {
    for (let rung = waiting.length - 1; rung >= 0; rung--) {
      const climber = waiting[rung]![heads[rung]!];
      if (!climber) continue;
      heads[rung]!++;
      return climber;
    }
    return undefined;
  };
  const record = (climber: Climber, value: number) => {
    for (const promoted of halving.record(climber, value)) waiting[promoted.rung]!.push(promoted);
  };
  const perform = async (climber: Climber, job: Job) => {
    const outcome = await engine.run(job);
    if (outcome.kind === "stopped") {
      stopped = true;
    } else if (outcome.kind === "failed") {
      failures++;
      follower.failed(job, outcome.message);
      record(climber, Number.NEGATIVE_INFINITY);
    } else {
      // Another sweep may number the same trial differently.
      const result = { ...outcome.result, trial: job.trial, rung: job.rung };
      await file.append(result);
      follower.result(result, false);
      record(climber, comparedValue(result));
    }
  };

  return new Promise((resolve, reject) => {
    const fill = () => {
      while (running < engine.window && !stopped) {
        const climber = take();
        if (!climber) break;
        const job = plan.job(climber.trial, climber.rung);
        const known = file.results.get(job.id);
        if (known) {
          follower.result({ ...known, trial: job.trial, rung: job.rung }, true);
          record(climber, comparedValue(known));
          continue;
        }
        running++;
        perform(climber, job).then(() => {
          running--;
          fill();
        }, reject);
      }
      if (running === 0) resolve({ status: stopped ? "stopped" : "finished", failures });
    };
    fill();
  });
}

/** Whether a plan needs no result any more: no trial that lacks one, and none that halving still promotes. */
export function isDone(plan: Plan, results: ReadonlyMap<string, TrialResult>): boolean {
  const halving = halvingOf(plan);
  const climbers = plan.trials.map(({ number }) => halving.enter(number));
  // The list grows by those that are promoted.
  for (const climber of climbers) {
    const result = results.get(plan.id(climber.trial, climber.rung));
    if (!result) return false;
    climbers.push(...halving.record(climber, comparedValue(result)));
  }
  return true;
}

function halvingOf({ lengths, sweep }: Plan): SuccessiveHalving {
  return new SuccessiveHalving(lengths.length, sweep.halving?.eta ?? 1);
}

/** The value by which trials are compared. A trial that diverged is worse than every other. */
function comparedValue({ status, testAccuracy }: TrialResult): number {
  return status === "finished" ? testAccuracy : Number.NEGATIVE_INFINITY;
}
