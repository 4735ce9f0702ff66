import { DIGITS } from "./weights.js";

/** How many images are read right, by the counts of what digits are read as: those on the diagonal. */
export function countRight(counts: Float64Array): number {
  return counts.reduce((sum, count, i) => sum + (i % (DIGITS + 1) === 0 ? count : 0), 0);
}
