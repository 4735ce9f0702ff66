import { type Input, within } from "./case.js";

/** A function of one number with two limits, between which it is differentiable, or nearly everywhere. */
export type Unary = readonly [op: string, low: number, high: number];

/** Functions of one number that all three libraries have by the same name. */
export const SHARED: readonly Unary[] = [
  ["abs", -2, 2],
  ["acos", -0.9, 0.9],
  ["acosh", 1.1, 3],
  ["asin", -0.9, 0.9],
  ["asinh", -3, 3],
  ["atan", -3, 3],
  ["atanh", -0.9, 0.9],
  ["ceil", -2, 2],
  ["cos", -4, 4],
  ["cosh", -2, 2],
  ["exp", -2, 2],
  ["expm1", -2, 2],
  ["floor", -2, 2],
  ["log", 0.2, 3],
  ["log1p", -0.7, 3],
  ["sign", -2, 2],
  ["sin", -4, 4],
  ["sinh", -2, 2],
  ["sqrt", 0.2, 3],
  ["square", -2, 2],
  ["tan", -1.2, 1.2],
  ["tanh", -2, 2],
];

/** The shared functions and those of one library, by their names. */
export function withShared(own: readonly Unary[]): Unary[] {
  return [...SHARED, ...own].sort(([a], [b]) => a.localeCompare(b, "en"));
}

/** Where a function of two numbers is differentiable: the limits of the first one, then those of the second one. */
export type Limits = readonly [low: number, high: number, low2: number, high2: number];

/** Two numbers of any sign. */
export const ANY: Limits = [-1.5, 1.5, -1.5, 1.5];

/** Numbers of any sign. The second ones have other limits, so that no number is compared with itself. */
export const UNEQUAL: Limits = [-1.5, 1.5, -1.4, 1.4];

/** The first number is positive. */
export const POSITIVE_FIRST: Limits = [0.3, 2, -1.5, 1.5];

/** The second number is positive. */
export const POSITIVE_SECOND: Limits = [-1.5, 1.5, 0.3, 2];

/** Two numbers whose quotient lies between 2 and 3, so that its integer part does not jump. */
export const QUOTIENT_2: Limits = [2.1, 2.4, 0.9, 1];

/** Shapes of two arrays that are stretched to a common shape. */
const STRETCHED: readonly (readonly [number[], number[]])[] = [
  [
    [2, 3],
    [2, 3],
  ],
  [[2, 3], [3]],
  [[2, 3], []],
  [
    [2, 1],
    [1, 3],
  ],
  [[3], [2, 3]],
];

/** The inputs of a function of two numbers, for all shapes that are stretched. */
export function stretched([low, high, low2, high2]: Limits): Input[][] {
  return STRETCHED.map(([a, b]) => [within(low, high, ...a), within(low2, high2, ...b)]);
}
