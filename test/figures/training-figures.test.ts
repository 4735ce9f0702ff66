import { ArgumentError, NonFiniteError, ShapeError } from "numgrad";
import { accuracyFigure, learningRatesFigure, lossFigure } from "numgrad-figures";
import { describe, expect, test } from "vitest";
import { thrownBy } from "../support/thrown.js";
import { Drawn, rowsWith } from "./drawn.js";
import { evaluations, losses } from "./examples.js";

describe("lossFigure", () => {
  test("has each loss of a short run, and the moving average", async () => {
    const spec = lossFigure({ losses: [3, 2, 4, 1], window: 3 });
    const of = (name: string) => rowsWith(spec, "loss").filter(({ series }) => series === name);
    expect(of("each step").map(({ step, loss }) => [step, loss])).toEqual([[0, 3], [1, 2], [2, 4], [3, 1]]); // biome-ignore format: one line
    expect(of("mean of 3 steps").map(({ loss }) => loss)).toEqual([2.5, 3, 7 / 3, 2.5]);
    const drawn = await Drawn.from(spec);
    expect(drawn.marks("line")).toHaveLength(2);
    expect(drawn.texts).toEqual(expect.arrayContaining(["step", "loss of the mini-batch (nats)", "mean of 3 steps"]));
  });

  test("draws a few thousand of 100,000 losses, with all extremes, and the picture stays small", async () => {
    const many = losses(100_000);
    many[77_777] = 9;
    many[12_345] = 0.001;
    const drawn = rowsWith(lossFigure({ losses: many }), "loss").filter(({ series }) => series === "each step");
    expect(drawn.length).toBeLessThanOrEqual(4 * 560);
    expect(drawn.map(({ step }) => step)).toEqual(expect.arrayContaining([0, 12_345, 77_777, 99_999]));
    expect((await Drawn.from(lossFigure({ losses: many }))).svg.length).toBeLessThan(150_000);
  });

  test("the axis ends with the run, and a window of 1 draws no average", async () => {
    const drawn = await Drawn.from(lossFigure({ losses: losses(1000), window: 1 }));
    expect(drawn.marks("line")).toHaveLength(1);
    expect(drawn.texts).toContain("1,000");
    expect(drawn.svg).not.toContain("legend");
  });

  test("takes typed arrays, a single loss and a logarithmic scale", async () => {
    const drawn = await Drawn.from(lossFigure({ losses: Float64Array.of(2.3), scale: "log" }));
    expect(drawn.svg).not.toMatch(/NaN|Infinity/);
  });

  test("refuses wrong losses", () => {
    expect(thrownBy(ShapeError, () => lossFigure({ losses: [] })).argument).toBe("options.losses");
    expect(thrownBy(NonFiniteError, () => lossFigure({ losses: [1, Number.NaN] })).index).toBe(1);
    expect(thrownBy(ArgumentError, () => lossFigure({ losses: ["1"] as never })).argument).toBe("options.losses[0]");
    expect(thrownBy(ArgumentError, () => lossFigure({ losses: [1, 0], scale: "log" })).argument).toBe(
      "options.losses[1]",
    );
    expect(thrownBy(ArgumentError, () => lossFigure({ losses: [1], window: 0 })).argument).toBe("options.window");
    expect(thrownBy(ArgumentError, () => lossFigure({ losses: [1], scale: "x" as never })).argument).toBe(
      "options.scale",
    );
    expect(thrownBy(ArgumentError, () => lossFigure({ losses: [1], yTitle: 1 as never })).argument).toBe(
      "options.yTitle",
    );
  });
});

