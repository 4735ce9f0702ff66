import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { lockFolder } from "../../packages/sweep/src/run/folder.js";
import { temporaryDirectory } from "../support/idx-files.js";
import { LONG_SWEEP, startSweep, sweepFolder, until } from "../support/sweep.js";

/** A folder with a lock, and the path of the lock. */
function locked(text: string) {
  const folder = temporaryDirectory({});
  const path = join(folder, "run.lock");
  writeFileSync(path, text);
  return { folder, path };
}

// No process has such a number.
const GONE = { host: hostname(), pid: 2 ** 30 };

describe("the folder of a sweep is locked", () => {
  test("by one run, until it gives the lock back", async () => {
    const folder = temporaryDirectory({});
    const unlock = await lockFolder(folder);
    expect(JSON.parse(readFileSync(join(folder, "run.lock"), "utf8"))).toEqual({ host: hostname(), pid: process.pid });
    await unlock();
    expect(readdirSync(folder)).toEqual([]);
  });

  test.each([
    ["a process that runs", JSON.stringify({ host: hostname(), pid: process.ppid })],
    ["a process of another machine", JSON.stringify({ host: "another", pid: 1 })],
  ])("by %s", async (_, text) => {
    const { folder, path } = locked(text);
    await expect(lockFolder(folder)).rejects.toThrow("another run works in this folder");
    expect(readFileSync(path, "utf8")).toBe(text);
    expect(readdirSync(folder)).toEqual(["run.lock"]);
  });

  test.each([
    ["was killed", JSON.stringify(GONE)],
    ["was killed before it wrote its name", ""],
    ["left something else behind", "null"],
  ])("no more if its process %s", async (_, text) => {
    const { folder, path } = locked(text);
    const unlock = await lockFolder(folder);
    expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject({ pid: process.pid });
    expect(readdirSync(folder)).toEqual(["run.lock"]);
    await unlock();
    expect(existsSync(path)).toBe(false);
  });

  test("by one of several processes that find the lock of a killed one", async () => {
    const folder = sweepFolder(LONG_SWEEP);
    mkdirSync(join(folder, "out"));
    writeFileSync(join(folder, "out/run.lock"), JSON.stringify(GONE));
    const all = Array.from({ length: 4 }, () => startSweep(folder, ["run", "sweep.json", "--out", "out"]));
    onTestFinished(() => {
      for (const { child } of all) child.kill("SIGKILL");
    });
    let ended = 0;
    for (const { ended: end } of all) void end.then(() => ended++);
    await until(() => ended === 3);
    const left = all.filter(({ child }) => child.exitCode === null);
    expect(left).toHaveLength(1);
    left[0]?.child.kill("SIGKILL");
    for (const { ended: end } of all.filter((one) => one !== left[0])) {
      expect(await end).toMatchObject({ code: 2, stderr: expect.stringContaining("another run works in this folder") });
    }
    await left[0]?.ended;
  });
});
