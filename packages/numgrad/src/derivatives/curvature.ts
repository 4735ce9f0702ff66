import type { DifferenceMethod } from "../differences/difference-options.js";
import { slopesAlong } from "./adaptive.js";
import type { Direction } from "./direction.js";
import type { Line, Slope } from "./line.js";
import { moveBack, type Probe } from "./probe.js";
import { tableau } from "./tableau.js";
import { done, doneWork } from "./work.js";

/** The assumed error of a value of f, in units of its rounding. */
const ROUNDINGS = 4;

/** The smallest of the first steps, as t². */
const FINEST = 1e-12;

/** How much larger half of a jump of the second derivative is than what it does to an extrapolated slope, divided by t. */
const JUMP = 6;

/**
 * The bits of t: few for float32, so that x ± t is seldom rounded, and so many for float64 that t² is exact, while the
 * values of a polynomial do not look like float32 numbers.
 */
const BITS = { double: 25, single: 8 };

/** A second difference quotient that differs by less than this part has a step that suits f. */
const SUITS = 0.3;

/** f on both sides of x for one t, along a path. */
interface Sides {
  readonly right: number;
  readonly left: number;
}

/** What the values for one t say beside the second derivative. */
interface Seen {
  readonly t: number;
  /** For each path the slope (f(x + t·p) − f(x − t·p)) / 2t. */
  readonly slopes: readonly number[];
  /** The second difference. */
  readonly change: number;
  /** The largest |f|. */
  readonly size: number;
}

/**
 * A second derivative of f: vᵀHv, or vᵀHw for two directions. With p = v, or p = v + w and q = v − w, it is the limit of
 *
 *   (f(x + t·p) − 2 f(x) + f(x − t·p)) / t²                                   for one direction
 *   (f(x + t·p) − f(x + t·q) − f(x − t·q) + f(x − t·p)) / 4t²                 for two
 *
 * The numerators are even in t, so they are smooth functions of s = t² with the slope that is looked for at s = 0. So
 * the search of `slopesAlong` finds it: its steps follow from f, and its extrapolation is in powers of t².
 *
 * A jump of the second derivative at x, as that of x·|x| at 0, is odd in t and does not show in the numerators. It does
 * show in the slopes (f(x + t·p) − f(x − t·p)) / 2t, which for a smooth f are the gradient and a series in t².
 */
export class Curvature {
  readonly #probe: Probe;
  readonly #v: Direction;
  readonly #w: Direction | undefined;
  readonly #indices: readonly number[];
  readonly #isLocal: boolean;
  #seen: Seen[] = [];
  /** The largest |f| of the last second difference. */
  #largest = 0;

  /** @param isLocal Whether f is never evaluated far from x, in units of the directions. */
  constructor(probe: Probe, { v, w, isLocal }: { v: Direction; w?: Direction | undefined; isLocal: boolean }) {
    this.#isLocal = isLocal;
    this.#probe = probe;
    this.#v = v;
    this.#w = w;
    this.#indices = w ? Array.from(new Set([...v.indices, ...w.indices])) : v.indices;
  }

  /**
   * The second derivative with an upper bound of its error, in units of the vectors that the directions are for.
   *
   * @param h The largest t; undefined for a value that suits f.
   * @returns undefined if f is finite for no t.
   */
  measure(h?: number): Slope | undefined {
    this.checkUnmoved();
    const slope = done(slopesAlong(this.line("central", h)))?.[0];
    this.moveBack();
    return slope;
  }

