import { type Estimate, estimate, type Run } from "./estimate.js";
import { GRID, type Ladder } from "./ladder.js";
import type { Slope } from "./line.js";
import { type Quotient, quotientsOf } from "./quotients.js";
import { growsAfter, runsOf } from "./runs.js";

/** The relative error below which a slope is believed, though quotients with a smaller h are noise. */
const BELIEVED = 1e-2;

/** The relative error of a slope that needs no more levels. */
const PRECISE = 2 ** -44;

/** The largest number of levels that are added to make a slope more precise, and of those in a row that did not help. */
const MOST_ADDED = 10;
const MOST_IN_VAIN = 3;

/** A slope of 0 is believed if f has the same value up to this h, in units of max(1, |x|). */
const FLAT = 2 ** -14;

/** The relative noise of a quotient up to which it does not agree with others by chance. */
const CLEAR = 0.05;

/** The noise of f, relative to |f|, up to which it is taken for noise and not for f itself. */
const NOISY = 1e-3;

/** The slope of one output, and which levels it needs. */
export class SlopeSearch {
  readonly #ladder: Ladder;
  readonly #k: number;
  readonly #power: number;
  /** The largest h of the runs that have got more levels. */
  readonly #refined: number[] = [];
  #added = 0;
  #inVain = 0;
  #error = Number.POSITIVE_INFINITY;

  /** @param k The number of the output. */
  constructor(ladder: Ladder, k: number) {
    this.#ladder = ladder;
    this.#k = k;
    this.#power = ladder.line.method === "central" ? 2 : 1;
  }

  /** The slope by the levels so far, or the steps of the levels that are missing. */
  next(): Slope | number[] {
    const ladder = this.#ladder;
    const quotients = quotientsOf(ladder.levels, ladder.line, this.#k);
    const runs = runsOf(quotients, this.#power);
    const isLowestAlone = runs.length > 1 && runs[0]!.last === 0 && !growsAfter(quotients, runs[0]!);
    const below = isLowestAlone ? ladder.below() : [];
    if (below.length > 0) return below;
    let best: Estimate | undefined;
    let flat: Run | undefined;
    for (const run of runs) {
      if (run.first === run.last && run.last < quotients.length - 1 && !growsAfter(quotients, run)) continue;
      if (quotients.slice(run.first, run.last + 1).every(({ isFlat }) => isFlat)) {
        const result = this.#flat(quotients, run);
        if (result) return result;
        flat ??= run;
        continue;
      }
      const hs = this.#begin(run);
      if (hs.length > 0) return hs;
      const found = estimate(quotients, run, this.#power);
      const more = this.#refine(found);
      if (more.length > 0) return more;
      if (found.error <= BELIEVED * found.steepness && (run.first === 0 || found.extraNoise <= NOISY)) {
        return flat && this.#power === 1 && isBeyondKink(quotients, found) ? flatSlope(quotients, flat, found) : found;
      }
      if (!best || found.error / found.steepness < best.error / best.steepness) best = found;
    }
    const above = ladder.levels.at(-1)!.h * GRID;
    const hs = above <= ladder.usual ? ladder.untried(above) : [];
    if (hs.length > 0) return hs;
    return flat ? flatSlope(quotients, flat, best) : doubtfulSlope(quotients, best);
  }

  /** A run in which f has one value: its slope, or the next h; undefined if f may be a staircase of small steps. */
  #flat(quotients: readonly Quotient[], { last }: Run): Slope | number[] | undefined {
    const { levels, size } = this.#ladder;
    const slope = { value: 0, error: quotients[last]!.noise };
    if (last < quotients.length - 1) return levels[last]!.h >= FLAT * Math.max(1, size) ? slope : undefined;
    const hs = this.#ladder.untried(levels[last]!.h * GRID);
    return hs.length > 0 ? hs : slope;
  }

  /** The steps that the tableau of a run needs first. */
  #begin({ last }: Run): number[] {
    const { h } = this.#ladder.levels[last]!;
    if (this.#refined.includes(h)) return [];
    this.#refined.push(h);
    const parts = this.#power === 2 ? [4, 16] : [2, 4, 8, 16];
    return this.#ladder.untried(...parts.map((part) => h / part));
  }

  /** The steps that may make an estimate more precise. */
  #refine(found: Estimate): number[] {
    const { error, noise, steepness } = found;
    if (error <= PRECISE * steepness || this.#added === MOST_ADDED || this.#inVain === MOST_IN_VAIN) return [];
    const isNoisy = noise > 0.5 * error;
    if (!isNoisy && !(error <= BELIEVED * steepness)) return [];
    const hs = isNoisy ? this.#larger(found) : this.#between(found);
    if (hs.length === 0) return [];
    this.#added++;
    this.#inVain = error < 0.7 * this.#error ? 0 : this.#inVain + 1;
    this.#error = Math.min(this.#error, error);
    return hs;
  }

  /** A step above those used, against noise. */
  #larger({ first, last, largest, error, steepness }: Estimate): number[] {
    const { levels, usual } = this.#ladder;
    for (let i = largest; i <= last && i + 1 < levels.length; i++) {
      const { h } = levels[i]!;
      const gap = levels[i + 1]!.h / h;
      const hs = gap > 2.5 ? this.#ladder.untried(h * (gap > 5 ? 4 : 2)) : [];
      if (hs.length > 0) return hs;
    }
    if (last + 1 < levels.length) return [];
    const { h } = levels[last]!;
    if (h * GRID > usual && first === 0 && error > 1e-3 * steepness)
      return this.#ladder.untried(h * GRID, 4 * h).slice(0, 1);
    return this.#ladder.untried(...[h * GRID, 4 * h].filter((larger) => larger <= usual)).slice(0, 1);
  }

  /** A step between those used, or else just below, against truncation. */
  #between({ smallest, largest }: Estimate): number[] {
    const { levels } = this.#ladder;
    for (let i = largest; i > smallest; i--) {
      const { h } = levels[i]!;
      const hs = h > 2.5 * levels[i - 1]!.h ? this.#ladder.untried(h / 2) : [];
      if (hs.length > 0) return hs;
    }
    return this.#ladder.untried(levels[smallest]!.h / 2);
  }
}

