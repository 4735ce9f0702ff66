import { describe, expect, test } from "vitest";
import { drawAccuracies, drawLosses, lastLoss, roundUp } from "../../../packages/playground/src/training/curves.js";
import { LossSeries } from "../../../packages/playground/src/training/series.js";

describe("curves", () => {
  test("the line of a constant is that constant, in the middle of each bucket", () => {
    const series = new LossSeries();
    series.add(new Float64Array(1000).fill(0.5));
    const [band, line] = drawLosses([{ method: "numerical", steps: 1000, series, samples: [] }]).shapes;
    expect(line?.points.every(([, y]) => y === 0.5)).toBe(true);
    expect(line?.points.slice(0, 2)).toEqual([
      [1.5, 0.5],
      [5.5, 0.5],
    ]);
    expect([band?.points.length, band?.lower?.length]).toEqual([250, 250]);
    expect(lastLoss(series)).toBe(0.5);
  });

  test("axes end at round numbers beyond all values", () => {
    const series = new LossSeries();
    const record = { method: "numerical", steps: 0, series, samples: [] };
    expect(drawLosses([record])).toMatchObject({ xMax: 100, yMax: 2.5 });
    series.add([7, 7]);
    expect(drawLosses([{ ...record, steps: 1201 }])).toMatchObject({ xMax: 2000, yMax: 10 });
    expect(lastLoss(new LossSeries())).toBeUndefined();
  });

  test("accuracies are drawn at the number of steps after which they were measured", () => {
    const samples = [{ steps: 601, train: 0.8, test: 0.7 }];
    const picture = drawAccuracies([{ method: "backprop", steps: 700, series: new LossSeries(), samples }]);
    expect(picture.shapes.map(({ points }) => points)).toEqual([[[601, 0.8]], [[601, 0.7]]]);
  });

  test("ends of axes are round numbers", () => {
    expect([0, 0.3, 1, 1.1, 2, 4, 5.1, 99, 101, 10_000].map(roundUp)).toEqual([1, 1, 1, 2, 2, 5, 10, 100, 200, 10_000]);
  });
});
