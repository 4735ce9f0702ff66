import { functionValue, overflowError } from "../differences/evaluation.js";
import type { Point } from "../differences/point.js";
import type { Stencil } from "../differences/stencil.js";
import type { Watch } from "../differences/watch.js";
import type { Comparison } from "./comparison.js";

/** The slope of f along a direction, or along a part of its elements. */
interface DirectionSlope {
  /** The slope by a difference of f. */
  readonly expected: number;
  /** The slope by the gradient that is checked. */
  readonly got: number;
  /** The root mean square of the terms that `got` is the sum of. */
  readonly size: number;
  /** vᵢ sᵢ/s of the last element. If there is only one element, `expected / weight` is its slope. */
  readonly weight: number;
}

/**
 * Differences of f in random directions. Element i of a direction is moved by vᵢ sᵢ, where the sign vᵢ = ±1 is random
 * and sᵢ = hᵢ/√n. If all sᵢ are the same s, a gradient g must satisfy
 *
 *   (f(x + s v) − f(x − s v)) / 2s = Σ vᵢ gᵢ
 *
 * up to the error of the difference, which is at most √n times that of a single element. If the sᵢ differ, s is the
 * smallest of them, and the terms are weighted by sᵢ/s. An element that is wrong by e changes the right side by ±e in
 * every direction. So no sign can hide it; only the errors of other elements can.
 */
export class Directions {
  readonly #f: (x: unknown) => unknown;
  readonly #point: Point;
  readonly #got: Float64Array;
  /** sᵢ, for each element. */
  readonly #distances: Float64Array;
  readonly #smallest: number;
  readonly #signs: Int8Array;
  readonly #random: () => number;

  /**
   * @param stencil A central one without bounds.
   * @param got The gradient that is checked.
   */
  constructor(f: (x: unknown) => unknown, point: Point, stencil: Stencil, got: Float64Array, seed: number) {
    const n = got.length;
    this.#f = f;
    this.#point = point;
    this.#got = got;
    this.#signs = new Int8Array(n);
    this.#random = mulberry32(seed);
    this.#distances = Float64Array.from(got, (_, i) => {
      stencil.place(i);
      return (stencil.first - stencil.second) / 2 / Math.sqrt(n);
    });
    this.#smallest = this.#distances.reduce((least, distance) => Math.min(least, distance), Number.POSITIVE_INFINITY);
  }

  /** Compares `count` directions. In a direction that fails, the wrong elements are searched for. */
  compare(count: number, comparison: Comparison, watch: Watch): void {
    const n = this.#got.length;
    for (let direction = 0; direction < count; direction++) {
      for (let i = 0; i < n; i++) this.#signs[i] = this.#random() < 0.5 ? -1 : 1;
      const { expected, got, size } = this.#slope(0, n);
      comparison.add(direction, expected, got, size);
      if (!comparison.passes(expected, got, size)) this.#locate(0, n, comparison);
      watch.check(direction + 1);
    }
  }

  /** Searches for wrong elements in [start, end), by halving: these elements together do not pass. */
  #locate(start: number, end: number, comparison: Comparison): void {
    if (comparison.isFull) return;
    if (end - start === 1) {
      const { expected, weight } = this.#slope(start, end);
      comparison.addFound(start, expected / weight, this.#got[start]!);
      return;
    }
    const middle = (start + end) >> 1;
    for (const [from, to] of [
      [start, middle],
      [middle, end],
    ] as const) {
      const { expected, got, size } = this.#slope(from, to);
      if (!comparison.passes(expected, got, size)) this.#locate(from, to, comparison);
    }
  }

  /** The slope along the elements of the direction in [start, end). */
  #slope(start: number, end: number): DirectionSlope {
    const { elements, input, name } = this.#point;
    for (let i = start; i < end; i++) this.#point.checkUnmoved(i);
    // f on both sides of x, with these elements moved.
    const right = this.#move(start, end, 1);
    const high = this.#valueAt(right, start);
    const left = this.#move(start, end, -1);
    const low = this.#valueAt(left, start);
    for (let i = start; i < end; i++) this.#point.move(i, elements[i]!);
    // The slope by the gradient, with the distances that rounding left between right and left.
    const width = 2 * this.#smallest;
    let got = 0;
    let squares = 0;
    let weight = 0;
    for (let i = start; i < end; i++) {
      weight = (right[i - start]! - left[i - start]!) / width;
      const term = this.#got[i]! * weight;
      got += term;
      squares += term * term;
    }
    const expected = (high - low) / width;
    if (!Number.isFinite(expected)) throw overflowError(high - low, width, input, -1, name);
    return { expected, got, size: Math.sqrt(squares / (end - start)), weight };
  }

  /** Moves the elements in [start, end) to one side of x (±1), and returns their values there. */
  #move(start: number, end: number, side: number): Float64Array | Float32Array {
    const { elements, single } = this.#point;
    const values = single ? new Float32Array(end - start) : new Float64Array(end - start);
    for (let i = start; i < end; i++) {
      values[i - start] = elements[i]! + side * this.#signs[i]! * this.#distances[i]!;
      this.#point.move(i, values[i - start]!);
    }
    return values;
  }

  #valueAt(moved: Float64Array | Float32Array, start: number): number {
    const value = functionValue(this.#f, this.#point.input, -1, this.#point.name);
    for (let k = 0; k < moved.length; k++) this.#point.checkMoved(start + k, moved[k]!);
    return value;
  }
}

/** Uniform numbers in [0, 1) by Tommy Ettinger's mulberry32. Any generator is good enough for signs. */
function mulberry32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}
