import { FloatType, UNIT } from "../differences/float-type.js";
import type { Level, Line } from "./line.js";

/** The assumed number of roundings of a value of f. */
const ROUNDINGS = 4;

/** Below this, float64 has no more digits to give. */
const TINY = 2 ** -1070;

/** What the values of one output of f say for one h. */
export interface Quotient {
  /** Distance from x to the farther point. */
  readonly h: number;
  /** Half of the distance between the points. */
  readonly half: number;
  /** The difference quotient. */
  readonly slope: number;
  /** Half of the difference between the slopes on both sides of x; 0 unless the quotient is central. */
  readonly bend: number;
  /** The largest |f|. */
  readonly size: number;
  /** The error of `slope` by the rounding of f and of x inside f. */
  readonly noise: number;
  /** The part of `noise` that comes from x, for a slope of 1. */
  readonly xNoise: number;
  /** Whether f has the same value at all points. */
  readonly isFlat: boolean;
  /** The largest change of f from x. */
  readonly change: number;
}

/** The quotients of output k, with h as the levels have it. */
export function quotientsOf(levels: readonly Level[], line: Line, k: number): Quotient[] {
  const { method, single, x, noise = 0 } = line;
  const here = line.here[k]!;
  const unit = single ? UNIT.single : unitOf(levels, here, k);
  return levels.map(({ half, rights, lefts }) => {
    const [right, left] = [rights[k]!, lefts[k]!];
    // Halves, because a difference of two large numbers could overflow.
    const slope = (right / 2 - left / 2) / half;
    const size = Math.max(Math.abs(right), Math.abs(left), Math.abs(here));
    const h = method === "central" ? half : 2 * half;
    const extra = typeof noise === "number" ? noise : noise(h);
    const xNoise = (ROUNDINGS * unit * Math.max(Math.abs(x) / half, 4)) / 2;
    return {
      h,
      half,
      slope,
      bend: method === "central" ? (right / 2 - here / 2 - (here / 2 - left / 2)) / half : 0,
      size,
      noise: (ROUNDINGS * unit * size + extra + TINY) / half + xNoise * Math.abs(slope),
      xNoise,
      isFlat: right === here && left === here,
      change: Math.max(Math.abs(right - here), Math.abs(left - here)),
    };
  });
}

function unitOf(levels: readonly Level[], here: number, k: number): number {
  const type = new FloatType();
  type.see(here);
  for (const { rights, lefts } of levels) {
    type.see(rights[k]!);
    type.see(lefts[k]!);
  }
  return type.unit;
}
