import { type Columns, norm, singularValues } from "./singular-values.js";
import { leastValue } from "./trust-region.js";

/** The largest part of a parameter that may lie in directions which the residuals do not determine. */
const DETERMINED = 1e-10;

/**
 * s² (JᵀJ)⁻¹, row-major. A parameter that the residuals do not determine has the variance ∞, and its covariances are
 * NaN. A parameter of `fixed` has 0 everywhere.
 *
 * @param variance s², the variance of one residual.
 * @returns The covariance, and the rank of J without its fixed columns.
 */
export function covarianceOf(
  columns: Columns,
  { variance, precision, fixed }: { variance: number; precision: number; fixed: (j: number) => boolean },
): { data: Float64Array; rank: number } {
  const n = columns.length;
  const data = new Float64Array(n * n);
  const free = Array.from(columns.keys()).filter((j) => !fixed(j));
  if (free.length === 0) return { data, rank: 0 };
  const scale = free.map((j) => norm(columns[j]!) || 1);
  const scaled = free.map((j, k) => columns[j]!.map((value) => value / scale[k]!));
  const { values, vectors } = singularValues(scaled, new Float64Array(columns[0]!.length));
  const least = leastValue(values, precision);
  const kept = Array.from(values.keys()).filter((i) => values[i]! > least);
  const isDetermined = free.map((_, k) => 1 - kept.reduce((sum, i) => sum + vectors[i]![k]! ** 2, 0) <= DETERMINED);
  for (const [a, j] of free.entries()) {
    for (const [b, k] of free.entries()) {
      let sum = 0;
      for (const i of kept) sum += (vectors[i]![a]! / values[i]!) * (vectors[i]![b]! / values[i]!);
      const known = (variance * sum) / scale[a]! / scale[b]!;
      const isKnown = isDetermined[a] && isDetermined[b] && variance < Number.POSITIVE_INFINITY;
      data[j * n + k] = isKnown ? known : a === b ? Number.POSITIVE_INFINITY : Number.NaN;
    }
  }
  return { data, rank: kept.length };
}
