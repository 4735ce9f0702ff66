import type { Dimensions } from "../network/dimensions.js";
import { mostMembers } from "../team/shared.js";
import { coreCount } from "../team/threads.js";

/**
 * Products of a batch's hidden layer below which a second thread does not pay, as measured on two shared virtual cores,
 * on which two independent runs together make 1.7 times as many steps as one. In medians of blocks of steps in turns, two
 * threads took for a step with 50 hidden units, by central differences, of 20, 50 and 100 images, 0.88, 0.84 and 0.72 times
 * as long as one; by backpropagation, of 50, 100 and 200 images, 0.96, 0.89 and 0.84 times. But a quarter of the blocks of
 * differences of 20 images, and of backpropagation of 50, took 1.2 times as long. 100 images are 3.9 million products.
 */
const LEAST_PRODUCTS = { numerical: 1_900_000, backprop: 3_500_000 };

/** How many threads train a network fastest on this machine. */
export function usefulThreads(
  { inputSize, hiddenSize }: Dimensions,
  { batchSize, gradient }: { readonly batchSize: number; readonly gradient: "numerical" | "backprop" },
): number {
  if (inputSize * hiddenSize * batchSize < LEAST_PRODUCTS[gradient]) return 1;
  return Math.min(coreCount(), mostMembers(hiddenSize));
}
