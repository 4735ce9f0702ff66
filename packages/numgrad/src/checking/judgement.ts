import { slopesAlong } from "../derivatives/adaptive.js";
import { type Line, roundOn, type Slope } from "../derivatives/line.js";
import type { Work } from "../derivatives/work.js";
import type { DifferenceMethod } from "../differences/difference-options.js";
import { FloatType } from "../differences/float-type.js";

/** What a comparison says about a gradient. */
export type GradientVerdict = "ok" | "wrong" | "kink" | "undecided";

/** What a comparison says about one element of a gradient, or one direction. */
export interface Judgement {
  readonly verdict: GradientVerdict;
  /** The slope of f. At a kink, the mean of the slopes on both sides. */
  readonly expected: number;
  /** An upper bound of the error of `expected`. */
  readonly error: number;
  /** The slopes on both sides of x, if there is a kink. */
  readonly left?: number;
  readonly right?: number;
  /** Why the verdict is `"undecided"`. */
  readonly reason?: string;
}

/** What is compared with a slope of f. */
export interface Claimed {
  /** The slope by the gradient. */
  readonly got: number;
  /** The largest difference of a right slope, if the slope of f has this error. */
  allowed(expected: number, error: number): number;
  /** Whether an error is so large that it says nothing. */
  isVague(error: number, expected: number): boolean;
}

/** A line for each method; f is evaluated along it. */
export type Lines = (method: DifferenceMethod) => Line;

/** The assumed number of roundings of the values of f. */
export const ROUNDINGS = 8;

/** The relative error of a slope that is well known. */
const KNOWN = 1e-2;

/**
 * The part of the slopes beside x below which a slope counts as 0. Where f is flat at x, as at a minimum, no error is
 * small beside the slope itself.
 */
const FLAT = 2 ** -10;

/** An error that is nothing but float64's end. */
const TINY = 2 ** -960;

/**
 * Compares a slope of the gradient with the derivative of f along a line, which is taken as exactly as possible. If
 * that is not known, the slopes on both sides of x tell whether there is a kink.
 *
 * @param step If it is given, a slope that is small beside those to the points x ± step counts as 0. The lines must be
 * those of f itself.
 * @returns undefined if f has finite values for no step.
 */
export function* judge(
  lines: Lines,
  method: DifferenceMethod,
  claimed: Claimed,
  step?: number,
): Work<Judgement | undefined> {
  const [slope] = (yield* slopesAlong(lines(method))) ?? [];
  if (!slope) return undefined;
  const size = Number.isFinite(claimed.got) ? Math.abs(claimed.got) : 0;
  const isSure = isKnown(slope, Math.max(size, Math.abs(slope.value)));
  if (isSure || method !== "central") {
    if (isSure || !claimed.isVague(slope.error, slope.value)) return compare(slope, claimed);
    return yield* compareVague([[slope]], lines(method), step, claimed);
  }
  const [right] = (yield* slopesAlong(lines("forward"))) ?? [];
  const [left] = (yield* slopesAlong(lines("backward"))) ?? [];
  if (left && right) {
    const largest = Math.max(size, Math.abs(left.value), Math.abs(right.value));
    if (isKnown(left, largest) && isKnown(right, largest)) return sides(left, right, claimed);
  }
  const result = compare(slope, claimed);
  if (!claimed.isVague(slope.error, slope.value)) return result;
  // A difference that is much larger than the error is seen, however large the error is.
  if (result.verdict === "wrong" && slope.error < Math.abs(slope.value - claimed.got) / 4) return result;
  const both = left && right ? [[left, right]] : [];
  return yield* compareVague([[slope], ...both], lines("central"), step, claimed);
}

/** Whether the error of a slope is small, relative to a size. */
function isKnown({ error }: Slope, size: number): boolean {
  return error <= KNOWN * size || error < TINY;
}

function compare({ value, error }: Slope, claimed: Claimed): Judgement {
  const isRight = Math.abs(value - claimed.got) <= claimed.allowed(value, error);
  return { verdict: isRight ? "ok" : "wrong", expected: value, error };
}

/**
 * Compares with slopes whose errors say nothing beside the slopes themselves. The gradient is right if they are small
 * beside the slopes near x, so that f is flat at x; else it is undecided.
 *
 * @param ways The slope, and the slopes on both sides of x if they are known.
 */
function* compareVague(
  ways: readonly (readonly Slope[])[],
  line: Line,
  step: number | undefined,
  claimed: Claimed,
): Work<Judgement> {
  const isJump = yield* jumps(line);
  const steep = isJump || step === undefined ? 0 : yield* steepness(line, step);
  const means = ways.map(meanOf);
  for (const mean of means) {
    const result = compare(mean, claimed);
    if (result.verdict === "ok" && mean.error < FLAT * steep) return result;
  }
  const { value, error } = means[0]!;
  return { verdict: "undecided", expected: value, error, reason: isJump ? "f jumps at x" : "f is too noisy" };
}

/** The mean of slopes, with an error that holds for each of them. */
function meanOf(slopes: readonly Slope[]): Slope {
  const values = slopes.map(({ value }) => value);
  const gap = Math.max(...values) - Math.min(...values);
  const value = values.reduce((sum, value) => sum + value / values.length, 0);
  return { value, error: Math.max(...slopes.map(({ error }) => error)) + gap };
}

/** The larger slope from x to the points x ± h. */
function* steepness(line: Line, h: number): Work<number> {
  const { x, lower, upper, here } = line;
  let largest = 0;
  for (const value of [x + h, x - h]) {
    const moved = roundOn(line, value);
    if (moved < lower || moved > upper) continue;
    const [result] = (yield* line.valuesAt(moved)) ?? [];
    if (result !== undefined) largest = Math.max(largest, Math.abs(result - here[0]!) / h);
  }
  return largest;
}

/** Compares with the slopes on both sides of x. At a kink, every slope between them is that of a subgradient. */
function sides(left: Slope, right: Slope, claimed: Claimed): Judgement {
  const gap = Math.abs(right.value - left.value);
  const error = Math.max(left.error, right.error);
  const expected = left.value / 2 + right.value / 2;
  if (gap <= 2 * error) return compare({ value: expected, error: error + gap }, claimed);
  const { got } = claimed;
  const allowed = claimed.allowed(expected, error);
  const isBetween = Math.abs(got - expected) <= gap / 2 + allowed;
  const verdict = isBetween ? "kink" : "wrong";
  return { verdict, expected, error: gap / 2, left: left.value, right: right.value };
}

/** Whether f has another value close to x than at x, and keeps it. */
function* jumps(line: Line): Work<boolean> {
  const h = 2 ** -40 * (Math.abs(line.x) || 1) * (line.single ? 2 ** 20 : 1);
  const round = (value: number) => (line.single ? Math.fround(value) : value);
  for (const side of [1, -1]) {
    const xs = [1, 2, 3].map((k) => round(line.x + side * k * h));
    if (!xs.every((x) => x >= line.lower && x <= line.upper)) continue;
    const values: number[] = [];
    for (const x of xs) values.push((yield* line.valuesAt(x))?.[0] ?? Number.NaN);
    const spread = Math.max(...values) - Math.min(...values);
    const here = line.here[0]!;
    const type = new FloatType();
    for (const value of [here, ...values]) type.see(value);
    if (Math.abs(values[0]! - here) > 4 * spread + ROUNDINGS * type.unit * Math.abs(here)) return true;
  }
  return false;
}
