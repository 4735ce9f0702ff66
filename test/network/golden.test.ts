import { type Dataset, type Gradients, type Matrix, matrix, RandomState, TwoLayerNet } from "numgrad";
import { beforeAll, describe, expect, test } from "vitest";
import { PARAMETER_NAMES } from "../../packages/numgrad/src/network/dimensions.js";
import { largest, largestDifference } from "../support/difference.js";
import { readGolden } from "../support/golden.js";
import { flatten, type SmallNet } from "../support/gradients.js";
import { mnist } from "../support/mnist.js";
import { readGoldenArray } from "../support/npy.js";
import { expectAllClose, expectClose } from "../support/ulp.js";

const all = (gradients: Gradients) => PARAMETER_NAMES.flatMap((name) => [...gradients[name]]);
describe.each(readGolden<{ nets: SmallNet[] }>("small-net.json").nets)(
  "the small net $shape, batch $batch",
  (golden) => {
    const [inputSize, hiddenSize, outputSize] = golden.shape;
    const net = new TwoLayerNet({ inputSize, hiddenSize, outputSize, random: 0 });
    const { W1, b1, W2, b2 } = golden.params;
    net.params.w1.set(W1.flat());
    net.params.b1.set(b1);
    net.params.w2.set(W2.flat());
    net.params.b2.set(b2);
    const x = matrix(golden.x);

    test("has NumPy's probabilities, loss and accuracy", () => {
      // A few roundings in exp, sums and quotients; NumPy's own builds differ by as much.
      expectAllClose(net.predict(x).data, golden.predict.flat(), { relative: 2e-15 });
      expectClose(net.loss(x, golden.labels), golden.loss, { relative: 4e-15 });
      expect(net.accuracy(x, golden.labels)).toBe(golden.accuracy);
      expect(net.accuracy(x, matrix(golden.onehot))).toBe(golden.accuracy);
    });

    test("has a numerical gradient within 4e-15 of the exact quotient, relative to the largest entry", () => {
      const exact = flatten(golden.exact_quotient);
      const difference = largestDifference(all(net.numericalGradient(x, golden.labels)), exact);
      expect(difference).toBeLessThanOrEqual(4e-15 * largest(exact));
    });

    test("gives the same bits for one-hot targets and for their labels", () => {
      const oneHot = matrix(golden.onehot);
      expect(net.loss(x, oneHot)).toBe(net.loss(x, golden.labels));
      expect(net.numericalGradient(x, oneHot)).toEqual(net.numericalGradient(x, golden.labels));
      expect(net.gradient(x, oneHot)).toEqual(net.gradient(x, golden.labels));
    });

    test("agrees with the book's loop by evaluation: full, and with NumPy's backpropagation", () => {
      const full = all(net.numericalGradient(x, golden.labels, { evaluation: "full" }));
      // Two float64 loops need not agree better: each differs from the exact quotient by rounding / 2h
      // (test/golden/README.md).
      expect(largestDifference(full, flatten(golden.numerical_gradient))).toBeLessThanOrEqual(2e-11);
      expect(largestDifference(full, flatten(golden.exact_quotient))).toBeLessThanOrEqual(2e-11);
      const gradient = all(net.gradient(x, golden.labels));
      // The entries are of order 1 and are sums of a few products: a dozen roundings of 1.1e-16 at most.
      expect(largestDifference(gradient, flatten(golden.gradient))).toBeLessThanOrEqual(2e-15);
    });
  },
);

