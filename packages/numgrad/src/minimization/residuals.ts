import { isFloat32Array } from "../brand.js";
import { ignoreRejection, isFiniteVector, vectorValue } from "../differences/evaluation.js";
import { FloatType } from "../differences/float-type.js";
import type { Limits } from "../differences/limits.js";
import { Point, type PointLike } from "../differences/point.js";
import type { Watch } from "../differences/watch.js";
import { ArgumentError, describe, FunctionError, messageOf } from "../errors.js";
import { isArrayLike, isMatrix, makeMatrix } from "../shape.js";
import type { Columns } from "./singular-values.js";
import { norm } from "./singular-values.js";

/** A Jacobian by columns, and how precise it is relative to the norm of each column. */
export interface Slopes {
  readonly columns: Columns;
  readonly precision: number;
}

/** The step of central differences in units of |x|: about ∛ε of float64, and of float32. */
const STEP = { double: 2 ** -17, single: 2 ** -8 } as const;

/** Where a value beside x is NaN or infinite, the step is divided by 16 this often. */
const MOST_SHORTENINGS = 6;

/** The relative error of central differences with `STEP`. */
const DIFFERENCE_PRECISION = { double: 2 ** -30, single: 2 ** -12 } as const;

/** The steps of extrapolated differences in units of |x|: from 2⁻⁵ down to 2⁻³³, each a quarter of the one before. */
const FINE_STEPS = /* @__PURE__ */ Array.from({ length: 15 }, (_, k) => 2 ** (-5 - 2 * k));

/** So many steps are taken at least, and more only until the slopes have this precision. */
const LEAST_STEPS = 4;
const ENOUGH = { double: 2 ** -20, single: 2 ** -10 } as const;

/** The steps where a parameter is 0, and its size is unknown: from 64 down to 4 · 10⁻¹². */
const WIDE_STEPS = /* @__PURE__ */ Array.from({ length: 23 }, (_, k) => 64 * 4 ** -k);

/** How often a difference is extrapolated. */
const MOST_ORDERS = 3;

/** The functions of a fit: the residuals, and the Jacobian of the user if there is one. They receive copies of x. */
export class Residuals {
  /** How often the residuals were computed. */
  evaluations = 0;
  readonly #f: (x: unknown) => unknown;
  readonly #jacobian: ((x: unknown) => unknown) | undefined;
  readonly #start: PointLike;
  /** Whether x is rounded to float32. */
  readonly #isFloat32: boolean;
  readonly #limits: Limits;
  readonly #watch: Watch;
  readonly #type = new FloatType();
  #length: number | undefined;
  /** The size of each parameter so far, for the difference steps where it is 0. */
  readonly #sizes: Float64Array;

  constructor(
    f: (x: unknown) => unknown,
    jacobian: ((x: unknown) => unknown) | undefined,
    { start, limits, watch }: { start: PointLike; limits: Limits; watch: Watch },
  ) {
    this.#f = f;
    this.#jacobian = jacobian;
    this.#start = start;
    this.#limits = limits;
    this.#watch = watch;
    const data = isMatrix(start) ? start.data : start;
    this.#isFloat32 = isFloat32Array(data);
    this.#sizes = new Float64Array(data.length);
  }

  /** Values in the form of `start`; an array of numbers becomes a Float64Array. */
  likeStart(values: Float64Array): Exclude<PointLike, readonly number[]> {
    const start = this.#start;
    const own = this.#isFloat32 ? Float32Array.from(values) : values.slice();
    return isMatrix(start) ? makeMatrix(start.shape[0], start.shape[1], own) : own;
  }

  /**
   * The residuals at x; undefined if one is NaN or infinite.
   *
   * @param index The parameter that was moved; −1 if x is a point of the fit.
   * @throws {FunctionError} if the function throws, returns no array of numbers, or changes x.
   */
  at(x: Float64Array, index = -1): Float64Array | undefined {
    const values = this.#evaluate(x, index);
    return isFiniteVector(values) ? values : undefined;
  }

  /** The residuals at the start, which must be finite. @throws {FunctionError} if they are not. */
  atStart(x: Float64Array): Float64Array {
    const values = this.#evaluate(x, -1);
    const k = values.findIndex((value) => !Number.isFinite(value));
    if (k >= 0) {
      const message = `residuals must return finite numbers at start, element ${k} is ${values[k]}`;
      throw new FunctionError(message, -1, { value: values[k] });
    }
    for (const value of values) this.#type.see(value);
    return values;
  }

