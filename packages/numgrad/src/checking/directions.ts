import { slopesAlong } from "../derivatives/adaptive.js";
import type { Line, Slope } from "../derivatives/line.js";
import type { Probe } from "../derivatives/probe.js";
import type { Work } from "../derivatives/work.js";
import { UNIT } from "../differences/float-type.js";
import type { MovablePoint } from "../differences/point.js";
import { type Part, TreePoint } from "../differences/tree-point.js";
import type { Watch } from "../differences/watch.js";
import type { Comparison } from "./comparison.js";
import { type Elements, type ElementWork, STEP } from "./elements.js";
import { type Claimed, type GradientVerdict, type Judgement, judge, ROUNDINGS } from "./judgement.js";
import { MAGNITUDE, Signs, type Terms } from "./signs.js";

/** The number of random directions after those along the signs of the gradient, by default. */
const RANDOM_DIRECTIONS = 2;

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
  readonly #work: ElementWork<Probe>;
  readonly #elements: Elements;
  readonly #signs: Signs;
  readonly #here: Float64Array;
  #slopes = 0;
  /** The slope by the gradient along the signs of all elements: no direction has a larger one. */
  #largest = 0;

  /** @param elements Judges single elements that were found. */
  constructor(work: ElementWork<Probe>, elements: Elements, seed: number) {
    this.#work = work;
    this.#elements = elements;
    this.#signs = new Signs(work.got, work.probe.point.elements, seed);
    this.#here = Float64Array.of(work.probe.here);
  }

  /**
   * Compares directions: one for each magnitude of the gradient, and random ones. In a direction that is wrong, the wrong
   * elements are searched for.
   *
   * @param count The number of directions; undefined for the default.
   * @param watchFor Makes the watch for this number of directions.
   */
  *compareAll(count: number | undefined, comparison: Comparison, watchFor: (total: number) => Watch): Work<void> {
    const { got } = this.#work;
    this.#signs.along();
    this.#largest = this.#signs.terms(0, got.length).sum;
    const groups = count === undefined ? this.#groups() : [];
    const all = count === undefined ? this.#signs.magnitudes() : [{ low: 0, high: Number.POSITIVE_INFINITY }];
    // The groups together have the elements of the largest magnitude already.
    const magnitudes = groups.length > 0 ? all.slice(1) : all;
    const total = groups.length + (count ?? magnitudes.length + RANDOM_DIRECTIONS);
    const watch = watchFor(total);
    for (const [index, parts] of groups.entries()) {
      yield* this.#compareParts(index, parts, comparison);
      watch.check(index + 1);
    }
    for (let index = groups.length; index < total; index++) {
      const magnitude = magnitudes[index - groups.length];
      if (magnitude) this.#signs.along(magnitude.low, magnitude.high);
      else this.#signs.alongRandom();
      yield* this.#compare({ index, name: `direction ${index}`, start: 0, end: got.length }, comparison);
      watch.check(index + 1);
    }
    for (const [i, value] of got.entries()) {
      if (!Number.isNaN(value) && Number.isFinite(value)) continue;
      const judgement = yield* this.#elements.compare(i);
      comparison.addElement(i, value, judgement);
      comparison.addFound(i, value, judgement);
    }
  }

  /** Compares the direction along the signs of all elements, where elements are compared. */
  *compareSigns(comparison: Comparison): Work<void> {
    this.#signs.along();
    const end = this.#work.got.length;
    yield* this.#compare({ index: -1, name: "all, along their signs", start: 0, end }, comparison);
  }

  /**
   * The parts of a tree, each with a direction of its own. If there are too many, neighbours stand together, unless the slope
   * of one is nothing beside that of the others.
   */
  #groups(): Part[][] {
    const { point } = this.#work.probe;
    if (!(point instanceof TreePoint) || point.parts.length === 1) return [];
    const size = Math.ceil(point.parts.length / MOST_GROUPS);
    const groups: Part[][] = [];
    let sum = 0;
    for (const part of point.parts) {
      const own = this.#signs.terms(part.start, part.end).sum;
      const group = groups.at(-1);
      const fits = group && group.length < size && own >= MAGNITUDE * sum && sum >= MAGNITUDE * own;
      if (fits) group.push(part);
      else groups.push([part]);
      sum = fits ? Math.max(sum, own) : own;
    }
    return groups;
  }

  /** Compares parts together. If they are not right, each is compared by itself, and the worst of them tells what is. */
  *#compareParts(index: number, parts: readonly Part[], comparison: Comparison): Work<void> {
    const [first, last] = [parts[0]!, parts.at(-1)!];
    const { start, end } = { start: first.start, end: last.end };
    this.#signs.along();
    if (parts.length === 1) {
      yield* this.#compare({ index, name: `${first.name}, along the signs`, start, end }, comparison);
      return;
    }
    const together = yield* this.#judgeAll(start, end);
    if (!together) return;
    const verdicts: (GradientVerdict | undefined)[] = [];
    for (const { name, start, end } of together.verdict === "ok" ? [] : parts) {
      verdicts.push(yield* this.#compare({ index, name: `${name}, along the signs`, start, end }, comparison));
    }
    // Parts that are right by themselves may be wrong together, where their errors add up.
    if (verdicts.includes("wrong") || (together.verdict !== "wrong" && verdicts.length > 0)) return;
    const name = `${first.name} to ${last.name}, along the signs`;
    comparison.addDirection(index, this.#signs.terms(start, end).got, together, name, [start, end]);
    if (together.verdict === "wrong") yield* this.#locate(start, end, comparison);
  }

  /** Compares along a direction. @returns undefined if f has finite values for no step. */
  *#compare({ index, name, start, end }: Direction, comparison: Comparison): Work<GradientVerdict | undefined> {
    const judgement = yield* this.#judgeAll(start, end);
    if (!judgement) return undefined;
    comparison.addDirection(index, this.#signs.terms(start, end).got, judgement, name, [start, end]);
    if (judgement.verdict === "wrong") yield* this.#locate(start, end, comparison);
    return judgement.verdict;
  }

  /** The judgement of a direction, also if all slopes are nothing. */
  *#judgeAll(start: number, end: number): Work<Judgement | undefined> {
    const terms = this.#signs.terms(start, end);
    const judged = yield* this.#judge(start, end, terms);
    return (judged?.verdict === "undecided" && (yield* this.#asNothing(start, end, terms))) || judged;
  }

  /**
   * The judgement of a direction in which f is too noisy, if the slope of f and that of the gradient are nothing beside
   * the largest; undefined if they may be more.
   */
  *#asNothing(start: number, end: number, terms: Terms): Work<Judgement | undefined> {
    const most = NOTHING * this.#largest;
    if (terms.sum > most) return undefined;
    this.#checkUnmoved(start, end);
    const line = this.#line(start, end, terms);
    const isSingle = hasSingle(this.#work.probe.point, start, end);
    // Elements that do nothing here may do much a little farther on, where a unit is not saturated.
    const slopes: (Slope | undefined)[] = [];
    for (const part of PARTS) slopes.push(yield* this.#quick(line, isSingle, part));
    this.#restore(start, end);
    const slope = slopes.find((found) => found && Math.abs(found.value) + found.error <= most);
    if (!slope) return undefined;
    const isRight = Math.abs(slope.value - terms.got) <= this.#allowed(slope.value, slope.error, terms);
    return { verdict: isRight ? "ok" : "wrong", expected: slope.value, error: slope.error };
  }

  #allowed(expected: number, error: number, terms: Terms): number {
    return this.#work.tolerance.ofDirection(expected, error, terms);
  }

  /** Compares along the elements of the direction in [start, end); undefined if f has finite values for no step. */
  *#judge(start: number, end: number, terms: Terms): Work<Judgement | undefined> {
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
    const result = yield* judge((method) => ({ ...this.#line(start, end, terms), method }), "central", claimed);
    this.#restore(start, end);
    return result;
  }

  /** f along the elements of the direction in [start, end), as a function of t; x is t = 0. */
  #line(start: number, end: number, { norm }: Terms): Line & { readonly noise: number } {
    const { probe } = this.#work;
    const { point, type } = probe;
    const isSingle = hasSingle(point, start, end);
    const directions = this.#signs.values;
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
      *valuesAt(t) {
        for (let i = start; i < end; i++) {
          const value = point.elements[i]! + t * directions[i]!;
          moved[i - start] = point.isSingle(i) ? Math.fround(value) : value;
          point.move(i, moved[i - start]!);
        }
        const value = yield* probe.moved(start, moved);
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
  *#locate(start: number, end: number, comparison: Comparison): Work<void> {
    if (comparison.isFull || this.#slopes >= MOST_SLOPES) return;
    if (end - start === 1) {
      const judgement = yield* this.#elements.compare(start);
      if (judgement.verdict === "wrong") comparison.addFound(start, this.#work.got[start]!, judgement);
      return;
    }
    const middle = (start + end) >> 1;
    const isLeft = yield* this.#isWrong(start, middle);
    if (isLeft) yield* this.#locate(start, middle, comparison);
    // If the left half is right, the right half is wrong.
    if (!isLeft || (yield* this.#isWrong(middle, end))) yield* this.#locate(middle, end, comparison);
  }

  /** Whether these elements together are wrong, by two quotients; if their error says nothing, as exactly as possible. */
  *#isWrong(start: number, end: number): Work<boolean> {
    if (this.#slopes++ >= MOST_SLOPES) return false;
    const terms = this.#signs.terms(start, end);
    this.#checkUnmoved(start, end);
    const line = this.#line(start, end, terms);
    const quick = yield* this.#quick(line, hasSingle(this.#work.probe.point, start, end));
    const size = Math.max(Math.abs(terms.got), terms.norm, Math.abs(quick?.value ?? 0));
    const [slope] = quick && quick.error < 0.1 * size ? [quick] : ((yield* slopesAlong(line)) ?? []);
    this.#restore(start, end);
    return slope !== undefined && Math.abs(slope.value - terms.got) > this.#allowed(slope.value, slope.error, terms);
  }

  /** The slope at t = 0 by two quotients and one step of Richardson's extrapolation. The step is divided by `part`. */
  *#quick(line: Line & { readonly noise: number }, isSingle: boolean, part = 1): Work<Slope | undefined> {
    const { here, type } = this.#work.probe;
    const t = (isSingle || type.isSingle ? STEP.single : STEP.double) / part;
    const quotients: number[] = [];
    for (const step of [t, t / 4]) {
      const right = (yield* line.valuesAt(step))?.[0];
      const left = (yield* line.valuesAt(-step))?.[0];
      quotients.push(right === undefined || left === undefined ? Number.NaN : (right - left) / (2 * step));
    }
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
