import { checkInteger } from "../arguments.js";
import { ArgumentError, DataFormatError, describe, FileWriteError } from "../errors.js";
import { type FileSystem, fileSystem, folderOf, isNotFound, readError, writeAtomically } from "../file-system.js";

/** How much memory a file may take. */
export interface MemoryOptions {
  /** Most bytes that the file, or its unpacked contents, may have; 1 GiB if omitted. */
  memoryLimit?: number | undefined;
}

/** 1 GiB, the limit of all files that numgrad reads. */
const MEMORY_LIMIT = 2 ** 30;

/** The memory limit in the options, checked. */
export function memoryLimitOf({ memoryLimit = MEMORY_LIMIT }: MemoryOptions): number {
  checkInteger("options.memoryLimit", memoryLimit, 0);
  return memoryLimit;
}

/** Checks the path of a file. */
export function checkPath(path: unknown): asserts path is string {
  if (typeof path !== "string" || path === "") throw new ArgumentError("path", "the path of a file", describe(path));
}

/**
 * Reads a whole file.
 *
 * @throws {ArgumentError} if `path` is not a path.
 * @throws {DataNotFoundError} if the file cannot be read.
 * @throws {DataFormatError} if the file has more bytes than the limit. Then nothing is read.
 */
export async function readFile(path: string, memoryLimit = MEMORY_LIMIT): Promise<Uint8Array> {
  checkPath(path);
  const system = fileSystem(path);
  const fail = (error: unknown) => Promise.reject(readError(path, error));
  const file = await system.open(path, "r").catch(fail);
  try {
    // The size of the open file is asked for, not that of the path: another file may have taken the name since.
    const { size } = await file.stat().catch(fail);
    if (size > memoryLimit) throw new DataFormatError(path, `has ${size} bytes, more than the limit of ${memoryLimit}`);
    const bytes = new Uint8Array(size);
    let filled = 0;
    while (filled < size) {
      const { bytesRead } = await file.read(bytes, filled, size - filled, filled).catch(fail);
      if (bytesRead === 0)
        throw new DataFormatError(path, `became shorter while it was read: ${filled} bytes of ${size}`);
      filled += bytesRead;
    }
    return bytes;
  } finally {
    await file.close();
  }
}

/**
 * Replaces a file at once or not at all, as `writeAtomically` does.
 *
 * @throws {ArgumentError} if `path` is not a path.
 * @throws {DataNotFoundError} if there is no file system, as in browsers.
 * @throws {FileWriteError} if the file cannot be written. An old file of that name is left unchanged.
 */
export async function writeFileAtomically(path: string, bytes: Uint8Array): Promise<void> {
  checkPath(path);
  const system = fileSystem(path);
  try {
    // If the path is a symbolic link, the link stays, and the file to which it leads is replaced or created.
    await writeAtomically(system, await targetOf(system, path), bytes);
  } catch (cause) {
    throw new FileWriteError(path, { cause });
  }
}

/** The path of the file to which symbolic links lead, whether that file exists or not. */
async function targetOf(system: FileSystem, path: string): Promise<string> {
  try {
    return await system.realpath(path);
  } catch (error) {
    const link = isNotFound(error) ? await system.readlink(path).catch(() => undefined) : undefined;
    if (link === undefined) return path;
    const isAbsolute = /^([a-z]:)?[/\\]/i.test(link);
    return await targetOf(system, isAbsolute ? link : folderOf(path) + link);
  }
}
