import { DEFAULT_H } from "../arguments.js";
import { ArgumentError, describe, type FunctionError } from "../errors.js";
import type { DifferenceMethod, DifferenceSettings } from "./difference-options.js";
import { overflowError } from "./evaluation.js";
import { Limits } from "./limits.js";
import type { BasePoint } from "./point.js";

/** The largest part of h by which the step that is really taken may differ from it. */
const LOST = 0.1;

/** How values of f give a slope: one of the three methods, or from x and two points on the same side of x. */
type Rule = DifferenceMethod | "one-sided";

/**
 * The stencil of the difference quotients: where f is evaluated for each element of x, and which slope its values give.
 *
 * The stencil stands at one element at a time. `place(i)` moves it to element i and sets `first` and `second`, the
 * values that the element takes in this order; `slope` makes the slope from the values of f there. These numbers are
 * fields of one object and not results, because a million small objects are a million pieces of garbage.
 */
export class Stencil {
  /** The first value that the element takes. */
  first = 0;
  /** The second value that the element takes; NaN if the element is moved only once. */
  second = Number.NaN;
  /** Whether the slope of any element needs the value of f at x itself. */
  readonly usesHere: boolean;
  /** The element where the stencil stands, its value in x, its rule, and what the difference of f is divided by. */
  #index = 0;
  #value = 0;
  #rule: Rule;
  #width = 0;
  readonly #point: BasePoint;
  readonly #elements: Float64Array;
  readonly #single: boolean;
  readonly #method: DifferenceMethod;
  /** h relative to |x|; 0 for the same h everywhere. */
  readonly #relative: number;
  /** The smallest h, which is used where |x| is small. */
  readonly #least: number;
  /** Whether the divisor is the distance between the points, and not the book's 2h or h. */
  readonly #usesDistance: boolean;
  readonly #limits: Limits | undefined;
  /**
   * Whether this is the book's difference. It has a short path of its own, which fits into V8's budget for inlining.
   */
  readonly #isPlain: boolean;

  /**
   * @param point x.
   * @param mayLose Whether a step may be lost in the rounding of x + h. The slope is then 0, as in NumPy.
   * @throws {ArgumentError} if the bounds do not fit x, or if h does not move an element, or by another distance.
   */
  constructor(settings: DifferenceSettings, point: BasePoint, mayLose = false) {
    const { h, relativeStep, method, bounds } = settings;
    // h for float32, relative to max(1, |x|), balances the truncation error (h² or h) against float32's rounding error
    // (ε/h with ε = 2⁻²³). These are the powers of two next to ∛ε and √ε: `Math.cbrt` differs from engine to engine.
    const single = point.single && h === undefined ? (method === "central" ? 2 ** -8 : 2 ** -11) : undefined;
    this.#point = point;
    this.#elements = point.elements;
    this.#single = point.single;
    this.#method = method;
    this.#rule = method;
    this.#relative = relativeStep ?? single ?? 0;
    this.#least = h ?? relativeStep ?? single ?? DEFAULT_H;
    this.#usesDistance = point.single || this.#relative > 0;
    this.#limits = bounds === undefined ? undefined : new Limits(bounds, point);
    this.#isPlain = method === "central" && !this.#usesDistance && !this.#limits;
    if (this.#isPlain) this.#width = 2 * this.#least;
    const isOneSided = mayLose && !this.#usesDistance && !this.#limits ? false : this.#checkAll(settings);
    this.usesHere = method !== "central" || isOneSided;
  }

  /** Moves the stencil to element i. */
  place(i: number): void {
    const value = this.#elements[i]!;
    this.#index = i;
    this.#value = value;
    if (this.#isPlain) {
      this.first = value + this.#least;
      this.second = value - this.#least;
    } else this.#placeOther(value, i);
  }

  /** Whether the element is moved a second time. */
  get hasSecond(): boolean {
    return !Number.isNaN(this.second);
  }

  /**
   * The slope of f by the element where the stencil stands.
   *
   * @param first f with the element at `first`.
   * @param second f with the element at `second`; not used if there is no second value.
   * @param here f at x itself; not used unless `usesHere`.
   * @throws {FunctionError} if the difference of f or its quotient overflows.
   */
  slope(first: number, second: number, here: number): number {
    const difference = this.#rule === "central" ? first - second : this.#otherDifference(first, second, here);
    const slope = difference / this.#width;
    // slope − slope is 0 for every finite number, and NaN for the others.
    if (slope - slope !== 0) throw this.#overflowError(difference);
    return slope;
  }

  #otherDifference(first: number, second: number, here: number): number {
    if (this.#rule === "forward") return first - here;
    if (this.#rule === "backward") return here - first;
    // The points have the distances a and b from x. The parabola through all three has this slope at x, times b − a.
    const a = this.first - this.#value;
    const b = this.second - this.#value;
    return (first - here) * (b / a) - (second - here) * (a / b);
  }

  #overflowError(difference: number): FunctionError {
    return overflowError(difference, this.#width, this.#point.input, this.#index, this.#point.name);
  }

  #placeOther(value: number, i: number): void {
    const h = this.#hAt(value);
    const right = this.#round(value + h);
    const left = this.#round(value - h);
    if (this.#limits) this.#placeWithin(this.#limits.lower(i), this.#limits.upper(i), left, right, h);
    else if (this.#method === "central") this.#between(left, right, this.#usesDistance ? right - left : 2 * h);
    else if (this.#method === "forward") this.#rightOf(right, this.#usesDistance ? right - value : h);
    else this.#leftOf(left, this.#usesDistance ? value - left : h);
  }

  /** h for an element with this value. */
  #hAt(value: number): number {
    return this.#relative > 0 ? Math.max(this.#least, this.#relative * Math.abs(value)) : this.#least;
  }

  #between(left: number, right: number, width: number): void {
    this.#rule = "central";
    this.first = right;
    this.second = left;
    this.#width = width;
  }

  #rightOf(right: number, width: number): void {
    this.#rule = "forward";
    this.first = right;
    this.second = Number.NaN;
    this.#width = width;
  }

  #leftOf(left: number, width: number): void {
    this.#rule = "backward";
    this.first = left;
    this.second = Number.NaN;
    this.#width = width;
  }

