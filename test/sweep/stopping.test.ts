import { spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { LONG_SWEEP, resultLines, runSweep, SWEEP_PROGRAM, startSweep, sweepFolder, until } from "../support/sweep.js";

const options = { learningRate: [0.1, 1, 3], hidden: 5, batchSize: 20, gradient: "backprop" };
const halved = { options, seeds: [0, 1], epochs: 4, halving: { minEpochs: 1, eta: 2 } };

describe.skipIf(process.platform === "win32")("an output that is closed", () => {
  /** Runs the program in a shell that prints the exit code of the first program of a pipe. */
  const piped = (cwd: string, args: string, rest: string) => {
    const command = `"${process.execPath}" "${SWEEP_PROGRAM}" ${args} ${rest}; echo "code \${PIPESTATUS[0]}"`;
    const { stdout, stderr } = spawnSync("bash", ["-c", command], { cwd, encoding: "utf8" });
    return [stdout, stderr];
  };

  test("ends a run, whose results are kept", () => {
    const folder = sweepFolder(LONG_SWEEP);
    // The second line comes with the first result.
    expect(piped(folder, "run sweep.json --out out", "| head -n 2 > /dev/null")).toEqual(["code 141\n", ""]);
    expect(resultLines(join(folder, "out")).length).toBeGreaterThan(0);
    expect(existsSync(join(folder, "out/run.lock"))).toBe(false);
  });

  test("ends a look at a sweep that is not done", async () => {
    const folder = sweepFolder(LONG_SWEEP);
    const { child, ended } = startSweep(folder, ["run", "sweep.json", "--out", "out"]);
    await until(() => existsSync(join(folder, "out/results.jsonl")));
    expect(piped(folder, "status out --watch", "| true")).toEqual(["code 141\n", ""]);
    child.kill("SIGHUP");
    expect((await ended).code).toBe(null);
  });

  test("does not matter to a program that has ended", () => {
    expect(piped(".", "--help", "| true")).toEqual(["code 0\n", ""]);
  });
});

describe("a look at a sweep again and again", () => {
  test("ends when no trial is left on any rung", async () => {
    const folder = sweepFolder(halved);
    await runSweep(folder, "run", "sweep.json", "--out", "out");
    expect(resultLines(join(folder, "out")).some(({ rung }) => rung === 2)).toBe(true);
    const { code, stdout } = await runSweep(folder, "status", "out", "--watch");
    expect([code, stdout.split("\n").filter((line) => line.startsWith("1 epochs: 6 of 6 trials")).length]).toEqual([
      0, 1,
    ]);
  });

  test("goes on while halving has promoted a trial that has no result", async () => {
    const folder = sweepFolder(halved);
    await runSweep(folder, "run", "sweep.json", "--out", "out");
    const rest = resultLines(join(folder, "out")).filter(({ rung }) => rung === 0);
    writeFileSync(join(folder, "out/results.jsonl"), rest.map((line) => `${JSON.stringify(line)}\n`).join(""));
    const { child, ended, printed } = startSweep(folder, ["status", "out", "--watch"]);
    await until(() => printed().split("1 epochs: 6 of 6 trials").length > 2);
    child.kill("SIGTERM");
    expect((await ended).code).toBe(143);
  });
});
