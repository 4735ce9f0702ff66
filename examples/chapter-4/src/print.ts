import type { Matrix } from "numgrad";

/** A value that a program prints: text, a number, a vector or a matrix. */
export type Printable = string | number | boolean | ArrayLike<number> | Matrix;

/** Number of digits that NumPy prints after the point. */
const PRECISION = 8;

/** The title of a program, underlined. */
export function heading(title: string): void {
  console.log(`${title}\n${"─".repeat(title.length)}`);
}

/** Prints values as Python does: numbers in full, arrays as NumPy prints them. */
export function print(...values: Printable[]): void {
  console.log(values.map(format).join(" "));
}

/** A value as `print` prints it. */
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

/** A vector with all digits of its numbers. */
export function inFull(values: ArrayLike<number>): string {
  return `[${Array.from(values).join(", ")}]`;
}

/**
 * The numbers as aligned texts. As in NumPy, they have an exponent if they are very large, very small, or far apart.
 */
function texts(values: ArrayLike<number>): string[] {
  const numbers = Array.from(values);
  if (!(Array.isArray(values) || values instanceof Float64Array || values instanceof Float32Array)) {
    return align(numbers.map(String));
  }
  const sizes = numbers.map(Math.abs).filter((size) => size > 0);
  const [largest, smallest] = [Math.max(...sizes), Math.min(...sizes)];
  if (largest >= 1e8 || smallest < 1e-4 || largest / smallest > 1000) return scientific(numbers);
  return positional(numbers.map((x) => x.toFixed(PRECISION)));
}

function positional(fixed: string[]): string[] {
  // Trailing zeros become spaces, unless every number ends in them.
  const short = fixed.map((text) => text.replace(/0+$/, ""));
  const width = Math.max(...short.map((text) => text.length - text.indexOf(".")));
  return align(short.map((text) => text.padEnd(text.indexOf(".") + width)));
}

function scientific(numbers: number[]): string[] {
  const digits = Math.max(...numbers.map((x) => x.toExponential(PRECISION).match(/\.(\d*?)0*e/)![1]!.length));
  // NumPy always writes the point, and at least two digits of the exponent.
  const words = numbers.map((x) => x.toExponential(digits).replace(/^(-?\d)e/, "$1.e"));
  return align(words.map((text) => text.replace(/e([+-])(\d)$/, "e$10$2")));
}

function align(words: string[]): string[] {
  const width = Math.max(...words.map((text) => text.length));
  return words.map((text) => text.padStart(width));
}
