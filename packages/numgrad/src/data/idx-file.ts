import { type FileSystem, type OpenFile, readError } from "../file-system.js";
import { isGzip } from "./idx.js";
import { gunzip, type IdxBytes, type IdxReadOptions, readIdxStream } from "./idx-stream.js";

/** 256 KiB: large enough that the calls cost little, and small enough that an abort is noticed within a millisecond. */
const CHUNK_BYTES = 2 ** 18;

/**
 * Reads an IDX file from disk, raw or gzip. The first bytes decide which of the two it is, not the name.
 *
 * @throws {DataNotFoundError} if the file cannot be read.
 * @throws {DataFormatError} if the contents are wrong; the error names the file and the reason.
 */
export async function readIdxFile(system: FileSystem, path: string, options: IdxReadOptions): Promise<IdxBytes> {
  const fail = (error: unknown) => Promise.reject(readError(path, error));
  const { size } = await system.stat(path).catch(fail);
  const file = await system.open(path, "r").catch(fail);
  try {
    const start = await readAt(file, path, 0, 2);
    const chunks = readChunks(file, path);
    return isGzip(start)
      ? await readIdxStream(gunzip(chunks, path), { ...options, source: path })
      : await readIdxStream(chunks, { ...options, source: path, length: size });
  } finally {
    await file.close();
  }
}

async function* readChunks(file: OpenFile, path: string): AsyncGenerator<Uint8Array> {
  for (let position = 0; ; ) {
    const chunk = await readAt(file, path, position, CHUNK_BYTES);
    if (chunk.length === 0) return;
    yield chunk;
    position += chunk.length;
  }
}

async function readAt(file: OpenFile, path: string, position: number, length: number): Promise<Uint8Array> {
  const buffer = new Uint8Array(length);
  try {
    const { bytesRead } = await file.read(buffer, 0, length, position);
    return buffer.subarray(0, bytesRead);
  } catch (error) {
    throw readError(path, error);
  }
}
