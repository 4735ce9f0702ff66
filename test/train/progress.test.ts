import { Writable } from "node:stream";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { createProgress } from "../../packages/train/src/progress.js";

/** A stream that remembers what is written to it. */
function recorder(isTTY: boolean, columns = 120) {
  const written: string[] = [];
  const stream = new Writable({
    write(chunk, _encoding, done) {
      written.push(String(chunk));
      done();
    },
    writev(chunks, done) {
      written.push(chunks.map(({ chunk }) => String(chunk)).join(""));
      done();
    },
  });
  Object.assign(stream, { isTTY, columns });
  return { stream: stream as unknown as NodeJS.WriteStream, text: () => written.join(""), pieces: written };
}

describe("progress", () => {
  test("without a terminal there are plain lines, one for each tenth", () => {
    const { stream, text } = recorder(false);
    const progress = createProgress({ totalSteps: 1000, firstStep: 0 }, stream);
    for (let steps = 1; steps <= 1000; steps++) progress.update(steps, 1, steps);
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

  test("on a terminal there is a bar that shows the last step, with the lines above it", () => {
    const { stream, text } = recorder(true);
    const progress = createProgress({ totalSteps: 1000, firstStep: 0 }, stream);
    for (let steps = 1; steps <= 300; steps++) progress.update(steps, 0.5, steps);
    progress.line("a line that stays");
    progress.stop();
    const once = text();
    progress.stop();
    expect(text()).toBe(once);
    expect(once).toContain("a line that stays\n");
    expect(once).toMatch(/30% \| {2}300\/1000 \| loss 0\.5000 \| +\d+ steps\/s \| .* left/);
  });

  test("on a terminal without abilities there are plain lines", () => {
    vi.stubEnv("TERM", "dumb");
    onTestFinished(() => void vi.unstubAllEnvs());
    const { stream, text } = recorder(true);
    const progress = createProgress({ totalSteps: 10, firstStep: 0 }, stream);
    for (let steps = 1; steps <= 10; steps++) progress.update(steps, 0.5, steps);
    progress.stop();
    expect(text()).toMatch(/^(step \d+\/10 \| .*\n){10}$/);
  });

  test("speed and time left are those of the steps of this process, without evaluations", () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    for (const isTTY of [true, false]) {
      const { stream, text } = recorder(isTTY);
      const progress = createProgress({ totalSteps: 1000, firstStep: 900 }, stream);
      vi.advanceTimersByTime(60_000);
      for (let steps = 901; steps <= 950; steps++) progress.update(steps, 0.5, 5 * (steps - 900));
      if (isTTY) vi.advanceTimersByTime(200);
      expect(text()).toMatch(
        isTTY ? /950\/1000 .* 200 steps\/s \| +1s left/ : /^step 901\/1000 .* 200 steps\/s \| 0\.5 s left\n/,
      );
      for (let steps = 951; steps <= 1000; steps++) progress.update(steps, 0.5, 5 * (steps - 900));
      progress.stop();
      expect(text()).toMatch(/1000\/1000 \| loss 0\.5000 \| +200 steps\/s/);
    }
  });

  test("a drawing is one write, between whose characters a terminal prints no key that is pressed", () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const { stream, pieces } = recorder(true);
    const progress = createProgress({ totalSteps: 1000, firstStep: 0 }, stream);
    for (let steps = 1; steps <= 500; steps++) {
      progress.update(steps, 0.5, steps);
      if (steps === 250) progress.line("a line that stays");
      vi.advanceTimersByTime(1);
    }
    progress.stop();
    expect(pieces.length).toBeGreaterThan(4);
    for (const piece of pieces) {
      const text = piece.replaceAll("\u001b", "ESC");
      expect(text).toMatch(/^ESC\[1G(ESC\[2Ka line that stays\n)?ESC\[1G[█░]+ [^\n[]* leftESC\[0K\n?$/);
    }
    expect(pieces.filter((piece) => piece.includes("a line that stays"))).toHaveLength(1);
    expect(pieces.at(-1)).toMatch(/\n$/);
  });

  test("the bar has no colours, and changes neither the cursor nor the wrapping of lines", () => {
    const { stream, text } = recorder(true);
    const progress = createProgress({ totalSteps: 10, firstStep: 0 }, stream);
    progress.line("a line");
    progress.update(10, 0.5, 10);
    progress.stop();
    const codes = Array.from(text().split("\u001b").slice(1), (after) =>
      after.replace(/^(\[[0-9;?]*[A-Za-z]).*$/s, "$1"),
    );
    // These codes move to the first column, and clear the rest of the line or all of it.
    expect([...new Set(codes)].sort()).toEqual(["[0K", "[1G", "[2K"]);
  });

  test("the bar disappears when the size of the terminal changes, and comes back with its new width", () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const { stream, text } = recorder(true, 100);
    const progress = createProgress({ totalSteps: 1000, firstStep: 0 }, stream);
    progress.update(500, 0.5, 500);
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

  test("a line for standard error gets a line of its own, after those that waited", () => {
    const { stream, text } = recorder(true);
    const progress = createProgress({ totalSteps: 10, firstStep: 0 }, stream);
    progress.update(1, 0.5, 1);
    progress.line("a line that stays");
    progress.giveWay();
    expect(text()).toContain("a line that stays\n");
    expect(text().endsWith("left\u001b[0K\r\u001b[J")).toBe(true);
    progress.stop();
  });
});
