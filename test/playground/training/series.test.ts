import { RandomState } from "numgrad";
import { describe, expect, test } from "vitest";
import { Agreement, LossSeries } from "../../../packages/playground/src/training/series.js";

describe("losses", () => {
  test("a few losses are kept one by one", () => {
    const series = new LossSeries();
    series.add([3, 1, 2]);
    expect(series.buckets.map(({ sum, count }) => [sum, count])).toEqual([
      [3, 1],
      [1, 1],
      [2, 1],
    ]);
  });

  test("many losses are in a few hundred buckets, which contain all of them", () => {
    const losses = new RandomState(0).random(12_345);
    const series = new LossSeries();
    for (let i = 0; i < losses.length; i += 100) series.add(losses.subarray(i, i + 100));
    expect(series.length).toBe(12_345);
    expect(series.buckets.length).toBeLessThanOrEqual(400);
    let start = 0;
    for (const { count, sum, low, high } of series.buckets) {
      const part = Array.from(losses.subarray(start, start + count));
      expect(sum).toBeCloseTo(
        part.reduce((a, b) => a + b, 0),
        10,
      );
      expect([low, high]).toEqual([Math.min(...part), Math.max(...part)]);
      start += count;
    }
    expect(start).toBe(12_345);
    expect(series.buckets.slice(0, -1).every(({ count }) => count === series.width)).toBe(true);
  });

  test("the agreement of two runs compares the same steps, in whatever order the losses come", () => {
    const agreement = new Agreement();
    agreement.add(0, [1, 2]);
    expect([agreement.steps, agreement.largest]).toEqual([0, 0]);
    agreement.add(1, [1.5]);
    expect([agreement.steps, agreement.largest]).toEqual([1, 0.5]);
    agreement.add(1, [2.25, 9]);
    agreement.add(0, [9]);
    expect([agreement.steps, agreement.largest]).toEqual([3, 0.5]);
  });
});
