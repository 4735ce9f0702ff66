import { createHash } from "node:crypto";
import { type Dataset, loadFashionMnist, loadMnist, NumgradError } from "numgrad";
import { type FileArray, loadNpz } from "numgrad/files";
import { mnistDirectory } from "numgrad-mnist-files";
import { UsageError } from "../errors.js";
import type { DataSource } from "../sweep/sweep-file.js";

/** Images and labels in memory that threads share. */
export interface SharedImages {
  readonly images: Uint8Array;
  readonly labels: Uint8Array;
  readonly rows: number;
  readonly cols: number;
  readonly classes: number;
}

/** The data of a sweep. */
export interface SharedData {
  /** SHA-256 of the contents: sizes, images and labels, whatever files they come from. */
  readonly hash: string;
  readonly train: SharedImages;
  readonly test: SharedImages;
}

/** Anything with the fields of a Dataset. */
type Images = Pick<Dataset, "images" | "labels" | "rows" | "cols">;

/**
 * Loads the data of a sweep.
 *
 * @throws {UsageError} if they cannot be read.
 */
export async function loadData(source: DataSource): Promise<SharedData> {
  try {
    const { train, test } = await read(source);
    return shareData(first(train, source.trainSize, "trainSize"), first(test, source.testSize, "testSize"));
  } catch (error) {
    if (!(error instanceof NumgradError)) throw error;
    throw new UsageError(`data: ${error.message}`);
  }
}

async function read({ source, path = "" }: DataSource): Promise<{ train: Images; test: Images }> {
  if (source === "mnist") return loadMnist({ directory: mnistDirectory() });
  if (source === "fashion-mnist") return loadFashionMnist();
  if (source === "idx") return loadMnist({ directory: path });
  const arrays = await loadNpz(path);
  const part = (name: string) => fromArrays(path, name, arrays.get(`x_${name}`), arrays.get(`y_${name}`));
  return { train: part("train"), test: part("test") };
}

function fromArrays(path: string, name: string, x: FileArray | undefined, y: FileArray | undefined): Images {
  if (!x) throw new UsageError(`data.path: ${path} has no array x_${name}`);
  if (!y) throw new UsageError(`data.path: ${path} has no array y_${name}`);
  const [size = 0, rows = 0, cols = 1, ...more] = x.shape;
  if (x.dtype !== "uint8" || size === 0 || more.length > 0) {
    throw new UsageError(
      `data.path: x_${name}: expected pixels, uint8 of shape [images, rows, cols] or [images, pixels], got ${x.dtype} [${x.shape}]`,
    );
  }
  const labels = Uint8Array.from(Array.from(y.data, Number));
  const exact =
    y.shape.length === 1 && labels.length === size && labels.every((label, i) => label === Number(y.data[i]));
  if (!exact)
    throw new UsageError(
      `data.path: y_${name}: expected a class from 0 to 255 for each of ${size} images, got ${y.dtype} [${y.shape}]`,
    );
  return { images: x.data as Uint8Array, labels, rows, cols };
}

function first(images: Images, size: number | undefined, name: string): Images {
  const { labels, rows, cols } = images;
  if (size === undefined) return images;
  if (size > labels.length) {
    throw new UsageError(`data.${name}: expected at most ${labels.length}, the images that there are, got ${size}`);
  }
  return { rows, cols, images: images.images.subarray(0, size * rows * cols), labels: labels.subarray(0, size) };
}

/** Copies images and labels to memory that threads share, and hashes them. */
export function shareData(train: Images, test: Images): SharedData {
  if (train.rows !== test.rows || train.cols !== test.cols) {
    const [a, b] = [train, test].map(({ rows, cols }) => `${rows} × ${cols}`);
    throw new UsageError(`data: the training images have ${a} pixels, and the test images ${b}`);
  }
  const largest = (labels: Uint8Array) => labels.reduce((most, label) => Math.max(most, label), 0);
  const classes = Math.max(10, largest(train.labels) + 1, largest(test.labels) + 1);
  const hash = createHash("sha256");
  const share = ({ images, labels, rows, cols }: Images): SharedImages => {
    hash
      .update(JSON.stringify([labels.length, rows, cols]))
      .update(images)
      .update(labels);
    return { images: shared(images), labels: shared(labels), rows, cols, classes };
  };
  const parts = { train: share(train), test: share(test) };
  return { hash: hash.digest("hex"), ...parts };
}

function shared(bytes: Uint8Array): Uint8Array {
  const copy = new Uint8Array(new SharedArrayBuffer(bytes.length));
  copy.set(bytes);
  return copy;
}
