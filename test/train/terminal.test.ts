import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { loadCheckpoint } from "../../packages/numgrad/src/training/checkpoint-file.js";
import { temporaryDirectory } from "../support/idx-files.js";
import { PROGRAM, ROOT, smallRun } from "../support/main-job.js";

const hasPython = spawnSync("python3", ["-c", "import pty, fcntl, os; os.waitstatus_to_exitcode"]).status === 0;
if (!hasPython) console.log("Python 3.9 or later was not found: the tests in a pseudo-terminal are skipped.");

describe.skipIf(!hasPython)("in a terminal", () => {
  const script = fileURLToPath(new URL("../support/terminal.py", import.meta.url));

  /** The output on a terminal of `columns` before and after its size changes to `later`. */
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

  /** Everything that was drawn as a bar: from the first column up to the code that clears the rest of the line. */
  const bars = (text: string) =>
    text.split("\u001b[1G").flatMap((drawn) => {
      const [bar, rest] = drawn.split("\u001b[0K");
      return rest === undefined || bar === "" ? [] : [bar as string];
    });

  test.each([
    [200, 40],
    [40, 200],
    [20, 20],
  ])(
    "of %i and then %i columns the bar is narrower than the terminal, and Ctrl-C leads to a summary",
    (columns, later) => {
      const { before, after, code } = inTerminal(columns, later, "interrupt", smallRun(1e8));
      expect(code).toBe(130);
      expect(after).toMatch(/\nStopped after [\d,]+ of 100,000,000 steps\.\r\n {2}accuracy /);
      expect(bars(after).length).toBeGreaterThan(1);
      for (const bar of bars(before)) expect(bar.length).toBeLessThan(columns);
      // The bar that was being written when the size changed still has the old width.
      for (const bar of bars(after).slice(1)) {
        expect(bar.length).toBeLessThan(later);
        expect(bar).toMatch(later < 40 ? /^[█░]{5,30} +\d+%$/ : /^[█░]{5,30} +\d+% \| /);
      }
    },
  );

  test("NO_COLOR has nothing to turn off", () => {
    for (const env of [{}, { NO_COLOR: "1" }]) {
      const { before, after, code } = inTerminal(80, 80, "none", smallRun(500), env);
      expect(code).toBe(0);
      expect(bars(before + after).at(-1)).toMatch(/^█+ 100% \| 500\/500 \| loss/);
      expect((before + after).split("\u001b").filter((text) => /^\[[0-9;]*m/.test(text))).toEqual([]);
    }
  });

  test("without abilities there are plain lines", () => {
    const { before, after } = inTerminal(80, 80, "none", smallRun(500), { TERM: "dumb" });
    expect(after).toMatch(/\nstep 500\/500 \| loss /);
    expect(before + after).not.toContain("\u001b");
  });

  test("that is closed, the run is kept", async () => {
    const path = join(temporaryDirectory({}), "run.ck");
    const { code } = inTerminal(
      80,
      80,
      "hang-up",
      `${smallRun(1e8)} --checkpoint ${path} --checkpoint-every 1000000000`,
    );
    // SIGHUP, whose number is 1, has ended the process.
    expect(code).toBe(-1);
    expect((await loadCheckpoint(path)).step).toBeGreaterThan(1);
  });
});
