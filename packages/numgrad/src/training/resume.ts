import { isFloat64Array } from "../brand.js";
import { ArgumentError, describe, ShapeError } from "../errors.js";
import type { Session } from "../network/session.js";
import { SGD } from "../network/sgd.js";
import type { TwoLayerNet } from "../network/two-layer-net.js";
import type { RandomState, RandomStateData } from "../random/random-state.js";
import { VERSION } from "../version.js";
import { type Checkpoint, checkOptimizerState } from "./checkpoint.js";
import { fingerprint } from "./fingerprint.js";
import type { History } from "./history.js";
import type { Optimizer } from "./optimizer.js";
import type { Settings } from "./options.js";
import { copyRecord } from "./record.js";
import { pickRunOptions, RUN_OPTION_NAMES } from "./run-options.js";
import { isMidOrder } from "./sampler.js";
import type { SampleRows } from "./samples.js";

/** What a run works with, from its first step to its last. */
export interface RunParts {
  readonly net: TwoLayerNet;
  readonly session: Session;
  readonly train: SampleRows;
  readonly test: SampleRows | undefined;
  readonly settings: Settings;
}

/** What changes in a run, besides the states of network, generator and optimizer. */
export interface RunProgress {
  readonly step: number;
  readonly order: Int32Array | undefined;
  readonly history: History;
  readonly randomStart: string;
}

/**
 * The checkpoint of a run between two steps.
 *
 * @throws {ArgumentError} if the optimizer is not SGD and cannot give its state.
 */
export function takeCheckpoint({ net, session, train, test, settings }: RunParts, progress: RunProgress): Checkpoint {
  const { inputSize, hiddenSize, outputSize } = session.dimensions;
  const { step, order, history, randomStart } = progress;
  return {
    version: VERSION,
    step,
    layers: { inputSize, hiddenSize, outputSize },
    params: net.params.toArrays(),
    options: pickRunOptions(settings),
    optimizer: describeOptimizer(settings.optimizer),
    random: settings.random.getState(),
    randomStart,
    ...(order && { order }),
    history: copyRecord(history),
    data: { train: train.fingerprint, ...(test && { test: test.fingerprint }) },
  };
}

/**
 * Sets network, generator and optimizer to their states in a checkpoint, if it belongs to a run with the same network
 * sizes, data and options. Otherwise nothing changes.
 *
 * @param checkpoint One that `readCheckpoint` has returned.
 * @throws {ArgumentError | ShapeError} naming the first difference.
 */
export function restore(checkpoint: Checkpoint, parts: RunParts): void {
  const { session, train, test, settings } = parts;
  for (const [name, size] of Object.entries(checkpoint.layers)) {
    checkSame(`net.${name}`, size, session.dimensions[name as keyof Checkpoint["layers"]]);
  }
  // The data are compared first, because the defaults of some options depend on their size.
  checkSame("data.train", checkpoint.data.train, train.fingerprint, "data with the fingerprint ");
  checkSame("data.test", checkpoint.data.test, test?.fingerprint, "data with the fingerprint ");
  for (const name of RUN_OPTION_NAMES.filter((name) => name !== "steps")) {
    checkSame(`options.${name}`, checkpoint.options[name], settings[name]);
  }
  if (settings.steps < checkpoint.step) {
    const expected = `at least ${checkpoint.step}, the steps that options.resume has made`;
    throw new ArgumentError("options.steps", expected, describe(settings.steps));
  }
  checkOrder(checkpoint, settings, train.size);
  if (settings.randomGiven) checkGenerator(checkpoint, settings.random);
  // If the network has been disposed of, this throws before the optimizer's setState is called.
  session.checkAlive();
  restoreOptimizer(checkpoint.optimizer, settings.optimizer);
  session.setParameters(checkpoint.params);
  settings.random.setState(checkpoint.random);
}

/** Fingerprint of a generator's state. */
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

/**
 * Checks that a generator's state is that at the start of the run, so that a program can make it from its seed each
 * time, or that at the checkpoint.
 */
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
    isFloat64Array(value) ? new Float64Array(value) : value,
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

/**
 * Whether an optimizer is SGD itself, whose only state is the learning rate. A class that overrides its update may have
 * more.
 */
function isPlainSgd(optimizer: Optimizer): optimizer is SGD {
  return optimizer instanceof SGD && optimizer.update === SGD.prototype.update;
}

function checkHooks(optimizer: Optimizer): asserts optimizer is Required<Optimizer> {
  if (typeof optimizer.getState === "function" && typeof optimizer.setState === "function") return;
  const expected =
    "SGD, or an optimizer with getState() and setState(state): a checkpoint cannot know the state of another";
  throw new ArgumentError("options.optimizer", expected, describe(optimizer));
}
