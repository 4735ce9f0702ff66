import { Writable } from "node:stream";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { type BarState, formatBarLine } from "../../packages/train/src/bar-line.js";
import { createProgress } from "../../packages/train/src/progress.js";

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

  test("fits into any number of columns at any time, and never changes its width as the run goes on", () => {
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
      // Too narrow for a bar, there is the percentage alone.
      if (columns > 10) expect([columns, widths.size]).toEqual([columns, 1]);
    }
  });

  test("has the time left in at most six characters", () => {
    const left = (seconds: number) => /\| +(\S+) left$/.exec(formatBarLine(200, state(1, { left: seconds })))?.[1];
    expect([0, 1.2, 59, 59.5, 61, 3599, 3600, 5400, 359_000, 360_000, 1e7, 1e9].map(left)).toEqual([
      ...["0s", "2s", "59s", "1m00s", "1m01s", "59m59s", "1h00m", "1h30m", "99h44m", "5d", "116d", "-"],
    ]);
  });

  test("is full at the end, and where there was nothing to do", () => {
    expect(formatBarLine(20, state(10_000))).toBe("██████████████ 100%");
    expect(formatBarLine(20, state(0, { totalSteps: 0 }))).toMatch(/^█+ 100% \| 0\/0$/);
    expect(formatBarLine(20, state(9999))).toBe("██████████████  99%");
  });
});

/** A stream that remembers what is written to it. */
function recorder(isTTY: boolean, columns = 120) {
  const written: string[] = [];
  const stream = new Writable({
    write(chunk, _encoding, done) {
      written.push(String(chunk));
      done();
    },
  });
  Object.assign(stream, { isTTY, columns });
  return { stream: stream as unknown as NodeJS.WriteStream, text: () => written.join("") };
}

describe("progress", () => {
  test("where the output is no terminal it is plain lines, one for each tenth", () => {
    const { stream, text } = recorder(false);
    const progress = createProgress({ totalSteps: 1000, firstStep: 0 }, stream);
    for (let steps = 1; steps <= 1000; steps++) progress.update(steps, 1);
    progress.line("a line that stays");
    progress.stop();
    expect(
      text()
        .split("\n")
        .filter((line) => /^step \d+00\/1000 \| loss 1\.0000 \| /.test(line)),
    ).toHaveLength(10);
    expect(text()).toMatch(/\na line that stays\n$/);
    expect(text()).not.toContain("\u001b");
  });

  test("on a terminal it is a bar that shows the last step, with the lines above it", () => {
    const { stream, text } = recorder(true);
    const progress = createProgress({ totalSteps: 1000, firstStep: 0 }, stream);
    for (let steps = 1; steps <= 300; steps++) progress.update(steps, 0.5);
    progress.line("a line that stays");
    progress.stop();
    const once = text();
    progress.stop();
    expect(text()).toBe(once);
    expect(once).toContain("a line that stays\n");
    expect(once).toMatch(/30% \| {2}300\/1000 \| loss 0\.5000 \| +\d+ steps\/s \| .* left/);
  });

  test("on a terminal without abilities it is plain lines", () => {
    vi.stubEnv("TERM", "dumb");
    onTestFinished(() => void vi.unstubAllEnvs());
    const { stream, text } = recorder(true);
    const progress = createProgress({ totalSteps: 10, firstStep: 0 }, stream);
    for (let steps = 1; steps <= 10; steps++) progress.update(steps, 0.5);
    progress.stop();
    expect(text()).toMatch(/^(step \d+\/10 \| .*\n){10}$/);
  });

  test("the speed is that of the steps of this process, where a run was resumed", () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    for (const isTTY of [true, false]) {
      const { stream, text } = recorder(isTTY);
      const progress = createProgress({ totalSteps: 1000, firstStep: 900 }, stream);
      vi.advanceTimersByTime(500);
      for (let steps = 901; steps <= 1000; steps++) progress.update(steps, 0.5);
      progress.stop();
      expect(text()).toMatch(/1000\/1000 \| loss 0\.5000 \| +200 steps\/s/);
    }
  });

  test("the bar has no colours, and changes neither the cursor nor the wrapping of lines", () => {
    const { stream, text } = recorder(true);
    const progress = createProgress({ totalSteps: 10, firstStep: 0 }, stream);
    progress.line("a line");
    progress.update(10, 0.5);
    progress.stop();
    const codes = Array.from(text().split("\u001b").slice(1), (after) =>
      after.replace(/^(\[[0-9;?]*[A-Za-z]).*$/s, "$1"),
    );
    // To the first column, and clear the rest of the line, or all of it.
    expect([...new Set(codes)].sort()).toEqual(["[0K", "[1G", "[2K"]);
  });

  test("when the terminal's size changes the bar goes away, and comes back as wide as it may be", () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const { stream, text } = recorder(true, 100);
    const progress = createProgress({ totalSteps: 1000, firstStep: 0 }, stream);
    progress.update(500, 0.5);
    vi.advanceTimersByTime(150);
    expect(text()).toContain("steps/s");
    stream.columns = 40;
    stream.emit("resize");
    expect(text().endsWith("\r\u001b[J")).toBe(true);
    const before = text().length;
    vi.advanceTimersByTime(250);
    expect(text().slice(before)).not.toMatch(/%/);
    vi.advanceTimersByTime(200);
    expect(text().slice(before)).toMatch(/50% \| {2}500\/1000 \| loss 0\.5000/);
    expect(text().slice(before)).not.toContain("steps/s");
    progress.stop();
    expect(stream.listenerCount("resize")).toBe(0);
  });

  test("a line for standard error gets a line of its own, behind those that waited", () => {
    const { stream, text } = recorder(true);
    const progress = createProgress({ totalSteps: 10, firstStep: 0 }, stream);
    progress.update(1, 0.5);
    progress.line("a line that stays");
    progress.giveWay();
    expect(text()).toContain("a line that stays\n");
    expect(text().endsWith("left\u001b[0K\r\u001b[J")).toBe(true);
    progress.stop();
  });
});
