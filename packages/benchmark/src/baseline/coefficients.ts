// The loss change of a (sample, hidden unit) as two nested cubics in u. The formulas are those of coefficients.rs in
// crates/numgrad-core, where they are derived and their error is bounded.
import { DELTA } from "./kernels.js";

/** The bound τ of the certificate. */
export const TAU = 2e-4;

/** Smallest L₃ for which the scaling by its cube root is trusted. p_t = 0 gives a smaller one. */
const SMALLEST_L3 = 1e-200;

/** Largest difference of weights that cannot overflow in the third moment. */
const LARGEST_RANGE = 1e60;

/** log1p(S) − log1p(c̄ S) = L₁ S + L₂ S² + L₃ S³ + …. In κ S the coefficients are α = L₁/κ, β = L₂/κ², and 1. */
export interface LogSeries {
  readonly l1: number;
  readonly l2: number;
  readonly l3: number;
  /** κ = ∛L₃. */
  readonly kappa: number;
  readonly alpha: number;
  readonly beta: number;
}

/** Coefficients of the logarithm for a label of probability `p`; undefined if they are not certified. */
export function logSeries(p: number): LogSeries | undefined {
  const [c, rest] = [p / (p + DELTA), DELTA / (p + DELTA)];
  const l3 = (c * (1 + rest + rest * rest)) / 3;
  if (!(l3 >= SMALLEST_L3)) return undefined;
  const [l1, l2, kappa] = [c, -0.5 * c * (1 + rest), Math.cbrt(l3)];
  return { l1, l2, l3, kappa, alpha: l1 / kappa, beta: l2 / (kappa * kappa) };
}

/** κA₁, κA₂, κA₃ of each hidden unit of a sample: S = A₁u + A₂u² + A₃u³. */
export interface UnitCubics {
  readonly a1: Float64Array;
  readonly a2: Float64Array;
  readonly a3: Float64Array;
}

/**
 * State of a sample from which the cubics are made. Its hidden units and its probabilities begin at the two offsets.
 */
export interface SampleState {
  readonly label: number;
  readonly hidden: Float64Array;
  readonly slope: Float64Array;
  readonly firstUnit: number;
  readonly probs: Float64Array;
  readonly firstProb: number;
}

/** Fills in the cubics of all hidden units of a sample, for W2 [hidden, outputSize]. */
export function unitCubics(
  kappa: number,
  { label, hidden, slope, firstUnit, probs, firstProb }: SampleState,
  w2: Float64Array,
  outputSize: number,
  { a1, a2, a3 }: UnitCubics,
): void {
  for (let j = 0; j < a1.length; j++) {
    const own = w2[j * outputSize + label]!;
    let m1 = 0;
    let m2 = 0;
    let m3 = 0;
    for (let k = 0; k < outputSize; k++) {
      // The term of the label itself is exactly 0.
      const d = w2[j * outputSize + k]! - own;
      const first = probs[firstProb + k]! * d;
      const second = first * d;
      m1 += first;
      m2 += second;
      m3 += second * d;
    }
    const s = hidden[firstUnit + j]!;
    const a = slope[firstUnit + j]!;
    m1 *= kappa * a;
    m2 *= kappa * a * a * 0.5;
    m3 *= (kappa * a * a * a) / 6;
    a1[j] = m1;
    a2[j] = m1 * (0.5 - s) + m2;
    a3[j] = (m1 * (1 - 6 * a)) / 6 + 2 * m2 * (0.5 - s) + m3;
  }
}

/** For each hidden unit, maxₖ w₂[j,k] − minₖ w₂[j,k], a bound of |w₂[j,k] − w₂[j,t]|. */
export function weightRanges(w2: Float64Array, outputSize: number): Float64Array {
  return Float64Array.from({ length: w2.length / outputSize }, (_, j) => {
    const weights = w2.subarray(j * outputSize, (j + 1) * outputSize);
    return Math.max(...weights) - Math.min(...weights);
  });
}

/** Whether the cubics of a unit are certified for all |u| ≤ `largestU`. */
export function isCertified(largestU: number, slope: number, range: number): boolean {
  return largestU <= TAU && largestU * slope * range <= TAU && range <= LARGEST_RANGE;
}
