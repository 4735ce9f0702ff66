import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { printable } from "../errors.js";
import { lastResults, leaderboard } from "../report/leaderboard.js";
import { formatLeaderboard } from "../report/text-table.js";
import { readSweepFile } from "../sweep/sweep-file.js";
import { loadData } from "../trial/data.js";
import type { TrialResult } from "../trial/job.js";
import { isDone } from "./coordinator.js";
import { RESULTS_FILE, SWEEP_FILE } from "./folder.js";
import { Plan } from "./plan.js";
import { formatDuration, formatRate } from "./progress.js";
import { readResults } from "./results.js";

/** Milliseconds from one table to the next. */
const EVERY = 1000;

/** Milliseconds of the newest results from which the rate is taken. */
const RECENT = 120_000;

/** Prints how far a sweep is; with `watch` again and again, until it is done. */
export async function status(folder: string, watch: boolean, signal: AbortSignal): Promise<number> {
  const plan = await openPlan(folder);
  for (;;) {
    const results = await readResults(join(folder, RESULTS_FILE), () => {});
    const lines = formatStatus(plan, results, Date.now());
    if (watch && process.stdout.isTTY) process.stdout.write("\x1b[H\x1b[2J");
    for (const line of lines) console.log(printable(line));
    if (!watch || isDone(plan, results)) return 0;
    await setTimeout(EVERY, undefined, { signal }).catch(() => {});
    if (signal.aborted) return signal.reason;
  }
}

/** The plan of the sweep in a folder. */
export async function openPlan(folder: string): Promise<Plan> {
  const sweep = await readSweepFile(join(folder, SWEEP_FILE));
  return new Plan(sweep, (await loadData(sweep.data)).hash);
}

/** The state of a sweep as lines of text: results on each rung, rate, time left, and the best settings. */
function formatStatus(plan: Plan, results: ReadonlyMap<string, TrialResult>, now: number): string[] {
  const all = plan.trials.length;
  const rungs = plan.lengths.map((length, rung) => {
    const found = plan.trials.flatMap(({ number }) => results.get(plan.id(number, rung)) ?? []);
    const diverged = found.filter(({ status }) => status === "diverged").length;
    const size = "epochs" in length ? `${length.epochs} epochs` : `${length.steps} steps`;
    return { found, line: `${size}: ${found.length} of ${all} trials, ${diverged} diverged` };
  });
  const ends = rungs.flatMap(({ found }) => found.map(({ ended }) => ended));
  const newest = ends.reduce((most, end) => Math.max(most, end), 0);
  const recent = ends.filter((end) => end > newest - RECENT);
  const first = recent.reduce((least, end) => Math.min(least, end), newest);
  const rate = (1000 * (recent.length - 1)) / (newest - first);
  const open = all - rungs[0]!.found.length;
  const speed =
    Number.isFinite(rate) && rate > 0
      ? `${formatRate(rate)}; ${open === 0 ? "no trial is left on the first rung" : `${formatDuration((1000 * open) / rate)} left`}`
      : "no rate yet";
  const age = ends.length === 0 ? "" : `, newest result ${formatDuration(now - newest)} ago`;
  const table = formatLeaderboard(plan, leaderboard(lastResults(plan, results)));
  return [`${plan.sweep.name}: ${speed}${age}`, ...rungs.map(({ line }) => line), ...table];
}
