import { ArgumentError, describe, ShapeError } from "../errors.js";
import { isArrayLike, isMatrix } from "../shape.js";
import type { Bounds } from "./difference-options.js";
import type { BasePoint } from "./point.js";

/** A number for each element of x, or one for all. */
type Limit = number | Float64Array;

/** Bounds that exclude nothing. */
export const UNBOUNDED: Bounds = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];

/**
 * {@link Bounds}, checked and flat. For float32 they are rounded inwards, so that every float32 between them is inside.
 */
export class Limits {
  readonly #lower: Limit;
  readonly #upper: Limit;
  readonly #single: boolean;

  /** @throws {ArgumentError} if the bounds are not a pair of limits, do not fit x, or an element of x is outside. */
  constructor(bounds: Bounds, { elements, single, label }: BasePoint) {
    const [lower, upper] = readPair(bounds);
    this.#lower = readLimit("options.bounds[0]", lower, elements.length);
    this.#upper = readLimit("options.bounds[1]", upper, elements.length);
    this.#single = single;
    for (let i = 0; i < elements.length; i++) {
      const value = elements[i]!;
      const [low, high] = [limitOf(this.#lower, i), limitOf(this.#upper, i)];
      if (value >= low && value <= high) continue;
      throw new ArgumentError(label(i), `a number in options.bounds, [${low}, ${high}]`, describe(value));
    }
  }

  /** The smallest value that element i may have. */
  lower(i: number): number {
    const lower = limitOf(this.#lower, i);
    return this.#single ? -roundDown(-lower) : lower;
  }

  /** The largest value that element i may have. */
  upper(i: number): number {
    const upper = limitOf(this.#upper, i);
    return this.#single ? roundDown(upper) : upper;
  }
}

const limitOf = (limit: Limit, i: number) => (typeof limit === "number" ? limit : limit[i]!);

/** @throws {ArgumentError} if the bounds are not a pair. */
export function readPair<Pair extends readonly [unknown, unknown]>(bounds: Pair): Pair {
  if (Array.isArray(bounds) && bounds.length === 2) return bounds;
  throw new ArgumentError("options.bounds", "a pair [lower, upper]", describe(bounds));
}

function readLimit(argument: string, limit: unknown, n: number): Limit {
  if (typeof limit === "number" && !Number.isNaN(limit)) return limit;
  const values = isMatrix(limit) ? limit.data : limit;
  if (!isArrayLike(values)) throw new ArgumentError(argument, "a number or an array of numbers", describe(limit));
  if (values.length !== n) throw new ShapeError(argument, `${n} numbers, one for each element of x`, describe(values));
  for (let i = 0; i < n; i++) {
    const value: unknown = values[i];
    if (typeof value === "number" && !Number.isNaN(value)) continue;
    throw new ArgumentError(`${argument}[${i}]`, "a number", describe(value));
  }
  return Float64Array.from(values);
}

/** The largest float32 that is not above x. */
function roundDown(x: number): number {
  const rounded = Math.fround(x);
  if (!(rounded > x)) return rounded;
  if (rounded === 0) return -(2 ** -149);
  const float = new Float32Array([rounded]);
  // Read as integers, the bits of float32 numbers count away from zero.
  new Int32Array(float.buffer)[0]! += rounded > 0 ? -1 : 1;
  return float[0]!;
}
