import { isUint8Array } from "./brand.js";
import { isDetached } from "./bytes.js";
import { ArgumentError, describe } from "./errors.js";

/** The book's difference step h, which is taken if the caller gives none. */
export const DEFAULT_H = 1e-4;

/**
 * Checks that `options` is a plain object with no other keys than `known`. So a misspelt option is an error and never
 * ignored.
 *
 * @throws {ArgumentError} naming the unknown option and those that exist.
 */
export function checkOptions(options: unknown, known: readonly string[], argument = "options"): void {
  // A Map or an array holds nothing under the names of options.
  if (typeof options !== "object" || options === null || Symbol.iterator in options) {
    throw new ArgumentError(argument, `an object { ${known.join(", ")} }`, describe(options));
  }
  for (const key of Object.keys(options)) {
    if (!known.includes(key))
      throw new ArgumentError(`${argument}.${key}`, `one of ${known.join(", ")}`, "an unknown option");
  }
}

/**
 * Checks that a function got no more arguments than it takes. NumPy's function of the same name may take more, which would
 * otherwise be left out without a word.
 *
 * @param more The arguments behind those that it takes.
 * @param x Its first argument, behind which `arrays.map(softmax)` gives an index and the array.
 */
export function checkNoMore(more: readonly unknown[], expected: string, x: unknown): void {
  const [index, array] = more;
  const isByMap = more.length === 2 && Object(array)[index as number] === x;
  if (isByMap || more.every((value) => value === undefined)) return;
  throw new ArgumentError("arguments", expected, `${describe(index)} too`);
}

/**
 * Checks an integer in [min, max].
 *
 * @param others What else the argument may be, for the message, as `" or false"`.
 */
export function checkInteger(
  argument: string,
  value: unknown,
  min = Number.MIN_SAFE_INTEGER,
  max = Number.MAX_SAFE_INTEGER,
  others = "",
): asserts value is number {
  if (Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max) return;
  const range =
    max < Number.MAX_SAFE_INTEGER
      ? ` from ${min} to ${max}`
      : min > Number.MIN_SAFE_INTEGER
        ? ` of at least ${min}`
        : "";
  throw new ArgumentError(argument, `an integer${range}${others}`, describe(value));
}

/** Checks a finite number. */
export function checkFinite(argument: string, value: unknown): asserts value is number {
  if (!Number.isFinite(value)) throw new ArgumentError(argument, "a finite number", describe(value));
}

/** Checks a difference step: h is positive, and neither 2h nor 1/2h overflows. */
export function checkDifferenceStep(argument: string, value: unknown): asserts value is number {
  const h = value as number;
  if (typeof value === "number" && h > 0 && Number.isFinite(2 * h) && Number.isFinite(1 / (2 * h))) return;
  throw new ArgumentError(argument, "a positive number, of which neither 2h nor 1/2h overflows", describe(value));
}

/** Checks that `value` is one of the given values. */
export function checkChoice<T extends string | boolean>(
  argument: string,
  value: unknown,
  choices: readonly T[],
): asserts value is T {
  if (!choices.includes(value as T)) {
    throw new ArgumentError(argument, choices.map((c) => JSON.stringify(c)).join(" or "), describe(value));
  }
}

/** Checks a Uint8Array, of any realm, that has its memory. */
export function checkByteArray(argument: string, value: unknown): asserts value is Uint8Array {
  if (!isUint8Array(value)) throw new ArgumentError(argument, "a Uint8Array", describe(value));
  if (isDetached(value)) throw new ArgumentError(argument, "a Uint8Array", "one whose memory was transferred");
}

/** Checks a function. */
export function checkFunction(argument: string, value: unknown): asserts value is (...args: never[]) => unknown {
  if (typeof value !== "function") throw new ArgumentError(argument, "a function", describe(value));
}

/** Checks an optional AbortSignal. */
export function checkSignal(argument: string, signal: unknown): asserts signal is AbortSignal | undefined {
  if (signal !== undefined && typeof (signal as AbortSignal | null)?.throwIfAborted !== "function") {
    throw new ArgumentError(argument, "an AbortSignal", describe(signal));
  }
}
