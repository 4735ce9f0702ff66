import { type CoreError, DisposedError, NonFiniteError } from "../errors.js";
import { isPixels } from "../shape.js";
import { MemoryView, readLayout } from "../wasm/memory-view.js";
import { type Core, core, createSession, guard, type RawSession, release } from "../wasm/runtime.js";
import type { Batch, PartBuffers } from "./batch.js";
import { type Dimensions, parameterSizes } from "./dimensions.js";
import type { ImageLists } from "./image-lists.js";
import { type Inputs, inputData } from "./inputs.js";
import { type OwnTargets, type PreparedTargets, prepareTargets } from "./targets.js";

/** A part of a batch: the samples that are staged in the core at a time. */
interface Part {
  /** Number of the part's first sample in the batch. */
  readonly start: number;
  /** Samples of the part. */
  readonly rows: number;
  /** Whether the part is the batch's first. */
  readonly first: boolean;
  /** Whether the part is the batch's last. */
  readonly last: boolean;
  /** Samples of the whole batch. */
  readonly samples: number;
}

/** Order of the sizes and addresses in the layout of the core's session (crates/numgrad-wasm/src/network.rs). */
const SESSION_LAYOUT = [
  ...(["partRows", "piece", "softLabel"] as const),
  ...(["labels", "targets", "params", "grads", "values", "pixels", "indices", "probs"] as const),
];

/**
 * A network in the core. Every call into its object is in this file and goes through `guard`.
 *
 * A batch of any size is worked through in parts: a part is copied into the core's buffers and staged, then the core
 * computes.
 */
export class Session implements PartBuffers {
  readonly dimensions: Dimensions;
  /** All parameters, in the order of `PARAMETER_NAMES`. */
  params!: MemoryView<Float64Array>;
  /** The gradient, in the same order. */
  grads!: MemoryView<Float64Array>;
  /** Most samples of a part. */
  #partRows!: number;
  /** Parameters of one call of the differences by definition. */
  #piece!: number;
  /** The label of a sample whose targets are a row of numbers. */
  #softLabel!: number;
  #values!: MemoryView<Float64Array>;
  #pixels!: MemoryView<Uint8Array>;
  #labels!: MemoryView<Uint32Array>;
  #targets!: MemoryView<Float64Array>;
  #probs!: MemoryView<Float64Array>;
  #indices!: MemoryView<Uint32Array>;
  /** The instance of the core in which the network is. */
  #core!: Core;
  /** The core's object; undefined after `dispose()`. */
  #object: RawSession | undefined;
  /** Why the network can no longer be used, if a call that worked on it has trapped. */
  #failure: CoreError | undefined;

  constructor(dimensions: Dimensions) {
    this.dimensions = dimensions;
    this.#connect();
  }

