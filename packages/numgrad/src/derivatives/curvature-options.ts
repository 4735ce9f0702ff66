import { checkDifferenceStep, checkOptions } from "../arguments.js";
import { checkWatchOptions, WATCH_OPTIONS, type WatchOptions } from "../differences/difference-options.js";
import type { TreeOptions } from "../differences/tree-types.js";
import { ArgumentError, FunctionError } from "../errors.js";
import type { Slope } from "./line.js";
import type { Probe } from "./probe.js";

/** How second derivatives, and derivatives along a vector, are taken. */
export interface CurvatureOptions<V = never> extends WatchOptions {
  /**
   * The largest difference step, in units of max(1, |xᵢ|); along a vector, that of the element that moves most in these
   * units. By default the steps suit f.
   */
  h?: number | undefined;
  /** Makes numbers of values of another library, such as tensors, and back. */
  adapter?: TreeOptions<V>["adapter"];
  /** `true` is for {@link AdaptiveCurvatureOptions}. */
  adaptive?: false | undefined;
}

/** How second derivatives, and derivatives along a vector, are taken with error estimates. */
export interface AdaptiveCurvatureOptions<V = never> extends Omit<CurvatureOptions<V>, "adaptive"> {
  /** Asks for error estimates, as in `jacobian`. The steps are adaptive in any case. */
  adaptive: true;
}

/** The options before they are checked. */
export interface AnyCurvatureOptions extends WatchOptions {
  h?: number | undefined;
  adapter?: unknown;
  adaptive?: boolean | undefined;
}

/** Checks {@link CurvatureOptions}. @throws {ArgumentError} if one is wrong or unknown. */
export function checkCurvatureOptions(options: AnyCurvatureOptions): void {
  checkOptions(options, ["h", "adaptive", "adapter", ...WATCH_OPTIONS]);
  const { adaptive, h } = options;
  if (adaptive !== undefined && typeof adaptive !== "boolean") {
    throw new ArgumentError("options.adaptive", "true or false", String(adaptive));
  }
  if (h !== undefined) checkDifferenceStep("options.h", h);
  checkWatchOptions(options);
}

/**
 * A slope that must be known.
 *
 * @throws {FunctionError} if f was finite for no step, or the slope overflows.
 * @throws {ArgumentError} if no step had room.
 */
export function checkSlope(slope: Slope | undefined, probe: Probe, h: number | undefined): Slope {
  if (slope && Number.isFinite(slope.value)) return slope;
  const { name } = probe.point;
  if (slope) throw new FunctionError(`a derivative of f overflows at ${name}`, -1, { value: slope.value });
  throw probe.failure() ?? new ArgumentError("options.h", `a step that moves ${name}`, String(h));
}
