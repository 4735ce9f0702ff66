import { checkChoice, checkFunction, checkOptions, checkSignal } from "../arguments.js";
import { ArgumentError, describe } from "../errors.js";
import type { Matrix, Vector } from "../shape.js";

/** Which difference quotient stands for the slope. */
export type DifferenceMethod = "central" | "forward" | "backward";

/**
 * Limits of x: each is one number for all elements, or a vector (or a Matrix, for a Matrix) with a number for each
 * element. ±∞ is no limit.
 */
export type Bounds = readonly [lower: number | Vector | Matrix, upper: number | Vector | Matrix];

/** How a difference is taken. */
export interface DifferenceOptions {
  /** The difference step h, in units of x. Default 1e-4, as in the book. */
  h?: number | undefined;
  /**
   * The difference step r in units of |x|: hᵢ = r·max(1, |xᵢ|). If `h` is given too, hᵢ = max(h, r·|xᵢ|). The quotient
   * is divided by the distance between the points that f really received, so rounding x ± hᵢ costs no accuracy. Good
   * values are near ∛ε ≈ 6e-6 for `"central"` and near √ε ≈ 1.5e-8 for the others.
   */
  relativeStep?: number | undefined;
  /**
   * `"central"` (default): (f(x+h) − f(x−h)) / 2h, with an error of order h². `"forward"`: (f(x+h) − f(x)) / h, and
   * `"backward"`: (f(x) − f(x−h)) / h, with an error of order h, for an f that is defined on one side only.
   */
  method?: DifferenceMethod | undefined;
  /**
   * f is never evaluated outside of [lower, upper]. Where x ± h would be outside, the point is moved to the other side
   * of x (`"central"` then takes two points on one side, and its error stays of order h²). If neither side has room for
   * h, h is shortened.
   */
  bounds?: Bounds | undefined;
}

/** How far a long computation is. */
export interface DifferenceProgress {
  /**
   * How much is done: elements of x for most functions, directions for `checkGradient` with random directions, steps
   * for `gradientDescent`, second derivatives for `hessian`, evaluations for `leastSquares`, whose total is `maxEvaluations`.
   */
  readonly done: number;
  /** How much there is to do. */
  readonly total: number;
}

/** How to follow a long computation, and how to stop it. */
export interface WatchOptions {
  /** Called about a hundred times, and at the end. */
  onProgress?: ((progress: DifferenceProgress) => void) | undefined;
  /** Stops the computation: x is restored, and `signal.reason` is thrown. */
  signal?: AbortSignal | undefined;
}

/** Checked {@link DifferenceOptions}. The default of an option that is undefined depends on the kind of x. */
export interface DifferenceSettings {
  readonly h: number | undefined;
  readonly relativeStep: number | undefined;
  readonly method: DifferenceMethod;
  readonly bounds: Bounds | undefined;
}

/** The names of {@link DifferenceOptions}. */
export const DIFFERENCE_OPTIONS = ["h", "relativeStep", "method", "bounds"] as const;

/** The names of {@link WatchOptions}. */
export const WATCH_OPTIONS = ["onProgress", "signal"] as const;

/** Checks the options of a difference. Options whose names are `known` may be there too. */
export function readDifferenceOptions(options: DifferenceOptions, known: readonly string[] = []): DifferenceSettings {
  checkOptions(options, [...DIFFERENCE_OPTIONS, ...known]);
  const { h, relativeStep, method = "central", bounds } = options;
  checkChoice("options.method", method, ["central", "forward", "backward"]);
  checkH("options.h", h);
  checkH("options.relativeStep", relativeStep);
  return { h, relativeStep, method, bounds };
}

/** Checks the options of an adaptive difference, whose h cannot be relative. */
export function readAdaptiveOptions(options: DifferenceOptions, known: readonly string[] = []): DifferenceSettings {
  const settings = readDifferenceOptions(options, known);
  if (settings.relativeStep === undefined) return settings;
  throw new ArgumentError("options.relativeStep", "none, as the steps are adaptive", describe(settings.relativeStep));
}

/** Checks {@link WatchOptions}. */
export function checkWatchOptions({ onProgress, signal }: WatchOptions): void {
  if (onProgress !== undefined) checkFunction("options.onProgress", onProgress);
  checkSignal("options.signal", signal);
}

function checkH(argument: string, h: unknown): void {
  // 2h must be finite too: divided by an infinite 2h, every difference would be a slope of 0.
  if (h === undefined || (typeof h === "number" && h > 0 && 2 * h < Number.POSITIVE_INFINITY)) return;
  throw new ArgumentError(argument, "a positive finite number", describe(h));
}