  /** The Jacobian at x; undefined if it has no finite value. `here` are the residuals at x. */
  slopes(x: Float64Array, here: Float64Array): Slopes | undefined {
    if (this.#jacobian) return this.#userSlopes(x, here.length);
    for (const [j, value] of x.entries()) this.#sizes[j] = Math.max(this.#sizes[j]!, Math.abs(value));
    // There is no size to begin with: the steps must follow from the residuals.
    if (this.#sizes.some((size, j) => size === 0 && !this.#isFixed(j))) return this.preciseSlopes(x, here);
    const columns: Float64Array[] = [];
    for (let j = 0; j < x.length; j++) {
      let column = this.#column(x, j, here);
      // The step may be too long: if a parameter is a date, 2⁻¹⁷ of it is weeks.
      if (column && norm(column) === 0) column = this.#preciseColumn(x, j)?.column ?? column;
      if (!column || !isFiniteVector(column)) return undefined;
      columns.push(column);
    }
    return { columns, precision: DIFFERENCE_PRECISION[this.#kind] };
  }

  /** The Jacobian by extrapolated differences, with about as many digits as float64 allows. */
  preciseSlopes(x: Float64Array, here: Float64Array): Slopes | undefined {
    if (this.#jacobian) return this.#userSlopes(x, here.length);
    let precision = here.length * 2 ** -52;
    const columns: Float64Array[] = [];
    for (let j = 0; j < x.length; j++) {
      const found = this.#preciseColumn(x, j);
      const column = found?.column ?? (this.#sizes[j]! > 0 ? this.#column(x, j, here) : undefined);
      if (!column || !isFiniteVector(column)) return undefined;
      precision = Math.max(precision, found?.precision ?? DIFFERENCE_PRECISION[this.#kind]);
      columns.push(column);
    }
    return { columns, precision };
  }

  get #kind(): "single" | "double" {
    return this.#isFloat32 || this.#type.isSingle ? "single" : "double";
  }

  #isFixed(j: number): boolean {
    return this.#limits.lower(j) === this.#limits.upper(j);
  }

  #evaluate(x: Float64Array, index: number): Float64Array {
    this.#watch.check(this.evaluations);
    this.evaluations++;
    const point = new Point(this.likeStart(x));
    const asyncHint = "leastSquares takes no async f";
    const values = vectorValue(this.#f, point.input, { index, name: point.name, length: this.#length, asyncHint });
    point.checkUnchanged();
    this.#length = values.length;
    return values;
  }

  /**
   * The slopes by parameter j, extrapolated from central differences to h = 0 as by Ridders. Of all extrapolations, that
   * one is taken which differs least from the two that it was made of. Slopes that are all 0 are taken only if no step
   gives others: both points may be where the residuals are flat. undefined if there is no room for two steps.
   */
  #preciseColumn(x: Float64Array, j: number): { column: Float64Array; precision: number } | undefined {
    if (this.#isFixed(j)) return { column: new Float64Array(this.#length!), precision: 0 };
    const size = this.#sizes[j]!;
    const steps = size > 0 ? FINE_STEPS : WIDE_STEPS;
    let best: { column: Float64Array; precision: number } | undefined;
    let flat: Float64Array | undefined;
    let previous: Float64Array[] = [];
    for (const [k, step] of steps.entries()) {
      if (k >= LEAST_STEPS && size > 0 && best && best.precision <= ENOUGH[this.#kind]) break;
      const h = step * (size > 0 ? Math.max(Math.abs(x[j]!), 1e-3 * size) : 1);
      const right = this.#beside(x, j, x[j]! + h);
      const left = right && this.#beside(x, j, x[j]! - h);
      if (!right || !left) continue;
      const row = [quotient(right, left)];
      for (const [order, coarse] of previous.slice(0, MOST_ORDERS).entries()) {
        const fine = row[order]!;
        const weight = 1 / (16 ** (order + 1) - 1);
        const column = fine.map((value, i) => value + (value - coarse[i]!) * weight);
        const change = Math.max(distance(column, fine), distance(column, coarse));
        const length = norm(column);
        const precision = change / length;
        if (length === 0) flat ??= column;
        else if (precision < (best?.precision ?? Number.POSITIVE_INFINITY)) best = { column, precision };
        row.push(column);
      }
      previous = row;
    }
    return best ?? (flat && { column: flat, precision: 0 });
  }

  /** The slopes of the residuals by parameter j; undefined if the residuals are not finite on any side of x. */
  #column(x: Float64Array, j: number, here: Float64Array): Float64Array | undefined {
    if (this.#isFixed(j)) return new Float64Array(here.length);
    const value = x[j]!;
    let h = STEP[this.#kind] * Math.max(Math.abs(value), 1e-3 * this.#sizes[j]!);
    for (let round = 0; round < MOST_SHORTENINGS; round++) {
      const right = this.#beside(x, j, value + h);
      const left = this.#beside(x, j, value - h);
      if (right && left) return quotient(right, left);
      // On one side of x, the parabola through three points is as good as a central difference.
      const sign = right ? 1 : -1;
      const near = right ?? left;
      const far = near && this.#beside(x, j, value + sign * 2 * h);
      if (near && far) return parabola(near, far, { at: value, values: here });
      h /= 16;
    }
    return undefined;
  }

  #beside(x: Float64Array, j: number, value: number): Sample | undefined {
    const moved = x.slice();
    moved[j] = this.#isFloat32 ? Math.fround(value) : value;
    if (moved[j] === x[j] || moved[j]! < this.#limits.lower(j) || moved[j]! > this.#limits.upper(j)) return undefined;
    const values = this.at(moved, j);
    return values && { at: moved[j]!, values };
  }

  #userSlopes(x: Float64Array, m: number): Slopes | undefined {
    const point = new Point(this.likeStart(x));
    let result: unknown;
    try {
      result = this.#jacobian!(point.input);
    } catch (cause) {
      throw new FunctionError(`options.jacobian threw: ${messageOf(cause)}`, -1, { cause });
    }
    point.checkUnchanged();
    const columns = readColumns(result, m, x.length);
    return columns.every(isFiniteVector) ? { columns, precision: m * 2 ** -52 } : undefined;
  }
}

interface Sample {
  readonly at: number;
  readonly values: Float64Array;
}

function distance(a: Float64Array, b: Float64Array): number {
  return norm(a.map((value, i) => value - b[i]!));
}

function quotient(right: Sample, left: Sample): Float64Array {
  const width = right.at - left.at;
  return right.values.map((value, i) => (value - left.values[i]!) / width);
}

function parabola(near: Sample, far: Sample, here: Sample): Float64Array {
  const a = near.at - here.at;
  const b = far.at - here.at;
  return here.values.map((value, i) => {
    return ((near.values[i]! - value) * (b / a) - (far.values[i]! - value) * (a / b)) / (b - a);
  });
}

/** The columns of the Jacobian that the user returned: a Matrix, or an array of rows. */
function readColumns(result: unknown, m: number, n: number): Float64Array[] {
  const expected = `a Matrix of shape [${m}, ${n}], or ${m} rows of ${n} numbers`;
  const fail = (received: string) => new ArgumentError("the result of options.jacobian", expected, received);
  ignoreRejection(result);
  let at: (i: number, j: number) => unknown;
  if (isMatrix(result)) {
    const { shape, data } = result;
    if (shape?.[0] !== m || shape[1] !== n) throw fail(`a Matrix of shape [${shape}]`);
    if (!isArrayLike(data) || data.length !== m * n) throw fail(`a Matrix whose data are ${describe(data)}`);
    at = (i, j) => data[i * n + j];
  } else {
    if (!isArrayLike(result) || result.length !== m) throw fail(describe(result));
    const rows = Array.from(result as ArrayLike<unknown>, (row) => {
      if (!isArrayLike(row) || row.length !== n) throw fail(`a row that is ${describe(row)}`);
      return row;
    });
    at = (i, j) => rows[i]![j];
  }
  return Array.from({ length: n }, (_, j) =>
    Float64Array.from({ length: m }, (_, i) => {
      const value = at(i, j);
      if (typeof value === "number") return value;
      const message = `options.jacobian must return numbers, element [${i}, ${j}] is ${describe(value)}`;
      throw new FunctionError(message, -1, { value });
    }),
  );
}
