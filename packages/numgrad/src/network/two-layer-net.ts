import { checkChoice, checkDifferenceStep, checkFinite, checkInteger, checkOptions } from "../arguments.js";
import { ArgumentError, describe } from "../errors.js";
import { type RandomState, toRandomState } from "../random/random-state.js";
import type { Matrix, Targets } from "../shape.js";
import { guard } from "../wasm/runtime.js";
import { checkInputs, type Inputs } from "./inputs.js";
import { type Gradients, LiveParameters, type NetworkParams } from "./parameters.js";
import { Session } from "./session.js";
import { checkTargets, type PreparedTargets, prepareTargets } from "./targets.js";

declare global {
  // What `using` asks for. Node's types and newer libs declare the same; lib es2022 does not have it.
  interface SymbolConstructor {
    readonly dispose: unique symbol;
  }
  interface Disposable {
    [Symbol.dispose](): void;
  }
}

/** Options of {@link TwoLayerNet}. */
export interface TwoLayerNetOptions {
  /** Width of an input row. */
  inputSize: number;
  /** Units of the hidden layer. */
  hiddenSize: number;
  /** Classes. */
  outputSize: number;
  /** Standard deviation of the initial weights; 0.01 if omitted. */
  weightInitStd?: number;
  /** Where the initial weights are drawn from: a generator (which advances), or a seed. Omitted: the platform's entropy. */
  random?: RandomState | number;
}

/** Options of {@link TwoLayerNet.gradient}. */
export interface GradientOptions {
  /** Whether the result is a copy of its own (the default) or `net.grads`. */
  copy?: boolean;
}

/** Options of {@link TwoLayerNet.numericalGradient}. */
export interface NumericalGradientOptions extends GradientOptions {
  /** Difference step; 1e-4 if omitted. */
  h?: number;
  /**
   * How the perturbed losses are evaluated: `"incremental"` (the default), each as its difference from the unperturbed
   * loss; or `"full"`, by two whole forward passes for each parameter, as the definition says (for MNIST's batch of 100 some
   * 16 s instead of 1 ms).
   *
   * The fast incremental way is for targets with one class for each sample and |h x| ≤ 2e-4 (for pixels, which go to 1, h up
   * to 2e-4). Other differences are evaluated one by one, as exactly: MNIST's batch takes about half a second then.
   */
  evaluation?: "incremental" | "full";
}

