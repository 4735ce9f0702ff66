import type { RawBlock, RawImages, RawSession } from "../wasm/glue.js";
import { BLOCK_LAYOUT } from "../wasm/layouts.js";
import { MemoryView, readLayout } from "../wasm/memory-view.js";
import { COMMAND, type SharedMemory } from "./shared-memory.js";

/** Kinds of blocks (crates/numgrad-wasm/src/member.rs). */
export const KIND = { activations: 0, params: 1, grads: 2 } as const;

type Kind = (typeof KIND)[keyof typeof KIND];

/** The core's objects of a member. */
export interface MemberObjects {
  readonly memory: WebAssembly.Memory;
  readonly session: RawSession;
  readonly block: RawBlock;
}

/**
 * A member of a team: the same in the first thread and in the workers. It computes its share of the hidden units, and
 * exchanges blocks with the other members.
 */
export class Member {
  readonly #shared: SharedMemory;
  readonly #number: number;
  readonly #session: RawSession;
  readonly #block: RawBlock;
  readonly #values: MemoryView<Float64Array>;

  constructor(shared: SharedMemory, number: number, { memory, session, block }: MemberObjects) {
    this.#shared = shared;
    this.#number = number;
    this.#session = session;
    this.#block = block;
    const { length, values } = readLayout(memory, block, BLOCK_LAYOUT);
    this.#values = new MemoryView(memory, Float64Array, values, length);
    this.takeShare();
  }

  takeShare(): void {
    this.#session.set_share(...this.#shared.units(this.#number));
  }

  /** Whether this is the member of the first thread. */
  get #isFirst(): boolean {
    return this.#number === 0;
  }

  barrier(): void {
    if (this.#isFirst) this.#shared.barrierOfFirst();
    else this.#shared.barrier();
  }

  /** Computes the own hidden units of the staged samples for a command, and gets those of the others. */
  begin(command: number): void {
    if (command === COMMAND.differences) this.#session.begin_central_differences();
    else if (command === COMMAND.backpropagate) this.#session.begin_backpropagation();
    else this.#session.begin_forward();
    this.exchange(KIND.activations, true);
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
    if (!this.#session.descends_to_finite(learningRate)) this.#shared.refuse(number);
    this.barrier();
    if (this.#shared.isRefused(number)) return false;
    this.#session.descend_unchecked(learningRate);
    return true;
  }

  /** Gives the others a block, and reads theirs; if not everyone reads, the first thread does. */
  exchange(kind: Kind, everyone: boolean): void {
    const shared = this.#shared;
    shared.nextExchange();
    const length = this.#session.write_block(kind, this.#block);
    shared.block(this.#number).set(this.#values.array.subarray(0, length));
    this.barrier();
    if (!everyone && !this.#isFirst) return;
    for (let other = 0; other < shared.shape.members; other++) {
      if (other === this.#number) continue;
      this.#values.array.set(shared.block(other));
      this.#session.read_block(kind, ...shared.units(other), this.#block);
    }
  }

  /** How many of the listed images are classified as their labels say; of this member's part of them. */
  count(images: RawImages, from: number, to: number): void {
    const { members, hiddenSize } = this.#shared.shape;
    const bound = (member: number) => from + Math.floor(((to - from) * member) / members);
    // Each image goes through the whole network.
    this.#session.set_share(0, hiddenSize);
    this.#shared.counts[this.#number] = this.#session.count_correct_images(
      images,
      bound(this.#number),
      bound(this.#number + 1),
    );
    this.takeShare();
    this.barrier();
  }
}
