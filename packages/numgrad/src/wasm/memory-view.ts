type ViewConstructor<T> = new (buffer: ArrayBufferLike, byteOffset: number, length: number) => T;

/**
 * A typed array over WebAssembly memory, for the package's own use. It is looked up on each access and not kept: when
 * the memory grows, JavaScript detaches the array, and `array` makes a new one. (For views that are given to users, see
 * view-registry.ts.)
 */
export class MemoryView<T extends Float64Array | Int32Array | Uint32Array | Uint8Array> {
  readonly #memory: WebAssembly.Memory;
  readonly #type: ViewConstructor<T>;
  readonly #address: number;
  readonly #length: number;
  #array: T | undefined;

  /** A view on `length` elements of `type`, whose first byte is at `address`. */
  constructor(memory: WebAssembly.Memory, type: ViewConstructor<T>, address: number, length: number) {
    this.#memory = memory;
    this.#type = type;
    this.#address = address;
    this.#length = length;
  }

  /** The array over the current memory. */
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
  // WebAssembly returns an address from 2³¹ on as a negative number.
  const numbers = new Uint32Array(memory.buffer, layout >>> 0, names.length);
  return Object.fromEntries(names.map((name, i) => [name, numbers[i]])) as Record<Name, number>;
}