describe("learningRatesFigure", () => {
  const runs = [
    { learningRate: 0.1, losses: losses(100), status: "finished" },
    { learningRate: 10, losses: losses(40), status: "diverged" },
  ];

  test("has a line for each run, named by its rate, and a cross at the end of a diverged run", async () => {
    const drawn = await Drawn.from(learningRatesFigure({ runs }));
    expect(drawn.marks("line")).toHaveLength(2);
    expect(drawn.marks("symbol")).toHaveLength(1);
    expect(drawn.texts).toEqual(expect.arrayContaining(["learning rate", "0.1", "10", "loss, mean of 5 steps (nats)"]));
    expect(rowsWith(learningRatesFigure({ runs }), "loss").at(-1)).toMatchObject({ step: 37, series: "10" });
  });

  test("the average does not plunge at its end, where its window would be cut off", () => {
    // The last loss is an outlier, which the mean of few losses would follow.
    const losses = [...Array(99).fill(1), 1e-3];
    const rows = rowsWith(learningRatesFigure({ runs: [{ learningRate: 0.1, losses }], window: 25 }), "loss");
    expect(Math.min(...rows.map(({ loss }) => loss as number))).toBeGreaterThan(0.95);
    expect(rows.at(-1)?.step).toBe(87);
    const average = rowsWith(lossFigure({ losses, window: 25 }), "loss").filter(({ series }) => series !== "each step");
    expect(average.at(-1)?.step).toBe(87);
  });

  test("runs with the same rate have separate lines", async () => {
    const same = [1, 2].map((seed) => ({ learningRate: 0.1, losses: losses(20).map((loss) => seed * loss) }));
    expect((await Drawn.from(learningRatesFigure({ runs: same }))).svg.match(/stroke-width="1.8"/g)).toHaveLength(2);
  });

  test("refuses wrong runs", () => {
    const wrong = (run: object) => () => learningRatesFigure({ runs: [runs[0]!, { ...runs[1]!, ...run }] });
    expect(thrownBy(ArgumentError, wrong({ learningRate: -1 })).argument).toBe("options.runs[1].learningRate");
    expect(thrownBy(ShapeError, wrong({ losses: [] })).argument).toBe("options.runs[1].losses");
    expect(thrownBy(ArgumentError, wrong({ losses: [0] })).argument).toBe("options.runs[1].losses[0]");
    expect(thrownBy(ShapeError, () => learningRatesFigure({ runs: [] })).argument).toBe("options.runs");
    expect(thrownBy(ArgumentError, () => learningRatesFigure({ runs: [1] as never })).argument).toBe("options.runs[0]");
    expect(() => learningRatesFigure({ runs: [{ learningRate: 1, losses: [0, 1] }], scale: "linear" })).not.toThrow();
  });
});

describe("accuracyFigure", () => {
  test("has a point for each accuracy, and the last accuracies in the legend", async () => {
    const drawn = await Drawn.from(accuracyFigure({ evaluations }));
    // The accuracies of the first evaluation are below the axis, which shows the part that matters.
    expect(drawn.marks("symbol")).toHaveLength(4);
    expect(drawn.marks("line")).toHaveLength(2);
    expect(drawn.texts).toContain("training data (88.0% at the end)");
    expect(drawn.texts).toContain("test data (87.5% at the end)");
    expect(drawn.texts).toEqual(expect.arrayContaining(["100%", "epoch (passes over the training data)"]));
  });

  test("has steps on its axis if an epoch was evaluated twice", async () => {
    const spec = accuracyFigure({ evaluations: evaluations.map((evaluation) => ({ ...evaluation, epoch: 0 })) });
    expect(rowsWith(spec, "accuracy").map(({ at }) => at)).toEqual([0, 600, 1200, 0, 600, 1200]);
    expect((await Drawn.from(spec)).texts).toContain("step");
  });

  test("needs no test data", async () => {
    const drawn = await Drawn.from(accuracyFigure({ evaluations: [{ step: 0, epoch: 0, trainAccuracy: 0.5 }] }));
    expect(drawn.marks("symbol")).toHaveLength(1);
    expect(drawn.texts.join()).not.toContain("test");
  });

  test("refuses wrong evaluations", () => {
    const wrong = (change: object) => () => accuracyFigure({ evaluations: [{ ...evaluations[0]!, ...change }] });
    expect(thrownBy(ShapeError, () => accuracyFigure({ evaluations: [] })).argument).toBe("options.evaluations");
    for (const [name, value] of Object.entries({ step: "0", epoch: null, trainAccuracy: 1.1, testAccuracy: -0.1 })) {
      expect(thrownBy(ArgumentError, wrong({ [name]: value })).argument).toBe(`options.evaluations[0].${name}`);
    }
    expect(thrownBy(ArgumentError, wrong({ trainAccuracy: Number.NaN })).argument).toMatch(/trainAccuracy$/);
  });
});
