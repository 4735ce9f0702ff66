import { ArgumentError, describe, messageOf, NumgradError } from "../errors.js";
import { builtinModule } from "../file-system.js";
import { VERSION } from "../version.js";
import type { WorkerAnswer, WorkerStart } from "./worker.js";
import { workerSource } from "./worker-source.js";

/** Time in milliseconds in which a worker must answer that it is ready. */
const ANSWER_TIME = 10_000;

/** What `train` needs of a worker: those of browsers and of `node:worker_threads` have it. */
export interface WorkerLike {
  /** Sends a message to the worker. */
  postMessage(message: unknown): void;
  /** Ends the worker. */
  terminate(): unknown;
}

/** Makes a worker whose program is `numgrad/worker`. */
export type MakeWorker = () => WorkerLike;

/** A worker that has made its objects and waits for commands. */
export interface Thread {
  /** Ends the worker; the promise is resolved when the thread is gone. */
  terminate(): Promise<void>;
}

/**
 * Why this platform has no threads for a team; undefined if it has.
 *
 * @param make The caller's own way to make a worker, if there is one.
 */
export function reasonAgainstThreads(make: MakeWorker | undefined): string | undefined {
  const { SharedArrayBuffer: Shared, crossOriginIsolated, document, navigator, Worker } = globalThis as Platform;
  if (Shared === undefined || crossOriginIsolated === false) {
    return "memory can only be shared in a page that is cross-origin isolated (by the headers COOP and COEP)";
  }
  if (!make && !nodeThreads() && Worker === undefined) return "this platform has no workers";
  // On a busy machine `new Worker(…)` in a worker of Firefox 153 did not return in 2 of 90 pages without numgrad.
  if (document === undefined && navigator?.userAgent?.includes("Firefox/")) {
    return "in Firefox a worker that makes a worker can stop for ever; call train in the page itself";
  }
  return undefined;
}

/** Number of cores of this machine, as far as the platform tells. */
export function coreCount(): number {
  const os = builtinModule("node:os") as { availableParallelism?: () => number } | undefined;
  const { navigator } = globalThis as Platform;
  return os?.availableParallelism?.() ?? navigator?.hardwareConcurrency ?? 1;
}

/**
 * Starts a worker and waits until it is ready.
 *
 * @param make Makes the worker; otherwise its program is an inlined text.
 * @param onFailure Is called if the worker fails or ends by itself, at any time.
 * @throws {NumgradError} if `make` does not give a worker of this version.
 * @throws {Error} if the worker does not become ready.
 */
export async function startThread(
  start: Omit<WorkerStart, "numgrad">,
  make: MakeWorker | undefined,
  onFailure: (reason: string) => void,
): Promise<Thread> {
  const { worker, refusal, forget } = make ? makeWorker(make) : inlineWorker();
  const thread = { terminate: async () => void (await worker.terminate()) };
  return new Promise<Thread>((resolve, reject) => {
    const settle = () => {
      clearTimeout(timer);
      forget();
    };
    let hasFailed = false;
    const fail = (error: Error) => {
      // The end of the worker is no reason of its own.
      if (hasFailed) return;
      hasFailed = true;
      settle();
      onFailure(error.message);
      // A worker of a page stays after an error in its program.
      const refuse = () => reject(error);
      void thread.terminate().then(refuse, refuse);
    };
    const timer = setTimeout(() => {
      fail(new Error(`a worker has not answered for ${ANSWER_TIME / 1000} seconds`));
    }, ANSWER_TIME);
    const hear = (message: unknown) => {
      const { numgrad, error } = (message ?? {}) as Partial<WorkerAnswer>;
      // A caller's worker may say other things too.
      if (numgrad === undefined) return;
      if (numgrad !== VERSION) fail(otherVersion(numgrad));
      else if (error !== undefined) fail(new Error(error));
      else {
        settle();
        // A run that is forgotten must not keep the process alive; `terminate` does, until the thread has ended.
        worker.unref?.();
        resolve(thread);
      }
    };
    listen(worker, hear, (reason) => fail(new Error(reason || refusal)));
    try {
      worker.postMessage({ ...start, numgrad: VERSION });
    } catch (error) {
      fail(new Error(messageOf(error)));
    }
  });
}