/**
 * Whether the quotients of a run come from a line that begins beyond x, where f has one value: they then differ from its
 * slope by a constant times 1/h. At a staircase the constants have both signs.
 */
function isBeyondKink(quotients: readonly Quotient[], { value, first, last }: Estimate): boolean {
  const offsets = quotients.slice(first, Math.min(first + 3, last + 1)).map((q) => (value - q.slope) * q.half);
  const [least, most] = [Math.min(...offsets), Math.max(...offsets)];
  return offsets.length === 3 && least * most > 0 && Math.abs(most - least) <= 0.05 * Math.abs(most + least);
}

/** The slope where f has one value close to x, and the quotients with a larger h are doubtful. */
function flatSlope(quotients: readonly Quotient[], { last }: Run, best: Estimate | undefined): Slope {
  const { noise } = quotients[last]!;
  const above = best && quotients.slice(best.first, best.last + 1);
  // At a kink the slope of the other side does not matter.
  if (above?.every(({ bend, slope }) => Math.abs(bend) > 0.3 * Math.abs(slope))) return { value: 0, error: noise };
  const next = quotients[last + 1]!;
  return { value: 0, error: Math.max(noise, Math.abs(next.slope), Math.abs(next.bend)) };
}

/** Whether a quotient is known but for a few percent, by the rounding of f. */
function isLittleNoise({ slope, noise }: Quotient): boolean {
  return noise <= CLEAR * Math.abs(slope);
}

/** The slope where no run is believed. */
function doubtfulSlope(quotients: readonly Quotient[], best: Estimate | undefined): Slope {
  if (!best) return { value: quotients[0]!.slope, error: Number.POSITIVE_INFINITY };
  const { value, error, first, last, extraNoise } = best;
  // At a kink all quotients agree, or at least many. A few with the smallest h may agree by chance, unless they have little
  // noise. If f is noisy, the noise must be small: else it may be f itself, unresolved.
  const isClear = last - first > 1 && quotients.slice(first, last + 1).every(isLittleNoise);
  const isRun = last > first && (first > 0 || last - first > 3 || last === quotients.length - 1 || isClear);
  const isSeen = isRun && (first === 0 || extraNoise <= NOISY);
  return { value, error: isSeen ? error : Number.POSITIVE_INFINITY };
}
