import { FunctionError } from "../errors.js";
import { type Level, type Line, levelAt, START, withRoom } from "./line.js";
import type { Work } from "./work.js";

/** The factor between two neighbouring levels before any are put between them. */
export const GRID = 64;

/** The largest number of levels that the first h is divided by `GRID`. */
const MOST_LEVELS = 6;

/** The largest number of steps that are tried until f is finite at one. */
const MOST_TRIALS = 60;

/** Steps that differ by less are the same step. */
const SAME = 1e-3;

/** The levels of a line: f on both sides of x, for many h. */
export class Ladder {
  /** The levels, the smallest h first. */
  readonly levels: Level[] = [];
  readonly line: Line;
  /** |x|, but not too small; 1 for x = 0. */
  readonly size: number;
  /** Larger steps are taken only if f does not change within this one. */
  readonly usual: number;
  readonly #tried: number[] = [];
  /** The largest h of the first levels. */
  readonly #first: number;
  /** The smallest h of the first levels, in units of |x|. */
  readonly #finest: number;
  /** The smallest h that says something: a few digits are left of x ± h. */
  readonly #least: number;
  #most: number;
  #descents: number;

  constructor(asked: Line) {
    const { line, room } = withRoom(asked);
    this.line = line;
    const { x, h, single, isLocal, finest = single ? 2 ** -12 : 2 ** -40 } = line;
    // Where numbers have less digits than elsewhere, the steps are larger than x.
    this.size = x === 0 ? 1 : Math.max(Math.abs(x), single ? 1e-30 : 1e-290);
    this.usual = 8 * START * Math.max(1, this.size);
    this.#least = line.least ?? (x === 0 ? 1e-300 : this.size * (single ? 2 ** -20 : 2 ** -48));
    this.#most = Math.min(h ?? (isLocal ? this.usual : 2 ** 20 * Math.max(1, this.size)), room);
    this.#descents = x === 0 ? 7 : 3;
    this.#first = Math.min(h ?? START * this.size, room);
    this.#finest = finest;
  }

  /** Adds the first levels, from below: their h are the largest one divided by powers of `GRID`. */
  *begin(): Work<void> {
    const largest = this.#first;
    let exponent = 0;
    while (exponent < MOST_LEVELS && largest * GRID ** -(exponent + 1) >= this.size * this.#finest) exponent++;
    const { least = 0 } = this.line;
    for (let trials = 0; exponent >= 0 && trials < MOST_TRIALS; trials++) {
      if (largest * GRID ** -exponent < least) break;
      if ((yield* this.add(largest * GRID ** -exponent)) !== "too large") exponent--;
      // A larger h has no finite values either. If there is no level yet, a smaller one may have some.
      else if (this.levels.length > 0) break;
      else exponent += trials < 4 ? 1 : 4;
    }
  }

  /** Evaluates f for this h. */
  *add(h: number): Work<Level | "too small" | "too large"> {
    this.#tried.push(h);
    const level = yield* this.#levelAt(h);
    if (level === "too large") this.#most = Math.min(this.#most, h / 1.5);
    if (typeof level === "string") return level;
    const place = this.levels.findIndex((other) => other.h > h);
    this.levels.splice(place < 0 ? this.levels.length : place, 0, level);
    return level;
  }

  *#levelAt(h: number): Work<Level | "too small" | "too large"> {
    if (h <= this.usual) return yield* levelAt(this.line, h);
    try {
      return yield* levelAt(this.line, h);
    } catch (error) {
      // Nobody expects that f is called so far from x. There it may throw.
      if (error instanceof FunctionError) return "too large";
      throw error;
    }
  }

  /** Those of the steps that can be added and were not tried. */
  untried(...hs: number[]): number[] {
    return hs.filter((h) => {
      const isPossible = h <= this.#most * (1 + SAME) && h >= this.#least;
      return isPossible && !this.#tried.some((other) => Math.abs(other - h) <= SAME * h);
    });
  }

  /** Allows no more levels. */
  close(): void {
    this.#most = 0;
  }

  /** The next smaller step below all levels; none after a few. */
  below(): number[] {
    if (this.#descents === 0) return [];
    const hs = this.untried(Math.max(this.levels[0]!.h / GRID, this.#least));
    if (hs.length > 0) this.#descents--;
    return hs;
  }
}
