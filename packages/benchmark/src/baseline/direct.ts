// The change of one sample's loss, evaluated as it stands: the formulas of crates/numgrad-core's direct.rs, for labels.
import { DELTA, softmaxInPlace } from "./kernels.js";

/** Beyond this shift of a logit the loss itself is evaluated: `pₖ e^d` may have lost pₖ to underflow, or overflow. */
const LARGE_SHIFT = 200;

/** What a hidden unit moves by when its pre-activation moves by u: Δ = a m / (1 + s m), m = expm1(u). */
export function hiddenChange(s: number, a: number, u: number): number {
  const m = Math.expm1(u);
  return (a * m) / (1 + s * m);
}

/** One sample before its perturbation. */
export interface Sample {
  readonly logits: Float64Array;
  /** Softmax of the logits. */
  readonly probs: Float64Array;
  readonly label: number;
}

/**
 * l' − l when each logit k moves by `shifts[k]` more than the label's, without cancellation:
 * S = Σ pₖ expm1(shiftₖ), p_t' = p_t / (1 + S), l' − l = log1p(c S / (1 + c̄ S)).
 */
export function lossChange({ logits, probs, label }: Sample, shifts: Float64Array): number {
  const p = probs[label]!;
  let sum = 0;
  for (let k = 0; k < probs.length; k++) {
    if (!(Math.abs(shifts[k]!) <= LARGE_SHIFT)) {
      const moved = logits.map((logit, q) => logit + shifts[q]!);
      softmaxInPlace(moved, 1, moved.length);
      return Math.log(p + DELTA) - Math.log(moved[label]! + DELTA);
    }
    sum += probs[k]! * Math.expm1(shifts[k]!);
  }
  const [c, rest] = [p / (p + DELTA), DELTA / (p + DELTA)];
  return Math.log1p((c * sum) / (1 + rest * sum));
}
