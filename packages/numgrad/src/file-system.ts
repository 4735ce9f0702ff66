import { DataNotFoundError } from "./errors.js";

/** The part of Node's `FileHandle` that is used here. */
export interface OpenFile {
  stat(): Promise<{ size: number }>;
  read(buffer: Uint8Array, offset: number, length: number, position: number): Promise<{ bytesRead: number }>;
  writeFile(bytes: Uint8Array): Promise<void>;
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** The part of `node:fs/promises` that is used here. */
export interface FileSystem {
  stat(path: string): Promise<{ size: number; mode: number; isFile(): boolean; isDirectory(): boolean }>;
  /** `"r"` reads a file that is there, `"wx"` makes one that is not. */
  open(path: string, flags: "r" | "wx", mode?: number): Promise<OpenFile>;
  mkdir(path: string, options: { recursive: true }): Promise<unknown>;
  readlink(path: string): Promise<string>;
  realpath(path: string): Promise<string>;
  rename(from: string, to: string): Promise<void>;
  unlink(path: string): Promise<void>;
}

/** What is used of `process` and `node:os`, for finding the platform's folders. */
export interface Platform {
  readonly platform: string;
  readonly env: Record<string, string | undefined>;
  readonly homedir: () => string;
}

/**
 * Node's file system, without an import: an `import("node:fs")`, even a dynamic one, stops webpack and esbuild when
 * they bundle for browsers. Deno and Bun have `process.getBuiltinModule` too. Undefined in browsers.
 */
export function findFileSystem(): FileSystem | undefined {
  return builtinModule("node:fs/promises") as FileSystem | undefined;
}

/** The same for a path that somebody asks for. @throws {DataNotFoundError} where there is no file system. */
export function fileSystem(path: string): FileSystem {
  const found = findFileSystem();
  if (found) return found;
  const where = "Files can be read and written in Node.js (20.16 or newer), Deno and Bun";
  throw new DataNotFoundError(path, `${path}: there is no file system here. ${where}`);
}

/** The platform, where there is one with folders. */
export function findPlatform(): Platform | undefined {
  const os = builtinModule("node:os") as { homedir: () => string } | undefined;
  const { process } = globalThis as { process?: { platform: string; env: Record<string, string | undefined> } };
  return os && process && { platform: process.platform, env: process.env, homedir: os.homedir };
}

function builtinModule(id: string): unknown {
  const { process } = globalThis as { process?: { getBuiltinModule?: (id: string) => unknown } };
  return process?.getBuiltinModule?.(id);
}

/** A path of two parts. Windows takes the slash too. */
export function joined(directory: string, name: string): string {
  return directory.endsWith("/") ? directory + name : `${directory}/${name}`;
}

/** Whether an error of the file system says that nothing is there. */
export function isNotFound(error: unknown): boolean {
  const code = (error as { code?: unknown } | undefined)?.code;
  return code === "ENOENT" || code === "ENOTDIR";
}

/** The error for a file or directory that is there and cannot be read. */
export function unreadable(path: string, cause: unknown): DataNotFoundError {
  return new DataNotFoundError(path, `${path}: cannot be read: ${messageOf(cause)}`, { cause });
}

/** What an error says, whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The folder of a path with the slash behind it; empty for a name in the current folder. */
export function folderOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
}

/**
 * Writes a file at once or not at all: whoever opens `path` at any moment, also after a crash, finds the old file or the new
 * one, whole. The bytes go to a temporary file in the same folder and from there to the disk, before the file gets its name;
 * then the folder goes to the disk. Rejects with the file system's error; the old file, if any, is as it was then.
 *
 * The new file has the permissions of the old one, as far as the process's umask lets it.
 *
 * A process that is killed in between leaves the temporary file behind (`NAME.….tmp`), any other failure does not.
 */
export async function writeAtomically(system: FileSystem, path: string, bytes: Uint8Array): Promise<void> {
  // Not from RandomState: the random numbers of a run are not touched.
  const temporary = `${path}.${randomName()}.tmp`;
  const { mode } = await system.stat(path).catch(() => ({ mode: 0o666 }));
  try {
    const file = await system.open(temporary, "wx", mode & 0o777);
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

/** Makes a new name in a folder outlast a power cut, where the system can: Windows, for one, opens no folders. */
async function syncFolder(system: FileSystem, folder: string): Promise<void> {
  try {
    const handle = await system.open(folder, "r");
    await handle.sync().finally(() => handle.close());
  } catch {
    // The file is there and whole, which is all that can be had here.
  }
}

/** 16 digits that no other writer has. */
function randomName(): string {
  const words = globalThis.crypto.getRandomValues(new Uint32Array(2));
  return Array.from(words, (word) => word.toString(16).padStart(8, "0")).join("");
}
