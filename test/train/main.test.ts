import { describe, expect, test } from "vitest";
import { HELP, type Options, parseOptions, UsageError } from "../../packages/train/src/options.js";
import {
  formatAccuracies,
  formatDuration,
  formatHeading,
  formatProgress,
  formatSpeed,
  formatSummary,
} from "../../packages/train/src/summary.js";
import { run } from "../support/main-job.js";

const defaults: Options = {
  gradient: "numerical",
  length: { steps: 10_000 },
  batchSize: 100,
  learningRate: 0.1,
  hidden: 50,
  seed: 0,
  sampling: "replacement",
  weightInitStd: 0.01,
  h: 1e-4,
  data: undefined,
  out: undefined,
  checkpoint: undefined,
  checkpointEvery: undefined,
  resume: false,
  quiet: false,
  json: false,
};

describe("options", () => {
  test("without arguments they are the book's", () => {
    expect(parseOptions([])).toEqual(defaults);
  });

  test("each can be given, as two words or with an equals sign", () => {
    const args = "--gradient numerical --epochs 3 --batch-size=10 --learning-rate 1e-2 --hidden=7 --seed 42";
    const rest = "--sampling shuffle --weight-init-std .5 --h 1E-5 --data some/where --out a/folder";
    const kept = "--checkpoint a.ck --checkpoint-every 50 --resume --quiet";
    expect(parseOptions(`${args} ${rest} ${kept}`.split(" "))).toEqual({
      ...{ gradient: "numerical", length: { epochs: 3 }, batchSize: 10, learningRate: 0.01, hidden: 7, seed: 42 },
      ...{ sampling: "shuffle", weightInitStd: 0.5, h: 1e-5, data: "some/where", out: "a/folder" },
      ...{ checkpoint: "a.ck", checkpointEvery: 50, resume: true, quiet: true, json: false },
    });
    expect(parseOptions(["--gradient", "backprop", "--json"])).toMatchObject({ gradient: "backprop", json: true });
    expect(parseOptions(["--help", "--steps", "5"])).toBe("help");
  });

  test.each([
    ["--stepz 5", "Unknown option '--stepz' (--help lists the options)"],
    ["-s", "Unknown option '-s' (--help lists the options)"],
    ["more", "Unexpected argument 'more' (--help lists the options)"],
    ["--steps", "Option '--steps <value>' argument missing (--help lists the options)"],
    ["--steps 0", "--steps: expected an integer of at least 1, got 0"],
    ["--steps 1.5", "--steps: expected an integer of at least 1, got 1.5"],
    ["--steps 0x10", "--steps: expected an integer of at least 1, got 0x10"],
    ["--steps=", "--steps: expected an integer of at least 1, got nothing"],
    ["--epochs many", "--epochs: expected an integer of at least 1, got many"],
    ["--out=", "--out: expected a directory, got nothing"],
    ["--steps 1 --epochs 1", "--steps and --epochs: give one of them"],
    ["--seed -1", "--seed: expected an integer from 0 to 4294967295, got -1"],
    ["--seed 4294967296", "--seed: expected an integer from 0 to 4294967295, got 4294967296"],
    ["--learning-rate 0", "--learning-rate: expected a positive number, got 0"],
    ["--learning-rate NaN", "--learning-rate: expected a positive number, got NaN"],
    ["--learning-rate 1e999", "--learning-rate: expected a positive number, got 1e999"],
    ["--h -1e-4", "--h: expected a positive number, got -1e-4"],
    ["--gradient torch", "--gradient: expected numerical or backprop, got torch"],
    ["--sampling none", "--sampling: expected replacement or shuffle, got none"],
    ["--resume", "--resume: goes with --checkpoint FILE"],
    ["--checkpoint-every 5", "--checkpoint-every: goes with --checkpoint FILE"],
    ["--checkpoint-every 0 --checkpoint a", "--checkpoint-every: expected an integer of at least 1, got 0"],
    ["--checkpoint=", "--checkpoint: expected a file, got nothing"],
    ["--quiet --json", "--quiet and --json: give one of them"],
    ["--gradient backprop --h 1e-3", "--h: goes with --gradient numerical, backprop has no difference step"],
  ])("%s is an error in one line", (line, message) => {
    const parse = () => parseOptions(line.split(" "));
    expect(parse).toThrow(UsageError);
    expect(parse).toThrow(new UsageError(message));
    expect(message).not.toContain("\n");
  });

  test("the help names every option", () => {
    const names = Object.keys({ ...defaults, steps: 0, epochs: 0, help: 0 }).filter((name) => name !== "length");
    for (const name of names) expect(HELP).toContain(`--${name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)}`);
  });
});

