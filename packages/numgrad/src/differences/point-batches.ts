import { checkInteger } from "../arguments.js";
import { isPromise } from "../brand.js";
import { describe, FunctionError } from "../errors.js";
import { isArrayLike, type Matrix } from "../shape.js";
import { valueError } from "./evaluation.js";
import type { MovablePoint } from "./point.js";
import type { AnyStencil } from "./tree-stencil.js";

/** The index of the moved element in the row that is x itself, where no element is moved. */
const NONE = -1;

/**
 * The points of a gradient, many at a time. Each row is x with one element moved. The rows have the order in which
 * `gradientLoop` visits single points, so the digits are the same. `next()` gives rows, `accept()` takes the values of
 * f.
 */
export class PointBatches {
  readonly #point: MovablePoint;
  readonly #stencil: AnyStencil;
  readonly #out: Float64Array;
  readonly #rows: Float64Array | Float32Array;
  /** The index of the moved element, for each row. */
  readonly #moved: Int32Array;
  #count = 0;
  /** The element that is moved in the next row, and whether it takes its second value there. */
  #element: number;
  #isSecond = false;
  #here = Number.NaN;
  #first = Number.NaN;
  #done = 0;

  /** @throws {ArgumentError} if `batchSize` is not a positive integer. */
  constructor(point: MovablePoint, stencil: AnyStencil, batchSize: number, out: Float64Array) {
    checkInteger("options.batchSize", batchSize, 1);
    const n = point.elements.length;
    const capacity = Math.min(batchSize, 2 * n + 1);
    this.#point = point;
    this.#stencil = stencil;
    this.#out = out;
    this.#rows = point.single ? new Float32Array(capacity * n) : new Float64Array(capacity * n);
    this.#moved = new Int32Array(capacity);
    this.#element = stencil.usesHere ? NONE : 0;
  }

  /** Number of elements whose slope is known. */
  get done(): number {
    return this.#done;
  }

  /** The next points, one in each row; undefined after the last. */
  next(): Matrix<Float64Array | Float32Array> | undefined {
    const { elements } = this.#point;
    const n = elements.length;
    let count = 0;
    // Every row is written again each time, because f may have changed the rows.
    for (; count < this.#moved.length && this.#element < n; count++) {
      this.#rows.set(elements, count * n);
      this.#moved[count] = this.#element;
      if (this.#element === NONE) this.#element = 0;
      else this.#rows[count * n + this.#element] = this.#nextValue();
    }
    this.#count = count;
    return count === 0 ? undefined : { shape: [count, n], data: this.#rows.subarray(0, count * n) };
  }

  /** The value of the moved element in this row. The next row is prepared. */
  #nextValue(): number {
    this.#stencil.place(this.#element);
    const value = this.#isSecond ? this.#stencil.second : this.#stencil.first;
    this.#isSecond = !this.#isSecond && this.#stencil.hasSecond;
    if (!this.#isSecond) this.#element++;
    return value;
  }

  /**
   * Takes the values of f at the points that `next` gave.
   *
   * @throws {FunctionError} if the values are not finite numbers, one for each point.
   */
  accept(values: unknown): void {
    if (!isArrayLike(values) || values.length !== this.#count) {
      if (isPromise(values)) throw valueError(values, this.#point.input, NONE, this.#point.name);
      const message = `f must return ${this.#count} numbers, one for each row of points, it returned ${describe(values)}`;
      throw new FunctionError(message, NONE, { value: values });
    }
    for (let row = 0; row < this.#count; row++) this.#take(values[row], this.#moved[row]!);
  }

  /** Takes one value of f. With the last value of an element, its slope is written. */
  #take(value: unknown, element: number): void {
    const { input, name } = this.#point;
    if (typeof value !== "number" || !Number.isFinite(value)) throw valueError(value, input, element, name);
    if (element === NONE) {
      this.#here = value;
      return;
    }
    this.#stencil.place(element);
    if (this.#stencil.hasSecond && Number.isNaN(this.#first)) {
      this.#first = value;
      return;
    }
    const first = Number.isNaN(this.#first) ? value : this.#first;
    this.#first = Number.NaN;
    this.#out[element] = this.#stencil.slope(first, value, this.#here);
    this.#done = element + 1;
  }
}