/**
 * The two-layer network of *Deep Learning from Scratch*, section 4.5.1: hidden = sigmoid(x W1 + b1),
 * probs = softmax(hidden W2 + b2), and the loss −Σ t log(probs + 1e-7), averaged over the samples.
 *
 * Parameters and gradients live in WebAssembly memory; `dispose()` (or `using`) gives it back at once, the garbage
 * collector some day.
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
  /** Width of an input row. */
  readonly inputSize: number;
  /** Units of the hidden layer. */
  readonly hiddenSize: number;
  /** Classes. */
  readonly outputSize: number;
  /** Weights and biases, live. */
  readonly params: NetworkParams;
  /** The gradient that was computed last, live; 0 before the first. */
  readonly grads: NetworkParams;
  readonly #session: Session;

  /**
   * Draws W1 and then W2 from `random`, `weightInitStd` × a standard normal value each; the biases are 0.
   *
   * @throws {ArgumentError} naming the option that is missing, unknown or wrong.
   * @throws {CoreError} if there is not enough memory.
   */
  constructor(options: TwoLayerNetOptions) {
    checkOptions(options, ["inputSize", "hiddenSize", "outputSize", "weightInitStd", "random"]);
    const { inputSize, hiddenSize, outputSize, weightInitStd = 0.01, random } = options;
    for (const [name, size] of Object.entries({ inputSize, hiddenSize, outputSize })) {
      checkInteger(`options.${name}`, size, 1, 2 ** 28);
    }
    checkFinite("options.weightInitStd", weightInitStd);
    // No normal value that a double can draw is beyond 40.
    checkFinite("40 × options.weightInitStd", 40 * weightInitStd);
    const generator = toRandomState("options.random", random);
    this.inputSize = inputSize;
    this.hiddenSize = hiddenSize;
    this.outputSize = outputSize;
    this.#session = new Session({ inputSize, hiddenSize, outputSize });
    const [params, grads] = [new LiveParameters(this.#session, "params"), new LiveParameters(this.#session, "grads")];
    try {
      params.w1.set(generator.randn(inputSize * hiddenSize));
      params.w2.set(generator.randn(hiddenSize * outputSize));
    } catch (error) {
      this.dispose(); // nobody else could
      throw error;
    }
    guard(() => this.#session.raw.scale_weights(weightInitStd));
    this.params = params;
    this.grads = grads;
  }

  /**
   * Class probabilities: softmax of the logits for each row of x, shape [rows, outputSize].
   *
   * @throws {ShapeError | NonFiniteError} if x does not fit.
   */
  predict(x: Inputs): Matrix {
    this.#checkInputs(x);
    const { raw } = this.#session;
    const probs = new Float64Array(x.shape[0] * this.outputSize);
    this.#session.forEachPart(x, undefined, ({ start, rows }) => {
      raw.forward();
      probs.set(this.#session.probs(rows), start * this.outputSize);
    });
    return { shape: [x.shape[0], this.outputSize], data: probs };
  }

  /**
   * The mean cross entropy −Σ t log(probs + 1e-7) / rows, in nats.
   *
   * @throws {ShapeError | ArgumentError | NonFiniteError} if x or t do not fit.
   */
  loss(x: Inputs, t: Targets): number {
    return this.#session.loss(x, this.#check(x, t));
  }

  /**
   * The fraction of rows whose largest probability is at their label (the first of several equal ones counts), in [0, 1].
   *
   * @throws {ShapeError | ArgumentError | NonFiniteError} if x or t do not fit.
   */
  accuracy(x: Inputs, t: Targets): number {
    return this.#session.countCorrect(x, this.#check(x, t)) / x.shape[0];
  }

  /**
   * The central difference (L(θ + h) − L(θ − h)) / 2h for every parameter θ. Every one of these losses is evaluated; that
   * this takes milliseconds, not minutes, is in how (see the numerics notes of the project). Parameters are not touched.
   *
   * Fills `net.grads` and returns a copy. It differs from {@link TwoLayerNet.gradient} by about 1e-7 / probs[label],
   * relatively: the book's backpropagation leaves out the 1e-7 inside the logarithm.
   *
   * @throws {ShapeError | ArgumentError | NonFiniteError} if x, t or an option do not fit.
   */
  numericalGradient(x: Inputs, t: Targets, options: NumericalGradientOptions = {}): Gradients {
    checkOptions(options, ["h", "evaluation", "copy"]);
    const { h = 1e-4, evaluation = "incremental", copy = true } = options;
    checkDifferenceStep("options.h", h);
    checkChoice("options.evaluation", evaluation, ["incremental", "full"]);
    checkCopy(copy);
    const targets = this.#check(x, t);
    if (evaluation === "full") this.#session.centralDifferencesByDefinition(h, x, targets);
    else this.#session.centralDifferences(h, x, targets);
    return copy ? this.grads.toArrays() : this.grads;
  }

  /**
   * The gradient by backpropagation, the book's (chapter 5): (probs − t) / rows at the logits, which leaves out the 1e-7
   * inside the logarithm.
   *
   * Fills `net.grads` and returns a copy.
   *
   * @throws {ShapeError | ArgumentError | NonFiniteError} if x, t or an option do not fit.
   */
  gradient(x: Inputs, t: Targets, options: GradientOptions = {}): Gradients {
    checkOptions(options, ["copy"]);
    const { copy = true } = options;
    checkCopy(copy);
    this.#session.backpropagate(x, this.#check(x, t));
    return copy ? this.grads.toArrays() : this.grads;
  }

  /** Gives the memory back. Any later use of the network throws a DisposedError; a second call does nothing. */
  dispose(): void {
    this.#session.dispose();
  }

  /** The same as {@link TwoLayerNet.dispose}, at the end of the block that says `using net = new TwoLayerNet(…)`. */
  [Symbol.dispose](): void {
    this.dispose();
  }

  #check(x: Inputs, t: Targets): PreparedTargets {
    this.#checkInputs(x);
    checkTargets("t", t, x.shape[0], this.outputSize);
    return prepareTargets(t, this.outputSize, this.#session.softLabel);
  }

  #checkInputs(x: Inputs): void {
    // A disposed network says so, whatever it is given.
    void this.#session.raw;
    checkInputs("x", x, this.inputSize);
  }
}

function checkCopy(copy: unknown): void {
  if (typeof copy !== "boolean") throw new ArgumentError("options.copy", "true or false", describe(copy));
}
