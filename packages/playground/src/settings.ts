import type { Settings } from "./protocol.js";

/** Learning rates of the slider: from 0.001 to 10, six to a decade. */
export const LEARNING_RATES: readonly number[] = [
  ...[-3, -2, -1, 0].flatMap((exponent) => [1, 1.5, 2, 3, 5, 7].map((factor) => Number(`${factor}e${exponent}`))),
  10,
];

/** The book's. */
export const BOOK: Settings = { hiddenSize: 50, batchSize: 100, seed: 0, h: 1e-4, learningRate: 0.1 };

/** The book's number of steps: 16 epochs and two thirds. */
export const STEPS = 10_000;

/** Weights and biases of a network for MNIST. */
export function countParameters(hiddenSize: number): number {
  return 784 * hiddenSize + hiddenSize + hiddenSize * 10 + 10;
}
