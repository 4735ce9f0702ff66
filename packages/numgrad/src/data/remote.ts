import {
  ArgumentError,
  DataFormatError,
  DataNotFoundError,
  type DownloadAttempt,
  DownloadError,
  messageOf,
} from "../errors.js";
import { reasonOf } from "../file-system.js";
import { type Cache, openCache } from "./cache.js";
import { download, mismatch } from "./download.js";
import type { HeaderCheck } from "./idx.js";
import type { IdxBytes } from "./idx-stream.js";
import { bytesReporter, type DownloadSettings } from "./load-options.js";

/** A file on the network. */
export interface RemoteFile {
  /** Name of the file in messages. */
  readonly name: string;
  /** Addresses of the file, in the order in which they are tried. */
  readonly urls: readonly string[];
  /** Length of the decompressed file in bytes, if known. */
  readonly bytes?: number;
  /**
   * SHA-256 of the decompressed file. Without it the file is not cached, because a damaged copy would not be noticed.
   */
  readonly sha256?: string | undefined;
  /** Name of the file's entry in a cache. */
  readonly entry: string;
  /** A sentence that says what a user can do if the download fails. */
  readonly remedy: string;
}

/** Reads files from the cache, or otherwise from the network. */
export class Remote {
  readonly #settings: DownloadSettings;
  readonly #cache: Cache | undefined;

  /** @throws {DataNotFoundError} if the settings name a cache directory and there is no file system. */
  constructor(settings: DownloadSettings) {
    this.#settings = settings;
    this.#cache = openCache(settings.cacheDirectory);
  }

  /**
   * @returns The file, and the address from which it came, unless it was cached.
   * @throws {DownloadError} if all addresses failed; the message names each of them, with the reason.
   * @throws {ArgumentError} if the cache directory in the settings cannot be written.
   */
  async read(file: RemoteFile, checkHeader: HeaderCheck): Promise<{ idx: IdxBytes; url?: string }> {
    const { signal, onProgress, timeout, deadline, retries } = this.#settings;
    signal?.throwIfAborted();
    const attempts: DownloadAttempt[] = [];
    const cached = await this.#readCached(file, checkHeader, attempts);
    if (cached) return { idx: cached };
    // This comes first, so that nothing is downloaded for a directory that cannot be written.
    const isWritable = await this.#keep(file, (cache) => cache.prepare(file.entry));
    const onBytes =
      onProgress &&
      ((loaded: number, total: number, url: string) => onProgress({ file: file.name, url, loaded, total }));
    const { urls, bytes, sha256 } = file;
    const request = { timeout, deadline, retries, signal, bytes, sha256, checkHeader, onBytes };
    const found = await download(urls, request, attempts);
    if (found === undefined) throw new DownloadError(file.name, attempts, file.remedy);
    if (isWritable) await this.#keep(file, (cache) => cache.write(file.entry, found.idx.file));
    return found;
  }

  /** The file in the cache; undefined if there is none. A damaged one is added to `attempts`. */
  async #readCached(
    { name, entry, sha256 }: RemoteFile,
    checkHeader: HeaderCheck,
    attempts: DownloadAttempt[],
  ): Promise<IdxBytes | undefined> {
    if (this.#cache === undefined || sha256 === undefined) return undefined;
    const { signal, onProgress } = this.#settings;
    const onBytes = bytesReporter(onProgress, name);
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

  /**
   * Does something with the cache. Returns whether it succeeded; throws if it failed in a directory that the caller
   * chose.
   */
  async #keep({ sha256 }: RemoteFile, action: (cache: Cache) => Promise<void>): Promise<boolean> {
    if (this.#cache === undefined || sha256 === undefined) return false;
    try {
      await action(this.#cache);
      return true;
    } catch (error) {
      if (!this.#cache.isChosen) return false;
      throw new ArgumentError("options.cacheDirectory", "a directory that can be written", reasonOf(error));
    }
  }
}
