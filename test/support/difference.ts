import { expect } from "vitest";

/** max |aᵢ|; NaN if any element is NaN. */
export function largest(values: ArrayLike<number>): number {
  let max = 0;
  for (let i = 0; i < values.length; i++) {
    const value = Math.abs(values[i]!);
    if (Number.isNaN(value)) return Number.NaN;
    if (value > max) max = value;
  }
  return max;
}

/** max |aᵢ − bᵢ|; NaN if any difference is NaN. The lengths must be equal. */
export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  return largest(Float64Array.from(a, (value, i) => value - b[i]!));
}
