import type { DifferenceMethod, RandomState } from "numgrad";
import { type SmoothCase, smoothCases } from "./smooth-functions.js";

/** What is special about a function. */
export type Kind = "smooth" | "oscillating" | "one-sided" | "noisy" | "float32";

/** A function of any kind, its derivative by a formula, and how the derivative is taken. */
export interface RandomCase extends SmoothCase {
  kind: Kind;
  method: DifferenceMethod;
}

const KINDS: readonly Kind[] = ["smooth", "oscillating", "one-sided", "noisy", "float32"];

const bits = new DataView(new ArrayBuffer(8));

/** A number in [−1, 1) that follows from the bits of t: the same for the same t, and without relation for another. */
function noise(t: number): number {
  bits.setFloat64(0, t);
  let hash =
    Math.imul(bits.getInt32(0) ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(bits.getInt32(4) + 0x7f4a7c15, 0xc2b2ae35);
  for (const factor of [0x2c1b3c6d, 0x297a2d39]) {
    hash ^= hash >>> 15;
    hash = Math.imul(hash, factor);
  }
  hash ^= hash >>> 15;
  return (hash >>> 0) / 2 ** 31 - 1;
}

/** `count` functions, equally many of each kind, with |x| from 1e-8 to 1e8 or x = 0. */
export function randomCases(count: number, random: RandomState): RandomCase[] {
  const size = (low: number, high: number) => low * (high / low) ** random.random();
  return smoothCases(count, random, [1e-8, 1e8]).map((base, i): RandomCase => {
    const kind = KINDS[i % KINDS.length]!;
    const { f, slope, x } = base;
    const scale = Math.abs(x) || 1;
    if (kind === "oscillating") {
      // Up to 16,000 periods between 0 and x.
      const [a, w, p, b] = [size(1e-3, 1e3), size(1, 1e5) / scale, 6 * random.random(), random.random() / scale];
      const wave = (t: number) => a * Math.sin(w * t + p) + b * t;
      return { kind, family: kind, x, f: wave, slope: (t) => a * w * Math.cos(w * t + p) + b, method: "central" };
    }
    if (kind === "noisy") {
      const amplitude = (Math.abs(f(x)) + scale * Math.abs(slope(x))) * size(1e-13, 1e-5);
      return { ...base, kind, method: "central", f: (t) => f(t) + amplitude * noise(t) };
    }
    if (kind === "float32") return { ...base, kind, method: "central", f: (t) => Math.fround(f(t)) };
    if (kind === "smooth") return { ...base, kind, method: "central" };
    const isRight = random.random() < 0.5;
    const jump = 10 * (random.random() - 0.5) * (Math.abs(slope(x)) || 1);
    // On the other side the function goes on, is not defined, or has another slope.
    const others = [f, () => Number.NaN, (t: number) => f(t) + jump * (t - x)];
    const other = others[random.randint(0, 3)]!;
    const method = isRight ? "forward" : "backward";
    return { ...base, kind, method, f: (t) => ((isRight ? t < x : t > x) ? other(t) : f(t)) };
  });
}

/** Whether float32 has digits left for the change of f: not for a sine of amplitude 1 on 1e8, or where float32 ends. */
export function isResolved({ kind, family, f, x }: RandomCase): boolean {
  if (kind !== "float32") return true;
  return !/constant|cancellation/.test(family) && Math.abs(f(x)) > 1e-30 && Math.abs(f(x)) < 1e30;
}
