import { describe, expect, test } from "vitest";
import { haltonPoints, randomPoints, sobolPoints } from "../../packages/sweep/src/sweep/points.js";
import { parseSweep } from "../../packages/sweep/src/sweep/sweep-file.js";
import { identityOf, trialsOf } from "../../packages/sweep/src/sweep/trials.js";

const data = { source: "mnist" };
const sweep = (contents: object) => parseSweep({ data, epochs: 1, ...contents }, "a sweep");

describe("trials", () => {
  test("of a grid are all settings with all seeds, in the order of the file's lists", () => {
    const trials = trialsOf(
      sweep({ options: { learningRate: [0.1, 1], hidden: { min: 10, max: 50, points: 3 } }, seeds: [7, 8] }),
    );
    expect(trials.map(({ options }) => [options.learningRate, options.hidden, options.seed])).toEqual([
      [0.1, 10, 7], [0.1, 10, 8], [0.1, 30, 7], [0.1, 30, 8], [0.1, 50, 7], [0.1, 50, 8],
      [1, 10, 7], [1, 10, 8], [1, 30, 7], [1, 30, 8], [1, 50, 7], [1, 50, 8],
    ]); // biome-ignore format: rows
    expect(trials.map(({ number }) => number)).toEqual(trials.map((_, i) => i));
  });

  test("on a logarithmic range have equal factors between them", () => {
    const options = { learningRate: { min: 1e-4, max: 10, scale: "log", points: 6 } };
    expect(trialsOf(sweep({ options })).map(({ options }) => options.learningRate)).toEqual([
      1e-4, 1e-3, 0.01, 0.1, 1, 10,
    ]);
  });

  test("by backpropagation have no h, so that two values of h make one trial", () => {
    const trials = trialsOf(sweep({ options: { gradient: ["numerical", "backprop"], h: [1e-4, 1e-3] } }));
    expect(trials.map(({ options }) => options.h)).toEqual([1e-4, 1e-3, undefined]);
  });

  test.each(["random", "halton", "sobol"])("of the search %s are the same for the same seed, and differ", (search) => {
    const options = { learningRate: { min: 1e-4, max: 10, scale: "log" }, hidden: { min: 5, max: 100 }, gradient: ["numerical", "backprop"] };
    const of = (seed: number) => trialsOf(sweep({ options, search, trials: 64, seed, seeds: [0, 1] }));
    expect(of(3)).toEqual(of(3));
    expect(of(3)).not.toEqual(of(4));
    expect(new Set(of(3).map(({ options }) => JSON.stringify(options))).size).toBe(64);
    const rates = of(3).map(({ options }) => options.learningRate);
    expect(Math.min(...rates)).toBeGreaterThanOrEqual(1e-4);
    expect(Math.max(...rates)).toBeLessThanOrEqual(10);
    // 32 points of log-uniform rates: about half of them are below the middle of the five powers of ten.
    expect(rates.filter((rate) => rate < 10 ** -1.5).length / 64).toBeCloseTo(0.5, 0);
  }); // biome-ignore format: short

  test("are refused if the options have fewer settings", () => {
    const few = sweep({ options: { learningRate: [0.1, 1] }, search: "random", trials: 3 });
    expect(() => trialsOf(few)).toThrow("trials: expected at most 2, as the options have no more settings, got 3");
    const many = sweep({
      options: { learningRate: { min: 1, max: 2, points: 5000 }, h: { min: 1, max: 2, points: 5000 } },
    });
    expect(() => trialsOf(many)).toThrow("the grid has 25000000 trials, expected at most 1000000");
  });

  test("have an identity of options, length, data and version, whatever the order of the options", () => {
    const [{ options }] = trialsOf(sweep({ options: {} })) as [ReturnType<typeof trialsOf>[number]];
    const id = identityOf(options, { epochs: 1 }, "data", "0.1.0");
    expect(id).toMatch(/^[0-9a-f]{40}$/);
    const reversed = Object.fromEntries(Object.entries(options).reverse()) as unknown as typeof options;
    expect(identityOf(reversed, { epochs: 1 }, "data", "0.1.0")).toBe(id);
    const others = [
      identityOf({ ...options, seed: 1 }, { epochs: 1 }, "data", "0.1.0"),
      identityOf(options, { epochs: 2 }, "data", "0.1.0"),
      identityOf(options, { steps: 1 }, "data", "0.1.0"),
      identityOf(options, { epochs: 1 }, "other data", "0.1.0"),
      identityOf(options, { epochs: 1 }, "data", "0.1.1"),
    ];
    expect(new Set([id, ...others]).size).toBe(6);
  });
});

describe("points", () => {
  test.each([randomPoints, haltonPoints, sobolPoints])("are in the unit cube", (source) => {
    const next = source(7, 5);
    const points = Array.from({ length: 500 }, next);
    for (const point of points) for (const u of point) expect(u >= 0 && u < 1).toBe(true);
  });

  test("of Sobol: every 2ᵏ of them have one point in each of 2ᵏ slices of each coordinate", () => {
    const next = sobolPoints(7, 1);
    for (let block = 0; block < 4; block++) {
      const points = Array.from({ length: 256 }, next);
      for (let d = 0; d < 7; d++) {
        expect(new Set(points.map((point) => Math.floor(point[d]! * 256))).size).toBe(256);
      }
    }
  });

  test("of Sobol: the first two coordinates make a (0, 8, 2)-net", () => {
    const next = sobolPoints(2, 9);
    const points = Array.from({ length: 256 }, next);
    for (let k = 0; k <= 8; k++) {
      const [across, up] = [2 ** k, 2 ** (8 - k)];
      const cells = points.map(([x, y]) => Math.floor(x! * across) * up + Math.floor(y! * up));
      expect(new Set(cells).size).toBe(256);
    }
  });

  test("of Halton are even in each coordinate", () => {
    const next = haltonPoints(3, 2);
    const points = Array.from({ length: 900 }, next);
    for (let d = 0; d < 3; d++) {
      const counts = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
      for (const point of points) counts[Math.floor(point[d]! * 10)]!++;
      // The star discrepancy of 900 points in one coordinate is below 1 %.
      for (const count of counts) expect(Math.abs(count - 90)).toBeLessThanOrEqual(9);
    }
  });
});
