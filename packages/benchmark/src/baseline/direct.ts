// The change of one sample's loss without series, by the formulas of direct.rs in crates/numgrad-core.
import { argmax, crossEntropies, DELTA, softmaxInPlace } from "./kernels.js";
import type { Target } from "./targets.js";

/**
 * For a larger shift of a logit the loss itself is evaluated, because pₖ may have underflowed, or `pₖ e^d` overflows.
 */
const LARGE_SHIFT = 200;

/**
 * Change of a hidden unit if its pre-activation changes by u: Δ = a m / (1 + s m), m = expm1(u). For |u| > 1 the sum
 * 1 + s m may cancel, so it is formed as (1 − s) + s e^u with 1 − s = a / s. The formula holds for u up to 700.
 */
export function hiddenChange(s: number, a: number, u: number): number {
  const m = Math.expm1(u);
  if (Math.abs(u) <= 1) return (a * m) / (1 + s * m);
  return a === 0 ? 0 : (a * m) / (a / s + s * Math.exp(u));
}

/** One sample before a perturbation. */
export interface Sample {
  readonly logits: Float64Array;
  /** Softmax of the logits. */
  readonly probs: Float64Array;
  readonly target: Target;
  /** Class relative to whose logit the others shift: the label, or the most probable class if the target is soft. */
  readonly reference: number;
  /** Room for expm1 of each shift. */
  readonly growths: Float64Array;
}

/** Sample n of an evaluated batch. */
export function sampleOf(
  { logits, probs }: Pick<Sample, "logits" | "probs">,
  n: number,
  target: Target,
  classes: number,
): Sample {
  return {
    logits: logits.subarray(n * classes, (n + 1) * classes),
    probs: probs.subarray(n * classes, (n + 1) * classes),
    target,
    reference: typeof target === "number" ? target : argmax(probs, n * classes, classes),
    growths: new Float64Array(classes),
  };
}

/**
 * l' − l if each logit k changes by `shifts[k]` more than the reference's logit, without cancellation.
 *
 * With S = Σ pₖ expm1(shiftₖ), the probability of a label becomes p_t / (1 + S), and l' − l = log1p(c S / (1 + c̄ S)).
 * For soft targets, l' − l = −Σₖ tₖ log((pₖ' + δ) / (pₖ + δ)) with pₖ' − pₖ = pₖ (expm1(shiftₖ) − S) / (1 + S).
 */
export function lossChange(sample: Sample, shifts: Float64Array): number {
  const { probs, target, growths } = sample;
  let sum = 0;
  for (let k = 0; k < probs.length; k++) {
    const shift = shifts[k]!;
    if (!(Math.abs(shift) <= LARGE_SHIFT)) return changeByTwoLosses(sample, shifts);
    growths[k] = Math.expm1(shift);
    sum += probs[k]! * growths[k]!;
  }
  const total = sum > -0.5 ? 1 + sum : sumOfGrown(probs, shifts);
  if (typeof target !== "number") return softChange(target, sample, shifts, sum, total);
  const p = probs[target]!;
  const [c, rest] = [p / (p + DELTA), DELTA / (p + DELTA)];
  if (!(sum > -0.5)) return -Math.log1p((-c * sum) / total);
  return Math.log1p((c * sum) / (1 + rest * sum));
}

/** 1 + S as Σ pₖ e^shiftₖ, which cancels nothing if S is near −1. */
function sumOfGrown(probs: Float64Array, shifts: Float64Array): number {
  let total = 0;
  for (let k = 0; k < probs.length; k++) total += probs[k]! * Math.exp(shifts[k]!);
  return total;
}

/** l' − l for soft targets, given S and 1 + S. */
function softChange(
  target: Float64Array,
  { probs, growths }: Sample,
  shifts: Float64Array,
  sum: number,
  total: number,
): number {
  let change = 0;
  for (let k = 0; k < probs.length; k++) {
    if (target[k] === 0) continue;
    const p = probs[k]!;
    const relative = (p * (growths[k]! - sum)) / total / (p + DELTA);
    // If `relative` is near −1, few digits of 1 + relative are left for log1p.
    const log =
      relative > -0.5 ? Math.log1p(relative) : Math.log(((p * Math.exp(shifts[k]!)) / total + DELTA) / (p + DELTA));
    change -= target[k]! * log;
  }
  return change;
}

/** l' − l as the difference of two losses, for shifts so large that their losses are far apart. */
function changeByTwoLosses({ logits, probs, target }: Sample, shifts: Float64Array): number {
  const cols = logits.length;
  const probsAfter = logits.map((logit, k) => logit + shifts[k]!);
  softmaxInPlace(probsAfter, 1, cols);
  return crossEntropies(probsAfter, [target], { rows: 1, cols }) - crossEntropies(probs, [target], { rows: 1, cols });
}
