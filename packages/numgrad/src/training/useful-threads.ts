import type { Dimensions } from "../network/dimensions.js";
import { mostMembers } from "../team/shared.js";
import { coreCount } from "../team/threads.js";

/**
 * Products of a batch's hidden layer below which a second thread does not pay: waiting for each other takes some
 * 10 microseconds, twice a step. See "All cores" in docs/benchmarks.md.
 */
const LEAST_PRODUCTS = 500_000;

/** How many threads train a network fastest on this machine. */
export function usefulThreads({ inputSize, hiddenSize }: Dimensions, batchSize: number): number {
  if (inputSize * hiddenSize * batchSize < LEAST_PRODUCTS) return 1;
  return Math.min(coreCount(), mostMembers(hiddenSize));
}
