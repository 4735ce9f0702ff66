import { Dataset } from "../data/dataset.js";
import { ArgumentError, describe } from "../errors.js";
import { ImageLists } from "../network/image-lists.js";
import { checkInputs, type Inputs } from "../network/inputs.js";
import type { Rows, Session } from "../network/session.js";
import { checkTargets, type PreparedTargets, prepareTargets } from "../network/targets.js";
import { checkAllFinite, isMatrix, isPixels, type Targets } from "../shape.js";
import { fingerprint } from "./fingerprint.js";

/** Inputs and their targets, row by row. */
export type Samples =
  | Dataset
  | {
      /** A row for each sample. */
      x: Inputs;
      /** A class index, or a row of targets, for each sample. */
      t: Targets;
    };

/** Samples and targets as a session takes them. */
export interface Batch {
  readonly rows: Rows;
  readonly targets?: PreparedTargets;
}

/** Samples in one form, whatever the caller's was. Images can be listed in the core, which saves the way there. */
export class SampleRows {
  readonly size: number;
  readonly #x: Inputs;
  readonly #t: Targets;
  readonly #classes: number;
  #targets: PreparedTargets | undefined;
  #lists: ImageLists | undefined;
  #fingerprint: string | undefined;

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
        throw new ArgumentError(argument, "a Dataset or { x, t }", describe(samples));
      }
      this.#x = samples.x;
      this.#t = samples.t;
    }
    checkInputs(`${argument}.x`, this.#x, inputSize);
    if (!isPixels(this.#x)) checkAllFinite(`${argument}.x.data`, this.#x.data);
    this.size = this.#x.shape[0];
    this.#classes = outputSize;
    checkTargets(`${argument}.t`, this.#t, this.size, outputSize);
  }

  /** Fingerprint of inputs and targets, of their values and their kind. Data are not to change during a run. */
  get fingerprint(): string {
    this.#fingerprint ??= this.#takeFingerprint();
    return this.#fingerprint;
  }

  /**
   * Makes ready for `visits` samples to be read. Images with labels are listed in the core if each is read twice or more;
   * `pause` gives others their turn meanwhile.
   */
  async prepare(session: Session, visits: number, pause: () => Promise<void> | undefined): Promise<void> {
    this.#targets = prepareTargets(this.#t, this.#classes, session.softLabel);
    if (!isPixels(this.#x) || this.#targets.soft || visits < 2 * this.size) return;
    this.#lists = await ImageLists.build(this.#x, this.#targets.labels, pause);
  }

  /** Gives back what `prepare` took. */
  release(): void {
    this.#lists?.dispose();
    this.#lists = undefined;
    this.#targets = undefined;
  }

  /** The samples with the given numbers. */
  batch(indices: ArrayLike<number>): Batch {
    if (this.#lists) return { rows: { images: this.#lists, indices } };
    return { rows: gatherInputs(this.#x, indices), targets: gatherTargets(this.#prepared, indices, this.#classes) };
  }

  /** How many of the samples from `start` to `end` are classified as their targets say. */
  countCorrect(session: Session, start: number, end: number): number {
    if (this.#lists) return session.countCorrectImages(this.#lists, start, end);
    const [, cols] = this.#x.shape;
    const data = this.#x.data.subarray(start * cols, end * cols);
    const { labels, soft } = this.#prepared;
    const targets = { labels: labels.subarray(start, end) };
    return session.countCorrect(
      { ...this.#x, shape: [end - start, cols], data } as Inputs,
      soft ? { ...targets, soft: soft.subarray(start * this.#classes, end * this.#classes) } : targets,
    );
  }

  #takeFingerprint(): string {
    const { shape, data } = this.#x;
    const kind = isPixels(this.#x) ? "pixels" : `${8 * data.BYTES_PER_ELEMENT} bits`;
    const targets = isMatrix(this.#t) ? this.#t.data : Uint32Array.from(this.#t);
    return fingerprint(new TextEncoder().encode(`${kind} ${shape}`), data, targets);
  }

  get #prepared(): PreparedTargets {
    if (!this.#targets) throw new Error("samples are read before prepare()");
    return this.#targets;
  }
}

function gatherInputs(x: Inputs, indices: ArrayLike<number>): Inputs {
  const shape = [indices.length, x.shape[1]] as const;
  if (isPixels(x)) return { kind: "pixels", shape, data: gatherRows(x.data, indices, shape[1]) };
  return { shape, data: gatherRows<Float64Array | Float32Array>(x.data, indices, shape[1]) } as Inputs;
}

function gatherTargets(
  { labels, soft }: PreparedTargets,
  indices: ArrayLike<number>,
  classes: number,
): PreparedTargets {
  const gathered = { labels: gatherRows(labels, indices, 1) };
  return soft ? { ...gathered, soft: gatherRows(soft, indices, classes) } : gathered;
}

function gatherRows<T extends Float64Array | Float32Array | Uint8Array | Uint32Array>(
  data: T,
  indices: ArrayLike<number>,
  cols: number,
): T {
  // A Node Buffer is a Uint8Array whose own constructor is deprecated.
  const Type = data instanceof Uint8Array ? Uint8Array : data.constructor;
  const rows = new (Type as new (length: number) => T)(indices.length * cols);
  for (let i = 0; i < indices.length; i++) {
    const start = (indices[i] as number) * cols;
    rows.set(data.subarray(start, start + cols), i * cols);
  }
  return rows;
}
