import { checkFinite, checkInteger, checkOptions } from "../arguments.js";
import { isFloat64Array, isInt32Array } from "../brand.js";
import { ArgumentError, describe, ShapeError } from "../errors.js";
import { checkDimensions, PARAMETER_NAMES, parameterSizes } from "../network/dimensions.js";
import type { Gradients } from "../network/parameters.js";
import { checkRandomState, type RandomStateData } from "../random/state.js";
import { checkAllFinite, isArrayLike } from "../shape.js";
import type { OptimizerState } from "./optimizer.js";
import { checkRecord, type Evaluation, type RunRecord } from "./record.js";
import { checkRunOptions, type RunOptions } from "./run-options.js";

/**
 * A training run between two steps, as plain data: all that `train` needs to go on with the same bits. It is a copy,
 * not connected to the run. `saveCheckpoint` of numgrad/files writes it to a file.
 */
export interface Checkpoint {
  /** The version of numgrad that made the steps. Another version may round differently. */
  readonly version: string;
  /** Number of steps that have been made. */
  readonly step: number;
  /** The network's sizes. */
  readonly layers: {
    /** Number of inputs: the width of an input row. */
    readonly inputSize: number;
    /** Number of hidden units. */
    readonly hiddenSize: number;
    /** Number of classes. */
    readonly outputSize: number;
  };
  /** The network's parameters. */
  readonly params: Gradients;
  /** The options that a run which goes on from here must share. */
  readonly options: RunOptions;
  /** SGD's learning rate, or the state of another optimizer. */
  readonly optimizer:
    | {
        /** SGD's learning rate. */
        readonly learningRate: number;
      }
    | {
        /** What `getState` returned. */
        readonly state: OptimizerState;
      };
  /** State of the generator that draws the batches. */
  readonly random: RandomStateData;
  /** Fingerprint of that generator's state at the start of the run. */
  readonly randomStart: string;
  /** The permutation of the samples in this epoch; only with `sampling: "shuffle"`, and not between two epochs. */
  readonly order?: Int32Array | undefined;
  /** What the run has recorded. */
  readonly history: RunRecord;
  /** Fingerprints of the data. */
  readonly data: {
    /** Fingerprint of the training data. */
    readonly train: string;
    /** Fingerprint of the test data, if there were any. */
    readonly test?: string | undefined;
  };
  /** Texts by name, which a program may add for its own use. numgrad keeps them and adds none. */
  readonly notes?: Readonly<Record<string, string>> | undefined;
}

const NAMES = [
  "version", "step", "layers", "params", "options", "optimizer", "random", "randomStart", "order", "history", "data", "notes",
]; // biome-ignore format: a list

/**
 * Copies a checkpoint and checks the copy, which its owner cannot change.
 *
 * @throws {ArgumentError | ShapeError | NonFiniteError} naming the field that is missing or wrong.
 */
export function readCheckpoint(argument: string, checkpoint: Checkpoint): Checkpoint {
  checkOptions(checkpoint, NAMES, argument);
  const copy = copyData(checkpoint, DEEPEST) as Checkpoint;
  checkCheckpoint(argument, copy);
  return copy;
}

/** The depth of a checkpoint: its history's evaluations are objects in an array in an object in it. */
const DEEPEST = 4;

/** A copy of plain data, down to so many levels. Its typed arrays are of this realm. */
function copyData(value: unknown, levels: number): unknown {
  if (isFloat64Array(value)) return new Float64Array(value);
  if (isInt32Array(value)) return new Int32Array(value);
  if (typeof value !== "object" || value === null || levels === 0) return value;
  if (isArrayLike(value)) return Array.from(value as ArrayLike<unknown>, (item) => copyData(item, levels - 1));
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, copyData(field, levels - 1)]));
}

/**
 * Checks that a checkpoint is complete, and that its contents are possible.
 *
 * @throws {ArgumentError | ShapeError | NonFiniteError} naming the field.
 */
