import type { GradientReport } from "numgrad";
import type { Case } from "./case.js";
import { firstPlace, type Place, reportAt, type Subject } from "./problem.js";
import { smallest } from "./smallest.js";
import { smallestLines } from "./text.js";

/** What the check of a case says. `"none"`: the library has no gradient for it. */
export type Outcome = GradientReport["verdict"] | "none";

/** The result of one case. */
export interface Result {
  readonly subject: Subject;
  readonly example: Case;
  readonly outcome: Outcome;
  readonly place: Place;
  readonly report?: GradientReport;
  /** Why there is no gradient. */
  readonly reason?: string;
  /** The smallest input for which the gradient is wrong, if it is. */
  readonly smallest?: Place;
  /** This input, the function and both gradients, in words. */
  readonly lines?: readonly string[];
}

/** Checks a case. If the gradient is wrong, the smallest input is searched for which it is. */
export function checkCase(subject: Subject, example: Case, seed: number): Result {
  let place: Place = { inputs: [], weights: [] };
  try {
    place = firstPlace(subject, example, seed);
    const report = reportAt(subject, example, place);
    const result = { subject, example, outcome: report.verdict, place, report };
    if (report.verdict !== "wrong") return result;
    const least = smallest(subject, example, place);
    return { ...result, smallest: least, lines: smallestLines(subject, example, least) };
  } catch (error) {
    const reason = (error instanceof Error ? error.message : String(error)).split("\n")[0]!;
    return { subject, example, outcome: "none", place, reason };
  }
}
