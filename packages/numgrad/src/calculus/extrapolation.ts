/**
 * Slopes by Richardson extrapolation, with an estimate of the error.
 *
 * The difference quotient with the step h is Q(h) = f′ + c₁h² + c₂h⁴ + … (in powers of h if it is one-sided). Neville's
 * tableau takes the quotients of ever smaller h and extrapolates them to h = 0. The tableau cannot know from which h on
 * the series holds, and from which h on rounding is larger than it. So each h (each level) gives a candidate with an
 * error,
 *
 *   error = difference to its neighbours in the tableau + rounding, propagated through the tableau,
 *
 * and the best candidate is kept, until smaller h cannot give a better one. This error alone would be wrong in three
 * cases. So there are three looks:
 *
 * - If f has a kink at x itself, the central quotients converge at once: those of |x| at 0 are all 0. So the curvature
 *   (f(x+h) − 2f(x) + f(x−h)) / h² has a tableau of its own. For a smooth f the curvature converges too. At a kink it
 *   grows like J/h, where J is the jump of the slope. So h times its error is part of the error.
 * - f may be noisier than a few roundings of its value, for instance if it cancels inside. Candidates with smaller h
 *   than the best show the noise: it is their distance to the best candidate, divided by their gain.
 * - The candidates may have converged to something else than the slope, if every h was a multiple of a period of f, or
 *   larger than a feature of f. So there is a last look, with an h far below the best. If it contradicts the slope,
 *   another ladder is started there (`adaptive.ts`).
 *
 * The method is that of Ridders (C. Ridders, Advances in Engineering Software 4, 1982; Numerical Recipes, section 5.7).
 * numdifftools and scipy.differentiate use such methods too. The three looks are ours, because with the differences in
 * the tableau alone every 40th case of test/calculus/derivative.test.ts is missed.
 */

/** The values of f for one h, right and left of x and at x. */
export interface Level {
  /** Distance between the two outer points. */
  readonly width: number;
  /** Half of the width, or the width if one of the points is x. */
  readonly h: number;
  readonly right: number;
  readonly left: number;
  readonly here: number;
  /** |x|. It is rounded inside f, as the values of f are. */
  readonly size: number;
}

/** Each h is the one before, divided by this. */
export const RATIO = 2;

/** The assumed number of roundings of a value of f. */
const ROUNDINGS = 4;

/** The number of levels without a better candidate after which the best is taken. */
const PATIENCE = 4;

/** The largest noise that was not seen, relative to the largest noise that was seen. */
const NOISE_MARGIN = 3;

/** The relative error below which a value counts as converged. */
const CONVERGED = 1e-3;

/** The largest number of columns. More do not help: the weights of the eighth are 1 to twelve digits. */
const MOST_COLUMNS = 8;

/** A ladder: levels with ever smaller h, and the best slope that they have given so far. */
export class Ladder {
  /** The best slope so far. */
  value = Number.NaN;
  /** The change of `value` if f changes by 1. */
  gain = 0;
  /** The h that gave `value`. */
  h = Number.POSITIVE_INFINITY;
  /** Whether `value` is right to three digits, relative to itself or to the slopes on both sides. */
  converged = false;
  /** Whether a smaller h would not help. */
  settled = false;
  #error = Number.POSITIVE_INFINITY;
  /** The noise of f that levels below the best have shown. */
  #noise = 0;
  #patience = 0;
  /** At the best h: |value|, or the larger slope of the two sides if that is larger. */
  #steepness = 0;
  /** At the best h: by how much the quotient differed from that of the level before. */
  #change = 0;
  /** At the best h: |f″| by differences. */
  #curvature = 0;
  /** The smallest change of f that was seen. */
  #grain = Number.POSITIVE_INFINITY;
  readonly #slopes: Tableau;
  readonly #curvatures: Tableau | undefined;
  readonly #unit: number;

  /**
   * @param central Whether the quotients are central.
   * @param unit The unit roundoff of f: 2⁻⁵³, or 2⁻²⁴ for float32.
   */
  constructor(central: boolean, unit: number) {
    this.#unit = unit;
    this.#slopes = new Tableau(central ? 2 : 1);
    this.#curvatures = central ? new Tableau(2) : undefined;
  }