export function checkCheckpoint(argument: string, checkpoint: Checkpoint): void {
  checkOptions(checkpoint, NAMES, argument);
  const { version, options, random, randomStart, data } = checkpoint;
  if (typeof version !== "string") throw new ArgumentError(`${argument}.version`, "a string", describe(version));
  checkRunOptions(`${argument}.options`, options);
  checkInteger(`${argument}.step`, checkpoint.step, 0, options.steps);
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

/**
 * Whether the last of `step` steps is to be evaluated, but has no evaluation: the run was stopped during that
 * evaluation.
 */
export function owesEvaluation(step: number, evaluateEvery: number | false, recorded: readonly Evaluation[]): boolean {
  if (evaluateEvery === false || step === 0) return false;
  return (step - 1) % evaluateEvery === 0 && recorded.at(-1)?.step !== step - 1;
}

function checkParams(argument: string, { layers, params }: Checkpoint): void {
  checkOptions(layers, ["inputSize", "hiddenSize", "outputSize"], `${argument}.layers`);
  checkDimensions(`${argument}.layers`, layers);
  checkOptions(params, PARAMETER_NAMES, `${argument}.params`);
  const sizes = parameterSizes(layers);
  for (const name of PARAMETER_NAMES) checkFloats(`${argument}.params.${name}`, params[name], sizes[name]);
}

function checkFloats(argument: string, values: unknown, length: number): void {
  if (!isFloat64Array(values)) throw new ArgumentError(argument, "a Float64Array", describe(values));
  if (values.length !== length) throw new ShapeError(argument, `${length} values`, `${values.length}`);
  checkAllFinite(argument, values);
}

function checkOptimizer(argument: string, optimizer: Checkpoint["optimizer"]): void {
  checkOptions(optimizer, ["learningRate", "state"], argument);
  if ("state" in optimizer) checkOptimizerState(`${argument}.state`, optimizer.state);
  else checkFinite(`${argument}.learningRate`, optimizer.learningRate);
}

/** Checks that an optimizer's state holds only values that a checkpoint can keep. */
export function checkOptimizerState(argument: string, state: OptimizerState): void {
  checkPlainObject(argument, state);
  for (const [name, value] of Object.entries(state)) {
    const kept = typeof value === "string" || typeof value === "boolean" || isFloat64Array(value);
    if (kept || Number.isFinite(value)) continue;
    const expected = "a finite number, a string, a truth value or a Float64Array";
    throw new ArgumentError(`${argument}.${name}`, expected, describe(value));
  }
}

/** Checks that `value` is no array and no text: each element would become an entry, with many times its memory. */
export function checkPlainObject(argument: string, value: unknown): asserts value is object {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return;
  throw new ArgumentError(argument, "an object", describe(value));
}

function checkNotes(argument: string, notes: unknown): void {
  checkPlainObject(argument, notes);
  for (const [name, text] of Object.entries(notes)) {
    if (typeof text !== "string") throw new ArgumentError(`${argument}.${name}`, "a string", describe(text));
  }
}

function checkFingerprint(argument: string, value: unknown): void {
  if (typeof value === "string" && /^[0-9a-f]{32}$/.test(value)) return;
  throw new ArgumentError(argument, "a fingerprint of 32 hexadecimal digits", describe(value));
}

function checkOrder(argument: string, order: unknown): void {
  if (!isInt32Array(order)) throw new ArgumentError(argument, "an Int32Array", describe(order));
  const seen = new Uint8Array(order.length);
  for (const [i, index] of order.entries()) {
    // An index outside the array gives undefined.
    if (seen[index] !== 0) throw new ArgumentError(`${argument}[${i}]`, "each sample once", String(index));
    seen[index] = 1;
  }
}

/** Checks that exactly that is recorded which a run with these options and data records in `step` steps. */
function checkProgress(argument: string, { step, options, history, data }: Checkpoint): void {
  checkOptions(history, ["losses", "evaluations", "times", "elapsed"], argument);
  checkRecord(argument, history, step);
  const { losses, evaluations } = history;
  const { recordLoss, evaluateEvery } = options;
  const count = recordLoss === false ? 0 : step;
  if (losses.length !== count) {
    throw new ShapeError(`${argument}.losses`, `${count} losses for ${step} steps`, `${losses.length}`);
  }
  const complete = evaluateEvery === false ? 0 : Math.ceil(step / evaluateEvery);
  // The last step may lack its evaluation, if the run was stopped during it.
  const due = complete - (owesEvaluation(step, evaluateEvery, evaluations) ? 1 : 0);
  if (evaluations.length !== due) {
    throw new ShapeError(`${argument}.evaluations`, `${due} evaluations`, `${evaluations.length}`);
  }
  for (const [i, evaluation] of evaluations.entries()) {
    const evaluated = i * (evaluateEvery as number);
    checkInteger(`${argument}.evaluations[${i}].step`, evaluation.step, evaluated, evaluated);
    if ((evaluation.testAccuracy === undefined) === (data.test === undefined)) continue;
    const expected = data.test === undefined ? "none, as there are no test data" : "a fraction from 0 to 1";
    throw new ArgumentError(`${argument}.evaluations[${i}].testAccuracy`, expected, describe(evaluation.testAccuracy));
  }
}
