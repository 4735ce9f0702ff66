import { MemoryView, readLayout } from "../wasm/memory-view.js";
import { type Core, core, guard, type RawFunctions } from "../wasm/runtime.js";

/**
 * The kernels of the core for these functions, and the three buffers a, b and out that they work on. The buffers have a
 * fixed size, so a longer array goes through them in pieces.
 */
export class FunctionKernels {
  /** The instance of the core that the kernels belong to. */
  readonly core: Core;
  /** The kernels. */
  readonly raw: RawFunctions;
  /** Size of each buffer in numbers. It is even. */
  readonly capacity: number;
  readonly #a: MemoryView<Float64Array>;
  readonly #b: MemoryView<Float64Array>;
  readonly #out: MemoryView<Float64Array>;

  constructor(running: Core) {
    const { memory, functions } = running;
    const { capacity, a, b, out } = readLayout(memory, functions, ["capacity", "a", "b", "out"]);
    this.core = running;
    this.raw = functions;
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

  /**
   * Calls `visit` for consecutive pieces of an array, with the indices [start, end) of each.
   *
   * @param length The length of the array.
   * @param size The length of every piece but the last.
   * @param visit May call kernels.
   * @throws {CoreError} if a kernel traps.
   */
  forEachPiece(length: number, size: number, visit: (start: number, end: number) => void): void {
    guard(this.core, () => {
      for (let start = 0; start < length; start += size) visit(start, Math.min(start + size, length));
    });
  }
}

let instance: FunctionKernels | undefined;

/**
 * The kernels of the running core.
 *
 * @throws {CoreError} if the core cannot start here.
 */
export function functionKernels(): FunctionKernels {
  const running = core();
  if (instance?.core !== running) instance = new FunctionKernels(running);
  return instance;
}
