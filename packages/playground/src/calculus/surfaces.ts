// Functions of two numbers, their contours, and descents along their numerical gradients.
import { numericalGradient } from "numgrad";

export type Point = readonly [x: number, y: number];
export type SurfaceName = "bowl" | "valley" | "saddle" | "rosenbrock";

/** A function of two numbers, and the part of the plane that is shown. */
export interface Surface {
  readonly formula: string;
  readonly f: (x: ArrayLike<number>) => number;
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
  /** Where a first descent starts, and a good learning rate. */
  readonly start: Point;
  readonly rate: number;
}

export const SURFACES: Readonly<Record<SurfaceName, Surface>> = {
  bowl: {
    formula: "x² + y²",
    f: (p) => p[0]! ** 2 + p[1]! ** 2,
    ...{ x: [-4, 4], y: [-3, 3], start: [-3, 2], rate: 0.1 },
  },
  valley: {
    formula: "x²/20 + y²",
    f: (p) => p[0]! ** 2 / 20 + p[1]! ** 2,
    ...{ x: [-8, 8], y: [-6, 6], start: [-7, 2], rate: 0.9 },
  },
  saddle: {
    formula: "x² − y²",
    f: (p) => p[0]! ** 2 - p[1]! ** 2,
    ...{ x: [-4, 4], y: [-3, 3], start: [-3, 0.01], rate: 0.1 },
  },
  rosenbrock: {
    formula: "(1 − x)² + 100(y − x²)²",
    f: (p) => (1 - p[0]!) ** 2 + 100 * (p[1]! - p[0]! ** 2) ** 2,
    ...{ x: [-2, 2], y: [-1, 2], start: [-1.2, 1], rate: 0.001 },
  },
};

/** Steps of a descent. */
const STEPS = 200;

/** How a descent ends. */
export type Outcome = "arrived" | "diverged" | "crawled" | "underway";

export interface Descent {
  readonly points: readonly Point[];
  readonly outcome: Outcome;
}

/** Gradient descent: x ← x − η · gradient, by central differences, until it arrives or leaves. */
export function descend({ f, x, y }: Surface, start: Point, rate: number): Descent {
  const points: Point[] = [start];
  const reach = 20 * Math.max(x[1] - x[0], y[1] - y[0]);
  let length = 0;
  for (let step = 0; step < STEPS; step++) {
    const [a, b] = points.at(-1)!;
    const gradient = numericalGradient(f, [a, b]);
    const next: Point = [a - rate * gradient[0]!, b - rate * gradient[1]!];
    points.push(next);
    length = Math.hypot(gradient[0]!, gradient[1]!);
    if (!(Math.hypot(...next) < reach)) return { points, outcome: "diverged" };
    if (length < 1e-4) return { points, outcome: "arrived" };
  }
  const [first, last] = [f(start), f(points.at(-1)!)];
  // A fall by less than a tenth in all steps is no progress.
  return { points, outcome: first - last < 0.1 * Math.abs(first) ? "crawled" : "underway" };
}

/** The contours of a surface as pieces of lines, by marching squares, at levels that are even in √(f − min f). */
export function contours({ f, x, y }: Surface, count: number, cells: number): [Point, Point][][] {
  const at = (i: number, j: number): Point => [x[0] + (i / cells) * (x[1] - x[0]), y[0] + (j / cells) * (y[1] - y[0])];
  const values = Array.from({ length: cells + 1 }, (_, i) => Array.from({ length: cells + 1 }, (_, j) => f(at(i, j))));
  const all = values.flat();
  const [low, high] = [Math.min(...all), Math.max(...all)];
  return Array.from({ length: count }, (_, k) => {
    const level = low + ((k + 1) / (count + 1)) ** 2 * (high - low);
    const pieces: [Point, Point][] = [];
    for (let i = 0; i < cells; i++) {
      for (let j = 0; j < cells; j++) {
        const corners = [
          [i, j],
          [i + 1, j],
          [i + 1, j + 1],
          [i, j + 1],
        ] as const;
        const crossings = corners.flatMap(([a, b], side): Point[] => {
          const [c, d] = corners[(side + 1) % 4]!;
          const [u, v] = [values[a]![b]! - level, values[c]![d]! - level];
          if (u < 0 === v < 0) return [];
          const [p, q, share] = [at(a, b), at(c, d), u / (u - v)];
          return [[p[0] + share * (q[0] - p[0]), p[1] + share * (q[1] - p[1])]];
        });
        for (let n = 0; n + 1 < crossings.length; n += 2) pieces.push([crossings[n]!, crossings[n + 1]!]);
      }
    }
    return pieces;
  });
}
