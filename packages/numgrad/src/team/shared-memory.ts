import { CoreError } from "../errors.js";

/** What a network and a team agree on: everything else about the shared memory follows from it. */
export interface TeamShape {
  readonly inputSize: number;
  readonly hiddenSize: number;
  readonly outputSize: number;
  /** Number of members: this thread and the workers. */
  readonly members: number;
  /** Most samples of a part, and most images of a piece that is listed. */
  readonly rows: number;
  /** Length of the longest block of numbers that a member writes for the others. */
  readonly blockLength: number;
}

/** The memory that the members of a team share, as a worker gets it. */
export interface TeamBuffers {
  readonly control: SharedArrayBuffer;
  readonly staging: SharedArrayBuffer;
  readonly blocks: SharedArrayBuffer;
}

/** What the members do next. */
export const COMMAND = {
  end: 0,
  /** The forward pass of the staged samples. */
  forward: 1,
  /** Backpropagation of the staged samples. */
  backpropagate: 2,
  /** Central differences of the staged samples. */
  differences: 3,
  /** The update of gradient descent. */
  descend: 4,
  /** The first thread gets the parameters (1) or gradients (2) of all members. */
  collect: 5,
  /** Every member gets the parameters of all members. */
  share: 6,
  /** Every member gets the parameters of the first thread, which lie in the blocks. */
  replace: 7,
  /** A call of the object that lists images, `LISTING`. */
  list: 8,
  /** Counts the correct ones of some listed images. */
  count: 9,
} as const;

/** Calls of the object that lists images. */
export const LISTING = { create: 0, encode: 1, count: 2, allocate: 3, push: 4 } as const;

/** In what form the staged samples come. */
export const SOURCE = { pixels: 0, numbers: 1, images: 2 } as const;

/** Places in the control block. Workers sleep at `command`, all members at `turn`. */
const AT = { command: 0, arrived: 1, turn: 2, failed: 3, refused: 4, words: 8, counts: 20 } as const;

/** Most members. */
export const MOST_MEMBERS = 64;

/** Every share but the last is a multiple of this many units (crates/numgrad-core/src/share.rs). */
const UNITS = 8;

/** Most members that a network has work for. */
export function mostMembers(hiddenSize: number): number {
  return Math.min(MOST_MEMBERS, Math.ceil(hiddenSize / UNITS));
}

/** Loads before a thread sleeps: some ten microseconds, in which another member usually comes. */
const SPINS = 4000;

/** Longest time in milliseconds that a thread sleeps before it looks whether the team has failed. */
const NAP = 200;

/** Time in milliseconds after which the first thread gives up waiting for a member. */
const PATIENCE = 20_000;

/** The memory that the members of a team share: commands, samples, blocks of numbers, and a place to wait for each other. */
export class SharedMemory {
  readonly shape: TeamShape;
  readonly buffers: TeamBuffers;
  /** The arguments of a command: whole numbers. */
  readonly words: Int32Array;
  /** The argument of a command that is no whole number: h, or the learning rate. */
  readonly real: Float64Array;
  /** Rows of numbers. */
  readonly numbers: Float64Array;
  /** Rows of pixels, in the same memory. */
  readonly pixels: Uint8Array;
  readonly labels: Uint32Array;
  readonly indices: Uint32Array;
  readonly targets: Float64Array;
  readonly #control: Int32Array;
  readonly #blocks: Float64Array;
  /** The exchanges so far. They take two halves of the blocks in turn, so that nobody writes what another still reads. */
  #exchanges = 0;

  constructor(shape: TeamShape, buffers = makeBuffers(shape)) {
    const { inputSize, outputSize, rows } = shape;
    this.shape = shape;
    this.buffers = buffers;
    this.#control = new Int32Array(buffers.control, 0, CONTROL_WORDS);
    this.words = this.#control.subarray(AT.words, AT.counts);
    this.real = new Float64Array(buffers.control, 4 * CONTROL_WORDS, 1);
    this.numbers = new Float64Array(buffers.staging, 0, rows * inputSize);
    this.pixels = new Uint8Array(buffers.staging, 0, rows * inputSize);
    this.targets = new Float64Array(buffers.staging, 8 * rows * inputSize, rows * outputSize);
    this.labels = new Uint32Array(buffers.staging, 8 * rows * (inputSize + outputSize), rows);
    this.indices = new Uint32Array(buffers.staging, 8 * rows * (inputSize + outputSize) + 4 * rows, rows);
    this.#blocks = new Float64Array(buffers.blocks);
  }

