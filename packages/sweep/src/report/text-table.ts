import type { Plan } from "../run/plan.js";
import { describeOptions } from "../run/progress.js";
import { variedOptions } from "../sweep/trials.js";
import type { Setting } from "./leaderboard.js";

/** Settings in a table for the terminal: the best ones. */
const MOST_ROWS = 10;

/** The first settings of a leaderboard as lines of text. */
export function formatLeaderboard(plan: Plan, settings: readonly Setting[]): string[] {
  const names = variedOptions(plan.sweep).map(([name]) => name);
  const rows = settings.slice(0, MOST_ROWS).map((setting, i) => {
    const { options, mean, least, most, diverged, results } = setting;
    const shown =
      names.length === 0 ? [["setting", "the only one"]] : names.map((name) => [name, options[name] ?? "–"]);
    const percent = (fraction: number) => (Number.isNaN(fraction) ? "–" : (100 * fraction).toFixed(2));
    const spread = results.length > 1 && !Number.isNaN(mean) ? ` (${percent(least)} … ${percent(most)})` : "";
    const note = diverged > 0 ? `, ${diverged} of ${results.length} diverged` : "";
    return `${String(i + 1).padStart(4)}  ${percent(mean).padStart(6)} %${spread}${note}  ${describeOptions(Object.fromEntries(shown))}`;
  });
  if (settings.length > MOST_ROWS) rows.push(`      and ${settings.length - MOST_ROWS} more`);
  return rows;
}
