import type { Interval } from "./arguments.js";
import { valueAt } from "./arguments.js";

/** Values of a function on a grid of size × size points: `values[r * size + c]` is the value at (x0[c], x1[r]). */
export interface Grid {
  readonly x0: readonly number[];
  readonly x1: readonly number[];
  readonly values: readonly number[];
}

/** A point (x₀, x₁). */
export type Point = readonly [x0: number, x1: number];

/** `count` evenly spaced numbers from one end of an interval to the other, both included. */
export function spaceEvenly([from, to]: Interval, count: number): number[] {
  return Array.from({ length: count }, (_, i) => (i === count - 1 ? to : from + ((to - from) * i) / (count - 1)));
}

/** Evaluates a function of two numbers on size × size points. */
export function sample(f: (x: Float64Array) => number, x0: Interval, x1: Interval, size: number): Grid {
  const [columns, rows] = [spaceEvenly(x0, size), spaceEvenly(x1, size)];
  const values = rows.flatMap((b) => columns.map((a) => valueAt(f, Float64Array.of(a, b))));
  return { x0: columns, x1: rows, values };
}

/**
 * Levels for contours, evenly spaced in √(f − min f), without both ends. With these levels the contours of a bowl are
 * equally far from each other. Levels that are evenly spaced in f would crowd at the rim.
 */
export function contourLevels({ values }: Grid, count: number): number[] {
  const low = values.reduce((a, b) => Math.min(a, b));
  const high = values.reduce((a, b) => Math.max(a, b));
  if (low === high) return [];
  return Array.from({ length: count }, (_, i) => low + (high - low) * ((i + 1) / (count + 1)) ** 2);
}

/**
 * The lines along which the function has the value `level`, by marching squares with linear interpolation on the edges
 * of the cells. A closed line ends with its first point.
 *
 * @see https://en.wikipedia.org/wiki/Marching_squares
 */
export function contourLines(grid: Grid, level: number): Point[][] {
  const links = linkEdges(grid, level);
  const lines: Point[][] = [];
  // Open lines come first, each from one of its ends. A walk from the middle would find only half of the line.
  const ends = [...links.keys()].filter((edge) => links.get(edge)?.length === 1);
  for (const start of [...ends, ...links.keys()]) {
    const line: Point[] = [];
    let edge: number | undefined = start;
    while (edge !== undefined) {
      const next: number | undefined = links.get(edge)?.pop();
      line.push(crossing(grid, level, edge));
      if (next !== undefined) unlink(links, next, edge);
      edge = next;
    }
    if (line.length > 1) lines.push(line);
  }
  return lines;
}

/**
 * For each edge that the contour crosses, the edges at which it leaves the adjoining cells (one in each). Edge 2i leads
 * from grid point i to the next point in its row, edge 2i + 1 to the point in the next row.
 */
function linkEdges({ x0, x1, values }: Grid, level: number): Map<number, number[]> {
  const links = new Map<number, number[]>();
  const link = (a: number, b: number) => {
    links.set(a, [...(links.get(a) ?? []), b]);
    links.set(b, [...(links.get(b) ?? []), a]);
  };
  const size = x0.length;
  const above = values.map((value) => value >= level);
  for (let r = 0; r + 1 < x1.length; r++) {
    for (let c = 0; c + 1 < size; c++) {
      const i = r * size + c;
      const [low, right, high, left] = [2 * i, 2 * (i + 1) + 1, 2 * (i + size), 2 * i + 1];
      const crossed: number[] = [];
      if (above[i] !== above[i + 1]) crossed.push(low);
      if (above[i + 1] !== above[i + size + 1]) crossed.push(right);
      if (above[i + size] !== above[i + size + 1]) crossed.push(high);
      if (above[i] !== above[i + size]) crossed.push(left);
      if (crossed.length === 2) link(crossed[0]!, crossed[1]!);
      if (crossed.length < 4) continue;
      // This is a saddle. The value in the middle decides which opposite corners are connected.
      const middle = (values[i]! + values[i + 1]! + values[i + size]! + values[i + size + 1]!) / 4;
      if (middle >= level === above[i]) {
        link(low, right);
        link(high, left);
      } else {
        link(low, left);
        link(high, right);
      }
    }
  }
  return links;
}

function unlink(links: Map<number, number[]>, from: number, to: number): void {
  const rest = links.get(from) ?? [];
  rest.splice(rest.indexOf(to), 1);
}

/** The point at which the contour crosses an edge. */
function crossing({ x0, x1, values }: Grid, level: number, edge: number): Point {
  const i = edge >> 1;
  const size = x0.length;
  const [r, c] = [Math.floor(i / size), i % size];
  const [dr, dc] = edge % 2 === 0 ? [0, 1] : [1, 0];
  const [from, to] = [values[i]!, values[i + dr * size + dc]!];
  const fraction = (level - from) / (to - from);
  return [x0[c]! + fraction * (x0[c + dc]! - x0[c]!), x1[r]! + fraction * (x1[r + dr]! - x1[r]!)];
}
