import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { loadCheckpoint } from "../../packages/numgrad/src/training/checkpoint-file.js";
import { temporaryDirectory } from "../support/idx-files.js";
import { PROGRAM, ROOT, smallRun } from "../support/main-job.js";

const lines = (text: string) => text.trimEnd().split("\n");

describe.skipIf(process.platform === "win32")("a pipe that is closed", () => {
  /** Runs the main job in a shell that prints the exit code of the first program of a pipe. */
  const piped = (args: string, rest: string) => {
    const command = [process.execPath, ...PROGRAM, args].join(" ");
    const options = { cwd: ROOT, encoding: "utf8" } as const;
    return spawnSync("bash", ["-c", `${command} ${rest}; echo "code \${PIPESTATUS[0]}"`], options);
  };

  test.each(["", "--json"])("ends the run without a message, and the run is kept (%s)", async (mode) => {
    const path = join(temporaryDirectory({}), "run.ck");
    const { stdout, stderr } = piped(`${smallRun(1e8)} ${mode} --checkpoint ${path}`, "| head -1");
    expect([lines(stdout).length, lines(stdout)[1], stderr]).toEqual([2, "code 141", ""]);
    expect((await loadCheckpoint(path)).options.steps).toBe(1e8);
  });

  test("does not matter to a program that has ended", () => {
    const { stdout, stderr } = piped("--help", "| true");
    expect([stdout, stderr]).toEqual(["code 0\n", ""]);
  });

  test.runIf(existsSync("/dev/full"))("a full disk leads to a message", () => {
    const { stdout, stderr } = piped(smallRun(1e8), "> /dev/full");
    expect([stdout, stderr]).toEqual(["code 1\n", "standard output: ENOSPC: no space left on device, write\n"]);
  });
});
