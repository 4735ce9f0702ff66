import { type CoreError, DisposedError, NonFiniteError } from "../errors.js";
import type { ParameterStore } from "../parameter-store.js";
import { checkAllFinite, isPixels } from "../shape.js";
import { BACKPROPAGATE, DIFFERENCES, FORWARD } from "../team/shared.js";
import { Team } from "../team/team.js";
import type { MakeWorker } from "../team/threads.js";
import { SESSION_LAYOUT } from "../wasm/layouts.js";
import { MemoryView, readLayout } from "../wasm/memory-view.js";
import { type Core, core, createSession, guard, type RawSession, release } from "../wasm/runtime.js";
import type { Batch, PartBuffers } from "./batch.js";
import { type Dimensions, PARAMETER_NAMES, type ParameterName, parameterSizes } from "./dimensions.js";
import type { ImageLists } from "./image-lists.js";
import { type Inputs, inputData } from "./inputs.js";
import { SizeBounds, UNKNOWN } from "./size-bounds.js";
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

/**
 * A network in the core. Every call into its object goes through `guard`: those in this file, and those of a team.
 *
 * A batch of any size is worked through in parts: a part is copied into the core's buffers and staged, then the core
 * computes.
 */
export class Session implements PartBuffers, ParameterStore {
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
  /** Id of the batch whose samples are all staged, here and in the members of a team, if there is such a batch. */
  #staged: { readonly batch: number; readonly team: Team | undefined } | undefined;
  /** The threads that work on this network during a training run. */
  #team: Team | undefined;
  /** Which of its numbers the user may have views on, and so read and write at any time between two steps. */
  readonly #hasViews = { params: false, grads: false };
  /** Bounds of its numbers, as long as the user has no view on them. */
  readonly #bounds = new SizeBounds();

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
    this.#staged = undefined;
    this.params = new MemoryView(memory, Float64Array, addresses.params, parameters);
    this.grads = new MemoryView(memory, Float64Array, addresses.grads, parameters);
    this.#values = new MemoryView(memory, Float64Array, addresses.numbers, partRows * inputSize);
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
    this.checkAlive();
    if (this.#boundParameters()) return;
    let start = 0;
    for (const [name, size] of Object.entries(parameterSizes(this.dimensions))) {
      checkAllFinite(`net.params.${name}`, this.params.array.subarray(start, start + size));
      start += size;
    }
  }

