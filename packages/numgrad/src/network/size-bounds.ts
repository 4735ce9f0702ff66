/** The bound of numbers of which no bound is known. */
export const UNKNOWN = Number.POSITIVE_INFINITY;

/** As long as no parameter is larger, nothing that is computed from the parameters overflows. */
const LARGEST_PARAMETER = 1e100;

/**
 * Bounds of the sizes of a network's parameters and of its gradient. As long as they are small enough, an update gives
 * finite numbers for sure: nobody has to look at each of them, and the threads of a team need not agree.
 *
 * For samples with labels, let B be the largest parameter, and X the largest input, the 1 of the biases included. A
 * gradient of the second layer is a mean of s (p − t), which is at most 1. One of the first layer is a mean of x a δ, where
 * a = s (1 − s) is at most 1/4, and δ = Σ w₂ (p − t) at most 2 B: so it is at most X B / 2. By the mean value theorem central
 * differences lie between gradients, but for rounding errors, of which the loss has less than 1e-9.
 */
export class SizeBounds {
  /** At least the largest size of a parameter; infinite if it is not known. */
  params = UNKNOWN;
  /** The same of the gradient. */
  grads = UNKNOWN;

  /**
   * Says that a gradient is computed from parameters within their bound.
   *
   * @param largestInput At least 1 and the largest size of an input; infinite if it is not known.
   * @param h Of central differences; 0 for backpropagation.
   */
  noteGradient(largestInput: number, h: number): void {
    this.grads = Math.max(2, largestInput * this.params) + (h && 1e-9 / h);
  }

  /** Takes note of an update; whether it gives finite numbers for sure. */
  allowUpdate(learningRate: number): boolean {
    const next = this.params + Math.abs(learningRate) * this.grads;
    const isSafe = next <= LARGEST_PARAMETER;
    this.params = isSafe ? next : UNKNOWN;
    return isSafe;
  }
}
