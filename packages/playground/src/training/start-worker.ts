/** Starts the worker of a network. The build of a single file has the worker's program within the page instead. */
export function startWorker(name: string): Worker {
  return new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name });
}
