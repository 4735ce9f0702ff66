// What the parameters of a network say about its hidden units.
import { formatNumber, nearestIndex } from "../numbers.js";
import type { Params } from "./protocol.js";

/** Classes of MNIST. */
export const DIGITS = 10;

/** About how many standard deviations a weight of the full colour has: in a scale up to the largest weight the others would be pale. */
const RANGE = 3;

/** Ends of a scale of colours within a decade: a scale that changes seldom can be read while the network trains. */
const ENDS = [1, 1.5, 2, 3, 5, 7, 10];

/** The number of hidden units. */
export function unitsOf({ b1 }: Params): number {
  return b1.length;
}

/** z = x W1 + b1 of one hidden unit, for an image of 784 bytes. */
export function inputOf({ w1, b1 }: Params, unit: number, image: Uint8Array): number {
  let sum = b1[unit]!;
  for (let pixel = 0; pixel < image.length; pixel++) sum += (image[pixel]! / 255) * w1[pixel * b1.length + unit]!;
  return sum;
}

export function sigmoid(z: number): number {
  return 1 / (1 + Math.exp(-z));
}

/** The parameters of one network minus those of another one of the same size. */
export function subtract(a: Params, b: Params): Params {
  const minus = (name: keyof Params) => a[name].map((value, i) => value - b[name][i]!);
  return { w1: minus("w1"), b1: minus("b1"), w2: minus("w2"), b2: minus("b2") };
}

/** The size of a weight from which on it has the full colour: a round number. It is 0 if all weights are 0. */
export function limitOf(weights: Float64Array): number {
  let sum = 0;
  for (const weight of weights) sum += weight * weight;
  const wanted = RANGE * Math.sqrt(sum / weights.length);
  if (!(wanted > 0)) return 0;
  const power = 10 ** Math.floor(Math.log10(wanted));
  const end = ENDS[nearestIndex(ENDS, wanted / power)]!;
  return Number((end * power).toPrecision(2));
}

/** A weight as a reader writes it, to a hundredth of the end of its scale or less. */
export function weightText(weight: number, limit: number): string {
  if (limit < 1e-3) return formatNumber(weight, 2);
  const decimals = Math.max(0, 2 - Math.floor(Math.log10(limit)));
  return weight.toFixed(decimals).replace("-", "−");
}
