import { checkFunction, checkInteger, checkSignal } from "../arguments.js";
import { ArgumentError, describe } from "../errors.js";
import { findFileSystem, isUrl, toPlace } from "../file-system.js";

declare global {
  // The types of the DOM and of Node fill these interfaces. Lib es2022 lacks them.
  // biome-ignore-start lint/suspicious/noEmptyInterface: see above
  interface AbortSignal {}
  interface URL {}
  // biome-ignore-end lint/suspicious/noEmptyInterface: see above
}

/** How much of one file has been read. */
export interface LoadProgress {
  /** Path of the file if it is read from a path that the caller gave; otherwise its name. */
  readonly file: string;
  /** Address from which the file comes; absent while the file is read from a path or from a cache. */
  readonly url?: string;
  /** Decompressed bytes read so far. The count begins again after a failed try. */
  readonly loaded: number;
  /** Length of the decompressed file in bytes, by its header. */
  readonly total: number;
}

/** How to follow or stop the loading of files. */
export interface FollowOptions {
  /** Stops the loading at the next chunk: the promise rejects with `signal.reason`. */
  signal?: AbortSignal | undefined;
  /** Called about once per MiB, and at the end of each file. */
  onProgress?: ((progress: LoadProgress) => void) | undefined;
}

/** How to download files, and where to keep them. */
export interface DownloadOptions extends FollowOptions {
  /**
   * Directory where downloads are kept and looked for; `false` for no cache. The default is the platform's cache:
   * `numgrad` in `$XDG_CACHE_HOME` or `~/.cache`, in `~/Library/Caches` on macOS, in `%LOCALAPPDATA%` on Windows; the
   * Cache API in browsers. If nothing can be written to the default cache, the data are loaded without it; for a
   * directory that you give, that is an error. It may be a path or a file: URL.
   */
  cacheDirectory?: string | URL | false | undefined;
  /**
   * Milliseconds without data after which a connection is given up; 30,000 if omitted. A connection over which less than
   * 1 KiB a second comes for so long is given up, too.
   */
  timeout?: number | undefined;
  /**
   * Milliseconds that the whole loading may take, all files, addresses and tries together. There is no such limit if
   * omitted: a slow connection may take as long as data come.
   */
  deadline?: number | undefined;
  /**
   * Number of further tries if an address cannot be reached, breaks off, or answers 408, 425, 429 or ≥ 500; 2 if
   * omitted.
   */
  retries?: number | undefined;
}

const FOLLOW_OPTIONS = ["signal", "onProgress"];
export const DOWNLOAD_OPTIONS = ["cacheDirectory", "timeout", "deadline", "retries", ...FOLLOW_OPTIONS];

/** Longest time of a timer in milliseconds. */
const LONGEST_TIMEOUT = 2 ** 31 - 1;

/** Checks the options of a download and fills in the defaults. @throws {ArgumentError} if an option is wrong. */
export function settleDownload(options: DownloadOptions) {
  const {
    cacheDirectory,
    timeout = 30_000,
    deadline = Number.POSITIVE_INFINITY,
    retries = 2,
    signal,
    onProgress,
  } = options;
  const isPath = cacheDirectory !== undefined && cacheDirectory !== false;
  const cachePlace = isPath ? toPlace("options.cacheDirectory", cacheDirectory) : cacheDirectory;
  checkInteger("options.timeout", timeout, 1, LONGEST_TIMEOUT);
  if (options.deadline !== undefined) checkInteger("options.deadline", deadline, 1);
  checkInteger("options.retries", retries, 0, 100);
  checkFollow(options);
  return { cacheDirectory: cachePlace, timeout, deadline: performance.now() + deadline, retries, signal, onProgress };
}

/** The options of a download, with defaults filled in. */
export type DownloadSettings = ReturnType<typeof settleDownload>;

/** Checks `signal` and `onProgress`. */
export function checkFollow({ signal, onProgress }: FollowOptions): void {
  checkSignal("options.signal", signal);
  if (onProgress !== undefined) checkFunction("options.onProgress", onProgress);
}

/** What `onBytes` of a reading calls to report the progress of one file; undefined if the caller wants no reports. */
export function bytesReporter(onProgress: FollowOptions["onProgress"], file: string) {
  return onProgress && ((loaded: number, total: number) => onProgress({ file, loaded, total }));
}

/** An address, absolute or relative to the page. @throws {ArgumentError} if it is not an http or https address. */
export function toAddress(argument: string, value: unknown): URL {
  if (isUrl(value) || (typeof value === "string" && value !== "")) {
    // Deno has a global `location`, but reading its address throws.
    const page = findFileSystem() === undefined ? globalThis.location?.href : undefined;
    const url = parseUrl(value as string | URL, page);
    if (url && /^https?:$/.test(url.protocol)) return url;
  }
  throw new ArgumentError(argument, "an address of http or https", describe(value));
}

function parseUrl(address: string | URL, base: string | undefined): URL | undefined {
  try {
    return new URL(address, base);
  } catch {
    return undefined; // some supported browsers have no URL.canParse yet
  }
}