function otherVersion(version: unknown): ArgumentError {
  return new ArgumentError(
    "options.worker",
    `a function that makes workers of numgrad ${VERSION}`,
    `one of ${version}`,
  );
}

/** A worker, and what is special about the way it was made. */
interface Made {
  readonly worker: PlatformWorker;
  /** Why its script was not run, if the platform does not say it. */
  readonly refusal: string;
  /** Gives back what only the start has needed. */
  readonly forget: () => void;
}

/** The caller's worker. */
function makeWorker(make: MakeWorker): Made {
  let worker: unknown;
  try {
    worker = make();
  } catch (cause) {
    throw new NumgradError(`options.worker has thrown an error: ${messageOf(cause)}`, { cause });
  }
  const { postMessage, terminate, on, addEventListener } = (worker ?? {}) as Record<string, unknown>;
  const isWorker = [postMessage, terminate, on ?? addEventListener].every((method) => typeof method === "function");
  if (!isWorker) throw new ArgumentError("options.worker", "a function that returns a Worker", describe(worker));
  const refusal = "the script of options.worker could not be loaded";
  return { worker: worker as PlatformWorker, refusal, forget: () => {} };
}

/** A worker whose program is the inlined text. */
function inlineWorker(): Made {
  const refusal = "options.worker is not given, and the page's Content-Security-Policy forbids workers from blobs";
  const node = nodeThreads();
  if (node) {
    const worker = new node.Worker(workerSource, { eval: true, execArgv: [] });
    return { worker, refusal, forget: () => {} };
  }
  const url = URL.createObjectURL(new Blob([workerSource], { type: "text/javascript" }));
  const worker = new (globalThis as Platform).Worker!(url, { type: "module" });
  return { worker, refusal, forget: () => URL.revokeObjectURL(url) };
}

/** Hears what a worker says, and that it fails or ends by itself. */
function listen(worker: PlatformWorker, hear: (message: unknown) => void, end: (reason: string) => void): void {
  if (worker.on) {
    worker.on("message", hear);
    worker.on("error", (error) => end(messageOf(error)));
    worker.on("exit", () => end("the thread has ended"));
    return;
  }
  worker.addEventListener?.("message", ({ data }) => hear(data));
  worker.addEventListener?.("error", (event) => {
    // The run says it. Deno would end the process too.
    event.preventDefault();
    end(event.message ?? "");
  });
}

/** The parts of a worker that are used here: `on` in Node, `addEventListener` in browsers. */
interface PlatformWorker {
  postMessage(message: WorkerStart): void;
  terminate(): unknown;
  unref?(): void;
  on?(event: "message" | "error" | "exit", listener: (value: unknown) => void): unknown;
  addEventListener?(
    event: "message" | "error",
    listener: (event: { readonly data?: unknown; readonly message?: string; preventDefault(): void }) => void,
  ): void;
}

/** The parts of a browser that are used here. */
interface Platform {
  readonly SharedArrayBuffer?: unknown;
  readonly crossOriginIsolated?: boolean;
  readonly document?: unknown;
  readonly navigator?: { readonly hardwareConcurrency?: number; readonly userAgent?: string };
  readonly Worker?: new (url: string, options: { type: "module" }) => PlatformWorker;
}

/** The part of `node:worker_threads` that is used here. */
interface NodeThreads {
  readonly Worker: new (source: string, options: { eval: true; execArgv: string[] }) => PlatformWorker;
}

function nodeThreads(): NodeThreads | undefined {
  return builtinModule("node:worker_threads") as NodeThreads | undefined;
}
