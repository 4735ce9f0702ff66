import type { Line } from "../derivatives/line.js";
import type { ProbeLike } from "../derivatives/probe.js";
import type { Work } from "../derivatives/work.js";
import type { DifferenceMethod } from "../differences/difference-options.js";
import type { AnyLimits, AnySettings } from "../differences/tree-stencil.js";
import type { Watch } from "../differences/watch.js";
import { ArgumentError } from "../errors.js";
import type { Comparison } from "./comparison.js";
import { type Claimed, type Judgement, judge, type Lines, ROUNDINGS } from "./judgement.js";
import type { Tolerance } from "./tolerance.js";

/** The larger step of the two quotients, in units of max(1, |x|), or of a direction. */
export const STEP = { double: 2 ** -9, single: 2 ** -3 };

/**
 * The largest error of a slope by two quotients because of their steps, relative to the slope. If it is larger, smaller
 * steps are tried, because they may show that the gradient is wrong. They do not reduce an error by the rounding of f.
 */
const MOST_CORRECTION = 2 ** -10;

/** The parts of the first step with which two quotients are tried. */
const PARTS = [1, 16, 256];

/**
 * The number of wrong elements whose derivative is taken as exactly as possible. Then two quotients are enough for the
 * others: the gradient is wrong whatever they say.
 */
const MOST_WRONG = 5;

/** What an element is compared by. */
export interface ElementWork<P = ProbeLike> {
  readonly probe: P;
  readonly settings: AnySettings;
  /** The limits of x, if there are any. */
  readonly limits: AnyLimits | undefined;
  readonly tolerance: Tolerance;
  readonly got: Float64Array;
}

/** A judgement by two quotients. */
interface Quick {
  readonly judgement: Judgement;
  /** Whether the gradient is right, f is smooth, and the error says something. */
  readonly isRight: boolean;
  /** Whether smaller steps would not make the error much smaller. */
  readonly isFine: boolean;
}

/**
 * Compares elements of a gradient, one at a time. Two central quotients with the steps t and t/4, and one step of
 * Richardson's extrapolation, give the slope; the correction of this step and the rounding of f give its error. If the
 * correction is large, smaller steps follow. Only
 * where the gradient differs, where the error says nothing or little, or where the slopes on both sides of x may differ,
 * the derivative is taken as exactly as possible (`judgement.ts`).
 */
export class Elements {
  readonly #work: ElementWork;
  #wrong = 0;
  #isChecked = false;

  constructor(work: ElementWork) {
    this.#work = work;
  }

  /** Compares every element. @returns The sum of the errors of the slopes, relative to that of the slopes. */
  *compareAll(comparison: Comparison, watch: Watch): Work<number> {
    const { got } = this.#work;
    let errors = 0;
    let sizes = 0;
    for (let i = 0; i < got.length; i++) {
      const judgement = yield* this.compare(i);
      comparison.addElement(i, got[i]!, judgement);
      errors += judgement.error;
      sizes += Math.abs(judgement.expected);
      watch.check(i + 1);
    }
    return errors === 0 ? 0 : errors / sizes;
  }

