import { functionCall, valueError } from "../differences/evaluation.js";
import { FloatType } from "../differences/float-type.js";
import type { MovablePoint } from "../differences/point.js";
import { FunctionError } from "../errors.js";

/** Calls f at x and beside x, and keeps what its values say about it. */
export class Probe {
  readonly point: MovablePoint;
  readonly type = new FloatType();
  /** Number of calls of f. */
  evaluations = 0;
  /** f at x. */
  here = Number.NaN;
  readonly #f: (x: unknown) => unknown;
  #failure: { value: number; index: number } | undefined;

  constructor(f: (x: unknown) => unknown, point: MovablePoint) {
    this.#f = point.bind(f, true);
    this.point = point;
  }

  /**
   * Calls f at x.
   *
   * @throws {FunctionError} if f gives another value than before.
   */
  checkHere(): void {
    const value = this.#call(-1);
    if (!Number.isFinite(value)) throw valueError(value, this.point.input, -1, this.point.name);
    this.point.checkHere();
    if (Number.isNaN(this.here)) this.here = value;
    if (value === this.here) return;
    const message = `f must give the same value for the same x, it gave ${this.here} and then ${value}`;
    throw new FunctionError(message, -1, { value });
  }

  /** f with element i at `value`, where it stays; undefined if f is NaN or infinite. */
  at(i: number, value: number): number | undefined {
    this.point.move(i, value);
    const result = this.#call(i);
    this.point.checkMoved(i, value);
    return this.#finite(result, i);
  }

  /** f with the elements where they were moved to: those from `start` on have these values. */
  moved(start: number, values: ArrayLike<number>): number | undefined {
    const result = this.#call(-1);
    for (let k = 0; k < values.length; k++) this.point.checkMoved(start + k, values[k]!);
    return this.#finite(result, -1);
  }

  /** f with these elements moved by these steps from x, where they stay; undefined if f is NaN or infinite. */
  along(indices: readonly number[], steps: ArrayLike<number>): number | undefined {
    const { point } = this;
    for (const [k, i] of indices.entries()) point.move(i, this.#beside(i, steps[k]!));
    const result = this.#call(indices.length === 1 ? indices[0]! : -1);
    for (const [k, i] of indices.entries()) point.checkMoved(i, this.#beside(i, steps[k]!));
    return this.#finite(result, indices.length === 1 ? indices[0]! : -1);
  }

  /** Moves these elements back to x. */
  moveBack(indices: readonly number[]): void {
    for (const i of indices) this.point.move(i, this.point.elements[i]!);
  }

  #beside(i: number, step: number): number {
    const value = this.point.elements[i]! + step;
    return this.point.isSingle(i) ? Math.fround(value) : value;
  }

  /** The error for an f that was finite at x only. */
  failure(): FunctionError | undefined {
    if (!this.#failure) return undefined;
    return valueError(this.#failure.value, this.point.input, this.#failure.index, this.point.name);
  }

  #finite(value: number, index: number): number | undefined {
    if (Number.isFinite(value)) return value;
    this.#failure = { value, index };
    return undefined;
  }

  #call(index: number): number {
    this.evaluations++;
    const value = functionCall(this.#f, this.point.input, index, this.point.name);
    if (typeof value !== "number") throw valueError(value, this.point.input, index, this.point.name);
    if (Number.isFinite(value)) this.type.see(value);
    return value;
  }
}

/** What has the methods of a {@link Probe}. */
export type ProbeLike = Pick<Probe, keyof Probe>;
