import { checkChoice, checkDifferenceStep, checkFinite, checkInteger, checkOptions } from "../arguments.js";
import { ArgumentError, describe, ShapeError } from "../errors.js";
import type { Gradients } from "../network/parameters.js";
import { checkRandomState, type RandomStateData } from "../random/state.js";
import { checkAllFinite } from "../shape.js";
import type { OptimizerState } from "./optimizer.js";
import { checkRecord, type Evaluation, type RunRecord } from "./record.js";

/** The options of a run that decide what comes out, as `TrainOptions` explains them. */
export interface CheckpointOptions {
  /** How the gradient is computed. */
  readonly gradient: "numerical" | "backprop";
  /** Steps of the whole run. */
  readonly steps: number;
  /** Samples in a batch. */
  readonly batchSize: number;
  /** How batches are drawn. */
  readonly sampling: "replacement" | "shuffle";
  /** When the loss is recorded. */
  readonly recordLoss: "after" | "before" | false;
  /** Steps from one evaluation to the next. */
  readonly evaluateEvery: number | false;
  /** Difference step. */
  readonly h: number;
}

/**
 * A training run between two steps, as plain data: all that `train` needs to go on with the same bits. A snapshot, not
 * connected to the run. `saveCheckpoint` of numgrad/files keeps it.
 */
export interface Checkpoint {
  /** The version of numgrad that made the steps. Another one may round differently. */
  readonly version: string;
  /** Steps that have been made. */
  readonly step: number;
  /** The network's sizes. */
  readonly layers: {
    /** Width of an input row. */
    readonly inputSize: number;
    /** Units of the hidden layer. */
    readonly hiddenSize: number;
    /** Classes. */
    readonly outputSize: number;
  };
  /** The network's parameters. */
  readonly params: Gradients;
  /** What a run that goes on from here must share. */
  readonly options: CheckpointOptions;
  /** SGD's learning rate, or what another optimizer's `getState` gave. */
  readonly optimizer:
    | {
        /** Of SGD. */
        readonly learningRate: number;
      }
    | {
        /** From `getState`. */
        readonly state: OptimizerState;
      };
  /** The generator that batches are drawn from. */
  readonly random: RandomStateData;
  /** Fingerprint of that generator where the run began. */
  readonly randomStart: string;
  /** With `sampling: "shuffle"`, in the middle of an epoch: its permutation of the samples. */
  readonly order?: Int32Array | undefined;
  /** What has been recorded. */
  readonly history: RunRecord;
  /** Fingerprints of the data. */
  readonly data: {
    /** Of the training data. */
    readonly train: string;
    /** Of the test data, if there were any. */
    readonly test?: string | undefined;
  };
  /** Texts that the program which keeps the checkpoint adds for itself, by name: numgrad carries them and makes none. */
  readonly notes?: Readonly<Record<string, string>> | undefined;
}

/**
 * The options that a run and its checkpoint must share, besides the optimizer, in the order in which a difference is told:
 * where steps come from epochs, they differ because the size or the sampling of batches does.
 */
export const OPTION_NAMES = [
  "gradient", "batchSize", "sampling", "recordLoss", "evaluateEvery", "h", "steps",
] as const satisfies readonly (keyof CheckpointOptions)[]; // biome-ignore format: a list

const NAMES = [
  "version", "step", "layers", "params", "options", "optimizer", "random", "randomStart", "order", "history", "data", "notes",
]; // biome-ignore format: a list

/**
 * Checks that a checkpoint is whole and says nothing that cannot be.
 *
 * @throws {ArgumentError | ShapeError | NonFiniteError} naming the field.
 */
export function checkCheckpoint(argument: string, checkpoint: Checkpoint): void {
  checkOptions(checkpoint, NAMES, argument);
  const { version, step, options, random, randomStart, data } = checkpoint;
  if (typeof version !== "string") throw new ArgumentError(`${argument}.version`, "a string", describe(version));
  checkRunOptions(`${argument}.options`, options);
  checkInteger(`${argument}.step`, step, 0, options.steps);
  checkParams(argument, checkpoint);
  checkOptimizer(`${argument}.optimizer`, checkpoint.optimizer);
  checkRandomState(`${argument}.random`, random);
  checkOptions(data, ["train", "test"], `${argument}.data`);
  checkFingerprint(`${argument}.randomStart`, randomStart);
  checkFingerprint(`${argument}.data.train`, data.train);
  if (data.test !== undefined) checkFingerprint(`${argument}.data.test`, data.test);
  if (checkpoint.order !== undefined) checkOrder(`${argument}.order`, checkpoint.order);
  checkProgress(`${argument}.history`, checkpoint);
  if (checkpoint.notes !== undefined) checkNotes(`${argument}.notes`, checkpoint.notes);
}

/** Whether the last of `step` steps has its turn to be evaluated, and nothing is recorded for it: the run was stopped there. */
export function owesEvaluation(step: number, evaluateEvery: number | false, recorded: readonly Evaluation[]): boolean {
  if (evaluateEvery === false || step === 0) return false;
  return (step - 1) % evaluateEvery === 0 && recorded.at(-1)?.step !== step - 1;
}

