import { checkInteger, checkOptions } from "../arguments.js";
import { ArgumentError, describe } from "../errors.js";
import { SGD } from "../network/sgd.js";
import { type RandomState, toRandomState } from "../random/random-state.js";
import type { Checkpoint } from "./checkpoint.js";
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
  /** A signal that ends the run within a step, without an error. */
  signal?: AbortSignal | undefined;
  /**
   * A checkpoint from which the run goes on: network and generator are set to its state. Data and options must be those
   * of the checkpoint's run. `random` may be left out; if given, its state is that at the start of the run or at the
   * checkpoint.
   *
   * To make more steps than the first run was to make, change `steps` in the checkpoint too:
   * `{ ...c, options: { ...c.options, steps } }`.
   */
  resume?: Checkpoint | undefined;
}

/** The options of a run, all checked and none left open. */
export interface Settings extends RunOptions {
  readonly optimizer: Optimizer;
  readonly random: RandomState;
  readonly signal: AbortSignal | undefined;
}

/**
 * Checks the options of a run over `size` samples and fills in the defaults.
 *
 * @throws {ArgumentError} naming the option that is unknown or wrong.
 */
export function settle(options: TrainOptions, size: number): Settings {
  checkOptions(options, [...RUN_OPTION_NAMES, "optimizer", "epochs", "random", "signal", "resume"]);
  const { optimizer = new SGD(), signal, random } = options;
  if (typeof optimizer?.update !== "function") {
    throw new ArgumentError("options.optimizer", "an object with update(params, grads)", describe(optimizer));
  }
  if (signal !== undefined && typeof signal?.aborted !== "boolean") {
    throw new ArgumentError("options.signal", "an AbortSignal", describe(signal));
  }
  const run = fillDefaults(options, size);
  checkRunOptions("options", run);
  return { ...run, optimizer, random: toRandomState("options.random", random), signal };
}

/** The options of a run over `size` samples: those that are given, and the defaults of the others. */
function fillDefaults(options: TrainOptions, size: number): RunOptions {
  const { batchSize = DEFAULTS.batchSize, sampling = DEFAULTS.sampling } = options;
  // Epochs are counted in batches.
  checkRunOption("options", "batchSize", batchSize);
  const wholeBatches = Math.max(Math.floor(size / batchSize), 1);
  const steps = countSteps(options, sampling === "shuffle" ? Math.ceil(size / batchSize) : wholeBatches);
  return pickRunOptions(options, { ...DEFAULTS, steps, evaluateEvery: wholeBatches });
}

/** The number of steps, if the option `steps` does not say it. */
function countSteps({ steps, epochs }: TrainOptions, stepsPerEpoch: number): number {
  if (epochs === undefined) return 10_000;
  if (steps !== undefined) throw new ArgumentError("options.epochs", "steps or epochs, not both", describe(epochs));
  checkInteger("options.epochs", epochs, 0);
  return epochs * stepsPerEpoch;
}
