import { expect, test } from "vitest";
import { pointAt, ticks } from "../../../packages/playground/src/training/chart.js";

test("ticks of axes are at round numbers", () => {
  expect(ticks(1, 4)).toEqual([0, 0.5, 1]);
  expect(ticks(2.5, 5)).toEqual([0, 0.5, 1, 1.5, 2, 2.5]);
  expect(ticks(10_000, 5)).toEqual([0, 2000, 4000, 6000, 8000, 10_000]);
});

test("the value of a line at a step is that of its nearest point, and there is none beyond its end", () => {
  const points = [
    [0, 2.3],
    [10, 2],
    [20, 1],
  ] as const;
  expect([-5, 4, 6, 20, 29].map((step) => pointAt(points, step)?.[1])).toEqual([2.3, 2.3, 2, 1, 1]);
  expect(pointAt(points, 31)).toBeUndefined();
  expect(pointAt([], 0)).toBeUndefined();
});
