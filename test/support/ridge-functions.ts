import type { RandomState } from "numgrad";

/** A smooth function of several numbers with its derivatives by formulas, and the x at which they are taken. */
export interface RidgeCase {
  f: (x: ArrayLike<number>) => number;
  gradient: (x: ArrayLike<number>) => number[];
  /** The Hessian, row after row. */
  hessian: (x: ArrayLike<number>) => number[];
  x: number[];
}

const sigmoid = (t: number) => 1 / (1 + Math.exp(-t));

/** Functions of one number, with their first and second derivatives. */
const profiles: [f: (t: number) => number, first: (t: number) => number, second: (t: number) => number][] = [
  [Math.sin, Math.cos, (t) => -Math.sin(t)],
  [Math.exp, Math.exp, Math.exp],
  [Math.tanh, (t) => 1 - Math.tanh(t) ** 2, (t) => -2 * Math.tanh(t) * (1 - Math.tanh(t) ** 2)],
  [(t) => Math.log1p(Math.exp(t)), sigmoid, (t) => sigmoid(t) * (1 - sigmoid(t))],
  [(t) => t ** 3, (t) => 3 * t * t, (t) => 6 * t],
  [(t) => 1 / (1 + t * t), (t) => (-2 * t) / (1 + t * t) ** 2, (t) => (6 * t * t - 2) / (1 + t * t) ** 3],
];

/** Sums of one to three functions of a·x + b, with random a and b, at random x whose size is `scale`. */
export function ridgeCases(count: number, random: RandomState, { n = 3, scale = 1 } = {}): RidgeCase[] {
  return Array.from({ length: count }, () => {
    const x = Array.from(random.randn(n), (value) => value * scale);
    const terms = Array.from({ length: random.randint(1, 4) }, () => {
      const [phi, first, second] = profiles[random.randint(0, profiles.length)]!;
      const a = Array.from(random.randn(n), (value) => value / scale);
      return { phi, first, second, a, b: random.randn(), c: random.randn() };
    });
    const inner = (a: number[], v: ArrayLike<number>, b: number) => a.reduce((sum, ai, i) => sum + ai * v[i]!, b);
    return {
      x,
      f: (v) => terms.reduce((sum, { phi, a, b, c }) => sum + c * phi(inner(a, v, b)), 0),
      gradient: (v) =>
        x.map((_, i) => terms.reduce((sum, { first, a, b, c }) => sum + c * first(inner(a, v, b)) * a[i]!, 0)),
      hessian: (v) =>
        x.flatMap((_, i) =>
          x.map((_, j) => {
            return terms.reduce((sum, { second, a, b, c }) => sum + c * second(inner(a, v, b)) * a[i]! * a[j]!, 0);
          }),
        ),
    };
  });
}
