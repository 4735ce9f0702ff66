import { readdirSync, realpathSync, rmSync, type Stats, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { ArgumentError, type Checkpoint, NumgradError, type TrainingRun } from "numgrad";
import { loadCheckpoint, saveCheckpoint } from "numgrad/files";
import { type Options, UsageError } from "./options.js";

/** Options that decide what comes out and that a checkpoint of numgrad does not know: they stand in its notes. */
const NOTED = { seed: "--seed", weightInitStd: "--weight-init-std" } as const;

/** What numgrad calls those that it does know. */
const FLAGS: Readonly<Record<string, string>> = {
  "net.inputSize": "--data",
  "net.hiddenSize": "--hidden",
  "net.outputSize": "--data",
  "data.train": "--data",
  "data.test": "--data",
  "options.gradient": "--gradient",
  "options.steps": "--steps",
  "options.batchSize": "--batch-size",
  "options.sampling": "--sampling",
  "options.h": "--h",
  "options.optimizer.learningRate": "--learning-rate",
};

/** Milliseconds after which a temporary file is taken for the leftover of a process that was killed. */
const LEFT_OVER = 60_000;

/** The file in which a run is kept, to go on from it. */
export class Checkpoints {
  readonly path: string;
  readonly #there: boolean;
  readonly #notes: Readonly<Record<string, string>>;
  readonly #flags: Readonly<Record<string, string>>;
  #every: number | undefined;
  #failed = false;

  /** @throws {UsageError} if the file is there and the run is not to go on from it, or if it cannot be one. */
  constructor(path: string, options: Options) {
    this.path = path;
    this.#every = options.checkpointEvery;
    this.#notes = Object.fromEntries(Object.keys(NOTED).map((name) => [name, String(options[name as "seed"])]));
    this.#flags = "epochs" in options.length ? { ...FLAGS, "options.steps": "--epochs (in steps)" } : FLAGS;
    const stats = find(path);
    this.#there = stats !== undefined;
    if (stats && !stats.isFile()) throw new UsageError(`--checkpoint: ${path} is not a file`);
    if (stats && !options.resume) {
      throw new UsageError(`--checkpoint: ${path} is there already (--resume goes on from it)`);
    }
    const folder = dirname(path);
    if (!find(folder)?.isDirectory()) throw new UsageError(`--checkpoint: there is no folder ${folder}`);
  }

  /**
   * The checkpoint to go on from; none if there is no file yet.
   *
   * @throws {UsageError} if the file holds none, or one of other options.
   */
  async load(): Promise<Checkpoint | undefined> {
    if (!this.#there) return undefined;
    const checkpoint = await loadCheckpoint(this.path).catch((error) => Promise.reject(toUsageError(error)));
    for (const [name, flag] of Object.entries(NOTED)) {
      const [expected, received] = [checkpoint.notes?.[name], this.#notes[name]];
      if (expected === undefined) throw new UsageError(`--checkpoint: ${this.path} is not one of this program`);
      if (expected !== received) {
        throw new UsageError(`${flag}: expected ${expected}, as in ${this.path}, got ${received}`);
      }
    }
    return checkpoint;
  }

  /** What `train` says against going on from the file, in the words of the command line. */
  explain(error: unknown): unknown {
    const flag = error instanceof ArgumentError ? this.#flags[error.argument] : undefined;
    if (flag === undefined) return error;
    const { expected, received } = error as ArgumentError;
    return new UsageError(`${flag}: expected ${expected.replace("options.resume", this.path)}, got ${received}`);
  }

  /** A line about where the run begins. */
  heading(resume: Checkpoint | undefined, totalSteps: number): string {
    if (resume === undefined) return `There is no ${this.path} yet: the run begins at its start`;
    if (resume.step === totalSteps) return `All steps are in ${this.path}: none is left`;
    return `Goes on after step ${resume.step}, from ${this.path}`;
  }

  /**
   * The first one, before the first step: were the file not to be written, that shows now and not an epoch later.
   *
   * @param epoch Steps of an epoch.
   * @throws {UsageError} if it cannot be written.
   */
  async begin(run: TrainingRun, epoch: number): Promise<void> {
    this.#every ??= epoch;
    await this.#save(run).catch((error) => Promise.reject(toUsageError(error)));
    removeLeftovers(this.path);
  }

  /** Whether the next one has its turn after so many steps. */
  isDue(steps: number): boolean {
    return this.#every !== undefined && steps % this.#every === 0;
  }

  /** Keeps where the run is; returns whether that was possible. The run goes on without; the file is as it was then. */
  async save(run: TrainingRun, warn: (text: string) => void): Promise<boolean> {
    try {
      await this.#save(run);
      this.#failed = false;
    } catch (error) {
      if (!(error instanceof NumgradError)) throw error;
      if (!this.#failed) warn(error.message);
      this.#failed = true;
    }
    return !this.#failed;
  }

  #save(run: TrainingRun): Promise<void> {
    return saveCheckpoint(this.path, { ...run.checkpoint(), notes: this.#notes });
  }
}

function find(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    throw new UsageError(`--checkpoint: ${(error as Error).message}`);
  }
}

function toUsageError(error: unknown): unknown {
  return error instanceof NumgradError ? new UsageError(`--checkpoint: ${error.message}`) : error;
}

/**
 * Removes what processes that were killed in the middle of a checkpoint have left beside the file: FILE.….tmp, as
 * `saveCheckpoint` calls it. One that is younger than a minute may belong to a process that is still writing.
 */
function removeLeftovers(path: string): void {
  try {
    const target = realpathSync(path);
    const [folder, name] = [dirname(target), basename(target)];
    for (const other of readdirSync(folder)) {
      if (!other.startsWith(name) || !/^\.[0-9a-f]{16}\.tmp$/.test(other.slice(name.length))) continue;
      const leftover = join(folder, other);
      if (Date.now() - statSync(leftover).mtimeMs > LEFT_OVER) rmSync(leftover);
    }
  } catch {
    // They take some room, nothing else.
  }
}
