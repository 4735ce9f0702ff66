import { CoreError } from "../errors.js";
import { initSync, RawFunctions, RawImages, RawRandom, RawSession } from "./generated/core.js";
import wasm from "./generated/core_bg.wasm";

/**
 * The WebAssembly core and everything else that touches it. This is the only file that imports the generated glue.
 *
 * The core is decoded and compiled synchronously at its first use, so importing the package costs nothing and needs no
 * `await`. There is one instance, with one memory, for all networks and functions.
 */
export interface Core {
  readonly memory: WebAssembly.Memory;
  /** Buffers and kernels for the functions of the chapter. */
  readonly functions: RawFunctions;
  /** Buffers and kernels for random numbers. */
  readonly random: RawRandom;
}

export type { RawFunctions, RawImages, RawRandom, RawSession };

/** tsup and vitest load the file as hexadecimal digits; wasm-bindgen's declaration beside it describes the module. */
const hex = wasm as unknown as string;

/** What some platforms have: newer engines `fromHex`, Node before 25 its Buffer. */
interface HexDecoders {
  readonly Uint8Array: { readonly fromHex?: (text: string) => Uint8Array<ArrayBuffer> };
  readonly Buffer?: { readonly from?: (text: string, encoding: "hex") => Uint8Array<ArrayBuffer> };
}

let instance: Core | undefined;
let failure: CoreError | undefined;

/**
 * Starts the core from another WebAssembly module than the built-in one (the same build with other features, or on
 * platforms that forbid compiling from bytes: on Cloudflare Workers `import core from "numgrad/core.wasm"` gives a module
 * to be passed here). Only before the first use.
 *
 * @throws {CoreError} if the core already runs, or the module does not fit.
 * @example
 * ```ts no-run
 * // In a page that serves the file numgrad/core.wasm:
 * init(await WebAssembly.compileStreaming(fetch("/core.wasm")));
 * ```
 */
export function init(source: WebAssembly.Module | BufferSource): void {
  if (instance) throw new CoreError("numgrad is already in use: call init() before anything else");
  start(source);
}

/**
 * The running core.
 *
 * @throws {CoreError} if it cannot start here, or has failed before.
 */
export function core(): Core {
  if (failure) throw failure;
  return instance ?? start(decodeHex(hex));
}

/**
 * A network's session in the core.
 *
 * @throws {CoreError} if there is not enough memory.
 */
export function createSession(inputs: number, hidden: number, outputs: number): RawSession {
  core();
  const session = guard(() => RawSession.create(inputs, hidden, outputs));
  if (!session)
    throw new CoreError(`not enough WebAssembly memory for a network of ${inputs}-${hidden}-${outputs} units`);
  return session;
}

/** A dataset's images in the core; undefined if they are too large for lists. */
export function createImages(inputs: number, images: number): RawImages | undefined {
  core();
  return guard(() => RawImages.create(inputs, images));
}

/**
 * Runs a call into the core. A trap inside (a failed assertion, memory exhausted) leaves its data in an unknown state:
 * the error says so, and so does every later use.
 */
export function guard<T>(call: () => T): T {
  if (failure) throw failure;
  try {
    return call();
  } catch (error) {
    if (!(error instanceof WebAssembly.RuntimeError)) throw error;
    failure = new CoreError(
      `the WebAssembly core failed (${error.message}) and can no longer be used; reload numgrad`,
      {
        cause: error,
      },
    );
    throw failure;
  }
}

function start(source: WebAssembly.Module | BufferSource): Core {
  try {
    const module = source instanceof WebAssembly.Module ? source : new WebAssembly.Module(source);
    // Looked at before the glue keeps it: after a module of something else nothing could start any more.
    if (!WebAssembly.Module.exports(module).some(({ name }) => name === "rawsession_create")) {
      throw new Error("the module is not numgrad's core");
    }
    const { memory } = initSync({ module });
    instance = { memory, functions: new RawFunctions(), random: new RawRandom() };
    return instance;
  } catch (cause) {
    throw new CoreError(`the WebAssembly core could not start: ${reasonOf(cause)}`, { cause });
  }
}

/** Why compiling failed, with the remedy where there is one; the engines have no codes for it, only messages. */
function reasonOf(cause: unknown): string {
  const message = cause instanceof Error ? cause.message : String(cause);
  if (/content security policy|\bCSP\b|unsafe-eval/i.test(message)) {
    return "the page's Content-Security-Policy forbids it; its script-src directive needs 'wasm-unsafe-eval'";
  }
  if (/disallowed by embedder/i.test(message)) {
    return "this platform does not compile WebAssembly from bytes; import numgrad/core.wasm as a module and pass it to init()";
  }
  return message;
}

/** Natively where there is a way; the loop takes 4 ms of the first use. */
function decodeHex(text: string): Uint8Array<ArrayBuffer> {
  const { Buffer, Uint8Array: Bytes } = globalThis as HexDecoders;
  if (Bytes.fromHex) return Bytes.fromHex(text);
  if (Buffer?.from) return Buffer.from(text, "hex");
  const bytes = new Uint8Array(text.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = (digit(text, 2 * i) << 4) | digit(text, 2 * i + 1);
  return bytes;
}

/** The value of a digit, 0 to 9 or a to f. */
function digit(text: string, index: number): number {
  const code = text.charCodeAt(index);
  return code < 97 ? code - 48 : code - 87;
}
