import { describe, FunctionError } from "../errors.js";
import { isArrayLike } from "../shape.js";

/**
 * `f(x)`, which must be a finite number.
 *
 * @param index Flat index of the element of x that is moved at the moment, −1 where none is.
 * @param name What messages call the array of elements: `"x"`, or `"x.data"` of a Matrix.
 * @throws {FunctionError} if f throws (`cause` has what it threw), or returns anything else, NaN and ±∞ included
 * (`value`).
 */
export function functionValue<X>(f: (x: X) => unknown, x: X, index: number, name: string): number {
  let value: unknown;
  try {
    value = f(x);
  } catch (cause) {
    throw thrown(cause, x, index, name);
  }
  // value - value is 0 for every finite number, and NaN for the others.
  if (typeof value === "number" && value - value === 0) return value;
  throw unusable(value, x, index, name);
}

/** `f(x)`, whatever it is. @throws {FunctionError} if f throws. */
export function functionCall<X>(f: (x: X) => unknown, x: X, index: number, name: string): unknown {
  try {
    return f(x);
  } catch (cause) {
    throw thrown(cause, x, index, name);
  }
}

/**
 * `f(x)`, an array of numbers, copied because f may use the same array again. The numbers need not be finite.
 *
 * @throws {FunctionError} if f throws, returns anything else, or an array of another length than `length`.
 */
export function vectorValue(
  f: (x: unknown) => unknown,
  x: unknown,
  { index, name, length }: { index: number; name: string; length: number | undefined },
): Float64Array {
  const value = functionCall(f, x, index, name);
  const where = at(x, index, name);
  const expected = length === undefined ? "an array of numbers" : `an array of ${length} numbers`;
  const fits = isArrayLike(value) && value.length > 0 && (length === undefined || value.length === length);
  if (!fits) throw unusable(value, x, index, name, expected);
  for (let k = 0; k < value.length; k++) {
    if (typeof value[k] === "number") continue;
    const message = `f must return ${expected}, element ${k} is ${describe(value[k])} ${where}`;
    throw new FunctionError(message, index, { value });
  }
  return Float64Array.from(value);
}

/** Whether no element is NaN or infinite. */
export function isFiniteVector(values: Float64Array): boolean {
  return values.every((value) => Number.isFinite(value));
}

/**
 * `f(x)` of an f that may be async.
 *
 * @returns What f returned, or its promise gave: not yet checked.
 * @throws `signal.reason` as soon as it is aborted, also while f is still at work.
 */
export async function settledValue<X>(
  f: (x: X) => unknown,
  x: X,
  { index, name, signal }: { index: number; name: string; signal: AbortSignal | undefined },
): Promise<unknown> {
  try {
    return await untilAborted(f(x), signal);
  } catch (cause) {
    // What f threw may itself come from the signal, when f was given the same one.
    if (signal?.aborted) throw signal.reason;
    throw thrown(cause, x, index, name);
  }
}

/** The value, unless the signal comes first. */
function untilAborted(value: unknown, signal: AbortSignal | undefined): unknown {
  if (!signal) return value;
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    // A signal that is aborted already has no event to come.
    if (signal.aborted) abort();
    else signal.addEventListener("abort", abort, { once: true });
    Promise.resolve(value)
      .then(resolve, reject)
      .finally(() => signal.removeEventListener("abort", abort));
  });
}

/**
 * The error for two finite values of f that are too far apart for their difference, or its quotient, to be a double.
 */
export function overflow(difference: number, width: number, x: unknown, index: number, name: string): FunctionError {
  const message = `the difference quotient of f overflows ${at(x, index, name)}: ${difference} / ${width}`;
  return new FunctionError(message, index, { value: difference / width });
}

function thrown(cause: unknown, x: unknown, index: number, name: string): FunctionError {
  const reason = cause instanceof Error ? cause.message : describe(cause);
  return new FunctionError(`f threw ${at(x, index, name)}: ${reason}`, index, { cause });
}

/** The error for a value of f that is not what it should be. */
export function unusable(
  value: unknown,
  x: unknown,
  index: number,
  name: string,
  expected = "a finite number",
): FunctionError {
  let hint = "";
  if (value instanceof Promise) {
    hint = "; an async f cannot be differentiated, except by numericalGradientAsync";
    // Nobody else holds this promise. Were it to reject, the unhandled rejection would end the process.
    value.catch(() => {});
  }
  const message = `f must return ${expected}, it returned ${describe(value)} ${at(x, index, name)}${hint}`;
  return new FunctionError(message, index, { value });
}

function at(x: unknown, index: number, name: string): string {
  if (typeof x === "number") return `at ${name} = ${x}`;
  return index < 0 ? `at ${name}` : `with ${name}[${index}] moved`;
}
