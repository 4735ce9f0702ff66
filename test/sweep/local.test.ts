import { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { comparable, resultLines, runSweep, startSweep, sweepFolder, until } from "../support/sweep.js";

const options = { learningRate: [0.1, 1], gradient: ["numerical", "backprop"], hidden: 5, batchSize: 20 };
const small = { options, seeds: [0, 1], epochs: 2 };

/** A sweep that lasts some seconds. */
const long = { options: { ...options, gradient: "backprop" }, seeds: [0, 1, 2, 3, 4, 5], epochs: 150 };

describe("a sweep on this machine", () => {
  test("has the same results with one and with two threads, and does nothing a second time", async () => {
    const folder = sweepFolder(small);
    const one = await runSweep(folder, "run", "sweep.json", "--threads", "1", "--out", "one");
    expect(one).toMatchObject({ code: 0, stderr: "" });
    await runSweep(folder, "run", "sweep.json", "--threads", "2", "--out", "two");
    const results = comparable(join(folder, "one"));
    expect(results.length).toBe(8);
    expect(comparable(join(folder, "two"))).toEqual(results);

    const before = readFileSync(join(folder, "one/results.jsonl"), "utf8");
    expect((await runSweep(folder, "resume", "one")).stdout).toContain("8 of 8 trials have results");
    expect(readFileSync(join(folder, "one/results.jsonl"), "utf8")).toBe(before);
  });

  test("keeps the lines of a run that was killed, and does what is missing", async () => {
    const folder = sweepFolder(long);
    const { child, ended } = startSweep(folder, ["run", "sweep.json", "--out", "out"]);
    await until(() => resultLines(join(folder, "out")).length >= 3);
    child.kill("SIGKILL");
    await ended;
    const kept = resultLines(join(folder, "out")).map(({ id }) => id);
    expect(kept.length).toBeLessThan(12);
    // The writer may have been killed in the middle of a line.
    appendFileSync(join(folder, "out/results.jsonl"), '{"id": "12');
    const again = await runSweep(folder, "resume", "out");
    expect(again.stderr).toContain("the last line has no end");
    const ids = resultLines(join(folder, "out")).map(({ id }) => id);
    expect(ids.slice(0, kept.length)).toEqual(kept);
    expect(new Set(ids).size).toBe(12);
    expect(ids.length).toBe(12);
  });

  test("stops at SIGTERM with checkpoints, and resumes with the same bits", async () => {
    const folder = sweepFolder(long);
    const { child, ended, printed } = startSweep(folder, ["run", "sweep.json", "--out", "out"]);
    await until(() => resultLines(join(folder, "out")).length >= 1);
    child.kill("SIGTERM");
    expect((await ended).code, printed()).toBe(143);
    expect(readdirSync(join(folder, "out/checkpoints")).length).toBeGreaterThan(0);
    expect((await runSweep(folder, "resume", "out")).code).toBe(0);
    expect(existsSync(join(folder, "out/checkpoints"))).toBe(false);
    await runSweep(folder, "run", "sweep.json", "--out", "whole");
    expect(comparable(join(folder, "out"))).toEqual(comparable(join(folder, "whole")));
  });

  test("takes a trial that diverges as a result", async () => {
    const folder = sweepFolder({
      options: { ...options, learningRate: [0.1, 1e308], gradient: "backprop" },
      epochs: 2,
    });
    expect((await runSweep(folder, "run", "sweep.json")).code).toBe(0);
    const lines = resultLines(join(folder, "sweep-results"));
    expect(lines.map(({ status }) => status).sort()).toEqual(["diverged", "finished"]);
  });

  test("does the others if numgrad refuses the options of one", async () => {
    const folder = sweepFolder({ options: { hidden: 5, weightInitStd: [1e308, 0.01] }, steps: 1 });
    const { code, stderr } = await runSweep(folder, "run", "sweep.json");
    expect(code).toBe(1);
    expect(stderr).toMatch(/^trial 0 \(.*\) has failed: 40 × options.weightInitStd: expected a finite number, .*\n$/);
    expect(resultLines(join(folder, "sweep-results")).map(({ trial }) => trial)).toEqual([1]);
  });

  test("halves its trials by checkpoints, which give what a whole training gives", async () => {
    const halving = { minEpochs: 1, eta: 2 };
    const rates = { ...options, learningRate: [0.01, 0.1, 1, 3], gradient: "backprop" };
    const folder = sweepFolder({ options: rates, seeds: [0, 1], epochs: 4, halving });
    await runSweep(folder, "run", "sweep.json", "--threads", "2", "--out", "two");
    await runSweep(folder, "run", "sweep.json", "--threads", "1", "--out", "one");
    expect(comparable(join(folder, "one"))).toEqual(comparable(join(folder, "two")));
    const lines = resultLines(join(folder, "one"));
    const counts = [0, 1, 2].map((rung) => lines.filter((line) => line.rung === rung).length);
    expect(counts[0]).toBe(8);
    expect(counts[1]).toBeGreaterThanOrEqual(4);
    expect(counts[2]).toBeGreaterThanOrEqual(2);

    writeFileSync(
      join(folder, "whole.json"),
      readFileSync(join(folder, "sweep.json"), "utf8").replace(/,"halving":.*?\}/, ""),
    );
    expect((await runSweep(folder, "run", "whole.json", "--out", "whole")).stderr).toBe("");
    const whole = new Map(resultLines(join(folder, "whole")).map(({ id, testAccuracy }) => [id, testAccuracy]));
    const top = lines.filter(({ rung }) => rung === 2);
    expect(top.map(({ id }) => whole.get(id))).toEqual(top.map(({ testAccuracy }) => testAccuracy));
  });

  test("refuses a second run in the same folder, but not after the first was killed", async () => {
    const folder = sweepFolder(long);
    const first = startSweep(folder, ["run", "sweep.json", "--out", "out"]);
    await until(() => resultLines(join(folder, "out")).length >= 1);
    const second = await runSweep(folder, "run", "sweep.json", "--out", "out");
    expect(second).toMatchObject({ code: 2 });
    expect(second.stderr).toContain("another run works in this folder");
    first.child.kill("SIGKILL");
    await first.ended;
    expect((await runSweep(folder, "run", "sweep.json", "--out", "out")).code).toBe(0);
  });

  test("reads npz files, with the same identities as the IDX files with the same images", async () => {
    const folder = sweepFolder(small);
    const idx = await import("../../packages/numgrad/src/data/mnist.js");
    const { saveNpz } = await import("numgrad/files");
    const { train, test } = await idx.loadMnist({ directory: join(folder, "data") });
    const arrays = Object.entries({ train, test }).flatMap(([name, { images, labels, size, rows, cols }]) => [
      [`x_${name}`, { shape: [size, rows, cols], data: images }],
      [`y_${name}`, labels],
    ]);
    await saveNpz(join(folder, "data.npz"), Object.fromEntries(arrays));
    const text = readFileSync(join(folder, "sweep.json"), "utf8").replace(
      '"idx","path":"data"',
      '"npz","path":"data.npz"',
    );
    writeFileSync(join(folder, "npz.json"), text);
    await runSweep(folder, "run", "sweep.json", "--out", "out");
    expect((await runSweep(folder, "run", "npz.json", "--out", "other")).stderr).toBe("");
    expect(comparable(join(folder, "other"))).toEqual(comparable(join(folder, "out")));
  });

  test.each([
    [["run"], "run: expected a sweep file"],
    [["walk"], "expected a command: run, resume, status, export, worker"],
    [["run", "nowhere.json"], "nowhere.json: cannot be read"],
    [["run", "sweep.json", "--threads", "0"], "--threads: expected a number from 1 to 1024, got 0"],
    [["run", "sweep.json", "--watch"], "--watch: no option of run"],
    [["run", "sweep.json", "--lock", "5"], "--lock: no option of run"],
    [
      ["run", "sweep.json", "--out", "data/train-images-idx3-ubyte"],
      "--out: data/train-images-idx3-ubyte cannot be made",
    ],
    [["status", "."], "expected one of"],
    [["worker"], "--redis: missing"],
    [["worker", "--redis", "redis://:100%@127.0.0.1:1"], "--redis: in user and password, % is written %25"],
    [["worker", "--redis", "http://user:secret@host"], "--redis: expected an address that begins with redis://"],
    [["constructor", "x"], "expected a command"],
  ])("refuses the command line %j", async (args, message) => {
    const folder = sweepFolder({ ...small, other: 1 });
    const { code, stderr } = await runSweep(folder, ...args);
    expect(stderr + code).toMatch(/^[^\n]*\n2$/);
    if (args[0] !== "run" || args.length < 3) expect(stderr).toContain(message);
    expect(stderr).not.toContain("secret");
  });
});
