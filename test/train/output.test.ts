import { describe, expect, test } from "vitest";
import { run, smallRun } from "../support/main-job.js";

const lines = (text: string) => text.trimEnd().split("\n");

describe("--json", () => {
  test("prints a line of JSON for each evaluation and one for the end", async () => {
    const { code, stdout, stderr } = await run(`${smallRun(40)} --json`);
    expect([code, stderr]).toEqual([0, ""]);
    const [first, second, third, end, ...rest] = lines(stdout).map((line) => JSON.parse(line));
    expect(rest).toEqual([]);
    const keys = ["step", "epoch", "loss", "trainAccuracy", "testAccuracy", "seconds"];
    for (const line of [first, second, third]) expect(Object.keys(line)).toEqual(keys);
    expect([first, second, third].map(({ step, epoch }) => [step, epoch])).toEqual([[0, 0], [15, 1], [30, 2]]); // biome-ignore format: one line
    expect(end).toEqual({
      status: "finished",
      steps: 40,
      trainAccuracy: expect.any(Number),
      testAccuracy: expect.any(Number),
      seconds: expect.any(Number),
      threads: 1,
    });
    const seconds = [first, second, third, end].map((line) => line.seconds);
    expect(seconds).toEqual(seconds.slice().sort((a, b) => a - b));
    expect(first.loss).toBeCloseTo(Math.log(10), 0);
  });

  test("prints errors to standard error", async () => {
    const wrong = await run("--json --data no/such/directory");
    expect(wrong).toEqual({ code: 2, stdout: "", stderr: "--data: expected a directory, got no/such/directory\n" });
    const diverged = await run(`${smallRun(40)} --json --learning-rate 1e308`);
    expect(diverged.code).toBe(1);
    expect(diverged.stderr).toMatch(/^training diverged at step \d+ .*\n$/);
    expect(JSON.parse(lines(diverged.stdout).at(-1) ?? "")).toMatchObject({ status: "diverged" });
  });

  test("says that a run was stopped", async () => {
    // A second signal could come when the program ends, and has no handler any more.
    let isSent = false;
    const { code, stdout } = await run(`${smallRun(1e8)} --json`, (text, child) => {
      if (!isSent && text.includes("\n")) isSent = child.kill();
    });
    expect(code).toBe(143);
    const { status, steps } = JSON.parse(lines(stdout).at(-1) ?? "");
    expect([status, steps > 0]).toEqual(["aborted", true]);
  });
});

test("--quiet prints the summary and nothing else", async () => {
  const { code, stdout, stderr } = await run(`${smallRun(40)} --quiet`);
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout).toMatch(
    /^Finished after 40 steps\.\n {2}accuracy {3}train .* %, test .* %\n {2}time {7}.* per step\n {2}threads {4}\d+\n$/,
  );
});
