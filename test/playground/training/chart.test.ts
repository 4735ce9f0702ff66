import { expect, test } from "vitest";
import { ticks } from "../../../packages/playground/src/training/chart.js";

test("ticks of axes are at round numbers", () => {
  expect(ticks(1, 4)).toEqual([0, 0.5, 1]);
  expect(ticks(2.5, 5)).toEqual([0, 0.5, 1, 1.5, 2, 2.5]);
  expect(ticks(10_000, 5)).toEqual([0, 2000, 4000, 6000, 8000, 10_000]);
});
