import type { Gradients, Matrix, Pixels, RandomState } from "numgrad";
import { addProduct, argmax, crossEntropies, softmaxInPlace } from "./kernels.js";
import { copyOf, createParameters, type Dimensions, type Parameters } from "./parameters.js";
import { labelOf, listTargets, type Target, type Targets } from "./targets.js";

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
  abstract numericalGradient(x: Matrix | Pixels | R, t: Targets, options?: NumericalGradientOptions): Gradients;

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

  /** The mean cross entropy −Σ t log(probs + 1e-7) / rows, in nats. */
  loss(x: Matrix | Pixels | R, t: Targets): number {
    const rows = this.toRows(x);
    const targets = listTargets(t);
    const cols = this.dimensions.outputSize;
    let sum = 0;
    this.#forEachPart(rows, ({ probs }, first, count) => {
      sum += crossEntropies(probs, targets, { first, rows: count, cols });
    });
    return sum / rows.count;
  }

  /** The loss of the batch of the latest gradient, from the forward pass of that gradient. */
  lossBefore(t: Targets): number {
    const targets = listTargets(t);
    const shape = { rows: targets.length, cols: this.dimensions.outputSize };
    return crossEntropies(this.pass!.probs, targets, shape) / targets.length;
  }

  /** The fraction of rows whose largest probability is at their label, or at the largest of their targets. */
  accuracy(x: Matrix | Pixels | R, t: Targets): number {
    const rows = this.toRows(x);
    const targets = listTargets(t);
    const { outputSize } = this.dimensions;
    let correct = 0;
    this.#forEachPart(rows, ({ probs }, start, count) => {
      for (let row = 0; row < count; row++) {
        if (argmax(probs, row * outputSize, outputSize) === labelOf(targets[start + row]!)) correct++;
      }
    });
    return correct / rows.count;
  }

  /**
   * The gradient by backpropagation, as in the book: ((Σ t) probs − t) / rows at the logits, where Σ t is 1 for a label.
   * Fills `grads` and returns a copy.
   */
  gradient(x: Matrix | Pixels | R, t: Targets, { copy = true }: { readonly copy?: boolean } = {}): Gradients {
    const rows = this.toRows(x);
    const targets = listTargets(t);
    const { probs, hidden, slope, deltas } = this.forward(rows);
    const { hiddenSize: H, outputSize: K } = this.dimensions;
    const [w2, grads] = [this.params.w2, this.grads];
    const delta = new Float64Array(K);
    grads.all.fill(0);
    for (let n = 0; n < rows.count; n++) {
      fillLogitDeltas(probs.subarray(n * K, (n + 1) * K), targets[n]!, rows.count, delta);
      for (let k = 0; k < K; k++) grads.b2[k]! += delta[k]!;
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

/** `out` = ((Σ t) probs − t) / rows, for one sample. */
function fillLogitDeltas(probs: Float64Array, target: Target, rows: number, out: Float64Array): void {
  if (typeof target === "number") {
    for (let k = 0; k < out.length; k++) out[k] = (probs[k]! - (target === k ? 1 : 0)) / rows;
    return;
  }
  let total = 0;
  for (let k = 0; k < out.length; k++) total += target[k]!;
  for (let k = 0; k < out.length; k++) out[k] = (total * probs[k]! - target[k]!) / rows;
}
