import type { ProbeLike } from "../derivatives/probe.js";
import { TreePoint } from "../differences/tree-point.js";
import { type GradientEntry, type GradientPart, GradientReport } from "./gradient-report.js";
import type { GradientVerdict, Judgement } from "./judgement.js";
import type { Tolerance } from "./tolerance.js";

/** The largest number of entries in a report. */
const MOST_LISTED = 10;

/** Verdicts, from the worst to the best. */
const ORDER: readonly GradientVerdict[] = ["wrong", "undecided", "kink", "ok"];

/** Keeps the worst entries of a comparison. An entry is an element of x, or a direction. */
export class Comparison {
  readonly #probe: ProbeLike;
  readonly #tolerance: Tolerance;
  readonly #directions: boolean;
  #worst: GradientEntry[] = [];
  /** Wrong elements that were found in directions that failed. */
  #found: GradientEntry[] = [];
  #checked = 0;
  #counts: Record<GradientVerdict, number> = { ok: 0, wrong: 0, kink: 0, undecided: 0 };
  #maxAbsoluteError = Number.NaN;
  #maxRelativeError = Number.NaN;
  /** The worst verdict of each part of a tree that was compared by itself. */
  readonly #parts = new Map<string, GradientVerdict>();

  constructor(probe: ProbeLike, tolerance: Tolerance, directions: boolean) {
    this.#probe = probe;
    this.#tolerance = tolerance;
    this.#directions = directions;
  }

  /** Adds an element of x. */
  addElement(index: number, got: number, judgement: Judgement): void {
    this.#add(this.#element(index, got, judgement));
    this.#seePart(index, judgement.verdict);
  }

  /**
   * Adds a direction.
   *
   * @param range The elements that it moves.
   */
  addDirection(index: number, got: number, judgement: Judgement, name: string, range: readonly [number, number]): void {
    this.#add(entryOf(index, got, judgement, name));
    const { point } = this.#probe;
    if (!(point instanceof TreePoint)) return;
    // A direction of all elements says nothing about one of several parts.
    if (point.parts.length > 1 && range[1] - range[0] === point.elements.length) return;
    for (const { start, end } of point.parts) {
      if (start >= range[0] && end <= range[1]) this.#seePart(start, judgement.verdict);
    }
  }

  /** Adds an element of a matrix, or a sum of them, that has a name. @param element The element of x it is about. */
  addNamed(index: number, got: number, judgement: Judgement, name: string, element?: number): void {
    this.#add(entryOf(index, got, judgement, name));
    if (element !== undefined) this.#seePart(element, judgement.verdict);
  }

  #add(entry: GradientEntry): void {
    this.#checked++;
    this.#counts[entry.verdict]++;
    // Entries that are NaN or infinite are counted as wrong; the largest error is that of the others.
    if (Number.isFinite(entry.absoluteError)) {
      this.#maxAbsoluteError = larger(this.#maxAbsoluteError, entry.absoluteError);
      this.#maxRelativeError = larger(this.#maxRelativeError, entry.relativeError);
    }
    insert(this.#worst, entry);
  }

  /** Adds a wrong element that was found in a direction. */
  addFound(index: number, got: number, judgement: Judgement): void {
    if (this.#found.some((entry) => entry.index === index)) return;
    insert(this.#found, this.#element(index, got, judgement));
    this.#seePart(index, judgement.verdict);
  }

  #element(index: number, got: number, judgement: Judgement): GradientEntry {
    const { point } = this.#probe;
    const cols = point instanceof TreePoint ? undefined : (point.input as { shape?: readonly number[] }).shape?.[1];
    const place = cols === undefined ? "" : ` (row ${Math.floor(index / cols)}, column ${index % cols})`;
    return entryOf(index, got, judgement, point.label(index) + place);
  }

  #seePart(index: number, verdict: GradientVerdict): void {
    const { point } = this.#probe;
    if (!(point instanceof TreePoint)) return;
    const { name } = point.partOf(index);
    const before = this.#parts.get(name) ?? "ok";
    this.#parts.set(name, ORDER.indexOf(verdict) < ORDER.indexOf(before) ? verdict : before);
  }

  /** Whether all entries so far are ok. */
  get isOk(): boolean {
    return this.#counts.ok === this.#checked;
  }

  /** Whether a report has no room for more wrong elements. */
  get isFull(): boolean {
    return this.#found.length >= MOST_LISTED;
  }

  /** @param subject What was compared, and the number of its elements. By default a gradient. */
  report(subject?: { name: string; size: number }): GradientReport {
    const { point, evaluations } = this.#probe;
    // Elements that were found say more than the directions in which they were found.
    const entries = this.#found.length > 0 ? this.#found : this.#worst;
    const parts: GradientPart[] = Array.from(this.#parts, ([name, verdict]) => ({ name, verdict }));
    return new GradientReport({
      verdict: ORDER.find((verdict) => this.#counts[verdict] > 0) ?? "ok",
      entries,
      counts: this.#counts,
      checked: this.#checked,
      subject: subject?.name ?? "gradient",
      size: subject?.size ?? point.elements.length,
      directions: this.#directions,
      evaluations,
      atol: this.#tolerance.atol,
      rtol: this.#tolerance.rtol,
      maxAbsoluteError: this.#maxAbsoluteError,
      maxRelativeError: this.#maxRelativeError,
      parts,
    });
  }
}

/** The larger number; the other one if one is NaN. */
function larger(a: number, b: number): number {
  return b > a || Number.isNaN(a) ? b : a;
}

function entryOf(index: number, got: number, judgement: Judgement, name: string): GradientEntry {
  const { expected } = judgement;
  const absoluteError = Math.abs(expected - got);
  const relativeError = absoluteError === 0 ? 0 : absoluteError / Math.max(Math.abs(expected), Math.abs(got));
  return { ...judgement, index, name, got, absoluteError, relativeError };
}

/** Whether an entry comes before another one in a report. */
function isWorse(entry: GradientEntry, other: GradientEntry): boolean {
  const [a, b] = [ORDER.indexOf(entry.verdict), ORDER.indexOf(other.verdict)];
  return a === b ? sizeOf(entry) > sizeOf(other) : a < b;
}

/** The error of an entry. An entry that is NaN is the worst. */
function sizeOf({ absoluteError }: GradientEntry): number {
  return Number.isNaN(absoluteError) ? Number.POSITIVE_INFINITY : absoluteError;
}

/** Inserts an entry into a short list that is sorted, the worst first. */
function insert(list: GradientEntry[], entry: GradientEntry): void {
  if (list.length === MOST_LISTED && !isWorse(entry, list.at(-1)!)) return;
  const place = list.findIndex((other) => isWorse(entry, other));
  list.splice(place < 0 ? list.length : place, 0, entry);
  if (list.length > MOST_LISTED) list.pop();
}
