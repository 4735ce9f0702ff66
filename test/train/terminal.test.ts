import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { loadCheckpoint } from "../../packages/numgrad/src/training/checkpoint-file.js";
import { temporaryDirectory } from "../support/idx-files.js";
import { PROGRAM, ROOT, run, smallImages } from "../support/main-job.js";

/** A small run that ends by itself, or, with many steps, does not. */
const small = (steps: number) =>
  `--data ${temporaryDirectory(smallImages())} --batch-size 20 --hidden 5 --gradient backprop --steps ${steps}`;

const lines = (text: string) => text.trimEnd().split("\n");

describe("--json", () => {
  test("prints a line for each evaluation and one for the end", async () => {
    const { code, stdout, stderr } = await run(`${small(40)} --json`);
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
    });
    const seconds = [first, second, third, end].map((line) => line.seconds);
    expect(seconds).toEqual(seconds.slice().sort((a, b) => a - b));
    expect(first.loss).toBeCloseTo(Math.log(10), 0);
  });

  test("leaves errors to standard error", async () => {
    const wrong = await run("--json --data no/such/directory");
    expect(wrong).toEqual({ code: 2, stdout: "", stderr: "--data: expected a directory, got no/such/directory\n" });
    const diverged = await run(`${small(40)} --json --learning-rate 1e308`);
    expect(diverged.code).toBe(1);
    expect(diverged.stderr).toMatch(/^training diverged at step \d+ .*\n$/);
    expect(JSON.parse(lines(diverged.stdout).at(-1) ?? "")).toMatchObject({ status: "diverged" });
  });

  test("says that a run was stopped", async () => {
    const { code, stdout } = await run(`${small(1e8)} --json`, (text, child) => text.includes("\n") && child.kill());
    expect(code).toBe(143);
    const { status, steps } = JSON.parse(lines(stdout).at(-1) ?? "");
    expect([status, steps > 0]).toEqual(["aborted", true]);
  });
});

test("--quiet prints the summary and nothing else", async () => {
  const { code, stdout, stderr } = await run(`${small(40)} --quiet`);
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout).toMatch(
    /^Finished after 40 steps\.\n {2}accuracy {3}train .* %, test .* %\n {2}time {7}.* per step\n$/,
  );
});

describe.skipIf(process.platform === "win32")("a pipe that is closed", () => {
  /** Runs the main job in a shell that tells how the first program of its pipe ended. */
  const piped = (args: string, rest: string) => {
    const command = [process.execPath, ...PROGRAM, args].join(" ");
    const options = { cwd: ROOT, encoding: "utf8" } as const;
    return spawnSync("bash", ["-c", `${command} ${rest}; echo "code \${PIPESTATUS[0]}"`], options);
  };

  test.each(["", "--json"])("ends the run without a word, and keeps it (%s)", async (mode) => {
    const path = join(temporaryDirectory({}), "run.ck");
    const { stdout, stderr } = piped(`${small(1e8)} ${mode} --checkpoint ${path}`, "| head -1");
    expect([lines(stdout).length, lines(stdout)[1], stderr]).toEqual([2, "code 141", ""]);
    expect((await loadCheckpoint(path)).options.steps).toBe(1e8);
  });

  test("ends nothing that is over", () => {
    const { stdout, stderr } = piped("--help", "| true");
    expect([stdout, stderr]).toEqual(["code 0\n", ""]);
  });

  test.runIf(existsSync("/dev/full"))("a full disk is named", () => {
    const { stdout, stderr } = piped(small(1e8), "> /dev/full");
    expect([stdout, stderr]).toEqual(["code 1\n", "standard output: ENOSPC: no space left on device, write\n"]);
  });
});

const hasPython = spawnSync("python3", ["-c", "import pty, fcntl, os; os.waitstatus_to_exitcode"]).status === 0;
if (!hasPython) console.log("Python 3.9 or later was not found: the tests in a pseudo-terminal are skipped.");

describe.skipIf(!hasPython)("in a terminal", () => {
  const script = fileURLToPath(new URL("../support/terminal.py", import.meta.url));

  /** What a terminal of `columns` gets before its size changes to `later`, and from then on. */
  function inTerminal(columns: number, later: number, action: string, line: string, env: Record<string, string> = {}) {
    const program = [process.execPath, ...PROGRAM, ...line.split(" ")];
    const { stdout, stderr } = spawnSync(
      "python3",
      [script, `${columns}`, `${later}`, "train acc", action, ...program],
      {
        cwd: ROOT,
        encoding: "utf8",
        env: { ...process.env, TERM: "xterm-256color", ...env },
      },
    );
    expect(stderr).toBe("");
    const [output = "", code] = stdout.split(/\n(-?\d+)\n$/);
    const [before = "", after = ""] = output.split("<resized>");
    return { before, after, code: Number(code) };
  }

  /** Everything that has been drawn as a bar: from the first column up to what clears the rest of the line. */
  const bars = (text: string) =>
    text.split("\u001b[1G").flatMap((drawn) => {
      const [bar, rest] = drawn.split("\u001b[0K");
      return rest === undefined || bar === "" ? [] : [bar as string];
    });

  test.each([
    [200, 40],
    [40, 200],
    [20, 20],
  ])("of %i and then %i columns the bar has less than its width, and Ctrl-C sums up", (columns, later) => {
    const { before, after, code } = inTerminal(columns, later, "interrupt", small(1e8));
    expect(code).toBe(130);
    expect(after).toMatch(/\nStopped after [\d,]+ of 100,000,000 steps\.\r\n {2}accuracy /);
    expect(bars(after).length).toBeGreaterThan(1);
    for (const bar of bars(before)) expect(bar.length).toBeLessThan(columns);
    // What was on its way when the size changed still has the old width.
    for (const bar of bars(after).slice(1)) {
      expect(bar.length).toBeLessThan(later);
      expect(bar).toMatch(later < 40 ? /^[█░]{5,30} +\d+%$/ : /^[█░]{5,30} +\d+% \| /);
    }
  });

  test("NO_COLOR has nothing to turn off", () => {
    for (const env of [{}, { NO_COLOR: "1" }]) {
      const { before, after, code } = inTerminal(80, 80, "none", small(500), env);
      expect(code).toBe(0);
      expect(bars(before + after).at(-1)).toMatch(/^█+ 100% \| 500\/500 \| loss/);
      expect((before + after).split("\u001b").filter((text) => /^\[[0-9;]*m/.test(text))).toEqual([]);
    }
  });

  test("that can do nothing there are plain lines", () => {
    const { before, after } = inTerminal(80, 80, "none", small(500), { TERM: "dumb" });
    expect(after).toMatch(/\nstep 500\/500 \| loss /);
    expect(before + after).not.toContain("\u001b");
  });

  test("that is closed the run is kept", async () => {
    const path = join(temporaryDirectory({}), "run.ck");
    const { code } = inTerminal(80, 80, "hang-up", `${small(1e8)} --checkpoint ${path} --checkpoint-every 1000000000`);
    // Ended by SIGHUP, the first signal.
    expect(code).toBe(-1);
    expect((await loadCheckpoint(path)).step).toBeGreaterThan(1);
  });
});
