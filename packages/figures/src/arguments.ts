// Checks of options, with numgrad's error classes.
//
// Six of these functions (`describe`, `isList`, and the checks of options, choices, integers and functions) also stand
// in numgrad, which does not export them. They are written a second time because every way to share them costs more
// than these 45 lines. If numgrad exported them, their names and messages would be public for good. A third package
// would need numgrad's error classes, and numgrad would need its checks, so the two would import each other. A build
// that bundles numgrad's source would need a hole in the rule that figures import numgrad by its name, as users do, and
// a plugin that maps the source's error classes to those of "numgrad".
import { ArgumentError, FunctionError, type Matrix, NonFiniteError, ShapeError } from "numgrad";

/** A value as messages show it: short, and with its type if that matters. */
export function describe(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (typeof value === "function") return "a function";
  if (isList(value)) return `an array of length ${value.length}`;
  return typeof value === "object" && value !== null ? "an object" : String(value);
}

/** Checks that `options` is an object without other keys than `known`. A misspelt option is an error. */
export function checkOptions(options: unknown, known: readonly string[]): void {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw new ArgumentError("options", "an object", describe(options));
  }
  for (const key of Object.keys(options)) {
    if (!known.includes(key))
      throw new ArgumentError(`options.${key}`, `one of ${known.join(", ")}`, "an unknown option");
  }
}

/** Checks that a value is one of the given strings. */
export function checkChoice<T extends string>(
  argument: string,
  value: unknown,
  choices: readonly T[],
): asserts value is T {
  if (!choices.includes(value as T)) {
    throw new ArgumentError(argument, choices.map((choice) => `"${choice}"`).join(" or "), describe(value));
  }
}

/** Checks that a value is a string, or undefined. */
export function checkText(argument: string, value: unknown): asserts value is string | undefined {
  if (value !== undefined && typeof value !== "string") throw new ArgumentError(argument, "a string", describe(value));
}

/** Checks an array of `length` strings. */
export function checkTexts(argument: string, value: unknown, length: number): asserts value is readonly string[] {
  if (!Array.isArray(value)) throw new ArgumentError(argument, "an array of strings", describe(value));
  if (value.length !== length) throw new ShapeError(argument, `${length} strings`, `${value.length}`);
  for (let i = 0; i < length; i++) {
    if (typeof value[i] !== "string") throw new ArgumentError(`${argument}[${i}]`, "a string", describe(value[i]));
  }
}

/** Checks a finite number greater than zero. */
export function checkPositive(argument: string, value: unknown): asserts value is number {
  if (!(Number.isFinite(value) && (value as number) > 0))
    throw new ArgumentError(argument, "a positive finite number", describe(value));
}

/** Checks an integer in [min, max]. */
export function checkInteger(argument: string, value: unknown, min: number, max: number): asserts value is number {
  if (Number.isInteger(value) && (value as number) >= min && (value as number) <= max) return;
  const range = max < Number.MAX_SAFE_INTEGER ? `from ${min} to ${max}` : `of at least ${min}`;
  throw new ArgumentError(argument, `an integer ${range}`, describe(value));
}

/** Checks a function. */
export function checkFunction(argument: string, value: unknown): void {
  if (typeof value !== "function") throw new ArgumentError(argument, "a function", describe(value));
}

/** Checks an interval [from, to] of finite numbers with from < to. */
export function checkInterval(argument: string, value: unknown): asserts value is Interval {
  if (isList(value) && value.length === 2) {
    const [from, to] = value as unknown as Interval;
    // The width must be finite, too, because scales divide by it.
    if (typeof from === "number" && typeof to === "number" && from < to && Number.isFinite(to - from)) return;
  }
  const shown = isList(value) ? `[${Array.from(value).join(", ")}]` : describe(value);
  throw new ArgumentError(argument, "[from, to], finite numbers with from < to", shown);
}

/** An interval of finite numbers with from < to. */
export type Interval = readonly [from: number, to: number];

/** Whether `value` is an array or a typed array. */
export function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && brandOf(value) !== "DataView");
}

/** The brand of a built-in object, `"Uint8Array"` for instance, whatever realm (frame, context) it comes from. */
export function brandOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}

/** Checks an array of at least `least` finite numbers. */
export function checkNumbers(argument: string, value: unknown, least = 1): asserts value is ArrayLike<number> {
  if (!isList(value)) throw new ArgumentError(argument, "an array of numbers or a typed array", describe(value));
  if (value.length < least) throw new ShapeError(argument, `at least ${formatCount(least)}`, `${value.length}`);
  for (let i = 0; i < value.length; i++) {
    const number = value[i];
    if (typeof number !== "number") throw new ArgumentError(`${argument}[${i}]`, "a number", describe(number));
    if (!Number.isFinite(number)) throw new NonFiniteError(argument, i, number);
  }
}

/** Checks an array of exactly `length` finite numbers. */
export function checkLength(argument: string, value: unknown, length: number): asserts value is ArrayLike<number> {
  checkNumbers(argument, value, 0);
  if (value.length !== length) throw new ShapeError(argument, formatCount(length), `${value.length}`);
}

/** Checks a non-empty array of objects. */
export function checkObjects(argument: string, value: unknown): void {
  if (!Array.isArray(value)) throw new ArgumentError(argument, "an array of objects", describe(value));
  if (value.length === 0) throw new ShapeError(argument, "at least one object", "none");
  for (let i = 0; i < value.length; i++) {
    if (typeof value[i] !== "object" || value[i] === null)
      throw new ArgumentError(`${argument}[${i}]`, "an object", describe(value[i]));
  }
}

/** The rows of a Matrix, or of an array of rows that all have the same length. */
export function readRows(argument: string, value: Matrix | ArrayLike<ArrayLike<number>>): ArrayLike<number>[] {
  if (isList(value)) {
    if (value.length === 0) throw new ShapeError(argument, "at least one row", "none");
    const rows = Array.from(value as ArrayLike<ArrayLike<number>>);
    rows.forEach((row, r) => {
      checkLength(`${argument}[${r}]`, row, rows[0]?.length ?? 1);
    });
    return rows;
  }
  const { shape, data } = (value ?? {}) as Matrix;
  if (!isList(shape) || !isList(data))
    throw new ArgumentError(argument, "a Matrix, or an array of rows", describe(value));
  const [rows, cols] = shape;
  checkInteger(`${argument}.shape[0]`, rows, 1, Number.MAX_SAFE_INTEGER);
  checkInteger(`${argument}.shape[1]`, cols, 1, Number.MAX_SAFE_INTEGER);
  checkLength(`${argument}.data`, data, rows * cols);
  return Array.from({ length: rows }, (_, r) => data.subarray(r * cols, (r + 1) * cols));
}

/** The value of `f` at `x`. @throws {FunctionError} if `f` throws, or if the value is not a finite number. */
export function valueAt<X>(f: (x: X) => number, x: X): number {
  const point = isList(x) ? `[${Array.from(x).join(", ")}]` : String(x);
  let value: unknown;
  try {
    value = f(x);
  } catch (cause) {
    throw new FunctionError(
      `f(${point}) threw ${brandOf(cause) === "Error" ? (cause as Error).message : describe(cause)}`,
      -1,
      {
        cause,
      },
    );
  }
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw new FunctionError(`f(${point}): expected a finite number, got ${describe(value)}`, -1, { value });
}

function formatCount(n: number): string {
  return n === 1 ? "one number" : `${n} numbers`;
}
