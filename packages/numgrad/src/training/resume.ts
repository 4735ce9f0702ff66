import { ArgumentError, describe, ShapeError } from "../errors.js";
import { PARAMETER_NAMES } from "../network/parameters.js";
import { SGD } from "../network/sgd.js";
import type { TwoLayerNet } from "../network/two-layer-net.js";
import type { RandomState, RandomStateData } from "../random/random-state.js";
import { VERSION } from "../version.js";
import { type Checkpoint, checkCheckpoint, checkOptimizerState, OPTION_NAMES } from "./checkpoint.js";
import { fingerprint } from "./fingerprint.js";
import type { History } from "./history.js";
import type { Optimizer } from "./optimizer.js";
import type { Settings } from "./options.js";
import { isMidOrder } from "./sampler.js";
import type { SampleRows } from "./samples.js";

/** What a run works with. */
export interface RunParts {
  readonly net: TwoLayerNet;
  readonly train: SampleRows;
  readonly test: SampleRows | undefined;
  readonly settings: Settings;
}

/** What changes as a run goes on, besides network and generator. */
export interface RunProgress {
  readonly step: number;
  readonly order: Int32Array | undefined;
  readonly history: History;
  readonly randomStart: string;
}

/**
 * The checkpoint of a run between two steps.
 *
 * @throws {ArgumentError} if the optimizer does not tell its state.
 */
export function takeCheckpoint({ net, train, test, settings }: RunParts, progress: RunProgress): Checkpoint {
  const { inputSize, hiddenSize, outputSize } = net;
  const { gradient, steps, batchSize, sampling, recordLoss, evaluateEvery, h, optimizer, random } = settings;
  const { step, order, history, randomStart } = progress;
  return {
    version: VERSION,
    step,
    layers: { inputSize, hiddenSize, outputSize },
    params: net.params.toArrays(),
    options: { gradient, steps, batchSize, sampling, recordLoss, evaluateEvery, h },
    optimizer: describeOptimizer(optimizer),
    random: random.getState(),
    randomStart,
    ...(order && { order }),
    history: {
      losses: history.losses.slice(),
      evaluations: history.evaluations.map((evaluation) => ({ ...evaluation })),
      times: history.times.slice(),
      elapsed: history.elapsed,
    },
    data: { train: train.fingerprint, ...(test && { test: test.fingerprint }) },
  };
}

/**
 * Puts network, generator and optimizer where a checkpoint has them, if it is one of such a run: a difference is an error
 * that names it, and nothing has changed then.
 *
 * @param randomGiven Whether the caller chose the generator.
 * @throws {ArgumentError | ShapeError | NonFiniteError} naming the difference, or what is wrong with the checkpoint.
 */
export function restore(checkpoint: Checkpoint, { net, train, test, settings }: RunParts, randomGiven: boolean): void {
  checkCheckpoint("options.resume", checkpoint);
  for (const [name, size] of Object.entries(checkpoint.layers)) {
    checkSame(`net.${name}`, size, net[name as keyof Checkpoint["layers"]]);
  }
  // Data first: some options follow from their size where they are left out.
  checkSame("data.train", checkpoint.data.train, train.fingerprint, "data with the fingerprint ");
  checkSame("data.test", checkpoint.data.test, test?.fingerprint, "data with the fingerprint ");
  for (const name of OPTION_NAMES) checkSame(`options.${name}`, checkpoint.options[name], settings[name]);
  checkOrder(checkpoint, settings, train.size);
  if (randomGiven) checkGenerator(checkpoint, settings.random);
  // A disposed network says so before the optimizer's setState is called.
  void net.params.w1;
  restoreOptimizer(checkpoint.optimizer, settings.optimizer);
  for (const name of PARAMETER_NAMES) net.params[name].set(checkpoint.params[name]);
  settings.random.setState(checkpoint.random);
}

/** Fingerprint of where a generator stands. */
export function fingerprintOfState({ key, position, hasGauss, gauss }: RandomStateData): string {
  return fingerprint(Uint32Array.from(key), Float64Array.of(position, Number(hasGauss), gauss));
}

function checkSame(argument: string, expected: unknown, received: unknown, what = ""): void {
  if (expected === received) return;
  const show = (value: unknown) => (value === undefined ? "none" : `${what}${what ? value : describe(value)}`);
  throw new ArgumentError(argument, `${show(expected)}, as in options.resume`, show(received));
}

function checkOrder({ step, order }: Checkpoint, settings: Settings, size: number): void {
  const needed = isMidOrder(settings, size, step) ? size : undefined;
  if (order?.length === needed) return;
  const expected = needed === undefined ? "none, as an epoch begins" : `a permutation of ${needed} samples`;
  throw new ShapeError("options.resume.order", expected, describe(order));
}

/** A generator stands where the run began (so a program can make it from its seed each time), or where the checkpoint is. */
function checkGenerator({ random, randomStart }: Checkpoint, generator: RandomState): void {
  const received = fingerprintOfState(generator.getState());
  if (received === randomStart || received === fingerprintOfState(random)) return;
  const where = "a generator where the run of options.resume began";
  throw new ArgumentError("options.random", `${where} (${randomStart}), or none`, `another (${received})`);
}

function describeOptimizer(optimizer: Optimizer): Checkpoint["optimizer"] {
  if (isPlainSgd(optimizer)) return { learningRate: optimizer.learningRate };
  checkHooks(optimizer);
  const state = optimizer.getState();
  checkOptimizerState("options.optimizer.getState()", state);
  const copied = Object.entries(state).map(([name, value]) => [
    name,
    value instanceof Float64Array ? value.slice() : value,
  ]);
  return { state: Object.fromEntries(copied) };
}

function restoreOptimizer(saved: Checkpoint["optimizer"], optimizer: Optimizer): void {
  if ("state" in saved) {
    if (isPlainSgd(optimizer)) throw new ArgumentError("options.optimizer", "the one of options.resume", "SGD");
    checkHooks(optimizer);
    optimizer.setState(saved.state);
  } else {
    const expected = `SGD with learningRate ${saved.learningRate}, as in options.resume`;
    if (!isPlainSgd(optimizer)) throw new ArgumentError("options.optimizer", expected, describe(optimizer));
    checkSame("options.optimizer.learningRate", saved.learningRate, optimizer.learningRate);
  }
}

/** SGD keeps nothing but its learning rate; what overrides its update may. */
function isPlainSgd(optimizer: Optimizer): optimizer is SGD {
  return optimizer instanceof SGD && optimizer.update === SGD.prototype.update;
}

function checkHooks(optimizer: Optimizer): asserts optimizer is Required<Optimizer> {
  if (typeof optimizer.getState === "function" && typeof optimizer.setState === "function") return;
  const expected =
    "SGD, or an optimizer with getState() and setState(state): a checkpoint cannot know the state of another";
  throw new ArgumentError("options.optimizer", expected, describe(optimizer));
}
