/** The bytes of all chunks, one after the other, in memory of their own. */
export function concatenate(chunks: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}

/** Largest number of bytes for which memory is taken at once, because a header promises them. */
const TRUSTED = 2 ** 26;

/**
 * Bytes whose number a header promises, and which come chunk by chunk. Memory for more than 64 MiB is taken only when so
 * many bytes have come, so a false promise costs no more than that. It is taken once: to copy half of a large file would
 * block the event loop for a second.
 */
export class PromisedBytes {
  /** Number of bytes that have come. */
  filled = 0;
  readonly #promised: number;
  #bytes: Uint8Array<ArrayBuffer>;

  constructor(promised: number) {
    this.#promised = promised;
    this.#bytes = new Uint8Array(Math.min(promised, TRUSTED));
  }

  /** The bytes that have come. All of them share their memory with no others, if as many came as were promised. */
  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.filled);
  }

  /** Adds a chunk. Together no more bytes may come than were promised. */
  add(chunk: Uint8Array): void {
    const end = this.filled + chunk.length;
    if (end > this.#bytes.length) {
      const grown = new Uint8Array(this.#promised);
      grown.set(this.#bytes.subarray(0, this.filled));
      this.#bytes = grown;
    }
    this.#bytes.set(chunk, this.filled);
    this.filled = end;
  }
}

/** Whether two arrays have memory in common. */
export function overlap(a: unknown, b: unknown): boolean {
  if (!ArrayBuffer.isView(a) || !ArrayBuffer.isView(b) || a.buffer !== b.buffer) return false;
  return a.byteOffset < b.byteOffset + b.byteLength && b.byteOffset < a.byteOffset + a.byteLength;
}

/** Whether the memory of an array was transferred, so that the array has none. */
export function isDetached({ buffer }: ArrayBufferView): boolean {
  try {
    new Uint8Array(buffer);
    return false;
  } catch {
    return true;
  }
}
