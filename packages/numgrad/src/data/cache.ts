import {
  type FileSystem,
  fileSystem,
  findFileSystem,
  findPlatform,
  isNotFound,
  joinPath,
  type Place,
  placeIn,
  readError,
  writeAtomically,
} from "../file-system.js";
import { readIdxFile } from "./idx-file.js";
import { type IdxBytes, type IdxReadOptions, readIdxStream } from "./idx-stream.js";

/** A place that keeps verified files, decompressed, under names such as `mnist/train-images-idx3-ubyte`. */
export interface Cache {
  /** Whether the caller named this place. Only then is it an error if nothing can be kept there. */
  readonly isChosen: boolean;
  /** Where an entry is stored, as messages show it. */
  place(name: string): string;
  /** Reads an entry; gives undefined if there is none. Rejects if the entry is damaged or cannot be read. */
  read(name: string, options: IdxReadOptions): Promise<IdxBytes | undefined>;
  /** Prepares for `write`: creates the folder of the entry. */
  prepare(name: string): Promise<void>;
  write(name: string, file: Uint8Array): Promise<void>;
}

/**
 * Opens the cache that the option asks for: a directory, no cache for `false`, and by default the platform's. In
 * Node.js, Deno and Bun that is the folder `numgrad` in `$XDG_CACHE_HOME` or `~/.cache`, in `~/Library/Caches` (macOS),
 * or in `%LOCALAPPDATA%` (Windows). In browsers it is the Cache API, if there is one (on https pages and on localhost).
 *
 * @throws {DataNotFoundError} if a directory is given and there is no file system.
 */
export function openCache(cacheDirectory: Place | false | undefined): Cache | undefined {
  if (cacheDirectory === false) return undefined;
  if (cacheDirectory !== undefined) return new Folder(fileSystem(cacheDirectory.source), cacheDirectory, true);
  const system = findFileSystem();
  if (system === undefined) return globalThis.caches === undefined ? undefined : new BrowserCache();
  const directory = defaultDirectory();
  return directory === undefined ? undefined : new Folder(system, { path: directory, source: directory }, false);
}

/**
 * The platform's folder for files that can be downloaded again; undefined if it cannot be found out (Deno may refuse).
 */
export function defaultDirectory(): string | undefined {
  try {
    const host = findPlatform();
    if (host === undefined) return undefined;
    const { platform, env, homedir } = host;
    const home = () => homedir().replaceAll("\\", "/");
    if (platform === "win32") return joinPath(env.LOCALAPPDATA || `${home()}/AppData/Local`, "numgrad/Cache");
    if (platform === "darwin") return `${home()}/Library/Caches/numgrad`;
    // The XDG Base Directory Specification says that a relative path is to be ignored.
    const isAbsolute = env.XDG_CACHE_HOME?.startsWith("/") ?? false;
    return joinPath(isAbsolute ? (env.XDG_CACHE_HOME as string) : `${home()}/.cache`, "numgrad");
  } catch {
    return undefined;
  }
}

class Folder implements Cache {
  readonly isChosen: boolean;
  readonly #system: FileSystem;
  readonly #directory: Place;

  constructor(system: FileSystem, directory: Place, isChosen: boolean) {
    this.#system = system;
    this.#directory = directory;
    this.isChosen = isChosen;
  }

  place(name: string): string {
    return placeIn(this.#directory, name).source;
  }

  async read(name: string, options: IdxReadOptions): Promise<IdxBytes | undefined> {
    const place = placeIn(this.#directory, name);
    const isMissing = await this.#system.stat(place.path).then(() => false, isNotFound);
    return isMissing ? undefined : await readIdxFile(this.#system, place, options);
  }

  async prepare(name: string): Promise<void> {
    const { path } = placeIn(this.#directory, name);
    await this.#system.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
  }

  async write(name: string, file: Uint8Array): Promise<void> {
    await writeAtomically(this.#system, placeIn(this.#directory, name).path, file);
  }
}

/** The Cache API stores answers by the address of their request. This host exists nowhere (RFC 2606). */
const ORIGIN = "https://numgrad.invalid/";

class BrowserCache implements Cache {
  readonly isChosen = false;

  place(name: string): string {
    return `the browser's cache, ${name}`;
  }

  async read(name: string, options: IdxReadOptions): Promise<IdxBytes | undefined> {
    // If storage is forbidden (private windows, sandboxed frames), the cache counts as empty.
    const entry = await this.#open().then(
      (cache) => cache.match(ORIGIN + name),
      () => undefined,
    );
    if (!entry?.body) return undefined;
    const source = this.place(name);
    return await readIdxStream(chunksOf(entry.body, source), { ...options, source });
  }

  async prepare(): Promise<void> {}

  async write(name: string, file: Uint8Array): Promise<void> {
    const cache = await this.#open();
    await cache.put(ORIGIN + name, new Response(file as Uint8Array<ArrayBuffer>));
  }

  async #open() {
    return await caches.open("numgrad");
  }
}

/** The chunks of a stream. (Safari's streams are no async iterables themselves.) */
async function* chunksOf(stream: ReadableStream<Uint8Array>, source: string): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((error: unknown) => Promise.reject(readError(source, error)));
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}
