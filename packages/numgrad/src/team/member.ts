import { readLayout } from "../wasm/memory-view.js";
import {
  AT_ARRIVED,
  AT_COMMAND,
  AT_FAILED,
  AT_REFUSED,
  AT_TURN,
  BACKPROPAGATE,
  DIFFERENCES,
  type MemberShare,
  type Shared,
} from "./shared.js";

/** Turns of a spinning thread between two looks at the clock, each of which takes as long as some turns. */
const TURNS = 100;

/** Longest time in milliseconds that a thread sleeps before it looks whether the team has failed. */
const NAP = 200;

/** The calls of the core's object of a network that a member makes. */
export interface MemberSession {
  readonly layout: number;
  set_share(from: number, to: number): void;
  begin(withBounds: boolean): void;
  finish_forward(): void;
  finish_backpropagation(first: boolean, samples: number): void;
  finish_differences(h: number, first: boolean, last: boolean, samples: number): void;
  descends_to_finite(learningRate: number): number;
  descend(learningRate: number): void;
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
  readonly #addresses: Record<Shared["sessionLayout"][number], number>;
  readonly #share: MemberShare;

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
    this.#addresses = readLayout(memory, session, shared.sessionLayout);
    this.#share = shared.shares[number]!;
    this.takeShare();
  }

  takeShare(): void {
    this.#session.set_share(...this.#share.units);
  }

  /** Waits for the command after that with the number `last`; returns its number. It throws if the team has failed. */
  awaitCommand(last: number): number {
    this.#wait(AT_COMMAND, last);
    return this.#command;
  }

  /** Waits until all members are here. It throws if the team has failed, or a member does not come. */
  barrier(): void {
    const { control, shape } = this.#shared;
    const turn = Atomics.load(control, AT_TURN);
    if (Atomics.add(control, AT_ARRIVED, 1) === shape.members - 1) {
      Atomics.store(control, AT_ARRIVED, 0);
      Atomics.add(control, AT_TURN, 1);
      Atomics.notify(control, AT_TURN);
    }
    this.#wait(AT_TURN, turn);
  }

  /** A barrier behind which all members know whether the running command may take effect: if none of them refuses it. */
  agree(isDone: boolean): boolean {
    const { control } = this.#shared;
    const command = this.#command;
    // A member may be so late behind the barrier that the next command is refused already.
    const place = AT_REFUSED + (command & 1);
    if (!isDone) Atomics.store(control, place, command);
    this.barrier();
    return Atomics.load(control, place) !== command;
  }

  /**
   * Computes the own hidden units of the staged samples, and gets those of the others.
   *
   * @returns Whether the command goes on: the first thread may have found a number that is not finite.
   */
  begin(command: number, rows: number): boolean {
    this.#session.begin(command === DIFFERENCES);
    return this.#exchange(rows);
  }

  /** Computes what follows from the hidden units of all members. */
  finish(command: number, h: number, first: boolean, last: boolean, samples: number): void {
    if (command === DIFFERENCES) this.#session.finish_differences(h, first, last, samples);
    else if (command === BACKPROPAGATE) this.#session.finish_backpropagation(first, samples);
    else this.#session.finish_forward();
  }

  /** Updates the own parameters, all of which stay finite. If the learning rate is NaN, there is no update. */
  descend(learningRate: number): void {
    if (!Number.isNaN(learningRate)) this.#session.descend(learningRate);
  }

  /** Updates the own parameters, unless a parameter of any member would not be finite. */
  tryDescend(learningRate: number): boolean {
    const isMade = this.agree(this.#session.descends_to_finite(learningRate) > 0);
    if (isMade) this.descend(learningRate);
    return isMade;
  }

  /**
   * Carries parameters or a gradient between the members.
   *
   * @param fromAll Whether each member gives its own; otherwise the first gives all.
   * @param toAll Whether all members take them; otherwise the first does.
   */
  transfer(kind: "params" | "grads", fromAll: boolean, toAll: boolean): void {
    const { parameters, shape } = this.#shared;
    const { units, weights } = this.#share;
    const mine = this.#array(this.#addresses[kind], parameters.length);
    if (fromAll) {
      const end = (shape.inputSize + 1) * shape.hiddenSize;
      copyColumns(mine.subarray(0, end), parameters, shape.hiddenSize, units);
      copyColumns(mine.subarray(end), parameters.subarray(end), parameters.length, weights);
    } else if (this.#number === 0) parameters.set(mine);
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
  #exchange(rows: number): boolean {
    const { exchanges, shape } = this.#shared;
    const { hidden, secondLayer, bounds } = exchanges[this.#command & 1]!;
    const addresses = this.#addresses;
    const stride = hidden.length / shape.rows;
    const mine = this.#array(addresses.hidden, rows * stride);
    const myBounds = this.#array(addresses.bounds, rows);
    const firstLayer = (shape.inputSize + 1) * shape.hiddenSize;
    const weights = this.#array(addresses.params + 8 * firstLayer, secondLayer.length);
    copyColumns(mine, hidden, stride, this.#share.padded);
    copyColumns(weights, secondLayer, weights.length, this.#share.weights);
    bounds.set(myBounds, this.#number * rows);
    if (!this.agree(true)) return false;
    mine.set(hidden.subarray(0, mine.length));
    weights.set(secondLayer);
    for (let i = 0; i < shape.members * rows; i++) myBounds[i % rows] = Math.max(myBounds[i % rows]!, bounds[i]!);
    return true;
  }

  /** The number of the running command. The next one comes when all members have been at a barrier of this one. */
  get #command(): number {
    return Atomics.load(this.#shared.control, AT_COMMAND);
  }

  #array(address: number, length: number): Float64Array {
    return new Float64Array(this.#memory.buffer, address, length);
  }

  #wait(place: number, value: number): void {
    const { control, spinTime } = this.#shared;
    const isWaiting = () => Atomics.load(control, place) === value;
    let [waited, last] = [0, performance.now()];
    for (const end = last + spinTime; isWaiting() && last < end; last = performance.now()) {
      for (let i = 0; i < TURNS && isWaiting(); i++);
    }
    while (isWaiting() && !hasFailed(this.#shared)) {
      sleep(control, place, value);
      const now = performance.now();
      // If the process was stopped meanwhile, the others were too.
      waited += Math.min(now - last, NAP);
      last = now;
      if (waited > this.#patience) failTeam(this.#shared);
    }
    if (hasFailed(this.#shared)) throw this.#failure();
  }
}

/** Copies neighbouring columns of a matrix to the same places of another. */
function copyColumns(
  from: Float64Array,
  to: Float64Array,
  cols: number,
  [start, end]: readonly [from: number, to: number],
): void {
  for (let row = 0; row < from.length; row += cols) {
    for (let i = row + start; i < row + end; i++) to[i] = from[i]!;
  }
}

function sleep(control: Int32Array, place: number, value: number): void {
  try {
    Atomics.wait(control, place, value, NAP);
  } catch {
    // The main thread of a page must not sleep: it looks again at once.
  }
}

/**
 * Ends the work of all members with an error, wherever they wait.
 *
 * @param why The reason, if a member knows it; the first one counts. The first thread may wait for it in the middle of a
 * step, in which no message arrives.
 */
export function failTeam(shared: Shared, why = ""): void {
  const { control, reason } = shared;
  if (why && !hasFailed(shared) && Atomics.compareExchange(reason, 0, 0, why.charCodeAt(0)) === 0) {
    for (let i = 1; i < Math.min(why.length, reason.length); i++) reason[i] = why.charCodeAt(i);
  }
  Atomics.store(control, AT_FAILED, 1);
  for (const place of [AT_COMMAND, AT_TURN]) {
    Atomics.add(control, place, 1);
    Atomics.notify(control, place);
  }
}

function hasFailed({ control }: Shared): boolean {
  return Atomics.load(control, AT_FAILED) !== 0;
}
