import fc from "fast-check";
import { type Inputs, type Matrix, pixels, RandomState, type Targets, TwoLayerNet } from "numgrad";
import { expect, test } from "vitest";
import { PARAMETER_NAMES } from "../../packages/numgrad/src/network/dimensions.js";
import { largest, largestDifference } from "../support/difference.js";

/** Random networks with random samples. `NUMGRAD_NETWORKS` sets another number. */
const NETWORKS = Number(process.env.NUMGRAD_NETWORKS ?? 2000);

const EPSILON = 2 ** -52;

/** What is drawn; all numbers of the network and of the samples follow from the seed. */
interface Case {
  readonly seed: number;
  readonly inputSize: number;
  readonly hiddenSize: number;
  readonly outputSize: number;
  readonly rows: number;
  readonly std: number;
  readonly h: number;
  readonly inputs: keyof typeof INPUTS;
  readonly targets: keyof typeof TARGETS;
}

/** Rows of inputs, of each kind that takes its own way into the core. */
const INPUTS = {
  pixels: (random: RandomState, shape: readonly [number, number]) => {
    const all = Uint8Array.from({ length: shape[0] * shape[1] }, () =>
      Math.max(0, Math.floor(500 * random.random() - 244)),
    );
    return pixels(shape, all);
  },
  uniform: (random: RandomState, shape: readonly [number, number]) => matrixOf(shape, () => random.random()),
  normal: (random: RandomState, shape: readonly [number, number]) => matrixOf(shape, () => random.randn()),
  large: (random: RandomState, shape: readonly [number, number]) => matrixOf(shape, () => 30 * random.randn()),
  "a few values": (random: RandomState, shape: readonly [number, number]) =>
    matrixOf(shape, () => [0, 0, 1, -2, 0.5][Math.floor(5 * random.random())]!),
} satisfies Record<string, (random: RandomState, shape: readonly [number, number]) => Inputs>;

/** Targets of each kind. */
const TARGETS = {
  labels: (random: RandomState, rows: number, classes: number) => random.choice(classes, rows),
  soft: (random: RandomState, rows: number, classes: number) => normalised(softRows(random, rows, classes)),
  smoothed: (random: RandomState, rows: number, classes: number) => {
    const labels = random.choice(classes, rows);
    return matrixOf(
      [rows, classes],
      (i) => (labels[Math.floor(i / classes)] === i % classes ? 0.9 : 0) + 0.1 / classes,
    );
  },
  unnormalised: (random: RandomState, rows: number, classes: number) => softRows(random, rows, classes),
} satisfies Record<string, (random: RandomState, rows: number, classes: number) => Targets>;

function matrixOf(shape: readonly [number, number], value: (i: number) => number): Matrix {
  return { shape: [shape[0], shape[1]], data: Float64Array.from({ length: shape[0] * shape[1] }, (_, i) => value(i)) };
}

/** Targets between 0 and 2, of which a third are 0. */
function softRows(random: RandomState, rows: number, classes: number): Matrix {
  return matrixOf([rows, classes], () => Math.max(0, 3 * random.random() - 1));
}

/** The same with rows that sum to 1; a row of zeros stays one. */
function normalised({ shape, data }: Matrix): Matrix {
  const [rows, classes] = shape;
  for (let row = 0; row < rows; row++) {
    const part = data.subarray(row * classes, (row + 1) * classes);
    const sum = part.reduce((total, value) => total + value, 0);
    if (sum > 0) part.set(part.map((value) => value / sum));
  }
  return { shape, data };
}

const cases: fc.Arbitrary<Case> = fc.record({
  seed: fc.nat(2 ** 32 - 1),
  inputSize: fc.integer({ min: 1, max: 40 }),
  hiddenSize: fc.integer({ min: 1, max: 12 }),
  outputSize: fc.integer({ min: 1, max: 7 }),
  rows: fc.integer({ min: 1, max: 6 }),
  std: fc.constantFrom(0.01, 0.1, 0.5, 1, 3, 10),
  h: fc.double({ min: -6, max: 0.5, noNaN: true }).map((exponent) => 10 ** exponent),
  inputs: fc.constantFrom(...(Object.keys(INPUTS) as (keyof typeof INPUTS)[])),
  targets: fc.constantFrom(...(Object.keys(TARGETS) as (keyof typeof TARGETS)[])),
});

/** Both gradients of a case, and by how much the one by the definition may be wrong. */
function gradientsOf({ seed, inputSize, hiddenSize, outputSize, rows, std, h, inputs, targets }: Case) {
  const random = new RandomState(seed);
  using net = new TwoLayerNet({ inputSize, hiddenSize, outputSize, weightInitStd: std, random });
  for (const biases of [net.params.b1, net.params.b2]) biases.set(biases.map(() => std * random.randn()));
  const x = INPUTS[inputs](random, [rows, inputSize]);
  const t = TARGETS[targets](random, rows, outputSize);
  const flat = (gradient: Record<(typeof PARAMETER_NAMES)[number], Float64Array>) =>
    PARAMETER_NAMES.flatMap((name) => [...gradient[name]]);
  const fast = flat(net.numericalGradient(x, t, { h }));
  const byDefinition = flat(net.numericalGradient(x, t, { h, evaluation: "full" }));
  return { fast, byDefinition, error: errorOfTheDefinition(net, x, t, h) };
}

/**
 * A bound of the rounding error of the quotient by the definition. Each loss has rounding errors of its own size and of
 * that of the logits whose differences it is formed from; a logit has those of its products and of the pre-activations.
 * The quotient has both losses' errors over 2h.
 */
function errorOfTheDefinition(net: TwoLayerNet, x: Inputs, t: Targets, h: number): number {
  const { w1, b1, w2, b2 } = net.params;
  const largestOf = (values: ArrayLike<number>) =>
    Array.from(values).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const scale = "kind" in x ? 1 / 255 : 1;
  const [, inputSize] = x.shape;
  const preActivations = inputSize * (largestOf(w1) + h) * largestOf(x.data) * scale + largestOf(b1) + h;
  const hiddenSize = b1.length;
  const weights = largestOf(w2) + h;
  const logits = hiddenSize * weights * (1 + 0.25 * preActivations) + largestOf(b2) + h;
  const total = "shape" in (t as Matrix) ? Math.max(1, largestOf((t as Matrix).data) * b2.length) : 1;
  return (8 * EPSILON * total * (Math.abs(net.loss(x, t)) + 2 * logits + 17)) / h;
}

test(`the gradients of ${NETWORKS} random networks are those of the definition, within its rounding errors`, () => {
  let strict = 0;
  fc.assert(
    fc.property(cases, (drawn) => {
      const { fast, byDefinition, error } = gradientsOf(drawn);
      const size = largest(byDefinition);
      expect(largestDifference(fast, byDefinition)).toBeLessThanOrEqual(error + 2e-15 * size);
      if (error <= 1e-6 * size) strict++;
    }),
    { numRuns: NETWORKS },
  );
  // Most of the comparisons are strict: the bound leaves six digits or more.
  expect(strict).toBeGreaterThan(0.5 * NETWORKS);
});
