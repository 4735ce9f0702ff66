import { checkAllFinite, isPixels } from "../shape.js";
import type { ImageLists } from "./image-lists.js";
import { type Inputs, inputData } from "./inputs.js";
import { UNKNOWN } from "./size-bounds.js";
import type { PreparedTargets } from "./targets.js";

/** The core's buffers for the samples of one part, which a batch fills. A `Session` has them. */
export interface PartBuffers {
  /** Stages rows of inputs from number `start` on; returns how many fitted. */
  stageRows(x: Inputs, start: number): number;
  /** Sets the targets of the staged rows, which are the targets from number `start` on. */
  stageTargets(targets: PreparedTargets, start: number, rows: number): void;
  /**
   * Stages the listed images with the numbers in `indices`, from `indices[start]` on, and their labels; returns how
   * many fitted.
   */
  stageImages(images: ImageLists, indices: ArrayLike<number>, start: number): number;
}

/** Samples with their targets, whose numbers do not change. A batch knows its own way into the core. */
export interface Batch {
  /** A number that no other batch has. */
  readonly id: number;
  /** Number of samples. */
  readonly size: number;
  /** Whether a team has what it takes to stage the batch. */
  readonly fitsTeam: boolean;
  /** The largest |x| of the inputs of samples with labels, or 1 if that is larger; infinite if it is not known. */
  readonly largestInput: number;
  /**
   * Stages a part of the batch in the core: as many samples as fit, from number `start` on, and their targets.
   *
   * @returns The number of samples in the part.
   * @throws {NonFiniteError} for the first part (`start` is 0), if any sample of the batch holds a NaN or an infinity.
   */
  stage(buffers: PartBuffers, start: number): number;
}

let batches = 0;

/** Rows of inputs, with their targets unless they are for a prediction only. Rows and targets have been checked. */
export class RowBatch implements Batch {
  readonly id = ++batches;
  readonly size: number;
  readonly fitsTeam = true;
  readonly largestInput = UNKNOWN;
  readonly #x: Inputs;
  readonly #targets: PreparedTargets | undefined;

  constructor(x: Inputs, targets?: PreparedTargets) {
    this.size = x.shape[0];
    this.#x = x;
    this.#targets = targets;
  }

  stage(buffers: PartBuffers, start: number): number {
    const x = this.#x;
    const rows = buffers.stageRows(x, start);
    // The core has checked the numbers of this part. Those of later parts must be finite too before anything changes.
    if (start === 0 && rows < this.size && !isPixels(x)) checkAllFinite("x.data", inputData(x), rows * x.shape[1]);
    if (this.#targets) buffers.stageTargets(this.#targets, start, rows);
    return rows;
  }

  /** A batch of copies of the rows with the given numbers. */
  gather(indices: ArrayLike<number>): RowBatch {
    return this.#take(indices.length, (data, cols) => gatherRows(data, indices, cols));
  }

  /** A batch of the rows from number `start` to, but without, `end`. It shares the memory of this one. */
  slice(start: number, end: number): RowBatch {
    return this.#take(end - start, (data, cols) => data.subarray(start * cols, end * cols) as typeof data);
  }

  #take(rows: number, take: <T extends RowData>(data: T, cols: number) => T): RowBatch {
    const cols = this.#x.shape[1];
    const x = { ...this.#x, shape: [rows, cols], data: take(inputData(this.#x), cols) } as Inputs;
    if (!this.#targets) return new RowBatch(x);
    const { labels, soft } = this.#targets;
    const taken = { labels: take(labels, 1) };
    return new RowBatch(x, soft ? { ...taken, soft: take(soft, soft.length / labels.length) } : taken);
  }
}

/** Images of a dataset that are listed in the core, by their numbers. Their labels are listed with them. */
export class ImageBatch implements Batch {
  readonly id = ++batches;
  readonly size: number;
  readonly #images: ImageLists;
  readonly #indices: ArrayLike<number>;

  constructor(images: ImageLists, indices: ArrayLike<number>) {
    this.size = indices.length;
    this.#images = images;
    this.#indices = indices;
  }

  /** Images that were listed by a run without a team of its own are not listed in the other members. */
  get fitsTeam(): boolean {
    return this.#images.inTeam !== undefined;
  }

  get largestInput(): number {
    return this.#images.largestInput;
  }

  stage(buffers: PartBuffers, start: number): number {
    return buffers.stageImages(this.#images, this.#indices, start);
  }
}

type RowData = Float64Array | Float32Array | Uint8Array | Uint32Array;

function gatherRows<T extends RowData>(data: T, indices: ArrayLike<number>, cols: number): T {
  const rows = new (data.constructor as new (length: number) => T)(indices.length * cols);
  for (let i = 0; i < indices.length; i++) {
    const start = indices[i]! * cols;
    rows.set(data.subarray(start, start + cols), i * cols);
  }
  return rows;
}