  /** Places the points within [lower, upper]. The order of the error is kept, as in SciPy's `approx_derivative`. */
  #placeWithin(lower: number, upper: number, left: number, right: number, h: number): void {
    const value = this.#value;
    const fitsLeft = left >= lower;
    const fitsRight = right <= upper;
    const isRightLonger = upper - value >= value - lower;
    if (this.#method === "central") {
      if (fitsLeft && fitsRight) this.#between(left, right, this.#usesDistance ? right - left : 2 * h);
      else this.#placeNearLimit(lower, upper, h, isRightLonger);
      return;
    }
    // A side that has no room for h is left for the other one. If neither has, the point goes to the farther limit.
    const toRight =
      this.#method === "forward"
        ? fitsRight || (!fitsLeft && isRightLonger)
        : !fitsLeft && (fitsRight || isRightLonger);
    const end = toRight ? Math.min(right, upper) : Math.max(left, lower);
    const isWholeH = toRight ? fitsRight : fitsLeft;
    const width = isWholeH && !this.#usesDistance ? h : Math.abs(end - value);
    if (toRight) this.#rightOf(end, width);
    else this.#leftOf(end, width);
  }

  /** Places the points of `"central"` where x is nearer than h to a limit. */
  #placeNearLimit(lower: number, upper: number, h: number, isRightLonger: boolean): void {
    const value = this.#value;
    const shorter = isRightLonger ? value - lower : upper - value;
    const longer = isRightLonger ? upper - value : value - lower;
    // Two points on the longer side have room for this distance between neighbours.
    const half = Math.min(h, longer / 2);
    // If the shorter side has room for as much, the difference stays central.
    if (shorter >= half) {
      const [left, right] = [this.#round(value - shorter), this.#round(value + shorter)];
      this.#between(Math.max(left, lower), Math.min(right, upper), 0);
      this.#width = this.first - this.second;
      return;
    }
    // Else both points are on the longer side.
    const sign = isRightLonger ? 1 : -1;
    this.#rule = "one-sided";
    this.first = this.#round(value + sign * half);
    this.second = Math.min(Math.max(this.#round(value + sign * 2 * half), lower), upper);
    this.#width = this.second - this.first;
  }

  #round(value: number): number {
    return this.#single ? Math.fround(value) : value;
  }

  /**
   * Checks for every element that each point differs from x: an element that is not moved would give a slope of 0. If
   * the quotient is divided by the book's 2h or h, the points must also have nearly this distance.
   *
   * @returns Whether any element has the one-sided rule.
   */
  #checkAll(settings: DifferenceSettings): boolean {
    let isOneSided = false;
    for (let i = 0; i < this.#elements.length; i++) {
      this.place(i);
      if (this.#rule === "one-sided") isOneSided = true;
      const isMoved = this.first !== this.#value && this.second !== this.#value && this.first !== this.second;
      // False too if a point or the step is infinite, because ∞ − ∞ is NaN.
      const isTaken = Math.abs(this.#distance - this.#width) <= LOST * Math.abs(this.#width);
      if (!(isMoved && isTaken)) throw this.#unmovedError(settings);
    }
    return isOneSided;
  }

  /** The distance between the points, by which the quotient should be divided. */
  get #distance(): number {
    if (this.#rule === "central") return this.first - this.second;
    return this.#rule === "one-sided" ? this.second - this.first : Math.abs(this.first - this.#value);
  }

  /** The error for an element that h does not move: it names the option that h comes from. */
  #unmovedError({ h, relativeStep, bounds }: DifferenceSettings): ArgumentError {
    const value = this.#value;
    const label = this.#point.label(this.#index);
    const goal = `a step that moves the ${this.#single ? "float32 " : ""}${label} = ${value}`;
    if (bounds !== undefined) {
      const range = `[${this.#limits?.lower(this.#index)}, ${this.#limits?.upper(this.#index)}]`;
      return new ArgumentError("options.bounds", `room for ${goal}`, `${range} and a step of ${this.#hAt(value)}`);
    }
    const argument = h !== undefined ? "options.h" : relativeStep !== undefined ? "options.relativeStep" : label;
    return new ArgumentError(argument, goal, describe(h ?? relativeStep ?? this.#hAt(value)));
  }
}
