import { brandOf } from "./brand.js";
import { ArgumentError, DataNotFoundError, describe, messageOf } from "./errors.js";

/** The part of Node's `FileHandle` that is used here. */
export interface OpenFile {
  stat(): Promise<{ size: number }>;
  read(buffer: Uint8Array, offset: number, length: number, position: number): Promise<{ bytesRead: number }>;
  writeFile(bytes: Uint8Array): Promise<void>;
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** The part of Node's `Stats` that is used here. */
interface FileStats {
  readonly size: number;
  readonly mode: number;
  isFile(): boolean;
  isDirectory(): boolean;
}

/** The part of `node:fs/promises` that is used here. */
export interface FileSystem {
  stat(path: string): Promise<FileStats>;
  /** `"r"` opens an existing file for reading, `"wx"` makes a new file. */
  open(path: string, flags: "r" | "wx", mode?: number): Promise<OpenFile>;
  mkdir(path: string, options: { recursive: true }): Promise<unknown>;
  readlink(path: string): Promise<string>;
  realpath(path: string): Promise<string>;
  rename(from: string, to: string): Promise<void>;
  unlink(path: string): Promise<void>;
}

/** The parts of `process` and `node:os` that are used to find the platform's folders. */
export interface Platform {
  readonly platform: string;
  readonly env: Record<string, string | undefined>;
  readonly homedir: () => string;
}

/**
 * Node's file system; undefined in browsers. It is found without an import, because `import("node:fs")`, even a dynamic
 * one, makes webpack and esbuild fail when they bundle for browsers. Deno and Bun have `process.getBuiltinModule` too.
 */
export function findFileSystem(): FileSystem | undefined {
  return builtinModule("node:fs/promises") as FileSystem | undefined;
}

/** Node's file system, to open `path`. @throws {DataNotFoundError} if there is no file system. */
export function fileSystem(path: string): FileSystem {
  const found = findFileSystem();
  if (found) return found;
  const where = "Files can be read and written in Node.js (20.16 or newer), Deno and Bun";
  throw new DataNotFoundError(path, `${path}: there is no file system here. ${where}`);
}

/** The platform; undefined if it has no folders, as in browsers. */
export function findPlatform(): Platform | undefined {
  const os = builtinModule("node:os") as { homedir: () => string } | undefined;
  const { process } = globalThis as { process?: { platform: string; env: Record<string, string | undefined> } };
  return os && process && { platform: process.platform, env: process.env, homedir: os.homedir };
}

export function builtinModule(id: string): unknown {
  const { process } = globalThis as { process?: { getBuiltinModule?: (id: string) => unknown } };
  return process?.getBuiltinModule?.(id);
}

/** A path as callers give it. */
export interface Place {
  /** The path for the file system. */
  readonly path: string;
  /** What the caller gave: the path, or the address of the URL. Messages show it. */
  readonly source: string;
}

/**
 * Reads a path: a string that is not empty, a URL object, or a string that begins with `file:`.
 *
 * @param kind What the path leads to, for the message.
 * @throws {ArgumentError} if the value is none of these, or the address of no file on this machine.
 */
export function toPlace(argument: string, value: unknown, kind = "a path"): Place {
  const source = isUrl(value) ? value.href : value;
  if (typeof source === "string" && source !== "") {
    if (source === value && !/^file:/i.test(source)) return { path: source, source };
    const url = builtinModule("node:url") as { fileURLToPath: (url: string) => string } | undefined;
    try {
      return { path: url ? url.fileURLToPath(source) : source, source };
    } catch {
      // The error below says what is expected.
    }
  }
  throw new ArgumentError(argument, `${kind} or its file: URL`, describe(source));
}

/** Whether `value` is a URL object of any realm. */
export function isUrl(value: unknown): value is URL {
  return brandOf(value) === "URL";
}

/** The path of a file in a directory. Windows accepts the slash too. */
export function joinPath(directory: string, name: string): string {
  return directory.endsWith("/") ? directory + name : `${directory}/${name}`;
}

/** The place of a file in a directory. */
export function placeIn(directory: Place, name: string): Place {
  return { path: joinPath(directory.path, name), source: joinPath(directory.source, name) };
}

/** Whether an error of the file system says that there is no such file. */
export function isNotFound(error: unknown): boolean {
  const code = (error as { code?: unknown } | undefined)?.code;
  return code === "ENOENT" || code === "ENOTDIR";
}

/** The error for a file or directory that exists but cannot be read. */
export function readError(source: string, cause: unknown): DataNotFoundError {
  return new DataNotFoundError(source, `${source}: cannot be read: ${reasonOf(cause)}`, { cause });
}

/**
 * Checks that a path leads to a regular file, whose reading ends: a pipe or a device could let the reader wait forever.
 *
 * @returns The size of the file in bytes.
 * @throws {DataNotFoundError} if there is no such file, or if it is something else.
 */
export async function checkReadable(system: FileSystem, { path, source }: Place): Promise<number> {
  try {
    const entry = await system.stat(path);
    checkRegular(entry);
    return entry.size;
  } catch (error) {
    throw readError(source, error);
  }
}

/** What is at `path`; undefined if nothing is there. @throws if it is not a regular file, which must not be replaced. */
export async function statReplaceable(system: FileSystem, path: string): Promise<FileStats | undefined> {
  const entry = await system.stat(path).catch(() => undefined);
  if (entry) checkRegular(entry);
  return entry;
}

function checkRegular(entry: FileStats): void {
  if (entry.isFile()) return;
  throw new Error(entry.isDirectory() ? "it is a folder" : "it is a device, a pipe or a socket, not a regular file");
}

/** The reason in an error, without the call and the paths that Node appends: they may be those of a temporary file. */
export function reasonOf(error: unknown): string {
  const { syscall } = Object(error) as { syscall?: unknown };
  return messageOf(error).split(`, ${syscall}`, 1)[0]!;
}

/** The folder of a path, with its slash; empty for a name in the current folder. */
export function folderOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
}

