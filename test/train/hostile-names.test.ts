import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { printable } from "../../packages/train/src/command-line.js";
import { temporaryDirectory } from "../support/idx-files.js";
import { run, smallImages, smallRun } from "../support/main-job.js";

// Names that would clear the screen, colour it, turn the order of letters, and end the line.
const HOSTILE = "\u001b[2J\u009b31m\u202egnp.\u200b\u007f\rname\nFinished";
const ESCAPED = "\\u{1b}[2J\\u{9b}31m\\u{202e}gnp.\\u{200b}\\u{7f}\\u{d}name\\u{a}Finished";

/** What a terminal would obey. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const OBEYED = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e\u200b]/;

test("a line is printed with its invisible characters escaped", () => {
  expect(printable(HOSTILE)).toBe(ESCAPED);
  expect(printable("Grüße, 手書き/数字 😀")).toBe("Grüße, 手書き/数字 😀");
});

describe.skipIf(process.platform === "win32")("a hostile name on the command line", () => {
  test.each([
    ["as an option", [`--${HOSTILE}`]],
    ["as a value", ["--steps", HOSTILE]],
    ["as a directory that does not exist", ["--data", HOSTILE]],
    ["as a folder that cannot be made", ["small", "--out", `/dev/null/${HOSTILE}`]],
    ["as a file that cannot be written", ["small", "--checkpoint", `/dev/null/${HOSTILE}`]],
  ])("%s is one line of the error", async (_, args) => {
    const all = args[0] === "small" ? [...smallRun(3).split(" "), ...args.slice(1)] : args;
    const { code, stdout, stderr } = await run(all);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/^.+\n$/);
    expect(stderr).toContain("\\u{1b}[2J\\u{9b}31m");
    expect(stderr).not.toMatch(OBEYED);
  });

  test("of the folder, of the data and of the checkpoint does not speak for the program", async () => {
    const folder = temporaryDirectory({});
    const [data, out, checkpoint] = ["data", "out", "checkpoint"].map((name) => join(folder, `${name}${HOSTILE}`));
    mkdirSync(data!);
    for (const [name, bytes] of Object.entries(smallImages())) writeFileSync(join(data!, name), bytes);
    const options = "--gradient backprop --hidden 5 --batch-size 20 --steps 20 --resume".split(" ");
    const all = [...options, "--data", data!, "--out", out!, "--checkpoint", checkpoint!];
    for (const begins of [`There is no ${folder}/checkpoint${ESCAPED} yet`, `All steps are in ${folder}/checkpoint`]) {
      const { code, stdout, stderr } = await run(all);
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      expect(stdout).not.toMatch(OBEYED);
      expect(stdout).toContain(begins);
      expect(stdout).toContain(`folder     ${folder}/out${ESCAPED}: open its report.html`);
      expect(stdout.match(/^Finished/gm)).toHaveLength(1);
    }
  });
});
