import type { Limits } from "../differences/limits.js";
import type { Columns, SingularValues } from "./singular-values.js";
import { norm, product, singularValues } from "./singular-values.js";

/** The linear model r + J p of the residuals near x. */
export interface LinearModel {
  /** Where the model stands. */
  readonly x: Float64Array;
  /** r, the residuals at x. */
  readonly residuals: Float64Array;
  /** The columns of J, one for each parameter. */
  readonly columns: Columns;
  /** The scale of each column: the trust region is ‖scale · p‖ ≤ radius. */
  readonly scale: Float64Array;
  /** The relative precision of J. Smaller singular values of the scaled J count as 0. */
  readonly precision: number;
}

/** A step p from x. */
export interface Step {
  readonly step: Float64Array;
  /** ‖scale · p‖ */
  readonly length: number;
  /** By how much the model reduces ½ Σ r²; not positive if the bounds leave no way down. */
  readonly predicted: number;
  /** Whether the trust region was too small for the minimum of the model. */
  readonly isShortened: boolean;
}

/** The largest number of iterations for the length of a step, of which few are needed. */
const MOST_ITERATIONS = 30;

/**
 * The step to the minimum of the model within the trust region and the bounds. A parameter whose step would leave its
 * bounds is put on the bound, and the step of the others is computed again.
 */
export function boundedStep(model: LinearModel, limits: Limits, radius: number): Step {
  const { x, columns, residuals, scale } = model;
  const step = new Float64Array(x.length);
  const right = residuals.slice();
  let free = freeParameters(model, limits);
  let damping: number | undefined;
  while (free.length > 0) {
    const scaled = free.map((j) => columns[j]!.map((value) => value / scale[j]!));
    const svd = singularValues(scaled, right);
    damping ??= dampingFor(svd, radius, model.precision);
    const part = dampedStep(svd, damping, model.precision);
    const stopped: number[] = [];
    for (const [k, j] of free.entries()) {
      const goal = x[j]! + part[k]! / scale[j]!;
      const end = Math.min(Math.max(goal, limits.lower(j)), limits.upper(j));
      step[j] = goal === end ? part[k]! / scale[j]! : end - x[j]!;
      if (goal !== end) stopped.push(j);
    }
    if (stopped.length === 0) break;
    for (const j of stopped) for (let i = 0; i < right.length; i++) right[i]! += columns[j]![i]! * step[j]!;
    free = free.filter((j) => !stopped.includes(j));
  }
  const change = modelChange(columns, step);
  // ½‖r‖² − ½‖r + Jp‖², without the cancellation of the two.
  const predicted = -product(change, residuals) - product(change, change) / 2;
  return { step, length: norm(step.map((value, j) => value * scale[j]!)), predicted, isShortened: (damping ?? 0) > 0 };
}

/** The parameters that the gradient does not press against a bound. */
export function freeParameters({ x, columns, residuals }: LinearModel, limits: Limits): number[] {
  const free: number[] = [];
  for (let j = 0; j < x.length; j++) {
    const slope = product(columns[j]!, residuals);
    const isPressed = (x[j]! <= limits.lower(j) && slope >= 0) || (x[j]! >= limits.upper(j) && slope <= 0);
    if (!isPressed) free.push(j);
  }
  return free;
}

/** J p */
function modelChange(columns: Columns, step: Float64Array): Float64Array {
  const change = new Float64Array(columns[0]!.length);
  for (const [j, column] of columns.entries()) {
    if (step[j] !== 0) for (let i = 0; i < change.length; i++) change[i]! += column[i]! * step[j]!;
  }
  return change;
}

/** The least singular value that counts. */
export function leastValue(values: Float64Array, precision: number): number {
  return precision * values.reduce((most, value) => Math.max(most, value), 0);
}

/** −(AᵀA + λ)⁻¹ Aᵀ r of the scaled matrix A; for λ = 0 the shortest of all minima. */
function dampedStep({ values, vectors, projected }: SingularValues, damping: number, precision: number): Float64Array {
  const step = new Float64Array(vectors[0]!.length);
  const least = leastValue(values, precision);
  for (const [i, vector] of vectors.entries()) {
    const value = values[i]!;
    if (value <= (damping > 0 ? 0 : least)) continue;
    const factor = (-value / (value * value + damping)) * projected[i]!;
    for (let j = 0; j < step.length; j++) step[j]! += factor * vector[j]!;
  }
  return step;
}

/**
 * The damping λ ≥ 0 for which the step has the length of the trust region, to 10 %; 0 if the step without damping is
 * inside. The length falls with λ. It is found by Newton's iteration for the reciprocal of the length, as by Moré.
 */
function dampingFor({ values, projected }: SingularValues, radius: number, precision: number): number {
  const least = leastValue(values, precision);
  const measure = (damping: number) => {
    let [square, slope] = [0, 0];
    for (const [i, value] of values.entries()) {
      if (value <= (damping > 0 ? 0 : least)) continue;
      const divisor = value * value + damping;
      const part = (value * projected[i]!) / divisor;
      square += part * part;
      slope -= (part * part) / divisor;
    }
    const length = Math.sqrt(square);
    return { length, slope: slope / length };
  };
  const whole = measure(0);
  if (whole.length <= 1.1 * radius) return 0;
  let lower = 0;
  let upper = norm(values.map((value, i) => value * projected[i]!)) / radius;
  let damping = 1e-3 * upper;
  for (let iteration = 0; iteration < MOST_ITERATIONS; iteration++) {
    const { length, slope } = measure(damping);
    if (Math.abs(length - radius) <= 0.1 * radius) break;
    if (length > radius) lower = damping;
    else upper = damping;
    damping -= ((length - radius) / radius) * (length / slope);
    if (!(damping > lower && damping < upper)) damping = Math.max(Math.sqrt(lower * upper), 1e-3 * upper);
  }
  return damping;
}
