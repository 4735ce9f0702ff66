import type { DifferenceMethod } from "./difference-options.js";
import { Ladder, type Level, RATIO } from "./extrapolation.js";

/** The largest number of levels. After so many, even a kink is given up. */
const MOST_LEVELS = 60;

/** The last look is taken with the best h times this. */
const LOOK = 2 ** -8;

/** The largest number of last looks, each of which may start another ladder. After so many, the error stays large. */
const MOST_LOOKS = 5;

/**
 * The first and largest h, in units of max(1, |x|). It is not a simple fraction, so that h is not a multiple of a
 * period of f.
 */
const START = 0.37;

/** f along one element of x. */
export interface Line {
  /** The value of the element in x. */
  readonly x: number;
  readonly method: DifferenceMethod;
  readonly lower: number;
  readonly upper: number;
  /** The first and largest h; undefined for a value that suits x. */
  readonly h: number | undefined;
  /** Whether x is a float32. */
  readonly single: boolean;
  /** f at x, one number for each output. */
  readonly here: Float64Array;
  /** f with the element at this value; undefined if an output is NaN or infinite. */
  valuesAt(x: number): Float64Array | undefined;
}

/** A slope with an upper bound of its error, if f is smooth. */
export interface Slope {
  readonly value: number;
  readonly error: number;
}

/** The slopes of all outputs of f along a line; undefined if f has finite values for no h. */
export function slopesAlong(line: Line): Slope[] | undefined {
  const { method, h } = chooseSide(line);
  const best = descend(line, method, h);
  if (!best) return undefined;
  // The outputs whose ladder needs a last look: at first all of them.
  let open = Array.from(best.keys());
  for (let look = 0; look < MOST_LOOKS && open.length > 0; look++) {
    // The look is a single level with an h far below the best of all open outputs.
    const farH = LOOK * Math.min(...open.map((k) => best[k]!.h));
    const ends = endsOf(line, method, farH);
    const levels = ends && levelsAt(line, ends);
    if (!levels) break;
    const contradicted = open.map((k) => ({ k, gap: best[k]!.contradiction(levels[k]!) })).filter(({ gap }) => gap > 0);
    if (contradicted.length === 0) break;
    // Where the look contradicts a ladder, another ladder is started just above it.
    const finer = descend(line, method, 4 * farH);
    open = [];
    for (const { k, gap } of contradicted) {
      const ladder = finer?.[k];
      if (ladder && overrules(ladder, best[k]!)) {
        // The finer ladder replaces the coarser one, and needs a last look of its own.
        best[k] = ladder;
        open.push(k);
      } else reconcile(best[k]!, ladder, gap);
    }
  }
  return best.map(({ value, error }) => ({ value, error }));
}

/** Whether a finer ladder has converged to another slope, so that the coarser one was wrong. */
function overrules(finer: Ladder, coarser: Ladder): boolean {
  return finer.converged && finer.error <= 1e-3 * Math.abs(finer.value - coarser.value);
}

/**
 * Enlarges the error of a ladder that a last look contradicts, but whose slope is kept.
 *
 * @param finer The ladder that was started at the look, if f is finite there.
 * @param gap The size of the contradiction.
 */
function reconcile(ladder: Ladder, finer: Ladder | undefined, gap: number): void {
  const difference = finer ? Math.abs(finer.value - ladder.value) : Number.POSITIVE_INFINITY;
  // If the two slopes agree within their errors, f is noisier than it seemed. Else the slope is doubtful.
  if (finer?.converged && difference <= finer.error + ladder.error) ladder.addNoise(difference, finer.gain);
  else ladder.doubt(Math.max(gap, Number.isFinite(difference) ? difference : 0));
}

/**
 * One ladder for each output, from h downwards until a smaller h helps no output any more; undefined if f is finite for
 * no h.
 */
function descend(line: Line, method: DifferenceMethod, start: number): Ladder[] | undefined {
  const unit = line.single ? 2 ** -24 : 2 ** -53;
  const ladders = Array.from({ length: line.here.length }, () => new Ladder(method === "central", unit));
  let h = start;
  let isDefined = false;
  for (let count = 0; count < MOST_LEVELS; count++) {
    const ends = endsOf(line, method, h);
    if (!ends) break;
    const levels = levelsAt(line, ends);
    if (levels) {
      isDefined = true;
      for (const [k, ladder] of ladders.entries()) ladder.add(levels[k]!);
      if (ladders.every(({ settled }) => settled)) break;
      h /= RATIO;
    } else {
      // h is too large for f. If it is larger than half of |x|, a fraction of |x| is the next guess.
      const size = Math.abs(line.x);
      h = size > 0 && h > size / 2 ? size * START : h / 4;
    }
  }
  return isDefined ? ladders : undefined;
}

/** The two points of a difference. One of them is x itself, unless the method is central. */
interface Ends {
  readonly left: number;
  readonly right: number;
  /** Distance from x to the farther end; for a central difference half of the distance between the ends. */
  readonly h: number;
}

/** The ends of a difference with the step h; undefined if the bounds, or the rounding of x ± h, leave no room. */
function endsOf({ x, single, lower, upper }: Line, method: DifferenceMethod, h: number): Ends | undefined {
  const round = (value: number) => (single ? Math.fround(value) : value);
  const right = method === "backward" ? x : Math.min(round(x + h), upper);
  const left = method === "forward" ? x : Math.max(round(x - h), lower);
  if (right === left || (method === "central" && (right === x || left === x))) return undefined;
  return { left, right, h: method === "central" ? (right - left) / 2 : right - left };
}

/** The values of f at the ends: a level for each output; undefined if a value is NaN or infinite. */
function levelsAt(line: Line, { left, right, h }: Ends): Level[] | undefined {
  const { x, here } = line;
  const rights = right === x ? here : line.valuesAt(right);
  const lefts = rights && (left === x ? here : line.valuesAt(left));
  if (!rights || !lefts) return undefined;
  const [width, size] = [right - left, Math.abs(x)];
  const levels: Level[] = [];
  for (let k = 0; k < here.length; k++) {
    levels.push({ width, h, right: rights[k]!, left: lefts[k]!, here: here[k]!, size });
  }
  return levels;
}

/** The method and the first h that the bounds leave room for. */
function chooseSide({ x, method, lower, upper, h = START * Math.max(1, Math.abs(x)) }: Line) {
  const [left, right] = [x - lower, upper - x];
  const room = { central: Math.min(left, right), forward: right, backward: left };
  // If h had to be much smaller than on the other side, its differences would mostly measure rounding.
  if (room[method] >= Math.min(h, Math.max(left, right)) / 16) return { method, h: Math.min(h, room[method]) };
  const otherMethod: DifferenceMethod = right >= left ? "forward" : "backward";
  return { method: otherMethod, h: Math.min(h, room[otherMethod]) };
}
