import { slopesAlong } from "../derivatives/adaptive.js";
import type { Line, Slope } from "../derivatives/line.js";
import { UNIT } from "../differences/float-type.js";
import type { MovablePoint } from "../differences/point.js";
import { TreePoint } from "../differences/tree-point.js";
import type { Watch } from "../differences/watch.js";
import type { Comparison } from "./comparison.js";
import { type Elements, type ElementWork, ROUNDINGS, STEP } from "./elements.js";
import { type Claimed, type Judgement, judge } from "./judgement.js";

/** The number of random directions after those along the signs of the gradient, by default. */
const RANDOM_DIRECTIONS = 2;

/** A magnitude has the elements that are at least this part of its largest one. */
const MAGNITUDE = 2 ** -10;

/** The largest number of magnitudes with a direction of their own. */
const MOST_MAGNITUDES = 4;

/** The largest number of draws of random signs. Six of ten draws are taken. */
const MOST_DRAWS = 16;

/** The largest number of slopes for the search of wrong elements. */
const MOST_SLOPES = 40;

/** The smallest of the first steps along a direction. */
const FINEST = { double: 2 ** -24, single: 2 ** -12 };

/** The largest number of groups of a tree's parts. */
const MOST_GROUPS = 32;

/** A direction in which the elements in [start, end) move. */
interface Direction {
  readonly index: number;
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** The part of the slope by all elements below which the slope of a direction is nothing: float32 shows no more. */
const NOTHING = 2 ** -12;

/** Parts of the first step with which a slope is tried, if it may be nothing. */
const PARTS = [1, 16, 256];

/** The slope by the gradient along a direction: the sum of its terms, of their absolute values, and of their squares. */
interface Terms {
  readonly got: number;
  readonly sum: number;
  readonly norm: number;
}

/**
 * The derivatives of f along directions, in which many elements move at once: element i by t·vᵢ, where vᵢ is ±1, or ±|xᵢ|
 * if that is larger. A gradient g must satisfy d/dt f(x + t v) = Σ vᵢ gᵢ.
 *
 * If the signs of v are those of g, the terms add up, while the rounding of f stays as it is: so an error of 1 % shows
 * also where single elements are lost in the rounding of f. The elements of each magnitude have such a direction, because
 * small ones would be lost beside large ones; elements that are 0 have random signs. In directions with random signs an
 * element that is wrong by e changes the sum by ±e, so no sign can hide it.
 */
export class Directions {
  readonly #work: ElementWork;
  readonly #elements: Elements;
  readonly #directions: Float64Array;
  readonly #random: () => number;
  readonly #here: Float64Array;
  #slopes = 0;
  /** The slope by the gradient along the signs of all elements: no direction has a larger one. */
  #largest = 0;

  /** @param elements Judges single elements that were found. */
  constructor(work: ElementWork, elements: Elements, seed: number) {
    this.#work = work;
    this.#elements = elements;
    this.#directions = new Float64Array(work.got.length);
    this.#random = mulberry32(seed);
    this.#here = Float64Array.of(work.probe.here);
  }

  /**
   * Compares directions: one for each magnitude of the gradient, and random ones. In a direction that is wrong, the wrong
   * elements are searched for.
   *
   * @param count The number of directions; undefined for the default.
   */
  compareAll(count: number | undefined, comparison: Comparison, options: WatchMaker): void {
    const { got } = this.#work;
    this.#alongSigns(0, Number.POSITIVE_INFINITY);
    this.#largest = this.#terms(0, got.length).sum;
    const groups = count === undefined ? this.#groups() : [];
    const all = count === undefined ? this.#magnitudes() : [{ low: 0, high: Number.POSITIVE_INFINITY }];
    // The groups together have the elements of the largest magnitude already.
    const magnitudes = groups.length > 0 ? all.slice(1) : all;
    const total = groups.length + (count ?? magnitudes.length + RANDOM_DIRECTIONS);
    const watch = options(total);
    for (const [index, { name, start, end }] of groups.entries()) {
      this.#alongSigns(0, Number.POSITIVE_INFINITY);
      this.#compare({ index, name: `${name}, along the signs`, start, end }, comparison);
      watch.check(index + 1);
    }
    for (let index = groups.length; index < total; index++) {
      const magnitude = magnitudes[index - groups.length];
      if (magnitude) this.#alongSigns(magnitude.low, magnitude.high);
      else this.#alongRandomSigns();
      this.#compare({ index, name: `direction ${index}`, start: 0, end: got.length }, comparison);
      watch.check(index + 1);
    }
    for (const [i, value] of got.entries()) {
      if (!Number.isNaN(value) && Number.isFinite(value)) continue;
      const judgement = this.#elements.compare(i);
      comparison.addElement(i, value, judgement);
      comparison.addFound(i, value, judgement);
    }
  }

  /** Compares the direction along the signs of all elements, where elements are compared. */
  compareSigns(comparison: Comparison): void {
    this.#alongSigns(0, Number.POSITIVE_INFINITY);
    const end = this.#work.got.length;
    this.#compare({ index: -1, name: "all, along their signs", start: 0, end }, comparison);
  }

