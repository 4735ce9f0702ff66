import type { Point } from "../differences/point.js";
import { type GradientEntry, GradientReport } from "./gradient-report.js";

/** The largest number of entries in a report. */
const MOST_LISTED = 10;

/** An entry with its error as a multiple of the tolerance, by which entries are sorted. */
interface RankedEntry extends GradientEntry {
  readonly excess: number;
}

/** Compares two gradients entry by entry, and keeps the worst entries. An entry is an element of x, or a direction. */
export class Comparison {
  readonly #point: Point;
  readonly #tolerance: { readonly atol: number; readonly rtol: number };
  readonly #directions: boolean;
  #worst: RankedEntry[] = [];
  /** Wrong elements that were found in directions that failed. */
  #found: RankedEntry[] = [];
  #checked = 0;
  #failures = 0;
  #maxAbsoluteError = 0;
  #maxRelativeError = 0;

  constructor(point: Point, tolerance: { atol: number; rtol: number }, directions: boolean) {
    this.#point = point;
    this.#tolerance = tolerance;
    this.#directions = directions;
  }

  /** Whether two slopes are within the tolerance of each other. NaN never is. */
  passes(expected: number, got: number, size: number): boolean {
    return Math.abs(expected - got) <= this.#allowed(size);
  }

  /**
   * Compares one entry.
   *
   * @param size The number that rtol is multiplied by.
   */
  add(index: number, expected: number, got: number, size: number): void {
    const entry = this.#rank(index, expected, got, size);
    this.#checked++;
    if (!this.passes(expected, got, size)) this.#failures++;
    // Math.max keeps NaN.
    this.#maxAbsoluteError = Math.max(this.#maxAbsoluteError, entry.absoluteError);
    this.#maxRelativeError = Math.max(this.#maxRelativeError, entry.relativeError);
    insert(this.#worst, entry);
  }

  /** Adds a wrong element that was found in a direction. */
  addFound(index: number, expected: number, got: number): void {
    if (this.#found.some((entry) => entry.index === index)) return;
    insert(this.#found, this.#rank(index, expected, got, Math.abs(expected)));
  }

  /** Whether a report has no room for more wrong elements. */
  get isFull(): boolean {
    return this.#found.length >= MOST_LISTED;
  }

  report(): GradientReport {
    const { label, input } = this.#point;
    const cols = (input as { shape?: readonly number[] }).shape?.[1];
    const element = (i: number) =>
      `${label(i)}${cols === undefined ? "" : ` (row ${Math.floor(i / cols)}, column ${i % cols})`}`;
    // Elements that were found say more than the directions in which they were found.
    const isLocated = this.#found.length > 0;
    const entries = isLocated ? this.#found : this.#worst;
    return new GradientReport({
      entries: entries.map(({ excess, ...entry }) => entry),
      wrong: isLocated ? entries.length : Math.min(this.#failures, entries.length),
      failures: this.#failures,
      checked: this.#checked,
      size: this.#point.elements.length,
      directions: this.#directions,
      ...this.#tolerance,
      maxAbsoluteError: this.#maxAbsoluteError,
      maxRelativeError: this.#maxRelativeError,
      label: this.#directions && !isLocated ? (i) => `direction ${i}` : element,
    });
  }

  #allowed(size: number): number {
    return this.#tolerance.atol + this.#tolerance.rtol * size;
  }

  #rank(index: number, expected: number, got: number, size: number): RankedEntry {
    const { atol, rtol } = this.#tolerance;
    const absoluteError = Math.abs(expected - got);
    const floor = rtol > 0 ? atol / rtol : 0;
    const relativeError = absoluteError === 0 ? 0 : absoluteError / Math.max(Math.abs(expected), Math.abs(got), floor);
    const allowed = this.#allowed(size);
    const excess = Number.isNaN(absoluteError)
      ? Number.POSITIVE_INFINITY
      : absoluteError / (allowed || Number.MIN_VALUE);
    return { index, expected, got, absoluteError, relativeError, excess };
  }
}

/** Inserts an entry into a short list that is sorted, the worst first. */
function insert(list: RankedEntry[], entry: RankedEntry): void {
  if (list.length === MOST_LISTED && !(entry.excess > list.at(-1)!.excess)) return;
  const place = list.findIndex((other) => entry.excess > other.excess);
  list.splice(place < 0 ? list.length : place, 0, entry);
  if (list.length > MOST_LISTED) list.pop();
}
