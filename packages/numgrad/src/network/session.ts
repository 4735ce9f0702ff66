import { DisposedError, NonFiniteError } from "../errors.js";
import { checkAllFinite, isPixels } from "../shape.js";
import { MemoryView, readLayout } from "../wasm/memory-view.js";
import { core, createSession, guard, type RawSession, release } from "../wasm/runtime.js";
import type { ImageLists } from "./image-lists.js";
import type { Inputs } from "./inputs.js";
import type { PreparedTargets } from "./targets.js";

/** Images of a dataset by their numbers; their labels are the targets. */
export interface Selection {
  readonly images: ImageLists;
  readonly indices: ArrayLike<number>;
}

/** The samples of a batch. */
export type Rows = Inputs | Selection;

/** Which part of a larger batch is staged in the core. */
export interface Part {
  /** First row of the part. */
  readonly start: number;
  /** Rows of the part. */
  readonly rows: number;
  readonly first: boolean;
  readonly last: boolean;
  /** Rows of the whole batch. */
  readonly samples: number;
}

/** Numbers of units of the three layers. */
export interface Dimensions {
  readonly inputSize: number;
  readonly hiddenSize: number;
  readonly outputSize: number;
}

/** What the core's table of a session holds: three sizes, then addresses. */
const TABLE = [
  ...(["rows", "slice", "softLabel"] as const),
  ...(["labels", "targets", "params", "grads", "values", "pixels", "indices", "probs"] as const),
];

/**
 * A network's memory in the core, and the way of a batch into it: rows are copied into the core's buffer and staged, as
 * many at a time as fit.
 */
export class Session {
  readonly dimensions: Dimensions;
  readonly params: MemoryView<Float64Array>;
  readonly grads: MemoryView<Float64Array>;
  /** The label of a sample whose targets are a row of numbers. */
  readonly softLabel: number;
  /** Most rows of a part. */
  readonly #chunkRows: number;
  /** Parameters of one call of the differences by definition. */
  readonly #slice: number;
  /** The core's own object; every call goes through `guard`. */
  #raw: RawSession | undefined;
  readonly #values: MemoryView<Float64Array>;
  readonly #pixels: MemoryView<Uint8Array>;
  readonly #labels: MemoryView<Uint32Array>;
  readonly #targets: MemoryView<Float64Array>;
  readonly #probs: MemoryView<Float64Array>;
  readonly #indices: MemoryView<Uint32Array>;

  constructor(dimensions: Dimensions) {
    const { inputSize, hiddenSize, outputSize } = dimensions;
    const raw = createSession(inputSize, hiddenSize, outputSize);
    const { memory } = core();
    const parameters = (inputSize + 1) * hiddenSize + (hiddenSize + 1) * outputSize;
    const { rows, slice, softLabel, ...at } = readLayout(memory, raw, TABLE);
    this.dimensions = dimensions;
    this.softLabel = softLabel;
    this.#chunkRows = rows;
    this.#slice = slice;
    this.#raw = raw;
    this.params = new MemoryView(memory, Float64Array, at.params, parameters);
    this.grads = new MemoryView(memory, Float64Array, at.grads, parameters);
    this.#values = new MemoryView(memory, Float64Array, at.values, rows * inputSize);
    this.#pixels = new MemoryView(memory, Uint8Array, at.pixels, rows * inputSize);
    this.#labels = new MemoryView(memory, Uint32Array, at.labels, rows);
    this.#targets = new MemoryView(memory, Float64Array, at.targets, rows * outputSize);
    this.#indices = new MemoryView(memory, Uint32Array, at.indices, rows);
    this.#probs = new MemoryView(memory, Float64Array, at.probs, rows * outputSize);
  }