  /**
   * Bounds the parameters, unless their bound is known or the user may write them at any time.
   *
   * @returns Whether they have a bound now, and so are finite.
   */
  #boundParameters(): boolean {
    if (this.#bounds.params < UNKNOWN) return true;
    this.refresh("params");
    const norm = this.#guard((raw) => raw.parameter_norm());
    if (!this.#hasViews.params) this.#bounds.params = norm;
    return norm < UNKNOWN;
  }

  /**
   * Lets other threads work on this network too, until `leaveTeam`. Results do not change, not by a bit.
   *
   * @param members Number of threads, this one included.
   * @param make Makes a worker, in place of one from the inlined program.
   * @returns The team, or why there is none.
   * @throws {NumgradError} if `make` does not give workers of this version.
   */
  async joinTeam(members: number, make?: MakeWorker): Promise<Team | string> {
    this.checkAlive();
    const reason = "another run trains this network already";
    const { inputSize, hiddenSize, outputSize } = this.dimensions;
    const shape = { inputSize, hiddenSize, outputSize, members, rows: this.#partRows };
    const team = this.#team ? reason : await Team.start(shape, make);
    if (typeof team === "string") return team;
    try {
      // Meanwhile anything may have happened to the network.
      this.#guard((session) => {
        if (this.#team) return;
        team.join({ memory: this.#core.memory, session });
        this.#team = team;
      });
    } finally {
      if (this.#team !== team) await team.end();
    }
    return this.#team === team ? team : reason;
  }

  /** Ends the other threads, if there are any, after this network has got what they have computed. */
  async leaveTeam(team: Team | undefined): Promise<void> {
    if (!team) return;
    try {
      if (this.#object && !this.#failure) {
        this.refresh("params");
        this.refresh("grads");
        this.#guard((raw) => raw.set_share(0, this.dimensions.hiddenSize));
      }
    } catch (error) {
      // What the other threads had is lost.
      this.#failure ??= error as CoreError;
    } finally {
      this.#team = undefined;
      this.#staged = undefined;
      await team.end();
    }
  }

  /** Number of threads that work on this network. */
  get threads(): number {
    return this.#team?.members ?? 1;
  }

  /**
   * Gets what other threads have computed, before somebody reads the parameters or the gradient.
   *
   * @throws {DisposedError | CoreError} as `checkAlive`.
   */
  refresh(kind: "params" | "grads"): void {
    this.#guard(() => this.#team?.collect(kind));
  }

  /** Sets all parameters, without a view on them: as long as somebody may have one, a team transfers them in each step. */
  setParameters(values: Readonly<Record<ParameterName, Float64Array | Float32Array>>): void {
    this.refresh("params");
    let start = 0;
    for (const name of PARAMETER_NAMES) {
      this.params.array.set(values[name], start);
      start += values[name].length;
    }
    this.#bounds.params = UNKNOWN;
    this.#team?.noteChange();
  }

  /**
   * Prepares for a view on the parameters or the gradient, by which the user can read and write them at any time.
   *
   * @throws {DisposedError | CoreError} as `checkAlive`.
   */
  openView(kind: "params" | "grads"): void {
    // A team makes the last update before the user can change its gradient.
    this.refresh("params");
    this.refresh(kind);
    this.#hasViews[kind] = true;
    this.#bounds[kind] = UNKNOWN;
  }

  /** The team, if there is one, after the others have got what the user may have written. */
  #readyTeam(): Team | undefined {
    const team = this.#team;
    if (!team) return undefined;
    if (this.#hasViews.params) team.noteChange();
    team.replace();
    return team;
  }

  /**
   * Moves every parameter by −learningRate × its gradient, unless a result would be NaN or infinite. Then nothing
   * changes.
   *
   * @returns Whether all results are finite.
   */
  descend(learningRate: number): boolean {
    return this.#guard((raw) => {
      const team = this.#readyTeam();
      const isSafe = this.#bounds.noteUpdate(learningRate);
      if (team && !team.ownsGradient && !this.#hasViews.grads) {
        const isMade = team.descend(learningRate, isSafe);
        if (isMade && this.#hasViews.params) team.collect("params");
        return isMade;
      }
      return this.#alone(raw, () => {
        if (!isSafe && !raw.descends_to_finite(learningRate)) return false;
        raw.descend(learningRate);
        team?.noteChange();
        return true;
      });
    });
  }

  /** Targets, which have been checked, in the form that the core takes. */
  prepareTargets(t: OwnTargets): PreparedTargets {
    return prepareTargets(t, this.dimensions.outputSize, this.#softLabel);
  }

  /** Class probabilities of each sample, [batch.size, outputSize]. */
  predict(batch: Batch): Float64Array {
    const { outputSize } = this.dimensions;
    const probs = new Float64Array(batch.size * outputSize);
    this.#forEachPart(batch, FORWARD, 0, (_raw, { start, rows }) => {
      probs.set(this.#probs.array.subarray(0, rows * outputSize), start * outputSize);
    });
    return probs;
  }

  /** Mean loss of the samples, in nats. */
  loss(batch: Batch): number {
    return this.#meanLoss(batch, FORWARD, 0);
  }

  /** Number of samples that are classified as their targets say. */
  countCorrect(batch: Batch): number {
    let correct = 0;
    this.#forEachPart(batch, FORWARD, 0, (raw) => {
      correct += raw.count_correct();
    });
    return correct;
  }

  /** Number of listed images, from number `from` to, but without, `to`, that are classified as their labels say. */
  countCorrectImages(images: ImageLists, from: number, to: number): number {
    this.#staged = undefined;
    return this.#guard((raw) => {
      const team = this.#readyTeam();
      if (team && images.inTeam) {
        return team.count(images.inTeam, from, to, (from, to) =>
          raw.count_correct_images(images.raw.address, from, to),
        );
      }
      return this.#alone(raw, () => raw.count_correct_images(images.raw.address, from, to));
    });
  }

  /** Computes the gradient by backpropagation into `grads`; returns the mean loss, which the forward pass gives. */
  backpropagate(batch: Batch): number {
    return this.#meanLoss(batch, BACKPROPAGATE, 0);
  }

  /** Computes central differences into `grads`; returns the mean loss, which their forward pass gives. */
  centralDifferences(h: number, batch: Batch): number {
    return this.#meanLoss(batch, DIFFERENCES, h);
  }

  /** Computes central differences into `grads` by the definition: two whole forward passes for each parameter. */
  centralDifferencesByDefinition(h: number, batch: Batch): void {
    this.#bounds.grads = UNKNOWN;
    for (let parameter = 0; parameter < this.params.array.length; parameter += this.#piece) {
      this.#forEachPart(batch, undefined, h, (raw, { first, last, samples }) => {
        raw.differences_by_definition(h, first, last, samples, parameter);
      });
    }
    this.#team?.noteOwnGradient();
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
    return this.#guard((raw) => raw.stage_images(images.raw.address, rows));
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
    this.#team?.join({ memory: this.#core.memory, session: this.#object! });
  }

  /** Makes a call that works on all hidden units, without the team. */
  #alone<T>(raw: RawSession, call: () => T): T {
    const team = this.#team;
    if (!team) return call();
    team.collect("params");
    team.collect("grads");
    raw.set_share(0, this.dimensions.hiddenSize);
    try {
      return call();
    } finally {
      // The share of the first member.
      team.takeShare();
    }
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

  /** Mean loss of the samples, whose forward pass is a part of the command. */
  #meanLoss(batch: Batch, command: number, h: number): number {
    let sum = 0;
    if (command !== FORWARD) this.#bounds.grads = UNKNOWN;
    this.#forEachPart(batch, command, h, (raw) => {
      sum = raw.add_losses(sum);
    });
    if (command !== FORWARD) this.#finishGradient(batch, h);
    return sum / batch.size;
  }

  /** Gets a gradient that the user may look at; otherwise bounds it, if that is possible. */
  #finishGradient({ largestInput }: Batch, h: number): void {
    const { params, grads } = this.#hasViews;
    if (grads) this.refresh("grads");
    else if (!params && largestInput < UNKNOWN && this.#boundParameters()) this.#bounds.noteGradient(largestInput, h);
  }

  /**
   * Stages a batch part by part, makes the forward pass or the gradient of each, and calls `visit` after it.
   *
   * @param command A forward pass, backpropagation or central differences; undefined for none of them.
   * @throws {NonFiniteError} before the first visit, if the samples hold a NaN or an infinity.
   */
  #forEachPart(
    batch: Batch,
    command: number | undefined,
    h: number,
    visit: (raw: RawSession, part: Part) => void,
  ): void {
    const samples = batch.size;
    // This moves the network if that is due, before anything is copied into its buffers.
    const team = this.#guard(() => this.#readyTeam());
    const isForTeam = team !== undefined && command !== undefined && batch.fitsTeam;
    for (let start = 0; start < samples; ) {
      const isStaged = this.#staged?.batch === batch.id && (!isForTeam || this.#staged.team === team);
      const stage = (team: Team) => (isStaged ? team.keepStaged(samples) : batch.stage(team, start));
      if (isForTeam) this.#guard(() => team.compute(command, h, start, samples, stage));
      const rows = isStaged ? samples : this.#stage(batch, start, isForTeam ? team : undefined);
      const part = { start, rows, first: start === 0, last: start + rows === samples, samples };
      this.#guard((raw) => {
        if (isForTeam) {
          team.begin(command, rows);
          team.finish(command, h, part.first, part.last, samples);
          visit(raw, part);
          return;
        }
        this.#alone(raw, () => {
          compute(raw, command, h, part);
          visit(raw, part);
        });
        if (command === BACKPROPAGATE || command === DIFFERENCES) team?.noteOwnGradient();
      });
      start += rows;
    }
  }

  /** Stages a part of a batch. If that fails, the others of the team, which have the same part, must not go on. */
  #stage(batch: Batch, start: number, team: Team | undefined): number {
    this.#staged = undefined;
    try {
      const rows = batch.stage(this, start);
      if (rows === batch.size) this.#staged = { batch: batch.id, team };
      return rows;
    } catch (error) {
      if (team) this.#guard(() => team.takeBack());
      throw error;
    }
  }
}

/** The forward pass or the gradient of the staged samples, by this thread alone. */
function compute(raw: RawSession, command: number | undefined, h: number, { first, last, samples }: Part): void {
  if (command === DIFFERENCES) {
    raw.begin(true);
    raw.finish_differences(h, first, last, samples);
  } else if (command === BACKPROPAGATE) {
    raw.begin(false);
    raw.finish_backpropagation(first, samples);
  } else if (command === FORWARD) {
    raw.begin(false);
    raw.finish_forward();
  }
}
