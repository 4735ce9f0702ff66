import { checkInteger } from "../arguments.js";
import { ArgumentError, describe } from "../errors.js";
import { checkAllFinite, checkNumbers, isArrayLike, type Vector } from "../shape.js";

/** Largest size of a number. Sums of the widest window of such numbers are finite. */
const LARGEST_VALUE = 1e292;

/** Widest window. The product of half of a mean's digits with the number of values is exact up to this width. */
const LARGEST_WINDOW = 2 ** 26;

/**
 * The mean of the `window` numbers around each number. At both ends it is the mean of those that exist. An even window
 * has one number more before than after.
 *
 * If the numbers have one sign, each mean is the exact mean, rounded once. So nothing drifts, and the average of a
 * constant is that constant. There is no running sum to which numbers are added and from which they are subtracted
 * later. Instead the numbers are cut into pieces as long as the window, so that every window is the end of one piece
 * and the beginning of the next. For each piece there are the sums from its start and from its end, with twice the
 * precision; then a mean takes one addition.
 *
 * @param values Numbers from −1e292 to 1e292; there may be none.
 * @param window Width of the window, an integer from 1 (which changes nothing) to 2²⁶.
 * @returns A mean for each number.
 * @throws {ArgumentError} if an argument is of the wrong type, or a number or the window is too large.
 * @throws {NonFiniteError} if a number is NaN or infinite.
 * @example
 * ```ts
 * movingAverage([1, 2, 6, 6, 1], 3); // Float64Array [1.5, 3, 4.666666666666667, 4.333333333333333, 3.5]
 * ```
 */
export function movingAverage(values: Vector, window: number): Float64Array {
  if (!isArrayLike(values)) throw new ArgumentError("values", "an array of numbers", describe(values));
  checkInteger("window", window, 1, LARGEST_WINDOW);
  checkNumbers("values", values);
  checkAllFinite("values", values);
  const { length } = values;
  for (let i = 0; i < length; i++) {
    if (Math.abs(values[i]!) <= LARGEST_VALUE) continue;
    throw new ArgumentError(`values[${i}]`, "a number from -1e292 to 1e292", describe(values[i]));
  }
  const before = Math.floor(window / 2);
  const heads = new PrefixSums(values, window, 1);
  const tails = new PrefixSums(values, window, -1);
  return Float64Array.from({ length }, (_, i) => {
    const start = Math.max(i - before, 0);
    const end = Math.min(i + window - before, length); // The window is without this number.
    const piece = Math.floor(start / window) * window;
    if (start === piece) {
      if (end <= piece + window) return quotient(heads.high(end - 1), heads.low(end - 1), end - start);
    } else if (end <= piece + window) return quotient(tails.high(start), tails.low(start), end - start);
    const [sum, rest] = exactSum(tails.high(start), heads.high(end - 1));
    return quotient(sum, rest + (tails.low(start) + heads.low(end - 1)), end - start);
  });
}

/**
 * For each number, the sum of all numbers of its piece from one side up to it. A sum is kept as its rounded value
 * `high` and the rounding error `low`.
 */
class PrefixSums {
  readonly #high: Float64Array;
  readonly #low: Float64Array;

  /** @param direction 1 for sums that begin at the first number of each piece, −1 for those that begin at the last. */
  constructor(values: Vector, window: number, direction: 1 | -1) {
    const { length } = values;
    this.#high = new Float64Array(length);
    this.#low = new Float64Array(length);
    let high = 0;
    let low = 0;
    for (let k = 0; k < length; k++) {
      const i = direction === 1 ? k : length - 1 - k;
      const isFirst = direction === 1 ? i % window === 0 : i === length - 1 || (i + 1) % window === 0;
      if (isFirst) [high, low] = [0, 0];
      const [sum, rest] = exactSum(high, values[i]!);
      high = sum;
      low += rest;
      this.#high[i] = high;
      this.#low[i] = low;
    }
  }

  high(i: number): number {
    return this.#high[i]!;
  }

  low(i: number): number {
    return this.#low[i]!;
  }
}

/** The rounded sum a + b, and its rounding error: both together are the exact sum (Knuth's TwoSum). */
function exactSum(a: number, b: number): [sum: number, rest: number] {
  const sum = a + b;
  const virtual = sum - a;
  return [sum, a - (sum - virtual) + (b - virtual)];
}

/** (high + low) / n, as an exact division would give it after one rounding. */
function quotient(high: number, low: number, n: number): number {
  const first = high / n;
  // `upper` holds the upper half of the digits of `first` (Veltkamp's splitting). The products of both halves with n
  // are exact.
  const shifted = first * (2 ** 27 + 1);
  const upper = shifted - (shifted - first);
  const remainder = high - upper * n - (first - upper) * n + low;
  return first + remainder / n;
}
