import { concatenate, PromisedBytes } from "../bytes.js";
import { DataFormatError, messageOf } from "../errors.js";
import {
  checkLength,
  describeIdx,
  type HeaderCheck,
  type IdxHeader,
  idxHeaderBytes,
  isGzip,
  readIdxHeader,
} from "./idx.js";

/** An IDX file: its shape, and the bytes of its elements as they stand in the file. */
export interface IdxBytes {
  readonly shape: readonly number[];
  /** The whole file, header included. */
  readonly file: Uint8Array;
  /** The bytes after the header: a window on `file`. */
  readonly data: Uint8Array;
}

/** How to follow, check or stop the reading of an IDX file. */
export interface IdxReadOptions {
  /** Looks at the header before memory is allocated for the elements; throws if this is not the expected file. */
  checkHeader: HeaderCheck;
  /** Called about once per MiB and at the end with the bytes read so far and the bytes that the header promises. */
  onBytes?: ((loaded: number, total: number) => void) | undefined;
  signal?: AbortSignal | undefined;
}

/** How to read a stream of bytes. */
export interface IdxStreamOptions extends IdxReadOptions {
  /** Name of the file in errors. */
  source: string;
  /** Length of the stream in bytes, if known. A wrong length is then found before the elements are read. */
  length?: number | undefined;
}

/**
 * Largest file that is read: 1 GiB. A file whose header promises more is refused. The largest relative of MNIST, EMNIST
 * by class, has 547 MB.
 */
export const MAX_BYTES = 2 ** 30;

/**
 * Reads a stream of (decompressed) bytes as an IDX file. Allocates at most the memory that the header promises, which
 * is at most `MAX_BYTES`, and more than 64 MiB only when so many bytes have come. Stops reading as soon as more bytes
 * arrive. So a gzip bomb costs one chunk more than the file that its header describes.
 *
 * @throws {DataFormatError} if the contents are wrong; the error names `source` and the reason.
 */
export async function readIdxStream(chunks: AsyncIterable<Uint8Array>, options: IdxStreamOptions): Promise<IdxBytes> {
  const { source, length, checkHeader, onBytes, signal } = options;
  let start: Uint8Array = new Uint8Array(0); // the bytes received until the header is complete
  let header: IdxHeader | undefined;
  let file = new PromisedBytes(0);
  let reported = 0;
  for await (const chunk of chunks) {
    signal?.throwIfAborted();
    let rest = chunk;
    if (header === undefined) {
      start = start.length === 0 ? chunk : concatenate([start, chunk]);
      if (start.length < 4 || start.length < idxHeaderBytes(start)) continue;
      header = readIdxHeader(start, source);
      checkHeader(header);
      if (length !== undefined) checkLength(header, length, source);
      file = new PromisedBytes(promisedBytes(header, source));
      rest = start;
    }
    checkRoom(header, file.filled + rest.length, source);
    file.add(rest);
    const { filled } = file;
    const total = header.headerBytes + header.dataBytes;
    if (onBytes !== undefined && (filled - reported >= 2 ** 20 || filled === total)) {
      reported = filled;
      onBytes(filled, total);
    }
  }
  header ??= readIdxHeader(start, source); // throws, because the stream ended inside the header
  checkLength(header, file.filled, source);
  const { bytes } = file;
  return { shape: header.shape, file: bytes, data: bytes.subarray(header.headerBytes) };
}

/**
 * Unpacks a stream if it is gzip; passes any other stream on. The first two bytes decide, not the name: browsers and
 * servers may unpack a file and keep its name.
 *
 * @throws {DataFormatError} if the gzip data are damaged or truncated.
 */
export async function* unpack(chunks: AsyncIterable<Uint8Array>, source: string): AsyncGenerator<Uint8Array> {
  const iterator = chunks[Symbol.asyncIterator]();
  let start: Uint8Array = new Uint8Array(0);
  async function* whole(): AsyncGenerator<Uint8Array> {
    try {
      if (start.length > 0) yield start;
      for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
    } finally {
      await iterator.return?.();
    }
  }
  while (start.length < 2) {
    const next = await iterator.next();
    if (next.done) break;
    start = start.length === 0 ? next.value : concatenate([start, next.value]);
  }
  yield* isGzip(start) ? gunzip(whole(), source) : whole();
}

/**
 * Decompresses a gzip stream, chunk by chunk.
 *
 * A chunk is written only when the one before it has been taken. `pipeThrough` would let Node's DecompressionStream
 * queue the whole file first (Node 20 read 100 MB ahead of a consumer that had asked for 1).
 *
 * @throws {DataFormatError} if the data are damaged or truncated.
 */
export async function* gunzip(chunks: AsyncIterable<Uint8Array>, source: string): AsyncGenerator<Uint8Array> {
  if (typeof DecompressionStream === "undefined") {
    throw new DataFormatError(
      source,
      "gzip cannot be unpacked here (there is no DecompressionStream): unpack the file first",
    );
  }
  const { readable, writable } = new DecompressionStream("gzip");
  const writer = writable.getWriter();
  const reader = readable.getReader();
  let failure: unknown; // an error of reading `chunks`, as opposed to one of the decompression
  const iterator = chunks[Symbol.asyncIterator]();
  const feed = async () => {
    for (;;) {
      const next = await iterator.next().catch((error: unknown) => {
        failure = error;
        throw error;
      });
      if (next.done) return writer.close();
      await writer.write(next.value as Uint8Array<ArrayBuffer>);
    }
  };
  // If a write is rejected, reader.read() is rejected, too. The error is reported there.
  feed().catch((error: unknown) => writer.abort(error).catch(() => {}));
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } catch (cause) {
    if (failure !== undefined) throw failure;
    const reason = cause === undefined ? "" : `: ${messageOf(cause)}`;
    throw new DataFormatError(source, `damaged or truncated gzip data${reason}`, { cause });
  } finally {
    await reader.cancel().catch(() => {});
    // This is not awaited, because a read that has stalled would never end.
    iterator.return?.().catch(() => {});
  }
}

function promisedBytes(header: IdxHeader, source: string): number {
  if (header.dataBytes > MAX_BYTES) {
    const promise = `the header promises ${header.dataBytes} bytes (${describeIdx(header)})`;
    throw new DataFormatError(source, `${promise}, more than the limit of ${MAX_BYTES}`);
  }
  return header.headerBytes + header.dataBytes;
}

function checkRoom(header: IdxHeader, filled: number, source: string): void {
  const promised = header.headerBytes + header.dataBytes;
  if (filled <= promised) return;
  const reason = `oversized: the header promises ${promised} bytes (${describeIdx(header)}), and at least`;
  throw new DataFormatError(source, `${reason} ${filled} came`);
}
