import { checkInteger, checkOptions } from "../arguments.js";
import { ShapeError } from "../errors.js";
import {
  checkLabels,
  type Matrix,
  makeMatrix,
  type NumericTargets,
  type Targets,
  toNumbers,
  type Vector,
} from "../shape.js";
import { largestOf } from "./argmax.js";
import { type AnyMatrix, readOperand } from "./operands.js";

/** Options of {@link confusionMatrix} and {@link accuracyPerClass}. */
export interface ConfusionOptions {
  /** Number of classes. Default: the number of columns of y or t if one is a Matrix, else the largest label + 1. */
  classes?: number | undefined;
}

/** The largest number of classes. It keeps a mistaken label from asking for a huge matrix. */
const MOST_CLASSES = 4096;

/**
 * The confusion matrix: the element in row r, column c is the number of samples of class r that were predicted as class
 * c. The correct predictions are on the diagonal.
 *
 * @param y Predictions: the predicted label of each row, or a Matrix of shape [rows, classes]. In a row of the Matrix
 *   the first largest number counts, and NaN counts as the largest, as in {@link accuracy}.
 * @param t The true classes: a label for each row, or a Matrix of targets. The label of a row of targets is the index
 *   of its largest number.
 * @returns A Matrix of whole numbers, of shape [classes, classes].
 * @throws {ArgumentError} if an argument is of the wrong kind, a label is not a class, or an option is wrong or
 * unknown.
 * @throws {ShapeError} if an argument is empty, y and t have different numbers of rows, or the number of columns of a
 *   Matrix is not `classes`.
 * @example
 * ```ts
 * const y = matrix([[0.9, 0.1], [0.4, 0.6], [0.7, 0.3]]);
 * confusionMatrix(y, [0, 1, 1]); // Matrix [[1, 0], [1, 1]]
 * confusionMatrix([2, 0, 2], [2, 1, 2]).data; // Float64Array [0, 0, 0, 1, 0, 0, 0, 0, 2]
 * ```
 */
export function confusionMatrix(
  y: Vector | AnyMatrix,
  t: Targets | NumericTargets | AnyMatrix,
  options: ConfusionOptions = {},
): Matrix {
  checkOptions(options, ["classes"]);
  const [predicted, actual] = [toLabels("y", y), toLabels("t", t)];
  const classes = countClasses([predicted, actual], options);
  for (const { argument, cols, labels } of [predicted, actual]) {
    if (cols === undefined) checkLabels(argument, labels, labels.length, classes);
    else if (cols !== classes) throw new ShapeError(argument, `${classes} columns, one for each class`, `${cols}`);
  }
  const rows = predicted.labels.length;
  if (actual.labels.length !== rows) throw new ShapeError("t", `${rows} rows, as in y`, `${actual.labels.length}`);
  const data = new Float64Array(classes * classes);
  for (let row = 0; row < rows; row++) {
    data[actual.labels[row]! * classes + predicted.labels[row]!]! += 1;
  }
  return makeMatrix(classes, classes, data);
}

/**
 * For each class the fraction of its samples that are predicted correctly (the recall): the diagonal of the
 * {@link confusionMatrix}, divided by the sums of its rows. It is NaN for a class without samples.
 *
 * The arguments and the errors are those of `confusionMatrix`.
 *
 * @example
 * ```ts
 * accuracyPerClass([2, 0, 2], [2, 1, 2]); // Float64Array [NaN, 0, 1]
 * accuracyPerClass(matrix([[0.9, 0.1], [0.4, 0.6], [0.7, 0.3]]), [0, 1, 1]); // Float64Array [1, 0.5]
 * ```
 */
export function accuracyPerClass(
  y: Vector | AnyMatrix,
  t: Targets | NumericTargets | AnyMatrix,
  options: ConfusionOptions = {},
): Float64Array {
  const { shape, data } = confusionMatrix(y, t, options);
  const [classes] = shape;
  return Float64Array.from({ length: classes }, (_, k) => {
    const row = data.subarray(k * classes, (k + 1) * classes);
    return row[k]! / row.reduce((sum, count) => sum + count, 0);
  });
}

/** A label for each row of an argument, and its number of columns if it is a Matrix. */
interface Labels {
  readonly argument: string;
  readonly labels: ArrayLike<number>;
  readonly cols?: number;
}

function toLabels(argument: string, value: unknown): Labels {
  const { rows, cols, data, isVector } = readOperand(argument, toNumbers(argument, value));
  if (isVector) return { argument, labels: data };
  return { argument, cols, labels: Array.from({ length: rows }, (_, row) => largestOf(data, row * cols, cols)) };
}

function countClasses(both: readonly Labels[], { classes }: ConfusionOptions): number {
  if (classes !== undefined) {
    checkInteger("options.classes", classes, 1, MOST_CLASSES);
    return classes;
  }
  const known = both.find(({ cols }) => cols !== undefined);
  if (known?.cols !== undefined) {
    if (known.cols <= MOST_CLASSES) return known.cols;
    throw new ShapeError(known.argument, `at most ${MOST_CLASSES} columns`, `${known.cols}`);
  }
  return both.reduce((count, { argument, labels }) => {
    checkLabels(argument, labels, labels.length, MOST_CLASSES);
    for (let i = 0; i < labels.length; i++) count = Math.max(count, labels[i]! + 1);
    return count;
  }, 1);
}
