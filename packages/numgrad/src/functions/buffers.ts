import { MemoryView, readLayout } from "../wasm/memory-view.js";
import { type Core, core, type RawFunctions } from "../wasm/runtime.js";

/** The core's kernels and the three fixed buffers that they work on: whatever passes through comes in pieces. */
export class Buffers {
  readonly kernels: RawFunctions;
  /** Numbers in each buffer; even. */
  readonly capacity: number;
  readonly #a: MemoryView<Float64Array>;
  readonly #b: MemoryView<Float64Array>;
  readonly #out: MemoryView<Float64Array>;

  constructor({ memory, functions }: Core) {
    const { capacity, a, b, out } = readLayout(memory, functions, ["capacity", "a", "b", "out"]);
    this.kernels = functions;
    this.capacity = capacity;
    this.#a = new MemoryView(memory, Float64Array, a, capacity);
    this.#b = new MemoryView(memory, Float64Array, b, capacity);
    this.#out = new MemoryView(memory, Float64Array, out, capacity);
  }

  get a(): Float64Array {
    return this.#a.array;
  }

  get b(): Float64Array {
    return this.#b.array;
  }

  get out(): Float64Array {
    return this.#out.array;
  }
}

let instance: Buffers | undefined;

/**
 * The buffers of the running core.
 *
 * @throws {CoreError} if it cannot start here, or has failed before.
 */
export function buffers(): Buffers {
  const running = core();
  instance ??= new Buffers(running);
  return instance;
}

/** Calls `visit` for consecutive pieces of `length` elements, `size` each but for the last: element numbers [start, end). */
export function forEachPiece(length: number, size: number, visit: (start: number, end: number) => void): void {
  for (let start = 0; start < length; start += size) visit(start, Math.min(start + size, length));
}
