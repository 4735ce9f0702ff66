import { readdirSync, readFileSync } from "node:fs";
import { type Dataset, matrix, RandomState, TwoLayerNet } from "numgrad";
import { beforeAll, describe, expect, test } from "vitest";
import { BookNet } from "../../packages/benchmark/src/baseline/book-net.js";
import { IncrementalNet } from "../../packages/benchmark/src/baseline/incremental-net.js";
import { sparseSamples, train } from "../../packages/benchmark/src/baseline/training.js";
import { largest, largestDifference } from "../support/difference.js";
import { readGolden } from "../support/golden.js";
import { flatten, type GoldenGradients, type SmallNet } from "../support/gradients.js";
import { mnist } from "../support/mnist.js";
import { readGoldenArray } from "../support/npy.js";
import { expectAllClose, expectClose } from "../support/ulp.js";

// The races compare the core with this code, so it must give the same golden values.

const BOOK = { inputSize: 784, hiddenSize: 50, outputSize: 10 };
const NAMES = ["w1", "b1", "w2", "b2"] as const;
const goldenArray = (kind: string) =>
  ["W1", "b1", "W2", "b2"].flatMap((name) => [...readGoldenArray(`seed0-${kind}-${name}.npy`)]);

let data: { train: Dataset; test: Dataset };

beforeAll(async () => {
  data = await mnist();
});

describe.each(readGolden<{ nets: SmallNet[] }>("small-net.json").nets)("the net $shape, batch $batch", (golden) => {
  const [inputSize, hiddenSize, outputSize] = golden.shape;
  const options = { inputSize, hiddenSize, outputSize, random: new RandomState(0) };
  const incremental = new IncrementalNet(options);
  const nets = [
    incremental,
    new BookNet({ ...options, skipZeros: true }),
    new BookNet({ ...options, skipZeros: false }),
  ];
  for (const net of nets) net.params.all.set(flatten(golden.params));
  const x = matrix(golden.x);

  test.each(nets)("predicts, loses, is right and backpropagates as NumPy's ($constructor.name)", (net) => {
    // There are a few roundings in exp, sums and quotients. NumPy's own builds differ by as much.
    expectAllClose(net.predict(x).data, golden.predict.flat(), { relative: 2e-15 });
    expectClose(net.loss(x, golden.labels), golden.loss, { relative: 4e-15 });
    expect(net.loss(x, matrix(golden.onehot))).toBe(net.loss(x, golden.labels));
    expect(net.accuracy(x, golden.labels)).toBe(golden.accuracy);
    net.gradient(x, golden.labels);
    // These are sums of at most six products of order 1.
    expect(largestDifference(net.grads.all, flatten(golden.gradient))).toBeLessThanOrEqual(4e-15);
    expect(net.lossBefore(golden.labels)).toBe(net.loss(x, golden.labels));
  });

  test("the same algorithm gives the exact quotient within 4e-15 of the largest entry, as the core does", () => {
    const exact = flatten(golden.exact_quotient);
    incremental.numericalGradient(x, golden.labels);
    expect(largestDifference(incremental.grads.all, exact)).toBeLessThanOrEqual(4e-15 * largest(exact));
  });

  test.each(nets.slice(1))("the book's loop gives the quotient within its cancellation", (net) => {
    const before = net.params.all.slice();
    net.numericalGradient(x, golden.labels);
    // Two float64 loops need not agree better, because each differs from the exact quotient by rounding / 2h
    // (test/golden/README.md).
    expect(largestDifference(net.grads.all, flatten(golden.numerical_gradient))).toBeLessThanOrEqual(2e-11);
    expect(net.params.all).toEqual(before);
  });
});

/** A network with targets of one kind, and its gradient in 60-digit arithmetic for several difference steps. */
interface QuotientCase {
  std: number;
  targets: string;
  params: GoldenGradients;
  x: number[][];
  t: number[] | number[][];
  gradients: (GoldenGradients & { h: number })[];
}

