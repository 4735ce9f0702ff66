import { isPromise } from "./brand.js";

/**
 * The class of every error that numgrad throws on purpose: `instanceof NumgradError` is true for all of them. Their
 * fields tell a program what the message tells its user.
 */
export class NumgradError extends Error {
  /** The name of the class. */
  override name = "NumgradError";
}

/** An argument is not what the function takes. It is thrown before anything has changed. */
export class ArgumentError extends NumgradError {
  override name = "ArgumentError";
  /** The name of the argument, as the caller writes it; for instance `"options.h"`. */
  declare readonly argument: string;
  /** What the function takes. */
  declare readonly expected: string;
  /** What the function got, shortened for display. */
  declare readonly received: string;

  /** @param received Text that is shown as it is. For a value, pass `describe(value)`. */
  constructor(argument: string, expected: string, received: string) {
    const copy = received === expected ? " of another numgrad or a Proxy" : "";
    super(`${argument}: expected ${expected}, got ${received}${copy}`);
    this.argument = argument;
    this.expected = expected;
    this.received = received;
  }
}

/** A matrix, vector or array has the wrong shape or length. */
export class ShapeError extends ArgumentError {
  override name = "ShapeError";
}

/** A number is NaN or infinite, where a finite number is needed. */
export class NonFiniteError extends ArgumentError {
  override name = "NonFiniteError";
  /** Index of the first such element in row-major order. */
  declare readonly index: number;

  constructor(argument: string, index: number, value: number) {
    super(`${argument}[${index}]`, "a finite number", String(value));
    this.index = index;
  }
}

/** The function to be differentiated threw an error, which is in `cause`, or did not return a finite number. */
export class FunctionError extends NumgradError {
  override name = "FunctionError";
  /** Flat index of the element of x that was moved; −1 if none was moved. */
  declare readonly index: number;
  /** What the function returned, or the difference quotient if that overflowed; undefined if the function threw. */
  declare readonly value: unknown;

  constructor(message: string, index: number, options?: { cause?: unknown; value?: unknown }) {
    super(message, options);
    this.index = index;
    this.value = options?.value;
  }
}

/** A network, or a live view on its memory, was used after `dispose()`. */
export class DisposedError extends NumgradError {
  override name = "DisposedError";
}

/** The contents of a file or of a buffer are not what they should be. */
export class DataFormatError extends NumgradError {
  override name = "DataFormatError";
  /** The file's name or address, or `"bytes"`. */
  readonly source: string;
  /** What is wrong with the contents. */
  readonly reason: string;

  constructor(source: string, reason: string, options?: { cause?: unknown }) {
    super(`${source}: ${reason}`, options);
    this.source = source;
    this.reason = reason;
  }
}

/** A file does not exist, or cannot be read. */
export class DataNotFoundError extends NumgradError {
  override name = "DataNotFoundError";
  /** Path or address of the file. */
  readonly source: string;

  constructor(source: string, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.source = source;
  }
}

/** A place from which a file was to be taken, and why that failed. */
export interface DownloadAttempt {
  /** The address, or the path of a cached copy. */
  readonly source: string;
  /** Why that failed; for instance `"HTTP 404 Not Found"`. */
  readonly reason: string;
}

/** A file could be taken neither from the cache nor from any of its mirrors. */
export class DownloadError extends DataNotFoundError {
  override name = "DownloadError";
  /** The places that were tried, in this order. */
  readonly attempts: readonly DownloadAttempt[];

  constructor(source: string, attempts: readonly DownloadAttempt[], remedy: string) {
    const tried = attempts.map((attempt) => `  ${attempt.source}: ${attempt.reason}`).join("\n");
    super(source, `${source}: could not be downloaded.\n${tried}\n${remedy}`);
    this.attempts = attempts;
  }
}

/** A file could not be written. If there was a file before, it has not changed. */
export class FileWriteError extends NumgradError {
  override name = "FileWriteError";
  /** Path of the file, or its address if that was given. */
  readonly path: string;

  /** @param options.reason Why it cannot be written; the message of `cause` if omitted. */
  constructor(path: string, options: { cause: unknown; reason?: string }) {
    const { cause, reason = messageOf(cause) } = options;
    super(`${path}: cannot be written: ${reason}`, { cause });
    this.path = path;
  }
}

/** The WebAssembly core could not start, has failed and can no longer be used, or has not enough memory. */
export class CoreError extends NumgradError {
  override name = "CoreError";
}

/** What went wrong, in the words of an error of any realm; another value that was thrown is described. */
export function messageOf(cause: unknown): string {
  try {
    const { message } = cause as { message?: unknown };
    if (typeof message === "string") return message;
  } catch {
    // null, undefined, or a Proxy that has been revoked.
  }
  return describe(cause);
}

/** A value as an error message shows it: shortened, or only its type if that tells more. */
export function describe(value: unknown): string {
  try {
    return describeReadable(value);
  } catch {
    return "an object that cannot be read";
  }
}

/** A text with the characters escaped that could command a terminal or reorder the letters of a message. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => {
    return `\\u{${character.codePointAt(0)!.toString(16)}}`;
  });
}

function describeReadable(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === "string") return printable(JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value));
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "function") return "a function";
  if (typeof value !== "object") return `a ${typeof value}`;
  const length = (value as { length?: unknown }).length;
  const name = (value as object).constructor?.name || "object";
  if (typeof length === "number") return `${name} of length ${length}`;
  return isPromise(value) ? "a Promise" : name === "Object" ? "an object" : `a ${name}`;
}