  /** The core's object. @throws {DisposedError} after `dispose()`. */
  get raw(): RawSession {
    if (!this.#raw) throw new DisposedError("this TwoLayerNet has been disposed of");
    return this.#raw;
  }

  /** Probabilities of the rows of the last part, [rows, outputSize]. */
  probs(rows: number): Float64Array {
    return this.#probs.array.subarray(0, rows * this.dimensions.outputSize);
  }

  /** Mean loss of the samples, in nats. */
  loss(rows: Rows, targets?: PreparedTargets): number {
    const { raw } = this;
    let sum = 0;
    this.forEachPart(rows, targets, () => {
      raw.forward();
      sum = raw.add_losses(sum);
    });
    return sum / countRows(rows);
  }

  /** How many samples are classified as their targets say. */
  countCorrect(rows: Rows, targets?: PreparedTargets): number {
    const { raw } = this;
    let correct = 0;
    this.forEachPart(rows, targets, () => {
      raw.forward();
      correct += raw.count_correct();
    });
    return correct;
  }

  /** The same for the images `from` to `to` of a dataset. */
  countCorrectImages(images: ImageLists, from: number, to: number): number {
    const { raw } = this;
    return guard(() => raw.count_correct_images(images.raw, from, to));
  }

  /** Backpropagation into `grads`; returns the loss, which its forward pass gives. */
  backpropagate(rows: Rows, targets?: PreparedTargets): number {
    const { raw } = this;
    let sum = 0;
    this.forEachPart(rows, targets, ({ first, samples }) => {
      raw.backpropagate(first, samples);
      sum = raw.add_losses(sum);
    });
    return sum / countRows(rows);
  }

  /** Central differences into `grads`; returns the loss, which their forward pass gives. */
  centralDifferences(h: number, rows: Rows, targets?: PreparedTargets): number {
    const { raw } = this;
    let sum = 0;
    this.forEachPart(rows, targets, ({ first, last, samples }) => {
      raw.central_differences(h, first, last, samples);
      sum = raw.add_losses(sum);
    });
    return sum / countRows(rows);
  }

  /** Central differences into `grads`, by two whole forward passes for each parameter. */
  centralDifferencesByDefinition(h: number, rows: Rows, targets?: PreparedTargets): void {
    const { raw } = this;
    for (let parameter = 0; parameter < this.params.array.length; parameter += this.#slice) {
      this.forEachPart(rows, targets, ({ first, last, samples }) => {
        raw.central_differences_by_definition(h, first, last, samples, parameter);
      });
    }
  }

  /**
   * Stages samples, with their targets where there are some, part by part, and calls `visit` after each.
   *
   * @throws {NonFiniteError} before the first visit, if the samples hold a NaN or an infinity.
   */
  forEachPart(rows: Rows, targets: PreparedTargets | undefined, visit: (part: Part) => void): void {
    const samples = countRows(rows);
    for (let start = 0; start < samples; ) {
      const staged = isSelection(rows) ? this.#stageImages(rows, start) : this.#stage(rows, start);
      const last = start + staged === samples;
      // The core has looked at the part that is staged; what comes later must be sound too before anything changes.
      if (start === 0 && !last && !isSelection(rows) && !isPixels(rows)) {
        checkAllFinite("x.data", rows.data, staged * rows.shape[1]);
      }
      if (targets) this.#stageTargets(targets, start, staged);
      guard(() => visit({ start, rows: staged, first: start === 0, last, samples }));
      start += staged;
    }
  }

  /** Frees the memory. Views on it must not be used any more. */
  dispose(): void {
    release(this.#raw);
    this.#raw = undefined;
  }

  /** Stages images from number `start` of the selection on; returns how many fitted. */
  #stageImages({ images, indices }: Selection, start: number): number {
    const { raw } = this;
    const rows = Math.min(this.#chunkRows, indices.length - start);
    const numbers = this.#indices.array;
    for (let row = 0; row < rows; row++) numbers[row] = indices[start + row] as number;
    return guard(() => raw.stage_images(images.raw, rows));
  }

  /** Copies rows from `start` on into the core and stages them; returns how many fitted. */
  #stage(x: Inputs, start: number): number {
    const { raw } = this;
    const [samples, cols] = x.shape;
    const rows = Math.min(this.#chunkRows, samples - start);
    const part = x.data.subarray(start * cols, (start + rows) * cols);
    if (isPixels(x)) {
      this.#pixels.array.set(part);
      return guard(() => raw.stage_pixels(rows));
    }
    this.#values.array.set(part);
    const staged = guard(() => raw.stage_values(rows));
    if (staged >= 0) return staged;
    const index = start * cols - 1 - staged;
    throw new NonFiniteError("x.data", index, x.data[index] as number);
  }

  #stageTargets({ labels, soft }: PreparedTargets, start: number, rows: number): void {
    const { outputSize } = this.dimensions;
    this.#labels.array.set(labels.subarray(start, start + rows));
    if (soft) this.#targets.array.set(soft.subarray(start * outputSize, (start + rows) * outputSize));
  }
}

function isSelection(rows: Rows): rows is Selection {
  return "images" in rows;
}

function countRows(rows: Rows): number {
  return isSelection(rows) ? rows.indices.length : rows.shape[0];
}
