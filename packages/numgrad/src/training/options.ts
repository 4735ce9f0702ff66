import { checkFunction, checkInteger, checkOptions } from "../arguments.js";
import { ArgumentError, describe } from "../errors.js";
import { SGD } from "../network/sgd.js";
import { type RandomState, toRandomState } from "../random/random-state.js";
import type { MakeWorker, WorkerLike } from "../team/threads.js";
import { type Checkpoint, readCheckpoint } from "./checkpoint.js";
import type { Optimizer } from "./optimizer.js";
import {
  checkRunOption,
  checkRunOptions,
  DEFAULTS,
  type Optional,
  pickRunOptions,
  RUN_OPTION_NAMES,
  type RunOptions,
} from "./run-options.js";

/** Options of `train`. */
export interface TrainOptions extends Optional<RunOptions> {
  /** Changes the parameters by their gradient. Default `new SGD()`. */
  optimizer?: Optimizer | undefined;
  /** Passes over the training data, in place of `steps`. */
  epochs?: number | undefined;
  /** The generator that draws the batches (it advances), or a seed. Default: the platform's entropy. */
  random?: RandomState | number | undefined;
  /**
   * Number of threads that compute the steps and the accuracies together, or `"auto"` for as many as this network and
   * batch have use for. Default 1. The results do not depend on it, not by a bit. See {@link TrainingRun.threads}.
   *
   * If the arrays of `net.params` were ever looked up, the threads exchange all parameters after each step, which takes
   * longer. `net.params.toArrays()` makes copies and has no such effect.
   */
  threads?: number | "auto" | undefined;
  /**
   * Makes the workers of the other threads, for a page whose Content-Security-Policy forbids workers from blobs. The
   * worker's program is the module `numgrad/worker`, or one that imports it; the run ends the worker. It may also be a
   * worker of `node:worker_threads`. By default the workers are made from a text that is a part of numgrad.
   */
  worker?: (() => WorkerLike) | undefined;
  /** A signal that ends the run within a step, without an error. */
  signal?: AbortSignal | undefined;
  /**
   * A checkpoint from which the run goes on: network and generator are set to its state. The data must be those of the
   * checkpoint's run. Options that are left out, and SGD's learning rate, are taken from the checkpoint. An option that
   * is given must be that of the checkpoint's run, but for `steps` (or `epochs`), which may be any number that is not
   * below the steps already made. The state of `random`, if it is given, is that at the start of the run or at the
   * checkpoint. An optimizer with a state of its own must be given again.
   */
  resume?: Checkpoint | undefined;
}

/** The options of a run, all checked and none left open. */
export interface Settings extends RunOptions {
  readonly optimizer: Optimizer;
  readonly random: RandomState;
  /** Whether the caller chose the generator. */
  readonly randomGiven: boolean;
  readonly signal: AbortSignal | undefined;
  readonly threads: number | "auto";
  readonly worker: MakeWorker | undefined;
  /** A copy of the checkpoint from which the run goes on. */
  readonly resume: Checkpoint | undefined;
}

/**
 * Checks the options of a run over `size` samples and fills in those that are left out: by those of the checkpoint that
 * the run goes on from, else by the defaults.
 *
 * @throws {ArgumentError | ShapeError | NonFiniteError} naming the option that is unknown or wrong.
 */
export function settle(options: TrainOptions, size: number): Settings {
  checkOptions(options, [
    ...RUN_OPTION_NAMES,
    "optimizer",
    "epochs",
    "random",
    "threads",
    "worker",
    "signal",
    "resume",
  ]);
  const given = options.resume;
  const resume = given === undefined ? undefined : readCheckpoint("options.resume", given);
  const { optimizer = savedOptimizer(resume), signal, random, threads = 1, worker } = options;
  if (typeof optimizer?.update !== "function") {
    throw new ArgumentError("options.optimizer", "an object with update(params, grads)", describe(optimizer));
  }
  if (signal !== undefined && typeof signal?.aborted !== "boolean") {
    throw new ArgumentError("options.signal", "an AbortSignal", describe(signal));
  }
  if (threads !== "auto") checkInteger("options.threads", threads, 1, 1024, ' or "auto"');
  if (worker !== undefined) checkFunction("options.worker", worker);
  const run = fillDefaults(options, size, resume?.options);
  checkRunOptions("options", run);
  const generator = toRandomState("options.random", random);
  return { ...run, optimizer, random: generator, randomGiven: random !== undefined, threads, worker, signal, resume };
}

/** The optimizer of a run to which none is given. */
function savedOptimizer(resume: Checkpoint | undefined): Optimizer {
  if (!resume) return new SGD();
  if ("learningRate" in resume.optimizer) return new SGD({ learningRate: resume.optimizer.learningRate });
  throw new ArgumentError("options.optimizer", "the one of options.resume, which is not SGD", "none");
}

/** The options of a run over `size` samples: those that are given, those that are saved, and defaults. */
function fillDefaults(options: TrainOptions, size: number, saved: RunOptions | undefined): RunOptions {
  const known = pickRunOptions(options, { ...DEFAULTS, ...saved });
  // Epochs are counted in batches.
  checkRunOption("options", "batchSize", known.batchSize);
  const wholeBatches = Math.max(Math.floor(size / known.batchSize), 1);
  const { epochs } = options;
  const defaults = { steps: 10_000, evaluateEvery: wholeBatches };
  if (epochs === undefined) return pickRunOptions(known, defaults);
  if (options.steps !== undefined)
    throw new ArgumentError("options.epochs", "steps or epochs, not both", describe(epochs));
  checkInteger("options.epochs", epochs, 0);
  const stepsPerEpoch = known.sampling === "shuffle" ? Math.ceil(size / known.batchSize) : wholeBatches;
  return { ...pickRunOptions(known, defaults), steps: epochs * stepsPerEpoch };
}
