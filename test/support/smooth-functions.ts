import type { RandomState } from "numgrad";

/** A smooth function, its derivative by a formula, and the x at which the derivative is taken. */
export interface SmoothCase {
  family: string;
  f: (x: number) => number;
  slope: (x: number) => number;
  x: number;
}

type Pair = [f: (t: number) => number, slope: (t: number) => number];

/** Random numbers of many orders of magnitude. */
class Draw {
  readonly #random: RandomState;

  constructor(random: RandomState) {
    this.#random = random;
  }

  /** A number from `low` to `high`. All orders of magnitude are equally likely. */
  size(low: number, high: number): number {
    return Math.exp(Math.log(low) + this.#random.random() * Math.log(high / low));
  }

  signed(low = 0.01, high = 3): number {
    return (this.#random.random() < 0.5 ? -1 : 1) * this.size(low, high);
  }

  integer(low: number, high: number): number {
    return this.#random.randint(low, high + 1);
  }
}

/**
 * Families of functions whose scale suits x, within two or three orders of magnitude. A function that is steep on the
 * scale of 1 is not taken at x = 1e6, because float64 does not resolve it there.
 */
const everywhere: Record<string, (draw: Draw, x: number) => Pair> = {
  polynomial(draw, x) {
    const c = Array.from({ length: draw.integer(2, 9) }, () => draw.signed());
    const s = Math.abs(x) * draw.size(0.1, 10) || 1;
    return [
      (t) => c.reduceRight((sum, a) => sum * (t / s) + a, 0),
      (t) => c.reduceRight((sum, a, k) => (k > 0 ? sum * (t / s) + k * a : sum), 0) / s,
    ];
  },
  power(draw) {
    const p = draw.integer(2, 7);
    return [(t) => t ** p, (t) => p * t ** (p - 1)];
  },
  sine(draw, x) {
    const [w, p] = [draw.size(1e-3, 1e3) / Math.max(1, Math.abs(x) / 100), draw.signed()];
    return [(t) => Math.sin(w * t + p), (t) => w * Math.cos(w * t + p)];
  },
  exponential(draw, x) {
    const a = draw.signed() / Math.max(1, Math.abs(x) / 20);
    return [(t) => Math.exp(a * t), (t) => a * Math.exp(a * t)];
  },
  "hyperbolic tangent": (draw, x) => {
    const [a, b] = [draw.signed() / Math.max(1, Math.abs(x) / 3), draw.signed()];
    return [(t) => Math.tanh(a * t + b), (t) => a / Math.cosh(a * t + b) ** 2];
  },
  sigmoid(draw, x) {
    const [a, b] = [(3 * draw.signed()) / Math.max(1, Math.abs(x) / 3), draw.signed()];
    const y = (t: number) => 1 / (1 + Math.exp(-(a * t + b)));
    return [y, (t) => a * y(t) * (1 - y(t))];
  },
  "Lorentz's curve": (draw, x) => {
    const s = draw.size(0.01, 10) * Math.max(1, Math.abs(x));
    return [(t) => 1 / (1 + (t / s) ** 2), (t) => (-2 * t) / s / s / (1 + (t / s) ** 2) ** 2];
  },
  "Gauss's curve": (draw, x) => {
    const s = draw.size(0.1, 10) * Math.max(1, Math.abs(x));
    const m = x + draw.signed() * s;
    const y = (t: number) => Math.exp(-(((t - m) / s) ** 2));
    return [y, (t) => ((-2 * (t - m)) / s / s) * y(t)];
  },
  hyperbola(draw) {
    const c = draw.size(0.1, 10);
    return [(t) => Math.sqrt(c + t * t), (t) => t / Math.sqrt(c + t * t)];
  },
  arctangent(draw, x) {
    const [a, b] = [draw.size(1e-2, 1e2) / Math.max(1, Math.abs(x)), draw.signed()];
    return [(t) => Math.atan(a * t + b), (t) => a / (1 + (a * t + b) ** 2)];
  },
  "sine of growing amplitude": (draw, x) => {
    const [w, a] = [draw.size(0.1, 10) / Math.max(1, Math.abs(x) / 10), draw.signed()];
    return [(t) => Math.sin(w * t) * (t + a), (t) => w * Math.cos(w * t) * (t + a) + Math.sin(w * t)];
  },
  "exponential of a sine": (draw, x) => {
    const w = draw.size(0.1, 10) / Math.max(1, Math.abs(x) / 10);
    return [(t) => Math.exp(Math.sin(w * t)), (t) => w * Math.cos(w * t) * Math.exp(Math.sin(w * t))];
  },
  "logarithm of a sum": (draw, x) => {
    const [a, b] = [draw.signed() / Math.max(1, Math.abs(x) / 10), draw.signed() / Math.max(1, Math.abs(x) / 10)];
    const [p, q] = [(t: number) => Math.exp(a * t), (t: number) => Math.exp(b * t)];
    return [(t) => Math.log(p(t) + q(t)), (t) => (a * p(t) + b * q(t)) / (p(t) + q(t))];
  },
  // The following families are hard.
  "sine on a large constant": (draw, x) => {
    const [c, w] = [draw.signed(10, 1e8), draw.size(0.1, 10) / Math.max(1, Math.abs(x) / 10)];
    return [(t) => c + Math.sin(w * t), (t) => w * Math.cos(w * t)];
  },
  "sine with noise, from cancellation inside": (draw, x) => {
    const [c, w] = [draw.size(10, 1e8), draw.size(0.1, 10) / Math.max(1, Math.abs(x) / 10)];
    return [(t) => c + Math.sin(w * t) - c, (t) => w * Math.cos(w * t)];
  },
  "straight line with a narrow bump": (draw, x) => {
    const s = draw.size(1e-5, 1e-1) * Math.max(1, Math.abs(x));
    const [m, a] = [x + draw.signed() * s * 0.3, 1 / Math.max(1, Math.abs(x))];
    const y = (t: number) => Math.exp(-(((t - m) / s) ** 2));
    return [(t) => a * t + y(t), (t) => a + ((-2 * (t - m)) / s / s) * y(t)];
  },
  "straight line": (draw) => {
    const [a, b] = [draw.signed(), draw.signed()];
    return [(t) => a * t + b, () => a];
  },
  constant: (draw) => {
    const a = draw.signed();
    return [() => a, () => 0];
  },
};

/** Families that are defined only right of 0, or are not smooth at 0. */
const rightOfZero: Record<string, (draw: Draw, x: number) => Pair> = {
  logarithm: () => [Math.log, (t) => 1 / t],
  "square root": () => [Math.sqrt, (t) => 0.5 / Math.sqrt(t)],
  "any power": (draw) => {
    const p = draw.signed();
    return [(t) => t ** p, (t) => p * t ** (p - 1)];
  },
  "x log x": () => [(t) => t * Math.log(t), (t) => Math.log(t) + 1],
  reciprocal: () => [(t) => 1 / t, (t) => -1 / (t * t)],
};

/**
 * `count` smooth functions, equally many of each family, with x = 0 or |x| within a range. Half of the other x are from
 * 0.1 to 10.
 */
export function smoothCases(count: number, random: RandomState, [low, high] = [1e-6, 1e6]): SmoothCase[] {
  const draw = new Draw(random);
  const families = [...Object.entries(everywhere), ...Object.entries(rightOfZero)];
  const cases: SmoothCase[] = [];
  for (let i = 0; cases.length < count; i++) {
    const [family, make] = families[i % families.length] as (typeof families)[number];
    const ordinary = random.random() < 0.5;
    let x = ordinary ? draw.signed(0.1, 10) : draw.signed(low, high);
    if (family in rightOfZero) x = Math.abs(x);
    else if (random.random() < 0.02) x = 0;
    const [f, slope] = make(draw, x);
    if (Number.isFinite(f(x)) && Number.isFinite(slope(x))) cases.push({ family, f, slope, x });
  }
  return cases;
}

/** The quantile: this share of the values is below it. */
export function quantile(values: readonly number[], share: number): number {
  return Float64Array.from(values).sort()[Math.floor(share * (values.length - 1))]!;
}
