import { isFloat64Array } from "../brand.js";
import { ArgumentError, describe, ShapeError } from "../errors.js";
import {
  checkAllFinite,
  checkLabels,
  checkMatrix,
  checkNumbers,
  formatShape,
  isArrayLike,
  isMatrix,
  type Matrix,
  type NumericTargets,
  readShaped,
  type Targets,
  toNumbers,
} from "../shape.js";

/** Targets as the core takes them. */
export interface PreparedTargets {
  /** The class of each sample; the core's soft label for a sample whose targets are a row of `soft`. */
  readonly labels: Uint32Array;
  /** Rows of targets, [samples, classes]; left out if every sample has a class. */
  readonly soft?: Float64Array;
}

/** Targets that have been checked: labels, or a Matrix. They are copies that no caller can change. */
export type OwnTargets = Uint32Array | Matrix<Float64Array | Float32Array>;

/**
 * Copies targets for `rows` samples and `classes` classes, and checks the copy.
 *
 * @returns The copy, in which integers of NumPy's have become numbers.
 * @throws {ShapeError} if there is not one label, or one row of targets, for each sample.
 * @throws {ArgumentError} if the targets are neither labels nor a Matrix, a label is no class, or a target is negative.
 * @throws {NonFiniteError} if a target is NaN or infinite.
 */
export function readTargets(argument: string, t: Targets | NumericTargets, rows: number, classes: number): OwnTargets {
  const given = toNumbers(argument, readShaped(t)) as Targets;
  return isMatrix(given) ? readRows(argument, given, rows, classes) : readLabels(argument, given, rows, classes);
}

function readLabels(argument: string, t: ArrayLike<number>, rows: number, classes: number): Uint32Array {
  if (!isArrayLike(t)) throw new ArgumentError(argument, "labels (an array) or a Matrix of targets", describe(t));
  // A length that is wrong is not believed: it could be anything.
  const copy = t.length === rows ? Array.from({ length: rows }, (_, row) => t[row]!) : t;
  checkNumbers(argument, copy);
  checkLabels(argument, copy, rows, classes);
  return Uint32Array.from(copy);
}

function readRows(argument: string, t: Matrix<Float64Array | Float32Array>, rows: number, classes: number): OwnTargets {
  checkMatrix(argument, t);
  if (t.shape[0] !== rows || t.shape[1] !== classes) {
    throw new ShapeError(
      argument,
      `labels or a Matrix of shape [${rows}, ${classes}]`,
      `shape ${formatShape(t.shape)}`,
    );
  }
  const data = isFloat64Array(t.data) ? new Float64Array(t.data) : new Float32Array(t.data);
  checkAllFinite(`${argument}.data`, data);
  const negative = data.findIndex((value) => value < 0);
  if (negative >= 0)
    throw new ArgumentError(`${argument}.data[${negative}]`, "a target of at least 0", describe(data[negative]));
  return { shape: [rows, classes], data };
}

/**
 * Brings targets into the core's form. One-hot rows become labels, so both give the same
 * bits.
 */
export function prepareTargets(t: OwnTargets, classes: number, softLabel: number): PreparedTargets {
  if (!isMatrix(t)) return { labels: t };
  const labels = new Uint32Array(t.shape[0]);
  let anySoft = false;
  for (let row = 0; row < labels.length; row++) {
    labels[row] = labelOfRow(t.data, row * classes, classes) ?? softLabel;
    anySoft ||= labels[row] === softLabel;
  }
  return anySoft ? { labels, soft: Float64Array.from(t.data) } : { labels };
}

/** The class of a one-hot row; undefined for any other row. */
function labelOfRow(data: ArrayLike<number>, start: number, classes: number): number | undefined {
  let label: number | undefined;
  for (let k = 0; k < classes; k++) {
    const value = data[start + k];
    if (value === 0) continue;
    if (value !== 1 || label !== undefined) return undefined;
    label = k;
  }
  return label;
}
