import type { Gradients, Matrix, Pixels } from "numgrad";
import { addProduct, addRow, addScaled, PIXEL_VALUES } from "./kernels.js";
import { copyOf } from "./parameters.js";
import type { Targets } from "./targets.js";
import {
  type InputRows,
  type NumericalGradientOptions,
  TwoLayerNet,
  type TwoLayerNetOptions,
} from "./two-layer-net.js";

/** Rows of numbers, one after the other, as in the book's arrays. */
export interface DenseRows extends InputRows {
  readonly data: Float64Array;
}

/**
 * The network as in the book: dense arrays, and a numerical gradient by two whole forward passes for each parameter.
 *
 * With `skipZeros` the products skip black pixels, by the one line with which a JavaScript programmer makes them about
 * four times as fast. Without it, the network does exactly the book's work. Both are raced.
 */
export class BookNet extends TwoLayerNet<DenseRows> {
  readonly skipZeros: boolean;

  constructor(options: TwoLayerNetOptions & { readonly skipZeros: boolean }) {
    super(options);
    this.skipZeros = options.skipZeros;
  }

  override toRows(x: Matrix | Pixels | DenseRows): DenseRows {
    if ("count" in x) return x;
    if ("kind" in x) return { count: x.shape[0], data: Float64Array.from(x.data, (pixel) => PIXEL_VALUES[pixel]!) };
    return { count: x.shape[0], data: x.data };
  }

  override numericalGradient(
    x: Matrix | Pixels | DenseRows,
    t: Targets,
    { h = 1e-4, copy = true }: NumericalGradientOptions = {},
  ): Gradients {
    const parameters = Int32Array.from({ length: this.params.all.length }, (_, index) => index);
    this.grads.all.set(this.centralDifferences(x, t, parameters, h));
    return copy ? copyOf(this.grads) : this.grads;
  }

  /**
   * The book's loop over some of the parameters: (L(θ + h) − L(θ − h)) / 2h by two whole forward passes for each. The
   * parameters are numbered through w1, b1, w2 and b2. Each costs the same, so the time of some gives the time of all.
   */
  centralDifferences(
    x: Matrix | Pixels | DenseRows,
    t: Targets,
    parameters: ArrayLike<number>,
    h = 1e-4,
  ): Float64Array {
    const rows = this.toRows(x);
    const { all } = this.params;
    return Float64Array.from(parameters, (index) => {
      const before = all[index]!;
      all[index] = before + h;
      const plus = this.loss(rows, t);
      all[index] = before - h;
      const minus = this.loss(rows, t);
      all[index] = before;
      return (plus - minus) / (2 * h);
    });
  }

  protected override rowsFrom({ data }: DenseRows, start: number, end: number): DenseRows {
    const { inputSize } = this.dimensions;
    return { count: end - start, data: data.subarray(start * inputSize, end * inputSize) };
  }

  protected override firstLayer({ count, data }: DenseRows, out: Float64Array): void {
    const { inputSize, hiddenSize } = this.dimensions;
    for (let row = 0; row < count; row++) out.set(this.params.b1, row * hiddenSize);
    addProduct(data, this.params.w1, { m: count, k: inputSize, n: hiddenSize }, this.skipZeros, out);
  }

  protected override addFirstLayerGradient({ count, data }: DenseRows, deltas: Float64Array): void {
    const { inputSize, hiddenSize } = this.dimensions;
    const { w1, b1 } = this.grads;
    for (let n = 0; n < count; n++) {
      addRow(deltas, n * hiddenSize, b1, 0, hiddenSize);
      for (let i = 0; i < inputSize; i++) {
        const x = data[n * inputSize + i]!;
        if (this.skipZeros && x === 0) continue;
        addScaled(x, deltas, n * hiddenSize, w1, i * hiddenSize, hiddenSize);
      }
    }
  }
}
