/** The bound of numbers of which no bound is known. */
export const UNKNOWN = Number.POSITIVE_INFINITY;

/**
 * If no parameter, and no product of a parameter and an input, is larger, nothing that is computed from them overflows. Only
 * central differences form high powers; the core does not form those of large weights (`LARGEST_RANGE` in coefficients.rs).
 */
const LARGEST = 1e100;

/**
 * Bounds of the sizes of a network's parameters and of its gradient. As long as they are small, the parameters stay finite
 * in an update for sure: nobody has to look at each of them, and the threads of a team need not agree.
 *
 * Let B be a bound of the parameters and X one of the inputs, the 1 of the biases included, of samples with labels. A
 * gradient of the second layer is a mean of s (p − t), so it is at most 1. One of the first layer is a mean of x a δ, where
 * a = s (1 − s) is at most 1/4, and δ = Σₖ w₂ (p − t) at most 2 B, so it is at most X B / 2. A central difference is a
 * gradient at a place between its two points, by the mean value theorem, but for the rounding of the two losses, which are
 * at most ln 1e7, and for what the series leave out, less than 1e-9 / h in all. The bounds here are twice as large.
 */
export class SizeBounds {
  /** At least the largest size of a parameter. */
  params = UNKNOWN;
  /** At least the largest size of an element of the gradient. */
  grads = UNKNOWN;

  /**
   * Bounds the gradient of samples with labels, at parameters whose bound is known.
   *
   * @param largestInput At least 1, and the largest size of an input.
   * @param h Of central differences; 0 for backpropagation.
   */
  noteGradient(largestInput: number, h: number): void {
    this.grads = Math.max(2, largestInput * this.params) + (h && 1e-9 / h);
  }

  /**
   * Bounds the parameters after an update.
   *
   * @returns Whether all of them will be finite for sure. If not, their bound is unknown.
   */
  noteUpdate(learningRate: number): boolean {
    this.params += Math.abs(learningRate) * this.grads;
    const isSafe = Math.max(this.params, this.grads) <= LARGEST;
    if (!isSafe) this.params = UNKNOWN;
    return isSafe;
  }
}
