import { checkReadable, type FileSystem, type OpenFile, type Place, readError } from "../file-system.js";
import { isGzip } from "./idx.js";
import { gunzip, type IdxBytes, type IdxReadOptions, readIdxStream } from "./idx-stream.js";

/** 256 KiB: large enough that the calls cost little, and small enough that an abort is noticed within a millisecond. */
const CHUNK_BYTES = 2 ** 18;

const NO_CHUNKS: AsyncIterable<never> = { async *[Symbol.asyncIterator]() {} };

/**
 * Reads an IDX file from disk, raw or gzip. The first bytes decide which of the two it is, not the name.
 *
 * @throws {DataNotFoundError} if the file cannot be read, or if it is not a regular file.
 * @throws {DataFormatError} if the contents are wrong; the error names the file and the reason.
 */
export async function readIdxFile(system: FileSystem, place: Place, options: IdxReadOptions): Promise<IdxBytes> {
  const { path, source } = place;
  const size = await checkReadable(system, place);
  const file = await system.open(path, "r").catch((error: unknown) => Promise.reject(readError(source, error)));
  try {
    // A file of /proc says that it is empty, and reading from it may not end.
    if (size === 0) return await readIdxStream(NO_CHUNKS, { ...options, source });
    const start = await readAt(file, source, 0, 2);
    const chunks = readChunks(file, source);
    return isGzip(start)
      ? await readIdxStream(gunzip(chunks, source), { ...options, source })
      : await readIdxStream(chunks, { ...options, source, length: size });
  } finally {
    await file.close();
  }
}

async function* readChunks(file: OpenFile, source: string): AsyncGenerator<Uint8Array> {
  for (let position = 0; ; ) {
    const chunk = await readAt(file, source, position, CHUNK_BYTES);
    if (chunk.length === 0) return;
    yield chunk;
    position += chunk.length;
  }
}

async function readAt(file: OpenFile, source: string, position: number, length: number): Promise<Uint8Array> {
  const buffer = new Uint8Array(length);
  try {
    const { bytesRead } = await file.read(buffer, 0, length, position);
    return buffer.subarray(0, bytesRead);
  } catch (error) {
    throw readError(source, error);
  }
}
