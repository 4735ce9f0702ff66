import { DataFormatError } from "../errors.js";
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
  readonly labels: IdxBytes;
}

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
  const classes = classCount(train.labels.data, test.labels.data);
  return { train: toDataset(train, classes), test: toDataset(test, classes) };
}

/** Reads one dataset. @throws {DataFormatError} if images and labels do not fit together. */
export async function readDataset(images: IdxSource, labels: IdxSource): Promise<Dataset> {
  const pair = await readPair(images, labels);
  return toDataset(pair, classCount(pair.labels.data));
}

function toDataset({ images, labels }: Pair, classes: number): Dataset {
  const [, rows, cols] = images.shape as [number, number, number];
  return new Dataset({ images: images.data, labels: labels.data, rows, cols, classes });
}

/**
 * Reads the labels first: they are small, and they tell how many images to expect before memory is allocated for those.
 */
async function readPair(images: IdxSource, labels: IdxSource): Promise<Pair> {
  const labelBytes = await labels.read((header) => checkKind(header, "labels", 1, labels.source));
  const count = labelBytes.shape[0]!;
  const checkImages = (header: IdxHeader) => {
    checkKind(header, "images", 3, images.source);
    if (header.shape[0] === count) return;
    const reason = `has ${header.shape[0]} images for the ${count} labels of ${labels.source}`;
    throw new DataFormatError(images.source, reason);
  };
  return { images: await images.read(checkImages), labels: labelBytes };
}

function checkKind(header: IdxHeader, kind: "images" | "labels", dimensions: number, source: string): void {
  if (header.shape.length !== dimensions || header.element.code !== 0x08) {
    const expected =
      kind === "images" ? "images ([count, rows, cols] unsigned bytes)" : "labels ([count] unsigned bytes)";
    throw new DataFormatError(source, `mislabelled: expected ${expected}, the header promises ${describeIdx(header)}`);
  }
  if (header.dataBytes === 0) throw new DataFormatError(source, `empty: the header promises ${describeIdx(header)}`);
}
