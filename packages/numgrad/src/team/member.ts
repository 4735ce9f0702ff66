import { SESSION_LAYOUT } from "../wasm/layouts.js";
import { readLayout } from "../wasm/memory-view.js";
import { AT, COMMAND, type Shared, strideOf, unitsOf } from "./shared.js";

/** Loads before a thread sleeps: some ten microseconds, in which another member usually comes. */
const SPINS = 4000;

/** Longest time in milliseconds that a thread sleeps before it looks whether the team has failed. */
const NAP = 200;

/** The calls of the core's object of a network that a member makes. */
export interface MemberSession {
  readonly layout: number;
  set_share(from: number, to: number): void;
  begin(withBounds: boolean): void;
  finish_forward(): void;
  finish_backpropagation(first: boolean, samples: number): void;
  finish_central_differences(h: number, first: boolean, last: boolean, samples: number): void;
  descends_to_finite(learningRate: number): boolean;
  descend_unchecked(learningRate: number): void;
}

/** The core's objects of a member. */
export interface MemberObjects {
  readonly memory: WebAssembly.Memory;
  readonly session: MemberSession;
}

/**
 * A member of a team: the same in the first thread and in the workers. It computes its share of the hidden units, and
 * tells the other members what they need of it.
 */
export class Member {
  readonly #shared: Shared;
  readonly #number: number;
  readonly #memory: WebAssembly.Memory;
  readonly #session: MemberSession;
  readonly #patience: number;
  readonly #failure: () => Error;
  readonly #addresses: Record<(typeof SESSION_LAYOUT)[number], number>;
  readonly #units: [from: number, to: number];
  #turn = 0;

  /**
   * @param patience Longest time in milliseconds that it waits for the others.
   * @param failure Makes the error to throw if the team has failed.
   */
  constructor(
    shared: Shared,
    number: number,
    { memory, session }: MemberObjects,
    patience = Number.POSITIVE_INFINITY,
    failure = () => new Error("another thread has failed"),
  ) {
    this.#shared = shared;
    this.#number = number;
    this.#memory = memory;
    this.#session = session;
    this.#patience = patience;
    this.#failure = failure;
    this.#addresses = readLayout(memory, session, SESSION_LAYOUT);
    this.#units = unitsOf(shared.shape, number);
    this.takeShare();
  }

  takeShare(): void {
    this.#session.set_share(...this.#units);
  }

  /** Waits for the command after that with the number `last`. It throws if the team has failed. */
  awaitCommand(last: number): void {
    this.#wait(AT.command, last);
  }

  /** Waits until all members are here. It throws if the team has failed, or a member does not come. */
  barrier(): void {
    const { control, shape } = this.#shared;
    const turn = Atomics.load(control, AT.turn);
    if (Atomics.add(control, AT.arrived, 1) === shape.members - 1) {
      Atomics.store(control, AT.arrived, 0);
      Atomics.add(control, AT.turn, 1);
      Atomics.notify(control, AT.turn);
    }
    this.#wait(AT.turn, turn);
  }

