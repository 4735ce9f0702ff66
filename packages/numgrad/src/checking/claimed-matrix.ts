import { isPromise } from "../brand.js";
import { ignoreRejection } from "../differences/evaluation.js";
import { numbersLike, shapedLike } from "../differences/numbers-like.js";
import { Point } from "../differences/point.js";
import type { TreePoint } from "../differences/tree-point.js";
import { ArgumentError, describe, FunctionError, messageOf, ShapeError } from "../errors.js";
import { formatShape, isArrayLike, isMatrix, type Matrix } from "../shape.js";

/** A matrix to be checked: a Matrix, or its rows. */
export type MatrixLike = Matrix<Float64Array | Float32Array> | ArrayLike<ArrayLike<number>>;

/** The products of a matrix that is to be checked, of shape [m, n]. */
export interface ClaimedMatrix {
  /** All elements, row after row. */
  dense(): Float64Array;
  /** J v; undefined if only the other product is known. */
  right?(v: Float64Array): Float64Array;
  /** uᵀJ; undefined if only the other product is known. */
  left?(u: Float64Array): Float64Array;
}

/** Calls a function of the caller with x, which it must not change. What it returns is read by `read`. */
export function callAt<T>(
  name: string,
  point: Point | TreePoint,
  call: (x: unknown) => unknown,
  read: (value: unknown) => T,
): T {
  const called = (x: unknown) => {
    let value: unknown;
    try {
      value = call(x);
    } catch (cause) {
      throw new FunctionError(`${name} threw at ${point.name}: ${messageOf(cause)}`, -1, { cause });
    }
    if (isPromise(value)) {
      ignoreRejection(value);
      throw new FunctionError(`${name} must return numbers, it returned a Promise`, -1, { value });
    }
    return { read: read(value) };
  };
  const result = point.bind(called, true)(point.input) as { read: T };
  point.checkUnchanged();
  return result.read;
}

/**
 * A matrix that is given by all its elements.
 *
 * @throws {ArgumentError} if it is no matrix of this shape.
 */
export function matrixClaim(name: string, value: unknown, shape: readonly [m: number, n: number]): ClaimedMatrix {
  const [m, n] = shape;
  const data = readMatrix(name, value, shape);
  return {
    dense: () => data,
    right: (v) => Float64Array.from({ length: m }, (_, k) => v.reduce((sum, b, i) => sum + data[k * n + i]! * b, 0)),
    left: (u) => Float64Array.from({ length: n }, (_, i) => u.reduce((sum, a, k) => sum + a * data[k * n + i]!, 0)),
  };
}

/** A matrix that is given by its product with a vector: column i is the product with unit vector i. */
export function rightClaim(right: (v: Float64Array) => Float64Array, [m, n]: readonly [number, number]): ClaimedMatrix {
  const dense = () => {
    const data = new Float64Array(m * n);
    for (let i = 0; i < n; i++) {
      for (const [k, value] of right(unitVector(n, i)).entries()) data[k * n + i] = value;
    }
    return data;
  };
  return { dense, right };
}

/** A matrix that is given by the product of a vector and itself: row k is the product with unit vector k. */
export function leftClaim(left: (u: Float64Array) => Float64Array, [m, n]: readonly [number, number]): ClaimedMatrix {
  const dense = () => {
    const data = new Float64Array(m * n);
    for (let k = 0; k < m; k++) data.set(left(unitVector(m, k)), k * n);
    return data;
  };
  return { dense, left };
}

/** Calls a function of x and a vector at x, whose values of another library are freed afterwards. */
export function callWithVector<T>(
  name: string,
  point: Point | TreePoint,
  call: (x: unknown, v: unknown) => unknown,
  { v, read }: { v: Float64Array; read: (value: unknown) => T },
): T {
  const shaped = shapedLike(point, v.slice());
  try {
    return callAt(name, point, (x) => call(x, shaped), read);
  } finally {
    if (!(point instanceof Point)) numbersLike("v", shaped, point, true);
  }
}

/** An array of `length` numbers that a function of the caller returned. They may be NaN or infinite. */
export function readResult(name: string, value: unknown, length: number): Float64Array {
  if (!isArrayLike(value) || value.length !== length)
    throw new ArgumentError(name, `${length} numbers`, describe(value));
  return readRow(name, value);
}

function unitVector(n: number, i: number): Float64Array {
  const unit = new Float64Array(n);
  unit[i] = 1;
  return unit;
}

function readMatrix(name: string, value: unknown, [m, n]: readonly [number, number]): Float64Array {
  const expected = `a Matrix of shape [${m}, ${n}], or ${m} rows of ${n} numbers`;
  if (isMatrix(value)) {
    const { shape, data } = value;
    const isData = isArrayLike(data) && data.length === m * n;
    if (shape?.[0] !== m || shape[1] !== n || !isData) {
      const isShape = isArrayLike(shape);
      throw new ShapeError(name, expected, isShape ? `a Matrix of shape ${formatShape(shape)}` : describe(value));
    }
    return readRow(`${name}.data`, data);
  }
  if (!isArrayLike(value)) throw new ArgumentError(name, expected, describe(value));
  if (value.length !== m) throw new ShapeError(name, expected, `${value.length} rows`);
  const result = new Float64Array(m * n);
  for (const [k, row] of Array.from(value as ArrayLike<unknown>).entries()) {
    if (!isArrayLike(row)) throw new ArgumentError(`${name}[${k}]`, `a row of ${n} numbers`, describe(row));
    if (row.length !== n) throw new ShapeError(`${name}[${k}]`, `a row of ${n} numbers`, describe(row));
    result.set(readRow(`${name}[${k}]`, row), k * n);
  }
  return result;
}

function readRow(name: string, row: ArrayLike<unknown>): Float64Array {
  return Float64Array.from(row as ArrayLike<number>, (value, i) => {
    if (typeof value === "number") return value;
    throw new ArgumentError(`${name}[${i}]`, "a number", describe(value));
  });
}
