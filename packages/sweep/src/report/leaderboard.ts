import type { Plan } from "../run/plan.js";
import type { TrialOptions } from "../sweep/trials.js";
import type { TrialResult } from "../trial/job.js";

/** A setting: a trial without its seed. */
export interface Setting {
  readonly options: Omit<TrialOptions, "seed">;
  /** The results of its trials on the highest rung that one of them has reached. */
  readonly results: readonly TrialResult[];
  readonly rung: number;
  /** Mean, smallest and largest test accuracy of those that did not diverge; NaN if all did. */
  readonly mean: number;
  readonly least: number;
  readonly most: number;
  readonly diverged: number;
}

/** The last result of each trial that has one: that on its highest rung. */
export function lastResults(plan: Plan, results: ReadonlyMap<string, TrialResult>): TrialResult[] {
  return plan.trials.flatMap(({ number }) => {
    for (let rung = plan.lengths.length - 1; rung >= 0; rung--) {
      const result = results.get(plan.id(number, rung));
      if (result) return [{ ...result, trial: number, rung }];
    }
    return [];
  });
}

/** The settings of the results: those that got furthest first, and among them those with the best mean accuracy. */
export function leaderboard(results: readonly TrialResult[]): Setting[] {
  const groups = new Map<string, TrialResult[]>();
  for (const result of results) {
    const { seed: _, ...options } = result.options;
    const key = JSON.stringify(options);
    groups.set(key, [...(groups.get(key) ?? []), result]);
  }
  return [...groups.values()].map(settingOf).sort((a, b) => b.rung - a.rung || order(b.mean) - order(a.mean));
}

const order = (mean: number) => (Number.isNaN(mean) ? -1 : mean);

function settingOf(group: readonly TrialResult[]): Setting {
  const rung = Math.max(...group.map((result) => result.rung));
  const results = group.filter((result) => result.rung === rung);
  const finished = results.filter(({ status }) => status === "finished").map(({ testAccuracy }) => testAccuracy);
  const { seed: _, ...options } = results[0]!.options;
  const mean = finished.reduce((sum, accuracy) => sum + accuracy, 0) / finished.length;
  const [least, most] =
    finished.length === 0 ? [Number.NaN, Number.NaN] : [Math.min(...finished), Math.max(...finished)];
  return { options, results, rung, mean, least, most, diverged: results.length - finished.length };
}