  /** Says that the command with that number must not take effect. The others see it behind the next barrier. */
  refuse(command: number): void {
    Atomics.store(this.#shared.control, AT.refused, command);
  }

  /** Whether a member has refused the command with that number. */
  isRefused(command: number): boolean {
    return Atomics.load(this.#shared.control, AT.refused) === command;
  }

  /** Computes the own hidden units of the staged samples, and gets those of the others. */
  begin(command: number, rows: number): void {
    this.#session.begin(command === COMMAND.differences);
    this.#exchange(rows);
  }

  /** Computes what follows from the hidden units of all members. */
  finish(command: number, h: number, first: boolean, last: boolean, samples: number): void {
    if (command === COMMAND.differences) this.#session.finish_central_differences(h, first, last, samples);
    else if (command === COMMAND.backpropagate) this.#session.finish_backpropagation(first, samples);
    else this.#session.finish_forward();
  }

  /**
   * Updates the own parameters, unless a parameter of any member would not be finite.
   *
   * @param number Number of the command.
   */
  descend(number: number, learningRate: number): boolean {
    if (!this.#session.descends_to_finite(learningRate)) this.refuse(number);
    this.barrier();
    if (this.isRefused(number)) return false;
    this.#session.descend_unchecked(learningRate);
    return true;
  }

  /**
   * Carries parameters or a gradient between the members.
   *
   * @param fromAll Whether each member gives its own; otherwise the first gives all.
   * @param toAll Whether all members take them; otherwise the first does.
   */
  transfer(kind: "params" | "grads", fromAll: boolean, toAll: boolean): void {
    const { parameters, shape } = this.#shared;
    const { inputSize, hiddenSize } = shape;
    const [from, to] = this.#units;
    const mine = this.#array(this.#addresses[kind], parameters.length);
    const give = (start: number, end: number) => parameters.set(mine.subarray(start, end), start);
    if (fromAll) {
      for (let row = 0; row <= inputSize; row++) give(row * hiddenSize + from, row * hiddenSize + to);
      give(...this.#rows((inputSize + 1) * hiddenSize));
    } else if (this.#number === 0) give(0, parameters.length);
    this.barrier();
    if (toAll || this.#number === 0) mine.set(parameters);
    this.barrier();
  }

  /** This member's part of some images, which are counted by `call`. Each image goes through the whole network. */
  count(from: number, to: number, call: (from: number, to: number) => number): void {
    const { counts, shape } = this.#shared;
    const bound = (member: number) => from + Math.floor(((to - from) * member) / shape.members);
    this.#session.set_share(0, shape.hiddenSize);
    counts[this.#number] = call(bound(this.#number), bound(this.#number + 1));
    this.takeShare();
    this.barrier();
  }

  /** Gives the others what follows from the own hidden units and the own rows of W2, and takes theirs. */
  #exchange(rows: number): void {
    const { exchanges, shape } = this.#shared;
    const { inputSize, hiddenSize, outputSize, members } = shape;
    const { hidden, secondLayer, bounds } = exchanges[this.skipExchange()]!;
    const [from, to] = this.#units;
    const stride = strideOf(shape);
    const addresses = this.#addresses;
    const mine = this.#array(addresses.hidden, rows * stride);
    const myBounds = this.#array(addresses.bounds, rows);
    const weights = this.#array(addresses.params + 8 * (inputSize + 1) * hiddenSize, (hiddenSize + 1) * outputSize);
    // The last member writes the 1 of the bias and the padding too.
    const end = to === hiddenSize ? stride : to;
    for (let start = 0; start < mine.length; start += stride) {
      for (let unit = start + from; unit < start + end; unit++) hidden[unit] = mine[unit]!;
    }
    const [first, last] = this.#rows(0);
    secondLayer.set(weights.subarray(first, last), first);
    bounds.set(myBounds, this.#number * rows);
    this.barrier();
    mine.set(hidden.subarray(0, mine.length));
    weights.set(secondLayer);
    for (let i = 0; i < members * rows; i++) myBounds[i % rows] = Math.max(myBounds[i % rows]!, bounds[i]!);
  }

  /** The exchange that is next. A member that leaves one out must say so. */
  skipExchange(): number {
    this.#turn = 1 - this.#turn;
    return this.#turn;
  }

  /** Where the own rows of W2 (and in the last member b2) begin and end, if W2 begins at `start`. */
  #rows(start: number): [from: number, to: number] {
    const { hiddenSize, outputSize } = this.#shared.shape;
    const [from, to] = this.#units;
    return [start + from * outputSize, start + (to + Number(to === hiddenSize)) * outputSize];
  }

  #array(address: number, length: number): Float64Array {
    return new Float64Array(this.#memory.buffer, address, length);
  }

  #wait(place: number, value: number): void {
    const { control } = this.#shared;
    for (let i = 0; i < SPINS && Atomics.load(control, place) === value; i++);
    const start = performance.now();
    while (Atomics.load(control, place) === value && !hasFailed(this.#shared)) {
      if (performance.now() - start > this.#patience) failTeam(this.#shared);
      else sleep(control, place, value);
    }
    if (hasFailed(this.#shared)) throw this.#failure();
  }
}

function sleep(control: Int32Array, place: number, value: number): void {
  try {
    Atomics.wait(control, place, value, NAP);
  } catch {
    // The main thread of a page must not sleep: it looks again at once.
  }
}

/** Ends the work of all members with an error, wherever they wait. */
export function failTeam({ control }: Shared): void {
  Atomics.store(control, AT.failed, 1);
  for (const place of [AT.command, AT.turn]) {
    Atomics.add(control, place, 1);
    Atomics.notify(control, place);
  }
}

export function hasFailed({ control }: Shared): boolean {
  return Atomics.load(control, AT.failed) !== 0;
}
