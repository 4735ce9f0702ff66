import { isFloat64Array } from "../brand.js";
import { ArgumentError, DataFormatError, describe, NumgradError } from "../errors.js";
import { type ArrayInput, checkArrays, checkText, type FileArray } from "../files/arrays.js";
import { type LoadOptions, readFile, settleLoad, writeFileAtomically } from "../files/file.js";
import { checkBytes } from "../files/npy.js";
import { atOnce, inPieces, type Work } from "../files/pieces.js";
import { mayBeSafetensors, readSafetensors, type Safetensors, writeSafetensors } from "../files/safetensors.js";
import { formatShape } from "../shape.js";
import { encodeText } from "../text.js";
import { type Checkpoint, checkCheckpoint, checkPlainObject } from "./checkpoint.js";
import { fingerprint } from "./fingerprint.js";
import type { OptimizerState } from "./optimizer.js";
import type { Evaluation } from "./record.js";

// A checkpoint file is a safetensors file.
//
// Its tensors are W1, b1, W2, b2, as in a file of parameters; losses; evaluations, whose rows are step, epoch, training
// accuracy and, if there are test data, test accuracy; times; random, the generator's 624 words; order; and
// optimizer.NAME for each array of an optimizer's state. Its metadata are everything else as JSON, and a fingerprint of
// the whole.

/** Name and version of the file format. Other versions are refused. */
const FORMAT = "numgrad checkpoint 1";

/** The names of an optimizer's arrays begin with this. */
const OPTIMIZER = "optimizer.";

/**
 * The bytes of a checkpoint file: a safetensors file, in which the network's parameters have the names that
 * `loadParams` and the book's Python programs use.
 *
 * @throws {ArgumentError | ShapeError | NonFiniteError} if the checkpoint is incomplete or wrong, naming the field.
 * @example
 * ```ts
 * const net = new TwoLayerNet({ inputSize: 1, hiddenSize: 2, outputSize: 2, random: 0 });
 * const run = train(net, { train: { x: matrix([[0], [1]]), t: [0, 1] } }, { steps: 5, batchSize: 2, random: 1 });
 * await run[Symbol.asyncIterator]().next();
 * parseCheckpoint(encodeCheckpoint(run.checkpoint())).step; // 1
 * ```
 */
export function encodeCheckpoint(checkpoint: Checkpoint): Uint8Array {
  checkCheckpoint("checkpoint", checkpoint);
  // Of the metadata, only this text comes from the caller as it is.
  checkText("checkpoint.version", checkpoint.version);
  const tensors = checkArrays("checkpoint", toTensors(checkpoint));
  const metadata = toMetadata(checkpoint);
  metadata.set("fingerprint", fingerprintOf({ tensors, metadata }));
  return writeSafetensors(tensors, metadata);
}

/**
 * The checkpoint in the bytes of a checkpoint file.
 *
 * @throws {ArgumentError} if `bytes` is no Uint8Array.
 * @throws {DataFormatError} if they are no checkpoint file, or even a single bit of them has changed.
 * @example
 * ```ts
 * const net = new TwoLayerNet({ inputSize: 1, hiddenSize: 2, outputSize: 2, random: 0 });
 * const run = train(net, { train: { x: matrix([[0], [1]]), t: [0, 1] } }, { steps: 5, batchSize: 2, random: 1 });
 * const file = encodeCheckpoint(run.checkpoint());
 * parseCheckpoint(file).options.batchSize; // 2
 * ```
 */
export function parseCheckpoint(bytes: Uint8Array): Checkpoint {
  checkBytes(bytes);
  return readCheckpoint(atOnce(readContents(bytes, "bytes")), "bytes");
}

/**
 * Writes a checkpoint to a file (in Node.js, Deno and Bun).
 *
 * Whatever happens to the process or the machine, at any moment the file holds the whole old checkpoint or the whole
 * new one: the new one is written to a temporary file beside it and sent to the disk, and then the temporary file is
 * renamed. If the process is killed before that, a file `PATH.….tmp` is left behind, with 16 hexadecimal digits for the
 * dots.
 *
 * @param path Path of the file, or its file: URL.
 * @throws {ArgumentError | ShapeError | NonFiniteError} if the checkpoint is incomplete or wrong, naming the field.
 * @throws {FileWriteError} if the file cannot be written. The old file, if any, has not changed then.
 * @example
 * ```ts no-run
 * const data = { train: { x: matrix([[0], [1]]), t: [0, 1] } };
 * const net = new TwoLayerNet({ inputSize: 1, hiddenSize: 2, outputSize: 2, random: 0 });
 * const options = { steps: 5000, random: 1 };
 * const run = train(net, data, options);
 * for await (const { step } of run) {
 *   if ((step + 1) % 1000 === 0) await saveCheckpoint("run.checkpoint", run.checkpoint());
 * }
 * // Later, with the same data and options:
 * const resume = await loadCheckpoint("run.checkpoint");
 * await train(net, data, { ...options, resume }).finish();
 * ```
 */
