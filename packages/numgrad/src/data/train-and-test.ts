import { DataFormatError } from "../errors.js";
import { EventLoop } from "../event-loop.js";
import { classCount, Dataset } from "./dataset.js";
import { describeIdx, type HeaderCheck, type IdxHeader } from "./idx.js";
import type { IdxBytes } from "./idx-stream.js";

/** An IDX file on disk, in a cache or on the network. */
export interface IdxSource {
  /** Name of the file in errors. */
  readonly source: string;
  /** Reads the whole file, after `checkHeader` has looked at its header. */
  read(checkHeader: HeaderCheck): Promise<IdxBytes>;
}

/** The four files of a data set like MNIST. */
export interface FourFiles {
  readonly trainImages: IdxSource;
  readonly trainLabels: IdxSource;
  readonly testImages: IdxSource;
  readonly testLabels: IdxSource;
}

/** Images and their labels. */
interface Pair {
  readonly images: IdxBytes;
  /** The class of each image. */
  readonly labels: Uint8Array;
}

/** Code of 32-bit integers in an IDX header. */
const WIDE = 0x0c;

/** Columns of QMNIST's label files: the class, and seven facts about the writer and the image. */
const QMNIST_COLUMNS = 8;

/**
 * Reads training and test data, and gives both the same number of classes.
 *
 * @throws {DataFormatError} if the files do not fit together.
 */
export async function readTrainAndTest(files: FourFiles): Promise<{ train: Dataset; test: Dataset }> {
  const train = await readPair(files.trainImages, files.trainLabels);
  const test = await readPair(files.testImages, files.testLabels);
  const [, rows, cols] = train.images.shape as [number, number, number];
  const [, height, width] = test.images.shape as [number, number, number];
  if (height !== rows || width !== cols) {
    const others = `those of ${files.trainImages.source} have ${rows} × ${cols}`;
    throw new DataFormatError(files.testImages.source, `has images of ${height} × ${width} pixels, ${others}`);
  }
  const classes = classCount(train.labels, test.labels);
  return { train: toDataset(train, classes), test: toDataset(test, classes) };
}

/**
 * Reads one dataset.
 *
 * @param transpose Whether each image is transposed: rows become columns.
 * @throws {DataFormatError} if images and labels do not fit together.
 */
export async function readDataset(images: IdxSource, labels: IdxSource, transpose: boolean): Promise<Dataset> {
  const pair = await readPair(images, labels);
  const classes = classCount(pair.labels);
  if (!transpose) return toDataset(pair, classes);
  return toDataset({ ...pair, images: await transposeImages(pair.images) }, classes);
}

/** Images whose rows are the columns of the given ones. The event loop runs meanwhile. */
async function transposeImages({ shape, file, data }: IdxBytes): Promise<IdxBytes> {
  const [count, rows, cols] = shape as [number, number, number];
  const size = rows * cols;
  const image = new Uint8Array(size);
  const eventLoop = new EventLoop();
  for (let start = 0; start < data.length; start += size) {
    image.set(data.subarray(start, start + size));
    for (let i = 0; i < size; i++) data[start + (i % cols) * rows + Math.floor(i / cols)] = image[i]!;
    if (eventLoop.isDue) await eventLoop.yield();
  }
  return { shape: [count, cols, rows], file, data };
}

function toDataset({ images, labels }: Pair, classes: number): Dataset {
  const [, rows, cols] = images.shape as [number, number, number];
  return new Dataset({ images: images.data, labels, rows, cols, classes });
}

/**
 * Reads the labels first: they are small, and they tell how many images to expect before memory is allocated for those.
 */
async function readPair(images: IdxSource, labels: IdxSource): Promise<Pair> {
  const classes = await readLabels(labels);
  const count = classes.length;
  const checkImages = (header: IdxHeader) => {
    checkKind(header, "images", images.source);
    if (header.shape[0] === count) return;
    const reason = `has ${header.shape[0]} images for the ${count} labels of ${labels.source}`;
    throw new DataFormatError(images.source, reason);
  };
  return { images: await images.read(checkImages), labels: classes };
}

/** Reads a label for each image: a byte, or an integer of 32 bits, alone or as the first of QMNIST's eight columns. */
async function readLabels(labels: IdxSource): Promise<Uint8Array> {
  const { source } = labels;
  let isWide = false;
  const { shape, data } = await labels.read((header) => {
    checkKind(header, "labels", source);
    isWide = header.element.code === WIDE;
  });
  if (!isWide) return data;
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  const [, cols = 1] = shape;
  return Uint8Array.from({ length: data.length / (4 * cols) }, (_, row) => {
    const label = view.getInt32(4 * cols * row);
    if (label >= 0 && label < 256) return label;
    throw new DataFormatError(source, `label ${row} is ${label}, expected a class index from 0 to 255`);
  });
}

function checkKind(header: IdxHeader, kind: "images" | "labels", source: string): void {
  const { shape, element } = header;
  const [isByte, isWide] = [element.code === 0x08, element.code === WIDE];
  const isColumn = shape.length === 1 || (isWide && shape.length === 2 && shape[1] === QMNIST_COLUMNS);
  const fits = kind === "images" ? isByte && shape.length === 3 : (isByte || isWide) && isColumn;
  if (!fits) {
    const expected =
      kind === "images"
        ? "images ([count, rows, cols] unsigned bytes)"
        : "labels ([count] unsigned bytes or 32-bit integers)";
    throw new DataFormatError(source, `mislabelled: expected ${expected}, the header promises ${describeIdx(header)}`);
  }
  if (header.dataBytes === 0) throw new DataFormatError(source, `empty: the header promises ${describeIdx(header)}`);
}
