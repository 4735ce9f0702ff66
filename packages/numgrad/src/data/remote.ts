import { ArgumentError, DataFormatError, DataNotFoundError, type DownloadAttempt, DownloadError } from "../errors.js";
import { messageOf } from "../file-system.js";
import { type Cache, openCache } from "./cache.js";
import { download, mismatch } from "./download.js";
import type { IdxHeader } from "./idx.js";
import type { IdxBytes } from "./idx-stream.js";
import type { DownloadSettings } from "./load-options.js";

/** A file that is somewhere on the network. */
export interface RemoteFile {
  /** What messages call it. */
  readonly name: string;
  /** Its addresses, in the order in which they are tried. */
  readonly urls: readonly string[];
  /** Length of the decompressed file, if known. */
  readonly bytes?: number;
  /** SHA-256 of the decompressed file. Without one it is not cached: a damaged copy could not be told. */
  readonly sha256?: string | undefined;
  /** Its place in a cache. */
  readonly entry: string;
  /** What a user can do who can't have it. */
  readonly remedy: string;
}

/** Reads files from the cache, or else from the network. */
export class Remote {
  readonly #settings: DownloadSettings;
  readonly #cache: Cache | undefined;

  /** @throws {DataNotFoundError} if a cache directory is asked for where there is no file system. */
  constructor(settings: DownloadSettings) {
    this.#settings = settings;
    this.#cache = openCache(settings.cacheDirectory);
  }

  /**
   * @returns The file, and the address it came from unless it was cached.
   * @throws {DownloadError} if no address has it; the message has all that were tried, with the reason of each.
   * @throws {ArgumentError} if the cache directory that was asked for can't be written.
   */
  async read(file: RemoteFile, checkHeader: (header: IdxHeader) => void): Promise<{ idx: IdxBytes; url?: string }> {
    const { signal, onProgress, timeout, retries } = this.#settings;
    signal?.throwIfAborted();
    const attempts: DownloadAttempt[] = [];
    const cached = await this.#readCached(file, checkHeader, attempts);
    if (cached) return { idx: cached };
    // Before anything is fetched for a directory that can't hold it.
    const canKeep = await this.#keep(file, (cache) => cache.prepare(file.entry));
    const onBytes =
      onProgress &&
      ((loaded: number, total: number, url: string) => onProgress({ file: file.name, url, loaded, total }));
    const { urls, bytes, sha256 } = file;
    const found = await download(urls, { timeout, retries, signal, bytes, sha256, checkHeader, onBytes }, attempts);
    if (found === undefined) throw new DownloadError(file.name, attempts, file.remedy);
    if (canKeep) await this.#keep(file, (cache) => cache.write(file.entry, found.idx.file));
    return found;
  }

  /** What the cache has, if it is sound. If it is not, `attempts` is told. */
  async #readCached(
    { name, entry, sha256 }: RemoteFile,
    checkHeader: (header: IdxHeader) => void,
    attempts: DownloadAttempt[],
  ): Promise<IdxBytes | undefined> {
    if (this.#cache === undefined || sha256 === undefined) return undefined;
    const { signal, onProgress } = this.#settings;
    const onBytes = onProgress && ((loaded: number, total: number) => onProgress({ file: name, loaded, total }));
    const source = this.#cache.place(entry);
    try {
      const idx = await this.#cache.read(entry, { checkHeader, onBytes, signal });
      const wrong = idx && (await mismatch(idx.file, sha256));
      if (wrong === undefined) return idx;
      attempts.push({ source, reason: wrong });
    } catch (error) {
      if (!(error instanceof DataFormatError || error instanceof DataNotFoundError)) throw error;
      attempts.push({ source, reason: error instanceof DataFormatError ? error.reason : messageOf(error.cause) });
    }
    return undefined;
  }

  /** Does something with the cache. Returns whether that went well, which only a cache of the caller's own must. */
  async #keep({ sha256 }: RemoteFile, action: (cache: Cache) => Promise<void>): Promise<boolean> {
    if (this.#cache === undefined || sha256 === undefined) return false;
    try {
      await action(this.#cache);
      return true;
    } catch (error) {
      if (!this.#cache.isChosen) return false;
      throw new ArgumentError("options.cacheDirectory", "a directory that can be written", messageOf(error));
    }
  }
}
