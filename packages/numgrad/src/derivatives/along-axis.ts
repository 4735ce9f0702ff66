import { Curvature } from "./curvature.js";
import { checkSlope } from "./curvature-options.js";
import { Direction } from "./direction.js";
import type { Slope } from "./line.js";
import type { Probe } from "./probe.js";

/** The relative error of a second derivative that needs no other steps. */
const PRECISE = 1e-9;

/** |x| below which f may change on the scale of x, or on that of 1. */
const SMALL = 2 ** -4;

/** A step, in units of the direction, that suits f and is so large that still larger ones are tried. */
const LARGE = 4;

/**
 * ∂²f/∂xᵢ², and the step that suits f. Where |x| is small, steps on its scale come first, because larger steps may be
 * those at which f, in truth, changes much faster. Those on the scale of 1 count only if they agree.
 *
 * @param h The largest step, in units of max(1, |x|).
 * @throws {FunctionError} if f is finite for no step.
 */
export function alongAxis(probe: Probe, i: number, h?: number): { slope: Slope; unit: number } {
  const { point } = probe;
  const x = Math.abs(point.elements[i]!);
  const usual = Math.max(1, x);
  const units = x > 0 && x < SMALL ? [x, usual] : [usual];
  let best: { slope: Slope; unit: number } | undefined;
  for (let unit = units.shift(); unit !== undefined; unit = units.shift()) {
    const curvature = new Curvature(probe, { v: Direction.axis(point, i, unit), isLocal: false });
    const slope = curvature.measure(h === undefined ? undefined : (h * usual) / unit);
    if (!slope || (best && !isBetter(slope, best.slope))) continue;
    const reach = curvature.reach(slope) ?? 1;
    best = { slope, unit: h === undefined ? unit * reach : Math.min(unit * reach, h * usual) };
    if (slope.error <= PRECISE * Math.abs(slope.value)) break;
    // f changes on a larger scale than the steps.
    if (reach > LARGE && h === undefined && units.length === 0) units.push(unit * reach);
  }
  return { slope: checkSlope(best?.slope, probe, h), unit: best!.unit };
}

/** Whether a slope by larger steps is more precise than another one, and does not contradict it. */
function isBetter(slope: Slope, other: Slope): boolean {
  return slope.error < other.error && !(Math.abs(slope.value - other.value) > slope.error + other.error);
}
