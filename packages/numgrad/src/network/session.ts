import { DisposedError, NonFiniteError } from "../errors.js";
import { isPixels, type Targets } from "../shape.js";
import { MemoryView, readLayout } from "../wasm/memory-view.js";
import { core, createSession, guard, type RawSession, release } from "../wasm/runtime.js";
import type { Batch, PartBuffers } from "./batch.js";
import type { Dimensions } from "./dimensions.js";
import type { ImageLists } from "./image-lists.js";
import type { Inputs } from "./inputs.js";
import { type PreparedTargets, prepareTargets } from "./targets.js";

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
  readonly params: MemoryView<Float64Array>;
  /** The gradient, in the same order. */
  readonly grads: MemoryView<Float64Array>;
  /** Most samples of a part. */
  readonly #partRows: number;
  /** Parameters of one call of the differences by definition. */
  readonly #piece: number;
  /** The label of a sample whose targets are a row of numbers. */
  readonly #softLabel: number;
  readonly #values: MemoryView<Float64Array>;
  readonly #pixels: MemoryView<Uint8Array>;
  readonly #labels: MemoryView<Uint32Array>;
  readonly #targets: MemoryView<Float64Array>;
  readonly #probs: MemoryView<Float64Array>;
  readonly #indices: MemoryView<Uint32Array>;
  /** The core's object; undefined after `dispose()`. */
  #object: RawSession | undefined;

  constructor(dimensions: Dimensions) {
    const { inputSize, hiddenSize, outputSize } = dimensions;
    const raw = createSession(inputSize, hiddenSize, outputSize);
    const { memory } = core();
    const parameters = (inputSize + 1) * hiddenSize + (hiddenSize + 1) * outputSize;
    const { partRows, piece, softLabel, ...addresses } = readLayout(memory, raw, SESSION_LAYOUT);
    this.dimensions = dimensions;
    this.#partRows = partRows;
    this.#piece = piece;
    this.#softLabel = softLabel;
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

  /** @throws {DisposedError} after `dispose()`. */
  checkAlive(): void {
    void this.#raw;
  }

  /** Multiplies the weights W1 and W2 by a factor. */
  scaleWeights(factor: number): void {
    const raw = this.#raw;
    guard(() => raw.scale_weights(factor));
  }

  /**
   * Moves every parameter by −learningRate × its gradient, unless a result would be NaN or infinite. Then nothing
   * changes.
   *
   * @returns Whether all results are finite.
   */
  descend(learningRate: number): boolean {
    const raw = this.#raw;
    return guard(() => raw.descend(learningRate));
  }

  /** Targets, which have been checked, in the form that the core takes. */
  prepareTargets(t: Targets): PreparedTargets {
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
    const raw = this.#raw;
    return guard(() => raw.count_correct_images(images.raw, from, to));
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
    const raw = this.#raw;
    const [samples, cols] = x.shape;
    const rows = Math.min(this.#partRows, samples - start);
    const part = x.data.subarray(start * cols, (start + rows) * cols);
    if (isPixels(x)) {
      this.#pixels.array.set(part);
      return guard(() => raw.stage_pixels(rows));
    }
    this.#values.array.set(part);
    const staged = guard(() => raw.stage_values(rows));
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
    const raw = this.#raw;
    const rows = Math.min(this.#partRows, indices.length - start);
    const numbers = this.#indices.array;
    for (let row = 0; row < rows; row++) numbers[row] = indices[start + row]!;
    return guard(() => raw.stage_images(images.raw, rows));
  }

  /** Frees the memory. Views on it must not be used any more. */
  dispose(): void {
    release(this.#object);
    this.#object = undefined;
  }

  get #raw(): RawSession {
    if (!this.#object) throw new DisposedError("this TwoLayerNet has been disposed of");
    return this.#object;
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
    const raw = this.#raw;
    const samples = batch.size;
    for (let start = 0; start < samples; ) {
      const rows = batch.stage(this, start);
      const last = start + rows === samples;
      guard(() => visit(raw, { start, rows, first: start === 0, last, samples }));
      start += rows;
    }
  }
}
