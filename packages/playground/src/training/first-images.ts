/**
 * How many of MNIST's images, the first ones, the page loads before all others, so that it can train at once. They and
 * the programs have at most 350 KB through gzip (test/playground/size.test.ts).
 */
export const FIRST = { train: 800, test: 300 } as const;
