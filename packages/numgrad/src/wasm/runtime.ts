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

declare global {
  // The DOM's types and those of some runtimes have more in this interface; those of Node 20 and lib es2022 lack it.
  namespace WebAssembly {
    interface Module {}
  }
}

/**
 * The running WebAssembly core. This is the only file that imports wasm-bindgen's generated glue.
 *
 * The core is decoded and compiled synchronously at its first use, so importing the package costs nothing and needs no
 * `await`. There is one instance, with one memory, for all networks and functions.
 */
export interface Core {
  readonly memory: WebAssembly.Memory;
  /** Kernels and buffers for the functions of the chapter. */
  readonly functions: RawFunctions;
  /** Kernels and buffers for random numbers. */
  readonly random: RawRandom;
}

export type { RawFunctions, RawImages, RawRandom, RawSession };

/** Memory of numgrad's WebAssembly core, as {@link memoryUsage} returns it. */
export interface MemoryUsage {
  /** Bytes that are allocated in the core: networks, listed images of training runs, and 267 KB of fixed buffers. */
  readonly liveBytes: number;
  /** Bytes of the WebAssembly memory. It grows when the live bytes do not fit into it, and never shrinks. */
  readonly memoryBytes: number;
  /** Networks that have neither been disposed of nor been freed by the garbage collector. */
  readonly networks: number;
}

let instance: Core | undefined;
let failure: CoreError | undefined;

/**
 * Starts the core from another WebAssembly module than the built-in one. It must be called before anything else uses
 * the core.
 *
 * There are two uses: a build of the same core with other features, and platforms that forbid compiling from bytes. On
 * Cloudflare Workers `import core from "numgrad/core.wasm"` gives a module that can be passed here.
 *
 * @param source A compiled module, or the bytes of one.
 * @throws {CoreError} if the core already runs, or the module is not numgrad's core.
 * @example
 * ```ts no-run
 * // In a page that serves the file numgrad/core.wasm:
 * init(await WebAssembly.compileStreaming(fetch("/core.wasm")));
 * ```
 */
export function init(source: WebAssembly.Module | ArrayBuffer | ArrayBufferView): void {
  if (instance) throw new CoreError("numgrad is already in use: call init() before anything else");
  start(source);
}

/**
 * The running core.
 *
 * @throws {CoreError} if the core cannot start here, or has failed before.
 */
export function core(): Core {
  if (failure) throw failure;
  return instance ?? start(coreBytes());
}

/**
 * The memory that numgrad's WebAssembly core uses at the moment. It helps to find networks that nobody has disposed of.
 * Before the first use of the core all numbers are 0; this function does not start the core.
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
 * Makes the core's object for a network.
 *
 * @throws {CoreError} if there is not enough memory.
 */
export function createSession(inputSize: number, hiddenSize: number, outputSize: number): RawSession {
  core();
  const session = guard(() => RawSession.create(inputSize, hiddenSize, outputSize));
  if (session) return session;
  throw new CoreError(`not enough WebAssembly memory for a network of ${inputSize}-${hiddenSize}-${outputSize} units`);
}

/**
 * Makes the core's object for a dataset's images, which come as numbers or as pixels; returns undefined if they are too
 * large for lists, or memory is short.
 */
export function createImages(inputSize: number, images: number, asNumbers: boolean): RawImages | undefined {
  core();
  return guard(() => RawImages.create(inputSize, images, asNumbers));
}

/**
 * Makes a call into the core. After a trap (a failed assertion, or no memory left) the core's data are in an unknown
 * state, so this call and every later one throw the same CoreError.
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
 * Frees an object of the core, if there is one. After a trap the object is not freed: wasm-bindgen counts the object
 * whose method trapped as borrowed for ever, and freeing it would throw wasm-bindgen's error in place of the one that
 * tells of the trap.
 */
export function release(object: { free(): void } | undefined): void {
  if (object && !failure) guard(() => object.free());
}

function start(source: WebAssembly.Module | BufferSource): Core {
  try {
    const module = source instanceof WebAssembly.Module ? source : new WebAssembly.Module(source);
    // The glue keeps the first module for ever. So the module is checked before the glue gets it.
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

/**
 * Why compiling failed, with the remedy if there is one. Engines have no error codes for this, so the message is
 * searched.
 */
function reasonOf(cause: unknown): string {
  if (typeof WebAssembly === "undefined") return "this platform, like React Native, has no WebAssembly";
  const message = cause instanceof Error ? cause.message : String(cause);
  if (/content security policy|\bCSP\b|unsafe-eval/i.test(message)) {
    return "the page's Content-Security-Policy forbids it; its script-src directive needs 'wasm-unsafe-eval'";
  }
  if (/disallowed by embedder/i.test(message)) {
    return "this platform does not compile WebAssembly from bytes; import numgrad/core.wasm as a module and pass it to init()";
  }
  return message;
}