describe("summary", () => {
  const outcome = {
    status: "finished",
    steps: 10_000,
    milliseconds: 9_870,
    trainAccuracy: 0.94413,
    testAccuracy: 0.9449,
  } as const;

  test("the accuracies are printed digit for digit as Python prints them", () => {
    expect(formatAccuracies(0.09915, 0.1009)).toBe("train acc, test acc | 0.09915, 0.1009");
    expect(formatAccuracies(6265 / 60_000, 0.1028)).toBe("train acc, test acc | 0.10441666666666667, 0.1028");
  });

  test("accuracies, total time, time per step, and what the book's code needs", () => {
    expect(formatSummary(defaults, [784, 50, 10], 10_000, outcome)).toBe(
      [
        "Finished after 10,000 steps.",
        "  accuracy   train 94.41 %, test 94.49 %",
        "  time       9.9 s, 0.987 ms per step",
        "  NumPy      48.3 hours for as many steps:",
        "             the book's code takes 17.4 s for one such gradient",
        "             on the reference machine (2 cores of an AMD Zen 5)",
      ].join("\n"),
    );
  });

  test("a run that was stopped says after how many steps", () => {
    const stopped = { ...outcome, status: "aborted", steps: 1234 } as const;
    expect(formatSummary(defaults, [784, 50, 10], 10_000, stopped)).toContain("Stopped after 1,234 of 10,000 steps.");
    const atOnce = formatSummary(defaults, [784, 50, 10], 10_000, { ...stopped, steps: 0, milliseconds: 1 });
    expect(atOnce).not.toMatch(/NaN|Infinity|NumPy/);
    const slow = formatSummary(defaults, [784, 50, 10], 10_000, { ...stopped, steps: 1, milliseconds: 3456.7 });
    expect(slow).toContain("  time       3.5 s, 3457 ms per step\n");
  });

  test("for other sizes than the measured ones it claims nothing about NumPy", () => {
    expect(formatSummary(defaults, [784, 51, 10], 10_000, outcome)).not.toContain("NumPy");
    expect(formatSummary({ ...defaults, batchSize: 10 }, [784, 50, 10], 10_000, outcome)).not.toContain("NumPy");
  });

  test("backpropagation is compared with NumPy's backpropagation", () => {
    const text = formatSummary({ ...defaults, gradient: "backprop" }, [784, 50, 10], 10_000, outcome);
    expect(text).toContain(
      "10.0 s to 17.0 s for as many steps:\n             the book's code, with backpropagation too,",
    );
  });

  test("no line is wider than 80 columns, however long the run", () => {
    for (const gradient of ["numerical", "backprop"] as const) {
      const long = { ...outcome, status: "aborted", steps: 123_456_789, milliseconds: 1e12 } as const;
      const lines = formatSummary({ ...defaults, gradient }, [784, 50, 10], 1_000_000_000, long).split("\n");
      expect(lines.filter((line) => line.length > 80)).toEqual([]);
    }
  });

  test("the heading counts the parameters", () => {
    expect(formatHeading(defaults, [784, 50, 10], 60_000, 10_000)).toBe(
      [
        "784-50-10 network, 39,760 parameters; 60,000 images; central differences, h = 0.0001",
        "10,000 steps of 100 images, learning rate 0.1, seed 0",
      ].join("\n"),
    );
  });

  test("a plain progress line has loss, speed and time left", () => {
    const whole = formatProgress(250, 1000, 0.51234, { steps: 250, milliseconds: 500 });
    expect(whole).toBe("step 250/1000 | loss 0.5123 | 500 steps/s | 1.5 s left");
    const resumed = formatProgress(250, 1000, 0.51234, { steps: 50, milliseconds: 500 });
    expect(resumed).toBe("step 250/1000 | loss 0.5123 | 100 steps/s | 7.5 s left");
    const noStep = formatProgress(250, 1000, 0.51234, { steps: 0, milliseconds: 500 });
    expect(noStep).toBe("step 250/1000 | loss 0.5123");
  });

  test("durations and speeds have the unit in which they are read", () => {
    expect([12.34, 900, 119_000, 300_000, 36_000_000, 1e9].map(formatDuration)).toEqual([
      ...["12.3 ms", "0.9 s", "119.0 s", "5.0 minutes", "10.0 hours", "11.6 days"],
    ]);
    const speeds = [[1, 17_400], [1000, 1000], [0, 0]].map(([steps = 0, milliseconds = 0]) => formatSpeed({ steps, milliseconds })); // biome-ignore format: one line
    expect(speeds).toEqual(["0.057", "1000", "0.0"]);
  });
});

