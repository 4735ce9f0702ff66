import { checkChoice, checkDifferenceStep, checkInteger, checkOptions } from "../arguments.js";
import { ArgumentError, describe } from "../errors.js";
import { SGD } from "../network/sgd.js";
import { type RandomState, toRandomState } from "../random/random-state.js";
import type { Checkpoint } from "./checkpoint.js";
import type { Optimizer } from "./optimizer.js";

/** Options of `train`. */
export interface TrainOptions {
  /** What changes the parameters; `new SGD()` if omitted. */
  optimizer?: Optimizer | undefined;
  /** How the gradient is computed: by central differences (the default) or by backpropagation. */
  gradient?: "numerical" | "backprop" | undefined;
  /** Updates to make; 10,000 if neither this nor `epochs` is given. */
  steps?: number | undefined;
  /** Passes over the training data, instead of `steps`. */
  epochs?: number | undefined;
  /** Samples of a step; 100 if omitted. */
  batchSize?: number | undefined;
  /**
   * `"replacement"` (the default, the book's way): each batch is drawn from all samples. `"shuffle"`: the samples are
   * permuted once an epoch and taken in turn; the last batch of an epoch holds what is left.
   */
  sampling?: "replacement" | "shuffle" | undefined;
  /** Where batches are drawn from: a generator (which advances), or a seed. Omitted: the platform's entropy. */
  random?: RandomState | number | undefined;
  /** When the loss of a step's batch is taken: after the update (the default, the book's way), before it, or never. */
  recordLoss?: "after" | "before" | false | undefined;
  /** Steps from one evaluation to the next, step 0 included; max(⌊size / batchSize⌋, 1) if omitted. */
  evaluateEvery?: number | false | undefined;
  /** Difference step of the numerical gradient; 1e-4 if omitted. */
  h?: number | undefined;
  /** Ends the run within a step, without an error. */
  signal?: AbortSignal | undefined;
  /**
   * Goes on from a checkpoint: network and generator are put where it has them. Data and options must be those of its run.
   * `random` may be left out; if given, it is a generator that stands where the run began, or where the checkpoint is.
   * For more steps than the run was to have, change them in the checkpoint: `{ ...c, options: { ...c.options, steps } }`.
   */
  resume?: Checkpoint | undefined;
}

/** The options of a run with nothing left open. */
export interface Settings {
  readonly optimizer: Optimizer;
  readonly gradient: "numerical" | "backprop";
  readonly steps: number;
  readonly batchSize: number;
  readonly sampling: "replacement" | "shuffle";
  readonly random: RandomState;
  readonly recordLoss: "after" | "before" | false;
  readonly evaluateEvery: number | false;
  readonly h: number;
  readonly signal: AbortSignal | undefined;
}

const NAMES = [
  "optimizer", "gradient", "steps", "epochs", "batchSize", "sampling", "random", "recordLoss", "evaluateEvery", "h", "signal", "resume",
]; // biome-ignore format: a list

/** More samples in one step would not be copied out of the training data in one piece. */
const LARGEST_BATCH = 2 ** 20;

/**
 * Checks the options of a run over `size` samples and fills in the defaults.
 *
 * @throws {ArgumentError} naming the option that is unknown or wrong.
 */
export function settle(options: TrainOptions, size: number): Settings {
  checkOptions(options, NAMES);
  const { optimizer = new SGD(), gradient = "numerical", batchSize = 100, sampling = "replacement" } = options;
  const { recordLoss = "after", h = 1e-4, signal, random } = options;
  if (typeof optimizer?.update !== "function") {
    throw new ArgumentError("options.optimizer", "an object with update(params, grads)", describe(optimizer));
  }
  checkChoice("options.gradient", gradient, ["numerical", "backprop"]);
  checkInteger("options.batchSize", batchSize, 1, LARGEST_BATCH);
  checkChoice("options.sampling", sampling, ["replacement", "shuffle"]);
  if (recordLoss !== false) checkChoice("options.recordLoss", recordLoss, ["after", "before"]);
  checkDifferenceStep("options.h", h);
  if (signal !== undefined && typeof signal?.aborted !== "boolean") {
    throw new ArgumentError("options.signal", "an AbortSignal", describe(signal));
  }
  const { evaluateEvery = Math.max(Math.floor(size / batchSize), 1) } = options;
  if (evaluateEvery !== false) checkInteger("options.evaluateEvery", evaluateEvery, 1);
  return {
    optimizer,
    gradient,
    steps: countSteps(options, sampling, size, batchSize),
    batchSize,
    sampling,
    random: toRandomState("options.random", random),
    recordLoss,
    evaluateEvery,
    h,
    signal,
  };
}

function countSteps({ steps, epochs }: TrainOptions, sampling: string, size: number, batchSize: number): number {
  if (steps !== undefined && epochs !== undefined) {
    throw new ArgumentError("options.epochs", "steps or epochs, not both", describe(epochs));
  }
  if (epochs === undefined) {
    const count = steps ?? 10_000;
    checkInteger("options.steps", count, 0);
    return count;
  }
  checkInteger("options.epochs", epochs, 0);
  const perEpoch = sampling === "shuffle" ? Math.ceil(size / batchSize) : Math.max(Math.floor(size / batchSize), 1);
  return epochs * perEpoch;
}
