import { type Dataset, type Gradients, RandomState, SGD, type TrainOptions, TwoLayerNet, train } from "numgrad";
import { beforeAll, describe, expect, test } from "vitest";
import { largestDifference } from "../support/difference.js";
import { readGolden } from "../support/golden.js";
import { mnist } from "../support/mnist.js";
import { readGoldenArray } from "../support/npy.js";

const NAMES = ["W1", "b1", "W2", "b2"] as const;
type Name = (typeof NAMES)[number];

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
  params: Record<Name, Summary>;
}

let data: { train: Dataset; test: Dataset };

beforeAll(async () => {
  data = await mnist();
});

/** The book's program, with one generator for the weights and the batches. */
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
  expectSummaries(net.params.toArrays(), golden.params);
  net.dispose();
}

function expectSummaries(params: Gradients, golden: Record<Name, Summary>): void {
  for (const name of NAMES) {
    const values = params[name.toLowerCase() as keyof Gradients];
    const every997th = values.filter((_, i) => i % 997 === 0);
    expect(largestDifference(every997th, golden[name].every_997th), name).toBeLessThanOrEqual(1e-12);
    const sumOfSquares = values.reduce((sum, value) => sum + value * value, 0);
    expect(Math.abs(sumOfSquares / golden[name].sum_squares - 1), name).toBeLessThanOrEqual(1e-12);
  }
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

describe("the first steps by central differences", () => {
  const SEED_0 = { inputSize: 784, hiddenSize: 50, outputSize: 10 } as const;

  test("have the losses of the exact quotient to 1e-12 for a hundred steps, and those of the book's loop", async () => {
    const quotient = readGolden<{
      steps: number;
      losses: number[];
      params: Record<"after_20" | "after_100", Record<Name, Summary>>;
    }>("mnist/quotient-steps-seed0.json");
    const book = readGolden<{ losses: number[] }>("mnist/steps-seed0.json");
    const random = new RandomState(0);
    const net = new TwoLayerNet({ ...SEED_0, random });
    const run = train(net, { train: data.train }, { optimizer: new SGD({ learningRate: 0.1 }), steps: 100, random });
    for await (const { step } of run) {
      if (step !== 19) continue;
      expectSummaries(net.params.toArrays(), quotient.params.after_20);
      for (const name of NAMES) {
        const values = net.params[name.toLowerCase() as keyof Gradients];
        // The book's loop suffers from cancellation: twenty updates, each 0.1 × 6e-12 off (test/golden/README.md).
        const difference = largestDifference(values, readGoldenArray(`seed0-after20-${name}.npy`));
        expect(difference, name).toBeLessThanOrEqual(1e-10);
      }
    }
    const { losses } = run.history;
    expect(largestDifference(losses, quotient.losses)).toBeLessThanOrEqual(1e-12);
    expect(largestDifference(losses.slice(0, 20), book.losses)).toBeLessThanOrEqual(1e-11);
    expectSummaries(net.params.toArrays(), quotient.params.after_100);
    net.dispose();
  });

  test("are made with the images that NumPy draws", () => {
    const { first_3_of_each_batch: batches } = readGolden<{ first_3_of_each_batch: number[][] }>(
      "mnist/steps-seed0.json",
    );
    const random = new RandomState(0);
    new TwoLayerNet({ ...SEED_0, random }).dispose();
    expect(batches.map(() => Array.from(random.choice(60_000, 100).subarray(0, 3)))).toEqual(batches);
  });
});
