import { readdirSync, realpathSync, rmSync, type Stats, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { type Checkpoint, NumgradError, type TrainingRun } from "numgrad";
import { loadCheckpoint, saveCheckpoint } from "numgrad/files";
import { flagOf, UsageError } from "./command-line.js";
import type { CheckpointOptions, Hyperparameters, Options } from "./options.js";

/** Where a run is kept. */
export interface Checkpoints {
  /** The options that decide the numbers of the run; after `load`, with those of the checkpoint for those not given. */
  readonly hyperparameters: Hyperparameters;
  /** Path of the checkpoint from which the run continues, if there is one. */
  readonly source: string | undefined;
  /**
   * Returns the checkpoint from which the run continues, if there is one.
   *
   * @throws {UsageError} if the file holds no checkpoint, or one of a run with other options.
   */
  load(): Promise<Checkpoint | undefined>;
  /** Lines of the heading that say where the run begins. */
  describeStart(totalSteps: number): string[];
  /**
   * Saves the first checkpoint, before the first step, so that a file that cannot be written shows now and not an epoch
   * later.
   *
   * @param epoch Steps of an epoch.
   * @throws {UsageError} if the file cannot be written.
   */
  begin(run: TrainingRun, epoch: number): Promise<void>;
  /** Saves a checkpoint if it is due after so many steps. */
  saveIfDue(run: TrainingRun, steps: number, warn: (text: string) => void): Promise<void>;
  /**
   * Saves a checkpoint and returns whether that was possible. If not, the file stays as it was and the run continues.
   */
  save(run: TrainingRun, warn: (text: string) => void): Promise<boolean>;
}

/**
 * The checkpoints that the options ask for.
 *
 * @throws {UsageError} if the file exists and the run is not to continue from it, or if the path cannot be that of a
 *   file.
 */
export function openCheckpoints(options: Options): Checkpoints {
  const { checkpoint, hyperparameters } = options;
  return checkpoint === undefined ? { ...NO_CHECKPOINTS, hyperparameters } : new CheckpointFile(checkpoint, options);
}

/** Keeps nothing. */
const NO_CHECKPOINTS: Omit<Checkpoints, "hyperparameters"> = {
  source: undefined,
  load: async () => undefined,
  describeStart: () => [],
  begin: async () => {},
  saveIfDue: async () => {},
  save: async () => true,
};

/**
 * Options that decide the numbers of a run and that a checkpoint of numgrad does not hold. They are saved in its notes.
 */
const NOTED = ["seed", "weightInitStd"] as const;

/** Milliseconds after which a temporary file is taken for a leftover of a process that was killed. */
const LEFTOVER_AGE = 60_000;

/** Keeps a run in a file. */
class CheckpointFile implements Checkpoints {
  readonly #path: string;
  readonly #resume: boolean;
  readonly #exists: boolean;
  readonly #options: Options;
  #hyperparameters: Hyperparameters;
  #every: number | undefined;
  #loaded: Checkpoint | undefined;
  #failed = false;

  constructor({ path, every, resume }: CheckpointOptions, options: Options) {
    this.#path = path;
    this.#every = every;
    this.#resume = resume;
    this.#options = options;
    this.#hyperparameters = options.hyperparameters;
    const stats = findFile(path);
    this.#exists = stats !== undefined;
    if (stats && !stats.isFile()) throw new UsageError(`--checkpoint: ${path} is not a file`);
    if (stats && !resume) {
      throw new UsageError(
        `--checkpoint: ${path} exists already: --resume continues from it; for another run, delete it or name another file`,
      );
    }
    const folder = dirname(path);
    if (!findFile(folder)?.isDirectory()) throw new UsageError(`--checkpoint: there is no folder ${folder}`);
  }

  get hyperparameters(): Hyperparameters {
    return this.#hyperparameters;
  }

  get source(): string | undefined {
    return this.#loaded && this.#path;
  }

  async load(): Promise<Checkpoint | undefined> {
    if (!this.#exists) return undefined;
    const checkpoint = await loadCheckpoint(this.#path).catch((error) => Promise.reject(toUsageError(error)));
    if (NOTED.some((name) => checkpoint.notes?.[name] === undefined)) {
      throw new UsageError(`--checkpoint: ${this.#path} is not a checkpoint of this program`);
    }
    this.#hyperparameters = withSaved(this.#options, checkpoint);
    for (const name of NOTED) {
      const [expected, received] = [checkpoint.notes?.[name], String(this.#hyperparameters[name])];
      if (expected !== received) {
        throw new UsageError(`${flagOf(name)}: expected ${expected}, as in ${this.#path}, got ${received}`);
      }
    }
    this.#loaded = checkpoint;
    return checkpoint;
  }

  describeStart(totalSteps: number): string[] {
    if (!this.#resume) return [];
    if (this.#loaded === undefined) return [`There is no ${this.#path} yet: the run begins at its start`];
    const { step } = this.#loaded;
    if (step === totalSteps) return [`All steps are in ${this.#path}: none is left`];
    return [`The run continues after step ${step}, from ${this.#path}`];
  }

  async begin(run: TrainingRun, epoch: number): Promise<void> {
    this.#every ??= epoch;
    await this.#write(run).catch((error) => Promise.reject(toUsageError(error)));
    removeLeftovers(this.#path);
  }

  async saveIfDue(run: TrainingRun, steps: number, warn: (text: string) => void): Promise<void> {
    if (this.#every !== undefined && steps % this.#every === 0) await this.save(run, warn);
  }

  async save(run: TrainingRun, warn: (text: string) => void): Promise<boolean> {
    try {
      await this.#write(run);
      this.#failed = false;
    } catch (error) {
      if (!(error instanceof NumgradError)) throw error;
      if (!this.#failed) warn(error.message);
      this.#failed = true;
    }
    return !this.#failed;
  }

  #write(run: TrainingRun): Promise<void> {
    const notes = Object.fromEntries(NOTED.map((name) => [name, String(this.#hyperparameters[name])]));
    return saveCheckpoint(this.#path, { ...run.checkpoint(), notes });
  }
}

/**
 * The options that decide the numbers of a run that continues: those that are given, and for the others those of its
 * checkpoint, which this program has made.
 */
function withSaved({ hyperparameters, given }: Options, checkpoint: Checkpoint): Hyperparameters {
  const { layers, options, optimizer, notes } = checkpoint;
  const saved = {
    ...options,
    learningRate: "learningRate" in optimizer ? optimizer.learningRate : hyperparameters.learningRate,
    hidden: layers.hiddenSize,
    seed: Number(notes?.seed),
    weightInitStd: Number(notes?.weightInitStd),
    ...(given.has("epochs") && { steps: undefined }),
  };
  const names = Object.keys(hyperparameters) as (keyof Hyperparameters & keyof typeof saved)[];
  const values = names.map((name) => [name, given.has(name) || !(name in saved) ? hyperparameters[name] : saved[name]]);
  return { steps: undefined, ...Object.fromEntries(values) };
}

function findFile(path: string): Stats | undefined {
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
 * Removes the temporary files beside the checkpoint that are left of processes killed while they saved one.
 * `saveCheckpoint` calls them FILE.….tmp. A file younger than a minute may belong to a process that is still writing.
 */
function removeLeftovers(path: string): void {
  try {
    const target = realpathSync(path);
    const [folder, name] = [dirname(target), basename(target)];
    for (const other of readdirSync(folder)) {
      if (!other.startsWith(name) || !/^\.[0-9a-f]{16}\.tmp$/.test(other.slice(name.length))) continue;
      const leftover = join(folder, other);
      if (Date.now() - statSync(leftover).mtimeMs > LEFTOVER_AGE) rmSync(leftover);
    }
  } catch {
    // A leftover that stays takes some room on the disk and does no other harm.
  }
}
