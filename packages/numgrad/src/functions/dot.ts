import { ShapeError } from "../errors.js";
import { formatShape, type Matrix, type Vector } from "../shape.js";
import { guard } from "../wasm/runtime.js";
import { type Buffers, buffers, forEachPiece } from "./buffers.js";
import { type AnyMatrix, type Rows, readRows } from "./operands.js";

/** What {@link dot} gives: a number for two vectors, an array for a vector and a Matrix, a Matrix for two. */
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
 * The order of summation is fixed, so the bits are the same on every engine: where a Matrix is involved every sum runs over
 * ascending p; for two vectors the even and the odd p are summed apart, and the two sums added. Products are rounded before
 * they are added. (NumPy's order depends on the processor.)
 *
 * @throws {ArgumentError} if an argument is no array of numbers and no Matrix.
 * @throws {ShapeError} if an argument is empty, or b does not go with a.
 * @see Deep Learning from Scratch, section 3.3
 * @example
 * ```ts
 * dot([1, 2, 3], [4, 5, 6]); // 32
 * dot([1, 2], matrix([[1, 3, 5], [2, 4, 6]])); // Float64Array [5, 11, 17]
 * dot(matrix([[1, 2], [3, 4]]), matrix([[5, 6], [7, 8]])).data; // Float64Array [19, 22, 43, 50]
 * ```
 */
export function dot<A extends Vector | AnyMatrix, B extends Vector | AnyMatrix>(a: A, b: B): Dot<A, B> {
  const left = readRows("a", a);
  const right = readRows("b", b);
  const k = right.isVector ? right.cols : right.rows;
  if (left.cols !== k) {
    const wanted = right.isVector ? `[${left.cols}]` : `[${left.cols}, n]`;
    throw new ShapeError("b", `shape ${wanted} to go with a of shape ${shapeOf(left)}`, `shape ${shapeOf(right)}`);
  }
  if (left.isVector && right.isVector) return vectorProduct(left.data, right.data) as Dot<A, B>;
  const [m, n] = [left.rows, right.isVector ? 1 : right.cols];
  const data = matrixProduct(left.data, right.data, m, k, n);
  return (left.isVector || right.isVector ? data : { shape: [m, n], data }) as Dot<A, B>;
}

function vectorProduct(a: Rows["data"], b: Rows["data"]): number {
  const memory = buffers();
  const { kernels, capacity } = memory;
  let sum = 0;
  guard(() =>
    // The capacity is even: a lane goes on where it stopped.
    forEachPiece(a.length, capacity, (start, end) => {
      memory.a.set(a.subarray(start, end));
      memory.b.set(b.subarray(start, end));
      sum = kernels.dot(end - start, start === 0);
    }),
  );
  return sum;
}

/**
 * a [m, k] times b [k, n], in blocks that fit the buffers. A block of the result stays in its buffer while the blocks
 * of k pass by in ascending order, so every sum has the order of the plain triple loop.
 */
function matrixProduct(a: Rows["data"], b: Rows["data"], m: number, k: number, n: number): Float64Array {
  const memory = buffers();
  const size = blockSize(memory.capacity, m, k, n);
  const data = new Float64Array(m * n);
  guard(() =>
    forEachPiece(m, size.m, (i, iEnd) =>
      forEachPiece(n, size.n, (j, jEnd) => {
        forEachPiece(k, size.k, (p, pEnd) => {
          stage(memory.a, a, k, { top: i, bottom: iEnd, left: p, right: pEnd });
          stage(memory.b, b, n, { top: p, bottom: pEnd, left: j, right: jEnd });
          memory.kernels.matmul(iEnd - i, pEnd - p, jEnd - j, p === 0);
        });
        unstage(memory, data, n, { top: i, bottom: iEnd, left: j, right: jEnd });
      }),
    ),
  );
  return data;
}

/** Sizes of blocks such that m × k, k × n and m × n numbers fit: about square where all three are large. */
function blockSize(capacity: number, m: number, k: number, n: number): { m: number; k: number; n: number } {
  const edge = Math.floor(Math.sqrt(capacity));
  const fitting = (length: number, other: number) => Math.min(length, Math.floor(capacity / other));
  const blockK = fitting(k, Math.max(Math.min(m, edge), Math.min(n, edge)));
  const blockM = fitting(m, Math.max(blockK, Math.min(n, edge)));
  return { m: blockM, k: blockK, n: fitting(n, Math.max(blockK, blockM)) };
}

/** Rows [top, bottom) and columns [left, right) of a matrix. */
interface Block {
  top: number;
  bottom: number;
  left: number;
  right: number;
}

/** Copies a block of a matrix with `cols` columns to the start of a buffer. */
function stage(buffer: Float64Array, data: Rows["data"], cols: number, { top, bottom, left, right }: Block): void {
  const width = right - left;
  if (width === cols) {
    buffer.set(data.subarray(top * cols, bottom * cols));
    return;
  }
  for (let r = top; r < bottom; r++) buffer.set(data.subarray(r * cols + left, r * cols + right), (r - top) * width);
}

/** Copies the block of the result from its buffer. */
function unstage(memory: Buffers, data: Float64Array, cols: number, { top, bottom, left, right }: Block): void {
  const { out } = memory;
  const width = right - left;
  for (let r = top; r < bottom; r++) {
    const start = (r - top) * width;
    data.set(out.subarray(start, start + width), r * cols + left);
  }
}

function shapeOf({ rows, cols, isVector }: Rows): string {
  return formatShape(isVector ? [cols] : [rows, cols]);
}
