import { brandOf } from "../brand.js";
import { CoreError, messageOf } from "../errors.js";
import { coreBytes } from "./bytes.js";
import { createGlue, type Glue, type RawFunctions, type RawImages, type RawRandom, type RawSession } from "./glue.js";

declare global {
  // The DOM's types and those of some runtimes have more in this interface; those of Node 20 and lib es2022 lack it.
  namespace WebAssembly {
    interface Module {}
  }
}

/**
 * A running instance of the WebAssembly core.
 *
 * The core is decoded and compiled synchronously at its first use, so importing the package costs nothing and needs no
 * `await`. There is one instance, with one memory, for all networks and functions; a failure ends it, and another takes
 * its place.
 */
export interface Core {
  readonly memory: WebAssembly.Memory;
  /** Kernels and buffers for the functions of the chapter. */
  readonly functions: RawFunctions;
  /** Kernels and buffers for random numbers. */
  readonly random: RawRandom;
  /** The classes and functions of this instance. */
  readonly glue: Glue;
  /** Why this instance can no longer be used, if it has failed. */
  failure?: CoreError;
}

export type { RawFunctions, RawImages, RawRandom, RawSession };

/** Memory of numgrad's WebAssembly core, as {@link memoryUsage} returns it. */
export interface MemoryUsage {
  /** Bytes that are allocated in the core: networks, listed images of training runs, and 267 KB of fixed buffers. */
  readonly liveBytes: number;
  /** Bytes of the WebAssembly memory. It grows when the live bytes do not fit into it, up to 3.5 GiB, and never shrinks. */
  readonly memoryBytes: number;
  /** Networks that have neither been disposed of nor been freed by the garbage collector. */
  readonly networks: number;
}

let module: WebAssembly.Module | undefined;
let instance: Core | undefined;

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
  if (module) throw new CoreError("numgrad is already in use: call init() before anything else");
  start(source);
}

/**
 * The running core.
 *
 * @throws {CoreError} if the core cannot start here.
 */
export function core(): Core {
  return instance ?? start(module ?? coreBytes());
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
  const { glue, memory } = instance;
  return { liveBytes: glue.liveBytes(), memoryBytes: memory.buffer.byteLength, networks: glue.liveSessions() };
}

/**
 * Makes the core's object for a network.
 *
 * @throws {CoreError} if there is not enough memory.
 */
export function createSession(inputSize: number, hiddenSize: number, outputSize: number): RawSession {
  const running = core();
  const session = guard(running, () => running.glue.RawSession.create(inputSize, hiddenSize, outputSize));
  if (session) return session;
  const others = running.glue.liveSessions();
  const remedy = others ? ` beside ${others} others: call dispose() on unused ones` : "";
  throw new CoreError(
    `not enough WebAssembly memory for a network of ${inputSize}-${hiddenSize}-${outputSize} units${remedy}`,
  );
}

/** The compiled module of the core, for the instances of other threads. */
export function coreModule(): WebAssembly.Module {
  core();
  return module!;
}

/**
 * Makes the core's object for a dataset's images, which come as numbers or as pixels; returns undefined if they are too
 * large for lists, or memory is short.
 */
export function createImages(inputSize: number, images: number, asNumbers: boolean): RawImages | undefined {
  const running = core();
  return guard(running, () => running.glue.RawImages.create(inputSize, images, asNumbers));
}

/**
 * Makes a call into an instance of the core. After a trap (a failed assertion, or no memory left) the object that the
 * call worked on is in an unknown state, so this call and every later one into the same instance throw the same
 * CoreError. `core()` starts another instance, and the other networks move there (`Session`).
 */
export function guard<T>(running: Core, call: () => T): T {
  if (running.failure) throw running.failure;
  try {
    return call();
  } catch (error) {
    if (!isTrap(error)) throw error;
    throw abandon(running, error);
  }
}

/**
 * Frees an object of the core, if there is one. After a trap the object is not freed: wasm-bindgen counts the object
 * whose method trapped as borrowed for ever, and the whole instance is given up anyway.
 */
export function release(running: Core, object: { free(): void } | undefined): void {
  if (object && !running.failure) guard(running, () => object.free());
}

/**
 * Whether an error has left the core in the middle of a call: a trap, or a stack that is too short for the call
 * (RangeError, in Firefox InternalError).
 */
function isTrap(error: unknown): error is Error {
  return brandOf(error) === "Error" && /^(Runtime|Range|Internal)Error$/.test((error as Error).name);
}

/** Gives up an instance. Views on its memory are detached, as they are when memory grows. */
function abandon(running: Core, cause: Error): CoreError {
  const rest = "the network that it worked on, if any, can no longer be used, but all others can";
  running.failure = new CoreError(`the WebAssembly core failed (${cause.message}): ${rest}`, { cause });
  running.glue.abandon();
  running.memory.grow(0);
  if (instance === running) instance = undefined;
  return running.failure;
}

function start(source: WebAssembly.Module | ArrayBuffer | ArrayBufferView): Core {
  try {
    const compiled =
      brandOf(source) === "WebAssembly.Module"
        ? (source as WebAssembly.Module)
        : new WebAssembly.Module(source as BufferSource);
    if (!WebAssembly.Module.exports(compiled).some(({ name }) => name === "rawsession_create")) {
      throw new Error("the module is not numgrad's core");
    }
    const glue = createGlue(compiled);
    const { memory } = glue;
    const started = { memory, functions: glue.RawFunctions.create(), random: glue.RawRandom.create(), glue };
    checkArithmetic(started);
    instance = started;
    module = compiled;
    return instance;
  } catch (cause) {
    throw new CoreError(`the WebAssembly core could not start: ${reasonOf(cause)}`, { cause });
  }
}

/**
 * Refuses an engine whose WebAssembly computes wrongly: softmax and a product of four numbers must have the right bits.
 * They take every way through the exponential, and all instructions on two lanes but the root and the sign.
 */
function checkArithmetic({ memory, functions }: Core): void {
  const [, a, b] = new Uint32Array(memory.buffer, functions.layout, 3);
  new Float64Array(memory.buffer, a, 4).set([0.6, 1.95, 3, -705.9]);
  new Float64Array(memory.buffer, b, 4).set([4, 5, 6, 1e308]);
  functions.softmax(1, 4);
  if (functions.dot(4, true) === 6.5645880845909135) return;
  throw new Error("this engine computes wrongly");
}

/**
 * Why compiling failed, with the remedy if there is one. Engines have no error codes for this, so the message is
 * searched.
 */
function reasonOf(cause: unknown): string {
  if (typeof WebAssembly === "undefined") return "this platform, like React Native, has no WebAssembly";
  const message = messageOf(cause);
  // The core traps if it has no memory for its buffers.
  if (cause instanceof WebAssembly.RuntimeError) return "not enough WebAssembly memory";
  if (/content security policy|\bCSP\b|unsafe-eval/i.test(message)) {
    return "the page's Content-Security-Policy forbids it: script-src needs 'wasm-unsafe-eval'";
  }
  if (/disallowed by embedder/i.test(message)) {
    return "this platform compiles no bytes: import numgrad/core.wasm and pass it to init()";
  }
  return message;
}
