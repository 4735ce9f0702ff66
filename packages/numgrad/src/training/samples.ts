import { Dataset } from "../data/dataset.js";
import { ArgumentError, describe } from "../errors.js";
import { type Batch, ImageBatch, RowBatch } from "../network/batch.js";
import { ImageLists } from "../network/image-lists.js";
import { type Inputs, inputData, readInputs } from "../network/inputs.js";
import type { Session } from "../network/session.js";
import { type OwnTargets, readTargets } from "../network/targets.js";
import { checkAllFinite, isMatrix, isPixels, type NumericArray, type NumericTargets, type Targets } from "../shape.js";
import type { Team } from "../team/team.js";
import { fingerprint } from "./fingerprint.js";

/** Inputs and their targets: a Dataset, or rows and targets of the same number. */
export type Samples =
  | Dataset
  | {
      /** Inputs, a row for each sample. */
      x: Inputs | NumericArray;
      /** Targets: a class index for each sample, or a row of targets for each sample. */
      t: Targets | NumericTargets;
    };

/**
 * The samples of a run, in whatever form the caller gave them. They make the batches of the run. Targets are copied.
 * Inputs may be too large for that: the core checks their numbers again when they are staged.
 */
export class SampleRows {
  /** Number of samples. */
  readonly size: number;
  readonly #x: Inputs;
  readonly #t: OwnTargets;
  #rows: RowBatch | undefined;
  #lists: ImageLists | undefined;
  #fingerprint: string | undefined;

  /**
   * @throws {ShapeError | ArgumentError | NonFiniteError} if the samples do not fit a network of `inputSize` inputs and
   * `outputSize` classes, or do not fit each other.
   */
  constructor(argument: string, samples: Samples, inputSize: number, outputSize: number) {
    if (typeof samples !== "object" || samples === null) {
      throw new ArgumentError(argument, "a Dataset or { x, t }", describe(samples));
    }
    const { x, t } = samples instanceof Dataset ? { x: samples.x(), t: samples.labels } : samples;
    this.#x = readInputs(`${argument}.x`, x, inputSize);
    if (!isPixels(this.#x)) checkAllFinite(`${argument}.x.data`, this.#x.data);
    this.size = this.#x.shape[0];
    this.#t = readTargets(`${argument}.t`, t, this.size, outputSize);
  }

  /** Fingerprint of the values and the kind of inputs and targets, which must not change during a run. */
  get fingerprint(): string {
    this.#fingerprint ??= this.#computeFingerprint();
    return this.#fingerprint;
  }

  /**
   * Prepares for reading `visits` samples. If each sample is read twice or more, samples with labels are listed in the
   * core, numbers only if few of them differ. Meanwhile `pause` is called every few milliseconds; it says whether to go
   * on.
   */
  async prepare(session: Session, visits: number, pause: () => Promise<boolean>): Promise<void> {
    const targets = session.prepareTargets(this.#t);
    this.#rows = new RowBatch(this.#x, targets);
    if (targets.soft || visits < 2 * this.size) return;
    this.#lists = await ImageLists.build(this.#x, targets.labels, pause);
  }

  /** Gives the lists to the other members of the run's own team, if there are both. If that fails, the rows are read. */
  async share(team: Team | undefined, pause: () => Promise<boolean>): Promise<void> {
    const lists = this.#usableLists;
    if (!team || !lists || (await lists.shareWith(team, pause))) return;
    lists.dispose();
    this.#lists = undefined;
  }

  /** Gives back what `prepare` took. */
  release(): void {
    this.#lists?.dispose();
    this.#lists = undefined;
    this.#rows = undefined;
  }

  /** The samples with the given numbers. */
  batch(indices: ArrayLike<number>): Batch {
    const lists = this.#usableLists;
    return lists ? new ImageBatch(lists, indices) : this.#prepared.gather(indices);
  }

  /** How many of the samples from number `start` to, but without, `end` are classified as their targets say. */
  countCorrect(session: Session, start: number, end: number): number {
    const lists = this.#usableLists;
    if (lists) return session.countCorrectImages(lists, start, end);
    return session.countCorrect(this.#prepared.slice(start, end));
  }

  #computeFingerprint(): string {
    const { shape } = this.#x;
    const data = inputData(this.#x);
    const kind = isPixels(this.#x) ? "pixels" : `${8 * data.BYTES_PER_ELEMENT} bits`;
    const targets = isMatrix(this.#t) ? this.#t.data : this.#t;
    const ascii = Uint8Array.from(`${kind} ${shape}`, (character) => character.charCodeAt(0));
    return fingerprint(ascii, data, targets);
  }

  /** The lists of the images, unless another network has brought down the instance of the core in which they are. */
  get #usableLists(): ImageLists | undefined {
    return this.#lists?.isLost ? undefined : this.#lists;
  }

  get #prepared(): RowBatch {
    if (!this.#rows) throw new Error("samples are read before prepare()");
    return this.#rows;
  }
}