const quotients = readGolden<{ shape: number[]; cases: QuotientCase[] }>("quotients.json");

describe.each(quotients.cases)("weights of std $std, targets: $targets", ({ std, params, x, t, gradients }) => {
  const [inputSize, hiddenSize, outputSize] = quotients.shape as [number, number, number];
  const options = { inputSize, hiddenSize, outputSize, random: new RandomState(0) };
  const incremental = new IncrementalNet(options);
  const book = new BookNet({ ...options, skipZeros: true });
  for (const net of [incremental, book]) net.params.all.set(flatten(params));
  const targets = Array.isArray(t[0]) ? matrix(t as number[][]) : (t as number[]);

  test.each(gradients)("h = $h: the same algorithm gives the exact quotient", ({ h, ...exact }) => {
    incremental.numericalGradient(matrix(x), targets, { h });
    const expected = flatten(exact);
    // With std 10 the logits are of order 100, and their rounding moves a probability by 1e-14 of itself.
    const bound = (std > 3 ? 1e-13 : 2e-15) * largest(expected);
    expect(largestDifference(incremental.grads.all, expected)).toBeLessThanOrEqual(bound);
  });

  test("loss, accuracy and backpropagation are the core's, and the book's loop agrees with the exact quotient", () => {
    const core = new TwoLayerNet({ inputSize, hiddenSize, outputSize, random: 0 });
    for (const name of NAMES) core.params[name].set(incremental.params[name]);
    const inputs = matrix(x);
    const backprop = core.gradient(inputs, targets);
    for (const net of [incremental, book]) {
      expectClose(net.loss(inputs, targets), core.loss(inputs, targets), { relative: 1e-14 });
      expect(net.accuracy(inputs, targets)).toBe(core.accuracy(inputs, targets));
      net.gradient(inputs, targets);
      expect(net.lossBefore(targets)).toBe(net.loss(inputs, targets));
      const bound = (std > 3 ? 1e-13 : 4e-15) * Math.max(...NAMES.map((name) => largest(backprop[name])));
      for (const name of NAMES) {
        expect(largestDifference(net.grads[name], backprop[name]), name).toBeLessThanOrEqual(bound);
      }
    }
    // Each of the two losses is right to 1e-14 of itself, as above, and their difference is divided by 2h.
    const { h, ...exact } = gradients.find((gradient) => gradient.h === 1e-3)!;
    book.numericalGradient(inputs, targets, { h });
    expect(largestDifference(book.grads.all, flatten(exact))).toBeLessThanOrEqual(
      (1e-14 / h) * core.loss(inputs, targets),
    );
    core.dispose();
  });
});

