// The chapter's functions on plain typed arrays: one loop each, not unrolled, with the engine's own exp and log.
import type { Target } from "./targets.js";

/** δ, which the book adds inside the logarithm so that log 0 never happens. */
export const DELTA = 1e-7;

/** `float32(pixel) / 255` for each byte: the numbers that NumPy computes from an image. */
export const PIXEL_VALUES = Float64Array.from({ length: 256 }, (_, pixel) => Math.fround(pixel / 255));

/** Dot product `Σᵢ aᵢ bᵢ`. */
export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/**
 * out[o + j] += x w[start + j] for `n` numbers: the loop in which a network spends its time.
 *
 * The loop is plain on purpose. Adding four rows of w in one pass, with 13 arguments instead of 6, makes the first
 * layer of a batch 2.3 times as fast (Node 20: 0.80 ms instead of 1.89; Node 24: 0.71 instead of 1.74; on a Xeon under
 * other load). But few people write that before they have measured.
 */
export function addScaled(x: number, w: Float64Array, start: number, out: Float64Array, o: number, n: number): void {
  for (let j = 0; j < n; j++) out[o + j]! += x * w[start + j]!;
}

/** out[o + j] += w[start + j] for `n` numbers. */
export function addRow(w: Float64Array, start: number, out: Float64Array, o: number, n: number): void {
  for (let j = 0; j < n; j++) out[o + j]! += w[start + j]!;
}

/** Sizes of a matrix product: [m, k] times [k, n]. */
export interface ProductShape {
  readonly m: number;
  readonly k: number;
  readonly n: number;
}

/**
 * out += x w, for x [m, k] and w [k, n]. It goes through w row by row, in the order of the memory.
 *
 * @param skipZeros Whether elements of x that are 0 are skipped: four of five pixels of MNIST.
 */
export function addProduct(
  x: Float64Array,
  w: Float64Array,
  { m, k, n }: ProductShape,
  skipZeros: boolean,
  out: Float64Array,
): void {
  for (let i = 0; i < m; i++) {
    for (let p = 0; p < k; p++) {
      const value = x[i * k + p]!;
      if (skipZeros && value === 0) continue;
      addScaled(value, w, p * n, out, i * n, n);
    }
  }
}

/** The sigmoid 1 / (1 + e^(−z)) of each element. */
export function sigmoid(z: Float64Array): Float64Array {
  const out = new Float64Array(z.length);
  for (let i = 0; i < z.length; i++) out[i] = 1 / (1 + Math.exp(-z[i]!));
  return out;
}

/**
 * Softmax of each row of `rows` × `cols` numbers, in place. The maximum of the row is subtracted first, so that nothing
 * overflows.
 */
export function softmaxInPlace(x: Float64Array, rows: number, cols: number): void {
  for (let row = 0; row < rows; row++) {
    const start = row * cols;
    let max = x[start]!;
    for (let k = 1; k < cols; k++) max = Math.max(max, x[start + k]!);
    let sum = 0;
    for (let k = 0; k < cols; k++) {
      const e = Math.exp(x[start + k]! - max);
      x[start + k] = e;
      sum += e;
    }
    for (let k = 0; k < cols; k++) x[start + k]! /= sum;
  }
}

/**
 * Σ −Σₖ tₖ log(yₖ + 1e-7) over `rows` rows of y, in nats. Divided by the number of rows it is the loss. For a label,
 * −log(y[row, label] + 1e-7) is all that is left of the inner sum.
 *
 * @param first Number of the target of y's first row.
 */
export function crossEntropies(
  y: Float64Array,
  targets: ArrayLike<Target>,
  { first = 0, rows, cols }: { readonly first?: number; readonly rows: number; readonly cols: number },
): number {
  let sum = 0;
  for (let row = 0; row < rows; row++) {
    const target = targets[first + row]!;
    if (typeof target === "number") {
      sum -= Math.log(y[row * cols + target]! + DELTA);
      continue;
    }
    for (let k = 0; k < cols; k++) sum -= target[k]! * Math.log(y[row * cols + k]! + DELTA);
  }
  return sum;
}

/** Index, counted from `start`, of the largest of `cols` numbers; the first one if several are equal. */
export function argmax(x: Float64Array, start: number, cols: number): number {
  let best = 0;
  for (let k = 1; k < cols; k++) if (x[start + k]! > x[start + best]!) best = k;
  return best;
}
