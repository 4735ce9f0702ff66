// The change of one sample's loss without series, by the formulas of direct.rs in crates/numgrad-core, for labels.
import { DELTA, softmaxInPlace } from "./kernels.js";

/**
 * For a larger shift of a logit the loss itself is evaluated, because pₖ may have underflowed, or `pₖ e^d` overflows.
 */
const LARGE_SHIFT = 200;

/** Change of a hidden unit if its pre-activation changes by u: Δ = a m / (1 + s m), m = expm1(u). */
export function hiddenChange(s: number, a: number, u: number): number {
  const m = Math.expm1(u);
  return (a * m) / (1 + s * m);
}

/** One sample before a perturbation. */
export interface Sample {
  readonly logits: Float64Array;
  /** Softmax of the logits. */
  readonly probs: Float64Array;
  readonly label: number;
}

/**
 * l' − l if each logit k changes by `shifts[k]` more than the label's logit, without cancellation:
 * S = Σ pₖ expm1(shiftₖ), p_t' = p_t / (1 + S), l' − l = log1p(c S / (1 + c̄ S)).
 */
export function lossChange({ logits, probs, label }: Sample, shifts: Float64Array): number {
  const p = probs[label]!;
  let sum = 0;
  for (let k = 0; k < probs.length; k++) {
    if (!(Math.abs(shifts[k]!) <= LARGE_SHIFT)) {
      const probsAfter = logits.map((logit, q) => logit + shifts[q]!);
      softmaxInPlace(probsAfter, 1, probsAfter.length);
      return Math.log(p + DELTA) - Math.log(probsAfter[label]! + DELTA);
    }
    sum += probs[k]! * Math.expm1(shifts[k]!);
  }
  const [c, rest] = [p / (p + DELTA), DELTA / (p + DELTA)];
  return Math.log1p((c * sum) / (1 + rest * sum));
}