  /** Makes the core's object in the running instance. */
  #connect(): void {
    const { inputSize, hiddenSize, outputSize } = this.dimensions;
    const raw = createSession(inputSize, hiddenSize, outputSize);
    const running = core();
    const { memory } = running;
    const parameters = (inputSize + 1) * hiddenSize + (hiddenSize + 1) * outputSize;
    const { partRows, piece, softLabel, ...addresses } = readLayout(memory, raw, SESSION_LAYOUT);
    this.#partRows = partRows;
    this.#piece = piece;
    this.#softLabel = softLabel;
    this.#core = running;
    this.#object = raw;
    this.params = new MemoryView(memory, Float64Array, addresses.params, parameters);
    this.grads = new MemoryView(memory, Float64Array, addresses.grads, parameters);
    this.#values = new MemoryView(memory, Float64Array, addresses.values, partRows * inputSize);
    this.#pixels = new MemoryView(memory, Uint8Array, addresses.pixels, partRows * inputSize);
    this.#labels = new MemoryView(memory, Uint32Array, addresses.labels, partRows);
    this.#targets = new MemoryView(memory, Float64Array, addresses.targets, partRows * outputSize);
    this.#indices = new MemoryView(memory, Uint32Array, addresses.indices, partRows);
    this.#probs = new MemoryView(memory, Float64Array, addresses.probs, partRows * outputSize);
  }

  /** @throws {DisposedError} after `dispose()`. @throws {CoreError} if a call that worked on this network has trapped. */
  checkAlive(): void {
    void this.#raw;
  }

  /**
   * Checks the parameters, which a caller can write without a check.
   *
   * @throws {NonFiniteError} naming the first parameter that is NaN or infinite.
   */
  checkParameters(): void {
    let index = this.#guard((raw) => raw.first_non_finite_parameter());
    if (index < 0) return;
    const value = this.params.array[index]!;
    for (const [name, size] of Object.entries(parameterSizes(this.dimensions))) {
      if (index < size) throw new NonFiniteError(`net.params.${name}`, index, value);
      index -= size;
    }
  }

  /** Multiplies the weights W1 and W2 by a factor. */
  scaleWeights(factor: number): void {
    this.#guard((raw) => raw.scale_weights(factor));
  }

  /**
   * Moves every parameter by −learningRate × its gradient, unless a result would be NaN or infinite. Then nothing
   * changes.
   *
   * @returns Whether all results are finite.
   */
  descend(learningRate: number): boolean {
    return this.#guard((raw) => raw.descend(learningRate));
  }

  /** Targets, which have been checked, in the form that the core takes. */
  prepareTargets(t: OwnTargets): PreparedTargets {
    return prepareTargets(t, this.dimensions.outputSize, this.#softLabel);
  }

  /** Class probabilities of each sample, [batch.size, outputSize]. */
  predict(batch: Batch): Float64Array {
    const { outputSize } = this.dimensions;
    const probs = new Float64Array(batch.size * outputSize);
    this.#forEachPart(batch, (raw, { start, rows }) => {
      raw.forward();
      probs.set(this.#probs.array.subarray(0, rows * outputSize), start * outputSize);
    });
    return probs;
  }

  /** Mean loss of the samples, in nats. */
  loss(batch: Batch): number {
    return this.#meanLoss(batch, (raw) => raw.forward());
  }

  /** Number of samples that are classified as their targets say. */
  countCorrect(batch: Batch): number {
    let correct = 0;
    this.#forEachPart(batch, (raw) => {
      raw.forward();
      correct += raw.count_correct();
    });
    return correct;
  }

  /** Number of listed images, from number `from` to, but without, `to`, that are classified as their labels say. */
  countCorrectImages(images: ImageLists, from: number, to: number): number {
    return this.#guard((raw) => raw.count_correct_images(images.raw, from, to));
  }

  /** Computes the gradient by backpropagation into `grads`; returns the mean loss, which the forward pass gives. */
  backpropagate(batch: Batch): number {
    return this.#meanLoss(batch, (raw, { first, samples }) => raw.backpropagate(first, samples));
  }

  /** Computes central differences into `grads`; returns the mean loss, which their forward pass gives. */
  centralDifferences(h: number, batch: Batch): number {
    return this.#meanLoss(batch, (raw, { first, last, samples }) => raw.central_differences(h, first, last, samples));
  }

  /** Computes central differences into `grads` by the definition: two whole forward passes for each parameter. */
  centralDifferencesByDefinition(h: number, batch: Batch): void {
    for (let parameter = 0; parameter < this.params.array.length; parameter += this.#piece) {
      this.#forEachPart(batch, (raw, { first, last, samples }) => {
        raw.central_differences_by_definition(h, first, last, samples, parameter);
      });
    }
  }

  stageRows(x: Inputs, start: number): number {
    const [samples, cols] = x.shape;
    const rows = Math.min(this.#partRows, samples - start);
    const part = inputData(x).subarray(start * cols, (start + rows) * cols);
    if (isPixels(x)) {
      this.#pixels.array.set(part);
      return this.#guard((raw) => raw.stage_pixels(rows));
    }
    this.#values.array.set(part);
    const staged = this.#guard((raw) => raw.stage_values(rows));
    if (staged >= 0) return staged;
    // Number i of the part is NaN or infinite: the core returns −1 − i.
    const index = start * cols - 1 - staged;
    throw new NonFiniteError("x.data", index, x.data[index]!);
  }

  stageTargets({ labels, soft }: PreparedTargets, start: number, rows: number): void {
    const { outputSize } = this.dimensions;
    this.#labels.array.set(labels.subarray(start, start + rows));
    if (soft) this.#targets.array.set(soft.subarray(start * outputSize, (start + rows) * outputSize));
  }

  stageImages(images: ImageLists, indices: ArrayLike<number>, start: number): number {
    const rows = Math.min(this.#partRows, indices.length - start);
    const numbers = this.#indices.array;
    for (let row = 0; row < rows; row++) numbers[row] = indices[start + row]!;
    return this.#guard((raw) => raw.stage_images(images.raw, rows));
  }

  /** Frees the memory. Views on it must not be used any more. */
  dispose(): void {
    release(this.#core, this.#object);
    this.#object = undefined;
  }

  get #raw(): RawSession {
    if (!this.#object) throw new DisposedError("this TwoLayerNet has been disposed of");
    if (this.#failure) throw this.#failure;
    if (this.#core.failure) this.#move();
    return this.#object;
  }

  /** Moves the network to the running instance, after a call that worked on something else has ended its own. */
  #move(): void {
    const { params, grads } = this;
    this.#connect();
    this.params.array.set(params.array);
    this.grads.array.set(grads.array);
  }

  /** Makes a call that works on this network. */
  #guard<T>(call: (raw: RawSession) => T): T {
    const raw = this.#raw;
    try {
      return guard(this.#core, () => call(raw));
    } catch (error) {
      this.#failure = this.#core.failure;
      throw error;
    }
  }

  /** Mean loss of the samples; `compute` makes at least the forward pass of a part. */
  #meanLoss(batch: Batch, compute: (raw: RawSession, part: Part) => void): number {
    let sum = 0;
    this.#forEachPart(batch, (raw, part) => {
      compute(raw, part);
      sum = raw.add_losses(sum);
    });
    return sum / batch.size;
  }

  /**
   * Stages a batch part by part, and calls `visit` after each.
   *
   * @throws {NonFiniteError} before the first visit, if the samples hold a NaN or an infinity.
   */
  #forEachPart(batch: Batch, visit: (raw: RawSession, part: Part) => void): void {
    this.checkAlive(); // moves the network if that is due, before anything is copied into its buffers
    const samples = batch.size;
    for (let start = 0; start < samples; ) {
      const rows = batch.stage(this, start);
      const last = start + rows === samples;
      this.#guard((raw) => visit(raw, { start, rows, first: start === 0, last, samples }));
      start += rows;
    }
  }
}
