import type { DifferenceMethod } from "../differences/difference-options.js";
import type { Work } from "./work.js";

/** f along one element of x. */
export interface Line {
  /** The value of the element in x. */
  readonly x: number;
  readonly method: DifferenceMethod;
  readonly lower: number;
  readonly upper: number;
  /** The first and largest h; undefined for a value that suits x and f. */
  readonly h: number | undefined;
  /** Whether x is a float32. */
  readonly single: boolean;
  /**
   * The noise of f that its values do not show, for instance because more than this element is rounded. It may depend on
   * h. Default 0.
   */
  readonly noise?: number | ((h: number) => number);
  /** Whether f is never evaluated far from x, also where it does not change near by. Default false. */
  readonly isLocal?: boolean;
  /** The smallest of the first steps, in units of |x|. Default 2⁻⁴⁰; 2⁻¹² if x is a float32. */
  readonly finest?: number;
  /** The nearest value that x can take. By default every number, or every float32. */
  round?(x: number): number;
  /** The smallest h that says something. By default it follows from the digits of x. */
  readonly least?: number;
  /** An error of the slope, in the end, that the values of the line do not show. Default 0. */
  hiddenError?(): number;
  /** f at x, one number for each output. */
  readonly here: Float64Array;
  /** f with the element at this value; undefined if an output is NaN or infinite. */
  valuesAt(x: number): Work<Float64Array | undefined>;
}

/** A slope with an upper bound of its error. */
export interface Slope {
  readonly value: number;
  readonly error: number;
}

/** The values of f for one h, right and left of x. */
export interface Level {
  /** The h that was asked for. */
  readonly h: number;
  /** Half of the distance between the two points. The distance itself could overflow. */
  readonly half: number;
  readonly rights: Float64Array;
  readonly lefts: Float64Array;
}

/** The nearest value to a number that x can take on a line. */
export function roundOn(line: Line, value: number): number {
  return line.round?.(value) ?? (line.single ? Math.fround(value) : value);
}

/**
 * The values of f for the step h. One of the points is x itself, unless the method is central.
 *
 * @returns `"too small"` if the bounds or the rounding of x ± h leave no room; `"too large"` if a value of f, or a
 * point, is not finite.
 */
export function* levelAt(line: Line, h: number): Work<Level | "too small" | "too large"> {
  const { x, method, lower, upper, here } = line;
  const right = method === "backward" ? x : Math.min(roundOn(line, x + h), upper);
  const left = method === "forward" ? x : Math.max(roundOn(line, x - h), lower);
  if (right === left || (method === "central" && (right === x || left === x))) return "too small";
  if (!Number.isFinite(right) || !Number.isFinite(left)) return "too large";
  const rights = right === x ? here : yield* line.valuesAt(right);
  const lefts = rights && (left === x ? here : yield* line.valuesAt(left));
  return rights && lefts ? { h, half: right / 2 - left / 2, rights, lefts } : "too large";
}

/** The first and largest h, in units of |x|. It is not a simple fraction, so that h is not a multiple of a period. */
export const START = 0.37;

/** The line with the method that the bounds leave room for, and the room for h. */
export function withRoom(line: Line): { line: Line; room: number } {
  const { x, method, lower, upper, h = START * Math.max(1, Math.abs(x)) } = line;
  const [left, right] = [x - lower, upper - x];
  const room = { central: Math.min(left, right), forward: right, backward: left };
  // If h had to be much smaller than on the other side, its differences would mostly measure rounding.
  if (room[method] >= Math.min(h, Math.max(left, right)) / 16) return { line, room: room[method] };
  const other: DifferenceMethod = right >= left ? "forward" : "backward";
  return { line: { ...line, method: other }, room: room[other] };
}
