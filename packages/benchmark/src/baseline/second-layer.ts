// The central differences of W2 and b2, by the formulas of second_layer.rs in crates/numgrad-core.
import { type LogSeries, TAU } from "./coefficients.js";
import { lossChange, type Sample } from "./direct.js";

/** Whether the series of {@link addBySeries} are certified. */
export function isSecondLayerCertified(h: number): boolean {
  return h <= TAU;
}

/**
 * Adds l₊ − l₋ of one sample for a hidden unit with the activation `s` (1 for the bias) to `sums[start + k]`.
 *
 * Moving w₂[j,k] by ±h moves logit k by d = ±h s: S = pₖ expm1(d) for k ≠ t, S = r expm1(−d) with r = Σ_{q≠t} p_q for
 * the label t; expm1(±d) = ½d² ± (d + d³/6).
 */
export function addBySeries(
  { l1, l2, l3 }: LogSeries,
  d: number,
  { probs, reference: label }: Pick<Sample, "probs" | "reference">,
  others: number,
  sums: Float64Array,
  start: number,
): void {
  const even = 0.5 * d * d;
  const odd = d + (d * d * d) / 6;
  for (let k = 0; k < probs.length; k++) {
    const isLabel = k === label;
    const p = isLabel ? others : probs[k]!;
    const up = p * (isLabel ? even - odd : even + odd);
    const down = p * (isLabel ? even + odd : even - odd);
    sums[start + k]! += up * (l1 + up * (l2 + up * l3)) - down * (l1 + down * (l2 + down * l3));
  }
}

/** Adds the same differences without series, for any h and any target. */
export function addDirectly(d: number, sample: Sample, sums: Float64Array, start: number): void {
  const shifts = new Float64Array(sample.probs.length);
  const change = (k: number, shift: number) => {
    // Shifts are relative to one logit. If that is the one that moves, all others shift the other way.
    if (k === sample.reference) shifts.fill(-shift);
    else shifts.fill(0);
    shifts[k] = k === sample.reference ? 0 : shift;
    return lossChange(sample, shifts);
  };
  for (let k = 0; k < shifts.length; k++) sums[start + k]! += change(k, d) - change(k, -d);
}