  /** The parts of a tree, each with a direction of its own; if there are too many, neighbours together. */
  #groups(): { name: string; start: number; end: number }[] {
    const { point } = this.#work.probe;
    if (!(point instanceof TreePoint) || point.parts.length === 1) return [];
    const { parts } = point;
    const size = Math.ceil(parts.length / MOST_GROUPS);
    return Array.from({ length: Math.ceil(parts.length / size) }, (_, k) => {
      const group = parts.slice(k * size, (k + 1) * size);
      const [first, last] = [group[0]!, group.at(-1)!];
      const name = group.length === 1 ? first.name : `${first.name} to ${last.name}`;
      return { name, start: first.start, end: last.end };
    });
  }

  #compare({ index, name, start, end }: Direction, comparison: Comparison): void {
    const terms = this.#terms(start, end);
    const judged = this.#judge(start, end, terms);
    if (!judged) return;
    const judgement = (judged.verdict === "undecided" && this.#asNothing(start, end, terms)) || judged;
    comparison.addDirection(index, terms.got, judgement, name, [start, end]);
    if (judgement.verdict === "wrong") this.#locate(start, end, comparison);
  }

  /**
   * The judgement of a direction in which f is too noisy, if the slope of f and that of the gradient are nothing beside
   * the largest; undefined if they may be more.
   */
  #asNothing(start: number, end: number, terms: Terms): Judgement | undefined {
    const most = NOTHING * this.#largest;
    if (terms.sum > most) return undefined;
    this.#checkUnmoved(start, end);
    const line = this.#line(start, end, terms);
    const isSingle = hasSingle(this.#work.probe.point, start, end);
    // Elements that do nothing here may do much a little farther on, where a unit is not saturated.
    const slopes = PARTS.map((part) => this.#quick(line, isSingle, part));
    this.#restore(start, end);
    const slope = slopes.find((found) => found && Math.abs(found.value) + found.error <= most);
    if (!slope) return undefined;
    const isRight = Math.abs(slope.value - terms.got) <= this.#allowed(slope.value, slope.error, terms);
    return { verdict: isRight ? "ok" : "wrong", expected: slope.value, error: slope.error };
  }

  /** Ranges of |g|: each has the elements of one magnitude, the last the elements that are 0, if there are any. */
  #magnitudes(): { low: number; high: number }[] {
    const sizes = this.#work.got.map(Math.abs).filter((size) => size < Number.POSITIVE_INFINITY);
    const ranges: { low: number; high: number }[] = [];
    for (let high = Number.POSITIVE_INFINITY; ranges.length < MOST_MAGNITUDES; ) {
      const largest = sizes.reduce((most, size) => (size < high && size > most ? size : most), 0);
      const isLast = largest === 0 || ranges.length === MOST_MAGNITUDES - 1;
      const low = isLast ? 0 : largest * MAGNITUDE;
      if (sizes.some((size) => size >= low && size < high)) ranges.push({ low, high });
      if (isLast) break;
      high = low;
    }
    return ranges;
  }