  *compare(i: number): Work<Judgement> {
    const { probe, settings, limits, got, tolerance } = this.#work;
    const { point } = probe;
    point.checkUnmoved(i);
    const claimed: Claimed = {
      got: got[i]!,
      allowed: (expected, error) => tolerance.ofElement(expected, got[i]!, error),
      isVague: (error, expected) => tolerance.isVague(error, expected, got[i]!),
    };
    const quick = limits || settings.method !== "central" ? undefined : yield* this.#quick(i, claimed);
    const isSure = Number.isNaN(claimed.got) || (quick?.isRight && quick.isFine);
    if (quick && (isSure || this.#wrong >= MOST_WRONG)) return quick.judgement;
    // A difference may also come from an f that is not the same function any more.
    if (!this.#isChecked) yield* probe.checkHere();
    this.#isChecked = true;
    const exact = yield* judge(this.#linesOf(i), settings.method, claimed, this.#stepAt(i));
    point.move(i, point.elements[i]!);
    // The steps of the exact search begin elsewhere, and may all be too wide, or too small for the noise of f.
    const isWorse = quick?.isRight && exact && exact.verdict !== "kink" && exact.error > quick.judgement.error;
    const judgement = isWorse ? quick.judgement : exact;
    if (judgement?.verdict === "wrong") this.#wrong++;
    if (judgement) return judgement;
    throw probe.failure() ?? this.#noRoom(i);
  }

  /** The judgement by two quotients, with smaller steps if the first are too wide; undefined if f is not finite there. */
  *#quick(i: number, claimed: Claimed): Work<Quick | undefined> {
    let best: Quick | undefined;
    for (const part of PARTS) {
      const quick = yield* this.#byTwoQuotients(i, part, claimed);
      if (!quick || (best && quick.judgement.error >= best.judgement.error)) return best;
      best = quick;
      if (!best.isRight || best.isFine) return best;
    }
    return best;
  }

  *#byTwoQuotients(i: number, part: number, claimed: Claimed): Work<Quick | undefined> {
    const { probe } = this.#work;
    const { here, point } = probe;
    const t = this.#stepAt(i) / part;
    const wide = yield* this.#quotient(i, t);
    // At x itself a float64 may look like a float32, as the value of a polynomial at 1.5 does.
    if (wide && this.#stepAt(i) / part !== t) return yield* this.#byTwoQuotients(i, part, claimed);
    const narrow = wide && (yield* this.#quotient(i, t / 4));
    point.move(i, point.elements[i]!);
    if (!narrow) return undefined;
    const ratio = (wide.half / narrow.half) ** 2;
    const correction = (narrow.slope - wide.slope) / (ratio - 1);
    const expected = narrow.slope + correction;
    const { unit } = probe.type;
    const size = Math.max(Math.abs(here), wide.size, narrow.size);
    const xSize = Math.abs(point.elements[i]!) / narrow.half + 4;
    const noise = (ROUNDINGS * unit * size) / 2 / narrow.half + (ROUNDINGS / 4) * unit * xSize * Math.abs(expected);
    const error = Math.abs(correction) + 1.25 * noise;
    const isRight = Math.abs(expected - claimed.got) <= claimed.allowed(expected, error);
    // For a smooth f, the bend shrinks as the step does.
    const jump = Math.abs(narrow.bend * (wide.half / narrow.half) - wide.bend) / (wide.half / narrow.half - 1);
    const isSmooth = jump <= 4 * noise + 0.02 * Math.max(Math.abs(expected), Math.abs(wide.bend));
    const slope = Math.max(Math.abs(expected), Math.abs(claimed.got));
    return {
      judgement: { verdict: isRight ? "ok" : "wrong", expected, error },
      isRight: isRight && isSmooth && !claimed.isVague(error, expected),
      isFine: Math.abs(correction) <= Math.max(MOST_CORRECTION * slope, 1.25 * noise),
    };
  }

  #stepAt(i: number): number {
    const { probe, settings } = this.#work;
    const size = Math.max(1, Math.abs(probe.point.elements[i]!));
    const { h, relativeStep } = settings;
    if (h !== undefined || relativeStep !== undefined) return Math.max(h ?? 0, (relativeStep ?? 0) * size);
    return (probe.point.isSingle(i) || probe.type.isSingle ? STEP.single : STEP.double) * size;
  }

  *#quotient(i: number, t: number): Work<{ half: number; slope: number; bend: number; size: number } | undefined> {
    const { point, here } = this.#work.probe;
    const x = point.elements[i]!;
    const round = point.isSingle(i) ? Math.fround : (value: number) => value;
    const [rightX, leftX] = [round(x + t), round(x - t)];
    if (!(leftX < x && x < rightX) || !Number.isFinite(rightX) || !Number.isFinite(leftX)) return undefined;
    const right = yield* this.#work.probe.at(i, rightX);
    const left = right === undefined ? undefined : yield* this.#work.probe.at(i, leftX);
    if (right === undefined || left === undefined) return undefined;
    const half = rightX / 2 - leftX / 2;
    const [slope, bend] = [(right / 2 - left / 2) / half, (right / 2 - here / 2 - (here / 2 - left / 2)) / half];
    return { half, slope, bend, size: Math.max(Math.abs(right), Math.abs(left)) };
  }

  #linesOf(i: number): Lines {
    const { probe, settings, limits } = this.#work;
    const { point } = probe;
    const { h, relativeStep } = settings;
    const isGiven = h !== undefined || relativeStep !== undefined;
    return (method: DifferenceMethod): Line => ({
      x: point.elements[i]!,
      method,
      lower: limits?.lower(i) ?? Number.NEGATIVE_INFINITY,
      upper: limits?.upper(i) ?? Number.POSITIVE_INFINITY,
      h: isGiven ? this.#stepAt(i) : undefined,
      isLocal: true,
      single: point.isSingle(i),
      here: Float64Array.of(probe.here),
      *valuesAt(value) {
        const result = yield* probe.at(i, value);
        return result === undefined ? undefined : Float64Array.of(result);
      },
    });
  }

  #noRoom(i: number): ArgumentError {
    const { limits, probe } = this.#work;
    const { point } = probe;
    const room = `room for a step at ${point.label(i)} = ${point.elements[i]}`;
    if (!limits) return new ArgumentError("options.h", room, String(this.#stepAt(i)));
    return new ArgumentError("options.bounds", room, `[${limits.lower(i)}, ${limits.upper(i)}]`);
  }
}
