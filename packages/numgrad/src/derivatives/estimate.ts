import type { Quotient } from "./quotients.js";
import { type Candidate, tableau } from "./tableau.js";

/** The largest noise that was not seen, relative to the largest noise that was seen. */
const NOISE_MARGIN = 3;

/** Some neighbouring quotients that agree: those with an index from `first` to `last`. */
export interface Run {
  readonly first: number;
  readonly last: number;
}

/** The slope that a run gives. */
export interface Estimate extends Run {
  readonly value: number;
  readonly error: number;
  /** The part of the error that comes from the noise of f. */
  readonly noise: number;
  /** The indices of the smallest and the largest h that were used. */
  readonly smallest: number;
  readonly largest: number;
  /** |value|, or the larger slope of the two sides if that is larger. */
  readonly steepness: number;
  /** The noise that the values of f show beyond their rounding, relative to |f|. */
  readonly extraNoise: number;
}

/** A candidate with its whole error. */
interface Choice extends Candidate {
  readonly error: number;
}

/**
 * The slope of a run by Richardson extrapolation, with its error:
 *
 *   error = difference to the neighbours in the tableau + noise, propagated through the tableau.
 *
 * - If f has a kink at x itself, the central quotients converge at once: those of |x| at 0 are all 0. So the bends, half
 *   the difference between the slopes of the two sides, have a tableau too. For a smooth f it goes to 0.
 * - f may be noisier than a few roundings of its value. Quotients with a smaller h than those used show it: the noise is
 *   their distance to the slope, times their h.
 * - Neighbours in the tableau may be equal by chance. So the rows with the next smaller h must not contradict.
 * - A distance that is not noise, because it does not grow with 1/h, is an error of the slope.
 *
 * @param all All quotients, the smallest h first.
 * @param power 2 for central quotients, 1 for the others.
 */
export function estimate(all: readonly Quotient[], run: Run, power: number): Estimate {
  const inside = all.slice(run.first, run.last + 1);
  const hs = inside.map(({ h }) => h);
  const slopes = inside.map(({ slope }) => slope);
  const model = inside.reduce((most, { noise, half }) => Math.max(most, noise * half), 0);
  let extra = 0;
  let choices: Choice[] = [];
  let best: Choice;
  for (let pass = 0; ; pass++) {
    const noises = inside.map(({ noise, half }) => Math.max(noise, extra / half));
    const bends = power === 2 ? bendErrors(inside, noises) : [];
    choices = tableau(hs, slopes, noises, power).map(({ index, column, value, truncation, noise }) => {
      const error = Math.max(truncation + noise, bends[index] ?? 0);
      return { index, column, value, truncation, noise, error };
    });
    best = choices.reduce<Choice>((least, choice) => (choice.error < least.error ? choice : least), {
      index: 0,
      column: 0,
      value: slopes[0]!,
      truncation: Number.POSITIVE_INFINITY,
      noise: noises[0]!,
      error: Number.POSITIVE_INFINITY,
    });
    const seen = NOISE_MARGIN * noiseBelow(all, run.first + best.index, best.value, power);
    if (pass === 2 || !(seen > model && seen > extra)) break;
    extra = seen;
  }
  const [smallest, largest] = [run.first + best.index, run.first + best.index + best.column];
  const error = Math.max(best.error, contradiction(choices, best), structure(all, smallest, best.value, power));
  const top = all[largest]!;
  const steepness = Math.max(Math.abs(best.value), Math.abs(top.slope), Math.abs(top.bend));
  const extraNoise = extra / inside.reduce((most, { size }) => Math.max(most, size), 0);
  return { ...run, value: best.value, error, noise: best.noise, smallest, largest, steepness, extraNoise };
}

/** For each row: half of the jump of the slope at x that the bends cannot exclude. */
function bendErrors(run: readonly Quotient[], noises: readonly number[]): number[] {
  const hs = run.map(({ h }) => h);
  const largest = hs.at(-1)!;
  // The curvature in units of the largest h, because 1/h² could overflow.
  const curvatures = run.map(({ bend, h }) => bend * (largest / h));
  const errors = run.map(({ h }, i) => 2 * noises[i]! * (largest / h));
  const result = run.map(() => Number.POSITIVE_INFINITY);
  for (const { index, truncation, noise } of tableau(hs, curvatures, errors, 2)) {
    result[index] = Math.min(result[index]!, (truncation + noise) * (hs[index]! / largest));
  }
  return result;
}

/** The truncation error of a quotient below those used, at most: it falls with h. */
function truncationBelow(all: readonly Quotient[], smallest: number, value: number, power: number) {
  const { slope, h } = all[smallest]!;
  const first = 2 * Math.abs(slope - value);
  return (below: Quotient) => first * (below.h / h) ** power;
}

/** The noise of f that the quotients with a smaller h show. */
function noiseBelow(all: readonly Quotient[], smallest: number, value: number, power: number): number {
  const truncation = truncationBelow(all, smallest, value, power);
  const used = all[smallest]!;
  let noise = 0;
  for (const below of all.slice(0, smallest)) {
    noise = Math.max(noise, (Math.abs(below.slope - value) - truncation(below)) * below.half);
    if (power === 1 || below.h >= used.h / 8) continue;
    const bend = Math.abs(below.bend) - 2 * Math.abs(used.bend) * (below.h / used.h);
    noise = Math.max(noise, (bend * below.half) / 2);
  }
  return noise;
}

/** By how much the two rows with the next smaller h contradict the best candidate. */
function contradiction(choices: readonly Choice[], best: Choice): number {
  let largest = 0;
  for (const index of [best.index - 1, best.index - 2]) {
    const row = choices.filter((choice) => choice.index === index);
    if (row.length === 0) continue;
    const { value, noise } = row.reduce((least, choice) => (choice.error < least.error ? choice : least));
    largest = Math.max(largest, Math.abs(value - best.value) - noise);
  }
  return largest;
}

/**
 * The error that quotients with a smaller h show, because they are far from the slope though those with a still smaller
 * h have little noise.
 */
function structure(all: readonly Quotient[], smallest: number, value: number, power: number): number {
  const truncation = truncationBelow(all, smallest, value, power);
  const grain = all.reduce((least, { change }) => (change > 0 ? Math.min(least, change) : least), Infinity);
  const below = all.slice(0, smallest).map((quotient) => {
    const { h, half, slope, isFlat, noise, xNoise } = quotient;
    const distance = Math.abs(slope - value);
    const stair = isFlat ? Math.max(Math.abs(value), grain / 2 / half) : 0;
    const expected = noise + xNoise * (Math.abs(value) - Math.abs(slope));
    return { h, isFlat, distance, ratio: Math.max(stair, distance - truncation(quotient)) / expected };
  });
  let error = 0;
  for (const { h, isFlat, ratio, distance } of below) {
    const smaller = below.filter((other) => other.h <= h / 16);
    if (isFlat || smaller.length < 2) continue;
    if (ratio > 8 * smaller.reduce((most, other) => Math.max(most, other.ratio), 1)) {
      error = Math.max(error, 1.5 * distance);
    }
  }
  return error;
}
