/** Most rows and columns that are shown. Of a larger matrix the first and the last ones are. */
const [MOST_ROWS, MOST_COLS] = [12, 10];

/** Makes consoles that know `nodejs.util.inspect.custom` (Node.js, Deno, Bun) print a matrix as a table. */
export function showAsTable(matrix: {
  readonly shape: readonly [number, number];
  readonly data: ArrayLike<number>;
}): void {
  // The property is not enumerable: a comparison, a copy or JSON of the matrix does not see it.
  Object.defineProperty(matrix, Symbol.for("nodejs.util.inspect.custom"), {
    value: (depth: number) => formatTable(matrix.shape, matrix.data, depth < 0),
  });
}

/** A matrix with up to six digits of each number, and all digits of whole numbers, its columns right-aligned; only its size if `short`. */
function formatTable([rows, cols]: readonly [number, number], data: ArrayLike<number>, short: boolean): string {
  const title = `Matrix ${rows} × ${cols}`;
  if (short) return `[${title}]`;
  const columns = shown(cols, MOST_COLS);
  const cells = shown(rows, MOST_ROWS).map((row) =>
    columns.map((col) => (row < 0 || col < 0 ? "…" : formatCell(data[row * cols + col] ?? Number.NaN))),
  );
  const widths = columns.map((_, k) => Math.max(...cells.map((row) => row[k]!.length)));
  return [title, ...cells.map((row) => `  ${row.map((cell, k) => cell.padStart(widths[k]!)).join("  ")}`)].join("\n");
}

/** Six digits: those that a whole number has beyond them would look like zeros. */
function formatCell(value: number): string {
  return String(Number.isSafeInteger(value) ? value : Number(value.toPrecision(6)));
}

/** The indices of `count` rows or columns that are shown, with −1 for a gap. */
function shown(count: number, most: number): number[] {
  const all = Array.from({ length: Math.min(count, most) }, (_, i) => i);
  return count <= most ? all : all.map((i) => (i < most / 2 ? i : i === most / 2 ? -1 : count - most + i));
}
