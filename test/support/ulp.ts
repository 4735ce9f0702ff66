import { expect } from "vitest";

/**
 * The distance between two numbers in float64 numbers: 0 for equal numbers (also for 0 and −0), 1 for neighbours,
 * infinite if one of them is NaN.
 */
function ulpDistance(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number.POSITIVE_INFINITY;
  const distance = ordinal(a) - ordinal(b);
  return Number(distance < 0n ? -distance : distance);
}

/** How far a value may be from the expected one. It must be within `ulps`, or within the sum of the other two. */
export interface Tolerance {
  /** Number of float64 numbers. */
  ulps?: number;
  /** Factor of |expected|. */
  relative?: number;
  /** Added to `relative` · |expected|. */
  absolute?: number;
}

/** Fails unless `actual` is close to `expected`. NaN is close to no number, an infinity only to itself. */
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

/** Fails unless the arrays have the same numbers. 0 and −0 differ; NaN is the same as NaN. */
export function expectSameNumbers(actual: ArrayLike<number>, expected: ArrayLike<number>, what = "value"): void {
  expect(actual.length, `length of ${what}`).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) {
    if (!Object.is(actual[i], expected[i])) expect.fail(`${what}[${i}]: expected ${expected[i]}, got ${actual[i]}`);
  }
}

/** The position of x among all float64 numbers in ascending order, counted from 0. */
function ordinal(x: number): bigint {
  VIEW.setFloat64(0, x);
  const bits = VIEW.getBigInt64(0);
  // The bits of negative numbers count away from zero.
  return bits < 0n ? -(bits & 0x7fff_ffff_ffff_ffffn) : bits;
}

const VIEW = new DataView(new ArrayBuffer(8));
