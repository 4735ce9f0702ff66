import { CoreError, NumgradError } from "../errors.js";
import { isPixels, type Matrix, type Pixels } from "../shape.js";
import { IMAGES_LAYOUT } from "../wasm/layouts.js";
import { readLayout } from "../wasm/memory-view.js";
import { coreModule, type RawImages } from "../wasm/runtime.js";
import { failTeam, Member, type MemberObjects } from "./member.js";
import {
  AT_COMMAND,
  COUNT,
  CREATE,
  DESCEND,
  FORWARD,
  IMAGES,
  LIST,
  NUMBERS,
  PALETTE,
  PIECES,
  PIXELS,
  type Shared,
  STAGED,
  share,
  type TeamShape,
  TRANSFER,
} from "./shared.js";
import { coreCount, type MakeWorker, reasonAgainstThreads, startThread, type Thread } from "./threads.js";

/**
 * Time in milliseconds that a waiting thread spins before it sleeps, if each member has a core: longer than the members
 * are usually apart. A thread that sleeps has to be woken, and comes 30 to 45 µs late (medians of Node on a shared EPYC).
 */
const SPIN_TIME = 0.5;

/** The same if there are fewer cores than members: then another member needs the core. */
const SHORT_SPIN_TIME = 0.05;

/** Time in milliseconds after which the first thread gives up waiting for a member. */
const PATIENCE = 20_000;

/** Most bytes of lists that are copied at a time: less than a millisecond of work. */
const LARGEST_COPY = 2 ** 20;

/** Lists of images that all members of a team have. */
export interface TeamLists {
  readonly number: number;
}

/** Targets of a batch: labels, or rows of numbers. */
interface Targets {
  readonly labels: Uint32Array;
  readonly soft?: Float64Array;
}

/**
 * Some threads that train a network together. The first member is this thread and works on the user's network itself;
 * each of the others has an instance of the core in a worker. `Session` gives the commands.
 *
 * After an update each member has only its own parameters as they are, or will have them before the next command. The first
 * thread gets those of the others when somebody looks (`collect`).
 */
export class Team {
  readonly #shared: Shared;
  readonly #threads: Thread[] = [];
  #member!: Member;
  #failure: CoreError | undefined;
  #hasEnded = false;
  #lists = 0;
  /** Whether this thread lacks the newest parameters, or gradients, of the others. */
  readonly #isStale = { params: false, grads: false };
  /** Whether the others may lack this thread's parameters: those of the beginning, or that somebody has written. */
  #hasChanged = true;
  #ownsGradient = true;
  /** The learning rate of an update that comes before the next command, or NaN. */
  #update = Number.NaN;
  /** Whether each member has the newest parameters of all. */
  #isShared = false;

  private constructor(shape: TeamShape) {
    this.#shared = share(shape, shape.members <= coreCount() ? SPIN_TIME : SHORT_SPIN_TIME);
  }

