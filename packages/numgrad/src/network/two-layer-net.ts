import { checkChoice, checkDifferenceStep, checkFinite, checkOptions, DEFAULT_H } from "../arguments.js";
import { ArgumentError, describe } from "../errors.js";
import { noteStore } from "../parameter-store.js";
import { type RandomState, toRandomState } from "../random/random-state.js";
import {
  isArrayLike,
  type Matrix,
  makeMatrix,
  type NumericArray,
  type NumericTargets,
  type Targets,
  type Vector,
} from "../shape.js";
import { RowBatch } from "./batch.js";
import { checkDimensions } from "./dimensions.js";
import { type Inputs, readInputs, readSample } from "./inputs.js";
import { type Gradients, LiveParameters, type NetworkParams } from "./parameters.js";
import { Session } from "./session.js";
import { readTargets } from "./targets.js";

declare global {
  // `using` needs these types. Node's types and newer libs declare the same, but lib es2022 does not.
  interface SymbolConstructor {
    readonly dispose: unique symbol;
  }
  interface Disposable {
    [Symbol.dispose](): void;
  }
}

/** Options of {@link TwoLayerNet}. */
export interface TwoLayerNetOptions {
  /** Number of inputs: the width of an input row. */
  inputSize: number;
  /** Number of hidden units. */
  hiddenSize: number;
  /** Number of classes. */
  outputSize: number;
  /** Standard deviation of the initial weights. Default 0.01. */
  weightInitStd?: number;
  /** The generator that draws the initial weights (it advances), or a seed. Default: the platform's entropy. */
  random?: RandomState | number;
}

/** Options of {@link TwoLayerNet.gradient}. */
export interface GradientOptions {
  /** Whether the result is a copy of its own (the default), or `net.grads` itself. */
  copy?: boolean;
}

/** Options of {@link TwoLayerNet.numericalGradient}. */
export interface NumericalGradientOptions extends GradientOptions {
  /** Difference step h, in units of a parameter. Default 1e-4. */
  h?: number;
  /**
   * How the perturbed losses are evaluated.
   *
   * - `"incremental"` (the default): each loss is computed as its difference from the unperturbed loss.
   * - `"full"`: by the definition, with two whole forward passes for each parameter. For a batch of 100 images of MNIST
   *   this takes some 16 s instead of 1 ms.
   *
   * The incremental evaluation has the same accuracy for all targets, inputs and difference steps. It is fastest for small
   * changes of the activations. With h = 0.01 it takes two to three times as long as with h = 1e-4, and if h is
   * large and weights or inputs are too, up to a hundred times.
   */
  evaluation?: "incremental" | "full";
}

/**
 * The two-layer network of *Deep Learning from Scratch*, section 4.5.1: hidden = sigmoid(x W1 + b1),
 * probs = softmax(hidden W2 + b2). Its loss is the cross entropy −Σ t log(probs + 1e-7), averaged over the samples.
 *
 * Parameters and gradients lie in WebAssembly memory. `dispose()` (or `using`) gives this memory back at once; without
 * it the garbage collector does so at some later time.
 *
 * @example
 * ```ts
 * const net = new TwoLayerNet({ inputSize: 2, hiddenSize: 3, outputSize: 2, random: 0 });
 * const x = matrix([[1, 0], [0, 1]]);
 * const before = net.loss(x, [0, 1]);
 * net.numericalGradient(x, [0, 1]);
 * new SGD({ learningRate: 1 }).update(net.params, net.grads);
 * net.loss(x, [0, 1]) < before; // true
 * net.dispose();
 * ```
 */
export class TwoLayerNet {
  /** Number of inputs: the width of an input row. */
  readonly inputSize: number;
  /** Number of hidden units. */
  readonly hiddenSize: number;
  /** Number of classes. */
  readonly outputSize: number;
  /** Weights and biases, as live views on the network's memory. Their elements can be written, they cannot be replaced. */
  readonly params: NetworkParams;
  /** The gradient that was computed last, as live views; all 0 before the first. */
  readonly grads: NetworkParams;
  readonly #session: Session;

