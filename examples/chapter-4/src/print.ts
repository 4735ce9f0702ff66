import type { Matrix } from "numgrad";

/** What a program prints: text, numbers, vectors, matrices. */
export type Printable = string | number | boolean | ArrayLike<number> | Matrix;

/** NumPy prints so many digits after the point. */
const PRECISION = 8;

/** The title of a program, underlined. */
export function heading(title: string): void {
  console.log(`${title}\n${"─".repeat(title.length)}`);
}

/** Python's `print`: numbers in full, arrays as NumPy shows them. */
export function print(...values: Printable[]): void {
  console.log(values.map(format).join(" "));
}

/** A value as `print` shows it. */
export function format(value: Printable): string {
  if (typeof value !== "object") return String(value);
  if (!("shape" in value)) return `[${texts(value).join(" ")}]`;
  const [rows, cols] = value.shape;
  const all = texts(value.data);
  const lines = Array.from({ length: rows }, (_, r) => `[${all.slice(r * cols, (r + 1) * cols).join(" ")}]`);
  return `[${lines.join("\n ")}]`;
}

/** A shape as Python writes its tuples: `(60000, 784)`, `(50,)`. */
export function tuple(shape: readonly number[]): string {
  return shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
}

/** Vectors in full, where NumPy's eight digits hide what matters. */
export function inFull(values: ArrayLike<number>): string {
  return `[${Array.from(values).join(", ")}]`;
}

/** The numbers, aligned by NumPy's rules: with an exponent if they are very large, very small, or far apart. */
function texts(values: ArrayLike<number>): string[] {
  const numbers = Array.from(values);
  if (!(Array.isArray(values) || values instanceof Float64Array || values instanceof Float32Array)) {
    return aligned(numbers.map(String));
  }
  const sizes = numbers.map(Math.abs).filter((size) => size > 0);
  const [largest, smallest] = [Math.max(...sizes), Math.min(...sizes)];
  if (largest >= 1e8 || smallest < 1e-4 || largest / smallest > 1000) return scientific(numbers);
  return positional(numbers.map((x) => x.toFixed(PRECISION)));
}

function positional(fixed: string[]): string[] {
  // Trailing zeros become spaces, unless they end every number.
  const short = fixed.map((text) => text.replace(/0+$/, ""));
  const width = Math.max(...short.map((text) => text.length - text.indexOf(".")));
  return aligned(short.map((text) => text.padEnd(text.indexOf(".") + width)));
}

function scientific(numbers: number[]): string[] {
  const digits = Math.max(...numbers.map((x) => x.toExponential(PRECISION).match(/\.(\d*?)0*e/)![1]!.length));
  // NumPy always writes the point, and at least two digits of the exponent.
  const words = numbers.map((x) => x.toExponential(digits).replace(/^(-?\d)e/, "$1.e"));
  return aligned(words.map((text) => text.replace(/e([+-])(\d)$/, "e$10$2")));
}

function aligned(words: string[]): string[] {
  const width = Math.max(...words.map((text) => text.length));
  return words.map((text) => text.padStart(width));
}
