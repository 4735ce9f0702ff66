import type { MovablePoint } from "../differences/point.js";

/** The digits of the numbers of x. */
const DIGITS = { double: 52, single: 23 } as const;

/** The smallest step that says something, in units of |x|: a few digits are left of x ± h. */
const LEAST = { double: 5.7e-14, single: 1.5e-5 } as const;

/** A direction in which some elements of x move: for the step t, element i by t·weightᵢ. */
export class Direction {
  readonly indices: readonly number[];
  /** By what a slope along the direction is multiplied to get the slope along the vector that the direction is for. */
  readonly factor: number;
  readonly #weights: readonly number[];
  readonly #point: MovablePoint;

  private constructor(point: MovablePoint, indices: readonly number[], weights: readonly number[], factor: number) {
    this.#point = point;
    this.indices = indices;
    this.#weights = weights;
    this.factor = factor;
  }

  /** The direction of one element. Its unit is a power of two, so that few steps are rounded. */
  static axis(point: MovablePoint, index: number, unit = sizeOf(point, index)): Direction {
    const weight = 2 ** Math.round(Math.log2(unit));
    return new Direction(point, [index], [weight], 1 / weight);
  }

  /**
   * The direction of a vector, in which no element moves by more than its unit, which is max(1, |x|) by default; undefined
   * for a vector of zeros.
   */
  static along(point: MovablePoint, v: Float64Array, units?: Float64Array): Direction | undefined {
    const most = v.reduce(
      (largest, value, i) => Math.max(largest, Math.abs(value) / (units?.[i] ?? sizeOf(point, i))),
      0,
    );
    if (most === 0) return undefined;
    const indices = Array.from(v.keys()).filter((i) => v[i] !== 0);
    const weights = indices.map((i) => v[i]! / most);
    return new Direction(point, indices, weights, most);
  }

  /** Whether an element that moves is a float32. */
  get isSingle(): boolean {
    return this.#point.single && this.indices.some((i) => this.#point.isSingle(i));
  }

  /** The smallest t that says something, for the element that moves most. */
  get least(): number {
    const part = this.isSingle ? LEAST.single : LEAST.double;
    const sizes = this.indices.map((i, k) => Math.abs(this.#point.elements[i]! / this.#weights[k]!));
    return Math.max(part * Math.min(...sizes), 1e-150);
  }

  /** Steps near t·weight that x can take to both sides, also twice, without rounding. */
  stepsAt(t: number): number[] {
    return this.indices.map((i, k) => {
      const step = t * this.#weights[k]!;
      const digits = this.#point.isSingle(i) ? DIGITS.single : DIGITS.double;
      const farthest = Math.abs(this.#point.elements[i]!) + 2 * Math.abs(step);
      const grain = 2 ** (Math.floor(Math.log2(farthest)) - digits);
      return grain > 0 && grain < Number.POSITIVE_INFINITY ? Math.round(step / grain) * grain : step;
    });
  }

  /** How much longer than t the steps of one element are. With several elements, each has a ratio of its own. */
  ratioOf(steps: readonly number[], t: number): number {
    return steps.length === 1 ? steps[0]! / (t * this.#weights[0]!) : 1;
  }
}

function sizeOf({ elements }: MovablePoint, index: number): number {
  return Math.max(1, Math.abs(elements[index]!));
}
