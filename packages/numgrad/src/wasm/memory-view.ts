type ViewConstructor<T> = new (buffer: ArrayBufferLike, byteOffset: number, length: number) => T;

/**
 * A typed array over WebAssembly memory that is looked up, not kept: when the memory grows, the array that was there
 * before is detached, and `array` makes a new one.
 */
export class MemoryView<T extends Float64Array | Int32Array | Uint32Array | Uint8Array> {
  readonly #memory: WebAssembly.Memory;
  readonly #type: ViewConstructor<T>;
  readonly #address: number;
  readonly #length: number;
  #array: T | undefined;

  /** `length` elements of `type` from `address` (bytes) on. */
  constructor(memory: WebAssembly.Memory, type: ViewConstructor<T>, address: number, length: number) {
    this.#memory = memory;
    this.#type = type;
    this.#address = address;
    this.#length = length;
  }

  /** The array over the memory as it is now. */
  get array(): T {
    if (this.#array?.buffer !== this.#memory.buffer) {
      this.#array = new this.#type(this.#memory.buffer, this.#address, this.#length);
    }
    return this.#array as T;
  }
}

/** The layout of an object of the core: its sizes and the addresses of its buffers, `names` in their order. */
export function readLayout<Name extends string>(
  memory: WebAssembly.Memory,
  { layout }: { readonly layout: number },
  names: readonly Name[],
): Record<Name, number> {
  const numbers = new Uint32Array(memory.buffer, layout, names.length);
  return Object.fromEntries(names.map((name, i) => [name, numbers[i]])) as Record<Name, number>;
}