  #alongSigns(low: number, high: number): void {
    this.#choose((value) => {
      const size = Math.abs(value);
      if (!(size >= low && size < high)) return 0;
      return value === 0 ? this.#sign() : Math.sign(value);
    });
  }

  /**
   * Random signs. If the terms of the gradient almost cancel by chance, f rounds the little change away that is left, so
   * other signs are drawn.
   */
  #alongRandomSigns(): void {
    for (let draws = 0; draws < MOST_DRAWS; draws++) {
      this.#choose(() => this.#sign());
      const { got, norm } = this.#terms(0, this.#work.got.length);
      if (Math.abs(got) >= norm / 2) break;
    }
  }

  /** Sets the direction by the sign, or 0, for each element of the gradient. Elements that are not finite do not move. */
  #choose(sign: (value: number) => number): void {
    const { got, probe } = this.#work;
    const { elements } = probe.point;
    for (let i = 0; i < got.length; i++) {
      this.#directions[i] = Number.isFinite(got[i]) ? sign(got[i]!) * Math.max(1, Math.abs(elements[i]!)) : 0;
    }
  }

  #sign(): number {
    return this.#random() < 0.5 ? -1 : 1;
  }

  #terms(start: number, end: number): Terms {
    let got = 0;
    let sum = 0;
    let squares = 0;
    for (let i = start; i < end; i++) {
      const term = this.#directions[i] === 0 ? 0 : this.#work.got[i]! * this.#directions[i]!;
      got += term;
      sum += Math.abs(term);
      squares += term * term;
    }
    return { got, sum, norm: Math.sqrt(squares) };
  }

  #allowed(expected: number, error: number, terms: Terms): number {
    return this.#work.tolerance.ofDirection(expected, error, terms);
  }

  /** Compares along the elements of the direction in [start, end); undefined if f has finite values for no step. */
  #judge(start: number, end: number, terms: Terms): Judgement | undefined {
    const size = Math.max(Math.abs(terms.got), 4 * terms.norm);
    this.#checkUnmoved(start, end);
    const claimed: Claimed = {
      got: terms.got,
      allowed: (expected, error) => this.#allowed(expected, error, terms),
      isVague: (error, expected) =>
        error > 0.1 * Math.max(size, Math.abs(expected)) &&
        // An f that has one value along the direction has a slope of 0, also if a larger one could hide in its rounding.
        !(terms.norm === 0 && (expected === 0 || this.#work.tolerance.isNothing(error))),
    };
    const result = judge((method) => ({ ...this.#line(start, end, terms), method }), "central", claimed);
    this.#restore(start, end);
    return result;
  }

  /** f along the elements of the direction in [start, end), as a function of t; x is t = 0. */
  #line(start: number, end: number, { norm }: Terms): Line & { readonly noise: number } {
    const { probe } = this.#work;
    const { point, type } = probe;
    const isSingle = hasSingle(point, start, end);
    const unit = isSingle ? UNIT.single : UNIT.double;
    const moved = new Float64Array(end - start);
    return {
      x: 0,
      method: "central",
      lower: Number.NEGATIVE_INFINITY,
      upper: Number.POSITIVE_INFINITY,
      h: undefined,
      isLocal: true,
      single: false,
      // Each element is rounded by itself, so the squares of the errors add up.
      noise: 2 * unit * norm,
      finest: isSingle || type.isSingle ? FINEST.single : FINEST.double,
      here: this.#here,
      valuesAt: (t) => {
        for (let i = start; i < end; i++) {
          const value = point.elements[i]! + t * this.#directions[i]!;
          moved[i - start] = point.isSingle(i) ? Math.fround(value) : value;
          point.move(i, moved[i - start]!);
        }
        const value = probe.moved(start, moved);
        return value === undefined ? undefined : Float64Array.of(value);
      },
    };
  }

  #checkUnmoved(start: number, end: number): void {
    for (let i = start; i < end; i++) this.#work.probe.point.checkUnmoved(i);
  }

  #restore(start: number, end: number): void {
    const { point } = this.#work.probe;
    for (let i = start; i < end; i++) point.move(i, point.elements[i]!);
  }

  /** Searches for wrong elements in [start, end), by halving: these elements together are wrong. */
  #locate(start: number, end: number, comparison: Comparison): void {
    if (comparison.isFull || this.#slopes >= MOST_SLOPES) return;
    if (end - start === 1) {
      const judgement = this.#elements.compare(start);
      if (judgement.verdict === "wrong") comparison.addFound(start, this.#work.got[start]!, judgement);
      return;
    }
    const middle = (start + end) >> 1;
    const isLeft = this.#isWrong(start, middle);
    if (isLeft) this.#locate(start, middle, comparison);
    // If the left half is right, the right half is wrong.
    if (!isLeft || this.#isWrong(middle, end)) this.#locate(middle, end, comparison);
  }

  /** Whether these elements together are wrong, by two quotients; if their error says nothing, as exactly as possible. */
  #isWrong(start: number, end: number): boolean {
    if (this.#slopes++ >= MOST_SLOPES) return false;
    const terms = this.#terms(start, end);
    this.#checkUnmoved(start, end);
    const line = this.#line(start, end, terms);
    const quick = this.#quick(line, hasSingle(this.#work.probe.point, start, end));
    const size = Math.max(Math.abs(terms.got), terms.norm, Math.abs(quick?.value ?? 0));
    const [slope] = quick && quick.error < 0.1 * size ? [quick] : (slopesAlong(line) ?? []);
    this.#restore(start, end);
    return slope !== undefined && Math.abs(slope.value - terms.got) > this.#allowed(slope.value, slope.error, terms);
  }

  /** The slope at t = 0 by two quotients and one step of Richardson's extrapolation. The step is divided by `part`. */
  #quick(line: Line & { readonly noise: number }, isSingle: boolean, part = 1): Slope | undefined {
    const { here, type } = this.#work.probe;
    const t = (isSingle || type.isSingle ? STEP.single : STEP.double) / part;
    const quotients = [t, t / 4].map((step) => {
      const [right, left] = [line.valuesAt(step)?.[0], line.valuesAt(-step)?.[0]];
      return right === undefined || left === undefined ? Number.NaN : (right - left) / (2 * step);
    });
    const correction = (quotients[1]! - quotients[0]!) / 15;
    const noise = line.noise + (ROUNDINGS / 2) * type.unit * Math.abs(here);
    const value = quotients[1]! + correction;
    return Number.isFinite(value) ? { value, error: Math.abs(correction) + (1.25 * noise) / (t / 4) } : undefined;
  }
}

/** Whether one of these elements is a float32. */
function hasSingle(point: MovablePoint, start: number, end: number): boolean {
  if (!point.single) return false;
  for (let i = start; i < end; i++) if (point.isSingle(i)) return true;
  return false;
}

/** Makes the watch for a number of directions. */
export type WatchMaker = (total: number) => Watch;

/** Uniform numbers in [0, 1) by Tommy Ettinger's mulberry32. Any generator is good enough for signs. */
export function mulberry32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}
