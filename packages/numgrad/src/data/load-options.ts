import { checkFunction, checkInteger } from "../arguments.js";
import { ArgumentError, describe } from "../errors.js";
import { findFileSystem } from "../file-system.js";

/** How far the reading of one file is. */
export interface LoadProgress {
  /** Path of the file, if it is read from a directory that was asked for; otherwise its name. */
  readonly file: string;
  /** Address that it comes from; absent while it is read from a directory or a cache. */
  readonly url?: string;
  /** Bytes read so far, decompressed. Begins again if a try has failed. */
  readonly loaded: number;
  /** Bytes that the file's header promises, decompressed. */
  readonly total: number;
}

/** How to follow or stop a loading. */
export interface FollowOptions {
  /** Ends the loading at the next chunk: the promise rejects with `signal.reason`. */
  signal?: AbortSignal | undefined;
  /** Called about once a MiB, and at the end of each file. */
  onProgress?: ((progress: LoadProgress) => void) | undefined;
}

/** How to fetch, and where to keep what has been fetched. */
export interface DownloadOptions extends FollowOptions {
  /**
   * Directory where downloads are kept and looked for; `false` for none. Default: the platform's, which is `numgrad` in
   * `$XDG_CACHE_HOME` or `~/.cache`, in `~/Library/Caches` on macOS, in `%LOCALAPPDATA%` on Windows; the Cache API in
   * browsers. Only the default does without where nothing can be kept.
   */
  cacheDirectory?: string | false | undefined;
  /** Milliseconds after which a server that sends nothing is given up; 30,000 if omitted. */
  timeout?: number | undefined;
  /** Further tries at an address that could not be reached, broke off, or answered 408, 425, 429 or 500 and above; 2. */
  retries?: number | undefined;
}

const FOLLOW_OPTIONS = ["signal", "onProgress"];
export const DOWNLOAD_OPTIONS = ["cacheDirectory", "timeout", "retries", ...FOLLOW_OPTIONS];

/** A timer takes no more. */
const LONGEST_TIMEOUT = 2 ** 31 - 1;

/** Checks the options of a download and fills in the defaults. @throws {ArgumentError} naming the one that is wrong. */
export function settleDownload(options: DownloadOptions) {
  const { cacheDirectory, timeout = 30_000, retries = 2, signal, onProgress } = options;
  if (cacheDirectory !== undefined && cacheDirectory !== false) checkPath("options.cacheDirectory", cacheDirectory);
  checkInteger("options.timeout", timeout, 1, LONGEST_TIMEOUT);
  checkInteger("options.retries", retries, 0, 100);
  checkFollow(options);
  return { cacheDirectory, timeout, retries, signal, onProgress };
}

/** The options of a download with nothing left open. */
export type DownloadSettings = ReturnType<typeof settleDownload>;

export function checkFollow({ signal, onProgress }: FollowOptions): void {
  if (signal !== undefined && typeof (signal as AbortSignal | null)?.throwIfAborted !== "function") {
    throw new ArgumentError("options.signal", "an AbortSignal", describe(signal));
  }
  if (onProgress !== undefined) checkFunction("options.onProgress", onProgress);
}

export function checkPath(argument: string, path: unknown): asserts path is string {
  if (typeof path !== "string" || path === "") throw new ArgumentError(argument, "a path", describe(path));
}

/** An address, absolute or relative to the page. @throws {ArgumentError} if it is none of http or https. */
export function toAddress(argument: string, value: unknown): URL {
  if (value instanceof URL || (typeof value === "string" && value !== "")) {
    // Deno has a location, whose address can't be read.
    const page = findFileSystem() === undefined ? globalThis.location?.href : undefined;
    const url = parsed(value, page);
    if (url && /^https?:$/.test(url.protocol)) return url;
  }
  throw new ArgumentError(argument, "an address of http or https", describe(value));
}

function parsed(address: string | URL, base: string | undefined): URL | undefined {
  try {
    return new URL(address, base);
  } catch {
    return undefined; // URL.canParse is younger than some browsers
  }
}