  /**
   * Draws W1 and then W2 from `random`: each weight is `weightInitStd` × a standard normal value. All biases are 0.
   *
   * @throws {ArgumentError} naming the option that is missing, unknown or wrong.
   * @throws {CoreError} if there is not enough memory.
   */
  constructor(options: TwoLayerNetOptions) {
    checkOptions(options, ["inputSize", "hiddenSize", "outputSize", "weightInitStd", "random"]);
    const { inputSize, hiddenSize, outputSize, weightInitStd = 0.01, random } = options;
    checkDimensions("options", { inputSize, hiddenSize, outputSize });
    checkFinite("options.weightInitStd", weightInitStd);
    // No normal value that a double can draw is beyond 40.
    checkFinite("40 × options.weightInitStd", 40 * weightInitStd);
    const generator = toRandomState("options.random", random);
    this.inputSize = inputSize;
    this.hiddenSize = hiddenSize;
    this.outputSize = outputSize;
    this.#session = new Session({ inputSize, hiddenSize, outputSize });
    noteStore(this, this.#session);
    this.params = new LiveParameters(this.#session, "params");
    this.grads = new LiveParameters(this.#session, "grads");
    // Parameters are set by writing into their arrays: the network would not use what is assigned to `net.params`.
    for (const name of Object.keys(this)) Object.defineProperty(this, name, { writable: false });
    try {
      for (const [size, start] of [
        [inputSize * hiddenSize, 0],
        [hiddenSize * outputSize, (inputSize + 1) * hiddenSize],
      ] as const) {
        const weights = generator.randn(size);
        for (let i = 0; i < size; i++) weights[i]! *= weightInitStd;
        this.#session.params.array.set(weights, start);
      }
    } catch (error) {
      this.dispose(); // The caller never gets this network, so nobody else could dispose of it.
      throw error;
    }
  }

  /**
   * Class probabilities: the softmax of the logits for each row of x.
   *
   * @param x Rows of inputs, [rows, inputSize], or one sample as a vector of inputSize numbers. Integers stand for
   * their values, but bytes are an error: `pixels` divides them by 255, `Float64Array.from(bytes)` takes them as they
   * are.
   * @returns A new Matrix, [rows, outputSize], or for a vector a Float64Array of outputSize numbers; each row sums to 1.
   * @throws {ArgumentError | ShapeError | NonFiniteError} if x does not fit, or a parameter is NaN or infinite.
   */
  predict(x: Inputs | NumericArray): Matrix;
  predict(x: Vector): Float64Array;
  predict(x: Inputs | NumericArray | Vector): Matrix | Float64Array {
    this.#session.checkAlive();
    const { inputSize, outputSize } = this.#session.dimensions;
    const isSample = isArrayLike(x);
    const batch = new RowBatch(this.#readInputs(isSample ? readSample("x", x, inputSize) : x));
    const probs = this.#session.predict(batch);
    return isSample ? probs : makeMatrix(batch.size, outputSize, probs);
  }

  /**
   * The mean cross entropy −Σ t log(probs + 1e-7) / rows, in nats.
   *
   * @param x Rows of inputs, [rows, inputSize].
   * @param t A class index for each row, or a row of targets for each row, [rows, outputSize].
   * @throws {ArgumentError | ShapeError | NonFiniteError} if x or t do not fit, or a parameter is NaN or infinite.
   */
  loss(x: Inputs | NumericArray, t: Targets | NumericTargets): number {
    return this.#session.loss(this.#batch(x, t));
  }

  /**
   * The fraction of rows whose largest probability is at their label, in [0, 1]. If several probabilities are the
   * largest, the first of them counts.
   *
   * @param x Rows of inputs, [rows, inputSize].
   * @param t A class index for each row, or a row of targets for each row, [rows, outputSize], whose largest number
   * counts.
   * @throws {ArgumentError | ShapeError | NonFiniteError} if x or t do not fit, or a parameter is NaN or infinite.
   */
  accuracy(x: Inputs | NumericArray, t: Targets | NumericTargets): number {
    const batch = this.#batch(x, t);
    return this.#session.countCorrect(batch) / batch.size;
  }

  /**
   * The central difference (L(θ + h) − L(θ − h)) / 2h for every parameter θ. The changes of the loss at θ + h and at
   * θ − h are both computed, and no difference is replaced by a derivative. The README of the project explains under
   * "How it can be that fast" why this takes milliseconds, not minutes. The parameters stay as they are, bit for bit.
   *
   * Fills `net.grads` and returns a copy. Each entry differs from that of {@link TwoLayerNet.gradient} by about
   * 1e-7 / probs[label], relatively, because the book's backpropagation leaves out the 1e-7 inside the logarithm.
   *
   * @param x Rows of inputs, [rows, inputSize].
   * @param t A class index for each row, or a row of targets for each row, [rows, outputSize].
   * @throws {ArgumentError | ShapeError | NonFiniteError} if x, t or an option do not fit, or a parameter is NaN or
   * infinite. `net.grads` has not changed then.
   * @example
   * ```ts
   * const net = new TwoLayerNet({ inputSize: 2, hiddenSize: 3, outputSize: 2, random: 0 });
   * const numerical = net.numericalGradient(matrix([[1, 0]]), [1]);
   * const backprop = net.gradient(matrix([[1, 0]]), [1]);
   * Math.abs(numerical.b2[0]! - backprop.b2[0]!) < 1e-6; // true
   * ```
   */
  numericalGradient(
    x: Inputs | NumericArray,
    t: Targets | NumericTargets,
    options: NumericalGradientOptions = {},
  ): Gradients {
    checkOptions(options, ["h", "evaluation", "copy"]);
    const { h = DEFAULT_H, evaluation = "incremental", copy = true } = options;
    checkDifferenceStep("options.h", h);
    checkChoice("options.evaluation", evaluation, ["incremental", "full"]);
    checkCopy(copy);
    const batch = this.#batch(x, t);
    // "full" is the public word for the evaluation by the definition.
    if (evaluation === "full") this.#session.centralDifferencesByDefinition(h, batch);
    else this.#session.centralDifferences(h, batch);
    return copy ? this.grads.toArrays() : this.grads;
  }

  /**
   * The gradient by backpropagation as in the book (chapter 5): it is (probs − t) / rows at the logits, which leaves
   * out the 1e-7 inside the logarithm.
   *
   * Fills `net.grads` and returns a copy.
   *
   * @param x Rows of inputs, [rows, inputSize].
   * @param t A class index for each row, or a row of targets for each row, [rows, outputSize].
   * @throws {ArgumentError | ShapeError | NonFiniteError} if x, t or an option do not fit, or a parameter is NaN or
   * infinite. `net.grads` has not changed then.
   */
  gradient(x: Inputs | NumericArray, t: Targets | NumericTargets, options: GradientOptions = {}): Gradients {
    checkOptions(options, ["copy"]);
    const { copy = true } = options;
    checkCopy(copy);
    this.#session.backpropagate(this.#batch(x, t));
    return copy ? this.grads.toArrays() : this.grads;
  }

  /** Gives the memory back. Every later use of the network throws a DisposedError; a second call does nothing. */
  dispose(): void {
    this.#session.dispose();
  }

  /** Does the same as {@link TwoLayerNet.dispose}, at the end of a block that says `using net = new TwoLayerNet(…)`. */
  [Symbol.dispose](): void {
    this.dispose();
  }

  /** Checks samples and brings them into the form that a session takes. */
  #batch(x: Inputs | NumericArray, t: Targets | NumericTargets): RowBatch {
    const inputs = this.#readInputs(x);
    const targets = readTargets("t", t, inputs.shape[0], this.#session.dimensions.outputSize);
    return new RowBatch(inputs, this.#session.prepareTargets(targets));
  }

  /** Checks inputs, and the parameters that they will meet. */
  #readInputs(x: Inputs | NumericArray): Inputs {
    // A network that has been disposed of says so, whatever its arguments are.
    this.#session.checkAlive();
    const inputs = readInputs("x", x, this.#session.dimensions.inputSize);
    this.#session.checkParameters();
    return inputs;
  }
}

function checkCopy(copy: unknown): void {
  if (typeof copy !== "boolean") throw new ArgumentError("options.copy", "true or false", describe(copy));
}
