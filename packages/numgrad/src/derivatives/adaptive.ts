import { Ladder } from "./ladder.js";
import type { Line, Slope } from "./line.js";
import { SlopeSearch } from "./slope-search.js";
import type { Work } from "./work.js";

/** The factor by which an error is larger than its estimate, to be on the safe side. */
const SAFETY = 2;

/** The largest number of times that levels are added. */
const MOST_ROUNDS = 48;

/**
 * The slopes of all outputs of f along a line, by difference quotients that are extrapolated to h = 0.
 *
 * Where f is smooth is not known before f was evaluated: |x| does not tell it. A step that is larger than a period of f
 * gives quotients which look like a small slope, and no comparison of large steps shows that. So the search begins with
 * steps just above the rounding of x, and goes up in factors of 64. Neighbouring quotients that agree, within their
 * noise, form a run. The lowest run whose extrapolation is precise gives the slope (`slope-search.ts`): a run of larger steps
 * counts only if the quotients below it can be noise of f. Noise grows with 1/h; anything else that the quotients below
 * a run show is an error of its slope (`estimate.ts`). Then levels are added where they make the slope more precise.
 *
 * The extrapolation is that of Ridders (C. Ridders, Advances in Engineering Software 4, 1982; Numerical Recipes, section
 * 5.7). numdifftools and scipy.differentiate use such methods too, from large steps to small ones.
 *
 * @returns undefined if f has finite values for no h, or there is no room for any.
 */
export function* slopesAlong(line: Line): Work<Slope[] | undefined> {
  const ladder = new Ladder(line);
  yield* ladder.begin();
  if (ladder.levels.length === 0) return undefined;
  const searches = Array.from(line.here, (_, k) => new SlopeSearch(ladder, k));
  let results = searches.map((search) => search.next());
  for (let round = 0; results.some(Array.isArray); round++) {
    if (round === MOST_ROUNDS) ladder.close();
    for (const h of results.flat()) {
      if (typeof h === "number" && ladder.untried(h).length > 0) yield* ladder.add(h);
    }
    results = searches.map((search) => search.next());
  }
  const hidden = line.hiddenError?.() ?? 0;
  return (results as Slope[]).map(({ value, error }) => ({ value, error: SAFETY * Math.max(error, hidden) }));
}
