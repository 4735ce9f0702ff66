import { checkGradient, type GradientReport } from "numgrad";
import type { Case } from "./case.js";
import { firstPlace, type Place, type Subject } from "./problem.js";
import { smallest } from "./smallest.js";

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
}

/** Checks a case. If the gradient is wrong, the smallest input is searched for which it is. */
export function checkCase(subject: Subject, example: Case, seed: number): Result {
  let place: Place = { inputs: [], weights: [] };
  try {
    place = firstPlace(subject, example, seed);
    const report = reportAt(subject, example, place);
    const result = { subject, example, outcome: report.verdict, place, report };
    return report.verdict === "wrong" ? { ...result, smallest: smallest(subject, example, place) } : result;
  } catch (error) {
    const reason = (error instanceof Error ? error.message : String(error)).split("\n")[0]!;
    return { subject, example, outcome: "none", place, reason };
  }
}

/** The report of `checkGradient`, with its defaults. */
export function reportAt(subject: Subject, example: Case, place: Place): GradientReport {
  const { f, gradient, x } = subject.problem(example, place);
  return checkGradient(f, gradient, x);
}
