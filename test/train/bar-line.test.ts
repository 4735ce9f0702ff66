import { describe, expect, test } from "vitest";
import { type BarState, formatBarLine } from "../../packages/train/src/bar-line.js";

const state = (steps: number, more: Partial<BarState> = {}): BarState => ({
  steps,
  totalSteps: 10_000,
  loss: 0.51234,
  pace: { steps: 500, milliseconds: 1000 },
  left: 75,
  ...more,
});

describe("the bar's line", () => {
  test.each([
    [200, "█████████░░░░░░░░░░░░░░░░░░░░░  30% |  3000/10000 | loss 0.5123 |   500 steps/s |  1m15s left"],
    [80, "█████░░░░░░░░░░░  30% |  3000/10000 | loss 0.5123 |   500 steps/s |  1m15s left"],
    [68, "██████░░░░░░░░░░░░░░  30% |  3000/10000 | loss 0.5123 |  1m15s left"],
    [40, "██░░░░  30% |  3000/10000 | loss 0.5123"],
    [30, "███░░░░░░░  30% |  3000/10000"],
    [20, "████░░░░░░░░░░  30%"],
    [10, "30%"],
    [3, "30"],
    [1, ""],
  ])("in %i columns", (columns, line) => {
    expect(formatBarLine(columns, state(3000))).toBe(line);
  });

  test("fits into any number of columns at any time, and keeps its width during the run", () => {
    for (let columns = 0; columns <= 220; columns++) {
      const widths = new Set<number>();
      for (const [steps, loss, left, pace] of [
        [0, Number.NaN, undefined, { steps: 0, milliseconds: 0 }],
        [1, 2.3, 86_400, { steps: 1, milliseconds: 17_400 }],
        [5000, 2.34567, 59.2, { steps: 99, milliseconds: 10_000 }],
        [9999, 0.1, 0, { steps: 9999, milliseconds: 1000 }],
        [10_000, 0.1, 0, { steps: 9999, milliseconds: 1000 }],
      ] as const) {
        const line = formatBarLine(columns, state(steps, { loss, left, pace }));
        expect(line.length).toBeLessThanOrEqual(Math.max(columns - 1, 0));
        widths.add(line.length);
      }
      // A line that is too narrow for a bar has only the percentage.
      if (columns > 10) expect([columns, widths.size]).toEqual([columns, 1]);
    }
  });

  test("shows the time left in at most six characters", () => {
    const left = (seconds: number) => /\| +(\S+) left$/.exec(formatBarLine(200, state(1, { left: seconds })))?.[1];
    expect([0, 1.2, 59, 59.5, 61, 3599, 3600, 5400, 359_000, 360_000, 1e7, 1e9].map(left)).toEqual([
      ...["0s", "2s", "59s", "1m00s", "1m01s", "59m59s", "1h00m", "1h30m", "99h44m", "5d", "116d", "-"],
    ]);
  });

  test("is full at the end, and if the run has no steps", () => {
    expect(formatBarLine(20, state(10_000))).toBe("██████████████ 100%");
    expect(formatBarLine(20, state(0, { totalSteps: 0 }))).toMatch(/^█+ 100% \| 0\/0$/);
    expect(formatBarLine(20, state(9999))).toBe("██████████████  99%");
  });
});
