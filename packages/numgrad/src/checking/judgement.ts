import { slopesAlong } from "../derivatives/adaptive.js";
import type { Line, Slope } from "../derivatives/line.js";
import type { Work } from "../derivatives/work.js";
import type { DifferenceMethod } from "../differences/difference-options.js";

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

/** The relative error of a slope that is well known. */
const KNOWN = 1e-2;

/**
 * The part of the slopes beside x below which a slope is as good as none. Where f is flat at x, as at a minimum, no error
 * is small beside the slope itself.
 */
const FLAT = 2 ** -10;

/** The step in which the slopes beside x are measured, in units of max(1, |x|). */
const STEEP_STEP = 2 ** -9;

/** An error that is nothing but float64's end. */
const TINY = 2 ** -960;

/**
 * Compares a slope of the gradient with the derivative of f along a line, which is taken as exactly as possible. If
 * that is not known, the slopes on both sides of x tell whether there is a kink.
 *
 * @param mayBeFlat Whether the slopes beside x say what is next to nothing. The lines must be those of f itself.
 * @returns undefined if f has finite values for no step.
 */
export function* judge(
  lines: Lines,
  method: DifferenceMethod,
  claimed: Claimed,
  mayBeFlat = false,
): Work<Judgement | undefined> {
  const [slope] = (yield* slopesAlong(lines(method))) ?? [];
  if (!slope) return undefined;
  const size = Number.isFinite(claimed.got) ? Math.abs(claimed.got) : 0;
  const isSure = isKnown(slope, Math.max(size, Math.abs(slope.value)));
  if (isSure || method !== "central") {
    if (isSure || !claimed.isVague(slope.error, slope.value)) return compare(slope, claimed);
    const steep = mayBeFlat ? yield* steepness(lines(method)) : 0;
    const flat = compareFlat([slope], steep, claimed);
    return flat ?? { verdict: "undecided", expected: slope.value, error: slope.error, reason: "f is too noisy" };
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
  const steep = mayBeFlat ? yield* steepness(lines("central")) : 0;
  const flat = compareFlat([slope], steep, claimed) ?? (left && right && compareFlat([left, right], steep, claimed));
  if (flat) return flat;
  const isJump = yield* jumps(lines("central"));
  return { ...result, verdict: "undecided", reason: isJump ? "f jumps at x" : "f is too noisy" };
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
 * Compares with slopes that are next to nothing beside those near x, the only one or those on both sides.
 *
 * @returns undefined unless the gradient is right.
 */
function compareFlat(slopes: readonly Slope[], steep: number, claimed: Claimed): Judgement | undefined {
  const values = slopes.map(({ value }) => value);
  const gap = Math.max(...values) - Math.min(...values);
  const error = Math.max(...slopes.map(({ error }) => error)) + gap;
  if (steep === 0 || !(error <= FLAT * steep)) return undefined;
  const result = compare({ value: values.reduce((sum, value) => sum + value / values.length, 0), error }, claimed);
  return result.verdict === "ok" ? result : undefined;
}

/** The larger slope from x to two points beside it. */
function* steepness(line: Line): Work<number> {
  const { x, lower, upper, here } = line;
  const h = line.h ?? STEEP_STEP * Math.max(1, Math.abs(x));
  let largest = 0;
  for (const value of [x + h, x - h]) {
    const moved = line.round?.(value) ?? (line.single ? Math.fround(value) : value);
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
    if (Math.abs(values[0]! - line.here[0]!) > 4 * spread) return true;
  }
  return false;
}
