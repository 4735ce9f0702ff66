import { expect } from "vitest";

/**
 * How many float64 numbers `b` is away from `a`: 0 for equal numbers (0 and −0 among them), 1 for neighbours. Infinite if one
 * of them is NaN.
 */
function ulpDistance(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number.POSITIVE_INFINITY;
  const distance = ordinal(a) - ordinal(b);
  return Number(distance < 0n ? -distance : distance);
}

/** How far a value may be from the expected one: within any one of the three is close enough. */
export interface Tolerance {
  ulps?: number;
  /** Times |expected|. */
  relative?: number;
  /** Added to what `relative` allows. */
  absolute?: number;
}

/** Fails unless `actual` is close to `expected`. NaN is close to nothing, an infinity to itself alone. */
export function expectClose(actual: number, expected: number, tolerance: Tolerance, what = "value"): void {
  const { ulps = 0, relative = 0, absolute = 0 } = tolerance;
  const distance = ulpDistance(actual, expected);
  const finite = Number.isFinite(actual) && Number.isFinite(expected);
  const allowed = relative * Math.abs(expected) + absolute;
  const close = distance === 0 || (finite && (distance <= ulps || Math.abs(actual - expected) <= allowed));
  if (!close) expect.fail(`${what}: expected ${expected}, got ${actual}, ${distance} ulp away`);
}

/** `expectClose` for every element of two arrays of the same length. */
export function expectAllClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: Tolerance,
  what = "value",
): void {
  expect(actual.length, `length of ${what}`).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) {
    expectClose(actual[i]!, expected[i]!, tolerance, `${what}[${i}]`);
  }
}

/** Fails unless the arrays are equal number by number; 0 and −0 are different numbers, NaN equals itself. */
export function expectSameNumbers(actual: ArrayLike<number>, expected: ArrayLike<number>, what = "value"): void {
  expect(actual.length, `length of ${what}`).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) {
    if (!Object.is(actual[i], expected[i])) expect.fail(`${what}[${i}]: expected ${expected[i]}, got ${actual[i]}`);
  }
}

/** The number's place among all float64 numbers in ascending order, 0 for 0. */
function ordinal(x: number): bigint {
  VIEW.setFloat64(0, x);
  const bits = VIEW.getBigInt64(0);
  // The bits of negative numbers count away from zero.
  return bits < 0n ? -(bits & 0x7fff_ffff_ffff_ffffn) : bits;
}

const VIEW = new DataView(new ArrayBuffer(8));