function checkRunOptions(argument: string, options: CheckpointOptions): void {
  checkOptions(options, OPTION_NAMES, argument);
  const { recordLoss, evaluateEvery } = options;
  checkChoice(`${argument}.gradient`, options.gradient, ["numerical", "backprop"]);
  checkInteger(`${argument}.steps`, options.steps, 0);
  checkInteger(`${argument}.batchSize`, options.batchSize, 1);
  checkChoice(`${argument}.sampling`, options.sampling, ["replacement", "shuffle"]);
  if (recordLoss !== false) checkChoice(`${argument}.recordLoss`, recordLoss, ["after", "before"]);
  if (evaluateEvery !== false) checkInteger(`${argument}.evaluateEvery`, evaluateEvery, 1);
  checkDifferenceStep(`${argument}.h`, options.h);
}

function checkParams(argument: string, { layers, params }: Checkpoint): void {
  checkOptions(layers, ["inputSize", "hiddenSize", "outputSize"], `${argument}.layers`);
  const { inputSize, hiddenSize, outputSize } = layers;
  for (const [name, size] of Object.entries({ inputSize, hiddenSize, outputSize })) {
    checkInteger(`${argument}.layers.${name}`, size, 1, 2 ** 28);
  }
  checkOptions(params, ["w1", "b1", "w2", "b2"], `${argument}.params`);
  const lengths = { w1: inputSize * hiddenSize, b1: hiddenSize, w2: hiddenSize * outputSize, b2: outputSize };
  for (const name of ["w1", "b1", "w2", "b2"] as const) {
    checkFloats(`${argument}.params.${name}`, params[name], lengths[name]);
  }
}

function checkFloats(argument: string, values: unknown, length: number): void {
  if (!(values instanceof Float64Array)) throw new ArgumentError(argument, "a Float64Array", describe(values));
  if (values.length !== length) throw new ShapeError(argument, `${length} values`, `${values.length}`);
  checkAllFinite(argument, values);
}

function checkOptimizer(argument: string, optimizer: Checkpoint["optimizer"]): void {
  checkOptions(optimizer, ["learningRate", "state"], argument);
  if ("state" in optimizer) checkOptimizerState(`${argument}.state`, optimizer.state);
  else checkFinite(`${argument}.learningRate`, optimizer.learningRate);
}

/** Checks that a state holds what a checkpoint can keep. */
export function checkOptimizerState(argument: string, state: OptimizerState): void {
  if (typeof state !== "object" || state === null) throw new ArgumentError(argument, "an object", describe(state));
  for (const [name, value] of Object.entries(state)) {
    const kept = typeof value === "string" || typeof value === "boolean" || value instanceof Float64Array;
    if (kept || Number.isFinite(value)) continue;
    const expected = "a finite number, a string, a truth value or a Float64Array";
    throw new ArgumentError(`${argument}.${name}`, expected, describe(value));
  }
}

function checkNotes(argument: string, notes: unknown): void {
  if (typeof notes !== "object" || notes === null) throw new ArgumentError(argument, "an object", describe(notes));
  for (const [name, text] of Object.entries(notes)) {
    if (typeof text !== "string") throw new ArgumentError(`${argument}.${name}`, "a string", describe(text));
  }
}

function checkFingerprint(argument: string, value: unknown): void {
  if (typeof value === "string" && /^[0-9a-f]{32}$/.test(value)) return;
  throw new ArgumentError(argument, "a fingerprint of 32 hexadecimal digits", describe(value));
}

function checkOrder(argument: string, order: unknown): void {
  if (!(order instanceof Int32Array)) throw new ArgumentError(argument, "an Int32Array", describe(order));
  const met = new Uint8Array(order.length);
  for (const [i, index] of order.entries()) {
    if (met[index] !== 0) throw new ArgumentError(`${argument}[${i}]`, "each sample once", String(index));
    met[index] = 1;
  }
}

/** What must be recorded after so many steps with these options and data, and nothing else. */
function checkProgress(argument: string, { step, options, history, data }: Checkpoint): void {
  checkOptions(history, ["losses", "evaluations", "times", "elapsed"], argument);
  checkRecord(argument, history, step);
  const { losses, evaluations } = history;
  const { recordLoss, evaluateEvery } = options;
  const count = recordLoss === false ? 0 : step;
  if (losses.length !== count) {
    throw new ShapeError(`${argument}.losses`, `${count} losses for ${step} steps`, `${losses.length}`);
  }
  const turns = evaluateEvery === false ? 0 : Math.ceil(step / evaluateEvery);
  // The last step's may be missing, where the run was stopped at it.
  const due = turns - (owesEvaluation(step, evaluateEvery, evaluations) ? 1 : 0);
  if (evaluations.length !== due) {
    throw new ShapeError(`${argument}.evaluations`, `${due} evaluations`, `${evaluations.length}`);
  }
  for (const [i, evaluation] of evaluations.entries()) {
    const turn = i * (evaluateEvery as number);
    checkInteger(`${argument}.evaluations[${i}].step`, evaluation.step, turn, turn);
    if ((evaluation.testAccuracy === undefined) === (data.test === undefined)) continue;
    const expected = data.test === undefined ? "none, as there are no test data" : "a fraction from 0 to 1";
    throw new ArgumentError(`${argument}.evaluations[${i}].testAccuracy`, expected, describe(evaluation.testAccuracy));
  }
}
