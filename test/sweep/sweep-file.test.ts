import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { UsageError } from "../../packages/sweep/src/errors.js";
import { parseSweep, readSweepFile } from "../../packages/sweep/src/sweep/sweep-file.js";
import { temporaryDirectory } from "../support/idx-files.js";
import { thrownBy } from "../support/thrown.js";

const valid = {
  data: { source: "mnist" },
  options: { learningRate: { min: 1e-4, max: 10, scale: "log", points: 6 }, gradient: ["numerical", "backprop"] },
  seeds: [0, 1, 2],
  epochs: 1,
};

const messageFor = (change: object) => {
  // As in a file, a field that is undefined is missing.
  const contents = JSON.parse(JSON.stringify({ ...valid, ...change }));
  return thrownBy(UsageError, () => parseSweep(contents, "a sweep")).message;
};

describe("a sweep file", () => {
  test("has defaults for what is left out", () => {
    expect(parseSweep(valid, "a sweep")).toEqual({
      name: "a sweep",
      ...{ data: valid.data, options: valid.options, seeds: [0, 1, 2], search: "grid", trials: undefined, seed: 0 },
      ...{ budget: { epochs: 1 }, halving: undefined },
    });
  });

  test.each<[change: object, message: string]>([
    [{ data: undefined }, "data: missing"],
    [{ data: { source: "cifar" } }, 'data.source: expected "mnist" or "fashion-mnist" or "idx" or "npz", got "cifar"'],
    [{ data: { source: "idx" } }, "data.path: missing, the source idx needs it"],
    [{ data: { source: "mnist", path: "x" } }, "data.path: goes with the sources idx and npz"],
    [{ options: { rate: 1 } }, "options.rate: unknown, expected one of learningRate, hidden, batchSize, weightInitStd, h, gradient, sampling"],
    [{ options: { learningRate: [0.1, -1] } }, "options.learningRate[1]: expected a number of more than 0, got -1"],
    [{ options: { learningRate: [] } }, "options.learningRate: expected a length of at least 1, got a list of length 0"],
    [{ options: { learningRate: "fast" } }, 'options.learningRate: expected a number or a list or an object, got "fast"'],
    [{ options: { learningRate: { min: 1 } } }, "options.learningRate.max: missing"],
    [{ options: { learningRate: { min: 1, max: 1, points: 2 } } }, "options.learningRate.max: expected a number of more than min (1), got 1"],
    [{ options: { learningRate: { min: 1, max: 2 } } }, "options.learningRate.points: missing, a grid needs the number of values of a range"],
    [{ options: { hidden: 1.5 } }, "options.hidden: expected an integer or a list or an object, got 1.5"],
    [{ options: { gradient: "newton" } }, 'options.gradient: expected "numerical" or "backprop", got "newton"'],
    [{ options: { sampling: ["shuffle", "all"] } }, 'options.sampling[1]: expected "replacement" or "shuffle", got "all"'],
    [{ seeds: [1, 1] }, "seeds: expected values that differ, got a list of length 2"],
    [{ seeds: [0.5] }, "seeds[0]: expected an integer, got 0.5"],
    [{ trials: 10 }, "trials: a grid has all of its settings; it goes with the other searches"],
    [{ search: "sobol", options: { h: { min: 1e-6, max: 1e-2 } } }, 'trials: missing, the search "sobol" needs it'],
    [{ search: "random", trials: 10, options: { h: [1e-4, 1e-3] } }, "trials: expected a multiple of 3, the number of seeds, got 10"],
    [{ steps: 10 }, "steps: epochs is given, give one of them"],
    [{ epochs: undefined }, "epochs: missing, give epochs or steps"],
    [{ epochs: 1, halving: { minEpochs: 1 } }, "halving.minEpochs: expected less than epochs (1), got 1"],
    [{ halving: { minEpochs: 1, eta: 1 } }, "halving.eta: expected a number of at least 2, got 1"],
    [{ constructor: 1 }, "constructor: unknown, expected one of $schema, name, data, options, seeds, search, trials, seed, epochs, steps, halving"],
  ])("is refused with the path of what is wrong: %j", (change, message) => {
    expect(messageFor(change)).toBe(message);
  }); // biome-ignore format: a table

  test.each([
    ["[]", "an object"],
    ["null", "an object"],
    ["{", "no JSON"],
    ["", "no JSON"],
  ])("is refused if it is %j", async (text, reason) => {
    const path = join(temporaryDirectory({}), "sweep.json");
    writeFileSync(path, text);
    await expect(readSweepFile(path)).rejects.toThrow(reason);
    await expect(readSweepFile(path)).rejects.toThrow(path);
  });

  test("has paths relative to itself", async () => {
    const folder = temporaryDirectory({});
    writeFileSync(join(folder, "s.json"), JSON.stringify({ ...valid, data: { source: "npz", path: "x.npz" } }));
    expect((await readSweepFile(join(folder, "s.json"))).data.path).toBe(join(folder, "x.npz"));
  });
});
