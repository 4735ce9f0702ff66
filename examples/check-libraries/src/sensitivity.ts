import { checkGradient } from "numgrad";
import type { Result } from "./check.js";

/** How `checkGradient` judges the right gradients of a library, and these gradients with an error of 1 %. */
export interface Sensitivity {
  /** Right gradients: those of all cases that no finding explains. */
  readonly right: number;
  /** How many of them are called wrong. */
  readonly falseAlarms: number;
  /** Right gradients that are not 0, so that a factor changes them. */
  readonly planted: number;
  /** Those of which 1.01 times the gradient is called wrong. */
  readonly found: number;
  /** Names of the cases in which it is not. */
  readonly missed: readonly string[];
}

/** Plants an error of 1 % in each right gradient. */
export function plantErrors(results: readonly Result[], isFault: (result: Result) => boolean): Sensitivity {
  const right = results.filter((result) => result.outcome !== "none" && !isFault(result));
  const smooth = right.filter(({ outcome }) => outcome === "ok");
  let planted = 0;
  const missed: string[] = [];
  for (const { subject, example, place } of smooth) {
    const { f, gradient, x } = subject.problem(example, place);
    const scaled = Float64Array.from(gradient(x), (value) => 1.01 * value);
    if (scaled.every((value) => value === 0)) continue;
    planted++;
    if (checkGradient(f, scaled, x).verdict !== "wrong") missed.push(example.op);
  }
  const falseAlarms = right.filter(({ outcome }) => outcome === "wrong").length;
  return { right: right.length, falseAlarms, planted, found: planted - missed.length, missed };
}