export async function saveCheckpoint(path: string | URL, checkpoint: Checkpoint): Promise<void> {
  await writeFileAtomically(path, encodeCheckpoint(checkpoint));
}

/**
 * The checkpoint in a file, for `train`'s option `resume`.
 *
 * @param path Path of the file, or its file: URL.
 * @param options.memoryLimit Most bytes that the file may have. Default 1 GiB.
 * @param options.signal Stops the loading: the promise rejects with `signal.reason`.
 * @throws {DataNotFoundError} if there is no such file, it cannot be read, or it is not a regular file.
 * @throws {DataFormatError} if it is no checkpoint file, or even a single bit of it has changed; the error names the
 * file.
 * @example
 * ```ts no-run
 * const checkpoint = await loadCheckpoint("run.checkpoint");
 * checkpoint.history.losses.at(-1); // the last loss that was recorded
 * ```
 */
export async function loadCheckpoint(path: string | URL, options: LoadOptions = {}): Promise<Checkpoint> {
  const { memoryLimit, signal } = settleLoad(options);
  const source = String(path);
  return readCheckpoint(await inPieces(readContents(await readFile(path, memoryLimit), source), signal), source);
}

/** The contents of a checkpoint, which is a safetensors file. */
function* readContents(bytes: Uint8Array, source: string): Work<Safetensors> {
  if (!mayBeSafetensors(bytes)) throw new DataFormatError(source, "not a checkpoint");
  return yield* readSafetensors(bytes, source);
}

function toTensors({ layers, params, history, data, random, order, optimizer }: Checkpoint): Map<string, ArrayInput> {
  const { inputSize, hiddenSize, outputSize } = layers;
  const columns = data.test === undefined ? 3 : 4;
  const rows = history.evaluations.flatMap(({ step, epoch, trainAccuracy, testAccuracy }) =>
    [step, epoch, trainAccuracy, testAccuracy!].slice(0, columns),
  );
  const tensors = new Map<string, ArrayInput>([
    ["W1", { shape: [inputSize, hiddenSize], data: params.w1 }],
    ["b1", params.b1],
    ["W2", { shape: [hiddenSize, outputSize], data: params.w2 }],
    ["b2", params.b2],
    ["losses", Float64Array.from(history.losses)],
    ["evaluations", { shape: [history.evaluations.length, columns], data: Float64Array.from(rows) }],
    ["times", Float64Array.from(history.times)],
    ["random", Uint32Array.from(random.key)],
  ]);
  if (order) tensors.set("order", order);
  for (const [name, value] of Object.entries("state" in optimizer ? optimizer.state : {})) {
    if (isFloat64Array(value)) tensors.set(OPTIMIZER + name, value);
  }
  return tensors;
}

function toMetadata(checkpoint: Checkpoint): Map<string, string> {
  const { version, step, options, optimizer, random, randomStart, history, data, notes } = checkpoint;
  const { key, ...rest } = random;
  const scalars = (state: OptimizerState) =>
    Object.fromEntries(Object.entries(state).filter(([, value]) => !isFloat64Array(value)));
  const metadata = new Map([
    ["format", FORMAT],
    ["version", version],
    ["step", String(step)],
    ["options", JSON.stringify(options)],
    ["optimizer", JSON.stringify("state" in optimizer ? { state: scalars(optimizer.state) } : optimizer)],
    ["random", JSON.stringify({ ...rest, start: randomStart })],
    ["elapsed", JSON.stringify(history.elapsed)],
    ["data", JSON.stringify(data)],
  ]);
  if (notes) metadata.set("notes", JSON.stringify(notes));
  return metadata;
}

