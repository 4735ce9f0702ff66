import { builtinModule } from "../file-system.js";
import type { WorkerStart } from "./worker.js";
import { workerSource } from "./worker-source.js";

/** A worker that has made its objects and waits for commands. */
export interface Thread {
  /** Ends the worker; the promise is resolved when the thread is gone. */
  terminate(): Promise<void>;
}

/** Why this platform has no threads for a team; undefined if it has. */
export function reasonAgainstThreads(): string | undefined {
  const { SharedArrayBuffer: Shared, crossOriginIsolated, Worker } = globalThis as Platform;
  if (Shared === undefined || crossOriginIsolated === false) {
    return "memory can only be shared in a page that is cross-origin isolated (by the headers COOP and COEP)";
  }
  if (!nodeThreads() && Worker === undefined) return "this platform has no workers";
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
 * @param onFailure Is called once if the worker fails or ends by itself, at any time.
 * @throws {Error} if the worker does not become ready.
 */
export function startThread(start: WorkerStart, onFailure: (reason: string) => void): Promise<Thread> {
  return new Promise((resolve, reject) => {
    const fail = (reason: string) => {
      reject(new Error(reason));
      onFailure(reason);
    };
    const hear = (thread: Thread) => (message: unknown) => {
      if (message === "ready") resolve(thread);
      else fail(String(message));
    };
    const node = nodeThreads();
    if (node) {
      const worker = new node.Worker(workerSource, { eval: true, execArgv: [], workerData: start });
      const thread = { terminate: async () => void (await worker.terminate()) };
      worker.on("message", (message) => {
        // A run that is forgotten must not keep the process alive; `terminate` does, until the thread has ended.
        if (message === "ready") worker.unref();
        hear(thread)(message);
      });
      worker.on("error", (error) => fail(String(error)));
      worker.on("exit", () => fail("the thread has ended"));
    } else {
      const url = URL.createObjectURL(new Blob([workerSource], { type: "text/javascript" }));
      const worker = new (globalThis as Platform).Worker!(url, { type: "module" });
      const thread = { terminate: async () => worker.terminate() };
      worker.onmessage = ({ data }) => {
        URL.revokeObjectURL(url);
        hear(thread)(data);
      };
      worker.onerror = ({ message }) =>
        fail(message || "the page's Content-Security-Policy forbids workers from blobs");
      worker.postMessage(start);
    }
  });
}

/** The parts of a browser that are used here. */
interface Platform {
  readonly SharedArrayBuffer?: unknown;
  readonly crossOriginIsolated?: boolean;
  readonly navigator?: { readonly hardwareConcurrency?: number };
  readonly Worker?: new (
    url: string,
    options: { type: "module" },
  ) => {
    onmessage: ((event: { data: unknown }) => void) | null;
    onerror: ((event: { message?: string }) => void) | null;
    postMessage(message: unknown): void;
    terminate(): void;
  };
}

/** The part of `node:worker_threads` that is used here. */
interface NodeThreads {
  readonly Worker: new (
    source: string,
    options: { eval: true; execArgv: string[]; workerData: WorkerStart },
  ) => {
    on(event: "message" | "error" | "exit", listener: (value: unknown) => void): unknown;
    unref(): void;
    terminate(): Promise<unknown>;
  };
}

function nodeThreads(): NodeThreads | undefined {
  return builtinModule("node:worker_threads") as NodeThreads | undefined;
}