describe("the first batch of MNIST after np.random.seed(0)", () => {
  const random = new RandomState(0);
  const net = new IncrementalNet({ ...BOOK, random });
  const mask = random.choice(60_000, 100);

  test("the same algorithm gives the exact quotient in all 39,760 entries", () => {
    const { x, t } = data.train.batch(mask);
    const before = net.params.all.slice();
    const returned = net.numericalGradient(x, t);
    const exact = goldenArray("quotient");
    expect(largestDifference(net.grads.all, exact)).toBeLessThanOrEqual(2e-15 * largest(exact));
    expect(net.params.all).toEqual(before);
    for (const name of NAMES) expect(returned[name]).toEqual(net.grads[name]);
  });

  test("lists made once for a dataset give the bits of lists made for the batch, and so do numbers for pixels", () => {
    const { x, t } = data.train.batch(mask);
    const expected = net.numericalGradient(x, t);
    const few = sparseSamples(data.train.subset(0, 1000));
    const batch = few.batch(Int32Array.of(3, 999, 3));
    const same = data.train.batch([3, 999, 3]);
    expect(net.numericalGradient(batch.x, batch.t)).toEqual(net.numericalGradient(same.x, same.t));
    const numbers = Float64Array.from(x.data, (pixel) => Math.fround(pixel / 255));
    expect(net.numericalGradient({ shape: x.shape, data: numbers }, t)).toEqual(expected);
  });

  test.each([
    { skipZeros: true, count: 100 },
    { skipZeros: false, count: 25 },
  ])("the book's loop gives the quotient for $count parameters, zeros skipped: $skipZeros", ({ skipZeros, count }) => {
    const book = new BookNet({ ...BOOK, random: new RandomState(0), skipZeros });
    const { x, t } = data.train.batch(mask);
    const parameters = Array.from({ length: count }, (_, i) => Math.floor((39_759 * i) / (count - 1)));
    const quotients = book.centralDifferences(book.toRows(x), t, parameters);
    const quotient = goldenArray("quotient");
    const exact = parameters.map((i) => quotient[i]!);
    // NumPy's own loop differs from the exact quotient by up to 6.1e-12 (rounding of the losses / 2h).
    expect(largestDifference(quotients, exact)).toBeLessThanOrEqual(2e-11);
  });

  test.each([
    net,
    new BookNet({ ...BOOK, random: new RandomState(0), skipZeros: true }),
    new BookNet({ ...BOOK, random: new RandomState(0), skipZeros: false }),
  ])("backpropagation gives NumPy's gradient ($constructor.name)", (each) => {
    const { x, t } = data.train.batch(mask);
    each.gradient(x, t);
    // These are sums of 100 products of order 1e-4 to 1e-2, in another order of summation than BLAS's.
    expect(largestDifference(each.grads.all, goldenArray("backprop"))).toBeLessThanOrEqual(1e-16);
  });
});

test.each([
  { weightInitStd: 1, h: 1e-4, bound: 2e-15 },
  // Units are saturated and logits of order 100, so only the rounding of the forward pass is left.
  { weightInitStd: 10, h: 1e-4, bound: 1e-13 },
  { weightInitStd: 0.01, h: 1e-2, bound: 2e-15 },
])("beyond the certificate, std $weightInitStd and h $h, it agrees with the core", ({ weightInitStd, h, bound }) => {
  const baseline = new IncrementalNet({ ...BOOK, weightInitStd, random: new RandomState(5) });
  const core = new TwoLayerNet({ ...BOOK, weightInitStd, random: 5 });
  const { x, t } = data.train.batch(new RandomState(6).choice(60_000, 50));
  const expected = core.numericalGradient(x, t, { h });
  const scale = Math.max(...NAMES.map((name) => largest(expected[name])));
  const actual = baseline.numericalGradient(x, t, { h });
  for (const name of NAMES) {
    expect(largestDifference(actual[name], expected[name]), name).toBeLessThanOrEqual(bound * scale);
  }
  core.dispose();
});

test.each([
  ["numerical", "mnist-train-quotient.json"],
  ["backprop", "mnist-train.json"],
] as const)("200 steps of %s training have NumPy's losses (%s)", (gradient, file) => {
  const [golden] = readGolden<{ runs: { batch: number; lr: number; losses: number[] }[] }>(file).runs;
  const { batch: batchSize, lr: learningRate, losses } = golden!;
  const random = new RandomState(0);
  const net = new IncrementalNet({ ...BOOK, random });
  const run = train(net, sparseSamples(data.train), { gradient, batchSize, learningRate, random, recordLoss: "after" });
  const own = Array.from({ length: 200 }, () => run.next().value as number);
  // Training is not chaotic: NumPy's own runs with other BLAS kernels stay within 8.9e-16 (test/golden/README.md).
  expect(largestDifference(own, losses.slice(0, 200))).toBeLessThanOrEqual(1e-12);
});

test("the baseline imports only types from numgrad", () => {
  const room = new URL("../../packages/benchmark/src/baseline/", import.meta.url);
  for (const file of readdirSync(room)) {
    const imports =
      readFileSync(new URL(file, room), "utf8").match(/^import [^;]*from "(numgrad|\.\.\/)[^;]*;/gm) ?? [];
    expect(imports.filter((line) => !line.startsWith("import type "))).toEqual([]);
  }
});
