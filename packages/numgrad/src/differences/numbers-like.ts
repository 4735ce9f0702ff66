import { ArgumentError, describe, ShapeError } from "../errors.js";
import { formatShape, isArrayLike, isMatrix, makeMatrix } from "../shape.js";
import { checkNoTensor, Point } from "./point.js";
import type { TreePoint } from "./tree-point.js";

/**
 * A copy of the numbers of a value that has a number for each element of x: an array, a Matrix or a tree as x is. They
 * may be NaN or infinite.
 *
 * @param name What messages call the value.
 * @param isOwn Whether values of another library in it are freed, because nobody else has them.
 * @throws {ArgumentError} if the value has another structure, length or shape than x.
 */
export function numbersLike(name: string, value: unknown, point: Point | TreePoint, isOwn = false): Float64Array {
  if (point instanceof Point) return readNumbers(value, point, name);
  return point.numbersOf(name, value, readNumbers, isOwn);
}

/** Numbers in the shape of a gradient: a tree, a Matrix or a Float64Array. */
export function shapedLike(point: Point | TreePoint, numbers: Float64Array): unknown {
  if (!(point instanceof Point)) return point.shaped(numbers);
  return isMatrix(point.input) ? makeMatrix(point.input.shape[0], point.input.shape[1], numbers) : numbers;
}

function readNumbers(value: unknown, { input, elements }: Point, name: string): Float64Array {
  if (!isMatrix(input)) checkNoTensor(name, value);
  const kind = isMatrix(input) ? "a Matrix or an array of numbers" : "an array of numbers";
  const values: unknown = isMatrix(input) && isMatrix(value) ? value.data : value;
  if (!isArrayLike(values)) throw new ArgumentError(name, kind, describe(value));
  if (isMatrix(input) && isMatrix(value) && formatShape(value.shape) !== formatShape(input.shape)) {
    throw new ShapeError(name, `shape ${formatShape(input.shape)}, as x`, formatShape(value.shape));
  }
  if (values.length !== elements.length) {
    throw new ShapeError(name, `${elements.length} numbers, as in x`, describe(values));
  }
  for (let i = 0; i < values.length; i++) {
    if (typeof values[i] !== "number") throw new ArgumentError(`${name}[${i}]`, "a number", describe(values[i]));
  }
  return Float64Array.from(values);
}
