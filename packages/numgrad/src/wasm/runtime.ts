import { CoreError } from "../errors.js";
import { coreBytes } from "./bytes.js";
import {
  initSync,
  live_bytes,
  live_sessions,
  RawFunctions,
  RawImages,
  RawRandom,
  RawSession,
} from "./generated/core.js";

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

/** What {@link memoryUsage} tells. */
export interface MemoryUsage {
  /** Bytes of everything that is allocated in the core: networks, lists of training runs, and 267 KB of fixed buffers. */
  readonly liveBytes: number;
  /** Bytes of the WebAssembly memory. It grows when live bytes do not fit, and never shrinks. */
  readonly memoryBytes: number;
  /** Networks that have been made and neither disposed of nor found by the garbage collector. */
  readonly networks: number;
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
  return instance ?? start(coreBytes());
}

/**
 * What numgrad's WebAssembly core holds at the moment, for finding networks that nobody has disposed of. Before the core is
 * used everything is 0; asking does not start it.
 *
 * @example
 * ```ts
 * const before = memoryUsage();
 * const net = new TwoLayerNet({ inputSize: 784, hiddenSize: 50, outputSize: 10 });
 * memoryUsage().networks - before.networks; // 1
 * net.dispose();
 * memoryUsage().networks - before.networks; // 0
 * ```
 */
export function memoryUsage(): MemoryUsage {
  if (!instance) return { liveBytes: 0, memoryBytes: 0, networks: 0 };
  return { liveBytes: live_bytes(), memoryBytes: instance.memory.buffer.byteLength, networks: live_sessions() };
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

/** A dataset's images in the core; undefined if they are too large for lists, or memory is short. */
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

/**
 * Frees an object of the core, if there is one. After a trap it is only let go: the object whose method trapped counts as
 * borrowed for ever, and freeing it would throw the bridge's own words in place of the error that says what has happened.
 */
export function release(object: { free(): void } | undefined): void {
  if (object && !failure) guard(() => object.free());
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
