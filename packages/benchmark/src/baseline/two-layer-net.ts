import type { Gradients, Matrix, Pixels, RandomState } from "numgrad";
import { addProduct, argmax, labelLosses, softmaxInPlace } from "./kernels.js";
import { copyOf, createParameters, type Dimensions, type Parameters } from "./parameters.js";

/** Options of a network, with the names of numgrad's. */
export interface TwoLayerNetOptions extends Dimensions {
  readonly weightInitStd?: number;
  /** Generator of the initial weights. */
  readonly random: Pick<RandomState, "randn">;
}

/** Options of a numerical gradient, with the names of numgrad's. */
export interface NumericalGradientOptions {
  readonly h?: number;
  readonly copy?: boolean;
}

/** Rows of inputs, in the form that a network works on. */
export interface InputRows {
  readonly count: number;
}

/** Labels, or one-hot rows of them. Soft targets are left to numgrad. */
export type Labels = ArrayLike<number> | Matrix;

/** Results of the forward pass, for up to `capacity` rows. The arrays are used again by the next pass. */
export interface ForwardPass {
  readonly capacity: number;
  /** s [rows, hidden]. */
  readonly hidden: Float64Array;
  /** s (1 − s) [rows, hidden]. */
  readonly slope: Float64Array;
  readonly logits: Float64Array;
  /** Softmax of the logits [rows, output]. */
  readonly probs: Float64Array;
  /** δ at the hidden units [rows, hidden], for backpropagation. */
  readonly deltas: Float64Array;
}

/** Rows of a part. The hidden units of so many rows stay in the cache. */
const PART_ROWS = 1000;

/** Largest e^(−z) in the slope. With this bound a unit with z < −709 has the slope 0, and not 0 · ∞ = NaN. */
const LARGEST = Math.exp(709);

/**
 * The book's two-layer network in plain TypeScript, with the methods of numgrad's `TwoLayerNet`, as a good programmer
 * writes it without WebAssembly. A subclass decides how rows are stored, how the first layer (nearly all of the work)
 * reads them, and how the numerical gradient is computed. The rest is shared.
 */
export abstract class TwoLayerNet<R extends InputRows> {
  readonly dimensions: Dimensions;
  readonly params: Parameters;
  /** The latest gradient. */
  readonly grads: Parameters;
  /** The latest forward pass. */
  protected pass: ForwardPass | undefined;

  constructor({ inputSize, hiddenSize, outputSize, weightInitStd = 0.01, random }: TwoLayerNetOptions) {
    this.dimensions = { inputSize, hiddenSize, outputSize };
    this.params = createParameters(this.dimensions);
    this.grads = createParameters(this.dimensions);
    this.params.w1.set(random.randn(inputSize * hiddenSize).map((value) => weightInitStd * value));
    this.params.w2.set(random.randn(hiddenSize * outputSize).map((value) => weightInitStd * value));
  }

  /** Converts inputs into the form that this network works on. */
  abstract toRows(x: Matrix | Pixels | R): R;
  /** The rows from number `start` up to, but not including, `end`. */
  protected abstract rowsFrom(rows: R, start: number, end: number): R;
  /** `out` [rows, hidden] = x W1 + b1. */
  protected abstract firstLayer(rows: R, out: Float64Array): void;
  /** Adds xᵀ δ to the gradients of w1 and b1, for δ [rows, hidden]. */
  protected abstract addFirstLayerGradient(rows: R, deltas: Float64Array): void;
  /** Central differences for every parameter. Fills `grads` and returns a copy. */
  abstract numericalGradient(x: Matrix | Pixels | R, t: Labels, options?: NumericalGradientOptions): Gradients;

