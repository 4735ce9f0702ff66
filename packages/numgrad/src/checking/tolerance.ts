import { ArgumentError, describe } from "../errors.js";

/** The tolerances that a caller gives. */
export interface GivenTolerance {
  /** Absolute tolerance. By default the tolerance follows from f; if `atol` or `rtol` is given, it is atol + rtol·|expected|. */
  readonly atol?: number | undefined;
  /** Tolerance relative to the difference quotient: see `atol`. */
  readonly rtol?: number | undefined;
}

/**
 * The part of itself, and of the largest element, by which a right element may be wrong: because it is rounded, or
 * because of a small constant as in the book's log(y + 1e-7), which its backpropagation leaves out. For a direction, the
 * part of the sum of its terms.
 */
const ROUNDED = {
  double: { ofItself: 2 ** -16, ofLargest: 2 ** -24, direction: 2 ** -18 },
  single: { ofItself: 2 ** -15, ofLargest: 2 ** -20, direction: 2 ** -16 },
} as const;

/** How much larger than an element the largest one is taken to be at most. Else errors of small elements would pass. */
const MOST_LARGER = 2 ** 12;

/**
 * By how much a slope of the gradient may differ from the slope of f. If the caller gives `atol` and `rtol`, it is
 * atol + rtol·|expected|. Else it follows from the error of the expected slope and from the rounding of the gradient.
 */
export class Tolerance {
  readonly atol: number | undefined;
  readonly rtol: number | undefined;
  readonly #rounded: (typeof ROUNDED)["double" | "single"];
  readonly #largest: number;

  /** @throws {ArgumentError} if a tolerance is not a finite number of at least 0. */
  constructor({ atol, rtol }: GivenTolerance, got: Float64Array, single: boolean) {
    this.atol = atol;
    this.rtol = rtol;
    for (const [name, value] of Object.entries({ atol, rtol })) {
      if (value === undefined || (Number.isFinite(value) && value >= 0)) continue;
      throw new ArgumentError(`options.${name}`, "a finite number of at least 0", describe(value));
    }
    this.#rounded = single ? ROUNDED.single : ROUNDED.double;
    this.#largest = largestOf(got);
  }

  /** The largest difference of an element that is right. */
  ofElement(expected: number, got: number, error: number): number {
    const { ofItself, ofLargest } = this.#rounded;
    const size = Math.max(Math.abs(expected), Number.isFinite(got) ? Math.abs(got) : 0);
    const rounding = ofItself * size + ofLargest * Math.min(this.#largest, MOST_LARGER * size);
    return this.#given(Math.abs(expected)) ?? error + rounding;
  }

  /**
   * The largest difference of a direction in which the gradient is right.
   *
   * @param sum The sum of the absolute values of the terms that `got` is the sum of.
   * @param norm The root of the sum of their squares.
   */
  ofDirection(expected: number, error: number, { sum, norm }: { sum: number; norm: number }): number {
    // The roundings of the elements add up only if the signs of the direction are those of the gradient.
    const rounding = this.#rounded.direction * Math.max(Math.abs(expected), Math.min(sum, 4 * norm));
    return this.#given(norm) ?? error + rounding;
  }

  /** Whether an error is so large that it says nothing about the gradient. */
  isVague(error: number, expected: number, got: number): boolean {
    const size = Math.max(Math.abs(expected), Math.abs(got));
    return !(error <= 0.1 * size || error <= 0.05 * this.#largest || (expected === 0 && got === 0));
  }

  /** Whether a slope of this size is as good as none beside the largest element. */
  isNothing(slope: number): boolean {
    return slope <= this.#rounded.ofLargest * this.#largest;
  }

  #given(size: number): number | undefined {
    if (this.atol === undefined && this.rtol === undefined) return undefined;
    return (this.atol ?? 0) + (this.rtol ?? 0) * size;
  }
}

/** The largest absolute value of those that are finite. */
function largestOf(values: Float64Array): number {
  let largest = 0;
  for (const value of values) {
    const size = Math.abs(value);
    if (size > largest && size < Number.POSITIVE_INFINITY) largest = size;
  }
  return largest;
}
