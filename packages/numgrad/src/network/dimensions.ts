import { checkInteger } from "../arguments.js";

/** Numbers of units of the three layers. */
export interface Dimensions {
  readonly inputSize: number;
  readonly hiddenSize: number;
  readonly outputSize: number;
}

/** The names of a network's parameters, in the order in which they lie in the core's memory. */
export const PARAMETER_NAMES = ["w1", "b1", "w2", "b2"] as const;

export type ParameterName = (typeof PARAMETER_NAMES)[number];

/** Most units of a layer. A bias and its gradient for each of so many units would fill WebAssembly's 4 GiB. */
const MOST_UNITS = 2 ** 28;

/**
 * Checks the numbers of units of the three layers.
 *
 * @throws {ArgumentError} naming the one that is missing or wrong.
 */
export function checkDimensions(argument: string, { inputSize, hiddenSize, outputSize }: Dimensions): void {
  for (const [name, size] of Object.entries({ inputSize, hiddenSize, outputSize })) {
    checkInteger(`${argument}.${name}`, size, 1, MOST_UNITS);
  }
}

/** Number of elements of each parameter. */
export function parameterSizes({ inputSize, hiddenSize, outputSize }: Dimensions): Record<ParameterName, number> {
  return { w1: inputSize * hiddenSize, b1: hiddenSize, w2: hiddenSize * outputSize, b2: outputSize };
}