  /** Must be called before f is evaluated along `line`. @throws {FunctionError} if an element is not as in x. */
  checkUnmoved(): void {
    for (const i of this.#indices) this.#probe.point.checkUnmoved(i);
  }

  /** Must be called after f was evaluated along `line`. */
  moveBack(): void {
    moveBack(this.#probe.point, this.#indices);
  }

  /** The largest t whose quotient suits f, after `measure`; undefined if none does, because f is too noisy or has no curvature. */
  reach({ value, error }: Slope): number | undefined {
    if (!(error <= SUITS * Math.abs(value))) return undefined;
    const suitable = this.#seen.filter(({ t, change }) => {
      return Math.abs((this.#factor * change) / t / t - value) <= SUITS * Math.abs(value);
    });
    return suitable.length === 0 ? undefined : Math.max(...suitable.map(({ t }) => t));
  }

  /** The second difference as a function of t² for `"central"`; of t for one side of x, divided by t. */
  line(method: DifferenceMethod, h?: number): Line {
    this.#seen = [];
    const isCentral = method === "central";
    const power = isCentral ? 2 : 1;
    const least = Math.max(this.#v.least, this.#w?.least ?? 0) ** power;
    return {
      x: 0,
      method: "forward",
      lower: 0,
      upper: Number.POSITIVE_INFINITY,
      h: h === undefined ? undefined : h ** power,
      round: (step) => rounded(isCentral ? Math.sqrt(step) : step, this.#isSingle) ** power,
      single: false,
      isLocal: this.#isLocal,
      finest: Math.max(FINEST ** (power / 2), least),
      least,
      noise: (step) => this.#noise(isCentral ? Math.sqrt(step) : step) / (isCentral ? 1 : step),
      hiddenError: () => (isCentral ? this.#factor * this.#jump() : 0),
      here: Float64Array.of(0),
      valuesAt: (step) => {
        const value = isCentral ? this.#central(Math.sqrt(step)) : this.#oneSided(step, method === "forward" ? 1 : -1);
        return doneWork(value === undefined ? undefined : Float64Array.of(this.#factor * value));
      },
    };
  }

  get #isSingle(): boolean {
    return this.#v.isSingle || this.#w?.isSingle === true;
  }

  get #factor(): number {
    return this.#v.factor * (this.#w ?? this.#v).factor;
  }

  /** The second difference for t; undefined if f is NaN or infinite at one of its points. */
  #central(t: number): number | undefined {
    const { paths, ratio } = this.#pathsAt(t);
    const { here } = this.#probe;
    this.#largest = Math.abs(here);
    const [p, q] = paths.map((path) => this.#sides(path));
    if (!p || (this.#w && !q)) return undefined;
    const change = q ? (p.right - q.right - (q.left - p.left)) / 4 / ratio : (p.right - here - (here - p.left)) / ratio;
    const slopes = [p, q].flatMap((sides) => (sides ? [(sides.right - sides.left) / 2 / t] : []));
    this.#seen.push({ t, slopes, change, size: this.#largest });
    return change;
  }

  /**
   * The second difference on one side of x, divided by t. With two directions there are four quadrants around x: these are
   * the right side of p with the left side of q, or the left side of p with the right side of q.
   */
  #oneSided(t: number, side: 1 | -1): number | undefined {
    const { paths, ratio } = this.#pathsAt(t);
    const { here } = this.#probe;
    this.#largest = Math.abs(here);
    const [p, q] = paths.map((path, k) => {
      const steps = path.map((step) => (k === 0 ? side : -side) * step);
      const near = this.#value(steps);
      const far = near === undefined ? undefined : this.#value(steps.map((step) => 2 * step));
      return near === undefined || far === undefined ? undefined : far - near - (near - here);
    });
    if (p === undefined || (this.#w && q === undefined)) return undefined;
    const change = (q === undefined ? p : (p - q) / 4) / ratio;
    this.#seen.push({ t, slopes: [], change, size: this.#largest });
    return change / t;
  }

  /** The steps of the elements along p, and q, and by how much the second difference is larger than for t. */
  #pathsAt(t: number): { paths: number[][]; ratio: number } {
    const vSteps = this.#v.stepsAt(t);
    const vRatio = this.#v.ratioOf(vSteps, t);
    if (!this.#w) return { paths: [vSteps], ratio: vRatio ** 2 };
    const wSteps = this.#w.stepsAt(t);
    const ofV = new Map(this.#v.indices.map((i, k) => [i, vSteps[k]!]));
    const ofW = new Map(this.#w.indices.map((i, k) => [i, wSteps[k]!]));
    const paths = [1, -1].map((sign) => this.#indices.map((i) => (ofV.get(i) ?? 0) + sign * (ofW.get(i) ?? 0)));
    return { paths, ratio: vRatio * this.#w.ratioOf(wSteps, t) };
  }

  #sides(path: readonly number[]): Sides | undefined {
    const right = this.#value(path);
    const left = right === undefined ? undefined : this.#value(path.map((step) => -step));
    return right === undefined || left === undefined ? undefined : { right, left };
  }

  #value(steps: readonly number[]): number | undefined {
    const value = done(this.#probe.along(this.#indices, steps));
    if (value !== undefined) this.#largest = Math.max(this.#largest, Math.abs(value));
    return value;
  }

  /** The noise of the second difference for t: of the values of f, and of x inside f. */
  #noise(t: number): number {
    const { unit } = this.#probe.type;
    const here = Math.abs(this.#probe.here);
    const below = this.#seen.filter((seen) => seen.t <= 1.001 * t);
    const size = below.reduce((most, seen) => Math.max(most, seen.size), here);
    const nearest = this.#seen.reduce<Seen | undefined>(
      (least, seen) => (least && least.t < seen.t ? least : seen),
      undefined,
    );
    const slope = nearest ? Math.max(0, ...nearest.slopes.map(Math.abs)) : 0;
    const rounding = ROUNDINGS * unit * (size + slope) * (this.#w ? 0.5 : 2);
    // Steps of several float32 elements do not have quite the direction that they should have.
    const isBent = this.#isSingle && this.#indices.length > (this.#w ? 2 : 1);
    const bent = isBent && nearest ? (2 ** -22 * Math.abs(nearest.change) * t) / nearest.t ** 2 : 0;
    return this.#factor * (rounding + bent);
  }

  /** Half of the largest jump of the second derivative at x that the slopes on both sides cannot exclude. */
  #jump(): number {
    const levels = [...this.#seen].sort((a, b) => a.t - b.t);
    const paths = this.#w ? [0, 1] : [0];
    const hs = levels.map(({ t }) => t * t);
    const noise = 2 * ROUNDINGS * this.#probe.type.unit;
    const jumps = paths.map((path) => {
      const slopes = levels.map(({ slopes }) => slopes[path]!);
      const noises = levels.map(({ t, size }, k) => noise * (size / t + Math.abs(slopes[k]!)));
      return tableau(hs, slopes, noises, 1).reduce((least, candidate) => {
        return Math.min(least, (candidate.truncation + candidate.noise) / levels[candidate.index]!.t);
      }, Number.POSITIVE_INFINITY);
    });
    const sum = jumps.reduce((all, jump) => all + jump, 0);
    return JUMP * (this.#w ? sum / 4 : sum);
  }
}

/** t, rounded to a few bits. */
function rounded(t: number, isSingle: boolean): number {
  const grain = 2 ** (Math.floor(Math.log2(t)) - (isSingle ? BITS.single : BITS.double));
  return Math.round(t / grain) * grain;
}
