import { CoreError } from "../errors.js";
import { isPixels, type Matrix, type Pixels } from "../shape.js";
import { coreModule, type RawImages } from "../wasm/runtime.js";
import { KIND, Member, type MemberObjects } from "./member.js";
import { COMMAND, LISTING, SharedMemory, SOURCE, type TeamShape } from "./shared-memory.js";
import { reasonAgainstThreads, startThread, type Thread } from "./threads.js";

/** Images that the members of a team have listed. */
export interface TeamLists {
  readonly number: number;
}

/** Samples that a batch stages. */
interface Rows {
  readonly labels: Uint32Array;
  readonly soft?: Float64Array;
}

/**
 * Some threads that train a network together. The first member is this thread and works on the user's network itself;
 * each of the others has an instance of the core in a worker. `Session` gives the commands.
 *
 * After an update each member has only its own parameters as they are. The first thread gets those of the others when
 * somebody looks (`collect`).
 */
export class Team {
  readonly #shared: SharedMemory;
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
  /** Whether each member has the newest parameters of all. */
  #isShared = false;

  private constructor(shape: TeamShape) {
    this.#shared = new SharedMemory(shape);
  }

  /**
   * Starts the workers.
   *
   * @returns The team, or why there is none.
   */
  static async start(shape: TeamShape): Promise<Team | string> {
    const reason = reasonAgainstThreads();
    if (reason !== undefined) return reason;
    const team = new Team(shape);
    const { buffers } = team.#shared;
    const numbers = Array.from({ length: shape.members - 1 }, (_, i) => i + 1);
    const module = coreModule();
    const starts = await Promise.allSettled(
      numbers.map((number) => startThread({ module, shape, buffers, number }, (cause) => team.#fail(cause))),
    );
    for (const start of starts) if (start.status === "fulfilled") team.#threads.push(start.value);
    const failed = starts.find((start) => start.status === "rejected");
    if (!failed) return team;
    await team.end();
    return `a thread could not start: ${(failed.reason as Error).message}`;
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
    this.#member = new Member(this.#shared, 0, objects);
  }

  /** Gives a command for the part of a batch that `stage` puts into the shared memory. */
  compute(command: number, real: number, start: number, samples: number, stage: (buffers: Team) => number): void {
    const { shared, words } = this.#ready();
    words.set([command, 0, 0, 0, start, samples]);
    shared.real[0] = real;
    words[2] = stage(this);
    shared.post();
  }

  stageRows(x: Matrix<Float64Array | Float32Array> | Pixels, start: number): number {
    const { rows, inputSize } = this.#shared.shape;
    const count = Math.min(rows, x.shape[0] - start);
    const part = x.data.subarray(start * inputSize, (start + count) * inputSize);
    if (isPixels(x)) this.#shared.pixels.set(part);
    else this.#shared.numbers.set(part);
    this.#shared.words[1] = isPixels(x) ? SOURCE.pixels : SOURCE.numbers;
    return count;
  }

  stageTargets({ labels, soft }: Rows, start: number, rows: number): void {
    const { outputSize } = this.#shared.shape;
    this.#shared.labels.set(labels.subarray(start, start + rows));
    if (soft) this.#shared.targets.set(soft.subarray(start * outputSize, (start + rows) * outputSize));
  }

  stageImages(images: { readonly inTeam: TeamLists | undefined }, indices: ArrayLike<number>, start: number): number {
    const rows = Math.min(this.#shared.shape.rows, indices.length - start);
    for (let row = 0; row < rows; row++) this.#shared.indices[row] = indices[start + row]!;
    this.#shared.words[1] = SOURCE.images;
    this.#shared.words[3] = images.inTeam!.number;
    return rows;
  }

  /** This thread's part of the running command, after it has staged the samples itself. */
  begin(command: number): void {
    this.#member.begin(command);
  }

  finish(command: number, h: number, first: boolean, last: boolean, samples: number): void {
    this.#member.finish(command, h, first, last, samples);
    if (command === COMMAND.forward) return;
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
    this.#shared.refuse(this.#shared.command);
    this.#shared.nextExchange();
    this.#member.barrier();
  }

  /** The update of all members; false, and nothing has changed, if a parameter would not be finite. */
  descend(learningRate: number): boolean {
    const { shared, words } = this.#ready();
    words[0] = COMMAND.descend;
    shared.real[0] = learningRate;
    shared.post();
    const isMade = this.#member.descend(shared.command, learningRate);
    if (isMade) {
      this.#isStale.params = true;
      this.#isShared = false;
    }
    return isMade;
  }

  /** Gets the parameters or gradients of the others, if this thread lacks them. */
  collect(kind: "params" | "grads"): void {
    if (!this.#isStale[kind]) return;
    const { shared, words } = this.#ready();
    words.set([COMMAND.collect, KIND[kind]]);
    shared.post();
    this.#member.exchange(KIND[kind], false);
    this.#isStale[kind] = false;
  }

  /** Says that somebody may have written parameters. */
  noteChange(): void {
    this.#hasChanged = true;
  }

  /** Gives the others this thread's parameters, if they may have changed. */
  replace(params: Float64Array): void {
    if (!this.#hasChanged) return;
    const { shared, words } = this.#ready();
    shared.nextExchange();
    shared.block(0).set(params);
    words[0] = COMMAND.replace;
    shared.post();
    this.#member.barrier();
    this.#hasChanged = false;
    this.#isShared = true;
  }

  /** Counts the images from number `from` to, but without, `to` that are classified as their labels say. */
  count(images: RawImages, { number }: TeamLists, from: number, to: number): number {
    const { shared, words } = this.#ready();
    if (!this.#isShared) {
      words[0] = COMMAND.share;
      shared.post();
      this.#member.exchange(KIND.params, true);
      this.#isStale.params = false;
      this.#isShared = true;
    }
    words.set([COMMAND.count, number, from, to]);
    shared.post();
    this.#member.count(images, from, to);
    return shared.counts.reduce((sum, count) => sum + count, 0);
  }

  /** Lists images in all other members: the same calls as in this thread. */
  lists(images: number, asNumbers: boolean): ListsInTeam {
    return new ListsInTeam(++this.#lists, images, asNumbers, this);
  }

  /** Makes a call of the object that lists images, in all other members and by `call` in this thread. */
  list(words: number[], call: () => boolean, fill?: (buffers: SharedMemory) => void): boolean {
    const { shared } = this.#ready();
    shared.words.set([COMMAND.list, ...words]);
    fill?.(shared);
    shared.post();
    const number = shared.command;
    let isDone = false;
    try {
      isDone = call();
    } finally {
      if (!isDone) shared.refuse(number);
      this.#member.barrier();
    }
    return isDone && !shared.isRefused(number);
  }

  /** Ends the workers. Nothing may be commanded any more. */
  async end(): Promise<void> {
    this.#hasEnded = true;
    this.#shared.words[0] = COMMAND.end;
    this.#shared.post();
    await Promise.all(this.#threads.map((thread) => thread.terminate()));
  }

  /** The shared memory, if the team is at work. */
  #ready(): { shared: SharedMemory; words: Int32Array } {
    if (this.#failure) throw this.#failure;
    return { shared: this.#shared, words: this.#shared.words };
  }

  #fail(cause: string): void {
    if (this.#hasEnded || this.#failure) return;
    this.#failure = new CoreError(`a thread of the training run has failed: ${cause}`);
    this.#shared.fail();
  }
}

/** The lists of a dataset's images in the other members of a team. */
export class ListsInTeam implements TeamLists {
  readonly number: number;
  readonly #images: number;
  readonly #asNumbers: boolean;
  readonly #team: Team;

  constructor(number: number, images: number, asNumbers: boolean, team: Team) {
    this.number = number;
    this.#images = images;
    this.#asNumbers = asNumbers;
    this.#team = team;
  }

  create(): boolean {
    return this.#call(LISTING.create, 0, () => true);
  }

  allocate(call: () => boolean): boolean {
    return this.#call(LISTING.allocate, 0, call);
  }

  /** Counts or lists some images, whose labels and pixels or numbers are given. */
  pass(
    name: "count" | "push",
    labels: Uint32Array,
    images: Float64Array | Float32Array | Uint8Array,
    rows: number,
    call: () => boolean,
  ): boolean {
    return this.#call(LISTING[name], rows, call, (shared) => {
      shared.labels.set(labels.subarray(0, rows));
      if (this.#asNumbers) shared.numbers.set(images);
      else shared.pixels.set(images);
    });
  }

  #call(name: number, rows: number, call: () => boolean, fill?: (shared: SharedMemory) => void): boolean {
    const words = [this.number, name, rows, this.#images, Number(this.#asNumbers)];
    return this.#team.list(words, call, fill);
  }
}
