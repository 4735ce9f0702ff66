import { hostname } from "node:os";
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

/** Name of this process, for results. */
const WORKER_NAME = `${hostname()}:${process.pid}`;

/** Threads that train trials. */
export class TrialPool {
  readonly #pool: Tinypool;
  readonly #stop = new Int32Array(new SharedArrayBuffer(4));

  constructor(threads: number) {
    this.#pool = new Tinypool({
      filename: fileURLToPath(new URL("thread.js", import.meta.url)),
      runtime: "worker_threads",
      minThreads: threads,
      maxThreads: threads,
      // A thread keeps its instance of the core from one trial to the next.
      isolateWorkers: false,
    });
  }

  /** Trains a trial, from its last checkpoint if there is one. It never rejects. */
  async run(job: Job, data: SharedData, checkpoints: CheckpointStore): Promise<Outcome> {
    if (Atomics.load(this.#stop, 0) === 1) return { kind: "stopped" };
    const { id, from } = job;
    const own = await checkpoints.load(id, "part");
    const checkpoint = own ?? (from === undefined ? undefined : await checkpoints.load(from, "end"));
    const { port1, port2 } = new MessageChannel();
    let saved = own !== undefined;
    // Each checkpoint is written after the one before.
    let saving = Promise.resolve();
    port1.on("message", (bytes: Uint8Array) => {
      saved = true;
      saving = saving.then(() => checkpoints.save(id, "part", bytes));
    });
    port1.unref();
    const started = Date.now();
    try {
      const task: Task = { job, data, checkpoint, stop: this.#stop, port: port2 };
      const answer: Answer = await this.#pool.run(task, { transferList: [port2] });
      await saving;
      if ("refused" in answer) return { kind: "failed", message: answer.refused, isHopeless: true };
      const { trained, checkpoint: last } = answer;
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
    } catch (error) {
      // The thread has died, or something else that may go better the next time.
      return { kind: "failed", message: messageOf(error), isHopeless: false };
    } finally {
      port1.close();
    }
  }

  /** Ends all trainings within a step. Their checkpoints are kept. */
  stop(): void {
    Atomics.store(this.#stop, 0, 1);
  }

  async close(): Promise<void> {
    await this.#pool.destroy();
  }
}
