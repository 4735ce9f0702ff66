import type { Limits } from "../differences/limits.js";
import type { Residuals, Slopes } from "./residuals.js";
import { norm, product } from "./singular-values.js";
import { boundedStep, freeParameters, type LinearModel, type Step } from "./trust-region.js";

/** Why a fit ended: which of the criteria was met. */
export type LeastSquaresStatus = "gtol" | "ftol" | "xtol" | "maxEvaluations";

/** When a fit ends. */
export interface Criteria {
  readonly ftol: number;
  readonly xtol: number;
  readonly gtol: number;
  readonly maxEvaluations: number;
}

/** A place on the way of a fit. */
export interface Place extends Slopes {
  readonly x: Float64Array;
  readonly residuals: Float64Array;
  /** ½ Σ r² */
  readonly cost: number;
}

/** The first radius of the trust region, in units of the scaled x. A larger one lets the first step leave a valley. */
const FIRST_RADIUS = 1;

/** A step must reduce the cost by this part of the reduction that the linear model predicts. */
const LEAST_GAIN = 1e-4;

/** The largest number of steps with the precise Jacobian. */
const MOST_REFINEMENTS = 12;

/** A step with the precise Jacobian that is shorter than this part of x changes nothing that counts. */
const LEAST_REFINEMENT = 1e-12;

/** ½ Σ r² */
export function costOf(residuals: Float64Array): number {
  return product(residuals, residuals) / 2;
}

/**
 * Levenberg and Marquardt's iteration in the form of Moré: the step is the minimum of the linear model in a trust
 * region, scaled by the largest norm that each column of the Jacobian has had. (J. J. Moré, *The Levenberg–Marquardt
 * algorithm: implementation and theory*, 1978; MINPACK's lmder.)
 */
export class LevenbergMarquardt {
  iterations = 0;
  readonly #functions: Residuals;
  readonly #limits: Limits;
  readonly #criteria: Criteria;
  readonly #round: (value: number) => number;
  #place: Place;
  #scale: Float64Array;
  #radius: number;

  constructor(
    functions: Residuals,
    start: Place,
    { limits, criteria, round }: { limits: Limits; criteria: Criteria; round: (value: number) => number },
  ) {
    this.#functions = functions;
    this.#limits = limits;
    this.#criteria = criteria;
    this.#round = round;
    this.#place = start;
    this.#scale = Float64Array.from(start.columns, (column) => norm(column) || 1);
    this.#radius = FIRST_RADIUS * (this.#size || 1);
  }

  /** Where the fit is. */
  get place(): Place {
    return this.#place;
  }

  /** Goes on until a criterion is met. */
  run(): LeastSquaresStatus {
    for (;;) {
      if (this.#flatness <= this.#criteria.gtol) return "gtol";
      const status = this.#iterate();
      if (status) return status;
    }
  }

  /**
   * Makes the last digits right: Gauss–Newton steps with the precise Jacobian, as long as they do not raise the cost.
   *
   * @returns The place with the precise Jacobian.
   */
  refine(): Place {
    let place = this.#place;
    for (let round = 0; ; round++) {
      const slopes = this.#functions.preciseSlopes(place.x, place.residuals);
      // At the last place the slopes are known.
      if (!slopes) return this.#place;
      place = { ...place, ...slopes };
      this.#place = place;
      if (round === MOST_REFINEMENTS) return place;
      const { step, length, predicted } = boundedStep(this.#model, this.#limits, Number.MAX_VALUE);
      const isSmall = length <= LEAST_REFINEMENT * this.#size;
      // A long step is not one of the last digits.
      if (isSmall || !(predicted > 0) || length > 1e-2 * this.#size) return place;
      const next = this.#trial(step);
      // The costs of two places that are so near differ by rounding errors.
      const noise = next ? next.residuals.length * 2 ** -52 * place.cost : 0;
      if (!next || next.cost > place.cost + noise) return place;
      place = { ...place, ...next };
    }
  }

  /** Steps, with smaller and smaller trust regions, until one reduces the cost. */
  #iterate(): LeastSquaresStatus | undefined {
    this.iterations++;
    const { xtol, maxEvaluations } = this.#criteria;
    for (;;) {
      if (this.#functions.evaluations >= maxEvaluations) return "maxEvaluations";
      const step = boundedStep(this.#model, this.#limits, this.#radius);
      if (this.iterations === 1) this.#radius = Math.min(this.#radius, step.length || this.#radius);
      const trial = this.#trial(step.step);
      const isSame = trial?.x.every((value, j) => value === this.#place.x[j]);
      if (isSame) return "xtol";
      const reduction = trial ? this.#place.cost - trial.cost : Number.NEGATIVE_INFINITY;
      const gain = step.predicted > 0 ? reduction / step.predicted : -1;
      const isDone = this.#isFlat(reduction, step.predicted, gain);
      const slopes = trial && gain >= LEAST_GAIN ? this.#functions.slopes(trial.x, trial.residuals) : undefined;
      this.#resize(step, slopes || gain < LEAST_GAIN ? gain : -1);
      if (trial && slopes) {
        this.#place = { ...trial, ...slopes };
        for (const [j, column] of slopes.columns.entries()) this.#scale[j] = Math.max(this.#scale[j]!, norm(column));
      }
      if (isDone) return "ftol";
      if (this.#radius <= xtol * this.#size || this.#radius < Number.MIN_VALUE * 2 ** 52) return "xtol";
      if (slopes) return undefined;
    }
  }

  #isFlat(reduction: number, predicted: number, gain: number): boolean {
    const limit = this.#criteria.ftol * this.#place.cost;
    return Math.abs(reduction) <= limit && Math.abs(predicted) <= limit && gain <= 2;
  }

  /** Makes the trust region smaller after a bad step, and larger after a good one. */
  #resize({ length, isShortened }: Step, gain: number): void {
    if (!(gain >= 0.25)) this.#radius = Math.min(this.#radius, length) * (gain >= 0 ? 0.5 : 0.25);
    else if (gain >= 0.75 || !isShortened) this.#radius = Math.max(2 * length, isShortened ? 0 : this.#radius);
  }

  /** The residuals after a step; undefined if they or their squares are not finite. */
  #trial(step: Float64Array): Omit<Place, "columns" | "precision"> | undefined {
    const x = this.#place.x.map((value, j) => {
      const goal = this.#round(value + step[j]!);
      return Math.min(Math.max(goal, this.#limits.lower(j)), this.#limits.upper(j));
    });
    if (!x.every(Number.isFinite)) return undefined;
    const residuals = this.#functions.at(x);
    const cost = residuals ? costOf(residuals) : Number.NaN;
    return residuals && Number.isFinite(cost) ? { x, residuals, cost } : undefined;
  }

  get #model(): LinearModel {
    return { ...this.#place, scale: this.#scale };
  }

  /** ‖scale · x‖ */
  get #size(): number {
    return norm(this.#place.x.map((value, j) => value * this.#scale[j]!));
  }

  /** The largest cosine of the angle between the residuals and a column of the Jacobian; 0 at a minimum. */
  get #flatness(): number {
    const { residuals, columns } = this.#place;
    const length = norm(residuals);
    let largest = 0;
    for (const j of freeParameters(this.#model, this.#limits)) {
      const width = norm(columns[j]!);
      if (width > 0 && length > 0)
        largest = Math.max(largest, Math.abs(product(columns[j]!, residuals)) / width / length);
    }
    return largest;
  }
}
