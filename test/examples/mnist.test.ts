import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { readGolden } from "../support/golden.js";
import { mnistDirectory } from "../support/mnist.js";

const SOURCE = "examples/mnist/train.mjs";

interface Golden {
  readonly runs: readonly { readonly train_accuracy: readonly number[]; readonly test_accuracy: readonly number[] }[];
}

test("the example prints a line for each epoch, with the accuracies of NumPy", () => {
  // Node alone runs it, as for a user who has copied the file.
  const { status, stdout, stderr } = spawnSync(process.execPath, [SOURCE, mnistDirectory, "601"], { encoding: "utf8" });
  expect([status, stderr]).toEqual([0, ""]);
  // The first run of the golden file has the seed 0, too.
  const { train_accuracy: train, test_accuracy: test } = readGolden<Golden>("mnist-train.json").runs[0]!;
  const [first, second, last, ...rest] = stdout.trimEnd().split("\n");
  expect(first).toBe(`epoch 0: loss 2.2938, train accuracy ${train[0]}, test accuracy ${test[0]}`);
  expect(second).toBe(`epoch 1: loss 0.8109, train accuracy ${train[1]}, test accuracy ${test[1]}`);
  expect(last).toBe(`after 601 steps: test accuracy ${test[1]}`);
  expect(rest).toEqual([]);
});

test("the example has about twenty lines, and npm run example runs it", () => {
  const lines = readFileSync(SOURCE, "utf8").trimEnd().split("\n");
  expect(lines.length).toBeLessThanOrEqual(25);
  const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as { scripts: Record<string, string> };
  const [, directory] = new RegExp(`^node scripts/setup.mjs && node ${SOURCE} (\\S+)$`).exec(scripts.example!)!;
  expect(readFileSync(`${directory}/t10k-labels-idx1-ubyte`)).toHaveLength(10_008);
});
