/** The columns of a matrix: each is one array of m numbers. */
export type Columns = readonly Float64Array[];

/** What a least-squares step needs of the singular value decomposition A = U S Vᵀ of a matrix with m rows, n columns. */
export interface SingularValues {
  /** The k = min(m, n) singular values, not sorted. */
  readonly values: Float64Array;
  /** The right singular vectors: k arrays of n numbers. That of a singular value 0 is 0. */
  readonly vectors: Columns;
  /** Uᵀ r: k numbers. */
  readonly projected: Float64Array;
}

/** Two columns are orthogonal if their cosine is at most this. */
const ORTHOGONAL = 2 ** -52;

/** The largest number of sweeps over all pairs of columns. About ten are needed. */
const MOST_SWEEPS = 60;

/**
 * The singular value decomposition of A, and Uᵀ r. A is first reduced to a triangle by Householder's QR with column
 * pivoting. One-sided Jacobi rotations then make the rows of the triangle orthogonal. So AᵀA, which has the square of
 * A's condition number, is never computed, and small singular values keep their digits. (Z. Drmač and K. Veselić, SIAM
 * Journal on Matrix Analysis and Applications 29, 2008.)
 *
 * @param columns A. The arrays are not changed.
 * @param right r, m numbers. It is not changed.
 */
export function singularValues(columns: Columns, right: Float64Array): SingularValues {
  const n = columns.length;
  const { order, rows, projected } = triangle(
    columns.map((column) => column.slice()),
    right.slice(),
  );
  orthogonalize(rows, projected);
  const values = Float64Array.from(rows, norm);
  const vectors = rows.map((row, i) => {
    const vector = new Float64Array(n);
    const value = values[i]!;
    if (value > 0) for (let j = 0; j < n; j++) vector[order[j]!] = row[j]! / value;
    return vector;
  });
  return { values, vectors, projected };
}

/** The Euclidean norm, without overflow or underflow. */
export function norm(values: Float64Array): number {
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  if (largest === 0 || !Number.isFinite(largest)) return largest;
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i]! / largest) ** 2;
  return largest * Math.sqrt(sum);
}

/** The scalar product of two arrays of one length, from index `start` on. */
export function product(a: Float64Array, b: Float64Array, start = 0): number {
  let sum = 0;
  for (let i = start; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** QR with column pivoting: the rows of R, in which column j is column `order[j]` of A, and the first k of Qᵀ r. */
function triangle(columns: Float64Array[], right: Float64Array) {
  const n = columns.length;
  const m = right.length;
  const k = Math.min(m, n);
  const order = Array.from(columns, (_, j) => j);
  for (let p = 0; p < k; p++) {
    let largest = p;
    const norms = columns.map((column, j) => (j < p ? 0 : norm(column.subarray(p))));
    for (let j = p; j < n; j++) if (norms[j]! > norms[largest]!) largest = j;
    [columns[p], columns[largest]] = [columns[largest]!, columns[p]!];
    [order[p], order[largest]] = [order[largest]!, order[p]!];
    if (norms[largest]! > 0) reflect(columns, right, p, norms[largest]!);
  }
  const rows = Array.from({ length: k }, (_, i) => Float64Array.from(columns, (column, j) => (j < i ? 0 : column[i]!)));
  return { order, rows, projected: right.slice(0, k) };
}

/** Householder's reflection that makes column p zero below its element p. */
function reflect(columns: Float64Array[], right: Float64Array, p: number, length: number): void {
  const pivot = columns[p]!;
  const head = pivot[p]! < 0 ? length : -length;
  const mirror = pivot.map((value, i) => (i < p ? 0 : value / length));
  mirror[p]! -= head / length;
  const half = product(mirror, mirror, p) / 2;
  for (const target of [...columns.slice(p + 1), right]) {
    const factor = product(mirror, target, p) / half;
    for (let i = p; i < target.length; i++) target[i]! -= factor * mirror[i]!;
  }
  pivot[p] = head;
}

/** Rotates the rows until each two are orthogonal. The same rotations are done to the elements of `right`. */
function orthogonalize(rows: Float64Array[], right: Float64Array): void {
  for (let sweep = 0; sweep < MOST_SWEEPS; sweep++) {
    let isDone = true;
    for (let p = 0; p < rows.length; p++) {
      for (let q = p + 1; q < rows.length; q++) if (rotate(rows, right, p, q)) isDone = false;
    }
    if (isDone) return;
  }
}

/** Makes rows p and q orthogonal. @returns Whether they were not. */
function rotate(rows: Float64Array[], right: Float64Array, p: number, q: number): boolean {
  const a = rows[p]!;
  const b = rows[q]!;
  const [aa, bb, ab] = [product(a, a), product(b, b), product(a, b)];
  if (!(Math.abs(ab) > ORTHOGONAL * Math.sqrt(aa) * Math.sqrt(bb))) return false;
  const cotangent = (bb - aa) / (2 * ab);
  const sign = cotangent < 0 ? -1 : 1;
  const tangent = sign / (Math.abs(cotangent) + Math.sqrt(1 + cotangent * cotangent));
  const cosine = 1 / Math.sqrt(1 + tangent * tangent);
  const sine = cosine * tangent;
  for (let i = 0; i < a.length; i++) {
    const old = a[i]!;
    a[i] = cosine * old - sine * b[i]!;
    b[i] = sine * old + cosine * b[i]!;
  }
  const old = right[p]!;
  right[p] = cosine * old - sine * right[q]!;
  right[q] = sine * old + cosine * right[q]!;
  return true;
}