/**
 * Writes a file completely or not at all: at any moment, also after a crash, `path` is the whole old file or the whole
 * new one. The bytes are written to a temporary file in the same folder and sent to the disk. Then the temporary file
 * is renamed, and the folder is sent to the disk. If this fails, it rejects with the file system's error, and the old
 * file, if any, has not changed.
 *
 * The new file has the permissions of the old one, as far as the process's umask allows. Only a regular file is
 * replaced: for a folder, a device or a pipe it rejects.
 *
 * If the process is killed before the renaming, the temporary file (`NAME.….tmp`) is left behind. After any other
 * failure it is deleted.
 */
export async function writeAtomically(system: FileSystem, path: string, bytes: Uint8Array): Promise<void> {
  // The name does not come from a RandomState, so that the random numbers of a run stay the same.
  const temporary = `${path}.${randomName()}.tmp`;
  const old = await statReplaceable(system, path);
  try {
    const file = await system.open(temporary, "wx", (old?.mode ?? 0o666) & 0o777);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await system.rename(temporary, path);
  } catch (error) {
    await system.unlink(temporary).catch(() => {});
    throw error;
  }
  await syncFolder(system, folderOf(path) || ".");
}

/**
 * Sends a folder to the disk, so that a new name in it survives a power cut. Some systems, as Windows, cannot open
 * folders.
 */
async function syncFolder(system: FileSystem, folder: string): Promise<void> {
  try {
    const handle = await system.open(folder, "r");
    await handle.sync().finally(() => handle.close());
  } catch {
    // The whole file has its name. More is not possible on this system.
  }
}

/** 16 hexadecimal digits that no other writer has. */
function randomName(): string {
  const words = globalThis.crypto.getRandomValues(new Uint32Array(2));
  return Array.from(words, (word) => word.toString(16).padStart(8, "0")).join("");
}
