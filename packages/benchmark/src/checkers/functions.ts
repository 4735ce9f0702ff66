/** A function of n numbers with its gradient. */
export interface Checked {
  readonly name: string;
  value(x: ArrayLike<number>): number;
  gradient(x: ArrayLike<number>): Float64Array;
}

const sumOf = (x: ArrayLike<number>, term: (value: number) => number) => {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += term(x[i]!);
  return sum;
};

const meanSin: Checked = {
  name: "mean of sin",
  value: (x) => 2.3 + sumOf(x, Math.sin) / x.length,
  gradient: (x) => Float64Array.from(x, (value) => Math.cos(value) / x.length),
};

const logSumExp: Checked = {
  name: "log-sum-exp",
  value: (x) => Math.log(sumOf(x, Math.exp)),
  gradient(x) {
    const sum = sumOf(x, Math.exp);
    return Float64Array.from(x, (value) => Math.exp(value) / sum);
  },
};

/** The mean of tanh(X v), where x has the elements of the square matrix X, and v = cos(0, 1, 2, …). */
const layer: Checked = {
  name: "tanh layer",
  value: (x) => outputs(x).reduce((sum, z) => sum + z, 0) / Math.sqrt(x.length),
  gradient(x) {
    const side = Math.sqrt(x.length);
    const z = outputs(x);
    return Float64Array.from(x, (_, i) => ((1 - z[Math.floor(i / side)]! ** 2) / side) * Math.cos(i % side));
  },
};

function outputs(x: ArrayLike<number>): Float64Array {
  const side = Math.sqrt(x.length);
  const v = Float64Array.from({ length: side }, (_, j) => Math.cos(j));
  const z = new Float64Array(side);
  for (let i = 0; i < side; i++) {
    for (let j = 0; j < side; j++) z[i]! += x[i * side + j]! * v[j]!;
    z[i] = Math.tanh(z[i]!);
  }
  return z;
}

/** The functions that checkers/python/checkers.py defines too. `compare.ts` compares their values. */
export const FUNCTIONS: readonly Checked[] = [meanSin, logSumExp, layer];

/** Errors that are planted in a gradient. */
export const ERRORS: Readonly<Record<string, (gradient: Float64Array) => Float64Array>> = {
  right: (g) => g,
  "× 1.01": (g) => g.map((value) => 1.01 * value),
  "× 1.001": (g) => g.map((value) => 1.001 * value),
  sign: (g) => g.map((value) => -value),
  "one entry × 1.05": (g) => g.map((value, i) => (i === g.length >> 1 ? 1.05 * value : value)),
  rolled: (g) => g.map((_, i) => g.at(i - 1)!),
  zeroed: (g) => g.map(() => 0),
  "one tensor zero": (g) => g.map((value, i) => (i < g.length >> 1 ? value : 0)),
  transposed: (g) => {
    const side = Math.sqrt(g.length);
    return g.map((_, i) => g[(i % side) * side + Math.floor(i / side)]!);
  },
};
