import { isPromise } from "../brand.js";
import { callError, promiseError, valueError } from "../differences/evaluation.js";
import { FloatType } from "../differences/float-type.js";
import type { MovablePoint } from "../differences/point.js";
import { FunctionError } from "../errors.js";
import type { Work } from "./work.js";

/** Calls f at x and beside x, and keeps what its values say about it. Each method that calls f is work of one call. */
export class Probe {
  readonly point: MovablePoint;
  readonly type = new FloatType();
  /** Number of calls of f. */
  evaluations = 0;
  /** f at x. */
  here = Number.NaN;
  readonly #f: (x: unknown) => unknown;
  readonly #asyncHint: string;
  #failure: { value: number; index: number } | undefined;

  /** @param asyncHint What an error says about an async f. */
  constructor(f: (x: unknown) => unknown, point: MovablePoint, asyncHint: string) {
    this.#f = point.bind(f, true);
    this.point = point;
    this.#asyncHint = asyncHint;
  }

  /**
   * Calls f at x.
   *
   * @throws {FunctionError} if f gives another value than before.
   */
  *checkHere(): Work<void> {
    const value = yield* this.#call(-1);
    if (!Number.isFinite(value)) throw valueError(value, this.point.input, -1, this.point.name);
    this.point.checkHere();
    if (Number.isNaN(this.here)) this.here = value;
    if (value === this.here) return;
    const message = `f must give the same value for the same x, it gave ${this.here} and then ${value}`;
    throw new FunctionError(message, -1, { value });
  }

  /** f with element i at `value`, where it stays; undefined if f is NaN or infinite. */
  *at(i: number, value: number): Work<number | undefined> {
    this.point.move(i, value);
    const result = yield* this.#call(i);
    this.point.checkMoved(i, value);
    return this.#finite(result, i);
  }

  /** f with the elements where they were moved to: those from `start` on have these values. */
  *moved(start: number, values: ArrayLike<number>): Work<number | undefined> {
    const result = yield* this.#call(-1);
    for (let k = 0; k < values.length; k++) this.point.checkMoved(start + k, values[k]!);
    return this.#finite(result, -1);
  }

  /** f with these elements moved by these steps from x, where they stay; undefined if f is NaN or infinite. */
  *along(indices: readonly number[], steps: ArrayLike<number>): Work<number | undefined> {
    const values = moveBeside(this.point, indices, steps);
    const index = indices.length === 1 ? indices[0]! : -1;
    const result = yield* this.#call(index);
    checkBeside(this.point, indices, values);
    return this.#finite(result, index);
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

  *#call(index: number): Work<number> {
    const { input, name } = this.point;
    this.evaluations++;
    let value: unknown;
    try {
      value = yield this.#f(input);
    } catch (cause) {
      throw callError(cause, input, index, name);
    }
    if (isPromise(value)) {
      throw promiseError(value, input, { index, name, expected: "a finite number", hint: this.#asyncHint });
    }
    if (typeof value !== "number") throw valueError(value, input, index, name);
    if (Number.isFinite(value)) this.type.see(value);
    return value;
  }
}

/** Moves these elements by these steps from x. @returns Where they are now. */
export function moveBeside(point: MovablePoint, indices: readonly number[], steps: ArrayLike<number>): number[] {
  return indices.map((i, k) => {
    const value = point.elements[i]! + steps[k]!;
    const rounded = point.isSingle(i) ? Math.fround(value) : value;
    point.move(i, rounded);
    return rounded;
  });
}

/** Checks after a call of f that these elements still have these values. @throws {FunctionError} if one has not. */
export function checkBeside(point: MovablePoint, indices: readonly number[], values: readonly number[]): void {
  for (const [k, i] of indices.entries()) point.checkMoved(i, values[k]!);
}

/** Moves these elements back to x. */
export function moveBack(point: MovablePoint, indices: readonly number[]): void {
  for (const i of indices) point.move(i, point.elements[i]!);
}

/** What calls f at x, with one element moved, and with several that are moved from x. */
export type ProbeLike = Omit<Probe, "moved">;
