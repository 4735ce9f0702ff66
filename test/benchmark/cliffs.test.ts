import type { Matrix } from "numgrad";
import { beforeAll, describe, expect, test } from "vitest";
import { drawBatches } from "../../packages/benchmark/src/races/cliff-batches.js";
import { type Cliff, compareCliff, listCliffs } from "../../packages/benchmark/src/races/cliffs.js";
import { Setting } from "../../packages/benchmark/src/races/setting.js";
import { isOneHot } from "../support/targets.js";

let setting: Setting;
let batches: ReturnType<typeof drawBatches>;

beforeAll(async () => {
  setting = await Setting.load({ quick: true, full: false });
  batches = drawBatches(setting);
});

const rowSums = ({ shape, data }: Matrix) =>
  Array.from({ length: shape[0] }, (_, row) =>
    data.subarray(row * shape[1], (row + 1) * shape[1]).reduce((sum, value) => sum + value),
  );

describe("the batches", () => {
  test("soft, smoothed and mixed targets sum to 1 and are not one-hot", () => {
    for (const { t } of [batches.soft[0]!, batches.smoothed[0]!, batches.pairs[0]!]) {
      for (const sum of rowSums(t)) expect(sum).toBeCloseTo(1, 14);
      expect(isOneHot(t)).toBe(false);
    }
  });

  test("a smoothed target is 0.91 at its label and 0.01 elsewhere", () => {
    const { t } = batches.smoothed[0]!;
    const expected = Array.from({ length: 10 }, (_, k) => (k === batches.images[0]!.t[0] ? 0.91 : 0.01));
    for (const [k, value] of expected.entries()) expect(t.data[k]).toBeCloseTo(value, 15);
  });

  test("standardised columns have mean 0 and standard deviation 1 over the training set, and black columns are 0", () => {
    const { data } = batches.scored[0]!.x;
    // The first pixel is black in every image. The pixel in the middle is not.
    expect(data[0]).toBe(0);
    const middle = 14 * 28 + 14;
    const column = setting.train.x().data.filter((_, i) => i % 784 === middle);
    const mean = column.reduce((sum, pixel) => sum + pixel, 0) / column.length;
    const variance = column.reduce((sum, pixel) => sum + (pixel - mean) ** 2, 0) / column.length;
    const pixel = batches.images[0]!.x.data[middle]!;
    expect(data[middle]).toBeCloseTo((pixel - mean) / Math.sqrt(variance), 10);
  });

  test("float32 noise is the float64 noise, rounded; numbers are the pixels / 255", () => {
    expect(batches.singles[3]!.x.data).toEqual(Float32Array.from(batches.noise[3]!.x.data));
    expect(batches.numbers[3]!.x.data).toEqual(Float64Array.from(batches.images[3]!.x.data, (pixel) => pixel / 255));
  });
});

test("numgrad agrees with the TypeScript baseline in every row of the table, and no two rows have the same name", () => {
  const cliffs: Cliff[] = listCliffs(batches);
  for (const cliff of cliffs) compareCliff(setting, cliff);
  const backprops = cliffs.filter(({ versus }) => versus === "backpropagation");
  expect(setting.agreements).toHaveLength(cliffs.length + backprops.length);
  expect(new Set(cliffs.map(({ name }) => name)).size).toBe(cliffs.length);
});
