import { ShapeError } from "../errors.js";
import { formatShape, type Matrix, makeMatrix, type Vector } from "../shape.js";
import { type FunctionKernels, functionKernels } from "./kernels.js";
import { type AnyMatrix, type Operand, readOperand } from "./operands.js";

/**
 * The result of {@link dot}: a number for two vectors, an array for a vector and a Matrix, a Matrix for two Matrices.
 */
export type Dot<A extends Vector | AnyMatrix, B extends Vector | AnyMatrix> = A extends AnyMatrix
  ? B extends AnyMatrix
    ? Matrix
    : Float64Array
  : B extends AnyMatrix
    ? Float64Array
    : number;

/**
 * The product of vectors and matrices, NumPy's `np.dot`:
 *
 * - vector [k] · vector [k] → number Σₚ aₚ bₚ
 * - vector [k] · Matrix [k, n] → Float64Array [n], Σₚ aₚ bₚⱼ
 * - Matrix [m, k] · vector [k] → Float64Array [m], Σₚ aᵢₚ bₚ
 * - Matrix [m, k] · Matrix [k, n] → Matrix [m, n], Σₚ aᵢₚ bₚⱼ
 *
 * The order of summation is fixed, so the bits are the same on every engine. If a Matrix is involved, every sum runs
 * over ascending p. For two vectors, the terms with even p and those with odd p are summed separately, and the two sums
 * are added. Products are rounded before they are added. (NumPy's order depends on the processor.)
 *
 * @throws {ArgumentError} if an argument is neither an array of numbers nor a Matrix.
 * @throws {ShapeError} if an argument is empty, or the shape of b does not fit the shape of a.
 * @see Deep Learning from Scratch, section 3.3
 * @example
 * ```ts
 * dot([1, 2, 3], [4, 5, 6]); // 32
 * dot([1, 2], matrix([[1, 3, 5], [2, 4, 6]])); // Float64Array [5, 11, 17]
 * dot(matrix([[1, 2], [3, 4]]), matrix([[5, 6], [7, 8]])).data; // Float64Array [19, 22, 43, 50]
 * ```
 */
export function dot<A extends Vector | AnyMatrix, B extends Vector | AnyMatrix>(a: A, b: B): Dot<A, B> {
  const left = readOperand("a", a);
  const right = readOperand("b", b);
  const k = right.isVector ? right.cols : right.rows;
  if (left.cols !== k) {
    const wanted = right.isVector ? `[${left.cols}]` : `[${left.cols}, n]`;
    throw new ShapeError("b", `shape ${wanted} to go with a of shape ${shapeOf(left)}`, `shape ${shapeOf(right)}`);
  }
  if (left.isVector && right.isVector) return vectorProduct(left.data, right.data) as Dot<A, B>;
  const [m, n] = [left.rows, right.isVector ? 1 : right.cols];
  const data = matrixProduct(left.data, right.data, m, k, n);
  return (left.isVector || right.isVector ? data : makeMatrix(m, n, data)) as Dot<A, B>;
}

function vectorProduct(a: Operand["data"], b: Operand["data"]): number {
  const kernels = functionKernels();
  let sum = 0;
  // The capacity is even, so even and odd elements stay apart from piece to piece.
  kernels.forEachPiece(a.length, kernels.capacity, (start, end) => {
    kernels.a.set(a.subarray(start, end));
    kernels.b.set(b.subarray(start, end));
    sum = kernels.raw.dot(end - start, start === 0);
  });
  return sum;
}

/**
 * a [m, k] times b [k, n], by submatrices that fit into the buffers. A submatrix of the result stays in its buffer
 * until the products of all submatrices along k are added, in ascending order. So every sum has the order of the plain
 * triple loop.
 */
function matrixProduct(a: Operand["data"], b: Operand["data"], m: number, k: number, n: number): Float64Array {
  const kernels = functionKernels();
  const size = submatrixSize(kernels.capacity, m, k, n);
  const data = new Float64Array(m * n);
  kernels.forEachPiece(m, size.m, (i, iEnd) => {
    kernels.forEachPiece(n, size.n, (j, jEnd) => {
      kernels.forEachPiece(k, size.k, (p, pEnd) => {
        stage(kernels.a, a, k, { top: i, bottom: iEnd, left: p, right: pEnd });
        stage(kernels.b, b, n, { top: p, bottom: pEnd, left: j, right: jEnd });
        kernels.raw.matmul(iEnd - i, pEnd - p, jEnd - j, p === 0);
      });
      unstage(kernels, data, n, { top: i, bottom: iEnd, left: j, right: jEnd });
    });
  });
  return data;
}

/**
 * Sizes of submatrices [m, k], [k, n] and [m, n] that fit into the buffers. They are about square if all three are
 * large.
 */
function submatrixSize(capacity: number, m: number, k: number, n: number): { m: number; k: number; n: number } {
  const edge = Math.floor(Math.sqrt(capacity));
  const fit = (length: number, other: number) => Math.min(length, Math.floor(capacity / other));
  const sizeK = fit(k, Math.max(Math.min(m, edge), Math.min(n, edge)));
  const sizeM = fit(m, Math.max(sizeK, Math.min(n, edge)));
  return { m: sizeM, k: sizeK, n: fit(n, Math.max(sizeK, sizeM)) };
}

/** Rows [top, bottom) and columns [left, right) of a matrix. */
interface Submatrix {
  top: number;
  bottom: number;
  left: number;
  right: number;
}

/** Copies a submatrix of a matrix with `cols` columns to the start of a buffer. */
function stage(buffer: Float64Array, data: Operand["data"], cols: number, submatrix: Submatrix): void {
  const { top, bottom, left, right } = submatrix;
  const width = right - left;
  if (width === cols) {
    buffer.set(data.subarray(top * cols, bottom * cols));
    return;
  }
  for (let r = top; r < bottom; r++) buffer.set(data.subarray(r * cols + left, r * cols + right), (r - top) * width);
}

/** Copies a submatrix of the result from its buffer to a matrix with `cols` columns. */
function unstage({ out }: FunctionKernels, data: Float64Array, cols: number, submatrix: Submatrix): void {
  const { top, bottom, left, right } = submatrix;
  const width = right - left;
  for (let r = top; r < bottom; r++) {
    const start = (r - top) * width;
    data.set(out.subarray(start, start + width), r * cols + left);
  }
}

function shapeOf({ rows, cols, isVector }: Operand): string {
  return formatShape(isVector ? [cols] : [rows, cols]);
}
