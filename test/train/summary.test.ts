import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type Options, parseOptions } from "../../packages/train/src/options.js";
import {
  formatAccuracies,
  formatDuration,
  formatHeading,
  formatProgress,
  formatSpeed,
  formatSummary,
  NUMPY_BACKPROP,
  NUMPY_GRADIENT,
} from "../../packages/train/src/summary.js";

const { hyperparameters: defaults } = parseOptions([]) as Options;

describe("summary", () => {
  const outcome = {
    status: "finished",
    steps: 10_000,
    milliseconds: 11_870,
    threads: 2,
    pace: { steps: 10_000, milliseconds: 9_870 },
    trainAccuracy: 0.94413,
    testAccuracy: 0.9449,
  } as const;

  test("the accuracies are printed digit for digit as Python prints them", () => {
    expect(formatAccuracies(0.09915, 0.1009)).toBe("train acc, test acc | 0.09915, 0.1009");
    expect(formatAccuracies(6265 / 60_000, 0.1028)).toBe("train acc, test acc | 0.10441666666666667, 0.1028");
  });

  test("it has accuracies, total time, time per step, and the time of the book's code", () => {
    expect(formatSummary(defaults, [784, 50, 10], 10_000, outcome)).toBe(
      [
        "Finished after 10,000 steps.",
        "  accuracy   train 94.41 %, test 94.49 %",
        "  time       11.9 s, 0.987 ms per step",
        "  threads    2",
        "  NumPy      85.3 hours for as many steps:",
        "             the book's code takes 30.7 s for one such gradient",
        "             on one core of the Xeon of numgrad's README",
      ].join("\n"),
    );
  });

  test("a run that was stopped says after how many steps", () => {
    const stopped = { ...outcome, status: "aborted", steps: 1234 } as const;
    expect(formatSummary(defaults, [784, 50, 10], 10_000, stopped)).toContain("Stopped after 1,234 of 10,000 steps.");
    const kept = formatSummary(defaults, [784, 50, 10], 10_000, stopped, "run.ck");
    expect(kept).toContain("\n  checkpoint run.ck: --resume goes on from it");
    expect(formatSummary(defaults, [784, 50, 10], 10_000, outcome, "run.ck")).not.toContain("run.ck");
    const atOnce = formatSummary(defaults, [784, 50, 10], 10_000, {
      ...stopped,
      steps: 0,
      milliseconds: 1,
      pace: { steps: 0, milliseconds: 0 },
    });
    expect(atOnce).not.toMatch(/NaN|Infinity|NumPy/);
    const slow = formatSummary(defaults, [784, 50, 10], 10_000, {
      ...stopped,
      steps: 1,
      milliseconds: 3456.7,
      pace: { steps: 1, milliseconds: 3456.7 },
    });
    expect(slow).toContain("  time       3.5 s, 3457 ms per step\n");
  });

  test("for sizes that were not measured it says nothing about NumPy", () => {
    expect(formatSummary(defaults, [784, 51, 10], 10_000, outcome)).not.toContain("NumPy");
    expect(formatSummary({ ...defaults, batchSize: 10 }, [784, 50, 10], 10_000, outcome)).not.toContain("NumPy");
  });

  test("backpropagation is compared with NumPy's backpropagation", () => {
    const text = formatSummary({ ...defaults, gradient: "backprop" }, [784, 50, 10], 10_000, outcome);
    expect(text).toContain("14.8 s for as many steps:\n             the book's code, with backpropagation too,");
  });

  test("NumPy's times are those of the README", () => {
    const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
    const [, gradient, step, whole] =
      /^\| NumPy, the book's code +\| +(\S*) s \| backpropagation +\| +(\S*) ms \| +(\S*) s \|/m.exec(readme)!;
    expect([NUMPY_GRADIENT, NUMPY_BACKPROP]).toEqual([Number(gradient), Number(whole)]);
    expect(Number(step)).toBeLessThan(NUMPY_BACKPROP / 10);
    expect(readme).toMatch(/Intel\(R\) Xeon\(R\) Processor, Node/);
  });

  test("no line is wider than 80 columns, however long the run", () => {
    for (const gradient of ["numerical", "backprop"] as const) {
      const long = { ...outcome, status: "aborted", steps: 123_456_789, milliseconds: 1e12 } as const;
      const lines = formatSummary({ ...defaults, gradient }, [784, 50, 10], 1_000_000_000, long).split("\n");
      expect(lines.filter((line) => line.length > 80)).toEqual([]);
    }
  });

  test("the heading counts the parameters", () => {
    expect(formatHeading(defaults, [784, 50, 10], 60_000, 10_000)).toEqual([
      "784-50-10 network, 39,760 parameters; 60,000 images; central differences, h = 0.0001",
      "10,000 steps of 100 images, learning rate 0.1, seed 0",
    ]);
  });

  test("a plain progress line has loss, speed and time left", () => {
    const whole = formatProgress(250, 1000, 0.51234, { steps: 250, milliseconds: 500 });
    expect(whole).toBe("step 250/1000 | loss 0.5123 | 500 steps/s | 1.5 s left");
    const resumed = formatProgress(250, 1000, 0.51234, { steps: 50, milliseconds: 500 });
    expect(resumed).toBe("step 250/1000 | loss 0.5123 | 100 steps/s | 7.5 s left");
    const noStep = formatProgress(250, 1000, 0.51234, { steps: 0, milliseconds: 500 });
    expect(noStep).toBe("step 250/1000 | loss 0.5123");
    const end = formatProgress(1000, 1000, 0.5, { steps: 1000, milliseconds: 500 });
    expect(end).toBe("step 1000/1000 | loss 0.5000 | 2000 steps/s");
  });

  test("durations and speeds have a unit in which they are easily read", () => {
    expect([12.34, 900, 119_000, 300_000, 36_000_000, 1e9].map(formatDuration)).toEqual([
      ...["12.3 ms", "0.9 s", "119.0 s", "5.0 minutes", "10.0 hours", "11.6 days"],
    ]);
    const speeds = [[1, 17_400], [1000, 1000], [0, 0]].map(([steps = 0, milliseconds = 0]) => formatSpeed({ steps, milliseconds })); // biome-ignore format: one line
    expect(speeds).toEqual(["0.057", "1000", "0.0"]);
  });
});