describe("the program", () => {
  test("--help prints the options and ends well", async () => {
    expect(await run("--help")).toEqual({ code: 0, stdout: HELP, stderr: "" });
  });

  test.each([
    ["--step 3", "Unknown option '--step' (--help lists the options)\n"],
    ["--hidden 0", "--hidden: expected an integer of at least 1, got 0\n"],
    ["--data no/such/directory", "--data: expected a directory, got no/such/directory\n"],
  ])("%s: one line and exit code 2", async (line, stderr) => {
    expect(await run(line)).toEqual({ code: 2, stdout: "", stderr });
  });

  test("a directory without the files: one line and exit code 2", async () => {
    const { code, stdout, stderr } = await run("--data scripts");
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/^--data: .+\n$/);
  });

  test.each(["numerical", "backprop"])("a short run by %s trains and sums up", async (gradient) => {
    const { code, stdout, stderr } = await run(`--gradient ${gradient} --steps 20 --hidden 5`);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/^784-5-10 network, 3,985 parameters; 60,000 images; /);
    expect(stdout).toMatch(/\ntrain acc, test acc \| 0\.\d+, 0\.\d+\n/);
    expect(stdout).toMatch(/\nstep 20\/20 \| loss \d\.\d{4} \| .* steps\/s \| 0\.0 ms left\n/);
    expect(stdout).toMatch(
      /\nFinished after 20 steps\.\n {2}accuracy {3}train \d+\.\d\d %, test \d+\.\d\d %\n {2}time /,
    );
  });

  test("epochs are counted in steps", async () => {
    const { code, stdout } = await run(
      "--gradient backprop --epochs 1 --batch-size 3000 --hidden 5 --sampling shuffle",
    );
    expect(code).toBe(0);
    expect(stdout).toContain("Finished after 20 steps.");
  });

  test("a learning rate that is far too large: the divergence, a summary, exit code 1", async () => {
    const { code, stdout, stderr } = await run("--gradient backprop --learning-rate 1e308 --steps 50 --hidden 5");
    expect(code).toBe(1);
    expect(stderr).toMatch(/^.+\n$/);
    expect(stdout).toMatch(/\nDiverged after \d+ of 50 steps\.\n/);
  });

  test("SIGINT (Ctrl-C) stops with the summary so far and exit code 130", async () => {
    let sent = false;
    const { code, stdout, stderr } = await run("--gradient backprop --steps 1000000", (text, child) => {
      if (sent || !text.includes("train acc")) return;
      sent = true;
      child.kill("SIGINT");
    });
    expect([code, stderr]).toEqual([130, ""]);
    expect(stdout).toMatch(/\nStopped after [\d,]+ of 1,000,000 steps\.\n {2}accuracy /);
  });
});