  /** An upper bound of |value − true slope|, as far as this ladder can tell. */
  get error(): number {
    return Math.max(this.#error, NOISE_MARGIN * this.gain * this.#noise);
  }

  /** Counts a deviation by `difference` of a slope with this gain as noise of f. */
  addNoise(difference: number, gain: number): void {
    this.#noise = Math.max(this.#noise, difference / gain);
  }

  /** Makes the error at least as large as this. */
  doubt(error: number): void {
    this.#error = Math.max(this.#error, error);
  }

  /** Adds the next level, with a smaller h than the one before. */
  add(level: Level): void {
    const { width, h, right, left, here } = level;
    // If f has the same value at all three points, though it had not before, h may be below the grain of f.
    const change = Math.max(Math.abs(right - here), Math.abs(left - here));
    const isFlat = change === 0 && this.#grain < Number.POSITIVE_INFINITY;
    if (isFlat && this.converged) this.settled = true;
    if (this.settled) return;
    // The quotient and its rounding go into the tableau of the slopes, which gives a candidate.
    const quotient = (right - left) / width;
    const noise = isFlat ? this.#grain : this.#roundings(level);
    if (change > 0) this.#grain = Math.min(this.#grain, change);
    const rounding = noise / width + ROUNDINGS * this.#unit * Math.abs(quotient);
    const candidate = this.#slopes.add(h, quotient, rounding);
    // The curvature goes into its own tableau: at a kink its error is large, and so becomes the candidate's.
    if (this.#curvatures) {
      const half = width / 2;
      const curvature = (right - here - (here - left)) / half / half;
      const bend = this.#curvatures.add(h, curvature, (2 * noise) / half / half);
      candidate.error = Math.max(candidate.error, 2 * half * bend.error);
    }
    this.#compare(candidate, level);
    this.converged = this.#error <= CONVERGED * this.#steepness;
    this.settled = RATIO * rounding >= this.#error || (this.converged && this.#patience >= PATIENCE);
  }

  /** Keeps the candidate if it is the best. Else its distance to the best is noise of f. */
  #compare(candidate: Candidate, level: Level): void {
    if (candidate.error < this.#error) {
      this.value = candidate.value;
      this.gain = candidate.gain;
      this.h = level.h;
      const steepest = Math.max(Math.abs(level.right - level.here), Math.abs(level.here - level.left)) / level.width;
      this.#steepness = Math.max(Math.abs(candidate.value), steepest);
      this.#change = this.#slopes.change;
      this.#curvature = Math.abs(this.#curvatures?.first ?? 0);
      this.#error = candidate.error;
      this.#noise = 0;
      this.#patience = 0;
    } else {
      this.#patience++;
      this.addNoise(Math.abs(candidate.value - this.value), candidate.gain);
    }
  }

  /** By how much a level far below the best contradicts the slope; 0 if it does not. */
  contradiction(level: Level): number {
    const { width, right, left, here, h } = level;
    // The quotient may differ by the error, the rounding, and the truncation: what the first column's terms in h² (or
    // h) come to for this h.
    const quotient = (right - left) / width;
    const noise = this.#roundings(level) / width;
    const shrinkage = h / this.h;
    const truncation = 4 * this.#change * (this.#curvatures ? shrinkage ** 2 : shrinkage);
    const gap = Math.abs(quotient - this.value);
    let excess = gap > this.error + 2 * noise + truncation ? gap : 0;
    // The slopes on both sides may differ by the error, the rounding, and the curvature.
    if (this.#curvatures) {
      const bend = Math.abs(right - here - (here - left)) / width;
      if (bend > this.error + 4 * noise + this.#curvature * width) excess = Math.max(excess, bend);
    }
    return excess;
  }

  /** The error of a difference of two values of f by rounding. */
  #roundings({ width, right, left, here, size }: Level): number {
    const values = 2 * Math.max(Math.abs(right), Math.abs(left), Math.abs(here));
    return ROUNDINGS * this.#unit * (values + Math.max(size, width) * Math.abs((right - left) / width));
  }
}

/** A value of the tableau, with its error, and the change of the value if f changes by 1. */
interface Candidate {
  value: number;
  error: number;
  gain: number;
}

/**
 * Neville's tableau in powers of h. Each level adds a row. Column 0 has the value of the level itself; in column j the
 * terms of the first j powers of h are eliminated from the values of the last j + 1 levels.
 */
class Tableau {
  readonly #power: number;
  readonly #hs: number[] = [];
  /** The last row, from which the next one is made: values, errors by rounding, and gains. */
  #values: number[] = [];
  #roundings: number[] = [];
  #gains: number[] = [];

  /** @param power The exponent of h in the first term of the series. */
  constructor(power: number) {
    this.#power = power;
  }

  /** The value in column 0 of the last row. */
  first = 0;
  /** By how much it differs from that of the row before. */
  change = 0;

  /** Adds a row. Returns the value in it with the smallest error. */
  add(h: number, value: number, rounding: number): Candidate {
    const gain = 1 / h;
    const values = [value];
    const roundings = [rounding];
    const gains = [gain];
    const best: Candidate = { value, error: Number.POSITIVE_INFINITY, gain };
    this.#hs.push(h);
    const columns = Math.min(this.#hs.length - 1, MOST_COLUMNS);
    for (let j = 1; j <= columns; j++) {
      // The neighbours, in this row and in the row before, are extrapolated to h = 0 by a straight line in h^power.
      const q = (this.#hs.at(-1 - j)! / h) ** this.#power;
      const before = this.#values[j - 1]!;
      const change = (values[j - 1]! - before) / (q - 1);
      const next = values[j - 1]! + change;
      values[j] = next;
      // Rounding errors and gains go the same way, but their absolute values add up.
      roundings[j] = (roundings[j - 1]! * q + this.#roundings[j - 1]!) / (q - 1);
      gains[j] = (gains[j - 1]! * q + this.#gains[j - 1]!) / (q - 1);
      const error = Math.max(Math.abs(change), Math.abs(next - before)) + roundings[j]!;
      if (error < best.error) Object.assign(best, { value: next, error, gain: gains[j] });
    }
    this.first = value;
    this.change = columns > 0 ? Math.abs(value - this.#values[0]!) : 0;
    this.#values = values;
    this.#roundings = roundings;
    this.#gains = gains;
    return best;
  }
}