function readCheckpoint(contents: Safetensors, source: string): Checkpoint {
  const { metadata } = contents;
  const format = metadata.get("format");
  if (format !== FORMAT) {
    throw new DataFormatError(source, `not a checkpoint: expected the format ${FORMAT}, got ${describe(format)}`);
  }
  if (metadata.get("fingerprint") !== fingerprintOf(contents)) {
    throw new DataFormatError(source, "damaged: its fingerprint is another");
  }
  try {
    const checkpoint = fromContents(contents);
    checkCheckpoint("checkpoint", checkpoint);
    return checkpoint;
  } catch (cause) {
    if (!(cause instanceof NumgradError || cause instanceof SyntaxError)) throw cause;
    const reason = cause instanceof SyntaxError ? "damaged: there is metadata that is no JSON" : cause.message;
    throw new DataFormatError(source, reason, { cause });
  }
}

function fromContents({ tensors, metadata }: Safetensors): Checkpoint {
  const json = (key: string) => JSON.parse(metadata.get(key) ?? "null");
  const parsedRandom = json("random");
  checkPlainObject("checkpoint.random", parsedRandom);
  const { start, ...random } = parsedRandom as { start: string } & Checkpoint["random"];
  const [W1, W2] = [take(tensors, "W1"), take(tensors, "W2")];
  const evaluations = take(tensors, "evaluations");
  const [inputSize = 0, hiddenSize = 0] = W1.shape;
  const [, outputSize = 0] = W2.shape;
  const data = json("data");
  return {
    version: metadata.get("version") ?? "",
    step: json("step"),
    layers: { inputSize, hiddenSize, outputSize },
    params: {
      w1: W1.data as Float64Array,
      b1: take(tensors, "b1").data as Float64Array,
      w2: W2.data as Float64Array,
      b2: take(tensors, "b2").data as Float64Array,
    },
    options: json("options"),
    optimizer: withArrays(json("optimizer"), tensors),
    random: { ...random, key: Array.from(take(tensors, "random").data as Uint32Array) },
    randomStart: start,
    ...(tensors.has("order") && { order: take(tensors, "order").data as Int32Array }),
    history: {
      losses: Array.from(take(tensors, "losses").data as Float64Array),
      evaluations: toEvaluations(evaluations),
      times: Array.from(take(tensors, "times").data as Float64Array),
      elapsed: json("elapsed"),
    },
    data,
    ...(metadata.has("notes") && { notes: json("notes") }),
  };
}

/** The tensor with that name. Whether its elements are of the right type is checked by `checkCheckpoint`. */
function take(tensors: ReadonlyMap<string, FileArray>, name: string): FileArray {
  const tensor = tensors.get(name);
  if (!tensor) throw new ArgumentError(`checkpoint.${name}`, "a tensor", "none");
  return tensor;
}

function toEvaluations({ shape, data }: FileArray): Evaluation[] {
  const columns = shape[1];
  // The shape [1000000, 3, 0] has a million rows without any bytes.
  if (shape.length !== 2 || (columns !== 3 && columns !== 4)) {
    throw new ArgumentError("checkpoint.evaluations", "a matrix of 3 or 4 columns", `shape ${formatShape(shape)}`);
  }
  return Array.from({ length: data.length / columns }, (_, row) => {
    const [step, epoch, trainAccuracy, testAccuracy] = data.subarray(
      row * columns,
      (row + 1) * columns,
    ) as Float64Array;
    const evaluation = { step, epoch, trainAccuracy } as Evaluation;
    return columns === 4 ? { ...evaluation, testAccuracy: testAccuracy! } : evaluation;
  });
}

/** An optimizer's state, whose arrays are tensors in the file, put together again. */
function withArrays(optimizer: Checkpoint["optimizer"], tensors: Safetensors["tensors"]): Checkpoint["optimizer"] {
  if (typeof optimizer !== "object" || optimizer === null || !("state" in optimizer)) return optimizer;
  checkPlainObject("checkpoint.optimizer.state", optimizer.state);
  const arrays = [...tensors].filter(([name]) => name.startsWith(OPTIMIZER));
  const entries = arrays.map(([name, { data }]) => [name.slice(OPTIMIZER.length), data]);
  return { state: Object.fromEntries([...Object.entries(optimizer.state), ...entries]) };
}

/** Fingerprint of everything in a file except the fingerprint itself, in the order of the names. */
export function fingerprintOf({ tensors, metadata }: Pick<Safetensors, "tensors" | "metadata">): string {
  const sorted = [...tensors].sort(([a], [b]) => (a < b ? -1 : 1));
  const about = sorted.map(([name, { dtype, shape }]) => [name, dtype, shape]);
  const texts = [...metadata].filter(([key]) => key !== "fingerprint").sort(([a], [b]) => (a < b ? -1 : 1));
  const heading = encodeText(JSON.stringify([about, texts]));
  return fingerprint(heading, ...sorted.map(([, { data }]) => data));
}