  /**
   * Starts the workers.
   *
   * @param make Makes a worker, in place of one from the inlined program.
   * @returns The team, or why there is none.
   * @throws {NumgradError} if `make` does not give workers of this version.
   */
  static async start(shape: TeamShape, make?: MakeWorker): Promise<Team | string> {
    const reason = reasonAgainstThreads(make);
    if (reason !== undefined) return reason;
    const team = new Team(shape);
    const numbers = Array.from({ length: shape.members - 1 }, (_, i) => i + 1);
    const module = coreModule();
    const starts = await Promise.allSettled(
      numbers.map((number) =>
        startThread({ module, shared: team.#shared, number }, make, (cause) => team.#fail(cause)),
      ),
    );
    for (const start of starts) if (start.status === "fulfilled") team.#threads.push(start.value);
    const failed = starts.find((start) => start.status === "rejected");
    if (!failed) return team;
    await team.end();
    const error: Error = failed.reason;
    if (error instanceof NumgradError) throw error;
    return `a thread could not start: ${error.message}`;
  }

  /** Gives this thread its share again, after it has worked alone. */
  takeShare(): void {
    this.#member.takeShare();
  }

  get members(): number {
    return this.#shared.shape.members;
  }

  /** Makes this thread a member, with the core's objects of the network. */
  join(objects: MemberObjects): void {
    this.#member = new Member(this.#shared, 0, objects, PATIENCE, () => this.#error());
  }

  /** Gives a command for the part of a batch that `stage` puts into the shared memory. */
  compute(command: number, real: number, start: number, samples: number, stage: (buffers: Team) => number): void {
    const { words } = this.#shared;
    words.set([command, 0, 0, 0, start, samples]);
    words[2] = stage(this);
    this.#post(words, real);
  }

  stageRows(x: Matrix<Float64Array | Float32Array> | Pixels, start: number): number {
    const { rows, inputSize } = this.#shared.shape;
    const count = Math.min(rows, x.shape[0] - start);
    const part = x.data.subarray(start * inputSize, (start + count) * inputSize);
    if (isPixels(x)) this.#shared.pixels.set(part);
    else this.#shared.numbers.set(part);
    this.#shared.words[1] = isPixels(x) ? PIXELS : NUMBERS;
    return count;
  }

  stageTargets({ labels, soft }: Targets, start: number, rows: number): void {
    const { outputSize } = this.#shared.shape;
    this.#shared.labels.set(labels.subarray(start, start + rows));
    if (soft) this.#shared.targets.set(soft.subarray(start * outputSize, (start + rows) * outputSize));
  }

  stageImages(images: { readonly inTeam: TeamLists | undefined }, indices: ArrayLike<number>, start: number): number {
    const rows = Math.min(this.#shared.shape.rows, indices.length - start);
    for (let row = 0; row < rows; row++) this.#shared.indices[row] = indices[start + row]!;
    this.#shared.words[1] = IMAGES;
    this.#shared.words[3] = images.inTeam!.number;
    return rows;
  }

  /** Says that the samples of the command before are those of this command too. */
  keepStaged(rows: number): number {
    this.#shared.words[1] = STAGED;
    return rows;
  }

  /** This thread's part of the running command, after it has staged the samples itself. */
  begin(command: number, rows: number): void {
    this.#member.begin(command, rows);
  }

  finish(command: number, h: number, first: boolean, last: boolean, samples: number): void {
    this.#member.finish(command, h, first, last, samples);
    if (command === FORWARD) return;
    this.#isStale.grads = true;
    this.#ownsGradient = false;
  }

  /** Says that this thread has computed a whole gradient by itself. */
  noteOwnGradient(): void {
    this.#isStale.grads = false;
    this.#ownsGradient = true;
  }

  /** Whether only this thread has the newest gradient, all of it. */
  get ownsGradient(): boolean {
    return this.#ownsGradient;
  }

  /** Takes back the running command of `compute`, because this thread could not stage its samples. */
  takeBack(): void {
    this.#member.agree(false);
  }

  /**
   * The update of all members; false, and nothing has changed, if a parameter would not be finite.
   *
   * @param isSafe Whether all are finite for sure. Then the members need not agree, and each makes its update before
   * it obeys the next command.
   */
  descend(learningRate: number, isSafe: boolean): boolean {
    if (isSafe) this.#update = learningRate;
    else this.#post([DESCEND], learningRate);
    const isMade = isSafe || this.#member.tryDescend(learningRate);
    if (isMade) {
      this.#isStale.params = true;
      this.#isShared = false;
    }
    return isMade;
  }

  /** Gets the parameters or gradients of the others, if this thread lacks them. */
  collect(kind: "params" | "grads"): void {
    if (this.#isStale[kind]) this.#transfer(kind, true, false);
  }

  /** Says that somebody may have written parameters. */
  noteChange(): void {
    this.#hasChanged = true;
  }

  /** Gives the others this thread's parameters, if they may have changed. */
  replace(): void {
    if (this.#hasChanged) this.#transfer("params", false, true);
    this.#hasChanged = false;
  }

  #transfer(kind: "params" | "grads", fromAll: boolean, toAll: boolean): void {
    this.#post([TRANSFER, Number(kind === "params"), Number(fromAll), Number(toAll)]);
    this.#member.transfer(kind, fromAll, toAll);
    this.#isStale[kind] = false;
    if (kind === "params") this.#isShared = toAll;
  }

  /** Counts the images from number `from` to, but without, `to` that are classified as their labels say. */
  count({ number }: TeamLists, from: number, to: number, call: (from: number, to: number) => number): number {
    if (!this.#isShared) this.#transfer("params", true, true);
    this.#post([COUNT, number, from, to]);
    this.#member.count(from, to, call);
    return this.#shared.counts.reduce((sum, count) => sum + count, 0);
  }

  /**
   * Gives the other members copies of the lists of a dataset's images, with a few milliseconds of work between one call of
   * `pause` and the next.
   *
   * @returns Undefined if a member has too little memory, or `pause` has ended the work.
   */
  async shareLists(
    memory: WebAssembly.Memory,
    raw: RawImages,
    images: number,
    pause: () => Promise<boolean>,
  ): Promise<TeamLists | undefined> {
    const room = this.#shared.pixels.subarray(0, LARGEST_COPY);
    const number = ++this.#lists;
    const { pieces, pieceBytes, palette, paletteBytes } = readLayout(memory, raw, IMAGES_LAYOUT);
    if (!this.#list(number, CREATE, images, pieceBytes)) return undefined;
    for (const [call, address, bytes] of [
      [PIECES, pieces, pieceBytes],
      [PALETTE, palette, paletteBytes],
    ] as const) {
      for (let start = 0; start < bytes; start += room.length) {
        if (!(await pause())) return undefined;
        const part = new Uint8Array(memory.buffer, address + start, Math.min(room.length, bytes - start));
        room.set(part);
        this.#list(number, call, start, part.length);
      }
    }
    return { number };
  }

  /** Makes a call of the object of listed images in all other members; whether it has succeeded. */
  #list(...words: number[]): boolean {
    this.#post([LIST, ...words]);
    return this.#member.agree(true);
  }

  /** Ends the workers. Nothing may be commanded any more. */
  async end(): Promise<void> {
    this.#hasEnded = true;
    failTeam(this.#shared);
    await Promise.all(this.#threads.map((thread) => thread.terminate()));
  }

  /** Gives a command to the others, and makes the update that comes before it, as they do. */
  #post(words: ArrayLike<number>, real = 0): void {
    if (this.#failure) throw this.#failure;
    const update = this.#update;
    this.#update = Number.NaN;
    this.#shared.words.set(words);
    this.#shared.reals.set([real, update]);
    Atomics.add(this.#shared.control, AT_COMMAND, 1);
    Atomics.notify(this.#shared.control, AT_COMMAND);
    this.#member.descend(update);
  }

  #fail(cause: string): void {
    if (this.#hasEnded || this.#failure) return;
    this.#failure = failureOf(cause);
    failTeam(this.#shared);
  }

  /** Why the team has failed. */
  #error(): CoreError {
    const reason = String.fromCharCode(...this.#shared.reason).replace(/\0+$/, "");
    this.#failure ??= reason ? failureOf(reason) : new CoreError("a thread of the training run does not answer");
    return this.#failure;
  }
}

function failureOf(cause: string): CoreError {
  return new CoreError(`a thread of the training run has failed: ${cause}`);
}
