import fc from "fast-check";
import { ArgumentError, movingAverage, NonFiniteError } from "numgrad";
import { describe, expect, test } from "vitest";
import { thrownBy } from "../support/thrown.js";

/** A float64 as a whole number of 2⁻¹⁰⁷⁴, of which every float64 is a multiple. */
function exact(x: number): bigint {
  const bits = new BigUint64Array(new Float64Array([x]).buffer)[0] as bigint;
  const exponent = (bits >> 52n) & 0x7ffn;
  const fraction = bits & 0xfffffffffffffn;
  const size = exponent === 0n ? fraction : (fraction | (1n << 52n)) << (exponent - 1n);
  return x < 0 ? -size : size;
}

/** The distance of a float64 from its neighbour, in the same unit. */
function unit(x: number): bigint {
  const bits = new BigUint64Array(new Float64Array([x]).buffer)[0] as bigint;
  const exponent = (bits >> 52n) & 0x7ffn;
  return exponent === 0n ? 1n : 1n << (exponent - 1n);
}

const magnitude = (x: bigint) => (x < 0n ? -x : x);

/**
 * Compares with the definition in whole numbers: twice the error of each mean is at most one unit in its last place.
 */
function expectExactMeans(values: readonly number[], window: number) {
  const means = movingAverage(values, window);
  expect(means).toHaveLength(values.length);
  const before = Math.floor(window / 2);
  for (const [i, mean] of means.entries()) {
    const start = Math.max(i - before, 0);
    const around = values.slice(start, i + window - before);
    const sum = around.reduce((total, value) => total + exact(value), 0n);
    const count = BigInt(around.length);
    const error = magnitude(exact(mean) * count - sum);
    if (2n * error > unit(mean) * count) expect.fail(`values ${values}, window ${window}: mean ${i} is ${mean}`);
  }
}

describe("a moving average", () => {
  test("is the exact mean of the numbers around each number, rounded once, for every window", () => {
    let state = 1;
    const random = () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state / 2 ** 32;
    };
    const values = Array.from({ length: 50 }, () => random() * 10 ** Math.floor(8 * random() - 4));
    for (let window = 1; window <= 110; window++) expectExactMeans(values, window);
  });

  test("is exact for numbers of very different sizes: small numbers do not suffer from large ones before them", () => {
    const value = fc.double({ min: 1e-9, max: 1e9, noNaN: true });
    fc.assert(fc.property(fc.array(value, { maxLength: 40 }), fc.integer({ min: 1, max: 50 }), expectExactMeans));
    expectExactMeans([1e15, 1e15, 1e15, 1e-15, 2e-15, 3e-15, 4e-15, 5e-15, 6e-15], 3);
  });

  test("of a constant is that constant", () => {
    for (const constant of [0.1, 1 / 3, Math.LN10, 1e-300]) {
      for (const window of [1, 2, 3, 7, 10, 100, 1000]) {
        expect(movingAverage(Array(300).fill(constant), window)).toEqual(new Float64Array(300).fill(constant));
      }
    }
  });

  test("does not drift over a million numbers", () => {
    const values = Float64Array.from({ length: 1_000_000 }, (_, i) => (i % 10) / 10);
    const means = movingAverage(values, 10);
    expect(means[500_000]).toBe(0.45);
    expect(means[999_990]).toBe(0.45);
  });

  test("with a window of 1 is the numbers themselves, with a wide window their mean; of no numbers it is empty", () => {
    expect(movingAverage([3, 1, 2], 1)).toEqual(new Float64Array([3, 1, 2]));
    expect(movingAverage([], 5)).toEqual(new Float64Array(0));
    expect(movingAverage([3, 1, 2], 2 ** 26)).toEqual(new Float64Array([2, 2, 2]));
  });

  test("with an even window has one number more before than after", () => {
    expect(movingAverage([1, 2, 4, 8], 2)).toEqual(new Float64Array([1, 1.5, 3, 6]));
  });

  test("has the values of the example in its documentation", () => {
    expect(movingAverage([1, 2, 6, 6, 1], 3)).toEqual(
      new Float64Array([1.5, 3, 4.666666666666667, 4.333333333333333, 3.5]),
    );
  });

  test("refuses arguments that are no numbers or no window", () => {
    for (const window of [0, -1, 1.5, 2 ** 26 + 1, Number.NaN, "3", undefined]) {
      expect(thrownBy(ArgumentError, () => movingAverage([1], window as number)).argument).toBe("window");
    }
    expect(thrownBy(ArgumentError, () => movingAverage("12" as never, 1)).argument).toBe("values");
    expect(thrownBy(ArgumentError, () => movingAverage(["1"] as never, 1)).argument).toBe("values[0]");
    expect(thrownBy(ArgumentError, () => movingAverage([1, 1e293], 1)).argument).toBe("values[1]");
    expect(movingAverage([1e292, 1e292, 1e292], 3)).toEqual(new Float64Array([1e292, 1e292, 1e292]));
    expect(thrownBy(NonFiniteError, () => movingAverage([1, Number.NaN], 1)).index).toBe(1);
    expect(thrownBy(NonFiniteError, () => movingAverage([1, Number.NaN], 1)).argument).toBe("values[1]");
    expect(thrownBy(ArgumentError, () => movingAverage("12" as never, 1)).message).toMatch(
      /^values: expected an array of numbers, got /,
    );
    expect(thrownBy(ArgumentError, () => movingAverage([1, 1e293], 1)).message).toBe(
      "values[1]: expected a number from -1e292 to 1e292, got 1e+293",
    );
    expect(thrownBy(NonFiniteError, () => movingAverage([Number.POSITIVE_INFINITY], 1)).index).toBe(0);
  });
});
