import { checkInteger, checkOptions, checkSignal } from "../arguments.js";
import { DataFormatError, FileWriteError } from "../errors.js";
import {
  checkReadable,
  type FileSystem,
  fileSystem,
  folderOf,
  isNotFound,
  type Place,
  readError,
  reasonOf,
  statReplaceable,
  toPlace,
  writeAtomically,
} from "../file-system.js";

/** How much memory a file may take. */
export interface MemoryOptions {
  /** Most bytes that the file, or its unpacked contents, may have; 1 GiB if omitted. */
  memoryLimit?: number | undefined;
}

/** How to load a file. */
export interface LoadOptions extends MemoryOptions {
  /** Stops the loading: the promise rejects with `signal.reason`. */
  signal?: AbortSignal | undefined;
}

/** 1 GiB, the limit of all files that numgrad reads. */
const MEMORY_LIMIT = 2 ** 30;

/** The memory limit in the options, checked. */
export function memoryLimitOf({ memoryLimit = MEMORY_LIMIT }: MemoryOptions): number {
  checkInteger("options.memoryLimit", memoryLimit, 0);
  return memoryLimit;
}

/** Options of a loading, checked, with the default filled in. @throws {ArgumentError} if one is wrong or unknown. */
export function settleLoad(options: LoadOptions): { memoryLimit: number; signal: AbortSignal | undefined } {
  checkOptions(options, ["memoryLimit", "signal"]);
  const { signal } = options;
  checkSignal("options.signal", signal);
  return { memoryLimit: memoryLimitOf(options), signal };
}

/** The place of a file. @throws {ArgumentError} if `path` is neither a path nor a file: URL. */
export function placeOf(path: unknown): Place {
  return toPlace("path", path, "the path of a file");
}

/**
 * Reads a whole file.
 *
 * @throws {ArgumentError} if `file` is neither a path nor a file: URL.
 * @throws {DataNotFoundError} if the file cannot be read, or if it is not a regular file.
 * @throws {DataFormatError} if the file has more bytes than the limit. Then nothing is read.
 */
export async function readFile(file: string | URL, memoryLimit = MEMORY_LIMIT): Promise<Uint8Array> {
  const place = placeOf(file);
  const { path, source } = place;
  const system = fileSystem(source);
  const fail = (error: unknown) => Promise.reject(readError(source, error));
  await checkReadable(system, place);
  const open = await system.open(path, "r").catch(fail);
  try {
    // The size of the open file is asked for, not that of the path: another file may have taken the name since.
    const { size } = await open.stat().catch(fail);
    if (size > memoryLimit) {
      throw new DataFormatError(source, `has ${size} bytes, more than the limit of ${memoryLimit}`);
    }
    const bytes = new Uint8Array(size);
    let filled = 0;
    while (filled < size) {
      const { bytesRead } = await open.read(bytes, filled, size - filled, filled).catch(fail);
      if (bytesRead === 0)
        throw new DataFormatError(source, `became shorter while it was read: ${filled} bytes of ${size}`);
      filled += bytesRead;
    }
    return bytes;
  } finally {
    await open.close();
  }
}

/**
 * Replaces a file at once or not at all, as `writeAtomically` does.
 *
 * @throws {ArgumentError} if `file` is neither a path nor a file: URL.
 * @throws {DataNotFoundError} if there is no file system, as in browsers.
 * @throws {FileWriteError} if the file cannot be written, or if the path leads to something other than a regular file.
 * An old file of that name is left unchanged.
 */
export async function writeFileAtomically(file: string | URL, bytes: Uint8Array): Promise<void> {
  const { path, source } = placeOf(file);
  const system = fileSystem(source);
  let target = path;
  try {
    // If the path is a symbolic link, the link stays, and the file to which it leads is replaced or created. A link of
    // /proc may lead to a file that has been deleted: it is there, but has no path.
    const isThere = (await statReplaceable(system, path)) !== undefined;
    target = isThere ? await system.realpath(path) : await targetOf(system, path);
    await writeAtomically(system, target, bytes);
  } catch (cause) {
    throw new FileWriteError(source, { cause, reason: await whyNotWritten(system, target, cause) });
  }
}

async function whyNotWritten(system: FileSystem, target: string, cause: unknown): Promise<string> {
  const folder = folderOf(target);
  if (!isNotFound(cause) || folder === "") return reasonOf(cause);
  const isFolder = await system.stat(folder).then((entry) => entry.isDirectory(), () => false); // biome-ignore format: one line
  return isFolder ? reasonOf(cause) : `there is no folder ${folder}`;
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
