import { isPromise } from "../brand.js";
import { describe, FunctionError, messageOf } from "../errors.js";
import { isArrayLike } from "../shape.js";

/**
 * `f(x)`, which must be a finite number.
 *
 * @param index Flat index of the element of x that is moved at the moment, −1 if none is.
 * @param name What messages call the array of elements: `"x"`, or `"x.data"` for a Matrix.
 * @throws {FunctionError} if f throws (`cause` holds what f threw), or returns anything but a finite number (`value`
 * holds what f returned).
 */
export function functionValue<X>(f: (x: X) => unknown, x: X, index: number, name: string): number {
  let value: unknown;
  try {
    value = f(x);
  } catch (cause) {
    throw callError(cause, x, index, name);
  }
  // value − value is 0 for every finite number, and NaN for the others.
  if (typeof value === "number" && value - value === 0) return value;
  throw valueError(value, x, index, name);
}

/** `f(x)`, whatever f returns. @throws {FunctionError} if f throws. */
export function functionCall<X>(f: (x: X) => unknown, x: X, index: number, name: string): unknown {
  try {
    return f(x);
  } catch (cause) {
    throw callError(cause, x, index, name);
  }
}

/**
 * `f(x)`, which must be an array of numbers. The numbers need not be finite. They are copied, because f may return the
 * same array again.
 *
 * @param asyncHint What an error says about an async f.
 * @throws {FunctionError} if f throws, returns anything but an array of numbers, or an array of another length than
 * `length`.
 */
export function vectorValue(
  f: (x: unknown) => unknown,
  x: unknown,
  { index, name, length, asyncHint }: { index: number; name: string; length: number | undefined; asyncHint: string },
): Float64Array {
  const value = functionCall(f, x, index, name);
  const expected = length === undefined ? "an array of numbers" : `an array of ${length} numbers`;
  if (isPromise(value)) throw promiseError(value, x, { index, name, expected, hint: asyncHint });
  const fits = isArrayLike(value) && value.length > 0 && (length === undefined || value.length === length);
  if (!fits) throw valueError(value, x, index, name, expected);
  for (let k = 0; k < value.length; k++) {
    if (typeof value[k] === "number") continue;
    const message = `f must return ${expected}, element ${k} is ${describe(value[k])} ${circumstance(x, index, name)}`;
    throw new FunctionError(message, index, { value });
  }
  return Float64Array.from(value);
}

/** Whether no element is NaN or infinite. */
export function isFiniteVector(values: Float64Array): boolean {
  return values.every((value) => Number.isFinite(value));
}

/**
 * `f(x)` for an f that may be async.
 *
 * @returns What f returned, or what its promise resolved to. The value is not checked.
 * @throws `signal.reason` as soon as the signal is aborted, also while f is still at work.
 */
export async function settledValue<X>(
  f: (x: X) => unknown,
  x: X,
  { index, name, signal }: { index: number; name: string; signal: AbortSignal | undefined },
): Promise<unknown> {
  try {
    return await untilAborted(f(x), signal);
  } catch (cause) {
    // If f was given the same signal, the error of f may come from the signal too.
    if (signal?.aborted) throw signal.reason;
    throw callError(cause, x, index, name);
  }
}

/** The value, or a promise that rejects if the signal is aborted before the value is there. */
export function untilAborted(value: unknown, signal: AbortSignal | undefined): unknown {
  if (!signal) return value;
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    // A signal that is already aborted sends no event.
    if (signal.aborted) abort();
    else signal.addEventListener("abort", abort, { once: true });
    Promise.resolve(value)
      .then(resolve, reject)
      .finally(() => signal.removeEventListener("abort", abort));
  });
}

/**
 * The error for finite values of f that are too far apart: their difference or its quotient is not a finite number.
 */
export function overflowError(
  difference: number,
  width: number,
  x: unknown,
  index: number,
  name: string,
): FunctionError {
  const where = circumstance(x, index, name);
  const message = `the difference quotient of f overflows ${where}: ${difference} / ${width}`;
  return new FunctionError(message, index, { value: difference / width });
}

/** The error for an f that throws. */
export function callError(cause: unknown, x: unknown, index: number, name: string): FunctionError {
  return new FunctionError(`f threw ${circumstance(x, index, name)}: ${messageOf(cause)}`, index, { cause });
}

/** The error for a value of f that is not what f must return. */
export function valueError(
  value: unknown,
  x: unknown,
  index: number,
  name: string,
  expected = "a finite number",
): FunctionError {
  let hint = "";
  if (isPromise(value)) {
    value.catch(() => {}); // as in `ignoreRejection`; in this form bundles are smaller
    hint = "; an async f needs numericalGradientAsync";
  }
  const where = circumstance(x, index, name);
  return new FunctionError(`f must return ${expected}, it returned ${describe(value)} ${where}${hint}`, index, {
    value,
  });
}

/** The error for an f that has returned a promise to a function that does not wait. */
export function promiseError(
  value: unknown,
  x: unknown,
  { index, name, expected, hint }: { index: number; name: string; expected: string; hint: string },
): FunctionError {
  ignoreRejection(value);
  const message = `f must return ${expected}, it returned a Promise ${circumstance(x, index, name)}; ${hint}`;
  return new FunctionError(message, index, { value });
}

/**
 * Handles the rejection of a promise that was returned where no promise is expected. Nobody awaits this promise, and an
 * unhandled rejection would end the process.
 */
export function ignoreRejection(value: unknown): void {
  if (isPromise(value)) value.catch(() => {});
}

/** How f was called, for messages: `"at x = 5"`, `"at x"` or `"with x[3] moved"`. */
function circumstance(x: unknown, index: number, name: string): string {
  if (typeof x === "number") return `at ${name} = ${x}`;
  return index < 0 ? `at ${name}` : `with ${name}[${index}] moved`;
}