  /** The hidden units of a member: from the first to, but without, the second. */
  units(member: number): [from: number, to: number] {
    const { hiddenSize, members } = this.shape;
    const tiles = Math.ceil(hiddenSize / UNITS);
    const end = (count: number) => Math.min(Math.floor((tiles * count) / members) * UNITS, hiddenSize);
    return [end(member), end(member + 1)];
  }

  /** Begins an exchange; every member calls it in the same order. */
  nextExchange(): void {
    this.#exchanges++;
  }

  /** The block of a member in the running exchange. */
  block(member: number): Float64Array {
    const { members, blockLength } = this.shape;
    const start = ((this.#exchanges % 2) * members + member) * blockLength;
    return this.#blocks.subarray(start, start + blockLength);
  }

  /** The number of the last command. */
  get command(): number {
    return Atomics.load(this.#control, AT.command);
  }

  /** Gives the command that stands in `words` and `real`. */
  post(): void {
    Atomics.add(this.#control, AT.command, 1);
    Atomics.notify(this.#control, AT.command);
  }

  /** Waits for the command after the one with that number. It throws if the team has failed. */
  awaitCommand(last: number): void {
    this.#wait(AT.command, last, Number.POSITIVE_INFINITY);
  }

  /** Waits until all members are here. It throws if the team has failed, or a member does not come. */
  barrier(patience = Number.POSITIVE_INFINITY): void {
    const turn = Atomics.load(this.#control, AT.turn);
    if (Atomics.add(this.#control, AT.arrived, 1) < this.shape.members - 1) {
      this.#wait(AT.turn, turn, patience);
      return;
    }
    Atomics.store(this.#control, AT.arrived, 0);
    Atomics.add(this.#control, AT.turn, 1);
    Atomics.notify(this.#control, AT.turn);
    if (this.hasFailed) throw teamError();
  }

  /** The barrier for the first thread, which does not wait for ever. */
  barrierOfFirst(): void {
    this.barrier(PATIENCE);
  }

  /** Says that the command with that number must not take effect. The others see it behind the next barrier. */
  refuse(command: number): void {
    Atomics.store(this.#control, AT.refused, command);
  }

  /** Whether a member has refused the command with that number. */
  isRefused(command: number): boolean {
    return Atomics.load(this.#control, AT.refused) === command;
  }

  /** The results of a count, one of each member. */
  get counts(): Int32Array {
    return this.#control.subarray(AT.counts, AT.counts + this.shape.members);
  }

  /** Ends the work of all members with an error, wherever they wait. */
  fail(): void {
    Atomics.store(this.#control, AT.failed, 1);
    for (const place of [AT.command, AT.turn]) {
      Atomics.add(this.#control, place, 1);
      Atomics.notify(this.#control, place);
    }
  }

  get hasFailed(): boolean {
    return Atomics.load(this.#control, AT.failed) !== 0;
  }

  #wait(place: number, value: number, patience: number): void {
    for (let i = 0; i < SPINS && Atomics.load(this.#control, place) === value; i++);
    const start = performance.now();
    while (Atomics.load(this.#control, place) === value && !this.hasFailed) {
      if (performance.now() - start > patience) {
        this.fail();
        break;
      }
      if (maySleep) Atomics.wait(this.#control, place, value, NAP);
    }
    this.#checkFailure();
  }

  #checkFailure(): void {
    if (this.hasFailed) throw teamError();
  }
}

/** Whether this thread may sleep. The main thread of a page must not. */
const maySleep = mayWait();

function mayWait(): boolean {
  try {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 1, 0);
    return true;
  } catch {
    return false;
  }
}

/** Words of the control block: an even number, because a float64 follows. */
const CONTROL_WORDS = AT.counts + MOST_MEMBERS;

function makeBuffers({ inputSize, outputSize, members, rows, blockLength }: TeamShape): TeamBuffers {
  return {
    control: new SharedArrayBuffer(4 * CONTROL_WORDS + 8),
    staging: new SharedArrayBuffer(8 * rows * (inputSize + outputSize + 1)),
    blocks: new SharedArrayBuffer(16 * members * blockLength),
  };
}

function teamError(): CoreError {
  return new CoreError("a thread of the training run has failed or does not answer");
}
