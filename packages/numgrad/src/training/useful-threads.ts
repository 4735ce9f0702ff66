import type { Dimensions } from "../network/dimensions.js";
import { mostMembers } from "../team/shared.js";
import { coreCount } from "../team/threads.js";

/**
 * Products of a batch's hidden layer below which a second thread does not pay, as measured on two shared virtual cores,
 * on which two independent runs together make 1.7 times as many steps as one. With two threads, in medians:
 * central differences of 100 images and 50 hidden units (4 million products) went 1.2 times as fast, of 20 images
 * 0.9 times; backpropagation of 100 images and 50 or 100 hidden units 0.9 times, 400 hidden units (31 million) 1.4 times.
 */
const LEAST_PRODUCTS = { numerical: 3_000_000, backprop: 20_000_000 };

/** How many threads train a network fastest on this machine. */
export function usefulThreads(
  { inputSize, hiddenSize }: Dimensions,
  { batchSize, gradient }: { readonly batchSize: number; readonly gradient: "numerical" | "backprop" },
): number {
  if (inputSize * hiddenSize * batchSize < LEAST_PRODUCTS[gradient]) return 1;
  return Math.min(coreCount(), mostMembers(hiddenSize));
}
