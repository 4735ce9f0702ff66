import { beforeAll, describe, expect, test } from "vitest";
import type { Dataset } from "../../packages/numgrad/src/data/dataset.js";
import { SGD } from "../../packages/numgrad/src/network/sgd.js";
import { TwoLayerNet } from "../../packages/numgrad/src/network/two-layer-net.js";
import { RandomState } from "../../packages/numgrad/src/random/random-state.js";
import type { TrainOptions } from "../../packages/numgrad/src/training/options.js";
import { train } from "../../packages/numgrad/src/training/train.js";
import { largestDifference } from "../support/difference.js";
import { readGolden } from "../support/golden.js";
import { mnist } from "../support/mnist.js";

interface Summary {
  sum_squares: number;
  every_997th: number[];
}

interface GoldenRun {
  seed: number;
  mode: "random batches" | "shuffled epochs";
  steps: number;
  batch: number;
  lr: number;
  losses: number[];
  train_accuracy: number[];
  test_accuracy: number[];
  final_train_accuracy: number;
  final_test_accuracy: number;
  params: Record<"W1" | "b1" | "W2" | "b2", Summary>;
}

let data: { train: Dataset; test: Dataset };

beforeAll(async () => {
  data = await mnist();
});

/** The book's program: one generator for the weights and the batches. */
async function rerun(golden: GoldenRun, gradient: NonNullable<TrainOptions["gradient"]>) {
  const random = new RandomState(golden.seed);
  const net = new TwoLayerNet({ inputSize: 784, hiddenSize: 50, outputSize: 10, random });
  const run = train(net, data, {
    optimizer: new SGD({ learningRate: golden.lr }),
    gradient,
    steps: golden.steps,
    batchSize: golden.batch,
    sampling: golden.mode === "shuffled epochs" ? "shuffle" : "replacement",
    random,
  });
  return { net, history: await run.finish() };
}

async function expectSameRun(golden: GoldenRun, gradient: NonNullable<TrainOptions["gradient"]>): Promise<void> {
  const { net, history } = await rerun(golden, gradient);
  expect(history.status).toBe("finished");
  // Training is not chaotic: NumPy's own runs with other BLAS kernels stay within 8.9e-16 (test/golden/README.md).
  expect(largestDifference(history.losses, golden.losses)).toBeLessThanOrEqual(1e-12);
  expect(history.evaluations.map((e) => e.step)).toEqual(golden.train_accuracy.map((_, i) => 600 * i));
  expect(history.evaluations.map((e) => e.epoch)).toEqual(golden.train_accuracy.map((_, i) => i));
  expect(history.evaluations.map((e) => e.trainAccuracy)).toEqual(golden.train_accuracy);
  expect(history.evaluations.map((e) => e.testAccuracy)).toEqual(golden.test_accuracy);
  expect(net.accuracy(data.train.x(), data.train.labels)).toBe(golden.final_train_accuracy);
  expect(net.accuracy(data.test.x(), data.test.labels)).toBe(golden.final_test_accuracy);
  for (const [name, summary] of Object.entries(golden.params)) {
    const values = net.params[name.toLowerCase() as "w1" | "b1" | "w2" | "b2"];
    const every997th = values.filter((_, i) => i % 997 === 0);
    expect(largestDifference(every997th, summary.every_997th), name).toBeLessThanOrEqual(1e-12);
    const sumOfSquares = values.reduce((sum, value) => sum + value * value, 0);
    expect(Math.abs(sumOfSquares / summary.sum_squares - 1), name).toBeLessThanOrEqual(1e-12);
  }
  net.dispose();
}

describe("training on MNIST gives NumPy's losses to 1e-12 and all its accuracies", () => {
  test.each(readGolden<{ runs: GoldenRun[] }>("mnist-train-quotient.json").runs)(
    "by central differences, seed $seed, $mode, $steps steps",
    (golden) => expectSameRun(golden, "numerical"),
  );

  test.each(readGolden<{ runs: GoldenRun[] }>("mnist-train.json").runs)(
    "by backpropagation, seed $seed, $mode, $steps steps",
    (golden) => expectSameRun(golden, "backprop"),
  );
});
