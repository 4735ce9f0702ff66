import type { Gradients } from "numgrad";

/** Number of units in each of the three layers. */
export interface Dimensions {
  readonly inputSize: number;
  readonly hiddenSize: number;
  readonly outputSize: number;
}

/** Parameters or their gradient: four arrays, and one array over all of them. */
export interface Parameters extends Gradients {
  /**
   * w1, b1, w2 and b2, one after the other. So b1 is row `inputSize` of w1: the weights of an input that is always 1.
   */
  readonly all: Float64Array;
}

/** Parameters that are all 0. */
export function createParameters({ inputSize, hiddenSize, outputSize }: Dimensions): Parameters {
  const b1 = inputSize * hiddenSize;
  const w2 = b1 + hiddenSize;
  const b2 = w2 + hiddenSize * outputSize;
  const all = new Float64Array(b2 + outputSize);
  return {
    all,
    w1: all.subarray(0, b1),
    b1: all.subarray(b1, w2),
    w2: all.subarray(w2, b2),
    b2: all.subarray(b2),
  };
}

/** Copies of the four arrays, in memory of their own. */
export function copyOf({ w1, b1, w2, b2 }: Gradients): Gradients {
  return { w1: w1.slice(), b1: b1.slice(), w2: w2.slice(), b2: b2.slice() };
}

/** Stochastic gradient descent: w ← w − η ∂L/∂w. */
export function descend(params: Parameters, grads: Parameters, learningRate: number): void {
  const [values, gradient] = [params.all, grads.all];
  for (let i = 0; i < values.length; i++) values[i]! -= learningRate * gradient[i]!;
}
