import { hostname } from "node:os";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { MessageChannel } from "node:worker_threads";
import Tinypool from "tinypool";
import { messageOf } from "../errors.js";
import type { SharedData } from "./data.js";
import type { Job, Outcome } from "./job.js";
import type { Answer, Task } from "./thread.js";

/** Keeps checkpoints. Neither function rejects: a checkpoint that is lost costs time, and nothing else. */
export interface CheckpointStore {
  load(id: string, kind: CheckpointKind): Promise<Uint8Array | undefined>;
  save(id: string, kind: CheckpointKind, bytes: Uint8Array): Promise<void>;
  remove(id: string, kind: CheckpointKind): Promise<void>;
}

/** The checkpoint of a job that is not done, or that at the end of a job. */
export type CheckpointKind = "part" | "end";

/** Times that a job is tried if its thread dies. */
const ATTEMPTS = 3;

/** Milliseconds before a second attempt; twice as many before the third. */
const BACK_OFF = 500;

/** Name of this process, for results. */
const WORKER_NAME = `${hostname()}:${process.pid}`;

/** Threads that train trials. */
export class TrialPool {
  readonly #pool: Tinypool;
  readonly #stop = new Int32Array(new SharedArrayBuffer(4));
  readonly #checkpointEvery: number;

  constructor(threads: number, checkpointEvery: number) {
    this.#checkpointEvery = checkpointEvery;
    this.#pool = new Tinypool({
      filename: fileURLToPath(new URL("thread.js", import.meta.url)),
      runtime: "worker_threads",
      minThreads: threads,
      maxThreads: threads,
      // A thread keeps its instance of the core from one trial to the next.
      isolateWorkers: false,
    });
  }

  /** Trains a trial, from its last checkpoint if there is one. */
  async run(job: Job, data: SharedData, checkpoints: CheckpointStore): Promise<Outcome> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#attempt(job, data, checkpoints);
      } catch (error) {
        // Wrong options, a network without room in memory: a second attempt would end in the same way.
        const isHopeless = error instanceof Error && "argument" in error;
        if (isHopeless || attempt === ATTEMPTS || this.isStopped) {
          return { kind: "failed", message: messageOf(error), isHopeless };
        }
        await setTimeout(BACK_OFF * 2 ** (attempt - 1));
      }
    }
  }

  async #attempt(job: Job, data: SharedData, checkpoints: CheckpointStore): Promise<Outcome> {
    if (this.isStopped) return { kind: "stopped" };
    const { id, from } = job;
    const own = await checkpoints.load(id, "part");
    const checkpoint = own ?? (from === undefined ? undefined : await checkpoints.load(from, "end"));
    const { port1, port2 } = new MessageChannel();
    let saved = own !== undefined;
    port1.on("message", (bytes: Uint8Array) => {
      saved = true;
      void checkpoints.save(id, "part", bytes);
    });
    port1.unref();
    const started = Date.now();
    try {
      const task: Task = {
        job,
        data,
        checkpoint,
        stop: this.#stop,
        port: port2,
        checkpointEvery: this.#checkpointEvery,
      };
      const { trained, checkpoint: last }: Answer = await this.#pool.run(task, { transferList: [port2] });
      if (!trained) {
        if (last) await checkpoints.save(id, "part", last);
        return { kind: "stopped" };
      }
      if (last) await checkpoints.save(id, "end", last);
      if (saved) await checkpoints.remove(id, "part");
      const ended = Date.now();
      const { trial, rung, options, length } = job;
      const times = { seconds: (ended - started) / 1000, started, ended, worker: WORKER_NAME };
      return { kind: "result", result: { id, trial, rung, options, length, ...trained, ...times } };
    } finally {
      port1.close();
    }
  }

  get isStopped(): boolean {
    return this.#stop[0] === 1;
  }

  /** Ends all trainings within a step. Their checkpoints are kept. */
  stop(): void {
    Atomics.store(this.#stop, 0, 1);
  }

  async close(): Promise<void> {
    await this.#pool.destroy();
  }
}