  /** Class probabilities, shape [rows, outputSize]. */
  predict(x: Matrix | Pixels | R): Matrix {
    const rows = this.toRows(x);
    const { outputSize } = this.dimensions;
    const probs = new Float64Array(rows.count * outputSize);
    this.#forEachPart(rows, (pass, start, count) => {
      probs.set(pass.probs.subarray(0, count * outputSize), start * outputSize);
    });
    return { shape: [rows.count, outputSize], data: probs };
  }

  /** The mean cross entropy −Σ log(probs[label] + 1e-7) / rows, in nats. */
  loss(x: Matrix | Pixels | R, t: Labels): number {
    const rows = this.toRows(x);
    const labels = toLabels(t);
    let sum = 0;
    this.#forEachPart(rows, ({ probs }, start, count) => {
      sum += labelLosses(probs, labels.subarray(start, start + count), this.dimensions.outputSize);
    });
    return sum / rows.count;
  }

  /** The loss of the batch of the latest gradient, from the forward pass of that gradient. */
  lossBefore(t: Labels): number {
    const labels = toLabels(t);
    return labelLosses(this.pass!.probs, labels, this.dimensions.outputSize) / labels.length;
  }

  /** The fraction of rows whose largest probability is at their label. */
  accuracy(x: Matrix | Pixels | R, t: Labels): number {
    const rows = this.toRows(x);
    const labels = toLabels(t);
    const { outputSize } = this.dimensions;
    let correct = 0;
    this.#forEachPart(rows, ({ probs }, start, count) => {
      for (let row = 0; row < count; row++) {
        if (argmax(probs, row * outputSize, outputSize) === labels[start + row]) correct++;
      }
    });
    return correct / rows.count;
  }

  /**
   * The gradient by backpropagation, as in the book: (probs − t) / rows at the logits. Fills `grads` and returns a
   * copy.
   */
  gradient(x: Matrix | Pixels | R, t: Labels, { copy = true }: { readonly copy?: boolean } = {}): Gradients {
    const rows = this.toRows(x);
    const labels = toLabels(t);
    const { probs, hidden, slope, deltas } = this.forward(rows);
    const { hiddenSize: H, outputSize: K } = this.dimensions;
    const [w2, grads] = [this.params.w2, this.grads];
    const delta = new Float64Array(K);
    grads.all.fill(0);
    for (let n = 0; n < rows.count; n++) {
      for (let k = 0; k < K; k++) {
        delta[k] = (probs[n * K + k]! - (labels[n] === k ? 1 : 0)) / rows.count;
        grads.b2[k]! += delta[k]!;
      }
      for (let j = 0; j < H; j++) {
        const s = hidden[n * H + j]!;
        let sum = 0;
        for (let k = 0; k < K; k++) {
          grads.w2[j * K + k]! += s * delta[k]!;
          sum += delta[k]! * w2[j * K + k]!;
        }
        deltas[n * H + j] = sum * slope[n * H + j]!;
      }
    }
    this.addFirstLayerGradient(rows, deltas);
    return copy ? copyOf(grads) : grads;
  }

  /** Runs the network on all rows at once. */
  protected forward(rows: R): ForwardPass {
    const { hiddenSize, outputSize } = this.dimensions;
    const pass = this.#passFor(rows.count);
    const { hidden, slope, logits, probs } = pass;
    this.firstLayer(rows, hidden);
    for (let i = 0; i < rows.count * hiddenSize; i++) {
      const q = Math.exp(-hidden[i]!);
      const s = 1 / (1 + q);
      hidden[i] = s;
      // For z > 36, 1 − s loses every digit. q s is the same number and keeps them.
      slope[i] = s * (s * Math.min(q, LARGEST));
    }
    for (let row = 0; row < rows.count; row++) logits.set(this.params.b2, row * outputSize);
    const shape = { m: rows.count, k: hiddenSize, n: outputSize };
    addProduct(hidden, this.params.w2, shape, false, logits);
    probs.set(logits);
    softmaxInPlace(probs, rows.count, outputSize);
    return pass;
  }

  #forEachPart(rows: R, visit: (pass: ForwardPass, start: number, count: number) => void): void {
    for (let start = 0; start < rows.count; start += PART_ROWS) {
      const count = Math.min(PART_ROWS, rows.count - start);
      visit(this.forward(count === rows.count ? rows : this.rowsFrom(rows, start, start + count)), start, count);
    }
  }

  #passFor(rows: number): ForwardPass {
    if (this.pass && this.pass.capacity >= rows) return this.pass;
    const { hiddenSize, outputSize } = this.dimensions;
    const units = () => new Float64Array(rows * hiddenSize);
    const outputs = () => new Float64Array(rows * outputSize);
    this.pass = {
      capacity: rows,
      hidden: units(),
      slope: units(),
      logits: outputs(),
      probs: outputs(),
      deltas: units(),
    };
    return this.pass;
  }
}

/** Labels as a typed array. */
export function toLabels(t: Labels): Uint8Array {
  if (t instanceof Uint8Array) return t;
  if (!("shape" in t)) return Uint8Array.from(t);
  const [rows, cols] = t.shape;
  return Uint8Array.from({ length: rows }, (_, row) => argmax(t.data, row * cols, cols));
}
