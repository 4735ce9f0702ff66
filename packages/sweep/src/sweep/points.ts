import { RandomState } from "numgrad";

/** Gives the points of a sequence in the unit cube, one after the other. */
export type PointSource = () => number[];

/** Points that are drawn at random. */
export function randomPoints(dimensions: number, seed: number): PointSource {
  const random = new RandomState(seed);
  return () => Array.from({ length: dimensions }, () => random.random());
}

const PRIMES = [2, 3, 5, 7, 11, 13, 17];

/**
 * Halton's points: coordinate d of point n is n with the digits of its base mirrored at the point. The seed moves all
 * points by one vector, modulo 1, which keeps them as even (Cranley and Patterson, 1976).
 */
export function haltonPoints(dimensions: number, seed: number): PointSource {
  const random = new RandomState(seed);
  const shift = Array.from({ length: dimensions }, () => random.random());
  let n = 0;
  return () => {
    n++;
    return shift.map((offset, d) => (radicalInverse(n, PRIMES[d]!) + offset) % 1);
  };
}

function radicalInverse(n: number, base: number): number {
  let [value, scale] = [0, 1 / base];
  for (let rest = n; rest > 0; rest = Math.floor(rest / base)) {
    value += (rest % base) * scale;
    scale /= base;
  }
  return value;
}

/**
 * Primitive polynomials and first direction numbers of dimensions 2 to 7.
 *
 * @see Joe and Kuo, 2008, new-joe-kuo-6.21201: s, a, m₁ … mₛ.
 */
const DIRECTIONS: readonly { s: number; a: number; m: readonly number[] }[] = [
  { s: 1, a: 0, m: [1] },
  { s: 2, a: 1, m: [1, 3] },
  { s: 3, a: 1, m: [1, 3, 1] },
  { s: 3, a: 2, m: [1, 1, 1] },
  { s: 4, a: 1, m: [1, 1, 3, 3] },
  { s: 4, a: 4, m: [1, 3, 5, 13] },
];

/**
 * Sobol's points in the order of Antonov and Saleev. The seed flips the same bits of every point, which keeps them as
 * even.
 */
export function sobolPoints(dimensions: number, seed: number): PointSource {
  const random = new RandomState(seed);
  const directions = Array.from({ length: dimensions }, (_, d) => directionNumbers(d));
  const x = Uint32Array.from({ length: dimensions }, () => Math.floor(random.random() * 2 ** 32));
  let n = 0;
  return () => {
    const point = Array.from(x, (word) => word / 2 ** 32);
    const bit = 31 - Math.clz32(~n & (n + 1));
    n++;
    for (let d = 0; d < dimensions; d++) x[d]! ^= directions[d]![bit]!;
    return point;
  };
}

/** The 32 direction numbers of a dimension, each shifted to the left end of the word. */
function directionNumbers(dimension: number): Uint32Array {
  const v = new Uint32Array(32);
  if (dimension === 0) return v.map((_, i) => 2 ** (31 - i));
  const { s, a, m } = DIRECTIONS[dimension - 1]!;
  for (let i = 0; i < 32; i++) {
    if (i < s) {
      v[i] = m[i]! * 2 ** (31 - i);
      continue;
    }
    let word = v[i - s]! ^ (v[i - s]! >>> s);
    for (let k = 1; k < s; k++) if ((a >> (s - 1 - k)) & 1) word ^= v[i - k]!;
    v[i] = word;
  }
  return v;
}