describe("the first batch of MNIST after np.random.seed(0)", () => {
  const golden = readGolden<{
    batch_mask: number[];
    labels: number[];
    loss: number;
    accuracy: number;
    exact: Record<"W1" | "b1" | "W2" | "b2", { index: number[]; value: number[] }>;
  }>("mnist/step-seed0.json");
  const random = new RandomState(0);
  const net = new TwoLayerNet({ inputSize: 784, hiddenSize: 50, outputSize: 10, random });
  const goldenNames = { w1: "W1", b1: "b1", w2: "W2", b2: "b2" } as const;
  const arrays = (kind: string) =>
    PARAMETER_NAMES.map((name) => readGoldenArray(`seed0-${kind}-${goldenNames[name]}.npy`));
  let train: Dataset;
  let batch: ReturnType<Dataset["batch"]>;

  beforeAll(async () => {
    train = (await mnist()).train;
    batch = train.batch(random.choice(60_000, 100));
  });

  test("starts from NumPy's weights and draws its batch", () => {
    for (const [i, expected] of arrays("init").entries()) {
      expectAllClose(net.params[PARAMETER_NAMES[i]!], expected, { ulps: 4 });
    }
    expect([...batch.t]).toEqual(golden.labels);
    expect([...batch.t]).toEqual(golden.batch_mask.map((index) => train.labels[index]));
  });

  test("has NumPy's loss and accuracy", () => {
    expectClose(net.loss(batch.x, batch.t), golden.loss, { relative: 2e-15 });
    expect(net.accuracy(batch.x, batch.t)).toBe(golden.accuracy);
  });

  test("has the exact quotient as its numerical gradient in all 39,760 entries, and changes no parameter", () => {
    const before = net.params.toArrays();
    const gradient = net.numericalGradient(batch.x, batch.t);
    expect(net.params.toArrays()).toEqual(before);
    const exact = arrays("quotient");
    const scale = largest(exact.map((array) => largest([...array])));
    for (const [i, name] of PARAMETER_NAMES.entries()) {
      const difference = largestDifference(gradient[name], exact[i]!);
      expect(difference, name).toBeLessThanOrEqual(2e-15 * scale);
      const { index, value } = golden.exact[goldenNames[name]];
      const entries = index.map((at) => gradient[name][at]!);
      expect(largestDifference(entries, value), `${name}, 50 digits`).toBeLessThanOrEqual(2e-15 * scale);
    }
  });

  test("has the same bits for pixels, for their float64 numbers and for their float32 numbers", () => {
    const gradient = net.numericalGradient(batch.x, batch.t);
    const data = Float32Array.from(batch.x.data, (pixel) => Math.fround(pixel) / 255);
    const float32: Matrix<Float32Array> = { shape: batch.x.shape, data };
    expect(net.numericalGradient(float32, batch.t)).toEqual(gradient);
    const float64: Matrix = { shape: batch.x.shape, data: Float64Array.from(data) };
    expect(net.numericalGradient(float64, batch.t)).toEqual(gradient);
    expect(net.loss(float64, batch.t)).toBe(net.loss(batch.x, batch.t));
  });

  test("has a gradient that agrees with NumPy's backpropagation", () => {
    const gradient = net.gradient(batch.x, batch.t);
    for (const [i, expected] of arrays("backprop").entries()) {
      const name = PARAMETER_NAMES[i]!;
      // Each entry is a sum of 100 products of order 1e-4 to 1e-2, in another order of summation than BLAS's.
      expect(largestDifference(gradient[name], expected), name).toBeLessThanOrEqual(1e-16);
    }
  });

  test("agrees with the book's loop by evaluation: full in all 39,760 entries, and restores every parameter", () => {
    const before = net.params.toArrays();
    const full = net.numericalGradient(batch.x, batch.t, { evaluation: "full" });
    expect(net.params.toArrays()).toEqual(before);
    for (const [i, name] of PARAMETER_NAMES.entries()) {
      // NumPy's own loop differs from the exact quotient by up to 6.1e-12 (rounding of the losses / 2h).
      expect(largestDifference(full[name], arrays("quotient")[i]!), name).toBeLessThanOrEqual(2e-11);
      expect(largestDifference(full[name], arrays("numerical")[i]!), name).toBeLessThanOrEqual(2e-11);
    }
  });
});
