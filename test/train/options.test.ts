import { describe, expect, test } from "vitest";
import { UsageError } from "../../packages/train/src/command-line.js";
import { HELP, type Options, parseOptions } from "../../packages/train/src/options.js";

const DEFAULTS: Options = {
  hyperparameters: {
    gradient: "numerical",
    steps: 10_000,
    epochs: undefined,
    batchSize: 100,
    learningRate: 0.1,
    hidden: 50,
    seed: 0,
    sampling: "replacement",
    weightInitStd: 0.01,
    h: 1e-4,
  },
  given: new Set(),
  threads: "auto",
  data: undefined,
  out: undefined,
  checkpoint: undefined,
  display: "full",
};

describe("options", () => {
  test("without arguments they are those of the book", () => {
    expect(parseOptions([])).toEqual(DEFAULTS);
  });

  test("each option can be given, as two words or with an equals sign", () => {
    const args = "--gradient numerical --epochs 3 --batch-size=10 --learning-rate 1e-2 --hidden=7 --seed 42";
    const rest = "--threads 3 --sampling shuffle --weight-init-std .5 --h 1E-5 --data some/where --out a/folder";
    const kept = "--checkpoint a.ck --checkpoint-every 50 --resume --quiet";
    expect(parseOptions(`${args} ${rest} ${kept}`.split(" "))).toEqual({
      hyperparameters: {
        ...{ gradient: "numerical", steps: undefined, epochs: 3, batchSize: 10, learningRate: 0.01, hidden: 7 },
        ...{ seed: 42, sampling: "shuffle", weightInitStd: 0.5, h: 1e-5 },
      },
      given: new Set([
        ...["gradient", "epochs", "batchSize", "learningRate", "hidden", "seed", "sampling", "weightInitStd", "h"],
        "threads",
        ...["data", "out", "checkpoint", "checkpointEvery", "resume", "quiet"],
      ]),
      ...{
        threads: 3,
        data: "some/where",
        out: "a/folder",
        checkpoint: { path: "a.ck", every: 50, resume: true },
        display: "quiet",
      },
    });
    expect(parseOptions(["--gradient", "backprop", "--json"])).toMatchObject({
      hyperparameters: { gradient: "backprop" },
      display: "json",
    });
    expect(parseOptions(["--checkpoint", "a.ck"])).toMatchObject({
      checkpoint: { path: "a.ck", every: undefined, resume: false },
    });
    expect(parseOptions(["--help", "--steps", "5"])).toBe("help");
    expect(parseOptions(["--steps", "5", "-h"])).toBe("help");
  });

  test.skipIf(process.platform === "win32")("paths may be file: addresses", () => {
    expect(parseOptions(["--data", "file:///a%20b", "--out=FILE:///c"])).toMatchObject({ data: "/a b", out: "/c" });
  });

  test.each([
    ["--out file://host/a", "--out: expected a directory or its file: URL, got file://host/a"],
    ["--stepz 5", "Unknown option '--stepz' (--help lists the options)"],
    ["-s", "Unknown option '-s' (--help lists the options)"],
    ["more", "Unexpected argument 'more' (--help lists the options)"],
    ["--steps", "Option '--steps <value>' argument missing (--help lists the options)"],
    ["--steps 0", "--steps: expected an integer of at least 1, got 0"],
    ["--steps 1.5", "--steps: expected an integer of at least 1, got 1.5"],
    ["--steps 0x10", "--steps: expected an integer of at least 1, got 0x10"],
    ["--steps=", "--steps: expected an integer of at least 1, got nothing"],
    ["--epochs many", "--epochs: expected an integer of at least 1, got many"],
    ["--data=", "--data: expected a directory, got nothing"],
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
    const names = [
      ...[
        "gradient",
        "steps",
        "epochs",
        "batch-size",
        "learning-rate",
        "hidden",
        "seed",
        "sampling",
        "weight-init-std",
        "h",
      ],
      ...["threads", "data", "out", "checkpoint", "checkpoint-every", "resume", "quiet", "json", "help"],
    ];
    const lines = HELP.split("\n").flatMap((line) => /^ {2}--(\S+)/.exec(line)?.[1] ?? []);
    expect(lines).toEqual(names);
  });

  test("no line of the help is wider than 120 columns", () => {
    expect(HELP.split("\n").filter((line) => line.length > 120)).toEqual([]);
  });
});
