import { Dataset } from "../data/dataset.js";
import { ArgumentError } from "../errors.js";
import { checkInputs, type Inputs } from "../network/inputs.js";
import { checkTargets } from "../network/targets.js";
import { checkAllFinite, isMatrix, isPixels, type Targets } from "../shape.js";

/** Inputs and their targets, row by row. */
export type Samples = Dataset | { x: Inputs; t: Targets };

/** Samples in one form, whatever the caller's was. */
export class SampleRows {
  readonly size: number;
  readonly #x: Inputs;
  readonly #t: Targets;

  /**
   * @throws {ShapeError | ArgumentError | NonFiniteError} if the samples do not fit a network of `inputSize` inputs and
   * `outputSize` classes, or each other.
   */
  constructor(argument: string, samples: Samples, inputSize: number, outputSize: number) {
    if (samples instanceof Dataset) {
      this.#x = samples.x();
      this.#t = samples.labels;
    } else {
      if (typeof samples !== "object" || samples === null) {
        throw new ArgumentError(argument, "a Dataset or { x, t }", samples);
      }
      this.#x = samples.x;
      this.#t = samples.t;
    }
    checkInputs(`${argument}.x`, this.#x, inputSize);
    if (!isPixels(this.#x)) checkAllFinite(`${argument}.x.data`, this.#x.data);
    this.size = this.#x.shape[0];
    checkTargets(`${argument}.t`, this.#t, this.size, outputSize);
  }

  /** Copies of the rows with the given indices. */
  batch(indices: ArrayLike<number>): { x: Inputs; t: Targets } {
    return {
      x: gatherInputs(this.#x, indices),
      t: isMatrix(this.#t) ? gatherRows(this.#t, indices) : gather(this.#t, indices),
    };
  }

  /** The rows from `start` to `end`, not copied. */
  slice(start: number, end: number): { x: Inputs; t: Targets } {
    const [, cols] = this.#x.shape;
    const x = {
      ...this.#x,
      shape: [end - start, cols],
      data: this.#x.data.subarray(start * cols, end * cols),
    } as Inputs;
    if (!isMatrix(this.#t)) return { x, t: Array.prototype.slice.call(this.#t, start, end) };
    const classes = this.#t.shape[1];
    return {
      x,
      t: { shape: [end - start, classes], data: this.#t.data.subarray(start * classes, end * classes) as Float64Array },
    };
  }
}

function gatherInputs(x: Inputs, indices: ArrayLike<number>): Inputs {
  if (isPixels(x)) return { kind: "pixels", ...gatherRows(x, indices) };
  return gatherRows<Float64Array | Float32Array>(x, indices) as Inputs;
}

function gatherRows<T extends Float64Array | Float32Array | Uint8Array>(
  { shape, data }: { readonly shape: readonly [number, number]; readonly data: T },
  indices: ArrayLike<number>,
): { readonly shape: readonly [number, number]; readonly data: T } {
  const cols = shape[1];
  const rows = new (data.constructor as new (length: number) => T)(indices.length * cols);
  for (let i = 0; i < indices.length; i++) {
    const start = (indices[i] as number) * cols;
    rows.set(data.subarray(start, start + cols), i * cols);
  }
  return { shape: [indices.length, cols], data: rows };
}

function gather(values: ArrayLike<number>, indices: ArrayLike<number>): number[] {
  return Array.from(indices, (index) => values[index] as number);
}
