import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { replaceFile } from "numgrad-program/files";
import { messageOf } from "../errors.js";
import type { SharedData } from "../trial/data.js";
import { ATTEMPTS, BACK_OFF, type Engine, type Job, type Outcome } from "../trial/job.js";
import { type CheckpointKind, type CheckpointStore, TrialPool } from "../trial/pool.js";

/** Trains on the cores of this machine. */
export class LocalEngine implements Engine {
  readonly window: number;
  readonly #pool: TrialPool;
  readonly #data: SharedData;
  readonly #checkpoints: CheckpointFolder;

  constructor(threads: number, data: SharedData, folder: string, warn: (text: string) => void) {
    // A thread that has ended finds its next job waiting.
    this.window = 2 * threads;
    this.#pool = new TrialPool(threads);
    this.#data = data;
    this.#checkpoints = new CheckpointFolder(join(folder, "checkpoints"), warn);
  }

  async run(job: Job): Promise<Outcome> {
    for (let attempt = 1; ; attempt++) {
      const outcome = await this.#pool.run(job, this.#data, this.#checkpoints);
      if (outcome.kind !== "failed" || outcome.isHopeless || attempt === ATTEMPTS) return outcome;
      await setTimeout(BACK_OFF * 2 ** (attempt - 1));
    }
  }

  stop(): void {
    this.#pool.stop();
  }

  async close(finished: boolean): Promise<void> {
    await this.#pool.close();
    if (finished) await this.#checkpoints.clear();
  }
}

/** Checkpoints as files in a folder. */
class CheckpointFolder implements CheckpointStore {
  readonly #folder: string;
  readonly #warn: (text: string) => void;

  constructor(folder: string, warn: (text: string) => void) {
    this.#folder = folder;
    this.#warn = warn;
  }

  load(id: string, kind: CheckpointKind): Promise<Uint8Array | undefined> {
    return readFile(this.#path(id, kind)).catch(() => undefined);
  }

  async save(id: string, kind: CheckpointKind, bytes: Uint8Array): Promise<void> {
    try {
      await mkdir(this.#folder, { recursive: true });
      await replaceFile(this.#path(id, kind), bytes);
    } catch (error) {
      this.#warn(`a checkpoint could not be written, its training may begin again: ${messageOf(error)}`);
    }
  }

  async remove(id: string, kind: CheckpointKind): Promise<void> {
    await rm(this.#path(id, kind), { force: true }).catch(() => {});
  }

  async clear(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true }).catch(() => {});
  }

  #path(id: string, kind: CheckpointKind): string {
    return join(this.#folder, `${id}.${kind}`);
  }
}
